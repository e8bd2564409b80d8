//! Strategies for what a consumer goes through.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use units::Hns;

use crate::kit::{Call, Misreading, PolicyCall, Setup, Step};

/// Packets with nothing wrong behind those with something wrong.
const QUIET: u64 = 4;

/// What happens in one packet.
#[derive(Clone, Debug)]
struct Packet {
    /// When it looks, in parts of 64 of the packet.
    looks: Vec<u64>,
    /// How late its interrupt is, in parts of 256 of the packet: a quarter at most.
    late: u64,
}

/// Packets with looks and an interrupt each; in some of them something is wrong.
pub(crate) fn guard(setup: &Setup) -> BoxedStrategy<Vec<Step>> {
    let setup = *setup;
    let packet = (vec(0..64_u64, 1..4), 0..64_u64).prop_map(|(mut looks, late)| {
        looks.sort_unstable();
        Packet { looks, late }
    });
    let wrong = prop_oneof![
        1 => Just(None),
        6 => (select(Misreading::ALL.to_vec()), 1..4_u64, 0..4_u64).prop_map(Some),
    ];
    (vec(packet, 8..16), wrong, any::<u64>())
        .prop_map(move |(packets, wrong, by)| steps(&setup, &packets, wrong, by))
        .boxed()
}

/// The calls of packets, of which so many from one on go wrong.
fn steps(
    setup: &Setup,
    packets: &[Packet],
    wrong: Option<(Misreading, u64, u64)>,
    by: u64,
) -> Vec<Step> {
    let frames = setup.packet.get();
    let last_wrong = u64::try_from(packets.len()).map_or(0, |count| count.saturating_sub(QUIET));
    let mut calls: Vec<(u64, PolicyCall)> = Vec::new();
    for (packet, index) in packets.iter().zip(0_u64..) {
        let begins = index * frames;
        let is_wrong = |(what, count, first): (Misreading, u64, u64)| {
            let is_here = (first..first + count).contains(&index) && index < last_wrong;
            is_here.then_some(what)
        };
        let wrong = wrong.and_then(is_wrong);
        let ring = frames * u64::from(setup.packets);
        let look = match wrong {
            Some(what @ Misreading::Coarse) => PolicyCall::Misread(what, 1 + by % frames),
            Some(what @ (Misreading::Backwards | Misreading::Ahead)) => {
                PolicyCall::Misread(what, 1 + by % (ring - 1))
            }
            Some(what @ Misreading::Beyond) => PolicyCall::Misread(what, by % ring),
            _ => PolicyCall::Look,
        };
        let looks = packet.looks.iter();
        calls.extend(looks.map(|part| (time_of(setup, begins + frames * part / 64), look)));
        let ends = time_of(setup, begins + frames);
        let late = (time_of(setup, begins + frames + frames * packet.late / 256)).max(ends);
        match wrong {
            Some(Misreading::Lost) => {}
            Some(Misreading::Extra) => {
                calls.push((late, PolicyCall::Interrupt));
                calls.push((late + 1 + by % 10_000, PolicyCall::Interrupt));
            }
            _ => calls.push((late, PolicyCall::Interrupt)),
        }
    }
    calls.sort_by_key(|(at, _)| *at);
    let mut before = 0;
    calls
        .into_iter()
        .map(|(at, call)| Step {
            after: Hns::new(at - std::mem::replace(&mut before, at)),
            call: Call::Policy(call),
        })
        .collect()
}

fn time_of(setup: &Setup, frames: u64) -> u64 {
    setup.time_of(frames).get()
}

/// Wake-ups of a loop with errors of all sizes, and changes of the quantum.
pub(crate) fn rate_loop(setup: &Setup) -> BoxedStrategy<Vec<Step>> {
    let quantum = i64::try_from(setup.packet.get()).unwrap_or(i64::MAX);
    let after = setup.time_of(setup.packet.get());
    let error = prop_oneof![
        2 => select(vec![0, 1, -1, 48, -48, quantum / 4, -quantum / 4, 2 * quantum]),
        2 => -quantum / 2..=quantum / 2,
        1 => -4 * quantum..=4 * quantum,
    ];
    let call = prop_oneof![
        8 => error.prop_map(PolicyCall::Wake),
        1 => select(vec![64, 256, 1024, 4096]).prop_map(PolicyCall::Quantum),
    ];
    let step = call.prop_map(move |call| Step {
        after,
        call: Call::Policy(call),
    });
    vec(step, 1..12).boxed()
}
