//! When content was heard first.

use std::collections::BTreeMap;

use ring::Kind;

use crate::account::Played;

/// Which content left the speaker at which frame for the first time; what is heard again later does
/// not count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hearings {
    /// Stretches of content, none over another: run and first content frame, then how many frames
    /// and the frame of the device with which it begins.
    stretches: BTreeMap<(u32, u64), Stretch>,
}

#[derive(Clone, Copy, Debug)]
struct Stretch {
    frames: u64,
    first: u64,
}

impl Hearings {
    /// Of what was played, in order.
    pub(crate) fn of(played: &[Played]) -> Self {
        let mut hearings = Self::default();
        for each in played {
            hearings.hear(each);
        }
        hearings
    }

    fn hear(&mut self, played: &Played) {
        let Some(whose) = played.whose else { return };
        let is_filler = matches!(whose.kind, Kind::ZeroFill | Kind::EosPad);
        if is_filler || whose.run != played.run {
            return;
        }
        let run = played.run;
        let end = whose.content + played.frames;
        let mut content = whose.content;
        while content < end {
            if let Some(known) = self.end_of(run, content) {
                content = known;
                continue;
            }
            // What follows is new, up to what is known next.
            let next = self.stretches.range((run, content)..(run, end)).next();
            let new_end = next.map_or(end, |((_, next), _)| *next);
            let stretch = Stretch {
                frames: new_end - content,
                first: played.first + (content - whose.content),
            };
            self.stretches.insert((run, content), stretch);
            content = new_end;
        }
    }

    /// The end of the stretch that holds `content`.
    fn end_of(&self, run: u32, content: u64) -> Option<u64> {
        let (begins, stretch) = self.stretch_at(run, content)?;
        Some(begins + stretch.frames)
    }

    /// The frame of `run` with which `content` was heard first.
    pub(crate) fn first(&self, run: u32, content: u64) -> Option<u64> {
        let (begins, stretch) = self.stretch_at(run, content)?;
        Some(stretch.first + (content - begins))
    }

    fn stretch_at(&self, run: u32, content: u64) -> Option<(u64, Stretch)> {
        let up_to = (run, 0)..=(run, content);
        let (&(_, begins), &stretch) = self.stretches.range(up_to).next_back()?;
        (content - begins < stretch.frames).then_some((begins, stretch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ring::Whose;

    /// One after the other: the first stretch that holds the content.
    fn searched(all: &[Played], run: u32, content: u64) -> Option<u64> {
        all.iter().find_map(|played| {
            let whose = played.whose?;
            let is_filler = matches!(whose.kind, Kind::ZeroFill | Kind::EosPad);
            if is_filler || (whose.run, played.run) != (run, run) {
                return None;
            }
            let behind = content.checked_sub(whose.content)?;
            (behind < played.frames).then_some(played.first + behind)
        })
    }

    fn played() -> impl Strategy<Value = Played> {
        let kind = prop_oneof![
            4 => Just(Kind::Audio),
            1 => Just(Kind::ZeroFill),
            1 => Just(Kind::EosPad),
        ];
        let whose = (0_u32..2, 0_u64..60, kind).prop_map(|(run, content, kind)| Whose {
            run,
            content,
            kind,
            intended: content,
            write: 0,
        });
        let whose = prop::option::weighted(0.9, whose);
        (0_u32..2, 0_u64..500, 1_u64..20, whose).prop_map(|(run, first, frames, whose)| Played {
            run,
            first,
            frames,
            whose,
        })
    }

    proptest! {
        #[test]
        fn what_was_heard_first_is_what_a_search_finds(
            all in prop::collection::vec(played(), 0..30),
        ) {
            let hearings = Hearings::of(&all);
            for run in 0..2 {
                for content in 0..90 {
                    prop_assert_eq!(hearings.first(run, content), searched(&all, run, content));
                }
            }
        }
    }
}
