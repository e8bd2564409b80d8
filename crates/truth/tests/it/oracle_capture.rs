//! The ledger of a recording, which counts in stretches, against a reader that goes frame by frame.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use truth::{
    CaptureAccount, CaptureClass, CaptureLedger, ClientDrop, Geometry, Held, Origin, PacketRead,
    Stay, Stored,
};
use units::{Bytes, Clock, Frames, SampleRate, SimTime};

const PACKET: u64 = 10;
const PACKETS: u64 = 3;

/// A packet, and how far off what it holds is, stretch by stretch.
type Random = (u64, Vec<(u64, i64)>);

fn reads() -> impl Strategy<Value = Vec<Random>> {
    let off = prop::sample::select(vec![0_i64, 0, 0, 30, -30, -60, 7]);
    let held = prop::collection::vec((1_u64..=PACKET, off), 1..4);
    // Packets mostly in order, some passed over, some read again.
    prop::collection::vec((0_u64..3, held), 0..25).prop_map(|steps| {
        let mut at = 0;
        let step = |(on, held): (u64, Vec<_>)| {
            at += on;
            (at, held)
        };
        steps.into_iter().map(step).collect()
    })
}

/// What lay in the place of `packet`, filled up to a whole one.
fn held(packet: u64, parts: &[(u64, i64)]) -> Vec<Held> {
    let mut all = Vec::new();
    let mut frame = packet * PACKET;
    let end = frame + PACKET;
    for (frames, off) in parts.iter().chain([&(PACKET, 0)]) {
        let frames = (*frames).min(end - frame);
        let first = i64::try_from(frame).unwrap() + off;
        if frames > 0 {
            let recorded = u64::try_from(first).ok().map(|first| (0, first));
            all.push(Held { frames, recorded });
        }
        frame += frames;
    }
    all
}

fn account(recorded: u64, reads: &[Random], dropped: &[(u64, u64)]) -> CaptureAccount {
    let clock = Clock::nominal(SimTime::ZERO, SampleRate::HZ_48000);
    let read = |(packet, parts): &Random| PacketRead {
        run: 0,
        packet: *packet,
        done: SimTime::ZERO.commit(),
        origin: Origin::Forced,
        held: held(*packet, parts),
    };
    let no_room = |(first, frames): &(u64, u64)| ClientDrop {
        run: 0,
        client: 0,
        first: *first,
        frames: *frames,
        at: SimTime::ZERO.commit(),
    };
    CaptureAccount {
        geometry: Geometry {
            rate: SampleRate::HZ_48000,
            packet: Frames::new(PACKET),
            packets: u32::try_from(PACKETS).unwrap(),
            frame: Bytes::new(4),
            fifo: Bytes::new(4),
            burst: Bytes::new(4),
        },
        stored: Stored::Begun,
        until: SimTime::MAX,
        stays: vec![Stay::even(0, clock, 0, recorded)],
        reads: reads.iter().map(read).collect(),
        dropped: dropped.iter().map(no_room).collect(),
        ..CaptureAccount::default()
    }
}

proptest! {
    /// truth1 for recordings: every frame that was converted has exactly one class.
    #[test]
    fn truth1_stretches_and_frames_of_a_recording_tell_the_same(
        recorded in 1_u64..300,
        reads in reads(),
        dropped in prop::collection::vec((0_u64..300, 1_u64..25), 0..4),
    ) {
        let ledger = CaptureLedger::close(account(recorded, &reads, &dropped));

        // What the recording has in the place of each frame, told by the first read of its packet.
        let mut place: BTreeMap<u64, Option<(u32, u64)>> = BTreeMap::new();
        let mut times: BTreeMap<u64, u32> = BTreeMap::new();
        let mut latest_packet = None;
        for (packet, parts) in &reads {
            *times.entry(*packet).or_default() += 1;
            latest_packet = latest_packet.max(Some(*packet));
            let mut frame = packet * PACKET;
            for held in held(*packet, parts) {
                for at in 0..held.frames {
                    let there = held.recorded.map(|(run, first)| (run, first + at));
                    place.entry(frame).or_insert(there);
                    frame += 1;
                }
            }
        }
        let no_room: BTreeSet<u64> = dropped.iter().flat_map(|(first, n)| *first..first + n).collect();
        let class_of = |frame: u64| {
            let packet = frame / PACKET;
            match place.get(&frame) {
                Some(Some((0, there))) if *there == frame => match times[&packet] {
                    _ if no_room.contains(&frame) => CaptureClass::ClientOverrun,
                    1 => CaptureClass::Ok,
                    _ => CaptureClass::Dup,
                },
                Some(Some((0, there))) if *there > frame => CaptureClass::Torn,
                Some(_) => CaptureClass::Early,
                None if latest_packet > Some(packet) => CaptureClass::Lost,
                None if recorded > (packet + PACKETS) * PACKET => CaptureClass::Lost,
                None => CaptureClass::Unread,
            }
        };
        let mut counts: BTreeMap<CaptureClass, u64> = CaptureClass::ALL.map(|class| (class, 0)).into();
        let mut glitches: Vec<(&str, CaptureClass, u64, u64)> = Vec::new();
        for frame in 0..recorded {
            let class = class_of(frame);
            *counts.get_mut(&class).unwrap() += 1;
            let name = match class {
                CaptureClass::Ok | CaptureClass::Dup | CaptureClass::Unread => continue,
                CaptureClass::Lost | CaptureClass::ClientOverrun => "G3",
                CaptureClass::Torn => "G13",
                CaptureClass::Early => "EARLY",
            };
            match glitches.last_mut() {
                Some(latest) if latest.1 == class && latest.3 == frame => latest.3 += 1,
                _ => glitches.push((name, class, frame, frame + 1)),
            }
        }
        prop_assert_eq!(ledger.frames(), recorded);
        prop_assert_eq!(ledger.frames_by_class(), counts);
        let found: Vec<_> = ledger
            .glitches()
            .iter()
            .map(|glitch| (glitch.kind.name(), glitch.class, glitch.first, glitch.first + glitch.frames))
            .collect();
        prop_assert_eq!(found, glitches);
        let again: u32 = times.values().map(|times| times - 1).sum();
        prop_assert_eq!(ledger.duplicate_reads(), u64::from(again));
    }
}
