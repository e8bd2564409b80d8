//! A crystal that wanders: wall clock and streams do it together, whoever looks.

use hardware::{ControllerConfig, CrystalWalk, spec};
use proptest::prelude::*;
use units::{Moment, Phase, SampleFormat, SimTime};

use crate::rig::{Plan, Rig, ms, stereo};

const WALK: CrystalWalk = CrystalWalk::up_to(1_000_000, 7);

fn wandering(config: ControllerConfig, wander: CrystalWalk) -> ControllerConfig {
    ControllerConfig {
        ppb: 100_000,
        wander: Some(wander),
        ..config
    }
}

fn cycles(rig: &mut Rig, at: SimTime) -> i64 {
    rig.read(at.at(Phase::Move), spec::WALCLK).into()
}

/// What the wall clock gains in each second is the rate of that second, to the cycle.
#[test]
fn its_rate_changes_by_the_second_in_small_steps_and_stays_near() {
    let mut rig = Rig::set_up(&wandering(ControllerConfig::k0(), WALK), Plan::k0());
    let shown: Vec<_> = (0..170)
        .map(|second| cycles(&mut rig, ms(second * 1_000)))
        .collect();
    let gained: Vec<_> = shown.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!((gained[0] - 24_002_400).abs() <= 1, "the offset at first");
    for pair in gained.windows(2) {
        // Steps of up to 5000 parts per 10^9 are 120 cycles; a cycle to either side is rounding.
        assert!((pair[1] - pair[0]).abs() <= 121, "{pair:?}");
        assert!((pair[1] - 24_002_400).abs() <= 24_001);
    }
    let distinct: std::collections::BTreeSet<_> = gained.iter().collect();
    assert!(distinct.len() > 50, "it wanders");

    let mut rig = Rig::set_up(&wandering(ControllerConfig::k0(), WALK), Plan::k0());
    let halfway = cycles(&mut rig, ms(1_500));
    let middle = i128::from(shown[1]) + i128::from(shown[2]);
    assert!(
        (i128::from(halfway) * 2 - middle).abs() <= 2,
        "a rate is constant for a second"
    );
}

/// 500 cycles are a link frame, for ever.
#[test]
fn streams_and_wall_clock_share_it() {
    let mut rig = Rig::set_up(&wandering(ControllerConfig::hd_audio(), WALK), Plan::k0());
    rig.run(SimTime::ZERO.commit());
    for event in rig.interrupts(5_000) {
        assert_eq!(event.phase, Phase::Move);
    }
    let mut at = rig.controller.next_event().unwrap().time;
    for n in 0..2_000_u64 {
        at = SimTime::from_ticks(at.ticks() + 1_000_003 * n);
        let cycles = u64::from(rig.read(at.at(Phase::Move), spec::WALCLK));
        assert_eq!(rig.position(at.at(Phase::Move)), cycles / 500, "{at:?}");
    }
}

#[test]
fn another_seed_is_another_walk_and_the_same_seed_the_same() {
    let shown = |seed| {
        let config = wandering(ControllerConfig::k0(), CrystalWalk { seed, ..WALK });
        cycles(&mut Rig::set_up(&config, Plan::k0()), ms(100_000))
    };
    assert_eq!(shown(1), shown(1));
    assert_ne!(shown(1), shown(2));
}

#[test]
fn no_walk_is_a_walk_of_nothing() {
    let plan = Plan {
        format: stereo(44_100, SampleFormat::S16),
        ..Plan::k0()
    };
    let events = |wander| {
        let config = ControllerConfig {
            ppb: -3_950,
            wander,
            ..ControllerConfig::hd_audio()
        };
        let mut rig = Rig::set_up(&config, plan);
        rig.run(SimTime::ZERO.commit());
        rig.interrupts(1_000)
    };
    assert_eq!(events(None), events(Some(CrystalWalk::up_to(0, 7))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    /// Who looks, and when, changes nothing.
    #[test]
    fn looking_changes_nothing(
        seed: u64,
        is_hd_audio: bool,
        looks in prop::collection::vec(0u64..8_000, 0..40),
    ) {
        let base = if is_hd_audio { ControllerConfig::hd_audio() } else { ControllerConfig::k0() };
        let config = wandering(base, CrystalWalk { seed, ..WALK });
        let run = |looks: &[u64]| -> (Vec<Moment>, i64, u64) {
            let mut rig = Rig::set_up(&config, Plan::k0());
            rig.run(SimTime::ZERO.commit());
            let mut looks = looks.iter().peekable();
            let mut events = Vec::new();
            for _ in 0..700 {
                let event = rig.controller.next_event().unwrap();
                while let Some(look) = looks.next_if(|&&look| ms(look).commit() < event) {
                    rig.position(ms(*look).commit());
                    rig.read(ms(*look).commit(), spec::WALCLK);
                }
                events.push(event);
                rig.controller.settle(event);
                rig.acknowledge(event);
            }
            (events, cycles(&mut rig, ms(9_000)), rig.position(ms(9_000).at(Phase::Move)))
        };
        let mut sorted = looks;
        sorted.sort_unstable();
        prop_assert_eq!(run(&[]), run(&sorted));
    }
}
