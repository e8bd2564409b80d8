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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_distinct() {
        Descriptor::assert_distinct(&[&FILL, &START, &STOP, &RESET, &CAPTURED]);
    }
}
