//! What faults make of a controller: the places where they take hold of it.

use units::{Moment, Phase, SimTime};

use super::{Controller, number};
use crate::engine::Completion;
use crate::error::RegisterError;
use crate::fault::{
    Answer, ClockFaults, Effect, Fault, GoneFaults, Injection, InterruptFault, MessageFaults,
    RegisterFault, Strike,
};
use crate::history::Note;
use crate::spec::intctl;
use crate::stream::Stream;

/// The faults of what all streams share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    clock: ClockFaults,
    gone: GoneFaults,
    messages: MessageFaults,
}

vtime::fork_by_clone!(Shared);

impl Controller {
    /// From now on the controller has this fault, beside those that it has. Best before its first
    /// stream runs: what has happened stays as it was.
    ///
    /// # Panics
    /// If there is no such stream, and the fault is that of one.
    pub fn inject(&mut self, injection: Injection) {
        let Injection {
            id,
            stream,
            seed,
            fault,
        } = injection;
        let place = usize::try_from(stream).expect("an index fits");
        match fault {
            Fault::Interrupt(InterruptFault::MsiEdgeLost { odds }) => {
                self.faults.messages.inject(id, odds, seed);
            }
            Fault::Register(
                clock @ (RegisterFault::WallclkZero
                | RegisterFault::WallclkHz { .. }
                | RegisterFault::WallclkPpb { .. }),
            ) => self.faults.clock.inject(clock),
            Fault::Register(RegisterFault::ReadsAllOnes { from, until }) => {
                self.faults.gone.inject(from, until);
            }
            Fault::Register(register) => self.streams[place].faults.inject(register),
            Fault::Record(record) => self.streams[place].record_faults.inject(record),
            Fault::Position(position) => self.streams[place].positions.inject(position),
            Fault::Interrupt(interrupt) => {
                let engine = &mut self.streams[place].engine;
                engine.interrupts.inject(id, interrupt, seed, stream);
            }
            Fault::Engine(fault) => {
                let engine = &mut self.streams[place].engine;
                engine.faults.inject(id, fault, seed, stream);
            }
        }
    }

    /// [`settle`](Self::settle) for somebody who looks at a register: the same, unless a
    /// [fault](crate::fault::EngineFault::ReadMovesEngine) makes a difference of it.
    pub fn look(&mut self, now: Moment) {
        for stream in &mut self.streams {
            stream.engine.faults.look(now);
        }
        self.settle(now);
    }

    /// True if a look can bring something up that time alone does not.
    pub(crate) fn moves_when_read(&self) -> bool {
        let mut streams = self.streams.iter();
        streams.any(|stream| stream.engine.faults.moves_when_read())
    }

    /// Whose record is written into `slot` of the position buffer.
    pub(super) fn record_writer(&self, slot: usize) -> Option<usize> {
        let writes = |(stream, place): (usize, &Stream)| {
            (place.record_faults.slot(stream) == Some(slot)).then_some(stream)
        };
        self.streams.iter().enumerate().find_map(writes)
    }

    /// True if no register answers now.
    pub(super) fn is_gone(&self) -> bool {
        self.faults.gone.is_gone(self.now.time)
    }

    /// A write that makes no sense: the driver's defect, unless the device may have lost one that
    /// went before.
    pub(super) fn refuse(&self, error: RegisterError) -> Result<(), RegisterError> {
        if self.faults.gone.loses_writes() {
            Ok(())
        } else {
            Err(error)
        }
    }

    /// What the wall clock shows, in cycles since the controller left reset at `up_since`.
    pub(super) fn shown_cycles(&self, up_since: SimTime) -> u64 {
        let between = (up_since, self.now.time);
        self.faults
            .clock
            .cycles(between, self.wall_clock, &self.crystal)
    }

    /// The line went up with `interrupt`. Its message may be lost.
    pub(super) fn send_message(&mut self, interrupt: u64) {
        if let Some(strike) = self.faults.messages.strike(interrupt, self.now.time) {
            self.line.lose();
            self.notes.push(Note::Fault { stream: 0, strike });
        }
    }

    /// Notes what faults of the engines did.
    pub(super) fn note_strikes(&mut self) {
        for (stream, place) in (0..).zip(&mut self.streams) {
            for strike in place.engine.take_strikes() {
                self.notes.push(Note::Fault { stream, strike });
            }
        }
    }

    /// `stream` leaves its reset. BCIS may be set though nothing was completed.
    pub(super) fn leave_reset(&mut self, stream: usize) {
        let place = &mut self.streams[stream];
        let Some(fault) = place.engine.interrupts.stale() else {
            return;
        };
        place.complete(Completion::default());
        self.notes.push(Note::Fault {
            stream: number(stream),
            strike: Strike {
                fault,
                effect: Effect::InterruptSpurious,
                completion: 0,
                at: self.now.time,
            },
        });
    }

    /// The status of `stream` was cleared: an engine that waited for it goes on.
    pub(super) fn acknowledged(&mut self, stream: usize) {
        if self.streams[stream].engine.let_go(self.now) {
            let (clock, origin) = self.first_slot(stream, self.now);
            self.streams[stream].engine.run_from(clock, origin);
        }
    }

    /// RUN of `stream` was set, and it has a program: it moves, now, later, or never.
    pub(super) fn start_engine(&mut self, stream: usize) {
        let is_held = self.held_back & intctl::stream(number(stream)) != 0;
        let from = self.streams[stream].engine.fill(self.now, is_held);
        if is_held {
            self.streams[stream].is_held_back = true;
            return;
        }
        let (clock, origin) = self.first_slot(stream, from);
        let (starts, fault) = match self.streams[stream].engine.faults.start() {
            Answer::Moves => (Some((clock.clone(), origin)), None),
            Answer::Later(lasts, fault) => {
                let later = (self.now.time + lasts).at(Phase::Commit);
                (Some(self.first_slot(stream, later)), Some(fault))
            }
            Answer::Never(fault) => (None, Some(fault)),
        };
        let engine = &mut self.streams[stream].engine;
        if let Some(fault) = fault {
            let should = engine.schedule_from(clock.clone(), origin);
            engine.stand_still(&should, Some(fault));
            self.notes.push(Note::Fault {
                stream: number(stream),
                strike: Strike::stall(fault, clock.instant_of(origin)),
            });
        }
        if let Some((clock, origin)) = starts {
            engine.run_from(clock, origin);
        }
        self.shake_others(stream);
    }

    /// `starter` entered RUN: others that run may stand still for a while.
    fn shake_others(&mut self, starter: usize) {
        for stream in (0..self.streams.len()).filter(|stream| *stream != starter) {
            let engine = &self.streams[stream].engine;
            let (Some(schedule), Some((lasts, fault))) =
                (engine.schedule().cloned(), engine.faults.shock())
            else {
                continue;
            };
            let later = (self.now.time + lasts).at(self.now.phase);
            let (clock, origin) = self.first_slot(stream, later);
            let engine = &mut self.streams[stream].engine;
            engine.stand_still(&schedule, Some(fault));
            engine.pause();
            engine.run_from(clock, origin);
            self.notes.push(Note::Fault {
                stream: number(stream),
                strike: Strike::stall(fault, self.now.time),
            });
        }
    }
}
