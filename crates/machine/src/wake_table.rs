//! How long wake-ups take on a machine, as a table.

use std::fmt;

use units::SimDuration;
use vtime::Rng;

/// One line of a [`WakeTable`]: of a thousand million wake-ups, `survivors` take longer than
/// `latency`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knot {
    /// How many of [`WakeTable::WHOLE`] take longer.
    pub survivors: u32,
    /// Than this.
    pub latency: SimDuration,
}

/// How long it takes from an interrupt to the first instruction of the thread that it wakes, as a
/// distribution: between two [knots](Knot) all latencies are equally likely.
///
/// Everything about it is whole numbers, so a draw is the same on every platform.
///
/// ```
/// use machine::{Knot, WakeTable};
/// use units::SimDuration;
/// use vtime::Rng;
///
/// let knot = |survivors, micros| Knot {
///     survivors,
///     latency: SimDuration::from_micros(micros),
/// };
/// let table = WakeTable::new(vec![
///     knot(WakeTable::WHOLE, 2),
///     knot(WakeTable::WHOLE / 10, 12),
///     knot(0, 500),
/// ])?;
/// assert_eq!(table.quantile(45, 100), SimDuration::from_micros(7));
/// assert!(table.draw(&mut Rng::new(7)) < table.longest());
/// # Ok::<(), machine::WakeTableError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WakeTable {
    /// From all to no survivors, latencies never falling; at least two.
    knots: Vec<Knot>,
}

/// What is wrong with the knots of a [`WakeTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakeTableError {
    /// The first knot does not have [`WakeTable::WHOLE`] survivors, or the last one has some.
    Ends,
    /// The knot at this place has no fewer survivors than the one before.
    Survivors(usize),
    /// The knot at this place has a shorter latency than the one before.
    Latency(usize),
    /// The knot at this place has a latency of more than [`WakeTable::LONGEST`].
    TooLong(usize),
}

impl fmt::Display for WakeTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ends => write!(
                f,
                "the first knot has {} survivors and the last one none",
                WakeTable::WHOLE
            ),
            Self::Survivors(place) => {
                write!(f, "knot {place} has no fewer survivors than the one before")
            }
            Self::Latency(place) => {
                write!(f, "knot {place} is shorter than the one before")
            }
            Self::TooLong(place) => write!(
                f,
                "knot {place} is longer than {}, and so is no wake-up",
                WakeTable::LONGEST
            ),
        }
    }
}

impl std::error::Error for WakeTableError {}

impl WakeTable {
    /// All wake-ups: survivors are counted in parts of it.
    pub const WHOLE: u32 = 1_000_000_000;

    /// No latency is longer.
    pub const LONGEST: SimDuration = SimDuration::from_millis(3_600_000);

    /// Parts of a draw: so fine are the latencies between two knots.
    const DRAWN_OF: u64 = 1 << 40;

    /// The table of `knots`, from the shortest latency to the longest.
    ///
    /// # Errors
    /// [`WakeTableError`] if they are no distribution.
    pub fn new(knots: Vec<Knot>) -> Result<Self, WakeTableError> {
        let (Some(first), Some(last)) = (knots.first(), knots.last()) else {
            return Err(WakeTableError::Ends);
        };
        if first.survivors != Self::WHOLE || last.survivors != 0 {
            return Err(WakeTableError::Ends);
        }
        for (before, pair) in knots.windows(2).enumerate() {
            if pair[1].survivors >= pair[0].survivors {
                return Err(WakeTableError::Survivors(before + 1));
            }
            if pair[1].latency < pair[0].latency {
                return Err(WakeTableError::Latency(before + 1));
            }
        }
        match knots.iter().position(|knot| knot.latency > Self::LONGEST) {
            Some(place) => Err(WakeTableError::TooLong(place)),
            None => Ok(Self { knots }),
        }
    }

    /// The knots, from the shortest latency to the longest.
    pub fn knots(&self) -> &[Knot] {
        &self.knots
    }

    /// No wake-up takes longer.
    pub fn longest(&self) -> SimDuration {
        self.knots[self.knots.len() - 1].latency
    }

    /// What a wake-up takes on average, rounded down to the tick.
    pub fn mean(&self) -> SimDuration {
        let parts = self.knots.windows(2).map(|pair| {
            let share = u128::from(pair[0].survivors - pair[1].survivors);
            let both = u128::from(pair[0].latency.ticks()) + u128::from(pair[1].latency.ticks());
            share * both
        });
        ticks(parts.sum::<u128>() / (2 * u128::from(Self::WHOLE)))
    }

    /// The latency that `part` of `of` wake-ups do not exceed, rounded down to the tick.
    ///
    /// # Panics
    /// If `of` is zero or `part` is more: there is no such share.
    pub fn quantile(&self, part: u32, of: u32) -> SimDuration {
        self.at(part.into(), of.into())
    }

    /// A latency drawn from the table.
    pub fn draw(&self, rng: &mut Rng) -> SimDuration {
        self.at(rng.below(Self::DRAWN_OF), Self::DRAWN_OF)
    }

    /// The latency that `part` of `of` wake-ups do not exceed; `of` is at most
    /// [`DRAWN_OF`](Self::DRAWN_OF), so that no product outgrows 128 bits.
    fn at(&self, part: u64, of: u64) -> SimDuration {
        assert!(of > 0 && part <= of, "{part} of {of} is no share");
        // Survivors, in parts of `of` times the whole.
        let survivors = u128::from(of - part) * u128::from(Self::WHOLE);
        let of = u128::from(of);
        let below = self
            .knots
            .partition_point(|knot| u128::from(knot.survivors) * of > survivors);
        let Some(before) = below.checked_sub(1) else {
            return self.knots[0].latency;
        };
        let (from, to) = (self.knots[before], self.knots[below]);
        let gone = u128::from(from.survivors) * of - survivors;
        let span = u128::from(from.survivors - to.survivors) * of;
        let rise = u128::from(to.latency.ticks() - from.latency.ticks());
        from.latency + ticks(rise * gone / span)
    }
}

fn ticks(count: u128) -> SimDuration {
    SimDuration::from_ticks(u64::try_from(count).expect("no longer than the longest latency"))
}

vtime::fork_by_clone!(Knot, WakeTable);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use vtime::Rng;

    use super::*;

    const fn knot(survivors: u32, nanos: u64) -> Knot {
        Knot {
            survivors,
            latency: SimDuration::from_nanos(nanos),
        }
    }

    fn straight() -> WakeTable {
        WakeTable::new(vec![knot(WakeTable::WHOLE, 1_000), knot(0, 11_000)]).unwrap()
    }

    #[test]
    fn between_two_knots_latencies_lie_on_a_line() {
        for tenth in 0..=10 {
            let expected = SimDuration::from_nanos(1_000 + 1_000 * u64::from(tenth));
            assert_eq!(straight().quantile(tenth, 10), expected);
        }
        assert_eq!(straight().mean(), SimDuration::from_nanos(6_000));
        assert_eq!(straight().longest(), SimDuration::from_nanos(11_000));
    }

    #[test]
    fn a_knot_is_exceeded_by_as_many_as_it_says() {
        let table = WakeTable::new(vec![
            knot(WakeTable::WHOLE, 1_500),
            knot(500_000_000, 5_630),
            knot(1_000_000, 38_000),
            knot(0, 70_800),
        ])
        .unwrap();
        assert_eq!(table.quantile(1, 2), SimDuration::from_nanos(5_630));
        assert_eq!(table.quantile(999, 1_000), SimDuration::from_nanos(38_000));
        assert_eq!(table.quantile(1, 1), SimDuration::from_nanos(70_800));
    }

    #[test]
    fn knots_that_are_no_distribution_are_refused() {
        let refused = |knots: &[Knot]| WakeTable::new(knots.to_vec()).unwrap_err();
        let (all, some) = (knot(WakeTable::WHOLE, 5), knot(7, 6));
        assert_eq!(refused(&[]), WakeTableError::Ends);
        assert_eq!(refused(&[all]), WakeTableError::Ends);
        assert_eq!(refused(&[some, knot(0, 9)]), WakeTableError::Ends);
        assert_eq!(refused(&[all, some]), WakeTableError::Ends);
        assert_eq!(
            refused(&[all, some, some, knot(0, 9)]),
            WakeTableError::Survivors(2)
        );
        assert_eq!(
            refused(&[all, some, knot(0, 4)]),
            WakeTableError::Latency(2)
        );
        let hour = WakeTable::LONGEST.to_nanos_floor();
        assert!(WakeTable::new(vec![all, knot(0, hour)]).is_ok());
        assert_eq!(
            refused(&[all, knot(0, hour + 1)]),
            WakeTableError::TooLong(1)
        );
    }

    fn tables() -> impl Strategy<Value = WakeTable> {
        let steps =
            prop::collection::vec((1..100_000_000_u32, 0..WakeTable::LONGEST.ticks()), 0..9);
        (steps, 0..WakeTable::LONGEST.ticks()).prop_map(|(steps, last)| {
            let (gone, mut latencies): (Vec<u32>, Vec<u64>) = steps.into_iter().unzip();
            latencies.extend([last, last]);
            latencies.sort_unstable();
            let mut left = WakeTable::WHOLE;
            let mut survivors = vec![left];
            survivors.extend(gone.iter().map(|gone| {
                left -= gone;
                left
            }));
            survivors.push(0);
            let knots = survivors.into_iter().zip(latencies);
            let knot = |(survivors, latency)| Knot {
                survivors,
                latency: SimDuration::from_ticks(latency),
            };
            WakeTable::new(knots.map(knot).collect()).expect("falls and rises")
        })
    }

    proptest! {
        #[test]
        fn quantiles_never_fall_and_stay_between_the_ends(table in tables(), of in 1..u32::MAX, a: u32, b: u32) {
            let (less, more) = (a.min(b) % of, (a.max(b) % of).max(a.min(b) % of));
            prop_assert!(table.quantile(less, of) <= table.quantile(more, of));
            prop_assert!(table.quantile(0, of) == table.knots()[0].latency);
            prop_assert!(table.quantile(of, of) == table.longest());
        }

        /// The mean of evenly spread quantiles is that of the table, to what rounding leaves.
        #[test]
        fn the_mean_is_that_of_all_quantiles(table in tables()) {
            let of = 2 * 5_000_u32;
            let sum: u128 = (0..of / 2)
                .map(|step| u128::from(table.quantile(2 * step + 1, of).ticks()))
                .sum();
            let (mean, exact) = (sum / u128::from(of / 2), u128::from(table.mean().ticks()));
            let spread = u128::from(table.longest().ticks()) / u128::from(of / 2) + 1;
            prop_assert!(mean.abs_diff(exact) <= spread, "{mean} and {exact}");
        }

        #[test]
        fn equal_streams_draw_equal_latencies(table in tables(), seed: u64) {
            let (mut one, mut other) = (Rng::new(seed), Rng::new(seed));
            for _ in 0..10 {
                let drawn = table.draw(&mut one);
                prop_assert_eq!(drawn, table.draw(&mut other));
                prop_assert!(drawn <= table.longest());
            }
        }
    }
}
