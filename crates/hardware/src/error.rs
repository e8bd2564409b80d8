//! Why an access to a register is refused.

use thiserror::Error;
use units::Bytes;

use crate::format::StreamFormatError;

/// Why the controller refused an access. Nothing has changed.
///
/// Real hardware answers most of these with silence or with something undefined; a driver that
/// meets one has a defect, and is told so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// No register that can be read begins at this offset.
    #[error("no register can be read at offset 0x{offset:04x}")]
    NotReadable {
        /// The offset.
        offset: u32,
    },
    /// No register that can be written begins at this offset.
    #[error("no register can be written at offset 0x{offset:04x}")]
    NotWritable {
        /// The offset.
        offset: u32,
    },
    /// The value has more bits than the register.
    #[error("0x{value:08x} does not fit into the {bits} bits at offset 0x{offset:04x}")]
    TooWide {
        /// The offset.
        offset: u32,
        /// The value.
        value: u32,
        /// Bits of the register.
        bits: u32,
    },
    /// The register is frozen while the stream runs.
    #[error("the register at offset 0x{offset:04x} cannot change while the stream runs")]
    WhileRunning {
        /// The offset.
        offset: u32,
    },
    /// The controller, or the stream, is held in reset.
    #[error("the register at offset 0x{offset:04x} is held in reset")]
    InReset {
        /// The offset.
        offset: u32,
    },
    /// The stream cannot run as it is programmed.
    #[error("stream {stream} cannot run: {reason}")]
    CannotRun {
        /// Number of the stream descriptor.
        stream: u32,
        /// Why not.
        reason: RunError,
    },
}

/// Why a stream cannot run as it is programmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    /// Tag 0 is reserved: no converter listens to it.
    #[error("its stream tag is 0, to which no converter listens")]
    NoTag,
    /// The format register says something that the link cannot carry.
    #[error(transparent)]
    Format(#[from] StreamFormatError),
    /// One slot may need more than the FIFO holds, however fast the bus is.
    #[error(
        "a FIFO of {fifo:?} filled in bursts of {burst:?} cannot feed {demand:?} to the link at once"
    )]
    FifoTooSmall {
        /// What the FIFO holds.
        fifo: Bytes,
        /// What is fetched at a time.
        burst: Bytes,
        /// What one slot may take.
        demand: Bytes,
    },
    /// The streams that run would need more of the link than it has.
    #[error("the link carries {budget} bits of its direction in a link frame, not {demand}")]
    Bandwidth {
        /// What all would take, in bits of a link frame.
        demand: u32,
        /// What the lines carry.
        budget: u32,
    },
    /// It does not loop, and what it is to do needs it to.
    #[error(
        "an engine that halts at the end of its list is an output, on a bus without waits, whose \
         list ends with a slot of the link"
    )]
    CannotHalt,
    /// A descriptor does not hold whole frames of the cyclic buffer that it points to.
    ///
    /// The controller itself would not mind; the model moves whole frames.
    #[error("a descriptor cuts a frame of {frame:?}, or its memory holds frames of another size")]
    CutFrame {
        /// Size of a frame by the format register.
        frame: Bytes,
    },
}
