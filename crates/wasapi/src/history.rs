//! What this crate writes into the history.

use vtime::{Descriptor, Field};

/// A shared client released frames into its endpoint buffer.
pub static FILL: Descriptor = Descriptor::new(
    "wasapi.fill",
    &[
        Field::new("frames", "frame"),
        // Before the release.
        Field::new("padding", "frame"),
        // The index of the first of them in what the client plays.
        Field::new("content", "frame"),
    ],
);

/// A client started its stream.
pub static START: Descriptor = Descriptor::new("wasapi.start", &[Field::new("padding", "frame")]);

/// A client stopped its stream.
pub static STOP: Descriptor = Descriptor::new("wasapi.stop", &[Field::new("padding", "frame")]);

/// A client reset its stopped stream: what was queued is gone.
pub static RESET: Descriptor = Descriptor::new("wasapi.reset", &[Field::new("padding", "frame")]);

/// A client got recorded frames.
pub static CAPTURED: Descriptor = Descriptor::new(
    "wasapi.captured",
    &[
        Field::new("frames", "frame"),
        // The stream's own count of the first of them.
        Field::new("position", "frame"),
        // 1 for a discontinuity, 4 for a time stamp that is not to be relied upon.
        Field::new("flags", "1"),
        // The frame of the device that the first of them is.
        Field::new("device_frame", "frame"),
        // The performance counter when it was recorded.
        Field::new("counter", "hns"),
    ],
);

/// The word for "in no wake-up": what was written before Run, or out of turn.
pub const NO_WAKE: u64 = u64::MAX;

/// A timer-driven client read where the device is.
pub static READING: Descriptor = Descriptor::new(
    "wasapi.reading",
    &[
        // In the cyclic buffer, as the device said.
        Field::new("offset", "byte"),
        // From the reading before.
        Field::new("step", "byte"),
        // 1 if the step cannot be and the reading was passed over.
        Field::new("ignored", "1"),
        // What the client believes was played by now.
        Field::new("played", "frame"),
    ],
);

/// A timer-driven client put frames into the cyclic buffer.
pub static PLACED: Descriptor = Descriptor::new(
    "wasapi.placed",
    &[
        // The first device frame that they are meant for, as the client counts; their content has
        // the same number.
        Field::new("first", "frame"),
        Field::new("frames", "frame"),
        // 1 if they were there already and are written anew.
        Field::new("again", "1"),
        // When work on them began.
        Field::new("begun", "tick"),
        // The wake-up that they were written in, or `NO_WAKE`; 0 for what was found free at Run.
        Field::new("wake", "1"),
    ],
);

/// A timer-driven client has dealt with a wake-up.
pub static TURN: Descriptor = Descriptor::new(
    "wasapi.turn",
    &[
        // Which, counted from 1 over all runs; the latest one before, for the turn at Run.
        Field::new("wake", "1"),
        // How often it read the position.
        Field::new("readings", "1"),
        // What it believes was played.
        Field::new("played", "frame"),
        // What it has written.
        Field::new("written", "frame"),
    ],
);

/// A client that compares the position with the clock found too little of the former.
pub static DEFICIT: Descriptor = Descriptor::new(
    "wasapi.deficit",
    &[
        // By the performance counter.
        Field::new("at", "hns"),
        Field::new("missing", "hns"),
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_distinct() {
        Descriptor::assert_distinct(&[
            &FILL, &START, &STOP, &RESET, &CAPTURED, &READING, &PLACED, &TURN, &DEFICIT,
        ]);
    }
}
