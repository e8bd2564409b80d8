//! Who comes first: time, phase, source, ordinal.

use units::Phase;
use vtime::sim::Role;
use vtime::{Context, Event, Reset};

use crate::stage::{MARK, lines, mark_at, marks, ms, world};

#[test]
fn ties_go_by_phase_then_by_source() {
    let mut world = world();
    let names = ["a", "b"].map(|name| world.actor(name));
    let phases = [Phase::React, Phase::Notify, Phase::Move, Phase::Commit];
    // Spawned the wrong way round in every respect: it does not matter.
    for phase in phases {
        for cx in names.iter().rev() {
            let name = format!("{}/{phase:?}", cx.name());
            let cx = world.actor(&name);
            world.spawn(
                &cx,
                Role::Foreground,
                mark_at(ms(5).at(phase), 0, cx.clone()),
            );
        }
    }
    world.run_until(ms(5)).unwrap();
    assert_eq!(
        lines(&world),
        [
            "5 Commit b/Commit 0",
            "5 Commit a/Commit 0",
            "5 Move b/Move 0",
            "5 Move a/Move 0",
            "5 Notify b/Notify 0",
            "5 Notify a/Notify 0",
            "5 React b/React 0",
            "5 React a/React 0",
        ],
        "sources are ordered as they were named, and these were named b first"
    );
}

#[test]
fn sources_are_ordered_by_first_naming_not_by_spawning() {
    let mut world = world();
    let (first, second) = (world.actor("first"), world.actor("second"));
    world.spawn(
        &second,
        Role::Foreground,
        mark_at(ms(1).commit(), 2, second.clone()),
    );
    world.spawn(
        &first,
        Role::Foreground,
        mark_at(ms(1).commit(), 1, first.clone()),
    );
    world.run_until(ms(1)).unwrap();
    assert_eq!(marks(&world), [1, 2]);
}

#[test]
fn a_set_wakes_in_the_phase_that_follows_from_its_own() {
    for (set_in, woken_in) in [
        (Phase::Commit, Phase::Commit),
        (Phase::Move, Phase::Notify),
        (Phase::Notify, Phase::React),
        (Phase::React, Phase::React),
    ] {
        let mut world = world();
        let event = world.event("event", Reset::Auto);
        let (waiter, setter) = (world.actor("waiter"), world.actor("setter"));
        let (cx, waits) = (waiter.clone(), event.clone());
        world.spawn(&waiter, Role::Foreground, async move {
            assert_eq!(waits.wait().await, 3);
            cx.record(&MARK, &[0]);
        });
        let cx = setter.clone();
        world.spawn(&setter, Role::Foreground, async move {
            cx.sleep_until(ms(2).at(set_in)).await;
            event.set(3);
        });
        world.run_until(ms(2)).unwrap();
        assert_eq!(lines(&world), [format!("2 {woken_in:?} waiter 0")]);
    }
}

/// A device that moves, an interrupt, a reaction: all at one instant, each in its phase, while
/// another actor's timer of that instant came before all of them.
#[test]
fn the_phases_of_an_instant_follow_each_other() {
    let mut world = world();
    let interrupt = world.event("interrupt", Reset::Auto);
    let notification = world.event("notification", Reset::Auto);
    // Named from the last to the first, so that only the phase can have ordered them.
    let names = ["client", "driver", "device", "timer"];
    let [client, driver, device, timer] = names.map(|name| world.actor(name));
    let (cx, event) = (client.clone(), notification.clone());
    world.spawn(&client, Role::Service, async move {
        event.wait().await;
        cx.record(&MARK, &[4]);
    });
    let (cx, event) = (driver.clone(), interrupt.clone());
    world.spawn(&driver, Role::Service, async move {
        event.wait().await;
        cx.record(&MARK, &[3]);
        notification.set(0);
    });
    let cx = device.clone();
    world.spawn(&device, Role::Foreground, async move {
        cx.sleep_until(ms(10).at(Phase::Move)).await;
        cx.record(&MARK, &[2]);
        interrupt.set(0);
    });
    world.spawn(
        &timer,
        Role::Foreground,
        mark_at(ms(10).commit(), 1, timer.clone()),
    );
    world.run_until(ms(10)).unwrap();
    assert_eq!(
        lines(&world),
        [
            "10 Commit timer 1",
            "10 Move device 2",
            "10 Notify driver 3",
            "10 React client 4",
        ]
    );
}

#[test]
fn run_until_includes_all_phases_of_its_instant_and_ends_there() {
    let mut world = world();
    let cx = world.actor("late");
    world.spawn(
        &cx,
        Role::Foreground,
        mark_at(ms(3).at(Phase::React), 0, cx.clone()),
    );
    world.run_until(ms(2)).unwrap();
    assert_eq!(world.now(), ms(2).at(Phase::React));
    assert!(marks(&world).is_empty());
    assert_eq!(world.next_event(), Some(ms(3)));
    world.run_until(ms(3)).unwrap();
    assert_eq!(marks(&world), [0]);
    assert_eq!(world.next_event(), None);
}

#[test]
fn a_step_is_one_event() {
    let mut world = world();
    let cx = world.actor("a");
    world.spawn(
        &cx,
        Role::Foreground,
        mark_at(ms(3).commit(), 0, cx.clone()),
    );
    assert_eq!(world.step(), Ok(true), "its first turn");
    assert_eq!((world.now(), world.events()), (ms(0).commit(), 1));
    assert_eq!(world.step(), Ok(true), "the end of its sleep");
    assert_eq!((world.now(), world.events()), (ms(3).commit(), 2));
    assert_eq!(world.step(), Ok(false));
}

#[test]
fn more_waits_than_lie_near_come_in_order() {
    let mut world = world();
    for n in 0..500_u64 {
        let cx = world.actor(&format!("actor {n}"));
        let when = ms(1 + n * 377 % 500).commit();
        world.spawn(
            &cx,
            Role::Foreground,
            mark_at(when, n * 377 % 500, cx.clone()),
        );
    }
    world.run_until(ms(1_000)).unwrap();
    assert_eq!(marks(&world), (0..500).collect::<Vec<_>>());
}
