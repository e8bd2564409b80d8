//! Whose frames lie where in a ring.

use units::Frames;

use crate::whose::Whose;

/// Whose frames lie where in a ring: a few spans instead of a note per frame.
///
/// Costs grow with the number of spans (about one per write that still lies in the ring), not
/// with the frames. Once the ring has been round, nothing is allocated.
///
/// ```
/// use ring::{Kind, SpanMap, Whose};
/// use units::Frames;
///
/// let whose = Whose { run: 0, kind: Kind::Audio, content: 0, intended: 0, write: 0 };
/// let mut map = SpanMap::new(Frames::new(10));
/// map.write(Frames::new(8), Frames::new(4), Some(whose)); // Places 8, 9, 0 and 1.
///
/// let found: Vec<_> = map.read(Frames::new(9), Frames::new(4)).collect();
/// assert_eq!(
///     found,
///     [
///         (Frames::new(1), Some(whose.after(Frames::new(1)))),
///         (Frames::new(2), Some(whose.after(Frames::new(2)))), // A stretch ends at the wrap.
///         (Frames::new(1), None),
///     ]
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanMap {
    /// Frames in the ring, at least 1.
    frames: u64,
    /// The first starts at place 0; starts rise strictly and stay below `frames`; no span
    /// continues the one before it. So each content of the ring has one form only.
    spans: Vec<Span>,
}

/// From `start` to the start of the next span, or to the end of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: u64,
    /// Whose the frame at `start` is.
    whose: Option<Whose>,
}

impl Span {
    /// Whose the frame at `place` would be if this span reached so far.
    fn at(self, place: u64) -> Option<Whose> {
        self.whose
            .map(|whose| whose.after(Frames::new(place - self.start)))
    }

    /// True if `next` says of its first frame what this span would say of it.
    fn goes_on_in(self, next: Self) -> bool {
        self.at(next.start) == next.whose
    }
}

impl SpanMap {
    /// A ring of `frames` frames in which nobody has written. Panics if there is no frame.
    pub fn new(frames: Frames) -> Self {
        assert!(!frames.is_zero(), "a ring has at least one frame");
        Self {
            frames: frames.get(),
            spans: vec![Span {
                start: 0,
                whose: None,
            }],
        }
    }

    /// Frames in the ring.
    pub fn frames(&self) -> Frames {
        Frames::new(self.frames)
    }

    /// Forgets everything: nobody has written.
    pub fn clear(&mut self) {
        self.spans.clear();
        self.spans.push(Span {
            start: 0,
            whose: None,
        });
    }

    /// Notes whose the `len` frames from place `at` (taken modulo the size) on are.
    ///
    /// `whose` is said of the first frame. The same as writing frame after frame: of more frames
    /// than the ring has, the last ones stay.
    pub fn write(&mut self, at: Frames, len: Frames, whose: Option<Whose>) {
        let lost = len.saturating_sub(self.frames());
        let whose = whose.map(|whose| whose.after(lost));
        let len = len.get() - lost.get();
        let start = (at.get() % self.frames + lost.get() % self.frames) % self.frames;
        let before_wrap = len.min(self.frames - start);
        self.replace(Span { start, whose }, start + before_wrap);
        let whose = whose.map(|whose| whose.after(Frames::new(before_wrap)));
        self.replace(Span { start: 0, whose }, len - before_wrap);
    }

    /// Whose the `len` frames from place `at` (taken modulo the size) on are: stretches in ring
    /// order, whose lengths add up to `len`, each with whose its first frame is.
    ///
    /// A stretch ends at the end of the ring also where the next one continues it. More frames
    /// than the ring has come again.
    pub fn read(&self, at: Frames, len: Frames) -> Spans<'_> {
        let place = at.get() % self.frames;
        Spans {
            map: self,
            index: self.spans.partition_point(|span| span.start <= place) - 1,
            place,
            rest: len.get(),
        }
    }

    /// Puts `new` in place of everything from its start to `end`, neither of which wraps.
    fn replace(&mut self, new: Span, end: u64) {
        if new.start == end {
            return;
        }
        let first = self.spans.partition_point(|span| span.start < new.start);
        let behind = self.spans.partition_point(|span| span.start <= end);
        // Whoever owned the frame at `end` still does.
        let tail = Some(Span {
            start: end,
            whose: self.spans[behind - 1].at(end),
        })
        .filter(|tail| end < self.frames && !new.goes_on_in(*tail));
        let head = Some(new).filter(|head| first == 0 || !self.spans[first - 1].goes_on_in(*head));
        self.spans
            .splice(first..behind, head.into_iter().chain(tail));
    }
}

/// Stretches of a ring and whose they are. Made by [`SpanMap::read`].
#[derive(Clone, Debug)]
pub struct Spans<'a> {
    map: &'a SpanMap,
    /// The span that holds `place`.
    index: usize,
    place: u64,
    rest: u64,
}

impl Iterator for Spans<'_> {
    type Item = (Frames, Option<Whose>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest == 0 {
            return None;
        }
        let span = self.map.spans[self.index];
        let end = self
            .map
            .spans
            .get(self.index + 1)
            .map_or(self.map.frames, |next| next.start);
        let whose = span.at(self.place);
        let len = self.rest.min(end - self.place);
        self.rest -= len;
        (self.index, self.place) = if end == self.map.frames {
            (0, 0)
        } else {
            (self.index + 1, end)
        };
        Some((Frames::new(len), whose))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whose::Kind;

    /// Writes of changing length at changing places, as from clients that are late or early.
    #[test]
    fn once_round_nothing_is_allocated() {
        let mut map = SpanMap::new(Frames::new(96));
        let mut capacity_after_warm_up = None;
        for write in 0..10_000_u32 {
            let at = u64::from(write) * 31;
            let whose = Whose {
                run: 0,
                kind: Kind::Audio,
                content: at,
                intended: at,
                write,
            };
            map.write(Frames::new(at), Frames::new(1 + at % 13), Some(whose));
            if write >= 1_000 {
                let capacity = map.spans.capacity();
                assert_eq!(*capacity_after_warm_up.get_or_insert(capacity), capacity);
            }
        }
    }
}
