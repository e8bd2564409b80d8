//! Strategies for setups, with the values at which things go wrong forced in.

use proptest::prelude::*;
use proptest::sample::select;
use units::{Frames, Hns, WaveFormat};

use crate::kit::{Limits, Setup};

const MILLI: u64 = 10_000;
const SECOND: u64 = 1_000 * MILLI;

/// Formats, rings, clocks and starts within `limits`.
pub fn setups(limits: &Limits) -> BoxedStrategy<Setup> {
    let rates = select(limits.rates_hz.clone());
    let rate = prop_oneof![
        1 => Just(48_000), 1 => Just(44_100), 2 => rates
    ];
    let allowed = limits.rates_hz.clone();
    let rate = rate.prop_map(move |rate| {
        if allowed.contains(&rate) {
            rate
        } else {
            allowed[0]
        }
    });
    let channels_max = limits.channels_max;
    let channels = prop_oneof![2 => Just(2.min(channels_max)), 1 => 1..=channels_max];
    let format =
        (rate, channels, select(limits.samples.clone())).prop_map(|(rate, channels, sample)| {
            WaveFormat::new(rate, channels, sample).expect("both are above 0")
        });
    let packets = select(limits.packets.clone());
    let packets = prop_oneof![2 => Just(limits.packets.iter().copied().find(|n| *n == 2).unwrap_or(limits.packets[0])), 1 => packets];
    let crystal = limits.crystal;
    let ppb = prop_oneof![
        2 => Just(0),
        1 => select(vec![1, -1, 3_950, -3_950, 50_000, -50_000, 100_000, -273_000, 1_000_000, -1_000_000]),
        1 => -1_000_000..=1_000_000,
    ]
    .prop_map(move |ppb| if crystal { ppb } else { 0 });
    let start = prop_oneof![
        2 => Just(0),
        1 => select(vec![
            1,
            (1_u64 << 32) - 500,
            SECOND * 178 + 9_500 * MILLI / 10,
            4_294_967_296 * MILLI - 12_345,
            100 * 86_400 * SECOND,
        ]),
        1 => 0..100 * 86_400 * SECOND,
    ];
    let least = limits.packet_min;
    let packet = packet_choices();
    (format, packets, ppb, start, packet)
        .prop_map(move |(format, packets, ppb, start, packet)| Setup {
            format,
            packet: Frames::new(packet.of(format.rate.hertz()).max(least)),
            packets,
            start: Hns::new(start),
            ppb,
        })
        .boxed()
}

#[derive(Clone, Copy, Debug)]
enum Packet {
    Frames(u64),
    PartOfSecond(u32),
}

impl Packet {
    fn of(self, hertz: u32) -> u64 {
        match self {
            Self::Frames(frames) => frames,
            Self::PartOfSecond(part) => u64::from(hertz / part).max(1),
        }
    }
}

fn packet_choices() -> BoxedStrategy<Packet> {
    let forced = vec![1, 2, 31, 32, 33, 64, 127, 128, 160, 441, 480, 1024];
    prop_oneof![
        2 => Just(Packet::PartOfSecond(100)),
        1 => Just(Packet::PartOfSecond(10)),
        2 => select(forced).prop_map(Packet::Frames),
        1 => (5_u32..12, 0_u64..64).prop_map(|(bits, low)| Packet::Frames((1 << bits) + low)),
    ]
    .boxed()
}
