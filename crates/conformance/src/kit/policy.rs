//! A consumer of positions as a subject: what it makes of positions that may be wrong, and how it
//! steers its rate.

mod call;

use units::{Frames, Hns};

use crate::kit::{Answer, Bench, Call, Kind, LeftOut, Limits, Setup, Subject};
pub use call::{Misreading, PolicyCall};

/// What a consumer reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyReading {
    /// The performance counter.
    pub at: Hns,
    /// Where in the ring the device says it is, in frames.
    pub place: Frames,
    /// Frames that it says it has moved since the start.
    pub linear: Frames,
    /// Frames that the consumer has written since the start: it keeps the ring full.
    pub written: Frames,
    /// True if an interrupt is why it looks.
    pub interrupt: bool,
}

/// A consumer of positions: a guard, a loop, or both. It is made as the stream starts, which is at
/// `setup.start`.
pub trait PolicySource {
    /// Takes in the next reading: the frame since the start that it believes in, if it is a guard.
    fn believe(&mut self, reading: PolicyReading) -> Option<Frames> {
        let _ = reading;
        None
    }

    /// How many frames a loop wants the device to have when it wakes up.
    fn target(&self) -> Frames {
        Frames::ZERO
    }

    /// A wake-up at which the device has `fill` frames: by how much the consumer is to be faster than
    /// nominal, in parts per 10^9, if it is a loop.
    fn wake(&mut self, fill: Frames) -> Option<i64> {
        let _ = fill;
        None
    }

    /// From now on it wakes up every `quantum` frames; at first `setup.packet`.
    fn set_quantum(&mut self, quantum: Frames) {
        let _ = quantum;
    }
}

/// What a consumer says of itself, and is then held to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredPolicy {
    /// True if it believes in whole packets, as they are interrupted for.
    pub whole_packets: bool,
    /// What it is not misled by.
    pub absorbs: Vec<Absorbed>,
    /// What its loop multiplies an error with; nothing of one that is no such loop.
    pub gains: Option<LoopGains>,
    /// The largest error that its loop takes for one of its rate.
    pub error_max: Frames,
}

/// A kind of wrong reading, and how wrong the consumer is then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absorbed {
    /// What is read.
    pub reading: Misreading,
    /// How many frames it may be off at most.
    pub bound: Frames,
    /// After how many right readings it is right again.
    pub readings: u32,
}

/// The gains of a loop of second order, as parts of 2^48: of its low passes, of the error, of the
/// integrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the literature")]
pub struct LoopGains {
    pub w0: u64,
    pub w1: u64,
    pub w2: u64,
}

/// A bench for a [`PolicySource`].
pub struct PolicyBench<M> {
    name: String,
    make: M,
    declares: Box<dyn Fn(&Setup) -> DeclaredPolicy>,
}

impl<M> std::fmt::Debug for PolicyBench<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PolicyBench").field(&self.name).finish()
    }
}

impl<M> PolicyBench<M> {
    /// Consumers that `make` makes, which declare nothing.
    pub fn new<P: PolicySource>(name: &str, make: M) -> Self
    where
        M: Fn(&Setup) -> P,
    {
        Self {
            name: name.to_owned(),
            make,
            declares: Box::new(|_| DeclaredPolicy::default()),
        }
    }

    /// The same, which declare that of themselves.
    #[must_use]
    pub fn declares(self, declares: impl Fn(&Setup) -> DeclaredPolicy + 'static) -> Self {
        Self {
            declares: Box::new(declares),
            ..self
        }
    }
}

impl<M: Fn(&Setup) -> P, P: PolicySource + 'static> Bench for PolicyBench<M> {
    fn name(&self) -> &str {
        &self.name
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        Box::new(Consuming {
            policy: (self.make)(setup),
            setup: *setup,
        })
    }

    fn policy(&self, setup: &Setup) -> DeclaredPolicy {
        (self.declares)(setup)
    }

    fn kinds(&self) -> &[Kind] {
        &[Kind::Guard, Kind::Loop]
    }

    fn limits(&self) -> Limits {
        Limits {
            rates_hz: vec![32_000, 44_100, 48_000, 96_000],
            channels_max: 2,
            packets: vec![2, 3, 4, 16],
            packet_min: 64,
            ..Limits::default()
        }
    }

    fn exempt(&self) -> Vec<LeftOut> {
        let declared = self.policy(&Setup::plain());
        let none = |number, why| LeftOut { number, why };
        let absorbs = declared.absorbs.is_empty();
        let absorbs =
            absorbs.then(|| none("P61", "it says of no wrong reading that it absorbs it"));
        let gains = declared.gains.is_none();
        let gains = gains.then(|| none("P62", "it says no gains"));
        absorbs.into_iter().chain(gains).collect()
    }
}

/// A consumer that is asked.
struct Consuming<P> {
    policy: P,
    setup: Setup,
}

impl<P: PolicySource> Subject for Consuming<P> {
    fn call(&mut self, at: Hns, call: Call) -> Answer {
        let Call::Policy(call) = call else {
            return Answer::NotOffered;
        };
        match call {
            PolicyCall::Wake(error) => {
                let fill = self.policy.target().get().saturating_add_signed(error);
                let correction = self.policy.wake(Frames::new(fill));
                correction.map_or(Answer::NotOffered, Answer::Rate)
            }
            PolicyCall::Quantum(quantum) => {
                self.policy.set_quantum(Frames::new(quantum));
                Answer::Done
            }
            PolicyCall::Look | PolicyCall::Interrupt | PolicyCall::Misread(..) => {
                let believed = self.policy.believe(self.reading(at, call));
                believed.map_or(Answer::NotOffered, |frame| Answer::Linear(frame.get()))
            }
        }
    }
}

impl<P> Consuming<P> {
    /// What is read at `at`, rightly or not.
    fn reading(&self, at: Hns, call: PolicyCall) -> PolicyReading {
        let truth = truth(&self.setup, at);
        let packet = self.setup.packet.get();
        let ring = packet * u64::from(self.setup.packets);
        let written = truth / packet * packet + ring;
        let linear = match call {
            PolicyCall::Misread(reading, by) => reading.of(truth, written, by),
            _ => truth,
        };
        PolicyReading {
            at,
            place: Frames::new(linear % ring),
            linear: Frames::new(linear),
            written: Frames::new(written),
            interrupt: call == PolicyCall::Interrupt,
        }
    }
}

/// Frames that the device has moved by `at`.
pub(crate) fn truth(setup: &Setup, at: Hns) -> u64 {
    let since = at.get().saturating_sub(setup.start.get());
    setup.frames_after(Hns::new(since))
}
