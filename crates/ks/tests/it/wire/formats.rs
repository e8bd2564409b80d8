//! Wave formats, data formats, ranges, attributes, packet sizes.

use ks::wire::*;
use ks::{
    AUDIO_SIGNALPROCESSINGMODE_DEFAULT, AUDIO_SIGNALPROCESSINGMODE_RAW, DataRange, GUID_NULL, Guid,
    KSDATAFORMAT_SUBTYPE_PCM, SampleKind,
};
use units::{Bytes, Hns, NtStatus, SampleFormat, WaveFormat};

fn wave(hertz: u32, channels: u8, sample: SampleFormat) -> WaveFormat {
    WaveFormat::new(hertz, channels, sample).expect("there is sound")
}

/// Stereo at 48 kHz in the short form.
const SHORT: [u8; 18] = [
    0x01, 0x00, 0x02, 0x00, 0x80, 0xBB, 0x00, 0x00, 0x00, 0xEE, 0x02, 0x00, 0x04, 0x00, 0x10, 0x00,
    0x00, 0x00,
];

/// The same in the long form.
const LONG: [u8; 40] = [
    0xFE, 0xFF, 0x02, 0x00, 0x80, 0xBB, 0x00, 0x00, 0x00, 0xEE, 0x02, 0x00, 0x04, 0x00, 0x10, 0x00,
    0x16, 0x00, // cbSize
    0x10, 0x00, 0x03, 0x00, 0x00, 0x00, // valid bits, speakers
    0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71,
];

/// What `bytes` are refused with after `change`.
fn refused(bytes: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> WaveFormatError {
    let mut changed = bytes.to_vec();
    change(&mut changed);
    WaveFormatEx::parse(&changed).expect_err("it is damaged")
}

fn set(at: usize, value: u16) -> impl FnOnce(&mut Vec<u8>) {
    move |bytes| bytes[at..at + 2].copy_from_slice(&value.to_le_bytes())
}

#[test]
fn r27_stereo_of_16_bits_can_be_written_short_or_long() {
    let stereo = wave(48_000, 2, SampleFormat::S16);
    assert_eq!(WaveFormatEx::parse(&SHORT).unwrap().format, stereo);
    assert_eq!(WaveFormatEx::parse(&LONG).unwrap().format, stereo);
    assert_eq!(WaveFormatEx::short(stereo).to_bytes(), SHORT);
    assert_eq!(WaveFormatEx::extensible(stereo).to_bytes(), LONG);
}

#[test]
fn a_wave_format_that_contradicts_itself_is_refused() {
    assert_eq!(
        refused(&SHORT, set(12, 3)),
        WaveFormatError::BlockAlign {
            found: 3,
            wanted: 4
        }
    );
    assert_eq!(
        refused(&SHORT, set(8, 0xEE01)),
        WaveFormatError::ByteRate {
            found: 0x2_EE01,
            wanted: 192_000
        }
    );
    assert_eq!(refused(&SHORT, set(14, 12)), WaveFormatError::Container(12));
    assert_eq!(refused(&SHORT, set(14, 0)), WaveFormatError::Container(0));
    assert_eq!(refused(&LONG, set(16, 21)), WaveFormatError::ExtraBytes(21));
    assert_eq!(
        refused(&LONG, set(18, 17)),
        WaveFormatError::ValidBits {
            valid: 17,
            container: 16
        }
    );
    assert!(matches!(
        refused(&SHORT, set(2, 0)),
        WaveFormatError::Empty { channels: 0, .. }
    ));
    for error in [
        refused(&SHORT, set(12, 3)),
        refused(&LONG, set(16, 21)),
        refused(&LONG, |bytes| bytes.truncate(39)),
        refused(&SHORT, |bytes| bytes.truncate(17)),
    ] {
        assert_eq!(NtStatus::from(error), NtStatus::INVALID_PARAMETER);
    }
}

#[test]
fn more_than_two_channels_or_16_bits_need_the_long_form() {
    for format in [
        wave(48_000, 3, SampleFormat::S16),
        wave(48_000, 2, SampleFormat::S24),
        wave(48_000, 2, SampleFormat::S32),
    ] {
        let short = WaveFormatEx::short(format).to_bytes();
        let error = WaveFormatEx::parse(&short).unwrap_err();
        assert!(matches!(error, WaveFormatError::NeedsExtensible { .. }));
        assert!(WaveFormatEx::of(format).channel_mask.is_some());
        let long = WaveFormatEx::of(format).to_bytes();
        assert_eq!(WaveFormatEx::parse(&long).unwrap().format, format);
    }
}

#[test]
fn what_is_well_formed_and_unknown_is_no_match() {
    let mp3 = refused(&SHORT, set(0, 0x55));
    assert_eq!(mp3, WaveFormatError::Tag(0x55));
    let twenty_bits = wave(48_000, 2, SampleFormat::S24In32);
    let bytes = WaveFormatEx::extensible(twenty_bits).to_bytes();
    let twenty_bits = refused(&bytes, set(18, 20));
    for error in [mp3, twenty_bits, refused(&LONG, set(24, 9))] {
        assert_eq!(NtStatus::from(error), NtStatus::NO_MATCH);
    }
}

#[test]
fn a_format_with_a_mode_has_it_at_the_next_eight_bytes() {
    let format =
        DataFormat::of(wave(48_000, 2, SampleFormat::S16)).in_mode(AUDIO_SIGNALPROCESSINGMODE_RAW);
    let bytes = format.to_bytes();
    assert_eq!(
        bytes[..8],
        [88, 0, 0, 0, 2, 0, 0, 0],
        "size without the mode, flag"
    );
    assert_eq!(
        bytes[88..96],
        [48, 0, 0, 0, 1, 0, 0, 0],
        "one attribute in 48 bytes"
    );
    assert_eq!(bytes[96..100], [40, 0, 0, 0]);
    assert_eq!(bytes[120..136], AUDIO_SIGNALPROCESSINGMODE_RAW.to_bytes());
    assert_eq!(bytes.len(), 136);
    assert_eq!(DataFormat::parse(&bytes), Ok(format));
}

#[test]
fn a_tap_point_is_padded_to_eight_bytes() {
    let mut format = DataFormat::of(wave(48_000, 2, SampleFormat::S16));
    format.attributes = vec![
        Attribute::LoopbackTapPoint(TapPoint::PostVolumeMute),
        Attribute::SignalProcessingMode(AUDIO_SIGNALPROCESSINGMODE_DEFAULT),
    ];
    let bytes = format.to_bytes();
    assert_eq!(bytes[96..100], [28, 0, 0, 0]);
    assert_eq!(bytes[120..124], [1, 0, 0, 0]);
    assert_eq!(
        bytes[128..132],
        [40, 0, 0, 0],
        "the second one at eight bytes"
    );
    assert_eq!(DataFormat::parse(&bytes), Ok(format));
}

#[test]
fn a_format_with_a_wrong_size_or_flag_is_an_invalid_parameter() {
    let good = DataFormat::of(wave(48_000, 2, SampleFormat::S16)).to_bytes();
    let status = |at: usize, value: u32| {
        let mut bytes = good.clone();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        DataFormat::parse(&bytes).map_err(NtStatus::from).err()
    };
    assert_eq!(status(0, 88), None);
    for (at, value) in [(0, 63), (0, 89), (0, 70), (0, u32::MAX), (4, 1), (12, 1)] {
        assert_eq!(
            status(at, value),
            Some(NtStatus::INVALID_PARAMETER),
            "{at}: {value}"
        );
    }
    assert_eq!(
        status(32, 3),
        Some(NtStatus::INVALID_PARAMETER),
        "float said, PCM meant"
    );
}

#[test]
fn ranges_lie_in_a_list_at_eight_bytes() {
    let range = DataRange {
        kind: SampleKind::Pcm,
        channels_max: 2,
        bits_min: 16,
        bits_max: 24,
        hertz_min: 44_100,
        hertz_max: 48_000,
    };
    let ranges = vec![RawDataRange::from(&range), RawDataRange::analog()];
    let bytes = RawDataRange::list_to_bytes(&ranges);
    assert_eq!(bytes.len(), 8 + 88 + 64);
    assert_eq!(
        bytes[..16],
        [160, 0, 0, 0, 2, 0, 0, 0, 88, 0, 0, 0, 0, 0, 0, 0]
    );
    assert_eq!(bytes[72..76], [2, 0, 0, 0], "MaximumChannels");
    assert_eq!(
        bytes[88..92],
        48_000_u32.to_le_bytes(),
        "MaximumSampleFrequency"
    );
    assert_eq!(bytes[96..100], [64, 0, 0, 0]);
    assert_eq!(RawDataRange::parse_list(&bytes), Ok(ranges));
}

#[test]
fn r23_zeros_in_a_family_stand_for_anything() {
    let pcm = Family::wave(KSDATAFORMAT_SUBTYPE_PCM);
    let with = |change: fn(&mut Family)| {
        let mut family = pcm;
        change(&mut family);
        family
    };
    assert!(pcm.matches(pcm));
    assert!(pcm.matches(with(|family| family.major = GUID_NULL)));
    assert!(pcm.matches(with(|family| family.sub = GUID_NULL)));
    assert!(with(|family| family.specifier = GUID_NULL).matches(pcm));
    assert!(!pcm.matches(with(|family| family.sub = Guid::new(7))));
    assert!(!pcm.matches(Family::ANALOG));
}

#[test]
fn formats_of_a_mode_come_with_offsets_from_the_beginning() {
    let formats = [
        DataFormat::of(wave(48_000, 2, SampleFormat::S16)),
        DataFormat::of(wave(96_000, 2, SampleFormat::S24In32)),
    ];
    let bytes = formats_to_bytes(&formats);
    assert_eq!(bytes[..8], [216, 0, 0, 0, 2, 0, 0, 0]);
    assert_eq!(
        bytes[8..24],
        [24, 0, 0, 0, 0, 0, 0, 0, 112, 0, 0, 0, 0, 0, 0, 0]
    );
    assert_eq!(parse_formats(&bytes).unwrap(), formats);
}

/// Constraints of a device with packets of 128 bytes or a multiple, 2 ms or longer.
fn constraints() -> PacketSizeConstraints {
    let mode = |processing_mode, samples, duration| ModeConstraint {
        processing_mode,
        samples_per_processing_packet: samples,
        processing_packet_duration_in_hns: duration,
    };
    PacketSizeConstraints {
        period_min: Hns::new(20_000),
        alignment: Bytes::new(128),
        size_max: Some(Bytes::new(1920)),
        modes: vec![
            mode(AUDIO_SIGNALPROCESSINGMODE_DEFAULT, 0, 100_000),
            mode(AUDIO_SIGNALPROCESSINGMODE_RAW, 48, 100_000),
            mode(Guid::new(5), 256, 1),
        ],
    }
}

#[test]
fn the_alignment_of_packets_is_written_as_itself_minus_one() {
    let bytes = constraints().to_bytes();
    assert_eq!(bytes.len(), 16 + 3 * 24);
    assert_eq!(bytes[..4], 20_000_u32.to_le_bytes());
    assert_eq!(bytes[4..8], [0x7F, 0, 0, 0]);
    assert_eq!(bytes[12..16], [3, 0, 0, 0]);
    assert_eq!(PacketSizeConstraints::parse(&bytes), Ok(constraints()));
    let mut odd = bytes;
    odd[4] = 0x7E;
    assert!(PacketSizeConstraints::parse(&odd).is_err());
}

#[test]
fn r170_a_mode_cannot_ask_for_less_than_the_device_can_do() {
    let format = wave(48_000, 2, SampleFormat::S16);
    let period = |mode| constraints().period(mode, format).get();
    assert_eq!(
        period(AUDIO_SIGNALPROCESSINGMODE_RAW),
        20_000,
        "48 frames are 1 ms"
    );
    assert_eq!(period(AUDIO_SIGNALPROCESSINGMODE_DEFAULT), 100_000);
    assert_eq!(period(Guid::new(9)), 20_000, "a mode without constraint");
}

#[test]
fn r171_a_count_of_frames_goes_before_a_duration() {
    let format = wave(48_000, 2, SampleFormat::S16);
    let period = constraints().period(Guid::new(5), format).get();
    assert_eq!(period, 53_334, "256 frames of 48 kHz, rounded up");
}

#[test]
fn r172_the_largest_packet_holds_ten_milliseconds() {
    let holds = |hertz, sample| constraints().holds_ten_milliseconds_of(wave(hertz, 2, sample));
    assert!(
        holds(48_000, SampleFormat::S16),
        "480 frames are 1920 bytes"
    );
    assert!(!holds(48_000, SampleFormat::S24));
    assert!(!holds(48_001, SampleFormat::S16));
}
