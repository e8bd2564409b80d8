//! What this crate writes into the history. Times are in ticks.

use vtime::{Descriptor, Field};

/// The word for "no such time": the deadline of a packet while the device does not run.
pub const NO_TIME: u64 = u64::MAX;

/// The word for "in no pass": what was written before Run, or out of order.
pub const NO_PASS: u64 = u64::MAX;

/// A producer, the audio engine or an exclusive client, ended a pass.
///
/// A pass is one satisfied wait for the notification event and everything done about it. Its
/// number is that of the notification; pass 0 is the one at Run, which no notification caused.
pub static PASS: Descriptor = Descriptor::new(
    "producer.pass",
    &[
        Field::new("pass", "1"),
        // When the wait was satisfied.
        Field::new("woken", "tick"),
        // When the first instruction ran.
        Field::new("started", "tick"),
        // How many packets it wrote.
        Field::new("packets", "1"),
        // The packet that the next pass will write first.
        Field::new("next", "1"),
    ],
);

/// A producer has written a packet and announced it.
pub static PACKET: Descriptor = Descriptor::new(
    "producer.packet",
    &[
        Field::new("packet", "1"),
        Field::new("status", "NTSTATUS"),
        // When its first frame leaves on an ideal link, or `NO_TIME`.
        Field::new("ideal_deadline", "tick"),
        // When work on it began.
        Field::new("begun", "tick"),
        // The first content frame in it.
        Field::new("content", "frame"),
        // The pass it was written in, or `NO_PASS`.
        Field::new("pass", "1"),
    ],
);

/// A stream had fewer frames in its endpoint buffer than the engine wanted. The engine mixed
/// silence for the rest.
#[doc(alias = "33")]
pub static STARVED: Descriptor = Descriptor::new(
    "engine.starved",
    &[
        // The stream, in the order of creation.
        Field::new("stream", "1"),
        // The first device frame that the silence is meant for.
        Field::new("first_frame", "frame"),
        // How many frames of silence.
        Field::new("frames", "frame"),
        // How many frames the engine has taken from the stream so far.
        Field::new("taken", "frame"),
    ],
);

/// The engine has mixed frames of a stream whose client wants to know: see
/// [`Stream::is_traced`](crate::Stream::is_traced).
pub static MIXED: Descriptor = Descriptor::new(
    "engine.mixed",
    &[
        // The stream, in the order of creation.
        Field::new("stream", "1"),
        // The first frame of the mix that they went into.
        Field::new("content", "frame"),
        Field::new("frames", "frame"),
        // The index of the first of them in what the client plays.
        Field::new("client_content", "frame"),
    ],
);

/// The device's stream left Run or entered it, because its producer said so.
pub static STATE: Descriptor = Descriptor::new(
    "producer.state",
    &[
        // The number of the state it is in now.
        Field::new("state", "1"),
        // Which start from Stop this is, counted from 0.
        Field::new("run", "1"),
        // Frames that have begun by now on an ideal link.
        Field::new("frames", "frame"),
    ],
);

/// A reader, the audio engine or an exclusive client of the recording side, ended a pass. Fields as
/// of [`PASS`].
pub static READ_PASS: Descriptor = Descriptor::new(
    "reader.pass",
    &[
        Field::new("pass", "1"),
        Field::new("woken", "tick"),
        Field::new("started", "tick"),
        // How many packets it read.
        Field::new("packets", "1"),
        // The packet that it expects next.
        Field::new("next", "1"),
    ],
);

/// A reader has copied a packet out of the cyclic buffer.
pub static READ: Descriptor = Descriptor::new(
    "reader.packet",
    &[
        Field::new("packet", "1"),
        // Packets between it and the one read before that were passed over.
        Field::new("skipped", "1"),
        // The performance counter of its first frame, or `NO_TIME` if nobody asked.
        Field::new("counter", "hns"),
        // When work on it began.
        Field::new("begun", "tick"),
        // The pass it was read in, or `NO_PASS`.
        Field::new("pass", "1"),
        // 1 if the place held the frames that belong to the number; else stretches follow.
        Field::new("as_numbered", "1"),
    ],
);

/// A reader took a packet of which nothing had told yet that it is complete.
#[doc(alias = "42")]
pub static READ_AHEAD: Descriptor = Descriptor::new("reader.ahead", &[Field::new("packet", "1")]);

/// What the place of a packet held when it was copied: one after the other, in the order of the
/// frames, behind the [`READ`] they belong to.
pub static READ_STRETCH: Descriptor = Descriptor::new(
    "reader.stretch",
    &[
        Field::new("frames", "frame"),
        // Which run recorded them, plus 1; 0 if nobody did.
        Field::new("writer", "1"),
        // The device frame that the first of them is.
        Field::new("content", "frame"),
    ],
);

/// A device's stream changed its state, because its reader said so.
pub static READ_STATE: Descriptor = Descriptor::new(
    "reader.state",
    &[
        // The number of the state it is in now.
        Field::new("state", "1"),
        // Which start from Stop this is, counted from 0.
        Field::new("run", "1"),
    ],
);

/// The buffer of a client that records had no room for all of a packet.
#[doc(alias = "34")]
pub static QUEUE_FULL: Descriptor = Descriptor::new(
    "engine.queue_full",
    &[
        // The stream, in the order of creation.
        Field::new("stream", "1"),
        // The first device frame that found no room.
        Field::new("first_frame", "frame"),
        // How many did not.
        Field::new("frames", "frame"),
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_distinct() {
        Descriptor::assert_distinct(&[
            &PASS,
            &PACKET,
            &STARVED,
            &MIXED,
            &STATE,
            &READ_PASS,
            &READ,
            &READ_AHEAD,
            &READ_STRETCH,
            &READ_STATE,
            &QUEUE_FULL,
        ]);
    }
}
