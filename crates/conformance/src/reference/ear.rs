//! What left the hardware of the laboratory.

use std::fmt;

use hardware::{LinkLog, LinkSpan};
use ring::Whose;
use units::{Frames, Moment};

use crate::kit::Ear;

/// Listens to a device by the log of its link, which `look` shows.
pub(super) struct LogEar<L>(pub(super) L);

impl<L> fmt::Debug for LogEar<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogEar")
    }
}

impl<L: Fn(&mut dyn FnMut(&LinkLog))> Ear for LogEar<L> {
    fn left(&mut self, _: Moment, run: u32) -> Frames {
        let mut left = Frames::ZERO;
        (self.0)(&mut |log| {
            let mut stays = log.segments().iter().rev();
            let last = stays.find(|stay| stay.run == run);
            left = last.map_or(Frames::ZERO, |stay| stay.first + stay.frames);
        });
        left
    }

    fn heard(&mut self, run: u32, frame: Frames) -> Option<Whose> {
        let mut heard = None;
        (self.0)(&mut |log| {
            let holds = |span: &&LinkSpan| {
                span.run == run && span.first <= frame && frame < span.first + span.len
            };
            let span = log.spans().iter().rev().find(holds);
            heard = span.and_then(|span| Some(span.whose?.after(frame - span.first)));
        });
        heard
    }
}
