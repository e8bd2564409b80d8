//! A pin that once says it is where it was before.

use ks::{Pin, PinHandle, PinReply, PinRequest};
use units::{Bytes, Frames, Moment, NtStatus, WaveFormat};
use vtime::{Fork, Forker};

use crate::format::{Scenario, StepBack};

/// Stands between a client and its pin and spoils single answers to the position property: one
/// answer too low, as a device gives that takes its position from two sources in turn (F08).
///
/// Everything else goes through as it is.
#[derive(Clone, Debug)]
struct OddPin {
    pin: PinHandle,
    /// Bytes in the cyclic buffer, once it is made.
    round: u64,
    /// Answers so far.
    answers: u64,
    /// Which answers are wrong, counted from 1, and by how much.
    back: Vec<(u64, Bytes)>,
}

/// `pin` as the faults of `scenario` let it look.
pub(super) fn seen_through_faults(
    pin: PinHandle,
    scenario: &Scenario,
    format: WaveFormat,
) -> PinHandle {
    let spoilt = |step: &StepBack| {
        let by = format.bytes_of(Frames::new(step.by.get()));
        (step.answer, by)
    };
    let steps = scenario
        .faults
        .iter()
        .filter_map(|fault| fault.position_steps_back.as_ref());
    let back: Vec<_> = steps.map(spoilt).collect();
    if back.is_empty() {
        return pin;
    }
    PinHandle::new(Box::new(OddPin {
        pin,
        round: 1,
        answers: 0,
        back,
    }))
}

impl OddPin {
    /// `offset`, `by` bytes before.
    fn before(&self, offset: Bytes, by: Bytes) -> Bytes {
        let by = by.get() % self.round;
        Bytes::new((offset.get() + self.round - by) % self.round)
    }
}

impl Pin for OddPin {
    fn request(&mut self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        let mut reply = self.pin.request(now, request)?;
        match &mut reply {
            PinReply::Buffer(mapping) => self.round = mapping.actual.get().max(1),
            PinReply::Position(position) => {
                self.answers += 1;
                let this = self.back.iter().find(|(answer, _)| *answer == self.answers);
                if let Some(&(_, by)) = this {
                    position.play = self.before(position.play, by);
                    position.write = self.before(position.write, by);
                }
            }
            _ => {}
        }
        Ok(reply)
    }

    fn close(&mut self, now: Moment) {
        self.pin.close(now);
    }

    fn fork_pin(&self, forker: &mut Forker) -> Box<dyn Pin> {
        Box::new(Self {
            pin: self.pin.fork(forker),
            back: self.back.clone(),
            ..*self
        })
    }
}
