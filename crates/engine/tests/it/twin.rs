//! A run that is taken up twice.

use engine::EngineConfig;
use ring::Samples;
use units::{SampleFormat, SimDuration};

use crate::bench::{Bench, format};

fn bench() -> Bench {
    let service = SimDuration::from_micros(300);
    let config = EngineConfig {
        service,
        ..EngineConfig::default()
    };
    let mut bench = Bench::new(config, Samples::Kept);
    bench.client(format(2, SampleFormat::S16), |index| {
        u32::try_from(index).unwrap().to_le_bytes().to_vec()
    });
    bench.late("engine", 5, SimDuration::from_millis(14));
    bench.late("client 0", 9, SimDuration::from_millis(25));
    bench.spawn();
    bench
}

#[test]
fn truth6_a_run_split_anywhere_goes_on_as_if_it_had_not_been() {
    let mut whole = bench();
    whole.run_until_ms(200);
    // Between passes, while the engine is late, while it serves, while the client is late.
    for millis in [0, 5, 55, 64, 70, 100, 110] {
        let mut first = bench();
        first.run_until_ms(millis);
        let mut second = first.twin();
        second.run_until_ms(200);
        assert_eq!(
            second.world.history().digest(),
            whole.world.history().digest()
        );
        assert_eq!(
            second.device.borrow().bytes(),
            whole.device.borrow().bytes()
        );
        first.run_until_ms(200);
        assert_eq!(
            first.world.history().digest(),
            whole.world.history().digest()
        );
    }
}
