//! Strategies for histories of requests.

use ks::{END_OF_STREAM, KsState};
use portcls::DevicePower;
use proptest::prelude::*;
use proptest::sample::select;
use units::{Bytes, Hns};

use super::{Ask, Connect, PinHistory, PinStep};
use crate::kit::{Limits, Setup, setups};

const STEPS_MAX: usize = 40;

/// Histories of requests, legal and not, within `limits`. Most begin as a client would, so that what
/// comes next finds a stream.
pub fn pin_histories(limits: &Limits) -> BoxedStrategy<PinHistory> {
    setups(limits).prop_flat_map(of_setup).boxed()
}

fn of_setup(setup: Setup) -> impl Strategy<Value = PinHistory> {
    let steps = proptest::collection::vec(step(setup), 0..STEPS_MAX);
    (begun(setup), steps).prop_map(move |(begun, steps)| PinHistory {
        setup,
        steps: begun.into_iter().chain(steps).collect(),
    })
}

/// What a client does first: a stream that is to be opened, has a buffer, or runs.
fn begun(setup: Setup) -> impl Strategy<Value = Vec<PinStep>> {
    let packets = prop_oneof![4 => Just(Some(setup.packets)), 1 => Just(None)];
    (0..5_usize, packets).prop_map(move |(steps, packets)| {
        let all = [
            Ask::Open(Connect::Right),
            Ask::Buffer {
                requested: setup.buffer(),
                packets,
            },
            Ask::Register(0),
            Ask::State(KsState::Run),
        ];
        let first = all.into_iter().take(steps);
        first
            .map(|call| PinStep {
                after: Hns::new(0),
                call,
            })
            .collect()
    })
}

fn step(setup: Setup) -> impl Strategy<Value = PinStep> {
    (after(setup), ask(setup)).prop_map(|(after, call)| PinStep {
        after: Hns::new(after),
        call,
    })
}

/// Nothing, a little, about a packet, or several.
fn after(setup: Setup) -> impl Strategy<Value = u64> {
    let packet = setup.time_of(setup.packet.get()).get().min(10_000_000);
    prop_oneof![
        2 => Just(0),
        1 => 1..200_u64,
        3 => 0..=packet,
        2 => Just(packet),
        1 => 0..=6 * packet,
    ]
}

fn ask(setup: Setup) -> impl Strategy<Value = Ask> {
    let connect = prop_oneof![4 => Just(Connect::Right), 1 => Just(Connect::Wrong)];
    let power = select(vec![
        DevicePower::D0,
        DevicePower::D0,
        DevicePower::D1,
        DevicePower::D3,
    ]);
    prop_oneof![
        2 => connect.clone().prop_map(Ask::Open),
        1 => Just(Ask::Close),
        10 => select(KsState::ALL.to_vec()).prop_map(Ask::State),
        4 => buffer(setup),
        3 => (0..3_u8).prop_map(Ask::Register),
        2 => (0..3_u8).prop_map(Ask::Unregister),
        8 => write(setup),
        6 => Just(Ask::Read),
        10 => select(vec![Ask::Position, Ask::Presentation, Ask::PacketCount, Ask::GetState]),
        4 => select(vec![
            Ask::GetFormat,
            Ask::NotificationSupport,
            Ask::HwLatency,
            Ask::MapPosition,
            Ask::MapClock,
            Ask::MapPackets,
        ]),
        1 => connect.prop_map(Ask::Format),
        2 => power.prop_map(Ask::Power),
        1 => prop_oneof![7 => Just(Ask::GetState), 1 => Just(Ask::Remove)],
    ]
}

fn buffer(setup: Setup) -> impl Strategy<Value = Ask> {
    let whole = setup.buffer().get();
    let requested = prop_oneof![3 => Just(whole), 1 => 0..whole.max(2), 1 => 0..70_u64];
    let packets = prop_oneof![
        3 => Just(Some(setup.packets)),
        1 => Just(None),
        1 => select(vec![Some(0), Some(1), Some(2), Some(3), Some(u32::MAX)]),
    ];
    (requested, packets).prop_map(|(requested, packets)| Ask::Buffer {
        requested: Bytes::new(requested),
        packets,
    })
}

fn write(setup: Setup) -> impl Strategy<Value = Ask> {
    let packet = u32::try_from(setup.packet_bytes().get()).unwrap_or(u32::MAX);
    let ahead = prop_oneof![6 => 0..3_i32, 2 => -2..5_i32, 1 => any::<i32>()];
    let flags = prop_oneof![6 => Just(0), 2 => Just(END_OF_STREAM), 1 => any::<u32>()];
    let valid = prop_oneof![1 => 0..=packet, 1 => any::<u32>()];
    (ahead, flags, valid).prop_map(|(ahead, flags, valid)| Ask::Write {
        ahead,
        flags,
        valid,
    })
}
