//! Registers that the client maps.

use units::Hns;

use super::{Bounds, Model};
use crate::kit::{Answer, Call};

/// What is known of the registers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Registers {
    /// By how much a position may lag.
    position: Option<u32>,
    clock: Option<ClockShape>,
    read: Option<(Hns, u64)>,
}

#[derive(Clone, Copy, Debug)]
struct ClockShape {
    width: u32,
    hertz: u64,
    accuracy: u32,
}

impl Model<'_> {
    pub(super) fn map(&mut self, call: Call, answer: Answer) {
        let Answer::Mapped {
            width,
            hertz,
            accuracy,
        } = answer
        else {
            return;
        };
        if width != 32 && width != 64 {
            self.blame("R97", "a width of 32 or 64 bits");
            return;
        }
        let is_position = call == Call::MapPosition;
        let again = if is_position {
            self.registers.position.replace(accuracy).is_some()
        } else {
            let shape = ClockShape {
                width,
                hertz,
                accuracy,
            };
            self.registers.clock.replace(shape).is_some()
        };
        if again && self.makes_buffers {
            self.blame("R98", "refused: it is mapped");
        }
    }

    pub(super) fn position_register(&mut self, at: Hns, value: u64) {
        let (Some(ring), Some(accuracy)) = (self.ring, self.registers.position) else {
            return;
        };
        if value >= ring.bytes {
            self.blame(
                "R94",
                format!("below {}, the size of the buffer", ring.bytes),
            );
            return;
        }
        let Bounds { lo, hi } = self.bounds(at);
        let lo = lo.saturating_sub(accuracy.into());
        let hi = hi + self.lead();
        if (value + ring.bytes - lo % ring.bytes) % ring.bytes > hi - lo {
            self.blame("R96", format!("{} to {}", lo % ring.bytes, hi % ring.bytes));
        }
        let run = self.run.at(at);
        if let Some((_, run_before, before)) = self.position_register {
            let progress = self.setup.bytes_after(run) - self.setup.bytes_after(run_before);
            let moved = (value + ring.bytes - before) % ring.bytes;
            if progress < ring.bytes / 4 && moved > ring.bytes / 4 * 3 {
                self.blame("R95", format!("at least {before}, as before"));
            }
        }
        self.position_register = Some((at, run, value));
    }

    pub(super) fn clock_register(&mut self, at: Hns, value: u64) {
        let Some(shape) = self.registers.clock else {
            return;
        };
        let before = self.registers.read.replace((at, value));
        let Some((then, before)) = before else {
            return;
        };
        let scale = 1_000_000_000_i128 + i128::from(self.setup.ppb);
        let elapsed = i128::from(at.get() - then.get());
        let ticks = elapsed * i128::from(shape.hertz) * scale / 10_000_000_000_000_000;
        let turn = 1_i128 << shape.width;
        let moved = i128::from(value) - i128::from(before);
        let off = (moved - ticks).rem_euclid(turn);
        let off = off.min(turn - off);
        if off > i128::from(shape.accuracy) + 1 {
            let expected = format!("{} ticks since before", ticks.rem_euclid(turn));
            self.blame("R102", expected.clone());
            if moved == 0 && !self.is_running() {
                self.blame("R101", expected);
            }
        }
    }
}
