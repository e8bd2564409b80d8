//! Clocks that are right, and clocks that are not.

use conformance::kit::{ClockBench, DeviceClock, Kit, Leg, Setup};
use units::{Clock, Hns, SimDuration, SimTime};

/// What is wrong with a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockDefect {
    GoesBack,
    RoundsInstants,
    SumsRounded,
    WholeMicros,
    WholeMillionths,
    Irregular,
    WholeNanos,
    LegsRound,
    LegFromStart,
}

impl ClockDefect {
    pub(crate) const ALL: [Self; 9] = [
        Self::GoesBack,
        Self::RoundsInstants,
        Self::SumsRounded,
        Self::WholeMicros,
        Self::WholeMillionths,
        Self::Irregular,
        Self::WholeNanos,
        Self::LegsRound,
        Self::LegFromStart,
    ];

    /// True of a clock whose rate changes.
    fn wanders(self) -> bool {
        matches!(self, Self::LegsRound | Self::LegFromStart)
    }

    pub(crate) const fn what(self) -> (&'static str, &'static str) {
        match self {
            Self::GoesBack => ("every third reading is one count lower", "fault F08"),
            Self::RoundsInstants => ("rounds the instant of a count down", "off by a tick"),
            Self::SumsRounded => ("adds up rounded steps", "torvalds/linux f0bd62b64016"),
            Self::WholeMicros => (
                "has a period of whole microseconds",
                "jackaudio/jack2, period in microseconds",
            ),
            Self::WholeMillionths => ("rounds its error to parts per million", "fault F11"),
            Self::Irregular => (
                "puts the odd frames of two link cycles into one",
                "kernel bug 208353",
            ),
            Self::WholeNanos => (
                "has a period of whole nanoseconds per rate",
                "torvalds/linux 0ea06680dfcb",
            ),
            Self::LegsRound => (
                "forgets at a change of rate what of a count was done",
                "segments that are rounded where they meet",
            ),
            Self::LegFromStart => (
                "has a new rate apply from the start on",
                "rate that multiplies the time since the epoch",
            ),
        }
    }
}

/// A clock of the laboratory, or one with a defect.
#[derive(Clone, Debug)]
pub(crate) struct Ours {
    setup: Setup,
    clock: Clock,
    defect: Option<ClockDefect>,
    reads: u64,
    sum: (u64, u64),
}

impl Ours {
    fn new(setup: &Setup, defect: Option<ClockDefect>) -> Self {
        let epoch = SimTime::ZERO + SimDuration::from_hns(setup.start);
        Self {
            setup: *setup,
            clock: Clock::new(epoch, setup.format.rate, setup.ppb),
            defect,
            reads: 0,
            sum: (setup.start.get(), 0),
        }
    }

    /// Whole counts of so much time at the rate of that leg.
    fn in_leg(&self, leg: u64, time: u64) -> u64 {
        let setup = Setup {
            ppb: leg_ppb(leg),
            ..self.setup
        };
        setup.frames_after(Hns::new(time))
    }

    fn exact(&self, now: Hns) -> u64 {
        self.clock
            .count_at(SimTime::ZERO + SimDuration::from_hns(now))
    }
}

/// How long a clock that wanders keeps a rate.
const LEG: u64 = 1_000_003;

fn leg_ppb(leg: u64) -> i32 {
    if leg % 2 == 0 { 0 } else { 1_500_000 }
}

pub(crate) fn clocks(defect: Option<ClockDefect>) -> ClockBench<impl Fn(&Setup) -> Ours> {
    let bench = ClockBench::new("clock", move |setup: &Setup| Ours::new(setup, defect));
    match defect {
        Some(defect) if defect.wanders() => bench.wandering(),
        _ => bench,
    }
}

impl DeviceClock for Ours {
    fn count_at(&mut self, now: Hns) -> u64 {
        self.reads += 1;
        let rate = u64::from(self.setup.format.rate.hertz());
        let since = now.get() - self.setup.start.get();
        let exact = self.exact(now);
        match self.defect {
            Some(ClockDefect::GoesBack) if self.reads % 3 == 0 => exact.saturating_sub(1),
            Some(ClockDefect::SumsRounded) => {
                let step = Hns::new(now.get() - self.sum.0);
                self.sum = (now.get(), self.sum.1 + self.setup.frames_after(step));
                self.sum.1
            }
            Some(ClockDefect::WholeMicros) => since / (10_000_000 / rate / 10 * 10).max(1),
            Some(ClockDefect::WholeMillionths) => {
                let setup = Setup {
                    ppb: self.setup.ppb / 1000 * 1000,
                    ..self.setup
                };
                setup.frames_after(Hns::new(since))
            }
            Some(ClockDefect::Irregular) => {
                let cycle = 200_000;
                let per_milli = rate / 1000;
                let whole = self.setup.frames_after(Hns::new(since / cycle * cycle));
                whole + since % cycle / 10_000 * per_milli
            }
            Some(ClockDefect::WholeNanos) => {
                let period = (1_000_000_000 / rate).max(1);
                u64::try_from(u128::from(since) * 100 / u128::from(period))
                    .expect("64 bits hold it")
            }
            Some(ClockDefect::LegsRound) => {
                let legs = since / LEG;
                let whole = (0..legs).map(|leg| self.in_leg(leg, LEG)).sum::<u64>();
                whole + self.in_leg(legs, since % LEG)
            }
            Some(ClockDefect::LegFromStart) => self.in_leg(since / LEG, since),
            _ => exact,
        }
    }

    fn leg(&mut self, leg: u32) -> Option<Leg> {
        let wanders = self.defect.is_some_and(ClockDefect::wanders);
        wanders.then(|| Leg {
            since: Hns::new(LEG * u64::from(leg)),
            ppb: leg_ppb(leg.into()),
        })
    }

    fn time_of(&mut self, count: u64) -> Option<Hns> {
        if self.defect.is_some_and(ClockDefect::wanders) {
            return None;
        }
        if self.defect == Some(ClockDefect::RoundsInstants) {
            return Some(self.clock.instant_of(count).to_hns_floor());
        }
        let ticks = self.clock.instant_of(count).ticks();
        Some(Hns::new(ticks.div_ceil(44_100)))
    }
}

#[test]
fn p4_the_clock_of_the_laboratory_is_exact() {
    let report = Kit::new(1).cases(24).check(&clocks(None));
    assert!(report.passed(), "{report}");
}
