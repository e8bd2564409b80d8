//! What this crate writes into the history.

use vtime::{Descriptor, Field};

/// The driver wrote into its descriptor list: which descriptor, and to where which one was made to
/// point it points now; 0 if there is no such list.
pub static DESCRIPTOR: Descriptor = Descriptor::new(
    "scenario.descriptor",
    &[
        Field::new("descriptor", "1"),
        Field::new("points_to", "1"),
        Field::new("done", "1"),
    ],
);

/// The names of the events that tell of a change, as `ENDPOINT` numbers them.
pub(crate) const FORMAT_CHANGE: &str = "KSEVENT_PINCAPS_FORMATCHANGE";
pub(crate) const JACK_CHANGE: &str = "KSEVENT_PINCAPS_JACKINFOCHANGE";

/// The endpoint builder was told that something has changed, and asked what it is like now.
pub static ENDPOINT: Descriptor = Descriptor::new(
    "scenario.endpoint",
    &[
        // 1 for the microphone.
        Field::new("microphone", "1"),
        // The number of the event in its set: 0 format, 1 jack.
        Field::new("event", "1"),
        // As `DEVICE_STATE` numbers it.
        Field::new("state", "1"),
        // What it likes best; 0 if it does not say.
        Field::new("rate", "Hz"),
        Field::new("channels", "1"),
    ],
);

/// Frames that left the speaker one after the other and continue each other. Written when the run
/// is over, so that the digest covers what was heard.
pub static HEARD: Descriptor = Descriptor::new(
    "scenario.heard",
    &[
        Field::new("run", "1"),
        Field::new("first", "frame"),
        Field::new("frames", "frame"),
        // Which run wrote them, plus 1; 0 if nobody did.
        Field::new("writer", "1"),
        // The place in `ring::Kind`, counted from 0.
        Field::new("kind", "1"),
        // Index of the first of them in its content.
        Field::new("content", "frame"),
    ],
);
