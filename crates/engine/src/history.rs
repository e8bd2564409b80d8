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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_distinct() {
        Descriptor::assert_distinct(&[&PASS, &PACKET, &STARVED, &STATE]);
    }
}
