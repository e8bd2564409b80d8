//! Exact bounds of a probability: so many of so many trials went wrong, what can be behind it?
//!
//! Clopper and Pearson's: the bound is the probability at which what was seen, or something
//! further off, has just the chance `risk`. Nothing is taken as normal, so they hold for no event at
//! all, too. Logarithms are `libm`'s, so that an answer is the same on every machine.

/// Halvings of an interval: more change nothing in a double.
const HALVINGS: u32 = 200;
/// A term that is this small beside the sum adds nothing to a double.
const NEGLIGIBLE: f64 = 1e-18;

/// The largest probability that may be behind `events` of `trials`, but for a chance of `risk`.
pub(super) fn at_most(events: u64, trials: u64, risk: f64) -> f64 {
    if events >= trials {
        return 1.0;
    }
    let seen = Seen::new(events, trials);
    // The larger the probability, the less likely are so few events.
    halved(seen.share(), 1.0, |probability| {
        seen.or_fewer(probability) > risk
    })
}

/// The smallest probability that may be behind `events` of `trials`, but for a chance of `risk`.
pub(super) fn at_least(events: u64, trials: u64, risk: f64) -> f64 {
    if events == 0 || trials == 0 {
        return 0.0;
    }
    let seen = Seen::new(events.min(trials), trials);
    // The larger the probability, the more likely are so many events.
    halved(0.0, seen.share(), |probability| {
        seen.or_more(probability) < risk
    })
}

/// How many events are expected at most, but for a chance of `risk`, where none was seen.
pub(super) fn expected_without_one(risk: f64) -> f64 {
    -libm::log(risk)
}

/// Where `is_below` turns from true to false.
fn halved(mut low: f64, mut high: f64, is_below: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if is_below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// What was seen.
#[derive(Clone, Copy, Debug)]
struct Seen {
    events: u64,
    trials: u64,
    /// The logarithm of the number of ways to have them.
    ways: f64,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of events and trials are far below 2^53"
)]
impl Seen {
    fn new(events: u64, trials: u64) -> Self {
        let other = trials - events;
        // By the smaller side, one factor after the other: nothing large is taken from anything large.
        let (few, rest) = (events.min(other), events.max(other));
        let factor = |place: u64| libm::log((rest + place) as f64 / place as f64);
        Self {
            events,
            trials,
            ways: (1..=few).map(factor).sum(),
        }
    }

    fn share(&self) -> f64 {
        self.events as f64 / self.trials as f64
    }

    /// The chance of just these events.
    fn exactly(&self, probability: f64) -> f64 {
        let hits = match self.events {
            0 => 0.0,
            events => events as f64 * libm::log(probability),
        };
        let others = match self.trials - self.events {
            0 => 0.0,
            others => others as f64 * libm::log1p(-probability),
        };
        libm::exp(self.ways + hits + others)
    }

    /// The chance of these events or fewer, for a probability above their share.
    fn or_fewer(&self, probability: f64) -> f64 {
        let odds = (1.0 - probability) / probability;
        let (mut term, mut sum) = (self.exactly(probability), 0.0);
        for events in (0..=self.events).rev() {
            sum += term;
            term *= odds * events as f64 / (self.trials - events + 1) as f64;
            if term < sum * NEGLIGIBLE {
                break;
            }
        }
        sum
    }

    /// The chance of these events or more, for a probability below their share.
    fn or_more(&self, probability: f64) -> f64 {
        let odds = probability / (1.0 - probability);
        let (mut term, mut sum) = (self.exactly(probability), 0.0);
        for events in self.events..=self.trials {
            sum += term;
            term *= odds * (self.trials - events) as f64 / (events + 1) as f64;
            if term < sum * NEGLIGIBLE {
                break;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::{at_least, at_most, expected_without_one};
    use proptest::prelude::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() <= 1e-9 * other.abs().max(1e-300)
    }

    /// Where nothing or everything happened the bounds have closed forms.
    #[test]
    fn of_none_and_of_all_the_bounds_are_roots() {
        for (trials, risk) in [
            (1, 0.5),
            (10, 0.01),
            (360_000, 0.01),
            (1_000_000_000, 0.002),
        ] {
            let root = -libm::expm1(libm::log(risk) / f64::from(trials));
            assert!(near(at_most(0, u64::try_from(trials).unwrap(), risk), root));
            let all = u64::try_from(trials).unwrap().min(1_000);
            let root = libm::exp(libm::log(risk) / f64::from(u32::try_from(all).unwrap()));
            assert!(near(at_least(all, all, risk), root));
        }
        assert_eq!((at_least(0, 10, 0.01), at_most(10, 10, 0.01)), (0.0, 1.0));
        assert_eq!((at_least(0, 0, 0.01), at_most(0, 0, 0.01)), (0.0, 1.0));
    }

    /// Of printed tables of the binomial distribution: 1 of 10, 95 % on both sides; and of the
    /// chi-square distribution, which 100 and 3 events of very many come to.
    #[test]
    fn the_bounds_are_those_of_printed_tables() {
        assert!((at_least(1, 10, 0.025) - 0.002_528_6).abs() < 5e-8);
        assert!((at_most(1, 10, 0.025) - 0.445_016_1).abs() < 5e-8);
        assert!((at_least(5, 20, 0.025) - 0.086_571_5).abs() < 5e-8);
        assert!((at_most(5, 20, 0.025) - 0.491_045_9).abs() < 5e-8);
        let many = 1_000_000_000;
        assert!((at_most(3, many, 0.025) * 1e9 - 8.767_3).abs() < 5e-5);
        assert!((at_least(3, many, 0.025) * 1e9 - 0.618_7).abs() < 5e-5);
        assert!((at_most(100, many, 0.025) * 1e9 - 121.627).abs() < 5e-4);
        assert!((expected_without_one(0.01) - 4.605_170_2).abs() < 5e-8);
    }

    /// The chance of `events` or fewer of `trials`, by Pascal's triangle: no logarithm in it.
    fn or_fewer(events: usize, trials: usize, probability: f64) -> f64 {
        let mut row = vec![1.0];
        for _ in 0..trials {
            let mut next = vec![0.0; row.len() + 1];
            for (place, chance) in row.iter().enumerate() {
                next[place] += chance * (1.0 - probability);
                next[place + 1] += chance * probability;
            }
            row = next;
        }
        row[..=events].iter().sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    fn share(events: usize, trials: usize) -> f64 {
        events as f64 / trials as f64
    }

    proptest! {
        #[test]
        fn at_its_bound_what_was_seen_has_the_chance_that_was_named(
            (events, trials) in (2_usize..60).prop_flat_map(|trials| (1..trials, Just(trials))),
            risk in 0.001_f64..0.4,
        ) {
            let (k, n) = (events as u64, trials as u64);
            let (low, high) = (at_least(k, n, risk), at_most(k, n, risk));
            let share = share(events, trials);
            prop_assert!(low < share && share < high);
            prop_assert!((or_fewer(events, trials, high) - risk).abs() < 1e-9);
            prop_assert!((1.0 - or_fewer(events - 1, trials, low) - risk).abs() < 1e-9);
        }
    }
}
