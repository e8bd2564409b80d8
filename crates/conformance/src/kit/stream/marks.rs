//! Frames that the kit stores, to be known again.

use ring::{Kind, SharedBuffer, Whose};
use units::Frames;

use crate::kit::Mark;

/// Device frames are far below: no device takes what the kit stores to be in its place.
const NOWHERE: u64 = 1 << 62;

/// What the kit has stored so far.
#[derive(Debug, Default)]
pub(super) struct Marks {
    stores: u32,
}

impl Marks {
    /// Stores frames of the client, no more than the ring has.
    pub(super) fn store(&mut self, memory: &SharedBuffer, first: Frames, frames: Frames) {
        self.stores += 1;
        let whose = Whose {
            run: memory.run(),
            kind: Kind::Audio,
            // So no store looks like the rest of another.
            content: u64::from(self.stores) << 32,
            intended: NOWHERE + (u64::from(self.stores) << 32),
            write: self.stores,
        };
        memory.store(first, None, frames.min(memory.frames()), Some(whose));
    }
}

/// Whose the frame at that place of the ring is.
pub(super) fn load(memory: &SharedBuffer, place: Frames) -> Mark {
    let mut mark = Mark::Nobody;
    memory.load(place, Frames::new(1), None, |_, whose| {
        mark = whose.map_or(Mark::Nobody, |whose| client(whose).unwrap_or(Mark::Device));
    });
    mark
}

/// Whose a frame is that was heard.
pub(super) fn heard(whose: Option<Whose>) -> Mark {
    whose.and_then(client).unwrap_or(Mark::Nobody)
}

/// The mark of a frame that the kit has stored.
fn client(whose: Whose) -> Option<Mark> {
    (whose.intended >= NOWHERE).then_some(Mark::Client(whose.write))
}
