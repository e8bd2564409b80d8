//! What an actor may rely on is the same in virtual time and on the wall clock: one text of an
//! actor, served by both.

use live::{Stage, WallClock};
use tokio::runtime::Builder;
use tokio::task::LocalSet;
use units::{SimDuration, SimTime};
use vtime::sim::World;
use vtime::{
    Context, Descriptor, Event, Field, Host, Keep, Mailbox, Received, Reset, Sender, Woken,
};

static SEEN: Descriptor = Descriptor::new(
    "seen",
    &[
        Field {
            name: "what",
            unit: "1",
        },
        Field {
            name: "tag",
            unit: "1",
        },
    ],
);

const MS: SimDuration = SimDuration::from_millis(1);

/// Waits for a synchronization event as a thread does that is slow.
async fn slow<C: Context>(event: C::Event, cx: C) {
    loop {
        let tag = event.wait().await;
        cx.record(&SEEN, &[1, tag]);
        cx.sleep_until((cx.now() + MS + MS + MS).commit()).await;
    }
}

/// Gives up, if nothing comes for a while.
async fn impatient<C: Context>(event: C::Event, cx: C) {
    let woken = event.wait_until(Some((cx.now() + MS).commit())).await;
    assert_eq!(woken, Woken::Deadline);
    cx.record(&SEEN, &[2, 0]);
    // What is set wins over a deadline that has passed.
    event.set(7);
    let woken = event.wait_until(Some(SimTime::ZERO.commit())).await;
    assert_eq!(woken, Woken::Event(7));
    assert!(!event.is_set(), "one wait takes it");
    cx.record(&SEEN, &[2, 7]);
}

/// Sets events, counts what coalesces, and uses a mailbox and a child.
async fn conductor<C: Context>(event: C::Event, cx: C) {
    let pause = 20 * 1_000_000;
    let at = |step: u64| (SimTime::from_nanos((step + 1) * pause)).commit();
    cx.sleep_until(at(0)).await;
    // The first releases the waiter for good, the second stays pending, the third takes its place.
    event.set(1);
    event.set(2);
    event.set(3);
    cx.record(&SEEN, &[3, event.coalesced()]);
    cx.sleep_until(at(1)).await;
    let manual = cx.event("manual", Reset::Manual);
    let (sender, mailbox) = cx.mailbox::<u64>("numbers");
    for child in 0..2_u64 {
        let (manual, sender) = (manual.clone(), sender.clone());
        cx.spawn(&format!("child {child}"), move |_| async move {
            let tag = manual.wait().await;
            sender.send(10 * tag + child);
        });
    }
    drop(sender);
    cx.sleep_until(at(2)).await;
    manual.set(4);
    assert!(manual.is_set(), "until it is reset");
    while let Some(number) = mailbox.recv().await {
        cx.record(&SEEN, &[4, number]);
    }
    assert_eq!(mailbox.recv_until(Some(at(9))).await, Received::Closed);
    let drawn = cx.rng("what it draws").next_u64();
    cx.record(&SEEN, &[5, drawn]);
}

fn assemble(host: &mut impl Host) {
    let event = host.event("synchronization", Reset::Auto);
    let other = host.event("lonely", Reset::Auto);
    let cx = host.actor("slow");
    host.serve(&cx, slow(event.clone(), cx.clone()));
    let cx = host.actor("impatient");
    host.serve(&cx, impatient(other, cx.clone()));
    let cx = host.actor("conductor");
    host.serve(&cx, conductor(event, cx.clone()));
}

fn seen(history: &vtime::History) -> Vec<(String, Vec<u64>)> {
    let entries = history.entries();
    let told = entries.map(|entry| {
        let name = history.source_name(entry.source).to_owned();
        (name, entry.words().to_vec())
    });
    told.collect()
}

#[test]
fn an_actor_sees_the_same_in_virtual_time_and_on_the_wall_clock() {
    let until = SimTime::from_millis(200);
    let mut world = World::new(5, Keep::All);
    assemble(&mut world);
    world.run_until(until).unwrap();
    let expected = seen(&world.history());
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let history = LocalSet::new().block_on(&runtime, async {
        let clock = WallClock::start();
        let mut stage = Stage::new(clock, 5);
        assemble(&mut stage);
        let cx = stage.actor("watch");
        cx.sleep_until(until.commit()).await;
        stage.close().await
    });
    assert_eq!(seen(&history), expected);
    assert_eq!(expected.len(), 8, "{expected:?}");
}

#[test]
fn the_wall_clock_goes_on_and_is_one_for_all_threads() {
    let clock = WallClock::start();
    let first = clock.now();
    let on_another = std::thread::scope(|all| all.spawn(|| clock.now()).join().unwrap());
    let last = clock.now();
    assert!(first <= on_another && on_another <= last);
    assert!(
        last.time < SimTime::from_millis(600_000),
        "it began with the run"
    );
}
