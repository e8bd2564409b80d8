//! What this crate writes into the history.

use vtime::{Descriptor, Field};

const fn field(name: &'static str, unit: &'static str) -> Field {
    Field { name, unit }
}

/// Frames that left the speaker one after the other and continue each other. Written when the run
/// is over, so that the digest covers what was heard.
pub static HEARD: Descriptor = Descriptor::new(
    "scenario.heard",
    &[
        field("run", "1"),
        field("first", "frame"),
        field("frames", "frame"),
        // Which run wrote them, plus 1; 0 if nobody did.
        field("writer", "1"),
        // The place in `ring::Kind`, counted from 0.
        field("kind", "1"),
        // Index of the first of them in its content.
        field("content", "frame"),
    ],
);
