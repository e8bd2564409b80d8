//! The digest of a history.

use std::fmt;

/// Odd constants with well-mixed bits: the fractional parts of the golden ratio and of the square
/// root of three.
const K1: u64 = 0x9e37_79b9_7f4a_7c15;
const K2: u64 = 0xbb67_ae85_84ca_a73b;

/// 64 bits that stand for a whole history: equal histories have equal digests, on any machine and
/// in any build, and different ones practically never.
///
/// # Definition
/// All arithmetic is on 64 bits and wraps.
/// ```text
/// absorb(s, x) = m ^ (m >> 32)           where m = (s ^ x) * K1
///
/// for each entry:
///     head = ((source ^ (phase << 62) ^ (words << 56)) * K2) ^ id
///     s = absorb(s, time)
///     s = absorb(s, head)
///     s = absorb(s, word)                for each word
///
/// digest = absorb(absorb(s, count), K2)
/// ```
/// `time` is in ticks, `phase` counts from *commit* = 0, `words` is the number of words, `source`
/// and `id` are the FNV-1a hashes of the names of actor and descriptor, `count` is the number of
/// entries, `s` starts at 0, `K1` is `9e3779b97f4a7c15` and `K2` is `bb67ae8584caa73b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u64);

impl Digest {
    /// The digest as a number.
    pub const fn to_u64(self) -> u64 {
        self.0
    }
}

/// Sixteen hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A digest that grows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Digester {
    state: u64,
    count: u64,
}

impl Digester {
    /// Folds one entry.
    #[inline]
    pub(crate) fn fold(&mut self, time: u64, phase: u64, source: u64, id: u64, words: &[u64]) {
        let length = words.len() as u64;
        let head = (source ^ (phase << 62) ^ (length << 56)).wrapping_mul(K2) ^ id;
        let mut state = absorb(absorb(self.state, time), head);
        for &word in words {
            state = absorb(state, word);
        }
        self.state = state;
        self.count += 1;
    }

    /// Entries folded.
    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// The digest of what was folded so far.
    pub(crate) const fn digest(&self) -> Digest {
        Digest(absorb(absorb(self.state, self.count), K2))
    }
}

#[inline]
const fn absorb(state: u64, word: u64) -> u64 {
    let mixed = (state ^ word).wrapping_mul(K1);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(entries: &[(u64, u64, u64, u64, &[u64])]) -> String {
        let mut digester = Digester::default();
        for &(time, phase, source, id, words) in entries {
            digester.fold(time, phase, source, id, words);
        }
        digester.digest().to_string()
    }

    /// Worked out from the definition by an independent program.
    #[test]
    fn digests_are_those_of_the_definition() {
        assert_eq!(digest_of(&[]), "5eada573f703eea4");
        assert_eq!(
            digest_of(&[(4_410_000_000, 1, 2, 3, &[])]),
            "a84b7b8c20e29165"
        );
        assert_eq!(
            digest_of(&[
                (4_410_000_000, 1, 2, 3, &[480, 0]),
                (4_410_000_000, 3, u64::MAX, 3, &[1, 2, 3, 4, 5, u64::MAX]),
            ]),
            "8d60fb67e5a33925"
        );
    }

    #[test]
    fn every_part_of_an_entry_counts() {
        let base = digest_of(&[(1, 1, 1, 1, &[1])]);
        for other in [
            digest_of(&[(2, 1, 1, 1, &[1])]),
            digest_of(&[(1, 2, 1, 1, &[1])]),
            digest_of(&[(1, 1, 2, 1, &[1])]),
            digest_of(&[(1, 1, 1, 2, &[1])]),
            digest_of(&[(1, 1, 1, 1, &[2])]),
            digest_of(&[(1, 1, 1, 1, &[1, 0])]),
            digest_of(&[(1, 1, 1, 1, &[])]),
            digest_of(&[(1, 1, 1, 1, &[1]), (1, 1, 1, 1, &[1])]),
        ] {
            assert_ne!(base, other);
        }
    }
}
