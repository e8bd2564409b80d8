//! When frames go on the link, and when they come out of memory: closed forms.

use units::SampleRate;

use crate::config::{Cadence, Packing};
use crate::format::StreamFormat;
use crate::spec::LINK_FRAME_HZ;

/// How frames are spread over slots. A slot is one instant of a grid; the frames that it carries
/// begin in it and are completed when the next one begins.
///
/// `s` slots carry `group * ceil(s * numerator / denominator)` frames: an accumulator that starts
/// full. Source of the form for 44.1 kHz: the cadence 12-11-11-12-11-11-12-11-11-12-11-11-11 of
/// the Intel High Definition Audio specification, which it equals.
///
/// An accumulator that is not the stream's own starts as it is found: then the slots before the
/// present stay in RUN, and what they carried, are put apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    slot_rate: SampleRate,
    group: u64,
    numerator: u64,
    denominator: u64,
    found: Found,
}

/// How a stay in RUN finds an accumulator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Found {
    /// Slots that the accumulator has seen before the stay.
    phase: u64,
    /// Slots and groups of the stream before the stay.
    slots: u64,
    groups: u64,
}

impl Pace {
    pub(crate) fn of(cadence: Cadence, packing: Packing, format: StreamFormat) -> Self {
        let (slot_rate, group, numerator, denominator) = match cadence {
            Cadence::Even => (format.rate(), 1, 1, 1),
            Cadence::LinkFrames => {
                let (numerator, denominator) = format.groups_per_link_frame();
                let link = SampleRate::new(LINK_FRAME_HZ).expect("not zero");
                match packing {
                    Packing::Grouped => (link, format.group(), numerator, denominator),
                    Packing::Spread => (link, 1, format.group() * numerator, denominator),
                }
            }
        };
        Self {
            slot_rate,
            group,
            numerator,
            denominator,
            found: Found::default(),
        }
    }

    /// The same from slot `slots` on, where the accumulator has seen `phase` slots.
    pub(crate) fn found_at(self, slots: u64, phase: u64) -> Self {
        let groups = self.groups(slots);
        let found = Found {
            phase,
            slots,
            groups,
        };
        Self { found, ..self }
    }

    /// A frame in each slot.
    pub(crate) fn even(rate: SampleRate) -> Self {
        Self {
            slot_rate: rate,
            group: 1,
            numerator: 1,
            denominator: 1,
            found: Found::default(),
        }
    }

    /// True if every multiple of `frames` frames ends with a slot.
    pub(crate) fn ends_with(self, frames: u64) -> bool {
        let at_once = if self.numerator <= self.denominator {
            self.group
        } else if self.numerator % self.denominator == 0 {
            self.group * (self.numerator / self.denominator)
        } else {
            return false;
        };
        frames % at_once == 0
    }

    /// Slots per second.
    pub(crate) fn slot_rate(self) -> SampleRate {
        self.slot_rate
    }

    /// The most frames that one slot carries.
    pub(crate) fn most_at_once(self) -> u64 {
        self.group * self.numerator.div_ceil(self.denominator)
    }

    /// Frames that the first `slots` slots carry. Not asked for slots before the present stay.
    pub(crate) fn begun(self, slots: u64) -> u64 {
        self.group * self.groups(slots)
    }

    /// Frames completed when the last of the first `slots` slots begins.
    pub(crate) fn completed(self, slots: u64) -> u64 {
        self.begun(slots.saturating_sub(1))
    }

    /// The fewest slots that carry `frames` frames.
    pub(crate) fn slots_for(self, frames: u64) -> u64 {
        let groups = frames.div_ceil(self.group);
        let Some(more) = groups
            .checked_sub(self.found.groups)
            .filter(|&more| more > 0)
        else {
            return self.found.slots.min(self.slots_from_reset(groups));
        };
        let seen = self.full(self.found.phase) + more;
        self.found.slots + self.slots_from_reset(seen) - self.found.phase
    }

    /// The fewest slots with whose last one `frames` frames are completed.
    pub(crate) fn slots_until_completed(self, frames: u64) -> u64 {
        self.slots_for(frames) + 1
    }

    fn groups(self, slots: u64) -> u64 {
        let Found {
            phase,
            slots: before,
            groups,
        } = self.found;
        groups + self.full(phase + slots.saturating_sub(before)) - self.full(phase)
    }

    /// Groups that an accumulator has let out in its first `slots` slots.
    fn full(self, slots: u64) -> u64 {
        (slots * self.numerator).div_ceil(self.denominator)
    }

    /// The fewest slots in which it lets out `groups` groups.
    fn slots_from_reset(self, groups: u64) -> u64 {
        match groups {
            0 => 0,
            groups => (groups - 1) * self.denominator / self.numerator + 1,
        }
    }
}

/// How far memory and link are apart, in bytes: whenever a slot begins, the FIFO of an output is
/// filled up with as many whole bursts as fit, and that of an input is emptied of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FifoRule {
    /// Bytes that the FIFO holds, including the frame that is going out.
    capacity: u64,
    /// Bytes of a burst, at least 1.
    burst: u64,
    /// Bytes of a frame, at least 1.
    frame: u64,
    /// Bytes that are fetched with the first frame whatever the FIFO holds: a fault.
    head: u64,
}

impl FifoRule {
    /// A rule that never lets the link run dry, or the FIFO run over; or `None`.
    ///
    /// Whoever takes a whole group out of the FIFO in one slot must find it there, also when the
    /// last burst that did not fit is missing; and what arrives in one slot must fit beside what
    /// was no burst yet.
    pub(crate) fn new(capacity: u64, burst: u64, frame: u64, group: u64) -> Option<Self> {
        if burst == 0 {
            return None;
        }
        let step = greatest_common_divisor(burst, frame);
        let usable = capacity / step * step;
        let is_deep_enough = usable + step >= burst + group * frame;
        is_deep_enough.then_some(Self {
            capacity,
            burst,
            frame,
            head: 0,
        })
    }

    pub(crate) fn capacity(self) -> u64 {
        self.capacity
    }

    pub(crate) fn burst(self) -> u64 {
        self.burst
    }

    /// The same with `head` bytes fetched with the first frame, and a FIFO of `more` bytes more.
    pub(crate) fn with_lead(self, head: u64, more: u64) -> Self {
        Self {
            head,
            capacity: self.capacity.saturating_add(more),
            ..self
        }
    }

    /// Bytes fetched when a slot begins with which `completed` frames are completed.
    pub(crate) fn fetched(self, completed: u64) -> u64 {
        let in_step = (completed * self.frame + self.capacity) / self.burst * self.burst;
        in_step.max(self.head)
    }

    /// The fewest completed frames with which `bytes` bytes are fetched.
    pub(crate) fn completed_for(self, bytes: u64) -> u64 {
        if bytes <= self.head {
            return 0;
        }
        let bursts = bytes.div_ceil(self.burst) * self.burst;
        bursts.saturating_sub(self.capacity).div_ceil(self.frame)
    }

    /// True if the FIFO of an input takes what has arrived with `completed` frames when `stored`
    /// bytes of it are in memory.
    pub(crate) fn takes(self, completed: u64, stored: u64) -> bool {
        completed * self.frame <= stored + self.capacity
    }

    /// Bytes stored in whole bursts when `completed` frames have arrived.
    pub(crate) fn stored(self, completed: u64) -> u64 {
        completed * self.frame / self.burst * self.burst
    }

    /// The fewest arrived frames with which `bytes` bytes are stored in whole bursts.
    pub(crate) fn completed_to_store(self, bytes: u64) -> u64 {
        (bytes.div_ceil(self.burst) * self.burst).div_ceil(self.frame)
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use units::{SampleFormat, WaveFormat};

    use super::*;

    fn format(hertz: u32, channels: u8, sample: SampleFormat) -> StreamFormat {
        StreamFormat::of(WaveFormat::new(hertz, channels, sample).unwrap()).unwrap()
    }

    fn link_frames(hertz: u32) -> Pace {
        Pace::of(
            Cadence::LinkFrames,
            Packing::Grouped,
            format(hertz, 2, SampleFormat::S16),
        )
    }

    /// The published sequence: runs of link frames that carry a frame, one empty one after each.
    #[test]
    fn cadence_of_44100_is_the_published_sequence() {
        let runs = [12, 11, 11, 12, 11, 11, 12, 11, 11, 12, 11, 11, 11];
        let published: Vec<u64> = runs
            .iter()
            .flat_map(|&run| std::iter::repeat_n(1, run).chain([0]))
            .collect();
        assert_eq!(published.len(), 160);
        let pace = link_frames(44_100);
        for (slot, carried) in (0..).zip(published.iter().cycle().take(480)) {
            assert_eq!(
                pace.begun(slot + 1) - pace.begun(slot),
                *carried,
                "link frame {slot}"
            );
        }
    }

    #[test]
    fn multiples_travel_together_and_divisors_leave_link_frames_empty() {
        let carried = |hertz| -> Vec<u64> {
            let pace = link_frames(hertz);
            (0..7)
                .map(|slot| pace.begun(slot + 1) - pace.begun(slot))
                .collect()
        };
        assert_eq!(carried(48_000), [1; 7]);
        assert_eq!(carried(192_000), [4; 7]);
        assert_eq!(carried(32_000), [2, 0, 0, 2, 0, 0, 2]);
        assert_eq!(carried(8_000), [1, 0, 0, 0, 0, 0, 1]);
    }

    /// The golden rows of the HD Audio engine: link frame at whose end the interrupt comes, and
    /// link frame that carries the period's last frame.
    #[test]
    fn golden_interrupt_and_last_frames() {
        for (hertz, channels, sample, (fifo, burst), period, interrupts, last) in golden() {
            let format = format(hertz, channels, sample);
            let frame = format.frame_bytes().get();
            let pace = Pace::of(Cadence::LinkFrames, Packing::Grouped, format);
            let rule = FifoRule::new(fifo, burst, frame, pace.most_at_once()).unwrap();
            for (n, (interrupt, last)) in (1..).zip(interrupts.iter().zip(last)) {
                let completed = rule.completed_for(n * period * frame);
                assert_eq!(
                    pace.slots_until_completed(completed),
                    interrupt + 2,
                    "{hertz} Hz, interrupt {n}"
                );
                assert_eq!(pace.slots_for(n * period), last + 1, "{hertz} Hz, last {n}");
            }
        }
    }

    type Golden = (
        u32,
        u8,
        SampleFormat,
        (u64, u64),
        u64,
        &'static [u64],
        &'static [u64],
    );

    fn golden() -> [Golden; 6] {
        use SampleFormat::{S16, S24In32, S32};
        [
            (
                48_000,
                2,
                S16,
                (192, 32),
                480,
                &[431, 911, 1391, 1871, 2351, 2831],
                &[479, 959, 1439, 1919, 2399, 2879],
            ),
            (
                48_000,
                2,
                S16,
                (192, 32),
                128,
                &[79, 207, 335, 463, 591, 719],
                &[127, 255, 383, 511, 639, 767],
            ),
            (
                44_100,
                2,
                S16,
                (192, 32),
                441,
                &[434, 913, 1392, 1871, 2349, 2828, 3307, 3786],
                &[478, 958, 1438, 1918, 2398, 2878, 3358, 3838],
            ),
            (
                44_100,
                6,
                S16,
                (192, 32),
                441,
                &[463, 942, 1424, 1903],
                &[478, 958, 1438, 1918],
            ),
            (
                96_000,
                2,
                S32,
                (192, 32),
                960,
                &[467, 947, 1427, 1907],
                &[479, 959, 1439, 1919],
            ),
            (
                48_000,
                2,
                S24In32,
                (256, 64),
                480,
                &[447, 927, 1407, 1887, 2367],
                &[479, 959, 1439, 1919, 2399],
            ),
        ]
    }

    #[test]
    fn a_fifo_must_hold_a_group_beside_the_burst_that_does_not_fit() {
        assert!(FifoRule::new(4, 4, 4, 1).is_some(), "one frame at a time");
        assert!(FifoRule::new(0, 4, 4, 1).is_none());
        assert!(FifoRule::new(4, 0, 4, 1).is_none());
        assert!(FifoRule::new(192, 32, 128, 1).is_some());
        assert!(
            FifoRule::new(192, 32, 64, 4).is_none(),
            "four frames of 64 bytes in a slot"
        );
    }

    proptest! {
        /// The fewest slots: enough, and one less is not.
        #[test]
        fn slots_and_frames_are_inverses(
            hertz in prop::sample::select(vec![8_000u32, 11_025, 32_000, 44_100, 88_200, 96_000, 192_000]),
            frames in 1u64..1_000_000_000_000,
        ) {
            let pace = link_frames(hertz);
            let slots = pace.slots_for(frames);
            prop_assert!(pace.begun(slots) >= frames);
            prop_assert!(pace.begun(slots - 1) < frames);
            prop_assert_eq!(pace.completed(pace.slots_until_completed(frames)), pace.begun(slots));
        }

        /// The link never runs dry, and the FIFO never holds more than it can.
        #[test]
        fn the_fifo_holds_what_the_link_needs(
            capacity in 1u64..400, burst in 1u64..200, frame in 1u64..64, group in 1u64..=4,
            completed in 0u64..1_000_000,
        ) {
            let completed = completed / group * group;
            if let Some(rule) = FifoRule::new(capacity, burst, frame, group) {
                let fetched = rule.fetched(completed);
                prop_assert!(fetched >= (completed + group) * frame);
                prop_assert!(fetched <= completed * frame + capacity);
                let least = rule.completed_for(fetched);
                prop_assert!(least <= completed);
                prop_assert_eq!(rule.fetched(least), fetched);
            }
        }
    }
}
