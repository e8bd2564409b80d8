//! How often a fault strikes.

use vtime::Rng;

/// Which of the occasions of a fault it takes.
///
/// Occasions are counted from 1 since power-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odds {
    /// This one, and no other.
    At(u64),
    /// So many in a million, each occasion by itself.
    PerMillion(u32),
}

/// Where the draws of one fault come from: a key, and no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Draws {
    seed: u64,
    stream: u32,
    kind: &'static str,
}

impl Odds {
    /// Every occasion.
    pub const ALWAYS: Self = Self::PerMillion(1_000_000);

    /// True if a fault of these odds takes `occasion`.
    pub(crate) fn take(self, occasion: u64, draws: Draws) -> bool {
        match self {
            Self::At(only) => occasion == only,
            Self::PerMillion(parts) => draws.below(occasion, 1_000_000) < u64::from(parts),
        }
    }
}

impl Draws {
    pub(crate) const fn new(seed: u64, stream: u32, kind: &'static str) -> Self {
        Self { seed, stream, kind }
    }

    /// The draw for `occasion`: a number below `n`.
    fn below(self, occasion: u64, n: u64) -> u64 {
        // Two odd constants keep neighbors apart; the generator does the mixing.
        let key = occasion.wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ u64::from(self.stream).wrapping_mul(0xd1b5_4a32_d192_ed03);
        Rng::of(self.seed ^ key, "hardware", self.kind).below(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(odds: Odds, draws: Draws) -> Vec<u64> {
        (1..=10_000).filter(|&n| odds.take(n, draws)).collect()
    }

    #[test]
    fn odds_hold_and_keys_differ() {
        let (a, b) = (Draws::new(7, 0, "lost"), Draws::new(7, 0, "spurious"));
        let tenth = taken(Odds::PerMillion(100_000), a);
        assert!((900..1_100).contains(&tenth.len()), "{}", tenth.len());
        assert_eq!(tenth, taken(Odds::PerMillion(100_000), a));
        for other in [b, Draws::new(8, 0, "lost"), Draws::new(7, 1, "lost")] {
            assert_ne!(tenth, taken(Odds::PerMillion(100_000), other));
        }
        assert_eq!(taken(Odds::At(17), a), [17]);
        assert_eq!(taken(Odds::ALWAYS, a).len(), 10_000);
        assert!(taken(Odds::PerMillion(0), a).is_empty());
    }
}
