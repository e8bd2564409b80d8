use units::SampleFormat;

use super::*;

fn format(hertz: u32, channels: u8, sample: SampleFormat) -> WaveFormat {
    WaveFormat::new(hertz, channels, sample).unwrap()
}

fn rendered(source: Source, first: u64, frames: usize) -> Vec<f32> {
    let player = Player::new(source, format(48_000, 1, SampleFormat::F32)).unwrap();
    let mut out = vec![f32::NAN; frames];
    player.render(first, &mut out);
    out
}

fn all() -> Vec<Source> {
    let level = Volume::from_millibels(-600);
    vec![
        Source::Silence,
        Source::Sine {
            frequency_millihertz: 440_000,
            level,
        },
        Source::Sweep {
            from_millihertz: 20_000,
            to_millihertz: 20_000_000,
            over: Frames::new(301),
            level,
        },
        Source::Noise { key: 7, level },
        Source::Impulses {
            every: Frames::new(100),
            level,
        },
        Source::Counter,
        Source::Pcm(Pcm {
            samples: (0..700).map(|n| n as f32 / 1000.0).collect(),
            channels: 2,
            rate: SampleRate::HZ_48000,
        }),
    ]
}

#[test]
fn every_frame_is_a_function_of_its_index() {
    for source in all() {
        let whole = rendered(source.clone(), 0, 500);
        let mut parts = rendered(source.clone(), 0, 123);
        parts.extend(rendered(source.clone(), 123, 377));
        assert_eq!(parts, whole, "{source:?}");
        assert!(whole.iter().all(|sample| sample.abs() <= 1.0), "{source:?}");
    }
}

#[test]
fn a_sine_of_a_thousand_hertz_repeats_every_48_frames() {
    let sine = Source::Sine {
        frequency_millihertz: 1_000_000,
        level: Volume::FULL,
    };
    let out = rendered(sine, 0, 96);
    assert_eq!((out[0], out[12], out[36]), (0.0, 1.0, -1.0));
    assert_eq!(out[..48], out[48..]);
}

#[test]
fn a_sine_does_not_drift_in_a_year() {
    let sine = || Source::Sine {
        frequency_millihertz: 440_000,
        level: Volume::FULL,
    };
    let year = 365 * 86_400 * 48_000;
    assert_eq!(rendered(sine(), 0, 100), rendered(sine(), year, 100));
}

#[test]
fn a_sweep_turns_from_its_first_frequency_to_its_last() {
    let over = Frames::new(48_000);
    let sweep = Source::Sweep {
        from_millihertz: 100_000,
        to_millihertz: 1_000_000,
        over,
        level: Volume::FULL,
    };
    let out = rendered(sweep, 0, 48_000);
    let upward = |range: std::ops::Range<usize>| {
        out[range]
            .windows(2)
            .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0)
            .count()
    };
    assert_eq!(
        upward(0..48_000),
        549,
        "550 cycles on average, the first one begins at 0"
    );
    assert_eq!(
        upward(0..4_800),
        14,
        "100 to 190 Hz for a tenth of a second"
    );
    assert!(
        (95..=96).contains(&upward(43_200..48_000)),
        "{}",
        upward(43_200..48_000)
    );
}

#[test]
fn noise_differs_between_channels_and_has_no_mean() {
    let noise = Source::Noise {
        key: 1,
        level: Volume::FULL,
    };
    let player = Player::new(noise, format(48_000, 2, SampleFormat::F32)).unwrap();
    let mut out = vec![0.0; 20_000];
    player.render(0, &mut out);
    assert!(out.chunks(2).all(|frame| frame[0] != frame[1]));
    let mean = out.iter().sum::<f32>() / 20_000.0;
    assert!(mean.abs() < 0.02, "{mean}");
}

#[test]
fn counted_frames_can_be_read_back_from_the_bytes() {
    for (sample, bytes) in [(SampleFormat::S16, 2), (SampleFormat::S24, 3)] {
        let mut player = Player::new(Source::Counter, format(48_000, 2, sample)).unwrap();
        let first = 0x1_fffe;
        let mut out = vec![0; 2 * 2 * bytes];
        player.play(first, &mut out);
        for (index, frame) in (first..).zip(out.chunks(2 * bytes)) {
            let read = frame
                .iter()
                .rev()
                .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            assert_eq!(read, index);
        }
    }
}

#[test]
fn decoded_audio_ends_in_silence_and_its_channels_are_mapped() {
    let pcm = Pcm {
        samples: [0.5, 0.25, -0.5, 0.5].into(),
        channels: 2,
        rate: SampleRate::HZ_48000,
    };
    assert_eq!(pcm.frames(), Frames::new(2));
    assert_eq!(
        rendered(Source::Pcm(pcm.clone()), 0, 4),
        [0.375, 0.0, 0.0, 0.0]
    );
    assert_eq!(rendered(Source::Pcm(pcm), u64::MAX - 4, 2), [0.0, 0.0]);
}

#[test]
fn a_source_that_does_not_fit_is_refused() {
    let pcm = |channels, rate| {
        Source::Pcm(Pcm {
            samples: [].into(),
            channels,
            rate,
        })
    };
    let stereo = format(48_000, 2, SampleFormat::S16);
    let rates = SourceError::Rate {
        source_rate: SampleRate::HZ_44100,
        stream_rate: SampleRate::HZ_48000,
    };
    assert_eq!(
        Player::new(pcm(2, SampleRate::HZ_44100), stereo).unwrap_err(),
        rates
    );
    let empty = Player::new(pcm(0, SampleRate::HZ_48000), stereo).unwrap_err();
    assert_eq!(empty.to_string(), "the source has no channels");
}
