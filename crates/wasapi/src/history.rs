//! What this crate writes into the history.

use vtime::{Descriptor, Field};

const fn field(name: &'static str, unit: &'static str) -> Field {
    Field { name, unit }
}

/// A shared client released frames into its endpoint buffer.
pub static FILL: Descriptor = Descriptor::new(
    "wasapi.fill",
    &[
        field("frames", "frame"),
        // Before the release.
        field("padding", "frame"),
        // The index of the first of them in what the client plays.
        field("content", "frame"),
    ],
);

/// A client started its stream.
pub static START: Descriptor = Descriptor::new("wasapi.start", &[field("padding", "frame")]);

/// A client stopped its stream.
pub static STOP: Descriptor = Descriptor::new("wasapi.stop", &[field("padding", "frame")]);

/// A client reset its stopped stream: what was queued is gone.
pub static RESET: Descriptor = Descriptor::new("wasapi.reset", &[field("padding", "frame")]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_are_distinct() {
        Descriptor::assert_distinct(&[&FILL, &START, &STOP, &RESET]);
    }
}
