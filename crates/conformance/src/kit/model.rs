//! The reference model: goes along with a trace and says which rules it breaks.
//!
//! Written from the rules, not from any driver. It knows two numbers, between which everything
//! lies: how far a device that declares this much could have come at least, and at most.

mod buffer;
mod delay;
mod memory;
mod notification;
mod packet;
mod position;
mod presentation;
mod read;
mod register;
mod run_time;
mod state;

use ks::{KsState, Position};
use units::Hns;

use crate::kit::declared::Bounds;
use crate::kit::{Answer, Call, Declared, History, Line, Setup, Trace};
use notification::Notifications;
pub(crate) use run_time::RunTime;

/// A rule that a line breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blame {
    pub(crate) rule: &'static str,
    pub(crate) line: usize,
    pub(crate) expected: String,
}

/// The cyclic buffer as the model knows it.
#[derive(Clone, Copy, Debug)]
struct Ring {
    bytes: u64,
    /// With notifications only.
    packets: Option<u32>,
}

impl Ring {
    fn packet(self) -> Option<u64> {
        Some((self.bytes / u64::from(self.packets?)).max(1))
    }
}

/// A reading, and what it was worth then.
#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Hns,
    run: Hns,
    place: Position,
}

/// What has been wrong so far, which tells a consequence from a cause.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that has been seen"
)]
struct SoFar {
    position_wrong: bool,
    position_right: bool,
    count_wrong: bool,
    signal_wrong: bool,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that has happened"
)]
struct Model<'a> {
    setup: Setup,
    declares: &'a dyn Fn(&Setup) -> Declared,
    declared: Declared,
    /// True if the subject is one that has its buffer made.
    makes_buffers: bool,
    /// True if the subject is one to which packets are written.
    takes_packets: bool,
    index: usize,
    blames: Vec<Blame>,
    ring: Option<Ring>,
    state: KsState,
    run: RunTime,
    /// Times it went to Stop.
    stops: u32,
    ever_ran: bool,
    held_until: Option<Hns>,
    so_far: SoFar,
    reading: Option<Reading>,
    /// Readings at one instant, with nothing between that could change them.
    twin: Option<Reading>,
    frozen: Option<Position>,
    first_of_epoch: bool,
    unwrapped: Option<u64>,
    write_side: Option<(Hns, u64)>,
    counted: Option<(Hns, u32)>,
    frozen_count: Option<u32>,
    written: bool,
    wrote_at: Option<Hns>,
    ended: bool,
    /// Where the stream ends, in bytes since Stop, if the device stops there.
    end: Option<u64>,
    ended_before: bool,
    last_read: Option<read::LastRead>,
    promised: Option<Hns>,
    presented: Option<(Hns, u64)>,
    notifications: Notifications,
    position_register: Option<(Hns, Hns, u64)>,
    registers: register::Registers,
    memory: memory::Memory,
}

/// Every rule that a line of `trace` breaks, by line.
pub(crate) fn judge(
    history: &History,
    declares: &dyn Fn(&Setup) -> Declared,
    trace: &Trace,
) -> Vec<Blame> {
    let mut model = Model::new(history.setup, declares, trace);
    for (index, line) in trace.lines.iter().enumerate() {
        model.index = index;
        model.take(line);
    }
    model.blames
}

impl<'a> Model<'a> {
    fn new(setup: Setup, declares: &'a dyn Fn(&Setup) -> Declared, trace: &Trace) -> Self {
        let offers = |is_it: &dyn Fn(Call) -> bool| {
            let mut lines = trace.lines.iter();
            lines.any(|line| is_it(line.call) && line.answer != Answer::NotOffered)
        };
        let makes_buffers = offers(&|call| matches!(call, Call::Buffer { .. }));
        let ring = Ring {
            bytes: setup.buffer().get(),
            packets: Some(setup.packets),
        };
        Self {
            setup,
            declares,
            declared: declares(&setup),
            makes_buffers,
            takes_packets: offers(&|call| matches!(call, Call::Write(_))),
            index: 0,
            blames: Vec::new(),
            ring: (!makes_buffers).then_some(ring),
            state: KsState::Stop,
            run: RunTime::default(),
            stops: 0,
            ever_ran: false,
            held_until: None,
            so_far: SoFar::default(),
            reading: None,
            twin: None,
            frozen: None,
            first_of_epoch: true,
            unwrapped: Some(0),
            write_side: None,
            counted: None,
            frozen_count: None,
            written: false,
            wrote_at: None,
            ended: false,
            end: None,
            ended_before: false,
            last_read: None,
            promised: None,
            presented: None,
            notifications: Notifications::default(),
            position_register: None,
            registers: register::Registers::default(),
            memory: memory::Memory::default(),
        }
    }

    fn take(&mut self, line: &Line) {
        let at = line.at;
        if !matches!(line.call, Call::Signal(_) | Call::Hold) {
            self.check_notifications(at);
        }
        match (line.call, line.answer) {
            (_, Answer::NotOffered) => {}
            (Call::State(to), answer) => self.state_call(at, to, answer),
            (Call::Buffer { requested, packets }, answer) => {
                self.buffer_call(requested.get(), packets, answer);
            }
            (Call::Register(event), answer) => self.register_call(at, event, answer),
            (Call::Unregister(event), answer) => self.unregister_call(event, answer),
            (Call::Position, Answer::Position(place)) => self.position(at, place),
            (Call::Linear, Answer::Linear(bytes)) => self.linear(at, bytes),
            (Call::Presentation, Answer::Presented(frame)) => self.presentation(at, frame),
            (Call::PacketCount, answer) => self.packet_count(at, answer),
            (Call::Write(write), answer) => self.write(at, write, answer),
            (Call::Read, answer) => self.read(at, answer),
            (Call::Format(format), answer) => self.format_call(format, answer),
            (Call::Delay(written), Answer::Linear(delay)) => self.delay(at, written, delay),
            (Call::Store { first, frames }, Answer::Done) => self.store(at, first, frames),
            (Call::Overwrite(frames), Answer::Position(place)) => {
                self.overwrite(at, frames, place);
            }
            (Call::Behind(frames), Answer::Frame { mark, .. }) => self.behind(at, frames, mark),
            (Call::Heard(_), Answer::Frame { frame, mark }) => self.heard(frame, mark),
            (Call::Signal(event), _) => self.signal(at, event),
            (Call::Hold, Answer::Done) => self.held_until = Some(at),
            (Call::MapPosition | Call::MapClock, answer) => self.map(line.call, answer),
            (Call::ReadPosition, Answer::Register(value)) => self.position_register(at, value),
            (Call::ReadClock, Answer::Register(value)) => self.clock_register(at, value),
            _ => {}
        }
        if !line.call.only_asks() {
            self.twin = None;
        }
    }

    fn blame(&mut self, rule: &'static str, expected: impl Into<String>) {
        self.blames.push(Blame {
            rule,
            line: self.index,
            expected: expected.into(),
        });
    }

    fn blame_all(&mut self, rules: &[&'static str], expected: &str) {
        for &rule in rules {
            self.blame(rule, expected);
        }
    }

    fn frame(&self) -> u64 {
        self.setup.format.frame_bytes().into()
    }

    fn is_running(&self) -> bool {
        self.state == KsState::Run
    }

    /// How far the link has come at `at`.
    fn bounds(&self, at: Hns) -> Bounds {
        let Bounds { lo, hi } = self.due(at);
        Bounds {
            lo: self.up_to_end(lo),
            hi: self.up_to_end(hi),
        }
    }

    fn up_to_end(&self, bytes: u64) -> u64 {
        self.end.map_or(bytes, |end| bytes.min(end))
    }

    /// How far the link would have come at `at`, wherever the stream ends. Packets go by this.
    fn due(&self, at: Hns) -> Bounds {
        self.due_after(self.run.at(at))
    }

    /// The same after that time in RUN.
    fn due_after(&self, run: Hns) -> Bounds {
        self.declared.due_after(&self.setup, run, self.run.pauses())
    }

    /// Frames by which pauses may have moved positions.
    fn rounded(&self) -> u64 {
        self.declared.pause_rounding.get() * u64::from(self.run.pauses())
    }

    fn lead(&self) -> u64 {
        self.declared.lead.get() * self.frame()
    }

    /// Packets done at `at`: at least, at most.
    fn packets_done(&self, at: Hns, packet: u64) -> (u64, u64) {
        let Bounds { lo, hi } = self.due(at);
        (
            lo / packet,
            hi.saturating_add(self.counted_ahead()) / packet,
        )
    }

    /// How many bytes ahead of the link packets are done.
    fn counted_ahead(&self) -> u64 {
        if self.declared.counts_in_memory {
            self.lead()
        } else {
            0
        }
    }
}
