//! Sizes of exclusive buffers, against figures from the pages and from the field.

use units::SampleFormat;

use super::*;

const HD_AUDIO: ExclusiveDevice = ExclusiveDevice::HD_AUDIO;

fn format(hertz: u32, channels: u8, sample: SampleFormat) -> WaveFormat {
    WaveFormat::new(hertz, channels, sample).unwrap()
}

fn stereo(hertz: u32) -> WaveFormat {
    format(hertz, 2, SampleFormat::S16)
}

fn event(format: WaveFormat, hns: u64) -> ExclusiveRequest {
    ExclusiveRequest {
        format,
        duration: Hns::new(hns),
        periodicity: Hns::new(hns),
        is_event_driven: true,
    }
}

fn timer(format: WaveFormat, duration: u64, periodicity: u64) -> ExclusiveRequest {
    ExclusiveRequest {
        format,
        duration: Hns::new(duration),
        periodicity: Hns::new(periodicity),
        is_event_driven: false,
    }
}

fn code(request: ExclusiveRequest) -> Option<HResult> {
    let refused = HD_AUDIO.initialize(request);
    refused.err().map(|refusal| refusal.code)
}

fn opened(format: WaveFormat, hns: u64) -> (u64, u64, bool) {
    let buffer = HD_AUDIO.open(event(format, hns)).unwrap();
    (
        buffer.frames.get(),
        buffer.duration.get(),
        buffer.was_retried,
    )
}

#[test]
fn w31_the_duration_of_an_event_driven_stream_is_its_period_and_not_0() {
    assert_eq!(HResult::BUFDURATION_PERIOD_NOT_EQUAL.value(), 0x8889_0013);
    let unequal = Some(HResult::BUFDURATION_PERIOD_NOT_EQUAL);
    let mut request = event(stereo(48_000), 100_000);
    request.periodicity = Hns::new(0);
    assert_eq!(code(request), unequal);
    request.periodicity = Hns::new(100_001);
    assert_eq!(code(request), unequal);
    assert_eq!(code(event(stereo(48_000), 0)), unequal);
}

#[test]
fn w32_w33_half_a_second_of_period_and_two_of_buffer_are_the_most() {
    let of = |duration, period| code(timer(stereo(48_000), duration, period));
    assert_eq!(of(10_000_000, 5_000_000), None);
    let too_long = of(10_000_000, 5_000_001);
    assert_eq!(too_long, Some(HResult::INVALID_DEVICE_PERIOD));
    assert_eq!(HResult::INVALID_DEVICE_PERIOD.value(), 0x8889_0020);
    assert_eq!(of(20_000_000, 0), None);
    let too_large = of(20_000_001, 0);
    assert_eq!(too_large, Some(HResult::BUFFER_SIZE_ERROR));
    assert_eq!(HResult::BUFFER_SIZE_ERROR.value(), 0x8889_0016);
    let short = code(event(stereo(48_000), 29_999));
    assert_eq!(short, Some(HResult::INVALID_DEVICE_PERIOD));
}

#[test]
fn w34_ten_milliseconds_at_48_khz_are_granted_at_once() {
    assert_eq!(opened(stereo(48_000), 100_000), (480, 100_000, false));
    let four_bytes = format(48_000, 2, SampleFormat::S32);
    assert_eq!(opened(four_bytes, 30_000), (144, 30_000, false));
    assert_eq!(opened(stereo(96_000), 30_000), (288, 30_000, false));
}

#[test]
fn w35_w36_what_is_not_aligned_learns_the_next_size_and_gets_it() {
    let refused = HD_AUDIO.initialize(event(stereo(44_100), 100_000));
    let refusal = refused.unwrap_err();
    assert_eq!(refusal.code.value(), 0x8889_0019);
    assert_eq!(refusal.buffer_size, Some(Frames::new(448)));
    assert_eq!(opened(stereo(44_100), 100_000), (448, 101_587, true));
    assert_eq!(opened(stereo(44_100), 30_000), (160, 36_281, true));
    let packed = format(48_000, 2, SampleFormat::S24);
    assert_eq!(opened(packed, 100_000), (512, 106_667, true));
}

#[test]
fn w37_the_retry_is_granted_whatever_the_format_and_the_duration() {
    for hertz in [44_100, 48_000, 88_200, 96_000, 176_400, 192_000] {
        for channels in 1..=8 {
            for sample in [SampleFormat::S16, SampleFormat::S24, SampleFormat::S32] {
                let format = format(hertz, channels, sample);
                for hns in (30_000..4_900_000).step_by(70_001) {
                    let buffer = HD_AUDIO.open(event(format, hns)).unwrap();
                    let bytes = format.bytes_of(buffer.frames).get();
                    assert_eq!(bytes % 128, 0);
                    assert!(buffer.frames >= frames_of(Hns::new(hns), format.rate));
                }
            }
        }
    }
}

#[test]
fn w39_w41_a_timer_driven_buffer_is_whole_pages_and_never_misaligned() {
    let six = format(48_000, 6, SampleFormat::S16);
    for hns in [0, 1, 100_000, 213_333, 1_000_000, 20_000_000] {
        let frames = HD_AUDIO.initialize(timer(six, hns, 0)).unwrap();
        assert_eq!(frames.get() % 1024, 0, "{hns}");
        assert!(frames.get() >= 1024);
    }
    let nearest = HD_AUDIO.initialize(timer(six, 213_333, 0));
    assert_eq!(nearest, Ok(Frames::new(1024)));
}

#[test]
fn w40_where_nobody_cares_about_bytes_whole_frames_do() {
    let usb = ExclusiveDevice::WHOLE_FRAMES;
    let granted = usb.initialize(event(stereo(44_100), 30_000));
    assert_eq!(granted, Ok(Frames::new(132)));
}

#[test]
fn w95_the_sample_at_the_minimum_period_comes_to_160_frames() {
    let minimum = HD_AUDIO.period_min.get();
    assert_eq!(opened(stereo(48_000), minimum), (160, 33_333, true));
}
