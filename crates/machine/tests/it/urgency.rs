//! Boosts, multimedia threads, importance of DPCs, threaded DPCs.

use machine::{Budget, Core, CoreConfig, JobId, Level, Owner, Place, Request};
use proptest::prelude::*;
use units::{SimDuration, SimTime};

const fn ticks(count: u64) -> SimDuration {
    SimDuration::from_ticks(count)
}

const fn at(count: u64) -> SimTime {
    SimTime::from_ticks(count)
}

fn job(owner: u32, level: Level, work: u64) -> Request {
    Request::new(Owner::Actor(owner), level, ticks(work))
}

fn core(quantum: u64, budget: Option<Budget>) -> Core {
    Core::new(CoreConfig {
        quantum: Some(ticks(quantum)),
        budget,
        ..CoreConfig::default()
    })
}

fn end(core: &mut Core, job: JobId) -> u64 {
    let done = core.done(job);
    core.advance(done);
    core.take(job).expect("it is done when the core says so");
    done.ticks()
}

#[test]
fn cpu12_who_was_woken_goes_before_its_equals_for_one_turn() {
    for (boost, expected) in [(0, 65), (1, 45)] {
        let mut core = core(20, None);
        let hog = core.submit(at(0), job(0, Level::Thread(8), 50));
        let woken = Request {
            boost,
            ..job(1, Level::Thread(8), 25)
        };
        let woken = core.submit(at(10), woken);
        // Without a boost: the hog to 20, 20 of the other one, the hog to 60, and the rest.
        // With it: 20 of it at once, the 10 that were left of the hog's turn, and the rest.
        assert_eq!(end(&mut core, woken), expected, "{boost}");
        assert_eq!(end(&mut core, hog), 75);
    }
}

#[test]
fn cpu12_no_boost_lifts_a_thread_into_real_time_and_zero_stays_zero() {
    let boosted = |priority| Request {
        boost: 9,
        ..job(1, Level::Thread(priority), 5)
    };
    let mut core = core(1_000, None);
    let real_time = core.submit(at(0), job(0, Level::Thread(16), 50));
    let woken = core.submit(at(0), boosted(14));
    assert_eq!(end(&mut core, real_time), 50);
    assert_eq!(end(&mut core, woken), 55);
    let low = core.submit(at(60), job(0, Level::Thread(1), 50));
    let idle = core.submit(at(60), boosted(0));
    assert_eq!(end(&mut core, low), 110);
    assert_eq!(end(&mut core, idle), 115);
}

#[test]
fn cpu14_a_dpc_of_high_importance_goes_before_those_that_wait_and_stops_none() {
    let mut core = core(100, None);
    let runs = core.submit(at(0), job(0, Level::Dispatch, 10));
    let waits = core.submit(at(1), job(1, Level::Dispatch, 10));
    let first = Request {
        place: Place::First,
        ..job(2, Level::Dispatch, 10)
    };
    let first = core.submit(at(2), first);
    assert_eq!(
        [runs, first, waits].map(|job| end(&mut core, job)),
        [10, 20, 30]
    );
}

#[test]
fn cpu15_a_threaded_dpc_goes_before_every_thread_and_behind_every_other_dpc() {
    let mut core = core(100, None);
    let threaded = core.submit(at(0), job(0, Level::ThreadedDispatch, 10));
    let thread = core.submit(at(1), job(1, Level::Thread(31), 10));
    let dpc = core.submit(at(2), job(2, Level::Dispatch, 10));
    assert_eq!(
        [dpc, threaded, thread].map(|job| end(&mut core, job)),
        [12, 20, 30]
    );
    assert_eq!(core.usage().dpcs, ticks(20));
}

/// What comes: when, its place in the table of priorities, how long it takes.
#[derive(Clone, Copy, Debug)]
struct Come {
    at: u64,
    who: usize,
    work: u64,
}

/// Who competes: a priority that nobody else has, with its budget and without it.
const WHO: [(u8, u8, bool); 6] = [
    (20, 5, true),
    (14, 3, true),
    (8, 1, true),
    (21, 21, false),
    (9, 9, false),
    (2, 2, false),
];

fn any_jobs() -> impl Strategy<Value = Vec<Come>> {
    let job = (0..120_u64, 0..WHO.len(), 1..40_u64);
    let job = job.prop_map(|(at, who, work)| Come { at, who, work });
    prop::collection::vec(job, 1..14).prop_map(|mut jobs| {
        jobs.sort_by_key(|job| job.at);
        jobs
    })
}

/// When each job is done, found out by looking at every tick.
fn watched(jobs: &[Come], window: u64, budget: u64) -> Vec<u64> {
    let mut left: Vec<u64> = jobs.iter().map(|job| job.work).collect();
    let mut done = vec![0; jobs.len()];
    let mut used = 0;
    for now in 0.. {
        if now % window == 0 {
            used = 0;
        }
        if left.iter().all(|left| *left == 0) {
            break;
        }
        let urgency = |who: usize| {
            if used >= budget {
                WHO[who].1
            } else {
                WHO[who].0
            }
        };
        let ready = (0..jobs.len()).filter(|job| jobs[*job].at <= now && left[*job] > 0);
        // Of one priority there is one who, and of that the first job.
        let chosen = ready.min_by_key(|job| (std::cmp::Reverse(urgency(jobs[*job].who)), *job));
        let Some(chosen) = chosen else { continue };
        used += u64::from(WHO[jobs[chosen].who].2);
        left[chosen] -= 1;
        if left[chosen] == 0 {
            done[chosen] = now + 1;
        }
    }
    done
}

proptest! {
    #[test]
    fn cpu13_multimedia_threads_fall_behind_the_others_once_their_budget_is_spent(
        jobs in any_jobs(), budget in 1..20_u64, more in 0..10_u64
    ) {
        let window = budget + more;
        let mut core = core(100_000, Some(Budget { window: ticks(window), budget: ticks(budget) }));
        let ids: Vec<JobId> = (0_u32..).zip(&jobs).map(|(owner, come)| {
            let (priority, _, is_multimedia) = WHO[come.who];
            let request = Request { is_multimedia, ..job(owner, Level::Thread(priority), come.work) };
            core.submit(at(come.at), request)
        }).collect();
        core.advance(at(10_000));
        let spent = ids.into_iter().map(|id| core.take(id).expect("it is done").total().ticks());
        let ends: Vec<u64> = jobs.iter().zip(spent).map(|(come, spent)| come.at + spent).collect();
        prop_assert_eq!(ends, watched(&jobs, window, budget));
        prop_assert_eq!(core.usage().total(), ticks(10_000));
    }
}

/// 8.5 ms of work each 10 ms, of which 8 ms may be done at once, beside a hog: the work of pass k ends
/// k + 1 times half a millisecond behind the end of its window.
#[test]
fn s56_work_beyond_the_budget_waits_for_the_next_window() {
    let ms = SimDuration::from_millis;
    let mut core = core(1_000_000, Budget::of_responsiveness(20));
    core.submit(
        at(0),
        Request::new(Owner::Actor(9), Level::Thread(8), ms(1_000)),
    );
    let mut ready = SimTime::ZERO;
    for pass in 0..10 {
        let start = ready.max(SimTime::from_millis(10 * pass));
        let request = Request {
            is_multimedia: true,
            ..Request::new(
                Owner::Actor(0),
                Level::Thread(22),
                SimDuration::from_micros(8_500),
            )
        };
        let id = core.submit(start, request);
        ready = core.done(id);
        let half = SimDuration::from_micros(500).ticks();
        let expected = SimTime::from_millis(10 * (pass + 1)).ticks() + half * (pass + 1);
        assert_eq!(ready.ticks(), expected, "{pass}");
        core.advance(ready);
    }
}
