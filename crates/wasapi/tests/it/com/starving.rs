//! Clients that sleep: what a timer of so and so many milliseconds costs them.

use engine::STARVED;
use units::{SimDuration, SimTime};
use vtime::Context;
use wasapi::BufferMinimum;

use super::*;

/// Sleeps as `Sleep(millis)` does: up to the first tick of the system's timer that is not before.
async fn sleep_to_tick(cx: &Cx, millis: u64, tick: SimDuration) {
    let due = cx.now() + SimDuration::from_millis(millis);
    let ticks = due.ticks().div_ceil(tick.ticks());
    cx.sleep_until(SimTime::from_ticks(ticks * tick.ticks()).commit())
        .await;
}

/// Fills what is free.
fn refill(client: &AudioClient<Cx>) {
    let free = client.buffer_size().unwrap() - client.current_padding().unwrap();
    play(client, free.get(), 0.5);
}

/// Runs for `millis`; the passes that found less than a period, and how many frames were missing.
fn starving(stack: &mut Stack, millis: u64) -> (Vec<u64>, u64) {
    stack.run_until_ms(millis);
    let history = stack.world.history();
    let entries = history.entries();
    let (mut passes, mut missing) = (Vec::new(), 0);
    for entry in entries.filter(|entry| entry.what.name() == STARVED.name()) {
        passes.push(entry.moment.time.to_nanos_floor() / 10_000_000);
        missing += entry.words()[2];
    }
    (passes, missing)
}

/// A client of two periods that fills, starts, and then sleeps and fills for a second.
fn sleeper(sleep: u64, tick: SimDuration) -> (Vec<u64>, u64) {
    let mut stack = Stack::with_minimum(BufferMinimum::Periods(2));
    stack.client(move |cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 0).unwrap();
        assert_eq!(client.buffer_size(), Ok(Frames::new(960)));
        refill(&client);
        client.start().unwrap();
        while cx.now() < SimTime::from_millis(1000) {
            sleep_to_tick(&cx, sleep, tick).await;
            refill(&client);
        }
    });
    // The last pass of the second is that at 990 ms.
    let (passes, _) = starving(&mut stack, 1040);
    let first: Vec<u64> = passes.into_iter().filter(|pass| *pass < 100).collect();
    let missing = 480 * first.len() as u64;
    (first, missing)
}

#[test]
fn s62_a_timer_of_64_hertz_serves_sleep_10_and_starves_sleep_16() {
    let tick = SimDuration::from_micros(15_625);
    assert_eq!(sleeper(10, tick), (vec![], 0));
    let (passes, missing) = sleeper(16, tick);
    // 9 of every 25 passes: 36 of every 100.
    for quarter in 0..4 {
        let of_it = passes.iter().filter(|pass| **pass / 25 == quarter);
        assert_eq!(of_it.count(), 9, "{passes:?}");
    }
    assert_eq!(missing, 17_280);
}

#[test]
fn s63_sleep_21_starves_every_twenty_first_pass() {
    let (passes, missing) = sleeper(21, SimDuration::from_millis(1));
    assert_eq!((passes, missing), (vec![2, 23, 44, 65, 86], 2400));
}

#[test]
fn s64_half_a_second_of_delay_costs_a_buffer_of_one_second_nothing_and_11_ms_more_two_periods() {
    for (delay, starved) in [(500, vec![]), (511, vec![100, 101])] {
        let mut stack = Stack::new();
        stack.client(move |cx, enumerator| async move {
            let client = client(&cx, &enumerator);
            share(&client, 0, 1000).unwrap();
            refill(&client);
            client.start().unwrap();
            sleep_ms(&cx, 500 + delay).await;
            refill(&client);
            sleep_ms(&cx, 100).await;
        });
        let missing = 480 * starved.len() as u64;
        assert_eq!(starving(&mut stack, 1200), (starved, missing));
    }
}
