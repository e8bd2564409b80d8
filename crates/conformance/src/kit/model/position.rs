//! Positions in the cyclic buffer, against how far the device can have come.

use ks::{KsState, Position};
use units::Hns;

use super::{Bounds, Model, Reading};

/// Pauses after which what each adds would show.
const MANY_PAUSES: u32 = 8;
/// Where 31-bit counters end.
const WIDE: u64 = 1 << 31;

/// Within a ring: how far `to` is from `from`, the shorter way.
fn apart(from: u64, to: u64, ring: u64) -> u64 {
    let ahead = (to + ring - from % ring) % ring;
    ahead.min(ring - ahead)
}

/// Whether a place in the ring can be that of a linear position within bounds.
fn lies_within(place: u64, lo: u64, hi: u64, ring: u64) -> bool {
    (place + ring - lo % ring) % ring <= hi.saturating_sub(lo)
}

impl Model<'_> {
    pub(super) fn position(&mut self, at: Hns, place: Position) {
        let Some(ring) = self.ring.map(|ring| ring.bytes) else {
            return;
        };
        let (play, write) = (place.play.get(), place.write.get());
        if play >= ring || write >= ring {
            self.blame("P9", format!("below {ring}, the size of the buffer"));
            return;
        }
        self.compare_twin(at, place);
        self.follow(at, place, ring);
        self.hold_to_bounds(at, place, ring);
        self.hold_frozen(place);
        let (frame, aligned) = (self.frame(), self.declared.aligned);
        if aligned && self.end.is_none() && (play % frame != 0 || write % frame != 0) {
            self.blame("P21", format!("whole frames of {frame} bytes"));
        }
        self.hold_order(play, write, ring);
        self.write_side = Some((at, write));
        let run = self.run.at(at);
        self.reading = Some(Reading { at, run, place });
        self.twin = self.reading;
    }

    /// The side of the jack and that of memory: render plays what was fetched, capture has recorded
    /// what can be read.
    fn hold_order(&mut self, play: u64, write: u64, ring: u64) {
        let captures = self.declared.captures;
        let (first, last) = if captures {
            (write, play)
        } else {
            (play, write)
        };
        let apart = (last + ring - first) % ring;
        let slack = self.lead() + self.declared.delay.get() * self.frame() + self.slack(0);
        if slack < ring && apart > slack {
            let expected = if captures {
                format!("record at most {slack} bytes ahead of read, never behind")
            } else {
                format!("play at most {slack} bytes behind write, never ahead")
            };
            self.blame("P17", expected);
        }
    }

    fn compare_twin(&mut self, at: Hns, place: Position) {
        if let Some(twin) = self
            .twin
            .filter(|twin| twin.at == at && twin.place != place)
        {
            let (play, write) = (twin.place.play.get(), twin.place.write.get());
            self.blame("P14", format!("play {play}, write {write}, as just before"));
        }
    }

    /// By how many bytes two readings may differ from the progress between them, which `run` of
    /// time in RUN went by in.
    fn slack(&self, pauses: u32) -> u64 {
        let frames = self.declared.grain.get()
            + 1
            + self.declared.ahead.get()
            + self.declared.pause_rounding.get() * u64::from(pauses);
        frames * self.frame() + self.setup.bytes_after(self.declared.lag)
    }

    /// Against the reading before.
    fn follow(&mut self, at: Hns, place: Position, ring: u64) {
        let before = self.reading.map_or(0, |reading| reading.place.write.get());
        let run_before = self.reading.map_or(Hns::new(0), |reading| reading.run);
        let run = self.run.at(at);
        let [now, then] = [run, run_before].map(|run| self.up_to_end(self.setup.bytes_after(run)));
        let progress = now - then;
        let slack = self.slack(self.run.pauses()) + self.lead();
        let moved = (place.write.get() + ring - before) % ring;
        self.unwrapped = self
            .unwrapped
            .filter(|_| progress + slack < ring)
            .map(|linear| linear + moved);
        if self.reading.is_none() || slack * 4 >= ring {
            return;
        }
        if progress < ring / 4 && moved > ring / 4 * 3 {
            self.blame("P12", format!("at least {before}, as before"));
        }
        let expected = (before + progress) % ring;
        if apart(expected, place.write.get(), ring) > slack {
            let text = format!("{expected}, give or take {slack}: {progress} bytes since before");
            self.blame("P13", text);
        }
    }

    fn hold_to_bounds(&mut self, at: Hns, place: Position, ring: u64) {
        let Bounds { lo, hi } = self.bounds(at);
        let (play, write) = (place.play.get(), place.write.get());
        let delay = (self.declared.delay.get() + 1) * self.frame();
        let most = hi + self.lead();
        let right = lies_within(write, lo, most, ring)
            && lies_within(play, lo.saturating_sub(delay), hi, ring);
        let expected = if lo == most {
            format!("{}", lo % ring)
        } else {
            format!("{} to {}", lo % ring, most % ring)
        };
        self.hold_ends(place, &expected);
        if self.first_of_epoch && self.is_running() && most < ring && write > most {
            self.blame("P40", format!("at most {most}: it has just started"));
        }
        self.first_of_epoch &= !self.is_running();
        if right {
            self.so_far.position_right = true;
            return;
        }
        self.blame("P16", expected.clone());
        let first = !self.so_far.position_wrong;
        if first && self.run.was_resumed() && self.so_far.position_right {
            self.blame("P37", expected.clone());
        }
        if self.run.pauses() >= MANY_PAUSES && (first || self.so_far.position_right) {
            self.blame("P38", expected.clone());
        }
        if first && self.state == KsState::Pause && self.so_far.position_right {
            self.blame("R39", expected.clone());
        }
        if first && self.so_far.position_right && self.is_wide(at, hi) {
            self.blame("P50", expected);
        }
        self.so_far.position_wrong = true;
    }

    /// True if some counter that a driver may keep has left 31 bits.
    fn is_wide(&self, at: Hns, bytes: u64) -> bool {
        let run = self.run.at(at).get();
        let rate = u64::from(self.setup.format.rate.hertz());
        bytes >= WIDE || run >= WIDE || (run / 10_000).saturating_mul(rate) >= WIDE
    }

    /// Before anything ran and after a stop, everything is 0.
    fn hold_ends(&mut self, place: Position, expected: &str) {
        if place == Position::default() || self.state == KsState::Run {
            return;
        }
        if !self.ever_ran {
            self.blame("R38", expected);
        } else if self.state == KsState::Stop {
            self.blame("R41", "0 in Stop");
        }
    }

    fn hold_frozen(&mut self, place: Position) {
        if self.is_running() {
            return;
        }
        match self.frozen {
            Some(frozen) if frozen != place => {
                let (play, write) = (frozen.play.get(), frozen.write.get());
                self.blame(
                    "P36",
                    format!("play {play}, write {write}, as before: nothing runs"),
                );
            }
            _ => self.frozen = Some(place),
        }
    }

    pub(super) fn linear(&mut self, at: Hns, bytes: u64) {
        let Bounds { lo, hi } = self.bounds(at);
        let hi = hi + self.lead();
        if bytes < lo || bytes > hi {
            self.blame("R106", format!("{lo} to {hi}"));
        }
        let Some(ring) = self.ring.map(|ring| ring.bytes) else {
            return;
        };
        let Some((read_at, write)) = self.write_side.filter(|(read_at, _)| *read_at == at) else {
            return;
        };
        if self.twin.is_none_or(|twin| twin.at != read_at) {
            return;
        }
        if bytes % ring != write {
            self.blame(
                "P10",
                format!("a number that is {write} in a buffer of {ring}"),
            );
        }
        if self.unwrapped.is_some_and(|unwrapped| unwrapped != bytes) {
            let unwrapped = self.unwrapped.unwrap_or_default();
            self.blame("P11", format!("{unwrapped}: the sum of the steps seen"));
        }
    }
}
