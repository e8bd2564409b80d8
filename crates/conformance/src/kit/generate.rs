//! Strategies for histories, with the times at which things go wrong forced in.

use ks::{END_OF_STREAM, KsState, PacketNumber, WritePacket};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use units::{Bytes, Hns};

use crate::kit::{Call, History, Limits, Setup, Step, setups};
use crate::kit::{generate_controller, generate_memory, generate_policy};

const MILLI: u64 = 10_000;
const SECOND: u64 = 1_000 * MILLI;

/// What a history is mostly about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Positions, read often and seldom.
    Reads,
    /// Run, pause, stop, with readings between.
    States,
    /// Many short runs.
    Pauses,
    /// Packets that are written, counted and read.
    Packets,
    /// Events.
    Events,
    /// A timer that is not served for a while.
    Stalls,
    /// What a port keeps from its miniport.
    Misuse,
    /// A clock.
    Clock,
    /// Times after which counters are full.
    Long,
    /// Formats that change.
    Formats,
    /// What lies in the ring, and what is heard of it.
    Memory,
    /// How far a client is ahead of what it hears.
    Delays,
    /// A controller of several streams.
    Controller,
    /// A consumer that looks at positions.
    Guard,
    /// A consumer that steers its rate.
    Loop,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Reads,
        Self::States,
        Self::Pauses,
        Self::Packets,
        Self::Events,
        Self::Stalls,
        Self::Misuse,
        Self::Clock,
        Self::Long,
        Self::Formats,
        Self::Memory,
        Self::Delays,
        Self::Controller,
        Self::Guard,
        Self::Loop,
    ];

    /// Those of a stream or of a part of one.
    pub const STREAM: &'static [Self] = Self::ALL.split_at(12).0;

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::States => "states",
            Self::Pauses => "pauses",
            Self::Packets => "packets",
            Self::Events => "events",
            Self::Stalls => "stalls",
            Self::Misuse => "misuse",
            Self::Clock => "clock",
            Self::Long => "long",
            Self::Formats => "formats",
            Self::Memory => "memory",
            Self::Delays => "delays",
            Self::Controller => "controller",
            Self::Guard => "guard",
            Self::Loop => "loop",
        }
    }
}

/// Times between calls, relative to a packet.
fn gaps(setup: &Setup, limits: &Limits) -> BoxedStrategy<u64> {
    let packet = setup.time_of(setup.packet.get()).get().max(1);
    let frame = setup.time_of(1).get();
    let ring = packet * u64::from(setup.packets);
    let most = limits
        .gap_packets_max
        .map_or(u64::MAX, |packets| packet * packets);
    prop_oneof![
        3 => Just(0),
        2 => select(vec![1, frame, frame + 1, packet, packet - 1, packet + 1, ring, ring.saturating_sub(1), MILLI, MILLI - 1]),
        4 => 0..packet.max(2),
        2 => 0..packet * 4,
        1 => 0..ring * 3,
    ]
    .prop_map(move |gap| gap.min(most))
    .boxed()
}

fn ask() -> BoxedStrategy<Call> {
    prop_oneof![
        6 => Just(Call::Position),
        2 => Just(Call::Linear),
        2 => Just(Call::PacketCount),
        2 => Just(Call::Presentation),
        1 => Just(Call::ReadPosition),
        1 => Just(Call::ReadClock),
    ]
    .boxed()
}

fn go() -> BoxedStrategy<Call> {
    prop_oneof![
        4 => Just(KsState::Run),
        3 => Just(KsState::Pause),
        1 => Just(KsState::Acquire),
        2 => Just(KsState::Stop),
    ]
    .prop_map(Call::State)
    .boxed()
}

/// A packet near those that are due after some packets of time.
fn write(setup: &Setup) -> BoxedStrategy<Call> {
    let packet = setup.packet_bytes().get();
    let number =
        prop_oneof![4 => 0_u32..6, 1 => 0_u32..40, 1 => Just(u32::MAX), 1 => Just(1 << 31)];
    let flags = prop_oneof![6 => Just(0), 3 => Just(END_OF_STREAM), 1 => select(vec![1, 2, END_OF_STREAM | 1, 1 << 31])];
    let length = select(vec![0, 0, packet / 2, packet, packet + 1]);
    (number, flags, length)
        .prop_map(|(number, flags, length)| {
            Call::Write(WritePacket {
                packet: PacketNumber::new(number),
                flags,
                eos_packet_length: Bytes::new(length),
            })
        })
        .boxed()
}

/// How a history begins: with a buffer, an event, registers, and for most kinds already running.
fn prologue(kind: Kind, setup: &Setup) -> Vec<Call> {
    let mut calls = vec![
        Call::Buffer {
            requested: setup.buffer(),
            packets: Some(setup.packets),
        },
        Call::Register(0),
        Call::MapPosition,
        Call::MapClock,
    ];
    match kind {
        Kind::Misuse | Kind::Controller | Kind::Guard | Kind::Loop => calls.clear(),
        Kind::Clock => calls = vec![Call::ClockCount, Call::ClockLeg(1)],
        Kind::Events => calls.extend([Call::Register(1), Call::State(KsState::Run)]),
        Kind::States => {}
        Kind::Long => {
            calls.remove(1); // Nobody counts the signals of a year.
            calls.push(Call::State(KsState::Run));
        }
        Kind::Formats => calls.truncate(2),
        Kind::Memory => {
            calls.truncate(2);
            let frames = setup.packet.get() * u64::from(setup.packets);
            calls.push(Call::Store { first: 0, frames });
            calls.push(Call::State(KsState::Run));
        }
        Kind::Reads | Kind::Pauses | Kind::Stalls | Kind::Packets | Kind::Delays => {
            calls.push(Call::State(KsState::Run));
        }
    }
    calls
}

/// Calls that come at one instant, or as good as.
fn group(kind: Kind, setup: &Setup) -> BoxedStrategy<Vec<Call>> {
    let everything = vec![
        Call::Position,
        Call::Linear,
        Call::PacketCount,
        Call::Presentation,
        Call::ReadPosition,
        Call::ReadClock,
    ];
    let one = |call: BoxedStrategy<Call>| call.prop_map(|call| vec![call]).boxed();
    let asks = prop_oneof![
        3 => one(ask()),
        1 => Just(everything).prop_shuffle(),
    ];
    let reads = Just(vec![Call::Read]);
    let around = write(setup).prop_map(|write| vec![Call::PacketCount, write, Call::PacketCount]);
    let step = prop_oneof![1 => go(), 1 => Just(Call::State(KsState::Acquire))];
    let around_step = step.prop_map(|state| {
        let asks = [Call::Position, Call::PacketCount, Call::Presentation];
        [&asks[..], &[state], &asks[..]].concat()
    });
    let event = 0_u8..3;
    match kind {
        Kind::Reads | Kind::Long => asks.boxed(),
        Kind::States => prop_oneof![
            3 => one(go()), 2 => around_step, 5 => asks, 2 => around, 1 => reads
        ]
        .boxed(),
        Kind::Packets => prop_oneof![
            1 => one(go()), 3 => one(write(setup)), 2 => around, 3 => reads, 1 => asks
        ]
        .boxed(),
        Kind::Events => prop_oneof![
            1 => one(event.clone().prop_map(Call::Register).boxed()),
            1 => one(event.prop_map(Call::Unregister).boxed()),
            3 => one(go()),
            6 => asks,
        ]
        .boxed(),
        Kind::Misuse => prop_oneof![
            4 => one(buffer(setup)),
            2 => one(go()),
            2 => one(event.prop_map(Call::Register).boxed()),
            1 => one(write(setup)),
            2 => asks,
            2 => one(select(vec![Call::MapPosition, Call::MapClock]).boxed()),
        ]
        .boxed(),
        Kind::Clock => Just(vec![Call::ClockCount]).boxed(),
        Kind::Memory => generate_memory::group(setup),
        Kind::Pauses
        | Kind::Stalls
        | Kind::Formats
        | Kind::Delays
        | Kind::Controller
        | Kind::Guard
        | Kind::Loop => one(ask()),
    }
}

fn steps(kind: Kind, setup: &Setup, limits: &Limits) -> BoxedStrategy<Vec<Step>> {
    match kind {
        Kind::Pauses => return pauses(setup),
        Kind::Stalls => return stalls(setup),
        Kind::Long => return long(setup, limits),
        Kind::Formats => return formats(limits, &gaps(setup, limits)),
        Kind::Delays => return delays(setup, &gaps(setup, limits)),
        Kind::Guard => return generate_policy::guard(setup),
        Kind::Loop => return generate_policy::rate_loop(setup),
        Kind::Controller => return generate_controller::steps(setup, gaps(setup, limits)),
        _ => {}
    }
    let apart = prop_oneof![4 => Just(0), 1 => Just(setup.time_of(1).get())];
    let group = (gaps(setup, limits), apart, group(kind, setup));
    let steps = group.prop_map(|(after, apart, calls)| {
        let step = |(nth, call)| Step {
            after: Hns::new(if nth == 0 { after } else { apart }),
            call,
        };
        calls.into_iter().enumerate().map(step).collect::<Vec<_>>()
    });
    vec(steps, 1..20).prop_map(|steps| steps.concat()).boxed()
}

/// A stall of some packets, and what is counted soon after.
fn stalls(setup: &Setup) -> BoxedStrategy<Vec<Step>> {
    let packet = setup.time_of(setup.packet.get()).get();
    let stall = (packet..packet * 40, MILLI + 2..MILLI * 4, any::<bool>());
    let stall = stall.prop_map(move |(stall, later, again)| {
        let step = |after, call| Step {
            after: Hns::new(after),
            call,
        };
        let mut steps = vec![
            step(packet / 2, Call::PacketCount),
            step(stall, Call::Hold),
            step(later, Call::PacketCount),
            step(0, Call::Position),
        ];
        if again {
            steps.push(step(later, Call::PacketCount));
        }
        steps
    });
    vec(stall, 1..4).prop_map(|steps| steps.concat()).boxed()
}

fn buffer(setup: &Setup) -> BoxedStrategy<Call> {
    let (size, frame) = (setup.buffer().get(), u64::from(setup.format.frame_bytes()));
    let requested = select(vec![
        size,
        size,
        size + 1,
        size + frame,
        frame,
        frame - 1,
        0,
    ]);
    let packets = prop_oneof![3 => Just(Some(setup.packets)), 1 => Just(None), 2 => select(vec![0, 1, 2, 3, u32::MAX]).prop_map(Some)];
    (requested, packets)
        .prop_map(|(requested, packets)| Call::Buffer {
            requested: Bytes::new(requested),
            packets,
        })
        .boxed()
}

/// Many runs and pauses, and what came of them.
fn pauses(setup: &Setup) -> BoxedStrategy<Vec<Step>> {
    let packet = setup.time_of(setup.packet.get()).get();
    let run = prop_oneof![1 => Just(packet / 3 + 1), 3 => 0..packet.max(2)];
    let cycle = (run, 0..packet * 2, any::<bool>()).prop_map(|(run, pause, asks)| {
        let step = |after, call| Step {
            after: Hns::new(after),
            call,
        };
        let mut steps = vec![step(run, Call::State(KsState::Pause))];
        if asks {
            steps.push(step(0, Call::Position));
            steps.push(step(500 * MILLI, Call::Position));
        }
        steps.push(step(pause, Call::State(KsState::Run)));
        steps
    });
    let last = [Call::Position, Call::PacketCount, Call::Presentation];
    let last = last.map(|call| Step {
        after: Hns::new(packet / 2),
        call,
    });
    vec(cycle, 8..40)
        .prop_map(move |cycles| cycles.into_iter().flatten().chain(last).collect())
        .boxed()
}

/// Two readings, far apart, with the second just where something is full.
fn long(setup: &Setup, limits: &Limits) -> BoxedStrategy<Vec<Step>> {
    let hertz = u64::from(setup.format.rate.hertz());
    let bytes = hertz * u64::from(setup.format.frame_bytes());
    let limits = limits.clone();
    let packet = setup.time_of(setup.packet.get()).get();
    let most = limits
        .gap_packets_max
        .map_or(u64::MAX, |packets| packet * packets);
    let full = move |bits: u32, per_second: u64| {
        u64::try_from((1_u128 << bits) * u128::from(SECOND) / u128::from(per_second))
            .unwrap_or(u64::MAX)
    };
    let units = select(vec![
        bytes,
        hertz,
        SECOND,
        1000,
        hertz * 1000,
        bytes * 1000,
        24_000_000,
    ]);
    let far = (select(vec![15_u32, 16, 31, 32, 33, 53]), units)
        .prop_map(move |(bits, per_second)| full(bits, per_second).min(365 * 86_400 * SECOND));
    let far = prop_oneof![4 => far, 1 => 0..100 * 86_400 * SECOND];
    (far, gaps(setup, &limits), ask(), ask())
        .prop_map(move |(far, near, first, second)| {
            let step = |after: u64, call| Step {
                after: Hns::new(after.min(most)),
                call,
            };
            vec![
                step(MILLI * 3 + 333, Call::Position),
                step(0, first),
                step(0, Call::PacketCount),
                step(far, Call::Position),
                step(0, Call::PacketCount),
                step(0, second),
                step(near, Call::Position),
                step(0, Call::Linear),
                step(0, Call::ReadClock),
            ]
        })
        .boxed()
}

/// A run in each of some formats.
fn formats(limits: &Limits, gap: &BoxedStrategy<u64>) -> BoxedStrategy<Vec<Step>> {
    let step = |after, call| Step {
        after: Hns::new(after),
        call,
    };
    let format = setups(limits).prop_map(|setup| setup.format);
    let asks = vec((gap.clone(), ask()), 1..6);
    let run = (gap.clone(), asks, gap.clone(), format, 0..12_u8);
    let run = run.prop_map(move |(wait, asks, then, format, too_early)| {
        let mut steps = vec![step(wait, Call::State(KsState::Run))];
        steps.extend(asks.into_iter().map(|(after, call)| step(after, call)));
        if too_early == 0 {
            steps.push(step(0, Call::Format(format)));
        }
        steps.push(step(then, Call::State(KsState::Stop)));
        steps.push(step(0, Call::Format(format)));
        steps
    });
    let last = (gap.clone(), ask()).prop_map(move |(after, call)| {
        [
            step(0, Call::State(KsState::Run)),
            step(after, call),
            step(0, Call::Position),
        ]
    });
    (vec(run, 1..4), last)
        .prop_map(|(runs, last)| runs.into_iter().flatten().chain(last).collect())
        .boxed()
}

/// Delays of a client that is ahead by a packet, by the ring, or late.
fn delays(setup: &Setup, gap: &BoxedStrategy<u64>) -> BoxedStrategy<Vec<Step>> {
    let setup = *setup;
    let packet = setup.packet.get();
    let ring = packet * u64::from(setup.packets);
    let ahead = select(vec![0, 1, packet / 2, packet, ring]);
    let ask = (gap.clone(), ahead, 0..6_u8, any::<bool>());
    vec(ask, 1..16)
        .prop_map(move |asks| {
            let (mut run, mut steps) = (0_u64, Vec::new());
            for (after, ahead, late, pair) in asks {
                run = run.saturating_add(after);
                let moved = setup.frames_after(Hns::new(run));
                let written = match late {
                    0 => moved.saturating_sub(ahead),
                    1 => ahead,
                    _ => moved.saturating_add(ahead),
                };
                let calls = [Call::Presentation, Call::Delay(written)];
                let calls = if pair { &calls[..] } else { &calls[1..] };
                steps.extend(calls.iter().enumerate().map(|(nth, &call)| Step {
                    after: Hns::new(if nth == 0 { after } else { 0 }),
                    call,
                }));
            }
            steps
        })
        .boxed()
}

/// Histories of that kind for subjects within `limits`.
pub fn histories(kind: Kind, limits: &Limits) -> BoxedStrategy<History> {
    let limits = limits.clone();
    setups(&limits)
        .prop_flat_map(move |setup| {
            steps(kind, &setup, &limits).prop_map(move |steps| {
                let first = prologue(kind, &setup).into_iter().map(|call| Step {
                    after: Hns::new(0),
                    call,
                });
                History {
                    setup,
                    steps: first.chain(steps).collect(),
                }
            })
        })
        .boxed()
}
