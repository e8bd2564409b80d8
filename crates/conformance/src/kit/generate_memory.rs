//! Strategies for what a client stores, and for where it looks.

use ks::{END_OF_STREAM, KsState, PacketNumber, WritePacket};
use proptest::prelude::*;
use proptest::sample::select;
use units::Bytes;

use crate::kit::{Call, Setup};

/// Calls that come at one instant.
pub(crate) fn group(setup: &Setup) -> BoxedStrategy<Vec<Call>> {
    let packet = setup.packet.get();
    let ring = packet * u64::from(setup.packets);
    let some = move || {
        let forced = select(vec![1, packet.div_ceil(2), packet, ring]);
        prop_oneof![2 => forced, 1 => 1..=ring].boxed()
    };
    let store = (0..ring, some()).prop_map(|(first, frames)| vec![Call::Store { first, frames }]);
    // What is heard next was not to be heard any more, if these come a frame apart.
    let overwrite =
        some().prop_map(|frames| vec![Call::Overwrite(frames), Call::Heard(0), Call::Heard(0)]);
    let behind = |looks: Vec<Call>| [&[Call::Position], &looks[..]].concat();
    let near = |calls: fn(u64) -> Call| {
        let far = move |far: u64| [1, 1 + far / 3, far].map(calls).to_vec();
        prop_oneof![1 => (1..=ring).prop_map(far), 1 => (1..=8_u64.min(ring)).prop_map(far)]
    };
    let state = select(vec![
        KsState::Pause,
        KsState::Run,
        KsState::Run,
        KsState::Stop,
    ]);
    prop_oneof![
        3 => store,
        3 => overwrite,
        3 => near(Call::Behind).prop_map(behind),
        5 => near(|frames| Call::Heard(frames - 1)),
        1 => state.prop_map(|state| vec![Call::State(state)]),
        2 => end(setup),
    ]
    .boxed()
}

/// The last packet: one of the first, so that the end is heard.
fn end(setup: &Setup) -> BoxedStrategy<Vec<Call>> {
    let packet = setup.packet_bytes().get();
    let frame = u64::from(setup.format.frame_bytes());
    let length = select(vec![0, packet / frame / 2 * frame, packet]);
    (select(vec![0, 1, 1, 2, 2, 3, 5]), length)
        .prop_map(|(number, length)| {
            vec![Call::Write(WritePacket {
                packet: PacketNumber::new(number),
                flags: END_OF_STREAM,
                eos_packet_length: Bytes::new(length),
            })]
        })
        .boxed()
}
