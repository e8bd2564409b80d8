//! Sizes, periods and formats.

use units::SampleFormat;
use wasapi::com::Support;

use super::*;

fn size(client: &AudioClient<Cx>) -> u64 {
    client.buffer_size().unwrap().get()
}

#[test]
fn w25_w26_w27_w28_a_shared_buffer_is_what_was_asked_for_and_at_least_the_minimum() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        for (millis, frames) in [
            (0, 1056),
            (10, 1056),
            (22, 1056),
            (50, 2400),
            (55, 2640),
            (500, 24_000),
            (4000, 192_000),
        ] {
            let client = client(&cx, &enumerator);
            share(&client, 0, millis).unwrap();
            assert_eq!(size(&client), frames);
        }
    });
    stack.run_until_ms(1);
}

#[test]
fn w24_w29_w30_the_period_is_the_engines_whatever_a_shared_stream_asks_for() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        let (default, minimum) = client.device_period();
        assert!(Hns::new(0) < minimum && minimum <= default);
        let (half_a_second, period) = (Hns::new(5_000_000), Hns::new(150_000));
        let flags = stream_flags::EVENT_CALLBACK;
        let mix = client.mix_format();
        let asked = client.initialize(ShareMode::SHARED, flags, half_a_second, period, mix, None);
        assert_eq!((asked, size(&client)), (Ok(()), 24_000));
        assert_eq!(client.device_period().0, default);
        assert_eq!(client.stream_latency(), Ok(default));
    });
    stack.run_until_ms(1);
}

#[test]
fn w31_w32_w33_exclusive_times_that_do_not_go() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        let format = pcm(48_000, 2);
        let event = stream_flags::EVENT_CALLBACK;
        let ask = |duration, period| {
            client.initialize(
                ShareMode::EXCLUSIVE,
                event,
                Hns::new(duration),
                Hns::new(period),
                format,
                None,
            )
        };
        for (duration, period) in [(100_000, 0), (100_000, 200_000), (0, 0)] {
            assert_eq!(
                ask(duration, period),
                Err(HResult::BUFDURATION_PERIOD_NOT_EQUAL)
            );
        }
        assert_eq!(
            own_by_timer(&client, 5_000_001, 5_000_001),
            Err(HResult::INVALID_DEVICE_PERIOD)
        );
        assert_eq!(
            own_by_timer(&client, 20_000_001, 0),
            Err(HResult::BUFFER_SIZE_ERROR)
        );
        assert_eq!(own_by_timer(&client, 5_000_000, 5_000_000), Ok(()));
    });
    stack.run_until_ms(1);
}

#[test]
fn w34_w35_w36_w37_the_alignment_retry_works_on_the_same_client_and_on_a_new_one() {
    for on_the_same in [true, false] {
        let mut stack = Stack::new();
        stack.client(move |cx, enumerator| async move {
            let first = client(&cx, &enumerator);
            let format = pcm(44_100, 2);
            assert_eq!(
                own(&first, 100_000, format),
                Err(HResult::BUFFER_SIZE_NOT_ALIGNED)
            );
            assert_eq!(size(&first), 448);
            assert_eq!(first.start(), Err(HResult::NOT_INITIALIZED));
            assert_eq!(first.current_padding(), Err(HResult::NOT_INITIALIZED));
            let retry = if on_the_same {
                first
            } else {
                client(&cx, &enumerator)
            };
            assert_eq!((own(&retry, 101_587, format), size(&retry)), (Ok(()), 448));
            drop(retry);
            let aligned = client(&cx, &enumerator);
            assert_eq!(own(&aligned, 100_000, pcm(48_000, 2)), Ok(()));
            assert_eq!(size(&aligned), 480);
        });
        stack.run_until_ms(1);
    }
}

#[test]
fn w39_w41_a_timer_driven_buffer_is_whole_pages_and_never_unaligned() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        for (channels, hns, frames) in [
            (6, 100_000, 1024),
            (6, 500_000, 2048),
            (2, 100_000, 1024),
            (2, 0, 1024),
        ] {
            let client = client(&cx, &enumerator);
            let format = pcm(48_000, channels);
            let asked = client.initialize(
                ShareMode::EXCLUSIVE,
                0,
                Hns::new(hns),
                Hns::new(0),
                format,
                None,
            );
            assert_eq!((asked, size(&client)), (Ok(()), frames), "{channels} {hns}");
        }
        for hns in (0..400_000).step_by(7919) {
            let client = client(&cx, &enumerator);
            let mix = client.mix_format();
            let asked =
                client.initialize(ShareMode::SHARED, 0, Hns::new(hns), Hns::new(0), mix, None);
            assert_eq!(asked, Ok(()));
        }
    });
    stack.run_until_ms(1);
}

#[test]
fn w42_w43_w44_w45_w46_w47_what_is_supported_is_accepted_and_what_is_not_is_refused() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let mix = client(&cx, &enumerator).mix_format();
        assert_eq!(mix.sample, SampleFormat::F32);
        let shared = |format, flags| {
            let client = client(&cx, &enumerator);
            let support = client.is_format_supported(ShareMode::SHARED, format);
            let asked = client.initialize(
                ShareMode::SHARED,
                flags,
                Hns::new(0),
                Hns::new(0),
                format,
                None,
            );
            (support, asked)
        };
        assert_eq!(shared(pcm(48_000, 2), 0), (Ok(Support::Exact), Ok(())));
        let unsupported = Err(HResult::UNSUPPORTED_FORMAT);
        for other in [pcm(44_100, 2), pcm(48_000, 1)] {
            assert_eq!(shared(other, 0), (Ok(Support::Closest(mix)), unsupported));
        }
        let converted = shared(pcm(48_000, 1), stream_flags::AUTO_CONVERT_PCM);
        assert_eq!(converted, (Ok(Support::Closest(mix)), Ok(())));
        let client = client(&cx, &enumerator);
        let own = |format| client.is_format_supported(ShareMode::EXCLUSIVE, format);
        assert_eq!(own(pcm(44_100, 2)), Ok(Support::Exact));
        assert_eq!(own(mix), Err(HResult::UNSUPPORTED_FORMAT));
        assert_eq!(
            client.is_format_supported(ShareMode(u32::MAX), mix),
            Err(HResult::INVALIDARG)
        );
    });
    stack.run_until_ms(1);
}
