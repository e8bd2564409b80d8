//! Events: auto- and manual-reset, coalescing, first come first served.

use proptest::prelude::*;
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Context, Event, Reset, Woken};

use crate::stage::{MARK, lines, marks, ms, world};

/// An actor that waits for `event` once and marks `n` times a thousand plus the tag.
fn spawn_waiter(world: &mut World, n: u64, event: &SimEvent) {
    let cx = world.actor(&format!("waiter {n}"));
    let event = event.clone();
    world.spawn(&cx.clone(), Role::Service, async move {
        let tag = event.wait().await;
        cx.record(&MARK, &[n * 1000 + tag]);
    });
}

/// An actor that does `what` at 1 ms.
fn spawn_at_1_ms(world: &mut World, what: impl FnOnce(&Cx) + 'static) {
    let cx = world.actor("doer");
    world.spawn(&cx.clone(), Role::Foreground, async move {
        cx.sleep_until(ms(1).commit()).await;
        what(&cx);
    });
}

#[test]
fn an_auto_reset_event_releases_one_waiter_per_set_first_come_first_served() {
    let mut world = world();
    let event = world.event("event", Reset::Auto);
    for n in 1..=4 {
        spawn_waiter(&mut world, n, &event);
    }
    let sets = event.clone();
    spawn_at_1_ms(&mut world, move |_| (1..=3).for_each(|tag| sets.set(tag)));
    world.run_until(ms(2)).unwrap();
    assert_eq!(marks(&world), [1001, 2002, 3003]);
    assert!(!event.is_set());
    assert_eq!(event.coalesced(), 0);
}

#[test]
fn a_manual_reset_event_releases_everybody_and_stays_set() {
    let mut world = world();
    let event = world.event("event", Reset::Manual);
    for n in 1..=3 {
        spawn_waiter(&mut world, n, &event);
    }
    let sets = event.clone();
    spawn_at_1_ms(&mut world, move |_| sets.set(5));
    world.run_until(ms(2)).unwrap();
    assert_eq!(marks(&world), [1005, 2005, 3005]);
    assert!(event.is_set());

    spawn_waiter(&mut world, 4, &event);
    world.run_until(ms(3)).unwrap();
    assert_eq!(marks(&world)[3..], [4005], "a set event holds nobody up");

    event.reset();
    spawn_waiter(&mut world, 5, &event);
    world.run_until(ms(4)).unwrap();
    assert_eq!(marks(&world).len(), 4, "one that was reset does");
}

#[test]
fn setting_a_set_event_coalesces_and_keeps_the_latest_tag() {
    for reset in [Reset::Auto, Reset::Manual] {
        let mut world = world();
        let event = world.event("event", reset);
        event.set(1);
        event.set(2);
        event.set(3);
        assert_eq!(event.coalesced(), 2);
        spawn_waiter(&mut world, 1, &event);
        spawn_waiter(&mut world, 2, &event);
        world.run_until(ms(1)).unwrap();
        let woken = if reset == Reset::Auto { 1 } else { 2 };
        assert_eq!(marks(&world), [1003, 2003][..woken]);
    }
}

#[test]
fn a_wait_for_a_set_event_is_over_at_once_and_takes_no_place_in_the_queue() {
    let mut world = world();
    let event = world.event("event", Reset::Auto);
    let cx = world.actor("a");
    world.spawn(&cx.clone(), Role::Foreground, async move {
        event.set(1);
        assert_eq!(event.wait().await, 1);
        event.set(2);
        let deadline = Some(cx.moment());
        assert_eq!(
            event.wait_until(deadline).await,
            Woken::Event(2),
            "not the deadline"
        );
        assert_eq!(event.wait_until(deadline).await, Woken::Deadline);
        cx.record(&MARK, &[0]);
    });
    assert_eq!(world.step(), Ok(true));
    assert_eq!(lines(&world), ["0 Commit a 0"], "all in its first turn");
}

#[test]
fn who_stopped_waiting_at_a_deadline_takes_no_set_from_others() {
    let mut world = world();
    let event = world.event("event", Reset::Auto);
    let cx = world.actor("hasty");
    let waits = event.clone();
    world.spawn(&cx.clone(), Role::Foreground, async move {
        let woken = waits.wait_until(Some(ms(1).commit())).await;
        assert_eq!(woken, Woken::Deadline);
        cx.sleep_until(ms(9).commit()).await;
    });
    spawn_waiter(&mut world, 1, &event);
    let cx = world.actor("setter");
    world.spawn(&cx.clone(), Role::Foreground, async move {
        cx.sleep_until(ms(2).commit()).await;
        event.set(7);
    });
    world.run_until(ms(10)).unwrap();
    assert_eq!(marks(&world), [1007]);
}

#[test]
fn a_set_before_the_deadline_wins_also_if_it_wakes_after_it() {
    let mut world = world();
    let event = world.event("event", Reset::Auto);
    let (setter, waiter) = (world.actor("setter"), world.actor("waiter"));
    let (cx, waits) = (waiter.clone(), event.clone());
    world.spawn(&waiter, Role::Foreground, async move {
        // The deadline lies between the set (move) and the wake-up that follows (notify).
        let deadline = ms(1).at(units::Phase::Move);
        assert_eq!(waits.wait_until(Some(deadline)).await, Woken::Event(4));
        cx.record(&MARK, &[0]);
        assert_eq!(
            waits.wait_until(Some(ms(2).commit())).await,
            Woken::Deadline
        );
        cx.record(&MARK, &[1]);
    });
    let cx = setter.clone();
    world.spawn(&setter, Role::Foreground, async move {
        cx.sleep_until(ms(1).at(units::Phase::Move)).await;
        event.set(4);
    });
    world.run_until(ms(3)).unwrap();
    assert_eq!(lines(&world), ["1 Notify waiter 0", "2 Commit waiter 1"]);
}

#[test]
fn a_handle_sets_its_event_and_is_equal_to_its_other_handles() {
    let mut world = world();
    let (one, other) = (
        world.event("one", Reset::Auto),
        world.event("one", Reset::Auto),
    );
    assert_eq!(one.handle(), one.clone().handle());
    assert_ne!(
        one.handle(),
        other.handle(),
        "the same name is not the same event"
    );
    assert_eq!(one.handle().name(), "one");
    one.handle().set(1);
    assert!(one.is_set() && !other.is_set());
}

/// What happens to the toy and to the real event.
#[derive(Clone, Debug)]
enum Move {
    Set,
    Reset,
    /// Another actor comes and waits.
    Wait,
}

/// A Windows event, the way its documentation tells it.
#[derive(Debug, Default)]
struct Toy {
    is_set: bool,
    waiting: Vec<u64>,
    released: Vec<u64>,
}

impl Toy {
    fn apply(&mut self, step: &Move, n: u64, reset: Reset) {
        match step {
            Move::Set => self.is_set = true,
            Move::Reset => self.is_set = false,
            Move::Wait => self.waiting.push(n),
        }
        while self.is_set && !self.waiting.is_empty() {
            self.released.push(self.waiting.remove(0));
            self.is_set = reset == Reset::Manual;
        }
    }
}

proptest! {
    #[test]
    fn an_event_releases_whom_windows_releases(
        is_manual: bool,
        moves in prop::collection::vec(
            prop_oneof![3 => Just(Move::Set), 1 => Just(Move::Reset), 4 => Just(Move::Wait)],
            0..60,
        ),
    ) {
        let reset = if is_manual { Reset::Manual } else { Reset::Auto };
        let mut world = world();
        let event = world.event("event", reset);
        let mut toy = Toy::default();
        for (n, step) in (0_u64..).zip(&moves) {
            match step {
                Move::Set => event.set(0),
                Move::Reset => event.reset(),
                Move::Wait => spawn_waiter(&mut world, n, &event),
            }
            toy.apply(step, n, reset);
            world.run_until(ms(n)).unwrap();
        }
        let released: Vec<_> = marks(&world).iter().map(|mark| mark / 1000).collect();
        prop_assert_eq!(released, toy.released);
        prop_assert_eq!(event.is_set(), toy.is_set);
    }
}
