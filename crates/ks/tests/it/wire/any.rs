//! Whatever is written can be read, and whatever is read makes nothing panic.

use ks::Guid;
use ks::wire::*;
use proptest::prelude::*;
use units::{SampleFormat, WaveFormat};

fn any_format() -> impl Strategy<Value = WaveFormat> {
    let samples = prop::sample::select(vec![
        SampleFormat::U8,
        SampleFormat::S16,
        SampleFormat::S24,
        SampleFormat::S24In32,
        SampleFormat::S32,
        SampleFormat::F32,
    ]);
    (1..768_001_u32, 1..=16_u8, samples).prop_map(|(hertz, channels, sample)| {
        WaveFormat::new(hertz, channels, sample).expect("there is sound")
    })
}

fn any_attribute() -> impl Strategy<Value = Attribute> {
    prop_oneof![
        any::<u128>().prop_map(|digits| Attribute::SignalProcessingMode(Guid::new(digits))),
        Just(Attribute::SignalProcessingModes),
        Just(Attribute::LoopbackTapPoint(TapPoint::PreVolumeMute)),
        (1..1000_u128, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(digits, value)| {
            Attribute::Other {
                attribute: Guid::new(digits),
                value,
            }
        }),
    ]
}

fn any_range() -> impl Strategy<Value = RawDataRange> {
    let attributes = prop::collection::vec(any_attribute(), 0..3);
    let bounds = prop::option::of(prop::array::uniform5(any::<u32>()));
    (any::<[u128; 3]>(), bounds, attributes).prop_map(|(family, bounds, attributes)| {
        let [major, sub, specifier] = family.map(Guid::new);
        RawDataRange {
            sample_size: 0,
            family: Family {
                major,
                sub,
                specifier,
            },
            bounds: bounds.map(|[channels, low, high, slow, fast]| AudioBounds {
                maximum_channels: channels,
                minimum_bits_per_sample: low,
                maximum_bits_per_sample: high,
                minimum_sample_frequency: slow,
                maximum_sample_frequency: fast,
            }),
            attributes,
        }
    })
}

proptest! {
    #[test]
    fn identifiers_come_back(digits: u128) {
        let guid = Guid::new(digits);
        prop_assert_eq!(Guid::from_bytes(guid.to_bytes()), guid);
    }

    #[test]
    fn formats_come_back(
        format in any_format(),
        attributes in prop::collection::vec(any_attribute(), 0..4),
    ) {
        let mut data = DataFormat::of(format);
        data.attributes = attributes;
        prop_assert_eq!(DataFormat::parse(&data.to_bytes()), Ok(data));
    }

    #[test]
    fn ranges_come_back(ranges in prop::collection::vec(any_range(), 0..5)) {
        let bytes = RawDataRange::list_to_bytes(&ranges);
        prop_assert_eq!(bytes.len() % 8, 0);
        prop_assert_eq!(RawDataRange::parse_list(&bytes), Ok(ranges));
    }

    #[test]
    fn structures_come_back(bytes in prop::collection::vec(any::<u8>(), 72)) {
        let connect = KsPinConnect::parse(&bytes).unwrap();
        prop_assert_eq!(KsPinConnect::parse(&connect.to_bytes()), Ok(connect));
        let register = KsRtAudioHwRegister::parse(&bytes).unwrap();
        prop_assert_eq!(KsRtAudioHwRegister::parse(&register.to_bytes()), Ok(register));
        let node = KsNodePropertyAudioChannel::parse(&bytes).unwrap();
        prop_assert_eq!(KsNodePropertyAudioChannel::parse(&node.to_bytes()), Ok(node));
    }

    #[test]
    fn no_bytes_make_a_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = WaveFormatEx::parse(&bytes);
        let _ = DataFormat::parse(&bytes);
        let _ = RawDataRange::parse_list(&bytes);
        let _ = parse_formats(&bytes);
        let _ = PacketSizeConstraints::parse(&bytes);
        let _ = KsPinPhysicalConnection::parse(&bytes);
        let _ = from_unicode(&bytes);
        let _ = Attribute::get_list(&mut Reader::new("KSMULTIPLE_ITEM", &bytes));
    }

    #[test]
    fn a_damaged_format_makes_no_parser_panic(
        format in any_format(),
        damage in prop::collection::vec((0..200_usize, any::<u8>()), 1..6),
        end in 0..200_usize,
    ) {
        let mut bytes = DataFormat::of(format).in_mode(Guid::new(1)).to_bytes();
        for (at, value) in damage {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        bytes.truncate(end);
        let _ = DataFormat::parse(&bytes);
    }
}
