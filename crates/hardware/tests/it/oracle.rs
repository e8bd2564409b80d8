//! The lazy engine against a loop that moves every frame.

use std::collections::VecDeque;

use hardware::{
    Cadence, ControllerConfig, CountOn, Direction, Extent, Flush, Start, StreamConfig,
    StreamFormat, spec,
};
use proptest::collection::vec;
use proptest::prelude::*;
use ring::{Kind, Samples, Whose};
use units::{Bytes, Frames, Moment, Phase, SampleFormat, SimTime, TICKS_PER_SECOND, WaveFormat};

use crate::rig::{Plan, Rig, STREAM};

const PHASES: [Phase; 4] = [Phase::Commit, Phase::Move, Phase::Notify, Phase::React];

#[derive(Clone, Copy, Debug)]
enum Act {
    Store { at: u64, len: u64 },
    Run,
    Pause,
    Reset,
    Acknowledge,
    Look,
}

/// A stream that is moved slot by slot. It knows no closed form but the instant of a slot.
struct Oracle {
    case: Case,
    frame: u64,
    memory: Vec<Option<Whose>>,
    fifo: VecDeque<Option<Whose>>,
    /// Bytes moved by the memory side, and frames begun and completed since the reset.
    moved: u64,
    begun: u64,
    completed: u64,
    /// The cadence: what is owed to the link, in groups times 48 000.
    owed: i64,
    /// While in RUN: start of the grid, its next slot.
    grid: Option<(SimTime, u64)>,
    next_completion: u64,
    has_status: bool,
    run: u32,
    is_fresh: bool,
    heard: Vec<(u32, Option<Whose>)>,
    completions: Vec<Moment>,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    direction: Direction,
    plan: Plan,
    stream: StreamConfig,
    ppb: i32,
}

impl Oracle {
    fn new(case: Case) -> Self {
        let frames = usize::try_from(case.plan.frames().get()).unwrap();
        Self {
            case,
            frame: case.plan.format.frame_bytes().into(),
            memory: vec![None; frames],
            fifo: VecDeque::new(),
            moved: 0,
            begun: 0,
            completed: 0,
            owed: 0,
            grid: None,
            next_completion: 0,
            has_status: false,
            run: 0,
            is_fresh: true,
            heard: Vec::new(),
            completions: Vec::new(),
        }
    }

    fn slot_rate(&self) -> u64 {
        match self.case.stream.cadence {
            Cadence::Even => self.case.plan.format.rate.hertz().into(),
            Cadence::LinkFrames => 48_000,
        }
    }

    /// Ticks of `n` slots of `rate` per second, rounded up.
    fn ticks(&self, n: u64, rate: u64) -> u64 {
        let scaled = u128::from(n) * u128::from(TICKS_PER_SECOND) * 1_000_000_000;
        let per_giga =
            u128::from(rate) * u128::try_from(1_000_000_000 + i64::from(self.case.ppb)).unwrap();
        u64::try_from(scaled.div_ceil(per_giga)).unwrap()
    }

    fn run(&mut self, now: Moment) {
        if self.grid.is_some() {
            return;
        }
        self.is_fresh = false;
        self.grid = Some(match self.case.stream.start {
            Start::AtOnce => (now.time, 0),
            Start::NextLinkFrame => {
                let mut slot = 0;
                while SimTime::from_ticks(self.ticks(slot, 48_000)).at(Phase::Move) < now
                    || (now.phase == Phase::Move && self.ticks(slot, 48_000) == now.time.ticks())
                {
                    slot += 1;
                }
                if self.slot_rate() == 48_000 {
                    (SimTime::ZERO, slot)
                } else {
                    (SimTime::from_ticks(self.ticks(slot, 48_000)), 0)
                }
            }
        });
        self.advance(now);
    }

    /// Frames that the next slot carries.
    fn carried(&mut self) -> u64 {
        if self.case.stream.cadence == Cadence::Even {
            return 1;
        }
        let hertz = u64::from(self.case.plan.format.rate.hertz());
        let group = match hertz {
            192_000 | 176_400 => 4,
            96_000 | 88_200 | 32_000 => 2,
            _ => 1,
        };
        // Each slot owes hertz / 48 000 groups; whoever is owed anything gets a whole one.
        self.owed += i64::try_from(hertz / group).unwrap();
        let carries = self.owed > 0;
        if carries {
            self.owed -= 48_000;
        }
        if carries { group } else { 0 }
    }

    fn advance(&mut self, now: Moment) {
        while let Some((start, slot)) = self.grid {
            let rate = self.slot_rate();
            let due = SimTime::from_ticks(start.ticks() + self.ticks(slot, rate)).at(Phase::Move);
            if due > now {
                return;
            }
            self.grid = Some((start, slot + 1));
            self.slot(due);
        }
    }

    fn slot(&mut self, due: Moment) {
        match self.case.direction {
            Direction::Output => self.output_slot(),
            Direction::Input => self.input_slot(),
        }
        let counted = match (self.case.direction, self.case.stream.count_on) {
            (Direction::Output, CountOn::Link) => self.completed * self.frame,
            (Direction::Output, CountOn::Memory) | (Direction::Input, _) => self.moved,
        };
        while counted >= (self.next_completion + 1) * self.case.plan.packet_bytes().get() {
            self.next_completion += 1;
            self.has_status = true;
            self.completions.push(due);
        }
    }

    /// What was on its way has arrived and goes to memory in whole bursts, and the rest of a
    /// descriptor with its last byte.
    fn input_slot(&mut self) {
        self.hear(self.begun - self.completed);
        self.completed = self.begun;
        let burst = self.case.stream.burst.bytes(Bytes::new(self.frame)).get();
        let packet = self.case.plan.packet_bytes().get();
        let arrived = self.completed * self.frame;
        for byte in self.moved..arrived {
            let end = byte + 1;
            let flushes = self.case.stream.flush == Flush::DescriptorEnd && end % packet == 0;
            if end % burst == 0 || flushes {
                self.store_up_to(end);
            }
        }
        self.begun += self.carried();
    }

    fn hear(&mut self, frames: u64) {
        let first = self
            .heard
            .iter()
            .rev()
            .take_while(|(run, _)| *run == self.run);
        let first = u64::try_from(first.count()).unwrap();
        for frame in first..first + frames {
            self.heard.push((self.run, Some(captured(self.run, frame))));
        }
    }

    /// Frames of which all bytes are there now are seen in memory.
    fn store_up_to(&mut self, end: u64) {
        let round = self.case.plan.frames().get();
        for frame in self.moved / self.frame..end / self.frame {
            let place = usize::try_from(frame % round).unwrap();
            self.memory[place] = Some(captured(self.run, frame));
        }
        self.moved = end;
    }

    fn output_slot(&mut self) {
        self.completed = self.begun;
        let capacity = self.case.stream.fifo.bytes(Bytes::new(self.frame)).get();
        let burst = self.case.stream.burst.bytes(Bytes::new(self.frame)).get();
        while self.moved + burst <= self.completed * self.frame + capacity {
            for _ in 0..burst {
                self.moved += 1;
                if self.moved % self.frame == 0 {
                    let frame = self.moved / self.frame - 1;
                    let place = frame % self.case.plan.frames().get();
                    self.fifo
                        .push_back(self.memory[usize::try_from(place).unwrap()]);
                }
            }
        }
        for _ in 0..self.carried() {
            let whose = self.fifo.pop_front().expect("the FIFO is deep enough");
            self.heard.push((self.run, whose));
            self.begun += 1;
        }
    }

    fn pause(&mut self) {
        if self.grid.take().is_some() {
            if self.case.direction == Direction::Input {
                self.hear(self.begun - self.completed);
            }
            self.completed = self.begun;
        }
    }

    fn reset(&mut self) {
        self.run += u32::from(!self.is_fresh);
        self.is_fresh = true;
        self.fifo.clear();
        (self.moved, self.begun, self.completed, self.owed) = (0, 0, 0, 0);
        (self.next_completion, self.has_status) = (0, false);
    }

    fn store(&mut self, at: u64, len: u64, whose: Whose) {
        for n in 0..len {
            let place = (at + n) % self.case.plan.frames().get();
            self.memory[usize::try_from(place).unwrap()] = Some(whose.after(Frames::new(n)));
        }
    }
}

fn captured(run: u32, frame: u64) -> Whose {
    Whose {
        run,
        kind: Kind::Audio,
        content: frame,
        intended: frame,
        write: 0,
    }
}

fn any_case() -> impl Strategy<Value = Case> {
    let rate = prop::sample::select(vec![8_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000]);
    let format = (
        rate,
        1..=6_u8,
        prop::sample::select(vec![SampleFormat::S16, SampleFormat::S24In32]),
    );
    let fifo = prop_oneof![
        (0..80_u64, 1..40_u64).prop_map(|(prefetch, burst)| {
            (
                Extent::Frames(Frames::new(prefetch + burst)),
                Extent::Frames(Frames::new(burst)),
            )
        }),
        prop::sample::select(vec![(192, 32), (256, 64), (512, 64), (200, 24)]).prop_map(
            |(fifo, burst)| (
                Extent::Bytes(Bytes::new(fifo)),
                Extent::Bytes(Bytes::new(burst))
            )
        ),
    ];
    let choices = (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    let plan = (format, 1..200_u64, 2..5_u64);
    (
        plan,
        fifo,
        choices,
        prop::sample::select(vec![0, 0, 123_457, -99_999]),
    )
        .prop_filter_map(
            "the FIFO feeds the link",
            |(((hertz, channels, sample), packet, packets), (fifo, burst), choices, ppb)| {
                let format = WaveFormat::new(hertz, channels, sample).unwrap();
                let stream = StreamConfig {
                    fifo,
                    burst,
                    count_on: if choices.0 {
                        CountOn::Link
                    } else {
                        CountOn::Memory
                    },
                    cadence: if choices.1 {
                        Cadence::Even
                    } else {
                        Cadence::LinkFrames
                    },
                    start: if choices.2 {
                        Start::AtOnce
                    } else {
                        Start::NextLinkFrame
                    },
                    flush: if choices.3 {
                        Flush::DescriptorEnd
                    } else {
                        Flush::WholeBursts
                    },
                    record: Samples::Left,
                    ..StreamConfig::k0()
                };
                let case = Case {
                    direction: if choices.4 {
                        Direction::Output
                    } else {
                        Direction::Input
                    },
                    plan: Plan {
                        format,
                        packet,
                        packets,
                    },
                    stream,
                    ppb,
                };
                rig_of(case)
                    .try_run(SimTime::ZERO.commit())
                    .is_ok()
                    .then_some(case)
            },
        )
}

fn any_acts() -> impl Strategy<Value = Vec<(u64, Phase, Act)>> {
    let act = prop_oneof![
        4 => (0..2_000_u64, 1..300_u64).prop_map(|(at, len)| Act::Store { at, len }),
        3 => Just(Act::Run),
        1 => Just(Act::Pause),
        1 => Just(Act::Reset),
        3 => Just(Act::Acknowledge),
        2 => Just(Act::Look),
    ];
    // Sixteenths of a frame at 48 kHz, mostly whole frames so that ties happen.
    let wait = prop_oneof![3 => (0..200_u64).prop_map(|n| 16 * n), 1 => 0..800_u64];
    vec((wait, prop::sample::select(PHASES.to_vec()), act), 1..60)
}

fn rig_of(case: Case) -> Rig {
    let config = match case.direction {
        Direction::Output => ControllerConfig::with_output(case.stream),
        Direction::Input => ControllerConfig::with_input(case.stream),
    };
    let config = ControllerConfig {
        ppb: case.ppb,
        ..config
    };
    let rig = Rig::set_up(&config, case.plan);
    assert_eq!(
        StreamFormat::of(case.plan.format).unwrap().rate(),
        case.plan.format.rate
    );
    rig
}

/// Does one thing to the real engine.
fn act(rig: &mut Rig, now: Moment, what: Act, whose: Whose) {
    match what {
        Act::Store { at, len } => {
            rig.controller.settle(now);
            let len = Frames::new(len);
            rig.buffer.store(Frames::new(at), None, len, Some(whose));
        }
        Act::Run => {
            if !rig.is_running(now) {
                rig.run(now);
            }
        }
        Act::Pause => rig.pause(now),
        Act::Reset => {
            rig.pause(now);
            rig.reset(now);
            rig.stream_set_up_at(now);
        }
        Act::Acknowledge => rig.acknowledge(now),
        Act::Look => {
            rig.position(now);
            rig.status(now);
        }
    }
}

/// The moments of all acts, and whose frames each would store.
fn timeline(acts: &[(u64, Phase, Act)]) -> Vec<(Moment, Act, Whose)> {
    let mut now = SimTime::ZERO.commit();
    let mut all = Vec::new();
    for (write, &(wait, phase, act)) in (0..).zip(acts) {
        let time = SimTime::from_ticks(now.time.ticks() + wait * 9_187_500 / 16);
        now = time.at(phase).max(now);
        let content = u64::from(write) * 1_000;
        let whose = Whose {
            run: 0,
            kind: Kind::Audio,
            content,
            intended: content,
            write,
        };
        all.push((now, act, whose));
    }
    all
}

fn heard(rig: &Rig) -> Vec<(u32, Option<Whose>)> {
    let spans = rig.controller.link_log(0).spans();
    let frames = spans.iter().flat_map(|span| {
        (0..span.len.get()).map(|n| (span.run, span.whose.map(|w| w.after(Frames::new(n)))))
    });
    frames.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The same frames leave, the same interrupts come in the same moments, registers show the
    /// same, whatever is stored, paused and reset meanwhile.
    #[test]
    fn the_lazy_engine_does_what_a_loop_over_frames_does(case in any_case(), acts in any_acts()) {
        let mut rig = rig_of(case);
        let mut oracle = Oracle::new(case);
        let mut events = Vec::new();
        for (now, what, whose) in timeline(&acts) {
            while let Some(event) = rig.controller.next_event().filter(|&event| event <= now) {
                let completed = oracle.completions.len();
                oracle.advance(event);
                prop_assert!(oracle.completions.len() > completed);
                rig.controller.settle(event);
                events.push(event.time);
            }
            let completed = oracle.completions.len();
            oracle.advance(now);
            prop_assert_eq!(oracle.completions.len(), completed, "no event was announced");
            act(&mut rig, now, what, whose);
            match what {
                Act::Store { at, len } => oracle.store(at, len, whose),
                Act::Run => oracle.run(now),
                Act::Pause => oracle.pause(),
                Act::Reset => {
                    oracle.pause();
                    oracle.reset();
                }
                Act::Acknowledge => oracle.has_status = false,
                Act::Look => {}
            }
            let round = case.plan.format.bytes_of(case.plan.frames()).get();
            let lpib = rig.read(now, STREAM + spec::SD_LPIB);
            prop_assert_eq!(u64::from(lpib), oracle.completed * oracle.frame % round);
            prop_assert_eq!(rig.position(now), oracle.completed);
            prop_assert_eq!(rig.fetched(now), oracle.moved);
            prop_assert_eq!(rig.status(now) & spec::sts::BCIS != 0, oracle.has_status);
            prop_assert_eq!(rig.memory(), oracle.memory.clone());
        }
        prop_assert_eq!(heard(&rig), oracle.heard);
        oracle.completions.dedup();
        let due: Vec<_> = oracle.completions.iter().map(|moment| moment.time).collect();
        prop_assert!(events.iter().all(|event| due.contains(event)));
    }

    /// Extra looks change nothing: neither what is heard, nor when, nor what is noted.
    #[test]
    fn who_looks_when_changes_nothing(
        case in any_case(),
        acts in any_acts(),
        looks in vec((0..400_000_000_000_u64, prop::sample::select(PHASES.to_vec())), 0..40),
    ) {
        let timeline = timeline(&acts);
        let end = timeline.last().expect("at least one act").0.time;
        let (mut plain, mut watched) = (rig_of(case), rig_of(case));
        let mut looks: Vec<_> = looks
            .into_iter()
            .map(|(at, phase)| SimTime::from_ticks(at % (end.ticks() + 1)).at(phase))
            .collect();
        looks.sort();
        let mut looks = looks.into_iter().peekable();
        for (now, what, whose) in timeline {
            while let Some(look) = looks.next_if(|&look| look <= now) {
                watched.position(look);
                watched.read(look, spec::INTSTS);
            }
            act(&mut plain, now, what, whose);
            act(&mut watched, now, what, whose);
        }
        let end = end.at(Phase::React);
        plain.controller.settle(end);
        watched.controller.settle(end);
        prop_assert_eq!(plain.controller.link_log(0), watched.controller.link_log(0));
        prop_assert_eq!(plain.controller.next_event(), watched.controller.next_event());
        let notes = |rig: &mut Rig| rig.controller.take_notes().collect::<Vec<_>>();
        prop_assert_eq!(notes(&mut plain), notes(&mut watched));
        prop_assert_eq!(plain.controller.take_interrupt(), watched.controller.take_interrupt());
    }
}
