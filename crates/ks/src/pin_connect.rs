//! Which pin is to be made, and what its stream is to be.

use units::{NtStatus, WaveFormat};

use crate::guid::Guid;
use crate::wire::{Attribute, DataFormat, TapPoint};

/// Which pin is to be made, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSPIN_CONNECT")]
pub struct PinConnect {
    /// The factory, by its place in the list.
    pub pin: u32,
    /// What will flow.
    pub format: WaveFormat,
    /// What else is said of the stream.
    pub attributes: StreamAttributes,
}

/// What is said of a stream beside its format: the list of attributes behind it.
///
/// # Source
/// `ks/ns-ks-ksdataformat.md`, "Remarks".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamAttributes {
    /// Its signal-processing mode; `None` for the default one.
    #[doc(alias = "KSATTRIBUTE_AUDIOSIGNALPROCESSING_MODE")]
    pub mode: Option<Guid>,
    /// Where a loopback listens; `None` for before volume and mute.
    #[doc(alias = "KSATTRIBUTE_AUDIOLOOPBACK_TAPPOINT")]
    pub tap: Option<TapPoint>,
}

impl PinConnect {
    /// A pin of factory `pin` for `format`, of which nothing else is said.
    pub const fn of(pin: u32, format: WaveFormat) -> Self {
        Self {
            pin,
            format,
            attributes: StreamAttributes {
                mode: None,
                tap: None,
            },
        }
    }

    /// The same for a stream of this signal-processing mode.
    #[must_use]
    pub const fn in_mode(mut self, mode: Guid) -> Self {
        self.attributes.mode = Some(mode);
        self
    }

    /// The same for a loopback that listens there.
    #[must_use]
    pub const fn tapped_at(mut self, tap: TapPoint) -> Self {
        self.attributes.tap = Some(tap);
        self
    }
}

impl StreamAttributes {
    /// What the attributes of `format` say; of several of a kind the last one counts.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] for an attribute that nobody here understands,
    /// [`NtStatus::INVALID_PARAMETER`] for a mode that is not named.
    ///
    /// # Source
    /// The sample driver (`sysvad: minwavert.cpp`) for both statuses; no page gives them.
    pub fn of(format: &DataFormat) -> Result<Self, NtStatus> {
        let mut all = Self::default();
        for attribute in &format.attributes {
            match attribute {
                Attribute::SignalProcessingMode(mode) => all.mode = Some(*mode),
                Attribute::LoopbackTapPoint(tap) => all.tap = Some(*tap),
                Attribute::SignalProcessingModes => return Err(NtStatus::INVALID_PARAMETER),
                Attribute::Other { .. } => return Err(NtStatus::NOT_SUPPORTED),
            }
        }
        Ok(all)
    }
}

vtime::fork_by_clone!(PinConnect, StreamAttributes);
