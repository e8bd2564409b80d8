//! Sleeps end exactly when they should.

use units::{Clock, Phase, SampleRate, SimTime};
use vtime::Context;
use vtime::sim::Role;

use crate::stage::{MARK, marks, ms, world};

/// A frame is no whole number of microseconds, and no timer of a host could hit it.
#[test]
fn sleeps_until_frames_are_exact_for_an_hour() {
    for rate in [SampleRate::HZ_44100, SampleRate::HZ_48000] {
        let mut world = world();
        let cx = world.actor("converter");
        let clock = Clock::nominal(SimTime::ZERO, rate);
        world.spawn(&cx.clone(), Role::Foreground, async move {
            for n in (0..1_000).chain(3_600 * 44_100..3_600 * 44_100 + 1_000) {
                cx.sleep_until(clock.instant_of(n).at(Phase::Move)).await;
                cx.record(&MARK, &[cx.now().ticks()]);
            }
        });
        world.run_until(ms(4_000_000)).unwrap();
        let ticks_per_frame = 441_000_000_000 / u64::from(rate.hertz());
        let ticks = marks(&world);
        assert_eq!(ticks.len(), 2_000);
        assert_eq!(ticks[1], ticks_per_frame);
        assert_eq!(ticks[999], 999 * ticks_per_frame);
        assert_eq!(ticks[1_999], (3_600 * 44_100 + 999) * ticks_per_frame);
    }
}

#[test]
fn a_sleep_until_the_past_is_over_at_once() {
    let mut world = world();
    let cx = world.actor("a");
    world.spawn(&cx.clone(), Role::Foreground, async move {
        cx.sleep_until(ms(2).at(Phase::Notify)).await;
        for past in [
            ms(1).at(Phase::React),
            ms(2).commit(),
            ms(2).at(Phase::Notify),
        ] {
            cx.sleep_until(past).await;
            assert_eq!(cx.moment(), ms(2).at(Phase::Notify));
        }
        cx.sleep_until(ms(2).at(Phase::React)).await;
        assert_eq!(cx.moment(), ms(2).at(Phase::React));
    });
    world.run_until(ms(3)).unwrap();
}
