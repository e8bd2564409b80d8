//! What one actor does not do to another.

use vtime::sim::{Cx, Role, World};
use vtime::{Context, Event, Keep, Reset};

use crate::stage::{MARK, lines, ms};

/// A device and two clients with jitter of their own; `idle` more actors named in between.
fn run(idle: &[usize]) -> World {
    let mut world = World::new(11, Keep::All);
    let event = world.event("event", Reset::Auto);
    let names = ["device", "client 1", "client 2"];
    let mut actors: Vec<Cx> = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        if idle.contains(&at) {
            let idler = world.actor(&format!("idle {at}"));
            let mut rng = idler.rng("jitter");
            world.spawn(&idler.clone(), Role::Service, async move {
                loop {
                    rng.next_u64();
                    let next = idler.now() + units::SimDuration::from_micros(333);
                    idler.sleep_until(next.commit()).await;
                }
            });
        }
        actors.push(world.actor(name));
    }
    for cx in &actors[1..] {
        let (cx, waits) = (cx.clone(), event.clone());
        world.spawn(&cx.clone(), Role::Service, async move {
            let mut rng = cx.rng("jitter");
            loop {
                let tag = waits.wait().await;
                let delay = units::SimDuration::from_nanos(rng.below(1_000_000));
                cx.sleep_until((cx.now() + delay).commit()).await;
                cx.record(&MARK, &[tag, rng.next_u64()]);
            }
        });
    }
    let cx = actors[0].clone();
    world.spawn(&cx.clone(), Role::Foreground, async move {
        for n in 1..50 {
            cx.sleep_until(ms(n).at(units::Phase::Move)).await;
            event.set(n);
        }
    });
    world.run_until(ms(60)).expect("a sound model");
    world
}

#[test]
fn an_idle_actor_more_changes_no_other_actors_entries_or_draws() {
    let without = run(&[]);
    for idle in [&[0][..], &[1], &[2], &[0, 1, 2]] {
        let with = run(idle);
        assert_eq!(lines(&with), lines(&without), "idle actors before {idle:?}");
        assert_eq!(with.history().digest(), without.history().digest());
    }
}

/// Worlds in one process share nothing: a run after another, or in turns with it, is the same.
#[test]
fn worlds_do_not_meet() {
    let alone = run(&[]).history().digest();
    let other = run(&[1]);
    assert_eq!(run(&[]).history().digest(), alone);
    drop(other);
}

#[test]
fn a_child_is_called_after_its_parent_and_its_name_can_be_used_again() {
    let mut world = World::new(11, Keep::All);
    let parent = world.actor("parent");
    world.spawn(&parent.clone(), Role::Foreground, async move {
        for n in 1..=3 {
            parent.spawn("child", |cx| async move {
                cx.sleep_until(ms(10 * n + 5).commit()).await;
                cx.record(&MARK, &[n]);
            });
            parent.sleep_until(ms(10 * n + 8).commit()).await;
        }
    });
    world.run_until(ms(100)).unwrap();
    assert_eq!(
        lines(&world),
        [
            "15 Commit parent/child 1",
            "25 Commit parent/child 2",
            "35 Commit parent/child 3",
        ]
    );
    assert_eq!(world.history().sources().len(), 2);
}

#[test]
#[should_panic(expected = "an actor called `parent/child` is alive")]
fn two_children_of_one_name_are_refused() {
    let mut world = World::new(11, Keep::All);
    let parent = world.actor("parent");
    world.spawn(&parent.clone(), Role::Foreground, async move {
        parent.spawn("child", |_| std::future::pending());
        parent.spawn("child", |_| std::future::pending());
    });
    drop(world.step());
}
