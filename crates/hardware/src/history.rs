//! What the controller puts into the history.

use units::{Bytes, Frames};
use vtime::{Context, Descriptor, Field};

#[cfg(doc)]
use crate::fault::Effect;
use crate::fault::Strike;
use crate::memory::DescriptorError;

const STREAM: Field = Field::new("stream", "1");
const STARTED: Field = Field::new("run", "1");
const POSITION: Field = Field::new("position", "frames");
/// What the memory side has moved: fetched by an output, stored by an input.
const FETCHED: Field = Field::new("fetched", "bytes");

/// A stream began to move, or was told to with the next link frame.
pub static RUN: Descriptor = Descriptor::new("hardware.run", &[STREAM, STARTED, POSITION]);

/// A stream stopped moving and kept what was in its FIFO.
pub static PAUSE: Descriptor =
    Descriptor::new("hardware.pause", &[STREAM, STARTED, POSITION, FETCHED]);

/// A stream that had been running was reset: position 0, FIFO empty.
pub static RESET: Descriptor = Descriptor::new("hardware.reset", &[STREAM, STARTED, POSITION]);

/// A stream could not use its descriptor list. The reason is that of
/// [`DescriptorError`], counted from 0.
pub static DESCRIPTOR_ERROR: Descriptor = Descriptor::new(
    "hardware.descriptor_error",
    &[STREAM, Field::new("reason", "1")],
);

/// The interrupt line went up, because of this stream: how many descriptors it had completed, and
/// where link and memory were when it completed the one that this interrupt is for.
pub static INTERRUPT: Descriptor = Descriptor::new(
    "hardware.interrupt",
    &[
        Field::new("interrupt", "1"),
        STREAM,
        Field::new("completions", "1"),
        POSITION,
        FETCHED,
    ],
);

/// A fault changed something: which one, what it did ([`Effect::code`]), which completion of the
/// run it hit, and when. Positions and registers that show what is not so leave no entry.
pub static FAULT: Descriptor = Descriptor::new(
    "hardware.fault",
    &[
        STREAM,
        Field::new("fault", "1"),
        Field::new("effect", "1"),
        Field::new("completion", "1"),
        Field::new("at", "ticks"),
    ],
);

/// A FIFO ran dry, or over, because the bus was too slow: the first frame that was lost. There is
/// one entry until the status is cleared.
pub static FIFO_ERROR: Descriptor = Descriptor::new(
    "hardware.fifo_error",
    &[STREAM, STARTED, Field::new("frame", "frames")],
);

/// Something that the controller did and that the history wants to know.
///
/// The core has no history at hand: it keeps notes, and the [`device`](crate::device) actor
/// enters them at the moment at which they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// See [`RUN`](static@RUN).
    Run {
        /// Number of the stream descriptor.
        stream: u32,
        /// Which run, counted from 0.
        run: u32,
        /// Frames that had gone over the link.
        position: Frames,
    },
    /// See [`PAUSE`](static@PAUSE).
    Pause {
        /// Number of the stream descriptor.
        stream: u32,
        /// Which run, counted from 0.
        run: u32,
        /// Frames that have gone over the link.
        position: Frames,
        /// Bytes that were fetched, or stored.
        fetched: Bytes,
    },
    /// See [`RESET`](static@RESET).
    Reset {
        /// Number of the stream descriptor.
        stream: u32,
        /// The run that ended.
        run: u32,
        /// Frames that had gone over the link.
        position: Frames,
    },
    /// See [`DESCRIPTOR_ERROR`](static@DESCRIPTOR_ERROR).
    DescriptorError {
        /// Number of the stream descriptor.
        stream: u32,
        /// Why.
        reason: DescriptorError,
    },
    /// See [`FIFO_ERROR`](static@FIFO_ERROR).
    FifoError {
        /// Number of the stream descriptor.
        stream: u32,
        /// Which run, counted from 0.
        run: u32,
        /// The first frame that was lost.
        frame: Frames,
    },
    /// See [`INTERRUPT`](static@INTERRUPT).
    Interrupt {
        /// Which interrupt, counted from 1.
        interrupt: u64,
        /// Number of the stream descriptor.
        stream: u32,
        /// Descriptors completed since the stream's reset.
        completions: u64,
        /// Frames that had gone over the link.
        position: Frames,
        /// Bytes that were fetched, or stored.
        fetched: Bytes,
    },
    /// See [`FAULT`](static@FAULT).
    Fault {
        /// Number of the stream descriptor.
        stream: u32,
        /// What happened.
        strike: Strike,
    },
}

impl Note {
    /// Enters the note into the history.
    pub fn record<C: Context>(self, cx: &C) {
        match self {
            Self::Run {
                stream,
                run,
                position,
            } => {
                cx.record(&RUN, &[stream.into(), run.into(), position.get()]);
            }
            Self::Pause {
                stream,
                run,
                position,
                fetched,
            } => {
                cx.record(
                    &PAUSE,
                    &[stream.into(), run.into(), position.get(), fetched.get()],
                );
            }
            Self::Reset {
                stream,
                run,
                position,
            } => {
                cx.record(&RESET, &[stream.into(), run.into(), position.get()]);
            }
            Self::DescriptorError { stream, reason } => {
                let reason = match reason {
                    DescriptorError::NoList { .. } => 0,
                    DescriptorError::TooShort => 1,
                    DescriptorError::Empty { .. } => 2,
                    DescriptorError::Unmapped { .. } => 3,
                    DescriptorError::Sum { .. } => 4,
                };
                cx.record(&DESCRIPTOR_ERROR, &[stream.into(), reason]);
            }
            Self::FifoError { stream, run, frame } => {
                cx.record(&FIFO_ERROR, &[stream.into(), run.into(), frame.get()]);
            }
            Self::Interrupt {
                interrupt,
                stream,
                completions,
                position,
                fetched,
            } => cx.record(
                &INTERRUPT,
                &[
                    interrupt,
                    stream.into(),
                    completions,
                    position.get(),
                    fetched.get(),
                ],
            ),
            Self::Fault { stream, strike } => cx.record(
                &FAULT,
                &[
                    stream.into(),
                    strike.fault.into(),
                    strike.effect.code(),
                    strike.completion,
                    strike.at.ticks(),
                ],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_entry_has_a_name_of_its_own() {
        Descriptor::assert_distinct(&[
            &RUN,
            &PAUSE,
            &RESET,
            &DESCRIPTOR_ERROR,
            &FIFO_ERROR,
            &INTERRUPT,
            &FAULT,
        ]);
    }
}
