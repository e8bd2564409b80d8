//! What comes of the shipped scenarios, and that nothing else can come of them.

use std::fmt::Write as _;
use std::path::PathBuf;

use scenario::{Run, RunOptions, Scenario, Stack, run, shipped};
use units::{SimDuration, SimTime};
use vtime::sim::{Role, World};
use vtime::{Context, Entry, History, Keep};

use crate::sounds;

const EVERYTHING: RunOptions = RunOptions {
    seed: None,
    keep_history: true,
    keep_samples: true,
};

fn play(text: &str, options: &RunOptions) -> Run {
    let scenario = Scenario::parse(text).unwrap();
    run(&scenario, &sounds::of(&scenario), options).unwrap()
}

pub(crate) fn named(name: &str) -> Scenario {
    let found = shipped().iter().find(|each| each.name == name);
    Scenario::parse(found.unwrap_or_else(|| panic!("{name} is shipped")).text).unwrap()
}

#[test]
fn every_shipped_scenario_meets_what_it_expects() {
    let mut failures = String::new();
    for each in shipped() {
        let run = play(each.text, &RunOptions::default());
        for figure in run.result.expect.iter().filter(|figure| !figure.met) {
            let (what, expected, actual) = (&figure.what, &figure.expected, &figure.actual);
            writeln!(
                failures,
                "{}: {what}: expected {expected}, got {actual}",
                each.path
            )
            .unwrap();
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// An expectation that is not met is told, so the test above can fail.
#[test]
fn a_figure_that_is_off_by_one_is_noticed() {
    let text = shipped()
        .iter()
        .find(|each| each.name.starts_with("s05"))
        .unwrap()
        .text;
    for (right, wrong) in [
        ("stale = 192", "stale = 191"),
        ("first-frame = 2880", "first-frame = 2881"),
        ("cause = \"ready_wait\"", "cause = \"\""),
        ("STATUS_DATA_LATE_ERROR = 1", "STATUS_DATA_LATE_ERROR = 2"),
        ("reported = { STATUS_DATA_LATE_ERROR = 1 }", "reported = {}"),
        ("min = -4000000", "min = -4000001"),
    ] {
        assert!(text.contains(right), "{right}");
        let run = play(&text.replace(right, wrong), &RunOptions::default());
        let missed = run.result.expect.iter().filter(|each| !each.met).count();
        assert_eq!((missed, run.result.met), (1, false), "{wrong}");
    }
}

/// One line per scenario. A person reads the difference when it changes; `BLESS=1` writes it.
#[test]
fn the_digest_of_every_shipped_scenario_is_known() {
    let mut digests = String::new();
    for each in shipped() {
        let run = play(each.text, &EVERYTHING);
        let heard = run.heard.first().map(scenario::Heard::hash);
        let recorded = || run.recorded[0].hash();
        let heard = heard.unwrap_or_else(recorded);
        let (digest, events) = (&run.result.digest, run.result.events);
        writeln!(digests, "{:<45} {digest} {heard} {events:>6}", each.path).unwrap();
    }
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/it/snapshots/digests.txt"]
        .iter()
        .collect();
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &digests).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap();
    for (now, known) in digests.lines().zip(known.lines()) {
        assert_eq!(
            now, known,
            "a digest changed: read the difference, then BLESS=1"
        );
    }
    assert_eq!(digests, known);
}

fn assert_same_history(one: &History, other: &History, what: &str) {
    let names =
        |history: &History| -> Vec<String> { history.sources().map(str::to_owned).collect() };
    assert_eq!(names(one), names(other), "{what}");
    for (one, other) in one.entries().zip(other.entries()) {
        assert_eq!(one, other, "{what}: the first entry that differs");
    }
    assert_eq!(one.digest(), other.digest(), "{what}");
}

#[test]
fn the_same_scenario_gives_the_same_history_twice() {
    for each in shipped() {
        let (one, other) = (play(each.text, &EVERYTHING), play(each.text, &EVERYTHING));
        assert_same_history(&one.history, &other.history, each.path);
        assert_eq!(one.heard, other.heard, "{}", each.path);
        assert_eq!(one.recorded, other.recorded, "{}", each.path);
        assert_eq!(one.result, other.result, "{}", each.path);
    }
}

#[test]
fn truth5_what_is_kept_changes_nothing_that_happens() {
    for each in shipped() {
        let whole = play(each.text, &EVERYTHING);
        let bare = play(each.text, &RunOptions::default());
        assert_eq!(whole.result.digest, bare.result.digest, "{}", each.path);
        let mut result = whole.result;
        for endpoint in &mut result.endpoints {
            let has_sound = endpoint.heard_hash.take().is_some();
            // A stream that goes past the software engine is heard in the mix only.
            let is_heard = endpoint.flow == "render" && endpoint.offload.is_none();
            assert_eq!(has_sound, is_heard);
        }
        for client in &mut result.clients {
            let tape = client.recorded.as_mut();
            assert!(tape.is_none_or(|tape| tape.hash.take().is_some()));
        }
        assert_eq!(result, bare.result, "{}", each.path);
        assert!(bare.heard.is_empty() && bare.recorded.is_empty());
        assert!(bare.history.entries().next().is_none());
    }
}

/// Somebody who wakes every millisecond, does nothing, and was there first.
async fn idle<C: Context>(cx: C) {
    loop {
        cx.sleep_until((cx.now() + SimDuration::from_millis(1)).commit())
            .await;
    }
}

#[test]
fn an_idle_actor_changes_no_other_actors_history() {
    for name in [
        "s05-14-ms-on-the-ring",
        "s10-client-21-ms-late",
        "s22a-dpc-coalescing",
        "s43-stale-priming",
    ] {
        let scenario = named(name);
        let alone = run(&scenario, &sounds::of(&scenario), &EVERYTHING).unwrap();
        let mut world = World::new(scenario.seed, Keep::All);
        let cx = world.actor("idle");
        world.spawn(&cx, Role::Service, idle(cx.clone()));
        let stack = Stack::assemble_in(world, &scenario, &sounds::of(&scenario), &EVERYTHING);
        let beside = stack.unwrap().finish().unwrap();

        assert!(beside.result.events > alone.result.events + 400, "{name}");
        let entries = |run: &Run| -> Vec<String> {
            let line = |entry: &Entry| {
                let source = run.history.source_name(entry.source);
                format!(
                    "{source} {:?} {} {:?}",
                    entry.moment,
                    entry.what.name(),
                    entry.words()
                )
            };
            run.history.entries().map(line).collect()
        };
        assert_eq!(entries(&alone), entries(&beside), "{name}");
        assert_eq!(alone.result.digest, beside.result.digest, "{name}");
        assert_eq!(alone.heard, beside.heard, "{name}");
    }
}

#[test]
fn truth6_a_run_taken_up_twice_ends_twice_the_same() {
    for name in [
        "s05-14-ms-on-the-ring",
        "s10-client-21-ms-late",
        "s22a-dpc-coalescing",
        "s24b-forced-early-write",
        "s43-stale-priming",
        "s48-pause",
        "f23a-bdl-live",
    ] {
        let scenario = named(name);
        let inputs = sounds::of(&scenario);
        let whole = run(&scenario, &inputs, &EVERYTHING).unwrap();
        for micros in [
            0, 5_000, 49_999, 50_000, 55_000, 60_020, 63_970, 71_500, 120_000, 499_999,
        ] {
            let mut stack = Stack::assemble(&scenario, &inputs, &EVERYTHING).unwrap();
            stack
                .run_until(SimTime::ZERO + SimDuration::from_micros(micros))
                .unwrap();
            let twin = stack.fork();
            let what = format!("{name} split at {micros} us");
            for half in [twin.finish().unwrap(), stack.finish().unwrap()] {
                assert_same_history(&whole.history, &half.history, &what);
                assert_eq!(whole.heard, half.heard, "{what}");
                assert_eq!(whole.result, half.result, "{what}");
            }
        }
    }
}

/// Also in the middle of an instant: between any two events around the late wake-up.
#[test]
fn truth6_a_run_is_split_between_any_two_events() {
    for name in [
        "s05-14-ms-on-the-ring",
        "s10-client-21-ms-late",
        "s22a-dpc-coalescing",
    ] {
        let scenario = named(name);
        let inputs = sounds::of(&scenario);
        let whole = run(&scenario, &inputs, &RunOptions::default()).unwrap();
        let mut stack = Stack::assemble(&scenario, &inputs, &RunOptions::default()).unwrap();
        for events in 1..60 {
            assert!(
                stack.step().unwrap(),
                "{name} has more than {events} events"
            );
            let twin = stack.fork().finish().unwrap();
            assert_eq!(
                whole.result, twin.result,
                "{name} split after {events} events"
            );
        }
        assert_eq!(whole.result, stack.finish().unwrap().result, "{name}");
    }
}

/// The position stands still for 100 ms, so the packet that was half played ends 100 ms later.
#[test]
fn s48_notification_6_comes_at_160_ms() {
    let scenario = named("s48-pause");
    let run = run(&scenario, &sounds::of(&scenario), &EVERYTHING).unwrap();
    let notified = run
        .history
        .entries()
        .filter(|entry| *entry.what == machine::NOTIFICATION)
        .map(|entry| {
            (
                entry.words()[0],
                entry.moment.time.to_nanos_floor() / 1_000_000,
            )
        })
        .take(7);
    let expected = [
        (1, 10),
        (2, 20),
        (3, 30),
        (4, 40),
        (5, 50),
        (6, 160),
        (7, 170),
    ];
    assert_eq!(notified.collect::<Vec<_>>(), expected);
}
