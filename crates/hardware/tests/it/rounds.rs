//! A stream that does not loop: it goes as far as it was armed.

use hardware::{
    AtEnd, ControllerConfig, CountOn, RegisterError, RunError, StreamConfig, Tracks, spec,
};
use proptest::prelude::*;
use units::{Frames, Moment, Phase, SampleFormat, SimDuration, SimTime};

use crate::rig::{LIST, Plan, Rig, STREAM, audio, ms, stereo, us};

fn halting(stream: StreamConfig) -> ControllerConfig {
    ControllerConfig::with_output(StreamConfig {
        at_end: AtEnd::Halts,
        ..stream
    })
}

fn arm(rig: &mut Rig, at: Moment) -> Result<(), RegisterError> {
    let list = u32::try_from(LIST).unwrap();
    rig.controller.write(at, STREAM + spec::SD_BDPL, list)
}

/// (first frame behind it, begin, end).
fn stalls(rig: &Rig) -> Vec<(u64, SimTime, Option<SimTime>)> {
    let all = rig.controller.link_log(0).stalls().iter();
    all.map(|stall| {
        assert_eq!(stall.fault, None);
        (stall.first.get(), stall.begins, stall.ends)
    })
    .collect()
}

fn is_halted(rig: &mut Rig, at: Moment) -> bool {
    rig.status(at) & spec::sts::HALTED != 0
}

/// Two packets of 10 ms, then nothing, until the list is armed 3 ms late: the frames that follow
/// are all there, and 3 ms later.
#[test]
fn a_stream_that_does_not_loop_stands_at_the_end_of_its_list_until_it_is_armed() {
    let mut rig = Rig::set_up(&halting(StreamConfig::k0()), Plan::k0());
    let start = SimTime::ZERO.commit();
    rig.store_packet(start, 0);
    rig.store_packet(start, 1);
    rig.run(start);
    rig.interrupts(1);
    assert!(!is_halted(&mut rig, ms(10).at(Phase::React)));
    let end = rig.interrupts(1);
    assert_eq!(end, [ms(20).at(Phase::Move)], "at its own instant");
    assert_eq!(rig.controller.next_event(), None, "nothing more will come");
    for at in [ms(20), ms(22)] {
        let at = at.at(Phase::React);
        assert!(is_halted(&mut rig, at));
        assert_eq!(rig.position(at), 960, "no frame is on its way");
        assert_eq!(rig.read(at, STREAM + spec::SD_LPIB), 0, "and none is left");
        assert_eq!(rig.fetched(at), 3840);
        assert!(rig.is_running(at), "for all that it runs");
    }
    let whose = audio(960, 2);
    rig.buffer
        .store(Frames::ZERO, None, Frames::new(480), Some(whose));
    arm(&mut rig, ms(23).at(Phase::React)).unwrap();
    assert!(!is_halted(&mut rig, ms(24).commit()));
    assert_eq!(stalls(&rig), [(960, ms(20), Some(ms(23)))]);
    let next = rig.interrupts(1);
    assert_eq!(next, [ms(33).at(Phase::Move)]);
    assert_eq!(rig.position(ms(33).at(Phase::Move)), 1440);
    assert_eq!(rig.heard()[0], (0, 1440, Some(0)), "nothing is lost");
    let stays: Vec<_> = rig
        .controller
        .link_log(0)
        .segments()
        .iter()
        .map(|stay| (stay.first.get(), stay.frames.get(), stay.begins))
        .collect();
    assert_eq!(stays, [(0, 960, ms(0)), (960, 481, ms(23))]);
}

/// The FIFO of 48 frames bears it for as long as it lasts, and no longer.
#[test]
fn what_the_fifo_holds_hides_a_late_arm() {
    let lead = SimDuration::from_micros(1_000);
    for (late, gap) in [(900, 0), (1_000, 1), (4_000, 145)] {
        let mut rig = Rig::set_up(&halting(StreamConfig::hd_audio()), Plan::k0());
        rig.run(SimTime::ZERO.commit());
        let end = rig.interrupts(2)[1];
        let link_frame = SimDuration::from_ticks(units::TICKS_PER_SECOND / 48_000);
        assert_eq!(
            end.time,
            SimTime::ZERO + SimDuration::from_ticks(link_frame.ticks() * 912),
            "48 frames before the end"
        );
        assert!(is_halted(&mut rig, end.time.at(Phase::React)));
        let at = (end.time + SimDuration::from_micros(late)).at(Phase::React);
        arm(&mut rig, at).unwrap();
        rig.controller.settle(ms(40).commit());
        let arms = rig.controller.link_log(0).late_arms().to_vec();
        assert_eq!(arms.len(), 1);
        assert_eq!((arms[0].first, arms[0].at), (Frames::new(960), at));
        let expected = end.time + lead;
        match (gap, &stalls(&rig)[..]) {
            (0, []) => assert_eq!(rig.position(ms(40).at(Phase::Move)), 1920),
            (gap, [(960, begins, Some(ends))]) => {
                assert_eq!(*begins, expected, "when the FIFO is empty");
                // It goes on with the first link frame behind the arm.
                let frames = ends.since(*begins).ticks() / link_frame.ticks();
                assert_eq!(frames, gap);
                assert!(*ends > at.time && *ends <= at.time + link_frame);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Armed ahead, it never stands. The list cannot change, and a stream that loops is not armed.
#[test]
fn rounds_are_counted_and_the_list_stays() {
    let mut rig = Rig::set_up(&halting(StreamConfig::k0()), Plan::k0());
    rig.run(SimTime::ZERO.commit());
    for n in 1..=3 {
        arm(&mut rig, ms(n).commit()).unwrap();
    }
    rig.controller.settle(ms(79).commit());
    assert_eq!(stalls(&rig), []);
    rig.controller.settle(ms(90).commit());
    assert_eq!(stalls(&rig), [(3840, ms(80), None)]);
    let other = rig
        .controller
        .write(ms(90).commit(), STREAM + spec::SD_BDPL, 0x9000);
    let offset = STREAM + spec::SD_BDPL;
    assert_eq!(other, Err(RegisterError::WhileRunning { offset }));
    let mut looping = Rig::k0();
    looping.run(SimTime::ZERO.commit());
    let refused = arm(&mut looping, ms(1).commit());
    assert_eq!(refused, Err(RegisterError::WhileRunning { offset }));
}

/// A pause ends what it waits for; armed meanwhile, it goes on with RUN.
#[test]
fn a_pause_is_no_stall() {
    let mut rig = Rig::set_up(&halting(StreamConfig::k0()), Plan::k0());
    rig.run(SimTime::ZERO.commit());
    rig.interrupts(2);
    rig.pause(ms(25).commit());
    assert_eq!(stalls(&rig), [(960, ms(20), Some(ms(25)))]);
    arm(&mut rig, ms(30).commit()).unwrap();
    assert!(!is_halted(&mut rig, ms(31).commit()));
    assert_eq!(
        rig.fetched(ms(31).commit()),
        3840,
        "out of RUN nothing moves"
    );
    rig.run(ms(35).commit());
    assert_eq!(rig.position(ms(36).at(Phase::Move)), 960 + 48);
    rig.pause(ms(40).commit());
    rig.reset(ms(40).commit());
    rig.stream_set_up_at(ms(40).commit());
    rig.run(ms(50).commit());
    rig.controller.settle(ms(71).commit());
    let latest = rig.controller.link_log(0).stalls().last().copied().unwrap();
    assert_eq!(
        (latest.run, latest.begins),
        (1, ms(70)),
        "a reset forgets rounds"
    );
}

/// A record of what was fetched is as old as it says, also over the end of a round.
#[test]
fn a_record_of_the_past_knows_what_was_armed_then() {
    let mut stream = StreamConfig::k0().with_prefetch(Frames::new(96), Frames::new(1));
    stream.count_on = CountOn::Memory;
    stream.position_record.tracks = Tracks::Memory;
    stream.position_record.latency = SimDuration::from_millis(5);
    let mut rig = Rig::set_up(&halting(stream), Plan::k0());
    rig.write(SimTime::ZERO.commit(), spec::DPLBASE, 0x2000 | 1);
    rig.run(SimTime::ZERO.commit());
    rig.controller.settle(ms(19).commit());
    arm(&mut rig, ms(19).commit()).unwrap();
    // At 19 ms frame 912 begins, and 96 frames are taken ahead of it.
    for (at, fetched) in [
        (us(23_999), 960),
        (ms(24), 960 + 49),
        (us(25_001), 960 + 97),
    ] {
        let record = rig.controller.position_record(at.at(Phase::React), 0x2000);
        assert_eq!(record, Some((fetched % 960) * 4), "at {at:?}");
    }
}

#[test]
fn only_an_output_on_a_fast_bus_whose_list_ends_with_a_slot_can_halt() {
    let refused = Err(RegisterError::CannotRun {
        stream: 0,
        reason: RunError::CannotHalt,
    });
    let try_run = |config: &ControllerConfig, plan: Plan| {
        Rig::set_up(config, plan).try_run(SimTime::ZERO.commit())
    };
    let input = ControllerConfig::with_input(StreamConfig {
        at_end: AtEnd::Halts,
        ..StreamConfig::k0_input()
    });
    assert_eq!(try_run(&input, Plan::k0()), refused);
    let slow = halting(StreamConfig {
        grant_latency: SimDuration::from_micros(1),
        ..StreamConfig::k0()
    });
    assert_eq!(try_run(&slow, Plan::k0()), refused);
    let plan = |packet| Plan {
        format: stereo(192_000, SampleFormat::S16),
        packet,
        packets: 2,
    };
    let fast = halting(StreamConfig::hd_audio());
    assert_eq!(
        try_run(&fast, plan(481)),
        refused,
        "four frames travel together"
    );
    assert_eq!(try_run(&fast, plan(482)), Ok(()));
}

fn any_stream() -> impl Strategy<Value = StreamConfig> {
    prop_oneof![
        Just(StreamConfig::k0()),
        Just(StreamConfig::hd_audio()),
        (0..40_u64, 1..20_u64, any::<bool>()).prop_map(|(prefetch, burst, on_link)| {
            let count_on = if on_link {
                CountOn::Link
            } else {
                CountOn::Memory
            };
            let [prefetch, burst] = [prefetch, burst].map(Frames::new);
            StreamConfig {
                count_on,
                ..StreamConfig::k0().with_prefetch(prefetch, burst)
            }
        }),
    ]
}

proptest! {
    /// Whoever arms each round when he is told that the one before is over hears what he would
    /// hear of a stream that loops, and is told the same at the same times.
    #[test]
    fn armed_in_time_it_does_what_a_stream_that_loops_does(
        stream in any_stream(),
        hertz in prop::sample::select(vec![32_000, 44_100, 48_000, 96_000, 192_000]),
        (packet, packets) in (30..300_u64, 2..5_u64),
        stores in prop::collection::vec((0..1_000_u64, 1..300_u64), 30),
    ) {
        let plan = Plan { format: stereo(hertz, SampleFormat::S16), packet: packet * 4, packets };
        let looping = ControllerConfig::with_output(stream);
        let mut rigs = [looping, halting(stream)].map(|config| Rig::set_up(&config, plan));
        for rig in &mut rigs {
            rig.run(SimTime::ZERO.commit());
        }
        for (write, (at, len)) in (0..).zip(stores) {
            let [one, other] = rigs.each_mut().map(|rig| {
                let event = rig.controller.next_event().unwrap();
                rig.controller.settle(event);
                let at_event = (event, rig.position(event), rig.fetched(event));
                rig.acknowledge(event);
                let dpc = event.time.at(Phase::React);
                if rig.status(dpc) & spec::sts::HALTED != 0 {
                    arm(rig, dpc).unwrap();
                }
                rig.controller.settle(dpc);
                rig.buffer.store(Frames::new(at), None, Frames::new(len), Some(audio(at, write)));
                at_event
            });
            // At the end of a list that halts the other one has fetched into its next round.
            let round = plan.format.bytes_of(plan.frames()).get();
            prop_assert_eq!((one.0, one.1), (other.0, other.1));
            prop_assert!(other.2 == one.2 || other.2 % round == 0 && other.2 < one.2);
        }
        let [looping, halting] = rigs;
        let [one, other] = [&looping, &halting].map(|rig| rig.controller.link_log(0));
        prop_assert_eq!(one.spans(), other.spans());
        prop_assert_eq!(one.segments(), other.segments());
        prop_assert_eq!(other.stalls(), []);
    }
}
