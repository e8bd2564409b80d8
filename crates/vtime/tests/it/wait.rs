//! Waits that are given up, and actors that wait for several things.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;

use vtime::sim::Role;
use vtime::{Context, Event, Mailbox, Received, Reset, Sender, Woken};

use crate::stage::{MARK, lines, marks, ms, world};

enum Either<A, B> {
    First(A),
    Second(B),
}

/// What is over first; the first if both are. The other stays where it was.
async fn either<A, B>(
    mut first: Pin<&mut impl Future<Output = A>>,
    mut second: Pin<&mut impl Future<Output = B>>,
) -> Either<A, B> {
    std::future::poll_fn(|task_context| {
        if let Poll::Ready(result) = first.as_mut().poll(task_context) {
            return Poll::Ready(Either::First(result));
        }
        second.as_mut().poll(task_context).map(Either::Second)
    })
    .await
}

#[test]
fn an_actor_may_wait_for_two_events_and_loses_neither() {
    let mut world = world();
    let [stop, data] = ["stop", "data"].map(|name| world.event(name, Reset::Auto));
    let [both, setter] = ["both", "setter"].map(|name| world.actor(name));
    let (waits_stop, waits_data) = (stop.clone(), data.clone());
    world.spawn(&both.clone(), Role::Foreground, async move {
        let mut until_stop = pin!(waits_stop.wait());
        loop {
            let until_data = pin!(waits_data.wait());
            match either(until_stop.as_mut(), until_data).await {
                Either::First(tag) => {
                    both.record(&MARK, &[100 + tag]);
                    return;
                }
                Either::Second(tag) => both.record(&MARK, &[tag]),
            }
        }
    });
    world.spawn(&setter.clone(), Role::Foreground, async move {
        for millis in 1..=3 {
            setter.sleep_until(ms(millis).commit()).await;
            data.set(millis);
        }
        setter.sleep_until(ms(4).commit()).await;
        stop.set(4);
        data.set(5);
        assert!(!data.is_set(), "it released the wait");
        setter.sleep_until(ms(5).commit()).await;
        assert!(
            data.is_set(),
            "which was given up and passed the release on"
        );
    });
    world.run_until(ms(10)).unwrap();
    assert_eq!(
        lines(&world),
        [
            "1 Commit both 1",
            "2 Commit both 2",
            "3 Commit both 3",
            "4 Commit both 104"
        ]
    );
}

#[test]
fn a_release_that_nobody_took_goes_to_the_next_in_line() {
    let mut world = world();
    let event = world.event("event", Reset::Auto);
    let [dropper, next, setter] = ["dropper", "next", "setter"].map(|name| world.actor(name));
    let waits = event.clone();
    world.spawn(&dropper.clone(), Role::Foreground, async move {
        let sleep = pin!(dropper.sleep_until(ms(1).commit()));
        // Its timer and the set fall on the same instant, and it looks at the timer alone.
        let _waiting = waits.wait();
        sleep.await;
        dropper.record(&MARK, &[1]);
    });
    let waits = event.clone();
    world.spawn(&next.clone(), Role::Foreground, async move {
        next.record(&MARK, &[waits.wait().await]);
    });
    world.spawn(&setter.clone(), Role::Foreground, async move {
        setter.sleep_until(ms(1).commit()).await;
        event.set(7);
        event.set(8);
    });
    world.run_until(ms(10)).unwrap();
    assert_eq!(marks(&world), [1, 7]);
}

/// Timers that are given up leave neither events nor memory behind.
#[test]
fn given_up_timers_are_no_events() {
    let mut world = world();
    let (sender, mailbox) = world.mailbox("box");
    let [reader, writer] = ["reader", "writer"].map(|name| world.actor(name));
    world.spawn(&reader, Role::Foreground, async move {
        let never = Some(ms(1_000_000).commit());
        while let Received::Message(()) = mailbox.recv_until(never).await {}
    });
    world.spawn(&writer.clone(), Role::Foreground, async move {
        for millis in 1..=1_000 {
            writer.sleep_until(ms(millis).commit()).await;
            sender.send(());
        }
    });
    world.run_until(ms(2_000)).unwrap();
    assert_eq!(world.next_event(), None);
    assert_eq!(world.events(), 2 + 2 * 1_000 + 1);
}

/// More pending waits than lie near, most of them given up: the order of the others stands.
#[test]
fn given_up_waits_leave_the_others_in_order() {
    let mut world = world();
    let release = world.event("release", Reset::Manual);
    for n in 0..300_u64 {
        let cx = world.actor(&format!("{n}"));
        let release = release.clone();
        let when = ms(10 + n * 7 % 300).commit();
        world.spawn(&cx.clone(), Role::Service, async move {
            if n % 3 != 0 {
                assert_eq!(release.wait_until(Some(when)).await, Woken::Event(0));
                return;
            }
            cx.sleep_until(when).await;
            cx.record(&MARK, &[n * 7 % 300]);
        });
    }
    world.run_until(ms(1)).unwrap();
    release.set(0);
    world.run_until(ms(1_000)).unwrap();
    let mut expected: Vec<_> = (0..300)
        .filter(|n| n % 3 == 0)
        .map(|n| n * 7 % 300)
        .collect();
    expected.sort_unstable();
    assert_eq!(marks(&world), expected);
}

#[test]
fn a_wait_that_is_kept_but_not_looked_at_is_not_lost() {
    let mut world = world();
    let event = world.event("event", Reset::Auto);
    let cx = world.actor("a");
    let setter = event.clone();
    world.spawn(&cx.clone(), Role::Foreground, async move {
        let mut waiting = pin!(event.wait());
        let mut early = pin!(cx.sleep_until(ms(2).commit()));
        let mut late = pin!(cx.sleep_until(ms(3).commit()));
        // Polls the wait once, then looks away while it is released and its timers end.
        let polled = std::future::poll_fn(|task| Poll::Ready(waiting.as_mut().poll(task))).await;
        assert!(polled.is_pending());
        late.as_mut().await;
        early.as_mut().await;
        assert_eq!(waiting.await, 5);
        cx.record(&MARK, &[0]);
    });
    world.run_until(ms(1)).unwrap();
    setter.set(5);
    world.run_until(ms(4)).unwrap();
    assert_eq!(lines(&world), ["3 Commit a 0"]);
}

/// Worlds are dropped with actors in mid-wait, in every kind of wait.
#[test]
fn a_world_can_be_dropped_at_any_time() {
    let mut world = world();
    let event = world.event("event", Reset::Auto);
    let (sender, mailbox) = world.mailbox("box");
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| world.actor(name));
    let waits = event.clone();
    world.spawn(&a, Role::Service, async move {
        waits.wait().await;
    });
    let waits = event.clone();
    world.spawn(&b, Role::Service, async move {
        waits.wait_until(Some(ms(9).commit())).await;
    });
    world.spawn(&c.clone(), Role::Service, async move {
        c.sleep_until(ms(9).commit()).await;
    });
    world.spawn(&d, Role::Service, async move {
        mailbox.recv_until(Some(ms(9).commit())).await;
    });
    world.run_until(ms(1)).unwrap();
    event.set(1);
    sender.send(1);
    drop(world);
    assert!(event.is_set(), "nobody took it");
    event.set(2);
    sender.send(2);
}
