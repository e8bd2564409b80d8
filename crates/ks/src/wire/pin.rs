//! The structures of pin factories, of the making of pins, of nodes and jacks.

use super::cursor::{Reader, Wire, WireError, Writer, structure};
use super::property::KsIdentifier;

structure! {
    /// How many pins may be open, and how many are.
    ///
    /// # Source
    /// `ks/ns-ks-kspin_cinstances.md`.
    KsPinCInstances = "KSPIN_CINSTANCES" {
        /// The most; 0xFFFFFFFF for no limit.
        possible_count: u32,
        /// Those that are open.
        current_count: u32,
    }

    /// How urgent a connection is.
    ///
    /// # Source
    /// `ks/ns-ks-kspriority.md`.
    KsPriority = "KSPRIORITY" {
        /// The class: normal is 0x40000000.
        priority_class: u32,
        /// The place within the class.
        priority_sub_class: u32,
    }

    /// The making of a pin; its format follows.
    ///
    /// # Source
    /// `ks/ns-ks-kspin_connect.md`.
    KsPinConnect = "KSPIN_CONNECT" {
        /// How it will be talked to.
        interface: KsIdentifier,
        /// Over what.
        medium: KsIdentifier,
        /// The pin factory.
        pin_id: u32,
        /// The pin of another filter to connect to; 0 for none.
        pin_to_handle: u64,
        /// How urgent it is.
        priority: KsPriority,
    }

    /// An inner connection of a filter.
    ///
    /// # Source
    /// `ks/ns-ks-kstopology_connection.md`.
    #[doc(alias = "PCCONNECTION_DESCRIPTOR")]
    KsTopologyConnection = "KSTOPOLOGY_CONNECTION" {
        /// The node it comes from; 0xFFFFFFFF for a pin of the filter.
        from_node: u32,
        /// The pin of that node, or of the filter.
        from_node_pin: u32,
        /// The node it leads to; 0xFFFFFFFF for a pin of the filter.
        to_node: u32,
        /// The pin of that node, or of the filter.
        to_node_pin: u32,
    }

    /// What a jack is, and whether something is plugged in.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksjack_description.md`.
    KsJackDescription = "KSJACK_DESCRIPTION" {
        /// The speakers it feeds.
        channel_mapping: u32,
        /// Its colour, 0x00BBGGRR.
        color: u32,
        /// The kind of socket.
        connection_type: u32,
        /// On which side of the case.
        geo_location: u32,
        /// On which case.
        gen_location: u32,
        /// Socket, built in, or both.
        port_connection: u32,
        /// 1 if something is plugged in.
        is_connected: u32,
    }
}

/// What a pin is wired to, for ever.
///
/// # Source
/// `ks/ns-ks-kspin_physicalconnection.md`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[doc(alias = "KSPIN_PHYSICALCONNECTION")]
pub struct KsPinPhysicalConnection {
    /// The pin factory at the other end.
    pub pin: u32,
    /// The symbolic link of the filter that has it.
    pub symbolic_link_name: String,
}

impl KsPinPhysicalConnection {
    /// Bytes before the name.
    const HEAD: usize = 8;

    /// The structure as bytes: size, pin, and the name with a zero behind it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let name = unicode(&self.symbolic_link_name);
        writer.put(&size(Self::HEAD + name.len()));
        writer.put(&self.pin);
        writer.bytes(&name);
        writer.finish()
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`WireError`] if the bytes end too early, or if the name is no Unicode or has no end.
    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new("KSPIN_PHYSICALCONNECTION", bytes);
        let size = u32::get(&mut reader)?;
        let pin = u32::get(&mut reader)?;
        let wrong = WireError::Value {
            field: "Size",
            found: size.into(),
        };
        let len = (size as usize).checked_sub(Self::HEAD).ok_or(wrong)?;
        let symbolic_link_name = from_unicode(reader.take(len)?).ok_or(WireError::Value {
            field: "SymbolicLinkName",
            found: len as u64,
        })?;
        Ok(Self {
            pin,
            symbolic_link_name,
        })
    }
}

/// A text as 16-bit units with a zero behind them.
pub fn unicode(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().chain([0]);
    units.flat_map(u16::to_le_bytes).collect()
}

/// The text up to the first zero; `None` if there is no zero, or no Unicode before it.
pub fn from_unicode(bytes: &[u8]) -> Option<String> {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let end = units.iter().position(|unit| *unit == 0)?;
    String::from_utf16(&units[..end]).ok()
}

/// A size as its field holds it.
pub(crate) fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("no structure is as long as 4 GiB")
}
