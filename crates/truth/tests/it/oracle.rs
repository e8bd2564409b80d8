//! The ledger, which counts in stretches, against a reader that goes frame by frame.

use std::collections::BTreeMap;

use proptest::prelude::*;
use ring::{Kind, Whose};
use truth::{Account, Geometry, GlitchType, Ledger, Origin, Played, Stay, Write};
use units::{Bytes, Clock, Frames, NtStatus, SampleRate, SimTime};

const PACKET: u64 = 10;
/// The last packet, if the end is declared, and how much of it is valid.
const LAST: (u64, u64) = (8, 4);

/// Run, kind, and how far content and intention are off.
type Random = (u32, Kind, i64, i64);

#[derive(Clone, Debug)]
struct Stretch {
    frames: u64,
    whose: Option<Whose>,
}

fn stretch() -> impl Strategy<Value = (u64, Option<Random>)> {
    let kind = prop::sample::select(vec![
        Kind::Audio,
        Kind::Audio,
        Kind::Audio,
        Kind::EngineSilence,
        Kind::EosPad,
        Kind::ZeroFill,
        Kind::Muted,
    ]);
    let shift = prop::sample::select(vec![0i64, 0, 0, -20, 20, -7]);
    (
        1u64..25,
        prop::option::weighted(0.9, (0u32..2, kind, shift.clone(), shift)),
    )
}

/// Stretches at their places, made from what is random about them.
fn lay(parts: &[(u64, Option<Random>)]) -> Vec<Stretch> {
    let mut at = 100;
    parts
        .iter()
        .map(|(frames, what)| {
            let whose = what.map(|(run, kind, content, intended)| Whose {
                run,
                kind,
                content: u64::try_from(at + content).unwrap(),
                intended: u64::try_from(at + intended).unwrap(),
                write: 0,
            });
            at += i64::try_from(*frames).unwrap();
            Stretch {
                frames: *frames,
                whose,
            }
        })
        .collect()
}

fn account(stretches: &[Stretch], ends: bool) -> Account {
    let mut first = 100;
    let played: Vec<Played> = stretches
        .iter()
        .map(|stretch| {
            let played = Played {
                run: 1,
                first,
                frames: stretch.frames,
                whose: stretch.whose,
            };
            first += stretch.frames;
            played
        })
        .collect();
    let writes = ends.then_some(Write {
        run: 1,
        packet: 10 + LAST.0,
        write: 0,
        content: 0,
        frames: LAST.1,
        ends_stream: true,
        done: SimTime::ZERO.commit(),
        status: NtStatus::SUCCESS,
        origin: Origin::Start,
    });
    Account {
        geometry: Geometry {
            rate: SampleRate::HZ_48000,
            packet: Frames::new(PACKET),
            packets: 2,
            frame: Bytes::new(4),
            fifo: Bytes::new(4),
            burst: Bytes::new(4),
        },
        until: SimTime::MAX,
        stays: vec![Stay::even(
            1,
            Clock::nominal(SimTime::ZERO, SampleRate::HZ_48000),
            100,
            first - 100,
        )],
        played,
        handed_over: false,
        writes: writes.into_iter().collect(),
        placed: Vec::new(),
        work: Vec::new(),
        lost: Vec::new(),
        starved: Vec::new(),
        supply: Vec::new(),
        stopped: Vec::new(),
        stalls: Vec::new(),
        late_fetches: Vec::new(),
        start_burst: None,
    }
}

/// What one frame is: its class by name and the family it glitches with.
fn judge(frame: u64, whose: Option<Whose>) -> (&'static str, Option<u8>) {
    match whose {
        None => ("uninit", Some(0)),
        Some(whose) if whose.run != 1 => ("foreign", Some(0)),
        Some(Whose {
            kind: Kind::EosPad, ..
        }) => ("eos_pad", None),
        Some(Whose {
            kind: Kind::ZeroFill,
            ..
        }) => ("zero_fill", Some(0)),
        Some(whose) if whose.intended < frame => ("stale", Some(0)),
        Some(whose) if whose.intended > frame => ("ahead", Some(1)),
        Some(Whose {
            kind: Kind::EngineSilence,
            ..
        }) => ("engine_silence", Some(2)),
        Some(Whose {
            kind: Kind::Muted, ..
        }) => ("muted", None),
        Some(_) => ("fresh", None),
    }
}

proptest! {
    #[test]
    fn stretches_and_frames_tell_the_same(parts in prop::collection::vec(stretch(), 1..20), ends: bool) {
        let stretches = lay(&parts);
        let ledger = Ledger::close(account(&stretches, ends));
        let end = if ends { 100 + LAST.0 * PACKET + LAST.1 } else { u64::MAX };

        // One note per frame, and one per glitch, in the dumbest way.
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let mut glitches: Vec<(u8, bool, u64, u64)> = Vec::new();
        // Where frames as intended are elsewhere than the last such frame.
        let (mut jumps, mut latest) = (Vec::new(), None);
        let mut frame = 100;
        for stretch in &stretches {
            for at in 0..stretch.frames {
                let whose = stretch.whose.map(|whose| whose.after(Frames::new(at)));
                let (class, family) = judge(frame, whose);
                *counts.entry(class).or_default() += 1;
                if class == "fresh" {
                    let shift = whose.map(|whose| whose.content.wrapping_sub(frame));
                    if latest.is_some() && latest != shift {
                        jumps.push(frame);
                    }
                    latest = shift;
                }
                if let Some(family) = family {
                    let behind = frame >= end;
                    let goes_on = |g: &&mut (u8, bool, u64, u64)| g.0 == family && g.1 == behind && g.3 == frame;
                    match glitches.iter_mut().find(goes_on) {
                        Some(glitch) => glitch.3 += 1,
                        None => glitches.push((family, behind, frame, frame + 1)),
                    }
                }
                frame += 1;
            }
        }

        for (class, count) in ledger.frames_by_class() {
            prop_assert_eq!(count, counts.get(class.name()).copied().unwrap_or(0), "{}", class.name());
        }
        let found: Vec<_> = ledger
            .glitches()
            .iter()
            .filter(|glitch| glitch.kind != GlitchType::Discontinuity)
            .map(|glitch| (glitch.kind.name(), glitch.first, glitch.first + glitch.frames))
            .collect();
        let expected: Vec<_> = glitches
            .iter()
            .map(|(family, behind, first, end)| {
                let whole = (*first..*end).any(|at| at % PACKET == 0 && at + PACKET <= *end);
                let name = match (behind, family) {
                    (true, _) => "G9",
                    (_, 0) if whole => "G1",
                    (_, 0) => "G2",
                    (_, 1) => "G4",
                    _ => "G14",
                };
                (name, *first, *end)
            })
            .collect();
        prop_assert_eq!(found, expected);
        let jumped = ledger.glitches().iter().filter(|glitch| glitch.kind == GlitchType::Discontinuity);
        prop_assert_eq!(jumped.map(|glitch| glitch.first).collect::<Vec<_>>(), jumps);
    }
}
