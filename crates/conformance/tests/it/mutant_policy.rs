//! Consumers of positions that are right but for one thing.

use conformance::kit::{
    Absorbed, Bench, DeclaredPolicy, LoopGains, Misreading, PolicyBench, PolicyReading,
    PolicySource, Setup,
};
use observers::{DelayLockedLoop, PointerFilter, PositionGuard, Ring, RingReading, WallClockGuard};
use units::{Frames, Hns};

/// What is wrong with a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PolicyDefect {
    HoldsSteps,
    DeadClock,
    Leaps,
    CountsInterrupts,
    OneSided,
    StepIsError,
    KeepsIntegrators,
    TwiceTheGain,
}

impl PolicyDefect {
    pub(crate) const ALL: [Self; 8] = [
        Self::HoldsSteps,
        Self::DeadClock,
        Self::Leaps,
        Self::CountsInterrupts,
        Self::OneSided,
        Self::StepIsError,
        Self::KeepsIntegrators,
        Self::TwiceTheGain,
    ];

    pub(crate) const fn what(self) -> (&'static str, &'static str) {
        match self {
            Self::HoldsSteps => (
                "holds a position that moved by more than half a packet",
                "jumpy-pointer guards of DSP hosts; PipeWire 9c42c06af",
            ),
            Self::DeadClock => (
                "drops every interrupt when its clock stands at 0",
                "torvalds/linux, Loongson quirks; fault F11",
            ),
            Self::Leaps => (
                "believes one position that is too high, and holds it",
                "mozilla/cubeb bbbe5bb",
            ),
            Self::CountsInterrupts => (
                "counts interrupts, those that were lost and those that were none",
                "count of interrupts as position; faults F09, F10",
            ),
            Self::OneSided => ("corrects its rate for a surplus only", "PipeWire d59e1094c"),
            Self::StepIsError => (
                "takes a new quantum for an error of rate",
                "PipeWire 2c1f8af2e",
            ),
            Self::KeepsIntegrators => (
                "goes on with its old rate after a resynchronisation",
                "PipeWire a595d3ddd",
            ),
            Self::TwiceTheGain => (
                "has a loop with another loop's meaning of its gain",
                "jackaudio/jack2 85b14bd4",
            ),
        }
    }
}

pub(crate) struct Wrong {
    defect: PolicyDefect,
    setup: Setup,
    filter: PointerFilter,
    guard: WallClockGuard,
    pll: DelayLockedLoop,
    last: u64,
    packets: u64,
    kept_ppb: i64,
    quantum: Frames,
}

pub(crate) fn consumers(defect: PolicyDefect) -> impl Bench {
    let make = move |setup: &Setup| Wrong::new(defect, setup);
    PolicyBench::new("consumer", make).declares(move |setup| declared(defect, setup))
}

fn declared(defect: PolicyDefect, setup: &Setup) -> DeclaredPolicy {
    let absorbed = |reading| Absorbed {
        reading,
        bound: setup.packet + setup.packet,
        readings: 0,
    };
    let (whole_packets, absorbs) = match defect {
        PolicyDefect::Leaps => (false, vec![absorbed(Misreading::Ahead)]),
        PolicyDefect::CountsInterrupts => {
            let both = [Misreading::Lost, Misreading::Extra].map(absorbed);
            (true, both.into())
        }
        PolicyDefect::DeadClock => (true, Vec::new()),
        _ => (false, Vec::new()),
    };
    let pll = pll(setup);
    let gains = pll.gains();
    DeclaredPolicy {
        whole_packets,
        absorbs,
        gains: Some(LoopGains {
            w0: gains.w0,
            w1: gains.w1,
            w2: gains.w2,
        }),
        error_max: Frames::new(pll.resync_from()),
    }
}

fn pll(setup: &Setup) -> DelayLockedLoop {
    DelayLockedLoop::new(setup.format.rate, 128, setup.packet, Frames::ZERO)
}

impl Wrong {
    fn new(defect: PolicyDefect, setup: &Setup) -> Self {
        let ring = Ring {
            rate: setup.format.rate,
            packet: setup.packet,
            frames: Frames::new(setup.packet.get() * u64::from(setup.packets)),
        };
        Self {
            defect,
            setup: *setup,
            filter: PointerFilter::new(ring, setup.start),
            guard: WallClockGuard::new(ring, Hns::new(0)),
            pll: pll(setup),
            last: 0,
            packets: 0,
            kept_ppb: 0,
            quantum: setup.packet,
        }
    }

    fn steers(&self) -> bool {
        matches!(
            self.defect,
            PolicyDefect::OneSided
                | PolicyDefect::StepIsError
                | PolicyDefect::KeepsIntegrators
                | PolicyDefect::TwiceTheGain
        )
    }
}

impl PolicySource for Wrong {
    fn believe(&mut self, reading: PolicyReading) -> Option<Frames> {
        let mut seen = RingReading {
            at: reading.at,
            place: reading.place,
            linear: reading.linear,
            written: reading.written,
            interrupt: reading.interrupt,
        };
        let packet = self.setup.packet.get();
        let believed = match self.defect {
            PolicyDefect::HoldsSteps => {
                let linear = reading.linear.get();
                if linear - self.last <= packet / 2 {
                    self.last = linear;
                }
                self.last
            }
            PolicyDefect::DeadClock => {
                seen.at = Hns::new(0);
                self.guard.believe(seen).get()
            }
            PolicyDefect::Leaps => {
                self.last = self.last.max(reading.linear.get());
                self.last
            }
            PolicyDefect::CountsInterrupts => {
                self.packets += u64::from(reading.interrupt);
                self.packets * packet
            }
            _ if self.steers() => return None,
            _ => self.filter.believe(seen).get(),
        };
        Some(Frames::new(believed))
    }

    fn target(&self) -> Frames {
        self.quantum
    }

    fn set_quantum(&mut self, quantum: Frames) {
        if self.defect == PolicyDefect::StepIsError {
            self.pll = DelayLockedLoop::new(self.setup.format.rate, 128, quantum, Frames::ZERO);
        } else {
            self.pll.set_quantum(quantum);
        }
        self.quantum = quantum;
    }

    fn wake(&mut self, fill: Frames) -> Option<i64> {
        if !self.steers() {
            return None;
        }
        let error = fill.get().abs_diff(self.quantum.get());
        let is_surplus = fill > self.quantum;
        match self.defect {
            PolicyDefect::OneSided if !is_surplus && error > 0 => Some(self.kept_ppb),
            PolicyDefect::KeepsIntegrators if error > self.pll.resync_from() => Some(self.kept_ppb),
            PolicyDefect::TwiceTheGain => Some(2 * self.pll.wake(fill)),
            _ => {
                self.kept_ppb = self.pll.wake(fill);
                Some(self.kept_ppb)
            }
        }
    }
}
