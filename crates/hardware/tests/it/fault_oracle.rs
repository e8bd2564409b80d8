//! The lazy engine with faults against a loop that moves every frame with the same faults.

use std::collections::VecDeque;

use hardware::fault::{EngineFault, Fault, Grain, InterruptFault, Lag, Odds, PositionFault};
use hardware::{ControllerConfig, Extent, Injection, Note, StreamConfig, spec};
use proptest::collection::vec;
use proptest::prelude::*;
use ring::{Kind, Whose};
use units::{Frames, Moment, Phase, SimDuration, SimTime};

use crate::rig::{Plan, Rig, STREAM};

const PHASES: [Phase; 4] = [Phase::Commit, Phase::Move, Phase::Notify, Phase::React];
/// Ticks of a frame at 48 kHz, and its bytes.
const FRAME: u64 = 9_187_500;
const SIZE: u64 = 4;

/// The faults of a case, as the loop understands them.
#[derive(Clone, Copy, Debug)]
struct Case {
    is_hd_audio: bool,
    packet: u64,
    early: u64,
    lost: u64,
    spurious: (u64, u64),
    /// In frames.
    head: u64,
    more: u64,
    /// Ticks of time, 1 for none.
    tick: u64,
    waits: bool,
    /// Which RUN is stuck, and for how many ticks of time.
    stuck: (u64, u64),
    /// Frames.
    lag: u64,
    grain: u64,
    beyond: u64,
}

impl Case {
    fn plan(&self) -> Plan {
        Plan {
            packet: self.packet,
            ..Plan::k0()
        }
    }

    fn faults(&self) -> Vec<Fault> {
        let frames = |n| Extent::Frames(Frames::new(n));
        vec![
            InterruptFault::IrqEarly {
                by: Frames::new(self.early),
            }
            .into(),
            InterruptFault::IrqLost {
                odds: Odds::At(self.lost),
            }
            .into(),
            InterruptFault::IrqSpurious {
                odds: Odds::At(self.spurious.0),
                after: Frames::new(self.spurious.1),
            }
            .into(),
            EngineFault::StartBurst {
                ahead: SimDuration::from_ticks(self.head * FRAME),
            }
            .into(),
            EngineFault::MemPassesLink {
                by: frames(self.more),
            }
            .into(),
            EngineFault::Ticks {
                every: SimDuration::from_ticks(self.tick),
            }
            .into(),
            EngineFault::StuckAfterResume {
                odds: Odds::At(self.stuck.0),
                lasts: Some(SimDuration::from_ticks(self.stuck.1)),
            }
            .into(),
            PositionFault::LpibLag(Lag::By(frames(self.lag))).into(),
            PositionFault::BurstGrain(Grain::Of(frames(self.grain))).into(),
            PositionFault::PosAtOrAboveCbl {
                by: frames(self.beyond),
            }
            .into(),
        ]
        .into_iter()
        .chain(self.waits.then(|| EngineFault::StallUntilAck.into()))
        .collect()
    }

    fn rig(&self) -> Rig {
        let stream = if self.is_hd_audio {
            StreamConfig::hd_audio()
        } else {
            StreamConfig::k0()
        };
        let mut rig = Rig::set_up(&ControllerConfig::with_output(stream), self.plan());
        for (id, fault) in (0..).zip(self.faults()) {
            rig.controller.inject(Injection {
                id,
                stream: 0,
                seed: 1,
                fault,
            });
        }
        rig
    }
}

/// A stream that is moved frame by frame.
struct Loop {
    case: Case,
    memory: Vec<Option<u64>>,
    fifo: VecDeque<Option<u64>>,
    /// Frames fetched whole, bytes fetched, frames begun and completed.
    fetched: u64,
    begun: u64,
    completed: u64,
    /// When the next frame begins, while in RUN.
    next: Option<u64>,
    is_held: bool,
    starts: u64,
    completions: u64,
    /// Frames completed with which the status is set once more.
    echo: Option<u64>,
    has_status: bool,
    heard: Vec<Option<u64>>,
    /// When the status was set.
    sets: Vec<SimTime>,
}

impl Loop {
    fn new(case: Case) -> Self {
        let frames = usize::try_from(case.plan().frames().get()).unwrap();
        Self {
            case,
            memory: vec![None; frames],
            fifo: VecDeque::new(),
            fetched: 0,
            begun: 0,
            completed: 0,
            next: None,
            is_held: false,
            starts: 0,
            completions: 0,
            echo: None,
            has_status: false,
            heard: Vec::new(),
            sets: Vec::new(),
        }
    }

    fn first_frame_from(&self, moment: Moment) -> u64 {
        if !self.case.is_hd_audio {
            return moment.time.ticks();
        }
        let mut link_frame = 0;
        while SimTime::from_ticks(link_frame * FRAME).at(Phase::Move) <= moment {
            link_frame += 1;
        }
        // A link frame that begins at this very time has not begun before the device moves.
        link_frame * FRAME
    }

    fn run(&mut self, now: Moment) {
        self.starts += 1;
        let from = if self.starts == self.case.stuck.0 {
            (now.time + SimDuration::from_ticks(self.case.stuck.1)).at(Phase::Commit)
        } else {
            now
        };
        self.next = Some(self.first_frame_from(from));
        self.advance(now);
    }

    fn pause(&mut self) {
        self.is_held = false;
        if self.next.take().is_some() {
            self.completed = self.begun;
        }
    }

    /// When what is due at `ticks` happens.
    fn happens(&self, ticks: u64) -> Moment {
        SimTime::from_ticks(ticks.div_ceil(self.case.tick) * self.case.tick).at(Phase::Move)
    }

    fn advance(&mut self, now: Moment) {
        while let Some(next) = self.next.filter(|_| !self.is_held) {
            if self.happens(next) > now {
                return;
            }
            self.next = Some(next + FRAME);
            self.move_one();
            self.interrupt(self.happens(next).time);
        }
    }

    fn move_one(&mut self) {
        self.completed = self.begun;
        self.fetched = self.fetched_with(self.completed).max(self.fetched);
        let in_fifo = self.fifo.len() as u64 + self.begun;
        for frame in in_fifo..self.fetched / SIZE {
            let place = frame % self.case.plan().frames().get();
            self.fifo
                .push_back(self.memory[usize::try_from(place).unwrap()]);
        }
        self.heard.push(self.fifo.pop_front().expect("deep enough"));
        self.begun += 1;
    }

    /// Bytes fetched where so many frames are completed.
    fn fetched_with(&self, completed: u64) -> u64 {
        let (fifo, burst) = if self.case.is_hd_audio {
            (192, 32)
        } else {
            (SIZE, SIZE)
        };
        let room = completed * SIZE + fifo + self.case.more * SIZE;
        let mut fetched = 0;
        while fetched + burst <= room {
            fetched += burst;
        }
        let lap = self.case.plan().frames().get();
        fetched.max(self.case.head.min(lap) * SIZE)
    }

    fn interrupt(&mut self, at: SimTime) {
        let mut sets = false;
        loop {
            let end = (self.completions + 1) * self.case.packet;
            let seen = self.completed + self.case.early;
            let is_done = if self.case.is_hd_audio {
                self.fetched_with(seen) >= end * SIZE
            } else {
                seen >= end
            };
            let echoes = self.echo.is_some_and(|echo| self.completed >= echo);
            if !is_done {
                if echoes {
                    self.echo = None;
                    sets = true;
                }
                break;
            }
            self.completions += 1;
            sets |= self.completions != self.case.lost;
            if self.completions == self.case.spurious.0 {
                self.echo = Some(self.completed + self.case.spurious.1.max(1));
            }
        }
        if sets {
            self.sets.push(at);
            self.has_status = true;
            self.is_held = self.case.waits;
        }
    }

    fn acknowledge(&mut self, now: Moment) {
        self.has_status = false;
        let Some(next) = self.next.filter(|_| self.is_held) else {
            return;
        };
        self.is_held = false;
        if self.happens(next) <= now {
            self.completed = self.begun;
            self.next = Some(self.first_frame_from(now));
        }
    }

    /// What the link position register shows.
    fn lpib(&self) -> u64 {
        let linear =
            self.completed.saturating_sub(self.case.lag) / self.case.grain * self.case.grain;
        let lap = self.case.plan().frames().get();
        let within = linear % lap;
        let beyond = linear >= lap && within < self.case.beyond;
        (within + if beyond { lap } else { 0 }) * SIZE
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Store { at: u64, len: u64 },
    Run,
    Pause,
    Acknowledge,
    Look,
}

fn any_case() -> impl Strategy<Value = Case> {
    let interrupts = (
        prop_oneof![2 => Just(0), 1 => 1..130_u64],
        1..6_u64,
        (1..6_u64, 0..60_u64),
    );
    let engine = (
        prop_oneof![2 => Just(0), 1 => 1..300_u64],
        prop_oneof![2 => Just(0), 1 => 1..40_u64],
        prop_oneof![2 => Just(1), 1 => 1..60 * FRAME, 1 => (1..60_u64).prop_map(|n| n * FRAME)],
        any::<bool>(),
        (
            1..5_u64,
            prop_oneof![(0..200_u64).prop_map(|n| n * FRAME), 0..200 * FRAME],
        ),
    );
    let shown = (prop_oneof![Just(0), 1..64_u64], 1..40_u64, 0..20_u64);
    (any::<bool>(), 1..200_u64, interrupts, engine, shown).prop_map(
        |(
            is_hd_audio,
            packet,
            (early, lost, spurious),
            (head, more, tick, waits, stuck),
            shown,
        )| {
            Case {
                is_hd_audio,
                packet,
                early,
                lost,
                spurious,
                head,
                more,
                tick,
                waits,
                stuck,
                lag: shown.0,
                grain: shown.1,
                beyond: shown.2,
            }
        },
    )
}

fn any_acts() -> impl Strategy<Value = Vec<(u64, Phase, Act)>> {
    let act = prop_oneof![
        4 => (0..400_u64, 1..300_u64).prop_map(|(at, len)| Act::Store { at, len }),
        3 => Just(Act::Run),
        1 => Just(Act::Pause),
        4 => Just(Act::Acknowledge),
        2 => Just(Act::Look),
    ];
    // Sixteenths of a frame, mostly whole frames so that ties happen.
    let wait = prop_oneof![3 => (0..200_u64).prop_map(|n| 16 * n), 1 => 0..800_u64];
    vec((wait, prop::sample::select(PHASES.to_vec()), act), 1..60)
}

fn timeline(acts: &[(u64, Phase, Act)]) -> Vec<(Moment, Act)> {
    let mut now = SimTime::ZERO.commit();
    let timed = acts.iter().map(|&(wait, phase, act)| {
        let time = SimTime::from_ticks(now.time.ticks() + wait * FRAME / 16);
        now = time.at(phase).max(now);
        (now, act)
    });
    timed.collect()
}

fn store(rig: &mut Rig, now: Moment, at: u64, len: u64, content: u64) {
    rig.controller.settle(now);
    let whose = Whose {
        run: 0,
        kind: Kind::Audio,
        content,
        intended: content,
        write: 0,
    };
    let (at, len) = (Frames::new(at), Frames::new(len));
    rig.buffer.store(at, None, len, Some(whose));
}

fn act(rig: &mut Rig, now: Moment, what: Act, content: u64) {
    match what {
        Act::Store { at, len } => store(rig, now, at, len, content),
        Act::Run if !rig.is_running(now) => rig.run(now),
        Act::Pause if rig.is_running(now) => rig.pause(now),
        Act::Acknowledge => rig.acknowledge(now),
        Act::Run | Act::Pause | Act::Look => {
            rig.status(now);
        }
    }
}

fn heard(rig: &Rig) -> Vec<Option<u64>> {
    let spans = rig.controller.link_log(0).spans();
    let frames = spans
        .iter()
        .flat_map(|span| (0..span.len.get()).map(|n| span.whose.map(|whose| whose.content + n)));
    frames.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Faults compose: with any of them at once the same frames leave, the status is set in the
    /// same moments, and registers show the same.
    #[test]
    fn the_lazy_engine_has_the_faults_of_a_loop_over_frames(
        case in any_case(),
        acts in any_acts(),
    ) {
        let mut rig = case.rig();
        let mut naive = Loop::new(case);
        let mut announced = Vec::new();
        for (number, (now, what)) in (0_u64..).zip(timeline(&acts)) {
            while let Some(event) = rig.controller.next_event().filter(|&event| event <= now) {
                rig.controller.settle(event);
                naive.advance(event);
                announced.push(event.time);
                let status = rig.status(event) & spec::sts::BCIS != 0;
                prop_assert_eq!(status, naive.has_status, "at {:?}", event);
            }
            naive.advance(now);
            let content = (number + 1) * 1_000;
            act(&mut rig, now, what, content);
            match what {
                Act::Store { at, len } => {
                    let frames = case.plan().frames().get();
                    for n in 0..len {
                        let place = usize::try_from((at + n) % frames).unwrap();
                        naive.memory[place] = Some(content + n);
                    }
                }
                Act::Run if naive.next.is_none() => naive.run(now),
                Act::Pause => naive.pause(),
                Act::Acknowledge => naive.acknowledge(now),
                Act::Run | Act::Look => {}
            }
            naive.advance(now);
            let lpib = rig.read(now, STREAM + spec::SD_LPIB);
            prop_assert_eq!(u64::from(lpib), naive.lpib(), "at {:?}", now);
            prop_assert_eq!(rig.status(now) & spec::sts::BCIS != 0, naive.has_status);
        }
        prop_assert_eq!(heard(&rig), naive.heard);
        let end = timeline(&acts).last().expect("at least one act").0.time;
        let due = naive.sets.iter().filter(|&&at| at < end);
        for at in due {
            prop_assert!(announced.contains(at) || *at == SimTime::ZERO || {
                // A set with RUN itself, or with an acknowledgement, needs no announcement.
                timeline(&acts).iter().any(|(now, _)| now.time == *at)
            }, "{:?} was not announced", at);
        }
    }

    /// Extra looks change nothing, whatever the faults, but for the one that is made for it.
    #[test]
    fn who_looks_when_changes_nothing_with_faults(
        case in any_case(),
        acts in any_acts(),
        looks in vec((0..400_000_000_000_u64, prop::sample::select(PHASES.to_vec())), 0..40),
    ) {
        let timeline = timeline(&acts);
        let end = timeline.last().expect("at least one act").0.time;
        let (mut plain, mut watched) = (case.rig(), case.rig());
        let mut looks: Vec<_> = looks
            .into_iter()
            .map(|(at, phase)| SimTime::from_ticks(at % (end.ticks() + 1)).at(phase))
            .collect();
        looks.sort();
        let mut looks = looks.into_iter().peekable();
        for (number, (now, what)) in (0_u64..).zip(timeline) {
            while let Some(look) = looks.next_if(|&look| look <= now) {
                watched.position(look);
                watched.read(look, spec::INTSTS);
            }
            act(&mut plain, now, what, (number + 1) * 1_000);
            act(&mut watched, now, what, (number + 1) * 1_000);
        }
        let end = end.at(Phase::React);
        plain.controller.settle(end);
        watched.controller.settle(end);
        prop_assert_eq!(plain.controller.link_log(0), watched.controller.link_log(0));
        prop_assert_eq!(plain.controller.next_event(), watched.controller.next_event());
        // Who settles across several completions is told of strikes before interrupts.
        let notes = |rig: &mut Rig| -> (Vec<_>, Vec<_>) {
            let strikes = |note: &Note| matches!(note, Note::Fault { .. });
            rig.controller.take_notes().partition(strikes)
        };
        prop_assert_eq!(notes(&mut plain), notes(&mut watched));
    }
}
