//! How a run ends: well, in a deadlock, or because time stands still.

use vtime::sim::{Role, RunError, Waiting};
use vtime::{Context, Event, Mailbox, Reset};

use crate::stage::{mark_at, ms, world};

fn waiting(actor: &str, what: &str) -> Waiting {
    Waiting {
        actor: actor.into(),
        what: what.into(),
    }
}

#[test]
fn a_deadlock_lists_who_waits_for_what() {
    let mut world = world();
    let event = world.event("notification event", Reset::Auto);
    let (sender, mailbox) = world.mailbox::<u64>("engine commands");
    let [client, engine, lost, done] =
        ["client", "engine", "lost", "done"].map(|name| world.actor(name));
    let cx = client.clone();
    world.spawn(&client, Role::Foreground, async move {
        cx.sleep_until(ms(3).commit()).await;
        event.wait().await;
        drop(sender);
    });
    world.spawn(&engine, Role::Service, async move {
        mailbox.recv().await;
    });
    world.spawn(&lost, Role::Service, std::future::pending());
    world.spawn(
        &done,
        Role::Foreground,
        mark_at(ms(4).commit(), 0, done.clone()),
    );
    let error = world.run_until(ms(100)).unwrap_err();
    assert_eq!(
        error,
        RunError::Deadlock {
            at: ms(4).commit(),
            waiting: vec![
                waiting("client", "notification event"),
                waiting("engine", "engine commands"),
                waiting("lost", "nothing this world knows"),
            ],
        }
    );
    assert_eq!(
        error.to_string(),
        "deadlock at 4.000 ms: nothing is left to happen, but these still wait: `client` for \
         `notification event`, `engine` for `engine commands`, `lost` for `nothing this world \
         knows`; somebody has to set, send or end, or be spawned as a service"
    );
}

#[test]
fn services_that_wait_when_the_foreground_is_done_are_no_deadlock() {
    let mut world = world();
    let event = world.event("never", Reset::Auto);
    let [service, main] = ["service", "main"].map(|name| world.actor(name));
    world.spawn(&service, Role::Service, async move {
        event.wait().await;
    });
    world.spawn(
        &main,
        Role::Foreground,
        mark_at(ms(1).commit(), 0, main.clone()),
    );
    world.run_until(ms(10)).unwrap();
    assert_eq!(world.now().time, ms(10));
}

#[test]
fn who_waits_beyond_the_limit_is_no_deadlock() {
    let mut world = world();
    let main = world.actor("main");
    world.spawn(
        &main,
        Role::Foreground,
        mark_at(ms(50).commit(), 0, main.clone()),
    );
    world.run_until(ms(10)).unwrap();
}

/// Two actors that set each other's events for ever, without a moment passing.
#[test]
fn actors_that_wake_each_other_within_an_instant_are_stopped() {
    let mut world = world();
    world.set_events_per_instant_max(1_000);
    let events = ["ping", "pong"].map(|name| world.event(name, Reset::Auto));
    for (at, name) in ["pinger", "ponger"].into_iter().enumerate() {
        let cx = world.actor(name);
        let (waits, sets) = (events[at].clone(), events[1 - at].clone());
        world.spawn(&cx, Role::Service, async move {
            loop {
                waits.wait().await;
                sets.set(0);
            }
        });
    }
    let main = world.actor("main");
    let first = events[0].clone();
    let cx = main.clone();
    world.spawn(&main, Role::Foreground, async move {
        cx.sleep_until(ms(2).commit()).await;
        first.set(0);
    });
    let error = world.run_until(ms(10)).unwrap_err();
    let RunError::TimeStandsStill { at, actor, events } = &error else {
        panic!("{error}");
    };
    assert_eq!((*at, *events), (ms(2).commit(), 1_000));
    assert!(["pinger", "ponger"].contains(&actor.as_str()));
    assert!(world.events() < 2_010, "after {} events", world.events());
    assert!(
        error
            .to_string()
            .starts_with("time stands still at 2.000 ms: after 1000 events")
    );
    assert_eq!(world.run_until(ms(10)), Err(error), "and it stays so");
}

/// It never comes back to the world: the waits themselves have to notice.
#[test]
fn an_actor_that_waits_for_a_set_event_over_and_over_is_stopped() {
    let mut world = world();
    world.set_events_per_instant_max(1_000);
    let event = world.event("always set", Reset::Manual);
    event.set(0);
    let cx = world.actor("spinner");
    world.spawn(&cx, Role::Foreground, async move {
        loop {
            event.wait().await;
        }
    });
    let error = world.run_until(ms(1)).unwrap_err();
    assert!(matches!(error, RunError::TimeStandsStill { ref actor, .. } if actor == "spinner"));
}

#[test]
fn an_actor_that_sleeps_until_now_over_and_over_is_stopped() {
    let mut world = world();
    world.set_events_per_instant_max(1_000);
    let cx = world.actor("sleeper");
    world.spawn(&cx.clone(), Role::Foreground, async move {
        loop {
            cx.sleep_until(cx.moment()).await;
        }
    });
    let error = world.run_until(ms(1)).unwrap_err();
    assert!(matches!(error, RunError::TimeStandsStill { ref actor, .. } if actor == "sleeper"));
}

#[test]
fn many_events_at_many_instants_are_no_standstill() {
    let mut world = world();
    world.set_events_per_instant_max(u64::MAX);
    world.set_events_per_instant_max(10);
    let cx = world.actor("busy");
    world.spawn(&cx.clone(), Role::Foreground, async move {
        for millis in 1..1_000 {
            cx.sleep_until(ms(millis).commit()).await;
        }
    });
    world.run_until(ms(1_000)).unwrap();
}

#[test]
#[should_panic(expected = "actor `twice` is alive")]
fn an_actor_is_spawned_once() {
    let mut world = world();
    let cx = world.actor("twice");
    world.spawn(&cx, Role::Service, std::future::pending());
    world.spawn(&cx, Role::Service, std::future::pending());
}

#[test]
#[should_panic(expected = "only an actor of its world awaits")]
fn nobody_else_awaits() {
    let mut world = world();
    let event = world.event("event", Reset::Auto);
    drop(event.wait());
}
