//! Spans against one note per frame.

use proptest::collection::vec;
use proptest::prelude::*;
use ring::{Kind, SpanMap, Whose};
use units::Frames;

fn any_whose() -> impl Strategy<Value = Option<Whose>> {
    let kinds = prop_oneof![Just(Kind::Audio), Just(Kind::EngineSilence)];
    let some = (0..2_u32, kinds, 0..6_u64, 0..3_u64, 0..2_u32).prop_map(
        |(run, kind, content, lead, write)| {
            Some(Whose {
                run,
                kind,
                content,
                intended: content + lead,
                write,
            })
        },
    );
    prop_oneof![1 => Just(None), 5 => some]
}

/// The reference: whose each frame is.
fn write(frames: &mut [Option<Whose>], at: u64, len: u64, whose: Option<Whose>) {
    for n in 0..len {
        let place = ((at + n) % frames.len() as u64) as usize;
        frames[place] = whose.map(|whose| whose.after(Frames::new(n)));
    }
}

fn per_frame(map: &SpanMap, at: u64, len: u64) -> Vec<Option<Whose>> {
    map.read(Frames::new(at), Frames::new(len))
        .flat_map(|(len, whose)| {
            assert!(!len.is_zero(), "no empty stretches");
            (0..len.get()).map(move |n| whose.map(|whose| whose.after(Frames::new(n))))
        })
        .collect()
}

proptest! {
    /// Spans say of every frame what a note per frame would say, whatever was written, and from
    /// wherever it is read. Two maps that say the same are equal, however they came about.
    #[test]
    fn spans_are_a_note_per_frame(
        frames in 1..20_u64,
        writes in vec((0..50_u64, 0..45_u64, any_whose()), 0..30),
        (at, len) in (0..50_u64, 0..50_u64),
    ) {
        let mut map = SpanMap::new(Frames::new(frames));
        let mut notes = vec![None; frames as usize];
        for (at, len, whose) in writes {
            map.write(Frames::new(at), Frames::new(len), whose);
            write(&mut notes, at, len, whose);
            prop_assert_eq!(&per_frame(&map, 0, frames), &notes);
        }
        let expected: Vec<_> =
            (at..at + len).map(|n| notes[(n % frames) as usize]).collect();
        prop_assert_eq!(per_frame(&map, at, len), expected);

        let mut frame_by_frame = SpanMap::new(Frames::new(frames));
        for (place, whose) in (0..).zip(&notes) {
            frame_by_frame.write(Frames::new(place), Frames::new(1), *whose);
        }
        prop_assert_eq!(&frame_by_frame, &map);
        map.clear();
        prop_assert_eq!(map, SpanMap::new(Frames::new(frames)));
    }
}

const AUDIO: Whose = Whose {
    run: 0,
    kind: Kind::Audio,
    content: 0,
    intended: 0,
    write: 0,
};

fn stretches(map: &SpanMap) -> usize {
    map.read(Frames::ZERO, map.frames()).count()
}

#[test]
fn what_continues_its_neighbour_is_one_span() {
    let mut map = SpanMap::new(Frames::new(100));
    let piece = |from: u64| AUDIO.after(Frames::new(from));
    map.write(Frames::new(0), Frames::new(10), Some(piece(0)));
    map.write(Frames::new(20), Frames::new(10), Some(piece(20)));
    assert_eq!(stretches(&map), 4);
    map.write(Frames::new(10), Frames::new(10), Some(piece(10)));
    assert_eq!(stretches(&map), 2);
}

#[test]
fn another_write_of_the_same_content_stays_a_span_of_its_own() {
    let mut map = SpanMap::new(Frames::new(100));
    map.write(Frames::new(0), Frames::new(50), Some(AUDIO));
    let next = Whose {
        write: 1,
        ..AUDIO.after(Frames::new(50))
    };
    map.write(Frames::new(50), Frames::new(50), Some(next));
    assert_eq!(stretches(&map), 2);
}

/// Packets that go round and round cost as many spans as packets lie in the ring.
#[test]
fn spans_do_not_pile_up() {
    let mut map = SpanMap::new(Frames::new(960));
    for write in 0..1_000_u32 {
        let at = Frames::new(u64::from(write) * 480);
        map.write(
            at,
            Frames::new(480),
            Some(Whose {
                write,
                ..AUDIO.after(at)
            }),
        );
        assert!(stretches(&map) <= 2);
    }
}
