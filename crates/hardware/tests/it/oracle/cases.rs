//! Streams, and what is done to them, drawn at random.

use hardware::{
    AtEnd, BusStall, Cadence, CountOn, Direction, Extent, FifoUnderrun, Flush, Packing, Start,
    StreamConfig,
};
use proptest::collection::vec;
use proptest::prelude::*;
use ring::Samples;
use units::{Bytes, Frames, Phase, SampleFormat, SimDuration, SimTime, WaveFormat};

use super::{Act, Case, PHASES, rig_of};
use crate::rig::Plan;

pub(super) fn any_case() -> impl Strategy<Value = Case> {
    let rate = prop::sample::select(vec![8_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000]);
    let format = (
        rate,
        1..=6_u8,
        prop::sample::select(vec![SampleFormat::S16, SampleFormat::S24In32]),
    );
    let fifo = prop_oneof![
        (0..80_u64, 1..40_u64).prop_map(|(prefetch, burst)| {
            (
                Extent::Frames(Frames::new(prefetch + burst)),
                Extent::Frames(Frames::new(burst)),
            )
        }),
        prop::sample::select(vec![(192, 32), (256, 64), (512, 64), (200, 24)]).prop_map(
            |(fifo, burst)| (
                Extent::Bytes(Bytes::new(fifo)),
                Extent::Bytes(Bytes::new(burst))
            )
        ),
    ];
    let choices = (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    let plan = (format, 1..200_u64, 2..5_u64);
    (
        plan,
        fifo,
        choices,
        prop::sample::select(vec![0, 0, 123_457, -99_999]),
        any_bus(),
        any::<bool>(),
    )
        .prop_filter_map(
            "the FIFO feeds the link",
            |(plan, (fifo, burst), choices, ppb, bus, snapshot)| {
                let ((hertz, channels, sample), packet, packets) = plan;
                let halts = choices.5;
                let bus = if halts { (0, None, bus.2, bus.3) } else { bus };
                let format = WaveFormat::new(hertz, channels, sample).unwrap();
                let stream = stream_of(fifo, burst, choices, bus);
                let case = Case {
                    direction: if choices.4 || halts {
                        Direction::Output
                    } else {
                        Direction::Input
                    },
                    plan: Plan {
                        format,
                        packet,
                        packets,
                    },
                    stream,
                    ppb,
                    stall: bus.1,
                    snapshot,
                };
                rig_of(case)
                    .try_run(SimTime::ZERO.commit())
                    .is_ok()
                    .then_some(case)
            },
        )
}

type Choices = (bool, bool, bool, bool, bool, bool);
/// How slow the bus is: microseconds per burst, a stall, whether a dry FIFO freezes the link; and
/// how groups are packed.
type AnyBus = (u64, Option<BusStall>, bool, bool);

fn stream_of(fifo: Extent, burst: Extent, choices: Choices, bus: AnyBus) -> StreamConfig {
    let (grant_micros, _, freezes, spreads) = bus;
    StreamConfig {
        fifo,
        burst,
        at_end: if choices.5 {
            AtEnd::Halts
        } else {
            AtEnd::Loops
        },
        count_on: if choices.0 {
            CountOn::Link
        } else {
            CountOn::Memory
        },
        cadence: if choices.1 {
            Cadence::Even
        } else {
            Cadence::LinkFrames
        },
        start: if choices.2 {
            Start::AtOnce
        } else {
            Start::NextLinkFrame
        },
        flush: if choices.3 {
            Flush::DescriptorEnd
        } else {
            Flush::WholeBursts
        },
        grant_latency: SimDuration::from_micros(grant_micros),
        fifo_underrun: if freezes {
            FifoUnderrun::LinkFreezes
        } else {
            FifoUnderrun::LinkAdvancesZeros
        },
        packing: if spreads {
            Packing::Spread
        } else {
            Packing::Grouped
        },
        record: Samples::Left,
        ..StreamConfig::k0()
    }
}

fn any_bus() -> impl Strategy<Value = AnyBus> {
    let stall = (0..60_000_u64, 0..4_000_u64).prop_map(|(from, len)| BusStall {
        from: SimTime::ZERO + SimDuration::from_micros(from),
        until: SimTime::ZERO + SimDuration::from_micros(from + len),
    });
    (
        prop::sample::select(vec![0, 0, 0, 60, 500, 2_500]),
        prop::option::weighted(0.4, stall),
        any::<bool>(),
        any::<bool>(),
    )
}

pub(super) fn any_acts() -> impl Strategy<Value = Vec<(u64, Phase, Act)>> {
    let act = prop_oneof![
        4 => (0..2_000_u64, 1..300_u64).prop_map(|(at, len)| Act::Store { at, len }),
        3 => Just(Act::Run),
        1 => Just(Act::Pause),
        1 => Just(Act::Reset),
        3 => Just(Act::Acknowledge),
        2 => Just(Act::Look),
        3 => Just(Act::Arm),
        1 => any::<bool>().prop_map(Act::HoldBack),
        2 => (0..4_u64, 0..4_u64).prop_map(|(entry, target)| Act::Rewrite { entry, target }),
    ];
    // Sixteenths of a frame at 48 kHz, mostly whole frames so that ties happen.
    let wait = prop_oneof![3 => (0..200_u64).prop_map(|n| 16 * n), 1 => 0..800_u64];
    vec((wait, prop::sample::select(PHASES.to_vec()), act), 1..60)
}
