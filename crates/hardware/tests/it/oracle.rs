//! The lazy engine against a loop that moves every frame.

mod by_frame;
mod cases;

use hardware::fault::EngineFault;
use hardware::{
    AtEnd, BusStall, ControllerConfig, Direction, Injection, StreamConfig, StreamFormat, spec,
};
use proptest::collection::vec;
use proptest::prelude::*;
use ring::{Kind, Whose};
use units::{Frames, Moment, Phase, SimTime};

use crate::rig::{LIST, Plan, Rig, STREAM};
use by_frame::Oracle;
use cases::{any_acts, any_case};

const PHASES: [Phase; 4] = [Phase::Commit, Phase::Move, Phase::Notify, Phase::React];

#[derive(Clone, Copy, Debug)]
enum Act {
    Store {
        at: u64,
        len: u64,
    },
    Run,
    Pause,
    Reset,
    Acknowledge,
    Look,
    /// One more round, if the engine halts.
    Arm,
    /// Sets, or clears, the stream's bit of SSYNC.
    HoldBack(bool),
    /// Descriptor `entry` points to where descriptor `target` did at first, if there are such.
    Rewrite {
        entry: u64,
        target: u64,
    },
}

#[derive(Clone, Copy, Debug)]
struct Case {
    direction: Direction,
    plan: Plan,
    stream: StreamConfig,
    ppb: i32,
    /// The bus grants nothing from the first to the second, if at all.
    stall: Option<BusStall>,
    /// The list is read once (F23).
    snapshot: bool,
}

impl Case {
    /// True if a burst may be kept waiting.
    fn is_slow(&self) -> bool {
        let is_stall = |stall: &BusStall| stall.from < stall.until;
        !self.stream.grant_latency.is_zero() || self.stall.as_ref().is_some_and(is_stall)
    }
}

fn rig_of(case: Case) -> Rig {
    let config = match case.direction {
        Direction::Output => ControllerConfig::with_output(case.stream),
        Direction::Input => ControllerConfig::with_input(case.stream),
    };
    let config = ControllerConfig {
        ppb: case.ppb,
        stalls: case.stall.into_iter().collect(),
        ..config
    };
    let mut rig = Rig::set_up(&config, case.plan);
    if case.snapshot {
        rig.controller.inject(Injection {
            id: 0,
            stream: 0,
            seed: 0,
            fault: EngineFault::BdlSnapshot.into(),
        });
    }
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
        Act::HoldBack(is_set) => rig.write(now, spec::SSYNC, is_set.into()),
        Act::Rewrite { entry, target } => {
            let place = |at: u64| usize::try_from(at % rig.plan.packets).unwrap();
            let made_for = rig.plan.list();
            rig.list[place(entry)].address = made_for[place(target)].address;
            let list = rig.list.clone();
            rig.controller.write_bdl(now, LIST, &list);
        }
        Act::Arm => {
            if rig.controller.stream_config(0).at_end == AtEnd::Halts {
                let list = u32::try_from(LIST).unwrap();
                rig.write(now, STREAM + spec::SD_BDPL, list);
            }
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

/// What the controller's actor does by `now`.
fn serve_events(rig: &mut Rig, now: Moment) {
    while let Some(event) = rig.controller.next_event().filter(|&event| event <= now) {
        rig.controller.settle(event);
    }
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
                prop_assert!(oracle.completions.len() > completed || case.is_slow());
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
                Act::Pause => oracle.pause(now),
                Act::Reset => {
                    oracle.pause(now);
                    oracle.reset();
                }
                Act::Acknowledge => oracle.has_status = false,
                Act::Look => {}
                Act::Arm => oracle.arm(now),
                Act::HoldBack(true) => oracle.hold_back(now),
                Act::HoldBack(false) => oracle.release(now),
                Act::Rewrite { entry, target } => oracle.rewrite(entry, target),
            }
            let round = case.plan.format.bytes_of(case.plan.frames()).get();
            let lpib = rig.read(now, STREAM + spec::SD_LPIB);
            prop_assert_eq!(u64::from(lpib), oracle.completed * oracle.frame % round);
            prop_assert_eq!(rig.position(now), oracle.completed);
            prop_assert_eq!(rig.fetched(now), oracle.moved);
            prop_assert_eq!(rig.status(now) & spec::sts::BCIS != 0, oracle.has_status);
            prop_assert_eq!(rig.status(now) & spec::sts::FIFOE != 0, oracle.has_lost);
            prop_assert_eq!(rig.memory(), oracle.memory.clone());
            let end = (oracle.armed + oracle.pending) * round;
            let halted = oracle.halts() && !oracle.is_fresh && oracle.moved >= end;
            prop_assert_eq!(rig.status(now) & spec::sts::HALTED != 0, halted);
        }
        prop_assert_eq!(heard(&rig), oracle.heard);
        let stalls = rig.controller.link_log(0).stalls().iter();
        let stalls: Vec<_> = stalls
            .map(|stall| (stall.run, stall.first.get(), stall.begins, stall.ends))
            .collect();
        prop_assert_eq!(stalls, oracle.stalls);
        oracle.completions.dedup();
        let due: Vec<_> = oracle.completions.iter().map(|moment| moment.time).collect();
        prop_assert!(case.is_slow() || events.iter().all(|event| due.contains(event)));
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
            serve_events(&mut plain, now);
            while let Some(look) = looks.next_if(|&look| look <= now) {
                serve_events(&mut watched, look);
                watched.position(look);
                watched.read(look, spec::INTSTS);
            }
            serve_events(&mut watched, now);
            act(&mut plain, now, what, whose);
            act(&mut watched, now, what, whose);
        }
        let end = end.at(Phase::React);
        for rig in [&mut plain, &mut watched] {
            serve_events(rig, end);
            rig.controller.settle(end);
        }
        prop_assert_eq!(plain.controller.link_log(0), watched.controller.link_log(0));
        prop_assert_eq!(plain.controller.next_event(), watched.controller.next_event());
        let notes = |rig: &mut Rig| rig.controller.take_notes().collect::<Vec<_>>();
        prop_assert_eq!(notes(&mut plain), notes(&mut watched));
        prop_assert_eq!(plain.controller.take_interrupt(), watched.controller.take_interrupt());
    }
}
