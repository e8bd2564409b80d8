//! Runs that are taken up twice.

use engine::ProducerConfig;
use observers::Since;
use ring::Samples;
use units::{Frames, SimDuration};
use wasapi::{Act, TimerClientConfig};

use crate::bench::{Bench, Setup, at, every_10_ms, run};

fn setup() -> Setup {
    let mut setup = Setup {
        samples: Samples::Kept,
        service: SimDuration::from_micros(1_300),
        late: Some((5, SimDuration::from_millis(14))),
        ..Setup::default()
    };
    setup
        .actions
        .extend([at(101, Act::Pause), run(117), at(140, Act::Stop), run(150)]);
    setup
}

fn holds(bench: fn() -> Bench) {
    let whole = bench().run_until_ms(200);
    for millis in [1, 2, 5, 52, 60, 64, 65, 70, 101, 102, 111, 130, 145, 151] {
        let mut first = bench().run_until_ms(millis);
        let mut second = first.twin();
        for half in [&mut first, &mut second] {
            half.run_on_until_ms(200);
            let (history, expected) = (half.world.history(), whole.world.history());
            assert_eq!(history.digest(), expected.digest(), "split at {millis} ms");
            assert_eq!(half.device.borrow().bytes(), whole.device.borrow().bytes());
        }
    }
}

#[test]
fn truth6_an_exclusive_run_split_anywhere_goes_on_as_if_it_had_not_been() {
    holds(|| setup().exclusive(ProducerConfig::new(Frames::new(480))));
}

#[test]
fn truth6_a_timer_driven_run_split_anywhere_goes_on_as_if_it_had_not_been() {
    holds(|| {
        let mut setup = setup();
        setup.actions.push(at(65, Act::Rewrite));
        setup.timer(TimerClientConfig {
            service: SimDuration::from_micros(1_300),
            detector: Some(Since::FirstReading),
            ..every_10_ms()
        })
    });
}

#[test]
fn truth6_a_shared_run_split_anywhere_goes_on_as_if_it_had_not_been() {
    holds(|| setup().shared());
}
