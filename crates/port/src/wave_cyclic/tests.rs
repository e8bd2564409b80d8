//! The cushion against a device that is written out frame by frame.

use std::sync::Arc;

use ks::{Completions, Payload, WriteIrp};
use proptest::prelude::*;
use ring::{Kind, Whose};
use units::{Frames, SampleFormat, WaveFormat};
use vtime::sim::World;
use vtime::{Event, Keep, Reset};

use super::service::{Cushion, RingIo};

/// Frames in a millisecond, and between two services.
const MS: u64 = 48;
const INTERVAL: u64 = 10 * MS;

/// What lies where.
struct Ring(Vec<Whose>);

impl RingIo for Ring {
    fn copy(&mut self, at: Frames, payload: &Payload) {
        let mut at = at.get();
        for (len, whose) in payload.whose() {
            for n in 0..len.get() {
                let place = usize::try_from((at + n) % self.0.len() as u64).unwrap();
                self.0[place] = whose.unwrap().after(Frames::new(n));
            }
            at += len.get();
        }
    }

    fn silence(&mut self, at: Frames, len: Frames, whose: Whose) {
        for n in 0..len.get() {
            let place = usize::try_from((at.get() + n) % self.0.len() as u64).unwrap();
            self.0[place] = whose.after(Frames::new(n));
        }
    }
}

/// A client, a cushion and a device that takes a frame after the other.
struct Rig {
    world: World,
    cushion: Cushion,
    ring: Ring,
    completions: Arc<Completions>,
    handed: u64,
    heard: Vec<Whose>,
}

impl Rig {
    fn of_ring(frames: u64) -> Self {
        let format = format();
        let (length, interval) = (Frames::new(frames), Frames::new(INTERVAL));
        let whose = Whose {
            run: 9,
            kind: Kind::Audio,
            content: 0,
            intended: 0,
            write: 0,
        };
        let mut rig = Self {
            world: World::new(1, Keep::All),
            cushion: Cushion::new(format, length, interval),
            ring: Ring(vec![whose; usize::try_from(frames).unwrap()]),
            completions: Arc::default(),
            handed: 0,
            heard: Vec::new(),
        };
        rig.cushion.clear(0, &mut rig.ring);
        rig
    }

    fn new() -> Self {
        Self::of_ring(80 * MS)
    }

    fn hand_over(&mut self, frames: u64) {
        let whose = Whose {
            run: 0,
            kind: Kind::Audio,
            content: self.handed,
            intended: self.handed,
            write: 0,
        };
        let bytes = vec![0; usize::try_from(2 * frames).unwrap()];
        let whose = vec![(Frames::new(frames), Some(whose))];
        let irp = WriteIrp {
            payload: Payload::new(format(), bytes.into(), whose),
            completions: self.completions.clone(),
            event: self.world.event("back", Reset::Auto).handle(),
        };
        self.handed += frames;
        self.cushion.accept(irp);
    }

    /// The device plays for so long.
    fn play(&mut self, frames: u64) {
        for _ in 0..frames {
            let place = self.heard.len() % self.ring.0.len();
            self.heard.push(self.ring.0[place]);
        }
    }

    fn serve(&mut self) {
        let place = self.heard.len() as u64 % self.ring.0.len() as u64;
        self.cushion.serve(Frames::new(place), &mut self.ring);
    }

    fn lead(&self) -> u64 {
        self.cushion
            .written()
            .get()
            .saturating_sub(self.heard.len() as u64)
    }

    /// Frames heard of each kind: meant for their place, silent, anything else.
    fn kinds(&self) -> (usize, usize, usize) {
        let of = |frame: usize, whose: &Whose| match whose.kind {
            Kind::ZeroFill => 1,
            _ if whose.run == 0 && whose.intended == frame as u64 => 0,
            _ => 2,
        };
        let mut counts = [0; 3];
        for (frame, whose) in self.heard.iter().enumerate() {
            counts[of(frame, whose)] += 1;
        }
        (counts[0], counts[1], counts[2])
    }

    /// 40 ms ahead after a service, as in the fifth interval of a stream that goes well.
    fn filled() -> Self {
        let mut rig = Self::new();
        for _ in 0..4 {
            rig.hand_over(INTERVAL);
        }
        rig.serve();
        rig
    }
}

fn format() -> WaveFormat {
    WaveFormat::new(48_000, 1, SampleFormat::S16).unwrap()
}

#[test]
fn l08_silence_follows_when_30_ms_are_ahead_and_data_overwrite_it() {
    let mut rig = Rig::new();
    for _ in 0..3 {
        rig.hand_over(INTERVAL);
    }
    rig.serve();
    assert_eq!(rig.lead(), 30 * MS);
    let silent = |rig: &Rig, ms: u64| rig.ring.0[usize::try_from(ms * MS).unwrap()].kind;
    assert_eq!(silent(&rig, 29), Kind::Audio);
    assert_eq!(silent(&rig, 39), Kind::ZeroFill);
    rig.hand_over(INTERVAL);
    rig.play(INTERVAL);
    rig.serve();
    assert_eq!(silent(&rig, 39), Kind::Audio);
}

#[test]
fn l08_nothing_is_appended_with_40_ms_ahead() {
    let rig = Rig::filled();
    assert_eq!(rig.lead(), 40 * MS);
    // The ring was silent from the start on: the note says when it was made so.
    assert_eq!(
        rig.ring.0[usize::try_from(40 * MS).unwrap()].intended,
        40 * MS
    );
}

#[test]
fn l10_without_service_the_lead_is_heard_and_then_what_was_there() {
    let mut rig = Rig::filled();
    for _ in 0..5 {
        rig.play(INTERVAL);
        rig.hand_over(INTERVAL);
        rig.serve();
    }
    let before = rig.heard.len();
    rig.play(60 * MS);
    let tail = &rig.heard[before..];
    let fresh = tail.iter().enumerate();
    let fresh = fresh.filter(|(n, whose)| whose.intended == (before + n) as u64);
    assert_eq!(fresh.count() as u64, 40 * MS);
    assert!(tail.iter().all(|whose| whose.kind == Kind::Audio));
}

#[test]
fn l10_silence_that_was_appended_already_comes_between() {
    let mut rig = Rig::filled();
    for _ in 0..5 {
        rig.play(INTERVAL);
        rig.hand_over(INTERVAL);
        rig.serve();
    }
    // One packet is missing: 30 ms are left, and 10 ms of silence are behind them.
    rig.play(INTERVAL);
    rig.serve();
    let before = rig.heard.len();
    rig.play(60 * MS);
    let silent = rig.heard[before..].iter().map(|whose| whose.kind);
    let silent: Vec<_> = silent.map(|kind| kind == Kind::ZeroFill).collect();
    let length = |ms: u64| usize::try_from(ms * MS).unwrap();
    assert!(silent[..length(30)].iter().all(|is| !is));
    assert!(silent[length(30)..length(40)].iter().all(|is| *is));
    assert!(silent[length(40)..].iter().all(|is| !is));
}

/// By how much the packet that a service should have copied is late, and what it costs: the oracle
/// is that it is copied by the first service at which it is there, in a grid of 10 ms.
#[test]
fn l11_l42_30_ms_are_forgiven_and_then_whole_intervals_are_silent() {
    for late in 0_i64..80 {
        let mut rig = Rig::filled();
        let mut served = 0;
        for ms in 1_i64..=120 {
            rig.play(MS);
            let since = ms - 10;
            // It should be there at 10 ms; it comes before the service of the same instant.
            if since == late {
                rig.hand_over(20 * INTERVAL);
            }
            if ms % 10 == 0 {
                rig.serve();
                served += 1;
            }
        }
        assert_eq!(served, 12);
        let copied = 10 + (late + 9) / 10 * 10;
        let expected = u64::try_from(copied - 40).unwrap_or(0) * MS;
        let (_, silent, wrong) = rig.kinds();
        assert_eq!((silent as u64, wrong), (expected, 0), "{late} ms late");
    }
}

/// A packet of 20 ms goes over in two blocks; it comes back with the second, and what the device
/// plays in between brings nothing back.
#[test]
fn l24_a_packet_comes_back_when_it_is_copied_and_not_when_it_is_played() {
    let mut rig = Rig::new();
    for _ in 0..3 {
        rig.hand_over(2 * INTERVAL);
    }
    let mut done = Vec::new();
    for _ in 0..4 {
        rig.serve();
        done.push(rig.completions.done());
        rig.play(INTERVAL);
        assert_eq!(Some(&rig.completions.done()), done.last());
    }
    // 40 ms at once, and 10 ms at each further service.
    assert_eq!(done, [2, 2, 3, 3]);
}

#[test]
fn l12_nobody_waits_for_the_cushion() {
    let mut rig = Rig::new();
    rig.hand_over(5 * MS);
    rig.serve();
    rig.play(INTERVAL);
    rig.hand_over(INTERVAL);
    rig.serve();
    rig.play(INTERVAL);
    let (fresh, silent, wrong) = rig.kinds();
    assert_eq!((fresh as u64, silent as u64, wrong), (15 * MS, 5 * MS, 0));
}

#[test]
fn l15_at_stop_packets_come_back_and_the_ring_is_silent() {
    let mut rig = Rig::filled();
    for _ in 0..3 {
        rig.hand_over(INTERVAL);
    }
    rig.play(INTERVAL);
    rig.cushion.clear(1, &mut rig.ring);
    assert_eq!(rig.completions.cancelled(), 3);
    assert_eq!(rig.cushion.queue.len(), 0);
    assert_eq!(rig.cushion.written(), Frames::ZERO);
    assert!(
        rig.ring
            .0
            .iter()
            .all(|whose| whose.kind == Kind::ZeroFill && whose.run == 1)
    );
}

#[test]
fn a_small_ring_makes_the_cushion_smaller() {
    let mut rig = Rig::of_ring(30 * MS);
    for _ in 0..4 {
        rig.hand_over(INTERVAL);
    }
    rig.serve();
    assert_eq!(rig.lead(), 20 * MS);
    let mut tiny = Rig::of_ring(MS);
    tiny.hand_over(INTERVAL);
    tiny.serve();
    assert_eq!((tiny.lead(), tiny.cushion.queue.len()), (0, 1));
}

proptest! {
    /// Whatever comes when, as long as the service is on time: nothing old is heard, the lead stays
    /// below 40 ms and a block, and each frame that was accepted is somewhere.
    #[test]
    fn l07_l09_l41_a_served_stream_is_silent_or_right(
        packets in prop::collection::vec(prop::collection::vec(0_u64..1_500, 0..4), 1..40),
    ) {
        let mut rig = Rig::new();
        for arrive in packets {
            for frames in arrive {
                rig.hand_over(frames);
            }
            rig.serve();
            prop_assert!(rig.lead() < 40 * MS + INTERVAL);
            rig.play(INTERVAL);
            let (fresh, _, wrong) = rig.kinds();
            prop_assert_eq!(wrong, 0);
            let waiting = rig.cushion.queue.frames().get();
            let in_the_ring = rig.lead();
            prop_assert_eq!(rig.handed, fresh as u64 + in_the_ring + waiting);
        }
    }
}
