//! What a client asks of a filter and its pin.

use std::fmt;

use ks::KsState;
use portcls::DevicePower;
use units::Bytes;

/// One thing that a client asks, or that happens to the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Open the pin.
    Open(Connect),
    /// Close it.
    Close,
    /// Go to that state.
    State(KsState),
    /// In which state is it?
    GetState,
    /// Let that format flow.
    Format(Connect),
    /// Which one does?
    GetFormat,
    /// Make the cyclic buffer, with so many packets, or without notifications.
    Buffer {
        /// The size asked for.
        requested: Bytes,
        /// The notification count, if there is one.
        packets: Option<u32>,
    },
    /// Set the event of that number at each notification.
    Register(u8),
    /// No longer set it.
    Unregister(u8),
    /// Are there notifications?
    NotificationSupport,
    /// How late is what leaves the buffer?
    HwLatency,
    /// Map the position register.
    MapPosition,
    /// Map the clock register.
    MapClock,
    /// Map the cells that say which packet is done.
    MapPackets,
    /// Where is the device?
    Position,
    /// Which frame is presented?
    Presentation,
    /// How many packets are done?
    PacketCount,
    /// A packet is written.
    Write {
        /// Its number, less that of the packet in transfer: as far as one knows, if a device rounds.
        ahead: i32,
        /// The flags.
        flags: u32,
        /// Valid bytes of the last packet.
        valid: u32,
    },
    /// Which captured packet can be read?
    Read,
    /// The system takes the device there.
    Power(DevicePower),
    /// Somebody pulls it out.
    Remove,
}

/// A format to connect with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connect {
    /// That of the setup.
    Right,
    /// One that no device has.
    Wrong,
}

impl Ask {
    /// True if it asks an open pin.
    pub fn is_of_the_pin(self) -> bool {
        !matches!(self, Self::Open(_) | Self::Power(_) | Self::Remove)
    }
}

impl fmt::Display for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Right => "",
            Self::Wrong => " wrong",
        })
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(connect) => write!(f, "open{connect}"),
            Self::Close => f.write_str("close"),
            Self::State(state) => write!(f, "state {state:?}"),
            Self::GetState => f.write_str("get-state"),
            Self::Format(connect) => write!(f, "format{connect}"),
            Self::GetFormat => f.write_str("get-format"),
            Self::Buffer {
                requested,
                packets: None,
            } => write!(f, "buffer {}", requested.get()),
            Self::Buffer {
                requested,
                packets: Some(packets),
            } => write!(f, "buffer {} {packets}", requested.get()),
            Self::Register(event) => write!(f, "register {event}"),
            Self::Unregister(event) => write!(f, "unregister {event}"),
            Self::NotificationSupport => f.write_str("notification-support"),
            Self::HwLatency => f.write_str("hw-latency"),
            Self::MapPosition => f.write_str("map-position"),
            Self::MapClock => f.write_str("map-clock"),
            Self::MapPackets => f.write_str("map-packets"),
            Self::Position => f.write_str("position"),
            Self::Presentation => f.write_str("presentation"),
            Self::PacketCount => f.write_str("packet-count"),
            Self::Write {
                ahead,
                flags,
                valid,
            } => write!(f, "write {ahead} {flags} {valid}"),
            Self::Read => f.write_str("read"),
            Self::Power(power) => write!(f, "power {power:?}"),
            Self::Remove => f.write_str("remove"),
        }
    }
}
