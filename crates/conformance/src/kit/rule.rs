//! A rule: what must hold, why it matters, and who decides.

use crate::kit::Trace;
use crate::kit::run::Compare;

/// A rule of the kit.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its number: P for an invariant of positions, R for a rule of the WaveRT contract.
    pub number: &'static str,
    /// What it is about.
    pub group: Group,
    /// What holds.
    pub says: &'static str,
    /// What breaks where it does not.
    pub why: &'static str,
    /// What a subject must have answered for the rule to say anything.
    pub(crate) needs: &'static [Need],
    /// Who decides.
    pub(crate) judge: Judge,
}

/// A rule that no subject of the kit can be asked about, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its number.
    pub number: &'static str,
    /// Why not.
    pub why: &'static str,
}

/// What rules are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Counts and instants of a clock.
    Clock,
    /// Positions in the cyclic buffer.
    Position,
    /// States and what they do to positions.
    State,
    /// The cyclic buffer.
    Buffer,
    /// Events.
    Notification,
    /// Packets.
    Packet,
    /// Latency and presentation.
    Latency,
    /// The registers that a client maps.
    Register,
    /// A controller of several streams.
    Controller,
    /// Consumers of positions.
    Consumer,
    /// The same again is the same.
    Determinism,
}

/// What a trace must hold for a rule to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Position,
    Linear,
    Presentation,
    PacketCount,
    Write,
    Read,
    State,
    Buffer,
    Register,
    Signal,
    MapPosition,
    MapClock,
    Hold,
    Clock,
    Leg,
    Format,
    Delay,
    Memory,
    Heard,
    Controller,
    Guard,
    Loop,
}

/// Who decides whether a rule is broken.
#[derive(Clone, Copy)]
pub(crate) enum Judge {
    /// The model that goes along with every trace.
    Model,
    /// A comparison with other runs.
    Compare(Compare),
}

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Model => "Model",
            Self::Compare(_) => "Compare",
        })
    }
}

impl Group {
    /// All, in the order of reports.
    pub const ALL: [Self; 11] = [
        Self::Clock,
        Self::Position,
        Self::State,
        Self::Buffer,
        Self::Notification,
        Self::Packet,
        Self::Latency,
        Self::Register,
        Self::Controller,
        Self::Consumer,
        Self::Determinism,
    ];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Position => "position",
            Self::State => "state",
            Self::Buffer => "buffer",
            Self::Notification => "notification",
            Self::Packet => "packet",
            Self::Latency => "latency",
            Self::Register => "register",
            Self::Controller => "controller",
            Self::Consumer => "consumer",
            Self::Determinism => "determinism",
        }
    }
}

impl Rule {
    pub(crate) fn applies(&self, trace: &Trace) -> bool {
        self.needs.iter().all(|need| need.is_met(trace))
    }

    /// What a subject must offer for the rule to apply, in words.
    pub fn needs(&self) -> String {
        let names: Vec<&str> = self.needs.iter().map(|need| need.name()).collect();
        names.join(", ")
    }
}

impl Need {
    fn is_met(self, trace: &Trace) -> bool {
        let mut lines = trace.lines.iter();
        lines.any(|line| line.answer.is_offered() && self.is_of(line.call))
    }

    fn is_of(self, call: crate::kit::Call) -> bool {
        use crate::kit::{Call, PolicyCall};
        match self {
            Self::Position => call == Call::Position,
            Self::Linear => call == Call::Linear,
            Self::Presentation => call == Call::Presentation,
            Self::PacketCount => call == Call::PacketCount,
            Self::Write => matches!(call, Call::Write(_)),
            Self::Read => call == Call::Read,
            Self::State => matches!(call, Call::State(ks::KsState::Pause | ks::KsState::Stop)),
            Self::Buffer => matches!(call, Call::Buffer { .. }),
            Self::Register => matches!(call, Call::Register(_)),
            Self::Signal => matches!(call, Call::Signal(_)),
            Self::MapPosition => call == Call::MapPosition,
            Self::MapClock => call == Call::MapClock,
            Self::Hold => call == Call::Hold,
            Self::Clock => call == Call::ClockCount,
            Self::Leg => matches!(call, Call::ClockLeg(_)),
            Self::Format => matches!(call, Call::Format(_)),
            Self::Delay => matches!(call, Call::Delay(_)),
            Self::Memory => matches!(call, Call::Behind(_) | Call::Heard(_)),
            Self::Heard => matches!(call, Call::Heard(_)),
            Self::Controller => matches!(call, Call::Controller(_)),
            Self::Guard => match call {
                Call::Policy(call) => !matches!(call, PolicyCall::Wake(_) | PolicyCall::Quantum(_)),
                _ => false,
            },
            Self::Loop => matches!(call, Call::Policy(PolicyCall::Wake(_))),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Position => "a position",
            Self::Linear => "a linear position",
            Self::Presentation => "a presentation position",
            Self::PacketCount => "a packet count",
            Self::Write => "packets to be written",
            Self::Read => "packets to be read",
            Self::State => "states",
            Self::Buffer => "a buffer to be made",
            Self::Register => "events",
            Self::Signal => "notifications",
            Self::MapPosition => "a position register",
            Self::MapClock => "a clock register",
            Self::Hold => "a timer that can be held back",
            Self::Clock => "a clock",
            Self::Leg => "a clock whose rate changes",
            Self::Format => "a format that can be changed",
            Self::Delay => "a delay",
            Self::Memory => "a ring to look into",
            Self::Heard => "what leaves the device to be heard",
            Self::Controller => "a controller",
            Self::Guard => "a consumer that believes a position",
            Self::Loop => "a consumer that steers its rate",
        }
    }
}
