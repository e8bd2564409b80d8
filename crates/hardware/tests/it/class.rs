//! Device classes against the figures that are published of them, and against loops.

use hardware::class::{
    AtEnd, ClockDomain, DeviceClass, Granule, Notify, PositionSource, Publish, Round, StreamShape,
};
use proptest::prelude::*;
use units::{Frames, SampleFormat, SimDuration, WaveFormat};

const HNS: u64 = 44_100;
const SECOND: u64 = 441_000_000_000;

fn stream(hertz: u32, channels: u8, packet: u64) -> StreamShape {
    StreamShape {
        format: WaveFormat::new(hertz, channels, SampleFormat::S16).unwrap(),
        packet: Frames::new(packet),
    }
}

fn millis(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}

fn micros(n: u64) -> SimDuration {
    SimDuration::from_micros(n)
}

fn shown(class: DeviceClass, stream: StreamShape, elapsed: SimDuration) -> u64 {
    PositionSource::new(class, stream).shown(elapsed).get()
}

#[test]
fn names_are_distinct_and_found() {
    for class in DeviceClass::ALL {
        assert_eq!(DeviceClass::named(class.name), Some(*class));
    }
    assert_eq!(DeviceClass::named("plain"), None);
}

/// Whole milliseconds with both remainders carried: a millisecond counter and a byte counter.
#[test]
fn sysvad_carries_milliseconds_and_bytes() {
    let stream = stream(44_100, 2, 441);
    let (mut carried_hns, mut carried_bytes, mut position) = (0, 0, 0);
    for look in 1..3_000_u64 {
        // A look every 777.7 µs.
        let passed = 7_777 + carried_hns;
        carried_hns = passed % 10_000;
        let moved = passed / 10_000 * 176_400 + carried_bytes;
        carried_bytes = moved % 1_000;
        position += moved / 1_000;
        let elapsed = SimDuration::from_ticks(look * 7_777 * HNS);
        assert_eq!(shown(DeviceClass::SYSVAD, stream, elapsed), position);
    }
    let source = PositionSource::new(DeviceClass::SYSVAD, stream);
    assert_eq!(
        [1, 2, 100].map(|n| source.announced(n)),
        [10, 20, 1000].map(millis)
    );
}

/// Packets of 128 frames take 2.666… ms, so they are announced after 3, 6, 8, 11 … ms.
#[test]
fn sysvad_announces_at_the_tick_that_finds_a_packet_done() {
    let source = PositionSource::new(DeviceClass::SYSVAD, stream(48_000, 2, 128));
    assert_eq!(
        [1, 2, 3, 4].map(|n| source.announced(n)),
        [3, 6, 8, 11].map(millis)
    );
    // Shorter than a tick: one at each of them.
    let source = PositionSource::new(DeviceClass::SYSVAD, stream(48_000, 2, 24));
    assert_eq!(
        [1, 2, 3].map(|n| source.announced(n)),
        [1, 2, 3].map(millis)
    );
}

#[test]
fn acx_positions_are_to_the_byte_and_packets_do_not_drift() {
    let cd = stream(44_100, 2, 448);
    assert_eq!(shown(DeviceClass::ACX_SAMPLE, cd, micros(1_000)), 176);
    let source = PositionSource::new(DeviceClass::ACX_SAMPLE, cd);
    // 448 frames are 101 587.30… units of 100 ns.
    assert_eq!(source.announced(1).to_hns_floor().get(), 101_587);
    assert_eq!(
        source.announced(1_000_000).to_hns_floor().get(),
        101_587_301_587
    );
}

/// The two clocks of the dummy device disagree by up to one frame, beyond the tick.
#[test]
fn the_two_dummies_differ_by_at_most_a_frame_at_ticks() {
    let stream = stream(44_100, 2, 441);
    for tick in 1..2_000 {
        let at = millis(4 * tick);
        let (down, up) = (
            shown(DeviceClass::LINUX_DUMMY, stream, at),
            shown(DeviceClass::LINUX_DUMMY_HRTIMER, stream, at),
        );
        assert!(up == down || up == down + 4, "{tick}: {down} {up}");
    }
    let source = PositionSource::new(DeviceClass::LINUX_DUMMY_HRTIMER, stream_of(1024));
    // 1024 frames at 44.1 kHz are 23 219 954.6… ns.
    assert_eq!(
        source.announced(1_000),
        SimDuration::from_nanos(23_219_955_000)
    );
}

fn stream_of(packet: u64) -> StreamShape {
    stream(44_100, 2, packet)
}

#[test]
fn qemu_rounds_down_to_four_bytes_at_each_millisecond() {
    let surround = stream(44_100, 6, 441);
    // 12 bytes a frame: 529.2 bytes in a millisecond.
    for (elapsed, bytes) in [
        (999, 0),
        (1_000, 528),
        (1_999, 528),
        (2_000, 1_056),
        (5_000, 2_644),
    ] {
        assert_eq!(
            shown(DeviceClass::QEMU_HDA, surround, micros(elapsed)),
            bytes
        );
    }
}

#[test]
fn batch_devices_show_whole_packets_and_announce_them_then() {
    for class in [DeviceClass::I2S_BATCH, DeviceClass::VIRTUALBOX_HDA] {
        let stream = stream(48_000, 2, 480);
        let at = |n| shown(class, stream, micros(n));
        assert_eq!(
            [9_999, 10_000, 19_999, 20_000].map(at),
            [0, 1920, 1920, 3840]
        );
        assert_eq!(PositionSource::new(class, stream).announced(3), millis(30));
    }
}

/// 44, 44, … 45 frames in the packets of USB: an accumulator of whole milliseconds.
#[test]
fn usb_packets_are_44_and_45_frames() {
    let stream = stream(44_100, 2, 441);
    let at = |n| shown(DeviceClass::USB_FULL_SPEED, stream, millis(n)) / 4;
    let packets: Vec<u64> = (0..10).map(|n| at(n + 1) - at(n)).collect();
    assert_eq!(packets, [44, 44, 44, 44, 44, 44, 44, 44, 44, 45]);
    let high = |n| shown(DeviceClass::USB_HIGH_SPEED, stream, micros(n)) / 4;
    assert_eq!([124, 125, 249, 250].map(high), [0, 5, 5, 11]);
}

#[test]
fn network_packets_of_48_frames_last_1_ms_or_1_088() {
    for (hertz, nanos) in [(48_000, 1_000_000), (44_100, 1_088_435)] {
        let source = PositionSource::new(DeviceClass::AES67, stream(hertz, 2, 48));
        assert_eq!(source.announced(1).to_nanos_floor(), nanos);
    }
}

#[test]
fn a_signal_processor_has_taken_more_than_it_shows() {
    let source = PositionSource::new(DeviceClass::DSP, stream(48_000, 2, 480));
    assert_eq!(source.taken(millis(0)).get(), 480 * 4);
    assert_eq!(source.taken(micros(2_500)).get(), (96 + 480) * 4);
}

#[test]
fn five_times_a_second() {
    let stream = stream(48_000, 2, 480);
    let at = |n| shown(DeviceClass::LINUX_PCMTEST, stream, millis(n)) / 4;
    assert_eq!([199, 200, 399, 400].map(at), [0, 9_600, 9_600, 19_200]);
}

#[test]
fn what_halts_or_drops_has_no_engine_of_another_shape() {
    for class in DeviceClass::ALL {
        assert_eq!(
            class.engine_faults().is_some(),
            class.at_end == AtEnd::GoesOn,
            "{}",
            class.name
        );
    }
    assert_eq!(DeviceClass::ES1370.engine_faults(), Some(Vec::new()));
}

/// A device that is stepped tick by tick: it knows no closed form.
fn stepped(class: DeviceClass, stream: StreamShape, elapsed: u64) -> u64 {
    let (hertz, frame) = (
        u64::from(stream.format.rate.hertz()),
        u64::from(stream.format.frame_bytes()),
    );
    let tick = match class.publish {
        Publish::Ticks(tick) => tick.ticks(),
        Publish::Always | Publish::Packets => 1,
    };
    let (Round::Down(unit) | Round::DownToBytes(unit) | Round::Up(unit)) = class.round;
    // Whole ticks, then whole units, by counting.
    let told = (0..=elapsed / tick).last().unwrap() * tick;
    let units = told / unit.ticks();
    let per_unit = match class.round {
        Round::DownToBytes(_) => unit.ticks() * hertz * frame,
        Round::Down(_) | Round::Up(_) => unit.ticks() * hertz,
    };
    let (mut carried, mut moved) = (0, 0);
    for _ in 0..units.min(200_000) {
        carried += per_unit;
        moved += carried / SECOND;
        carried %= SECOND;
    }
    let bytes = match class.round {
        Round::DownToBytes(_) => moved,
        Round::Down(_) => moved * frame,
        Round::Up(_) => (moved + u64::from(carried > 0)) * frame,
    };
    let step = match (class.publish, class.grain) {
        (Publish::Packets, _) | (_, Granule::Packet) => stream.packet.get() * frame,
        (_, Granule::Frame) => 1,
        (_, Granule::Bytes(step)) => step.get(),
        (_, Granule::Frames(step)) => step.get() * frame,
    };
    let mut shown = 0;
    while shown + step <= bytes {
        shown += step;
    }
    shown
}

proptest! {
    /// What is shown is what a device shows that is stepped.
    #[test]
    fn what_is_shown_is_what_stepping_shows(
        place in 0..DeviceClass::ALL.len(),
        hertz in prop::sample::select(vec![8_000_u32, 44_100, 48_000, 96_000]),
        channels in 1..=6_u8,
        packet in 1..600_u64,
        fraction in 0..=1_000_u64,
    ) {
        let (class, stream) = (DeviceClass::ALL[place], stream(hertz, channels, packet));
        let (Round::Down(unit) | Round::DownToBytes(unit) | Round::Up(unit)) = class.round;
        // As long as a loop over units takes.
        let longest = (unit.ticks() * 100_000).min(2 * SECOND);
        let elapsed = longest / 1_000 * fraction + fraction * 7;
        let shown = shown(class, stream, SimDuration::from_ticks(elapsed));
        prop_assert_eq!(shown, stepped(class, stream, elapsed), "{}", class.name);
    }

    /// Positions never go back, packets are announced in order, and where the position announces
    /// them it shows them done then and not before.
    #[test]
    fn positions_and_announcements_agree(
        place in 0..DeviceClass::ALL.len(),
        hertz in prop::sample::select(vec![8_000_u32, 44_100, 48_000]),
        packet in 1..2_000_u64,
        number in 1..1_000_u64,
        looks in (0..10 * SECOND, 0..10 * SECOND),
    ) {
        let class = DeviceClass::ALL[place];
        let source = PositionSource::new(class, stream(hertz, 2, packet));
        let at = |ticks| source.shown(SimDuration::from_ticks(ticks)).get();
        prop_assert!(at(looks.0.min(looks.1)) <= at(looks.0.max(looks.1)));
        let announced = source.announced(number);
        prop_assert!(announced <= source.announced(number + 1));
        if class.notify == Notify::Position {
            let end = number * packet * 4;
            prop_assert!(source.shown(announced).get() >= end);
            prop_assert!(at(announced.ticks() - 1) < end);
        }
    }
}

#[test]
fn each_clock_is_somebodys() {
    let qpc = |class: &&DeviceClass| class.clock == ClockDomain::Qpc;
    assert_eq!(DeviceClass::ALL.iter().filter(qpc).count(), 4);
}
