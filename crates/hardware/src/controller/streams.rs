//! What a controller does with its streams: run, pause, reset, begin together.

use units::{Moment, Phase, SampleRate};

use super::{Controller, number};
use crate::bandwidth;
use crate::config::Start;
use crate::crystal::Grid;
use crate::error::{RegisterError, RunError};
use crate::history::Note;
use crate::spec::{self, intctl};
use crate::stream::Command;

impl Controller {
    /// Everything that a write to `SDnCTL` can make of a stream.
    pub(super) fn control_stream(
        &mut self,
        stream: usize,
        value: u32,
        offset: u32,
    ) -> Result<(), RegisterError> {
        match self.streams[stream].command(value, offset)? {
            Command::Keep => {
                if self.streams[stream].set_control(value, self.now.time) {
                    self.leave_reset(stream);
                }
            }
            Command::Reset => self.reset_stream(stream),
            Command::Run => self.run_stream(stream, value)?,
            Command::Pause => {
                let engine = &mut self.streams[stream].engine;
                engine.end_stall(self.now);
                engine.pause();
                self.notes.push(Note::Pause {
                    stream: number(stream),
                    run: engine.run(),
                    position: engine.position(),
                    fetched: engine.moved_bytes(),
                });
                self.streams[stream].stop(value, self.now.time);
                self.streams[stream].is_held_back = false;
            }
        }
        Ok(())
    }

    pub(super) fn run_stream(&mut self, stream: usize, control: u32) -> Result<(), RegisterError> {
        if self.streams[stream].engine.is_programmed() {
            self.streams[stream].positions.resume();
        } else {
            let is_loaded = self.load_program(stream, control)?;
            if !is_loaded {
                return Ok(());
            }
        }
        self.streams[stream].set_control(control, self.now.time);
        let engine = &self.streams[stream].engine;
        self.notes.push(Note::Run {
            stream: number(stream),
            run: engine.run(),
            position: engine.position(),
        });
        self.start_engine(stream);
        // In a later phase than commit the first slot is due already.
        self.settle(self.now);
        Ok(())
    }

    /// A stream that does not loop may do one more round. If its link stood still for want of it, it
    /// goes on.
    pub(super) fn arm_stream(&mut self, stream: usize) {
        let place = &mut self.streams[stream];
        if let Some(completion) = place.engine.arm(self.now) {
            place.complete(completion);
        }
        if self.streams[stream].engine.is_spent() {
            let (clock, origin) = self.first_slot(stream, self.now);
            self.streams[stream].engine.go_on_from(clock, origin);
            self.settle(self.now);
        }
    }

    /// Gives the engine what the registers and the descriptor list say. False if the list is of no
    /// use: then the write is done, and DESE is set instead of RUN.
    pub(super) fn load_program(
        &mut self,
        stream: usize,
        control: u32,
    ) -> Result<bool, RegisterError> {
        self.check_bandwidth(stream, control)?;
        let place = &mut self.streams[stream];
        let stream = number(stream);
        let program = place
            .program(control, &self.memory)
            .map_err(|reason| RegisterError::CannotRun { stream, reason })?;
        match program {
            Ok(program) => {
                place.engine.load(program);
                Ok(true)
            }
            Err(reason) => {
                place.set_control(control, self.now.time);
                place.fail();
                self.notes.push(Note::DescriptorError { stream, reason });
                Ok(false)
            }
        }
    }

    /// The grid on which a stream runs that starts at `now`, and its first slot on it.
    pub(super) fn first_slot(&self, stream: usize, now: Moment) -> (Grid, u64) {
        let engine = &self.streams[stream].engine;
        let rate = engine.pace().slot_rate();
        let link_frame = SampleRate::new(spec::LINK_FRAME_HZ).expect("not zero");
        match engine.config().start {
            Start::AtOnce => (self.crystal.clock(now.time, rate), 0),
            Start::NextLinkFrame => {
                let up_since = self.up_since.expect("nothing runs in reset");
                let link = self.crystal.clock(up_since, link_frame);
                let begun = if now.has_moved() {
                    link.count_at(now.time) + 1
                } else {
                    link.begun_before(now.time)
                };
                if rate == link_frame {
                    (link, begun)
                } else {
                    (self.crystal.clock(link.instant_of(begun), rate), 0)
                }
            }
        }
    }

    /// True if the link carries what `stream` would take beside what others do.
    fn check_bandwidth(&self, stream: usize, control: u32) -> Result<(), RegisterError> {
        let Some((direction, demand)) = self.streams[stream].demand_with(control, self.lines)
        else {
            return Ok(());
        };
        let taken = self
            .streams
            .iter()
            .filter_map(|other| other.demand(self.lines));
        let alike = taken.filter(|(way, _)| *way == direction);
        let demand = demand + alike.map(|(_, taken)| taken).sum::<u32>();
        let budget = bandwidth::budget(self.lines, direction);
        if demand <= budget {
            return Ok(());
        }
        let reason = RunError::Bandwidth { demand, budget };
        let stream = number(stream);
        Err(RegisterError::CannotRun { stream, reason })
    }

    /// SSYNC is written: who runs and is held back no longer begins, all with the same link frame;
    /// who runs and is held back from now on stands after the frame that is on its way.
    pub(super) fn synchronise(&mut self, value: u32) {
        self.held_back = value;
        let together = self.now.time.at(Phase::React);
        for stream in 0..self.streams.len() {
            let is_held = value & intctl::stream(number(stream)) != 0;
            if is_held && self.streams[stream].engine.is_in_a_stay() {
                self.streams[stream].engine.end_stall(self.now);
                self.streams[stream].engine.pause();
                self.streams[stream].is_held_back = true;
            } else if !is_held && std::mem::take(&mut self.streams[stream].is_held_back) {
                let from = self.streams[stream].engine.fill(together, false);
                let (clock, origin) = self.first_slot(stream, from);
                self.streams[stream].engine.run_from(clock, origin);
            }
        }
        self.settle(self.now);
    }

    pub(super) fn reset_stream(&mut self, stream: usize) {
        let engine = &self.streams[stream].engine;
        if engine.is_programmed() {
            self.notes.push(Note::Reset {
                stream: number(stream),
                run: engine.run(),
                position: engine.position(),
            });
        }
        self.streams[stream].reset(self.now.time);
    }
}
