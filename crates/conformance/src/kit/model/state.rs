//! States, and what they do to what the model remembers.

use ks::{KsState, Step};
use units::{Hns, NtStatus};

use super::{Model, SoFar};
use crate::kit::Answer;

impl Model<'_> {
    pub(super) fn state_call(&mut self, at: Hns, to: KsState, answer: Answer) {
        let lacks_buffer = self.makes_buffers && self.ring.is_none();
        match answer {
            Answer::Done => {
                if to == KsState::Run && lacks_buffer {
                    self.blame_all(&["R46", "P41"], "STATUS_INVALID_DEVICE_REQUEST: no buffer");
                }
                self.walk(at, to);
            }
            Answer::Refused(status) if to == KsState::Run && lacks_buffer => {
                if status != NtStatus::INVALID_DEVICE_REQUEST {
                    self.blame("R46", "STATUS_INVALID_DEVICE_REQUEST: no buffer");
                }
                self.walk(at, KsState::Pause);
            }
            _ if !self.ever_ran => {}
            _ => self.blame("R45", format!("done: {:?} to {to:?} is a way", self.state)),
        }
    }

    fn walk(&mut self, at: Hns, to: KsState) {
        for step in self.state.steps_to(to) {
            self.state = step.to();
            match step {
                Step::PauseToRun => {
                    self.run.start(at);
                    self.ever_ran = true;
                    self.thaw();
                    self.notifications.resume();
                }
                Step::RunToPause => {
                    self.run.pause(at);
                    self.thaw();
                }
                Step::AcquireToStop => self.stop(),
                Step::StopToAcquire | Step::AcquireToPause | Step::PauseToAcquire => {}
            }
        }
    }

    fn thaw(&mut self) {
        self.frozen = None;
        self.frozen_count = None;
    }

    fn stop(&mut self) {
        self.run = super::RunTime::default();
        self.stops += 1;
        self.so_far = SoFar {
            count_wrong: self.so_far.count_wrong,
            ..SoFar::default()
        };
        self.reading = None;
        self.thaw();
        self.first_of_epoch = true;
        self.unwrapped = Some(0);
        self.write_side = None;
        self.counted = None;
        self.written = false;
        self.ended_before |= self.ended;
        (self.ended, self.end) = (false, None);
        self.forget_end();
        self.last_read = None;
        self.promised = None;
        self.presented = None;
        self.position_register = None;
        self.notifications.stop();
    }
}
