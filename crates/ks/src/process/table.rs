//! The properties that the port itself handles, as tables: what is not in them is not supported.

use crate::automation::{Access, PropertyItem, ValueType};
use crate::guid::{
    KSPROPSETID_AUDIO, KSPROPSETID_AUDIO_ENGINE, KSPROPSETID_AUDIO_SIGNAL_PROCESSING,
    KSPROPSETID_CONNECTION, KSPROPSETID_PIN, KSPROPSETID_RT_AUDIO, KSPROPSETID_TOPOLOGY,
};
use crate::wire::{
    KsAudioPosition, KsAudioPositionEx, KsAudioPresentationPosition, KsDataFormat, KsIdentifier,
    KsMultipleItem, KsNodePropertyAudioChannel, KsPinCInstances, KsRtAudioBuffer,
    KsRtAudioBufferProperty, KsRtAudioBufferPropertyWithNotification, KsRtAudioGetReadPacketInfo,
    KsRtAudioHwLatency, KsRtAudioHwRegister, KsRtAudioHwRegisterProperty,
    KsRtAudioNotificationEventProperty, KsRtAudioPacketVRegister, KsRtAudioSetWritePacketInfo,
    KspNode, KspPin,
};

/// Bytes of a number or a truth value.
const ULONG: usize = 4;
/// Bytes of an identifier.
const GUID: usize = 16;

const fn pin(id: u32, name: &'static str, value_bytes: usize) -> PropertyItem {
    PropertyItem::new(KSPROPSETID_PIN, id, name, Access::GET, value_bytes).asked_with(KspPin::SIZE)
}

const fn rt(id: u32, name: &'static str, request: usize, value: usize) -> PropertyItem {
    PropertyItem::new(KSPROPSETID_RT_AUDIO, id, name, Access::GET, value).asked_with(request)
}

const fn audio(id: u32, name: &'static str, access: Access, value: usize) -> PropertyItem {
    PropertyItem::new(KSPROPSETID_AUDIO, id, name, access, value)
}

const fn engine(id: u32, name: &'static str, access: Access, value: usize) -> PropertyItem {
    PropertyItem::new(KSPROPSETID_AUDIO_ENGINE, id, name, access, value).asked_with(KspNode::SIZE)
}

const fn topology(id: u32, name: &'static str, value: usize) -> PropertyItem {
    PropertyItem::new(KSPROPSETID_TOPOLOGY, id, name, Access::GET, value)
}

/// What a filter handle answers.
///
/// # Source
/// `stream/kspropsetid-pin.md`, `stream/kspropsetid-topology.md`,
/// `audio/kspropsetid-audiosignalprocessing.md`.
pub(crate) const FILTER: &[PropertyItem] = &[
    pin(0, "KSPROPERTY_PIN_CINSTANCES", KsPinCInstances::SIZE),
    pin(1, "KSPROPERTY_PIN_CTYPES", ULONG)
        .asked_with(KsIdentifier::SIZE)
        .typed(ValueType::Ui4),
    pin(2, "KSPROPERTY_PIN_DATAFLOW", ULONG).typed(ValueType::Ui4),
    pin(3, "KSPROPERTY_PIN_DATARANGES", KsMultipleItem::SIZE),
    pin(4, "KSPROPERTY_PIN_DATAINTERSECTION", KsDataFormat::SIZE)
        .asked_with(KspPin::SIZE + KsMultipleItem::SIZE),
    pin(5, "KSPROPERTY_PIN_INTERFACES", KsMultipleItem::SIZE),
    pin(6, "KSPROPERTY_PIN_MEDIUMS", KsMultipleItem::SIZE),
    pin(7, "KSPROPERTY_PIN_COMMUNICATION", ULONG).typed(ValueType::Ui4),
    pin(8, "KSPROPERTY_PIN_GLOBALCINSTANCES", KsPinCInstances::SIZE),
    pin(9, "KSPROPERTY_PIN_NECESSARYINSTANCES", ULONG).typed(ValueType::Ui4),
    pin(10, "KSPROPERTY_PIN_PHYSICALCONNECTION", 2 * ULONG),
    pin(11, "KSPROPERTY_PIN_CATEGORY", GUID),
    pin(12, "KSPROPERTY_PIN_NAME", 0),
    pin(
        13,
        "KSPROPERTY_PIN_CONSTRAINEDDATARANGES",
        KsMultipleItem::SIZE,
    ),
    PropertyItem {
        access: Access::GET_SET,
        ..pin(14, "KSPROPERTY_PIN_PROPOSEDATAFORMAT", KsDataFormat::SIZE)
    },
    pin(15, "KSPROPERTY_PIN_PROPOSEDATAFORMAT2", KsDataFormat::SIZE)
        .asked_with(KspPin::SIZE + KsMultipleItem::SIZE),
    pin(16, "KSPROPERTY_PIN_MODEDATAFORMATS", KsMultipleItem::SIZE).asked_with(KspPin::SIZE + GUID),
    topology(0, "KSPROPERTY_TOPOLOGY_CATEGORIES", KsMultipleItem::SIZE),
    topology(1, "KSPROPERTY_TOPOLOGY_NODES", KsMultipleItem::SIZE),
    topology(2, "KSPROPERTY_TOPOLOGY_CONNECTIONS", KsMultipleItem::SIZE),
    topology(3, "KSPROPERTY_TOPOLOGY_NAME", 0).asked_with(KspNode::SIZE),
    PropertyItem::new(
        KSPROPSETID_AUDIO_SIGNAL_PROCESSING,
        0,
        "KSPROPERTY_AUDIOSIGNALPROCESSING_MODES",
        Access::GET,
        KsMultipleItem::SIZE,
    )
    .asked_with(KspPin::SIZE),
];

/// What a filter handle answers for the node of a built-in audio engine.
///
/// # Source
/// `audio/ksproperty-audioengine.md`.
pub(crate) const FILTER_ENGINE_NODE: &[PropertyItem] = &[
    engine(
        1,
        "KSPROPERTY_AUDIOENGINE_GFXENABLE",
        Access::GET_SET,
        ULONG,
    )
    .typed(ValueType::Bool),
    engine(
        2,
        "KSPROPERTY_AUDIOENGINE_MIXFORMAT",
        Access::GET,
        KsDataFormat::SIZE,
    ),
    engine(
        4,
        "KSPROPERTY_AUDIOENGINE_DEVICEFORMAT",
        Access::GET_SET,
        KsDataFormat::SIZE,
    ),
    engine(
        5,
        "KSPROPERTY_AUDIOENGINE_SUPPORTEDDEVICEFORMATS",
        Access::GET,
        KsMultipleItem::SIZE,
    ),
    engine(
        6,
        "KSPROPERTY_AUDIOENGINE_DESCRIPTOR",
        Access::GET,
        3 * ULONG,
    ),
    engine(
        7,
        "KSPROPERTY_AUDIOENGINE_BUFFER_SIZE_RANGE",
        Access::GET,
        2 * ULONG,
    )
    .asked_with(KspNode::SIZE + KsDataFormat::SIZE),
];

/// What a pin handle answers.
///
/// # Source
/// `audio/kspropsetid-rtaudio.md`, `audio/kspropsetid-audio.md`, `stream/kspropsetid-connection.md`.
pub(crate) const PIN: &[PropertyItem] = &[
    PropertyItem::new(
        KSPROPSETID_CONNECTION,
        0,
        "KSPROPERTY_CONNECTION_STATE",
        Access::GET_SET,
        ULONG,
    )
    .typed(ValueType::Ui4),
    PropertyItem::new(
        KSPROPSETID_CONNECTION,
        2,
        "KSPROPERTY_CONNECTION_DATAFORMAT",
        Access::GET_SET,
        KsDataFormat::SIZE,
    ),
    audio(
        5,
        "KSPROPERTY_AUDIO_POSITION",
        Access::GET_SET,
        KsAudioPosition::SIZE,
    ),
    audio(
        50,
        "KSPROPERTY_AUDIO_POSITIONEX",
        Access::GET,
        KsAudioPositionEx::SIZE,
    ),
    rt(
        1,
        "KSPROPERTY_RTAUDIO_BUFFER",
        KsRtAudioBufferProperty::SIZE,
        KsRtAudioBuffer::SIZE,
    ),
    rt(
        2,
        "KSPROPERTY_RTAUDIO_HWLATENCY",
        KsIdentifier::SIZE,
        KsRtAudioHwLatency::SIZE,
    ),
    rt(
        3,
        "KSPROPERTY_RTAUDIO_POSITIONREGISTER",
        KsRtAudioHwRegisterProperty::SIZE,
        KsRtAudioHwRegister::SIZE,
    ),
    rt(
        4,
        "KSPROPERTY_RTAUDIO_CLOCKREGISTER",
        KsRtAudioHwRegisterProperty::SIZE,
        KsRtAudioHwRegister::SIZE,
    ),
    rt(
        5,
        "KSPROPERTY_RTAUDIO_BUFFER_WITH_NOTIFICATION",
        KsRtAudioBufferPropertyWithNotification::SIZE,
        KsRtAudioBuffer::SIZE,
    ),
    PropertyItem {
        access: Access::GET_SET,
        ..rt(
            6,
            "KSPROPERTY_RTAUDIO_REGISTER_NOTIFICATION_EVENT",
            KsRtAudioNotificationEventProperty::SIZE,
            0,
        )
    },
    PropertyItem {
        access: Access::GET_SET,
        ..rt(
            7,
            "KSPROPERTY_RTAUDIO_UNREGISTER_NOTIFICATION_EVENT",
            KsRtAudioNotificationEventProperty::SIZE,
            0,
        )
    },
    rt(
        8,
        "KSPROPERTY_RTAUDIO_QUERY_NOTIFICATION_SUPPORT",
        KsIdentifier::SIZE,
        ULONG,
    )
    .typed(ValueType::Bool),
    rt(
        9,
        "KSPROPERTY_RTAUDIO_PACKETCOUNT",
        KsIdentifier::SIZE,
        ULONG,
    )
    .typed(ValueType::Ui4),
    rt(
        10,
        "KSPROPERTY_RTAUDIO_PRESENTATION_POSITION",
        KsIdentifier::SIZE,
        KsAudioPresentationPosition::SIZE,
    ),
    rt(
        11,
        "KSPROPERTY_RTAUDIO_GETREADPACKET",
        KsIdentifier::SIZE,
        KsRtAudioGetReadPacketInfo::SIZE,
    ),
    PropertyItem {
        access: Access::SET,
        ..rt(
            12,
            "KSPROPERTY_RTAUDIO_SETWRITEPACKET",
            KsIdentifier::SIZE,
            KsRtAudioSetWritePacketInfo::SIZE,
        )
    },
    rt(
        13,
        "KSPROPERTY_RTAUDIO_PACKETVREGISTER",
        KsRtAudioHwRegisterProperty::SIZE,
        KsRtAudioPacketVRegister::SIZE,
    ),
];

/// What a pin handle answers for the node of a built-in audio engine that its stream passes.
///
/// # Source
/// `audio/ksproperty-audioengine.md`, `audio/kspropsetid-audio.md`.
pub(crate) const PIN_ENGINE_NODE: &[PropertyItem] = &[
    audio(
        52,
        "KSPROPERTY_AUDIO_PRESENTATION_POSITION",
        Access::GET,
        KsAudioPresentationPosition::SIZE,
    )
    .asked_with(KspNode::SIZE),
    audio(
        53,
        "KSPROPERTY_AUDIO_WAVERT_CURRENT_WRITE_POSITION",
        Access::SET,
        ULONG,
    )
    .asked_with(KspNode::SIZE)
    .typed(ValueType::Ui4),
    audio(
        54,
        "KSPROPERTY_AUDIO_LINEAR_BUFFER_POSITION",
        Access::GET,
        8,
    )
    .asked_with(KspNode::SIZE)
    .typed(ValueType::Ui8),
    audio(
        56,
        "KSPROPERTY_AUDIO_WAVERT_CURRENT_WRITE_LASTBUFFER_POSITION",
        Access::SET,
        ULONG,
    )
    .asked_with(KspNode::SIZE)
    .typed(ValueType::Ui4),
    engine(
        0,
        "KSPROPERTY_AUDIOENGINE_LFXENABLE",
        Access::GET_SET,
        ULONG,
    )
    .typed(ValueType::Bool),
    engine(
        8,
        "KSPROPERTY_AUDIOENGINE_LOOPBACK_PROTECTION",
        Access::SET,
        ULONG,
    )
    .typed(ValueType::Ui4),
    engine(
        9,
        "KSPROPERTY_AUDIOENGINE_VOLUMELEVEL",
        Access::GET_SET,
        ULONG,
    )
    .asked_with(KsNodePropertyAudioChannel::SIZE)
    .typed(ValueType::I4),
];
