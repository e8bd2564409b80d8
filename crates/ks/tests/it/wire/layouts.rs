//! Sizes and places of fields, as a 64-bit compiler lays the headers out.

use ks::wire::*;
use ks::{KSPROPSETID_PIN, KSPROPSETID_RT_AUDIO};

type Sizes = &'static [(&'static str, usize, usize)];

/// `text` as bytes: pairs of hexadecimal digits.
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .collect();
    let byte = |pair: &[u32]| u8::try_from(pair[0] * 16 + pair[1]).expect("two digits");
    digits.chunks(2).map(byte).collect()
}

/// Structures of `ks.h`: as the header calls them, as declared here, as laid out by hand.
const KS: Sizes = &[
    ("KSPROPERTY", KsIdentifier::SIZE, 24),
    ("KSP_PIN", KspPin::SIZE, 32),
    ("KSP_NODE", KspNode::SIZE, 32),
    (
        "KSNODEPROPERTY_AUDIO_CHANNEL",
        KsNodePropertyAudioChannel::SIZE,
        40,
    ),
    ("KSMULTIPLE_ITEM", KsMultipleItem::SIZE, 8),
    ("KSPROPERTY_DESCRIPTION", KsPropertyDescription::SIZE, 40),
    (
        "KSPROPERTY_MEMBERSHEADER",
        KsPropertyMembersHeader::SIZE,
        16,
    ),
    ("KSPROPERTY_STEPPING_LONG", KsPropertySteppingLong::SIZE, 16),
    ("KSE_PIN", KsePin::SIZE, 32),
    ("KSEVENTDATA", KsEventData::SIZE, 32),
    (
        "KSAUDIOENGINE_DESCRIPTOR",
        KsAudioEngineDescriptor::SIZE,
        12,
    ),
    (
        "KSAUDIOENGINE_BUFFER_SIZE_RANGE",
        KsAudioEngineBufferSizeRange::SIZE,
        8,
    ),
    (
        "KSAUDIOENGINE_VOLUMELEVEL",
        KsAudioEngineVolumeLevel::SIZE,
        16,
    ),
    ("KSPIN_CINSTANCES", KsPinCInstances::SIZE, 8),
    ("KSPIN_CONNECT", KsPinConnect::SIZE, 72),
    ("KSTOPOLOGY_CONNECTION", KsTopologyConnection::SIZE, 16),
    ("KSJACK_DESCRIPTION", KsJackDescription::SIZE, 28),
    ("KSDATAFORMAT", KsDataFormat::SIZE, 64),
    ("KSATTRIBUTE", KsAttribute::SIZE, 24),
    (
        "KSAUDIO_PACKETSIZE_CONSTRAINTS2",
        KsAudioPacketSizeConstraints2::SIZE,
        16,
    ),
    (
        "KSAUDIO_PACKETSIZE_PROCESSINGMODE_CONSTRAINT",
        ModeConstraint::SIZE,
        24,
    ),
];

/// Structures of WaveRT pins.
const RT_AUDIO: Sizes = &[
    (
        "KSRTAUDIO_BUFFER_PROPERTY",
        KsRtAudioBufferProperty::SIZE,
        40,
    ),
    (
        "KSRTAUDIO_BUFFER_PROPERTY_WITH_NOTIFICATION",
        KsRtAudioBufferPropertyWithNotification::SIZE,
        40,
    ),
    ("KSRTAUDIO_BUFFER", KsRtAudioBuffer::SIZE, 16),
    ("KSRTAUDIO_HWLATENCY", KsRtAudioHwLatency::SIZE, 12),
    (
        "KSRTAUDIO_HWREGISTER_PROPERTY",
        KsRtAudioHwRegisterProperty::SIZE,
        32,
    ),
    ("KSRTAUDIO_HWREGISTER", KsRtAudioHwRegister::SIZE, 40),
    (
        "KSRTAUDIO_NOTIFICATION_EVENT_PROPERTY",
        KsRtAudioNotificationEventProperty::SIZE,
        32,
    ),
    (
        "KSRTAUDIO_GETREADPACKET_INFO",
        KsRtAudioGetReadPacketInfo::SIZE,
        24,
    ),
    (
        "KSRTAUDIO_SETWRITEPACKET_INFO",
        KsRtAudioSetWritePacketInfo::SIZE,
        12,
    ),
    (
        "KSRTAUDIO_PACKETVREGISTER",
        KsRtAudioPacketVRegister::SIZE,
        24,
    ),
    ("KSAUDIO_POSITION", KsAudioPosition::SIZE, 16),
    ("KSAUDIO_POSITIONEX", KsAudioPositionEx::SIZE, 40),
    (
        "KSAUDIO_PRESENTATION_POSITION",
        KsAudioPresentationPosition::SIZE,
        16,
    ),
];

#[test]
fn structures_are_as_long_as_the_headers_make_them() {
    for (name, size, documented) in [KS, RT_AUDIO].concat() {
        assert_eq!(size, documented, "{name}");
    }
}

#[test]
fn a_buffer_request_lies_in_memory_as_a_client_writes_it() {
    let request = KsRtAudioBufferPropertyWithNotification {
        property: KsIdentifier {
            set: KSPROPSETID_RT_AUDIO,
            id: 5,
            flags: 1,
        },
        base_address: 0,
        requested_buffer_size: 3840,
        notification_count: 2,
    };
    let bytes = hex("8CA455A8 782F 2947 9051 1968746B9EEF  05000000 01000000 \
         0000000000000000  000F0000  02000000");
    assert_eq!(request.to_bytes(), bytes);
    assert_eq!(
        KsRtAudioBufferPropertyWithNotification::parse(&bytes),
        Ok(request)
    );
}

#[test]
fn a_register_has_holes_where_the_compiler_leaves_them() {
    let register = KsRtAudioHwRegister {
        register: 0x1122_3344_5566_7788,
        width: 32,
        numerator: 24_000_000,
        denominator: 1,
        accuracy: 4,
    };
    let bytes = hex(
        "8877665544332211  20000000 00000000  00366E0100000000  0100000000000000  \
         04000000 00000000",
    );
    assert_eq!(register.to_bytes(), bytes);
    assert_eq!(KsRtAudioHwRegister::parse(&bytes), Ok(register));
}

#[test]
fn a_read_packet_is_padded_behind_its_last_flag() {
    let packet = KsRtAudioGetReadPacketInfo {
        packet_number: 7,
        flags: 0,
        performance_counter_value: 0x0102_0304,
        more_data: 1,
    };
    let bytes = hex("07000000 00000000 0403020100000000 01000000 00000000");
    assert_eq!(packet.to_bytes(), bytes);
}

#[test]
fn a_pin_is_connected_with_a_handle_at_eight_bytes() {
    let connect = KsPinConnect {
        pin_id: 3,
        pin_to_handle: 0x55,
        priority: KsPriority {
            priority_class: 0x4000_0000,
            priority_sub_class: 1,
        },
        ..KsPinConnect::default()
    };
    let bytes = connect.to_bytes();
    assert_eq!(bytes[48..52], [3, 0, 0, 0]);
    assert_eq!(bytes[56..64], [0x55, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes[64..72], [0, 0, 0, 0x40, 1, 0, 0, 0]);
}

#[test]
fn a_physical_connection_has_its_name_in_unicode() {
    let connection = KsPinPhysicalConnection {
        pin: 1,
        symbolic_link_name: "\\\\?\\ü".into(),
    };
    let bytes = hex("14000000 01000000  5C00 5C00 3F00 5C00 FC00 0000");
    assert_eq!(connection.to_bytes(), bytes);
    assert_eq!(KsPinPhysicalConnection::parse(&bytes), Ok(connection));
    let unfinished = &bytes[..18];
    assert!(KsPinPhysicalConnection::parse(unfinished).is_err());
}

#[test]
fn a_structure_that_is_cut_off_says_what_it_is_and_what_it_needs() {
    let header = KsIdentifier {
        set: KSPROPSETID_PIN,
        id: 1,
        flags: 1,
    };
    let bytes = header.to_bytes();
    for len in 0..bytes.len() {
        let error = KsIdentifier::parse(&bytes[..len]).unwrap_err();
        assert!(
            error.to_string().starts_with("KSIDENTIFIER needs "),
            "{error}"
        );
    }
}
