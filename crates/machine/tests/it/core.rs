//! One processor, against a processor that is looked at in every tick.

use std::collections::VecDeque;
use std::rc::Rc;

use machine::{
    Core, CoreConfig, IdleState, JobId, Level, Load, Owner, Pace, Place, Request, Spent, Takes,
};
use proptest::prelude::*;
use units::{SimDuration, SimTime};
use vtime::Rng;

fn ticks(count: u64) -> SimDuration {
    SimDuration::from_ticks(count)
}

const fn at(count: u64) -> SimTime {
    SimTime::from_ticks(count)
}

const fn job(owner: u32, level: Level, work: u64) -> Request {
    Request::new(Owner::Actor(owner), level, SimDuration::from_ticks(work))
}

fn core(switch: u64, quantum: Option<u64>) -> Core {
    Core::new(CoreConfig {
        switch: ticks(switch),
        quantum: quantum.map(ticks),
        ..CoreConfig::default()
    })
}

/// When `job` was done, and where its time went.
fn finish(core: &mut Core, job: JobId) -> (u64, Spent) {
    let done = core.done(job);
    core.advance(done);
    let spent = core.take(job).expect("it is done when the core says so");
    (done.ticks(), spent)
}

/// What comes to a core: when, how urgent, how long it takes.
#[derive(Clone, Copy, Debug)]
struct Come {
    at: u64,
    level: Level,
    work: u64,
}

fn any_level() -> impl Strategy<Value = Level> {
    prop_oneof![
        4 => (0..3_u8).prop_map(Level::Thread),
        2 => Just(Level::Dispatch),
        1 => (3..5_u8).prop_map(Level::Device),
        1 => Just(Level::Firmware),
    ]
}

fn any_jobs() -> impl Strategy<Value = Vec<Come>> {
    let job = (0..60_u64, any_level(), 1..20_u64);
    let job = job.prop_map(|(at, level, work)| Come { at, level, work });
    prop::collection::vec(job, 1..12).prop_map(|mut jobs| {
        jobs.sort_by_key(|job| job.at);
        jobs
    })
}

/// When each of `jobs` had the core for the first time and when it was done, found out by looking
/// at every tick.
fn oracle(jobs: &[Come], switch: u64, quantum: Option<u64>) -> Vec<(u64, u64)> {
    let mut left: Vec<u64> = jobs.iter().map(|job| job.work).collect();
    let mut turns: Vec<u64> = vec![0; jobs.len()];
    let mut spans = vec![(None, 0); jobs.len()];
    let mut waiting: VecDeque<usize> = VecDeque::new();
    let (mut come, mut last) = (0, None);
    for now in 0.. {
        while come < jobs.len() && jobs[come].at <= now {
            waiting.push_back(come);
            come += 1;
        }
        // The first of the most urgent ones; the queue keeps the order within a level.
        let highest = waiting.iter().map(|place| jobs[*place].level).max();
        let Some(level) = highest else {
            if come == jobs.len() {
                break;
            }
            last = None;
            continue;
        };
        let turn = waiting.iter().position(|place| jobs[*place].level == level);
        let turn = turn.expect("the highest level is somebody's");
        let who = waiting[turn];
        if level.is_thread() && last != Some(who) {
            left[who] += switch;
            last = Some(who);
        }
        spans[who].0.get_or_insert(now);
        left[who] -= 1;
        turns[who] += 1;
        if left[who] == 0 {
            spans[who].1 = now + 1;
            waiting.remove(turn);
            continue;
        }
        let others = waiting
            .iter()
            .any(|place| *place != who && jobs[*place].level == level);
        // Somebody who comes at the very end of a turn is still in time to share.
        if level.is_thread() && quantum == Some(turns[who]) {
            turns[who] = 0;
            if others {
                waiting.remove(turn);
                waiting.push_back(who);
            }
        }
    }
    let done = |(begun, done): (Option<u64>, u64)| (begun.expect("every job runs"), done);
    spans.into_iter().map(done).collect()
}

/// The same jobs on the core of the model.
fn model(core: &mut Core, jobs: &[Come], looks: &[u64]) -> Vec<(u64, u64, Spent)> {
    let mut looks = looks
        .iter()
        .copied()
        .collect::<std::collections::BTreeSet<_>>();
    let ids: Vec<JobId> = (0_u32..)
        .zip(jobs)
        .map(|(owner, come)| {
            let before: Vec<u64> = looks.range(..come.at).copied().collect();
            for look in before {
                core.advance(at(look));
                looks.remove(&look);
            }
            core.submit(at(come.at), job(owner, come.level, come.work))
        })
        .collect();
    let ends: Vec<u64> = ids.iter().map(|id| core.done(*id).ticks()).collect();
    core.advance(at(100_000));
    let spent = ids.into_iter().map(|id| core.take(id).expect("it is done"));
    let both = jobs.iter().zip(ends).zip(spent);
    both.map(|((come, end), spent)| (come.at + spent.waited.ticks(), end, spent))
        .collect()
}

proptest! {
    /// Of threads that come at the same instant at which a turn ends the order is a matter of who
    /// is asked first, so turns are left to the tests below.
    #[test]
    fn cpu4_a_core_runs_what_a_core_that_is_watched_runs(jobs in any_jobs(), switch in 0..4_u64) {
        let watched = oracle(&jobs, switch, None);
        let mut core = core(switch, None);
        for ((begun, done), (came, (from, _, spent))) in
            watched.iter().zip(jobs.iter().zip(model(&mut core, &jobs, &[])))
        {
            prop_assert_eq!((*begun, done - came.at), (from, spent.total().ticks()));
        }
    }

    #[test]
    fn cpu11_the_parts_of_a_job_add_up_to_the_whole(jobs in any_jobs(), switch in 0..4_u64, quantum in 1..9_u64) {
        let mut core = core(switch, Some(switch + quantum));
        for (come, (_, _, spent)) in jobs.iter().zip(model(&mut core, &jobs, &[])) {
            prop_assert_eq!(spent.ran.ticks(), come.work);
            prop_assert_eq!(spent.switched.ticks() % switch.max(1), 0);
        }
    }

    #[test]
    fn cpu1_all_time_of_a_core_is_somebodys(jobs in any_jobs(), switch in 0..4_u64, quantum in 1..9_u64) {
        let mut core = core(switch, Some(switch + quantum));
        let done = model(&mut core, &jobs, &[]);
        let usage = core.usage();
        prop_assert_eq!(usage.total(), ticks(100_000));
        let of = |is: fn(Level) -> bool| -> u64 {
            let all = jobs.iter().zip(&done);
            all.filter(|(come, _)| is(come.level)).map(|(_, (_, _, spent))| (spent.ran + spent.switched).ticks()).sum()
        };
        prop_assert_eq!(usage.threads.ticks(), of(Level::is_thread));
        prop_assert_eq!(usage.dpcs.ticks(), of(|level| level == Level::Dispatch));
    }

    #[test]
    fn how_often_a_core_is_looked_at_changes_nothing(
        jobs in any_jobs(), switch in 0..4_u64, quantum in 1..9_u64, looks in prop::collection::vec(0..200_u64, 0..30)
    ) {
        let (mut seldom, mut often) = (core(switch, Some(switch + quantum)), core(switch, Some(switch + quantum)));
        for load in [&mut seldom, &mut often] {
            let takes = Takes::Always(ticks(3));
            load.load(Load::new(Level::Dispatch, Pace::Irregular { every: ticks(17) }, takes, Rng::new(7)));
        }
        let (one, other) = (model(&mut seldom, &jobs, &[]), model(&mut often, &jobs, &looks));
        prop_assert_eq!(one, other);
        prop_assert_eq!(seldom.usage(), often.usage());
    }
}

#[test]
fn cpu2_no_thread_runs_while_a_dpc_is_queued() {
    let mut core = core(0, None);
    let thread = core.submit(at(0), job(0, Level::Thread(31), 10));
    let first = core.submit(at(2), job(1, Level::Dispatch, 5));
    let second = core.submit(at(3), job(2, Level::Dispatch, 5));
    assert_eq!(finish(&mut core, first).0, 7);
    assert_eq!(finish(&mut core, second).0, 12, "queued behind the first");
    let (done, spent) = finish(&mut core, thread);
    assert_eq!((done, spent.preempted.ticks()), (20, 10));
}

#[test]
fn cpu3_what_is_queued_already_is_refused_and_counted() {
    let mut core = core(0, None);
    let pace = Pace::Regular {
        first: at(0),
        every: Some(ticks(10)),
    };
    let long = Takes::Always(ticks(25));
    core.load(Load::new(Level::Dispatch, pace, long, Rng::new(7)));
    core.advance(at(59));
    let load = &core.loads()[0];
    assert_eq!((load.came(), load.refused()), (6, 4), "0 and 30 ran");
    assert_eq!(core.usage().dpcs, ticks(50));
}

#[test]
fn cpu5_a_dpc_delays_its_own_core_and_no_other() {
    let mut cores = [core(0, None), core(0, None)];
    let busy = cores[0].submit(at(0), job(0, Level::Dispatch, 100));
    let waits = cores[0].submit(at(1), job(1, Level::Thread(15), 4));
    let runs = cores[1].submit(at(1), job(2, Level::Thread(15), 4));
    assert_eq!(finish(&mut cores[1], runs).0, 5);
    assert_eq!(finish(&mut cores[0], busy).0, 100);
    let (done, spent) = finish(&mut cores[0], waits);
    assert_eq!((done, spent.waited.ticks()), (104, 99));
}

#[test]
fn cpu6_firmware_stops_every_core_alike() {
    let mut done = Vec::new();
    for level in [Level::Thread(31), Level::Dispatch, Level::Clock] {
        let mut core = core(0, None);
        let pace = Pace::Regular {
            first: at(5),
            every: None,
        };
        let takes = Takes::Always(ticks(30));
        core.load(Load::new(Level::Firmware, pace, takes, Rng::new(7)));
        let work = core.submit(at(0), job(0, level, 10));
        done.push(finish(&mut core, work).0);
    }
    assert_eq!(done, [40, 40, 40]);
}

#[test]
fn threads_of_one_priority_have_the_core_in_turns() {
    let mut core = core(0, Some(10));
    let first = core.submit(at(0), job(0, Level::Thread(8), 25));
    let second = core.submit(at(3), job(1, Level::Thread(8), 15));
    // 0 to 10, 20 to 30 and 35 to 40; 10 to 20 and 30 to 35.
    assert_eq!(finish(&mut core, second).0, 35);
    assert_eq!(finish(&mut core, first).0, 40);
}

#[test]
fn who_is_alone_begins_a_new_turn_when_one_is_over() {
    let mut core = core(0, Some(10));
    let first = core.submit(at(0), job(0, Level::Thread(8), 100));
    let second = core.submit(at(25), job(1, Level::Thread(8), 4));
    assert_eq!(
        finish(&mut core, second).0,
        34,
        "the turn that runs ends at 30"
    );
    assert_eq!(finish(&mut core, first).0, 104);
}

#[test]
fn a_thread_that_goes_on_is_not_switched_to() {
    let mut core = core(3, None);
    let first = core.submit(at(0), job(0, Level::Thread(8), 5));
    let other = core.submit(at(1), job(1, Level::Thread(8), 5));
    assert_eq!(finish(&mut core, first).0, 8);
    let more = Request {
        place: Place::GoesOn,
        ..job(0, Level::Thread(8), 5)
    };
    let second = core.submit(at(8), more);
    let (done, spent) = finish(&mut core, second);
    assert_eq!(
        (done, spent.switched, spent.waited),
        (13, ticks(0), ticks(0))
    );
    assert_eq!(finish(&mut core, other).0, 21);
}

#[test]
fn cpu7_a_core_that_has_idled_for_long_takes_longer_to_wake() {
    let idle = vec![
        IdleState {
            residency: ticks(10),
            exit: ticks(2),
        },
        IdleState {
            residency: ticks(100),
            exit: ticks(20),
        },
    ];
    let mut core = Core::new(CoreConfig {
        idle,
        ..CoreConfig::default()
    });
    for (from, exit) in [(5, 0), (50, 2), (1_000, 20)] {
        let work = core.submit(at(from), job(0, Level::Device(5), 7));
        let (done, spent) = finish(&mut core, work);
        assert_eq!((done, spent.exited.ticks()), (from + exit + 7, exit));
        assert_eq!(spent.waited, ticks(0));
    }
}

#[test]
fn a_load_draws_its_lengths_from_a_table() {
    let table = machine::WakeTable::new(vec![
        machine::Knot {
            survivors: machine::WakeTable::WHOLE,
            latency: ticks(10),
        },
        machine::Knot {
            survivors: 0,
            latency: ticks(30),
        },
    ]);
    let takes = Takes::Drawn(Rc::new(table.unwrap()));
    let mut core = core(0, None);
    core.load(Load::new(
        Level::Dispatch,
        Pace::Irregular { every: ticks(100) },
        takes,
        Rng::new(7),
    ));
    core.advance(at(1_000_000));
    let busy = core.usage().dpcs.ticks();
    // Ten thousand of 20 on average, less those that come while one runs.
    assert!((185_000..205_000).contains(&busy), "{busy}");
    assert_eq!(core.loads()[0].came(), 10_000);
}
