//! A day, through the whole stack: what it ends with follows from the rate and the time alone.
//!
//! The figures here are worked out from the contract, in whole numbers and without a look at the
//! model: on the reference device packet `k` is done when its last frame has left; on HD Audio when
//! its last byte has been fetched, at the end of a link frame of 1/48 000 s, of which each carries
//! a group of frames or, at 44.1 kHz, 147 of 160 do.

use scenario::{Inputs, RunOptions, Scenario, Time, run};
use units::TICKS_PER_SECOND;

const DAY_SECONDS: u64 = 24 * 60 * 60;
/// Of a 16-bit stereo frame.
const FRAME_BYTES: u64 = 4;
/// FIFO and burst of an HD Audio output, in bytes.
const FIFO: u64 = 192;
const BURST: u64 = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    Reference,
    HdAudio,
}

/// How the frames of a rate lie in the link frames: so many at once, in `p` of `q`.
fn grid(rate: u64) -> (u64, u64, u64) {
    match rate {
        44_100 => (1, 147, 160),
        rate => (rate / 48_000, 1, 1),
    }
}

/// When packet `count` of `packet` frames is done, in ticks from RUN.
fn done_at(device: Device, rate: u64, packet: u64, count: u64) -> u64 {
    let last = count * packet;
    match device {
        Device::Reference => {
            let ticks = u128::from(last) * u128::from(TICKS_PER_SECOND) / u128::from(rate);
            u64::try_from(ticks).unwrap()
        }
        Device::HdAudio => {
            let (group, p, q) = grid(rate);
            let bytes = (last * FRAME_BYTES).div_ceil(BURST) * BURST - FIFO;
            let frames = bytes.div_ceil(FRAME_BYTES);
            let link_frame = q * (frames.div_ceil(group) - 1) / p;
            (link_frame + 1) * (TICKS_PER_SECOND / 48_000)
        }
    }
}

/// Runs a day of `packet`-frame packets and compares everything that it ends with.
fn a_day_ends_as_computed(device: Device, rate: u64, packet: u64) {
    let preset = match device {
        Device::Reference => "",
        Device::HdAudio => "preset = \"hd-audio\"",
    };
    let text = format!(
        "name = \"a day\"\nduration = \"1s\"\n[device]\n{preset}\nformat = {{ rate = \"{rate}Hz\" }}\n\
         [[client]]\nmode = \"exclusive-event\"\npacket = \"{packet}fr\"\n"
    );
    let mut day = Scenario::parse(&text).unwrap();
    // Longer than a file may ask for when the packets are short.
    day.duration = Time::from_nanos(DAY_SECONDS * 1_000_000_000);
    let run = run(&day, &Inputs::new(), &RunOptions::default()).unwrap();

    let end = DAY_SECONDS * TICKS_PER_SECOND;
    let frames = DAY_SECONDS * rate;
    let packets = (1..=frames / packet + 1)
        .filter(|count| done_at(device, rate, packet, *count) <= end)
        .count() as u64;
    let speaker = &run.result.endpoints[0];
    assert_eq!(speaker.frames, frames);
    assert_eq!(speaker.frames_by_class["fresh"], frames);
    assert_eq!(speaker.position_frames, Some(frames));
    assert_eq!(speaker.packet_count, Some(packets));
    assert_eq!(speaker.glitches, []);
    assert_eq!(speaker.dropped_frames, 0);
    let notifications = &speaker.notifications;
    let counted = [
        notifications.interrupts,
        notifications.dpc_runs,
        notifications.event_sets,
        notifications.wakes,
    ];
    assert_eq!(counted, [packets; 4]);
    assert_eq!((notifications.lost, notifications.coalesced), (0, 0));

    let account = run.truth[0].as_ref().unwrap().account();
    for (count, work) in (1..).zip(&account.work) {
        let expected = done_at(device, rate, packet, count);
        assert_eq!(work.due.ticks(), expected, "notification {count}");
        assert_eq!(work.done.time.ticks(), expected, "answer {count}");
    }
    assert_eq!(account.work.len() as u64, packets);
}

/// One test a device and rate, so that they share the cores.
macro_rules! days {
    ($($name:ident: $device:ident $rate:literal, packets of $millis:literal ms $(, $ignored:meta)?;)*) => {
        $(
            #[test]
            $(#[$ignored])?
            fn $name() {
                a_day_ends_as_computed(Device::$device, $rate, $rate * $millis / 1000);
            }
        )*
    };
}

days! {
    a_day_at_44100_hz: Reference 44_100, packets of 5_000 ms;
    a_day_at_48000_hz: Reference 48_000, packets of 5_000 ms;
    a_day_at_192000_hz: Reference 192_000, packets of 5_000 ms;
    a_day_on_hd_audio_at_44100_hz: HdAudio 44_100, packets of 5_000 ms;
    a_day_on_hd_audio_at_48000_hz: HdAudio 48_000, packets of 5_000 ms;
    a_day_on_hd_audio_at_192000_hz: HdAudio 192_000, packets of 5_000 ms;

    a_whole_day_at_44100_hz: Reference 44_100, packets of 10 ms, ignore = "cargo xtask long-runs";
    a_whole_day_at_48000_hz: Reference 48_000, packets of 10 ms, ignore = "cargo xtask long-runs";
    a_whole_day_at_192000_hz: Reference 192_000, packets of 10 ms, ignore = "cargo xtask long-runs";
    a_whole_day_on_hd_audio_at_44100_hz: HdAudio 44_100, packets of 10 ms, ignore = "cargo xtask long-runs";
    a_whole_day_on_hd_audio_at_48000_hz: HdAudio 48_000, packets of 10 ms, ignore = "cargo xtask long-runs";
    a_whole_day_on_hd_audio_at_192000_hz: HdAudio 192_000, packets of 10 ms, ignore = "cargo xtask long-runs";
}

#[test]
fn the_closed_form_of_hd_audio_has_the_published_phases() {
    // Link frames at whose end the descriptors of 441 frames are complete at 44.1 kHz, for a FIFO
    // of 192 bytes filled in bursts of 32: 479 apart or so, since 1764 bytes are no whole bursts.
    let link_frames = (1..=8).map(|count| {
        let ticks = done_at(Device::HdAudio, 44_100, 441, count);
        ticks / (TICKS_PER_SECOND / 48_000) - 1
    });
    let link_frames: Vec<_> = link_frames.collect();
    assert_eq!(link_frames, [434, 913, 1392, 1871, 2349, 2828, 3307, 3786]);
}

/// How long 2^32 bytes last, and that nothing happens then: all the way, where the shipped
/// scenarios begin ten seconds before.
#[test]
fn s40_a_client_that_counts_modulo_32_bits_plays_on_behind_the_wrap() {
    for (rate, sample, seconds, wraps) in [
        (48_000, "s16", 22_369, 0),
        (48_000, "s16", 22_371, 1),
        (192_000, "s32", 2_796, 0),
        (192_000, "s32", 2_798, 1),
    ] {
        let text = format!(
            "name = \"32 bits\"\nduration = \"{seconds}s\"\n\
             [device]\nformat = {{ rate = \"{rate}Hz\", sample = \"{sample}\" }}\n\
             [[client]]\nmode = \"exclusive-timer\"\nbuffer = \"{}fr\"\ntimer = {{ period = \"1s\" }}\n",
            2 * rate
        );
        let scenario = Scenario::parse(&text).unwrap();
        let run = run(&scenario, &Inputs::new(), &RunOptions::default()).unwrap();
        let speaker = &run.result.endpoints[0];
        assert_eq!(speaker.frames_by_class["fresh"], seconds * rate);
        assert_eq!((speaker.glitches.len(), speaker.dropped_frames), (0, 0));
        let belief = run.result.clients[0].belief.as_ref().unwrap();
        assert_eq!(belief.count_wraps, wraps, "{rate} Hz, {seconds} s");
    }
}
