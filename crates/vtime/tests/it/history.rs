//! The history: what is kept, and the digest.

use vtime::sim::{Role, World};
use vtime::{Context, Descriptor, History, Keep, Rng};

use crate::stage::{MARK, ms};

static OTHER: Descriptor = Descriptor::new("other", &[]);

/// A run that uses all there is: several actors, phases, draws, events.
fn run(seed: u64, keep: Keep) -> World {
    let mut world = World::new(seed, keep);
    for name in ["a", "b", "c"] {
        let cx = world.actor(name);
        world.spawn(&cx.clone(), Role::Foreground, async move {
            let mut rng = cx.rng("steps");
            for _ in 0..100 {
                let step = units::SimDuration::from_nanos(1 + rng.below(1_000));
                cx.sleep_until((cx.now() + step).commit()).await;
                cx.record(&MARK, &[rng.next_u64()]);
            }
            cx.record(&OTHER, &[]);
        });
    }
    world.run_until(ms(10)).expect("a sound model");
    world
}

#[test]
fn two_runs_have_the_same_digest_whatever_they_keep() {
    let all = run(1, Keep::All);
    for keep in [Keep::All, Keep::Digest] {
        let other = run(1, keep);
        assert_eq!(other.history().digest(), all.history().digest());
        assert_eq!(other.history().count(), 303);
    }
    assert_ne!(
        run(2, Keep::Digest).history().digest(),
        all.history().digest()
    );
}

/// The same in every build and on every machine; a change of it is a change of every run.
#[test]
fn the_digest_of_a_run_is_golden() {
    assert_eq!(
        run(1, Keep::Digest).history().digest().to_string(),
        "c48241beb7e73d3b"
    );
}

#[test]
fn what_was_let_go_is_gone_and_still_in_the_digest() {
    let all = run(1, Keep::All);
    let mut world = run(1, Keep::All);
    world.forget_entries();
    let history = world.history();
    assert_eq!(history.entries().count(), 0);
    assert_eq!(history.digest(), all.history().digest());
    assert_eq!(history.count(), all.history().count());
}

#[test]
fn an_entry_says_what_it_is() {
    let world = run(1, Keep::All);
    let history = world.history();
    let first = history.entries().next().unwrap();
    let place = first.source.index();
    assert_eq!(history.source_name(first.source), ["a", "b", "c"][place]);
    assert_eq!(first.what, &MARK);
    assert_eq!(history.sources().collect::<Vec<_>>(), ["a", "b", "c"]);
    let text = format!("{first:?}");
    assert!(
        text.ends_with(&format!("Commit #{place} mark n={} 1", first.words()[0])),
        "{text}"
    );
}

#[test]
fn the_digest_covers_names_and_not_places() {
    let mut one = History::new(Keep::Digest);
    let mut other = History::new(Keep::Digest);
    other.add_source("somebody who does nothing");
    for history in [&mut one, &mut other] {
        let source = history.add_source("actor");
        history.record(ms(1).commit(), source, &MARK, &[1]);
    }
    assert_eq!(one.digest(), other.digest());
}

#[test]
#[should_panic(expected = "an entry has at most six words")]
fn a_seventh_word_is_refused() {
    let mut history = History::new(Keep::Digest);
    let source = history.add_source("actor");
    history.record(ms(1).commit(), source, &MARK, &[0; 7]);
}

#[test]
fn an_actors_stream_is_that_of_its_name() {
    let mut world = World::new(5, Keep::Digest);
    let cx = world.actor("a");
    assert_eq!(cx.rng("purpose"), Rng::of(5, "a", "purpose"));
}
