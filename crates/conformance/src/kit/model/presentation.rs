//! The frame that is presented.

use ks::{KsState, PresentationPosition};
use units::Hns;

use super::{Bounds, Model};

impl Model<'_> {
    pub(super) fn presentation(&mut self, at: Hns, answer: PresentationPosition) {
        let (frame, qpc) = (answer.blocks.get(), answer.qpc);
        let (lo, hi) = self.presented_at(at);
        let Bounds { hi: link, .. } = self.bounds(at);
        let link = link / self.frame();
        if frame > link {
            self.blame("P44", format!("at most {link}, what has been on the link"));
        }
        if frame < lo || frame > hi {
            self.blame(
                "P45",
                if lo == hi {
                    lo.to_string()
                } else {
                    format!("{lo} to {hi}")
                },
            );
        }
        if qpc != at {
            self.blame("R108", format!("the counter as it was asked, {}", at.get()));
        }
        let (then_lo, then_hi) = self.presented_at(Hns::new(qpc.get().min(at.get())));
        if frame < then_lo || frame > then_hi {
            self.blame("P47", format!("{then_lo} to {then_hi} at that counter"));
        }
        if let Some((before, frame_before)) = self.presented {
            if qpc < before {
                self.blame(
                    "P48",
                    format!("not before {}, as said before", before.get()),
                );
            }
            if frame < frame_before && self.state == KsState::Run {
                self.blame("R111", format!("at least {frame_before}, as before"));
            }
        }
        if self.state == KsState::Stop && frame != 0 && self.ever_ran {
            self.blame("R107", "0 in Stop");
        }
        self.presented = Some((qpc, frame));
    }

    pub(super) fn presented_at(&self, at: Hns) -> (u64, u64) {
        let Bounds { lo, hi } = self.bounds(at);
        let delayed = |bytes: u64| (bytes / self.frame()).saturating_sub(self.declared.delay.get());
        (delayed(lo), delayed(hi))
    }
}
