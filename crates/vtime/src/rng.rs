//! Random numbers of our own, so that no update of a library changes a run.

/// A stream of random numbers: xoshiro256++, seeded by `SplitMix64`.
///
/// Both are in the public domain: David Blackman and Sebastiano Vigna,
/// <https://prng.di.unimi.it/>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng([u64; 4]);

impl Rng {
    /// The stream of `seed`.
    pub const fn new(seed: u64) -> Self {
        let mut seeder = SplitMix64(seed);
        Self([seeder.next(), seeder.next(), seeder.next(), seeder.next()])
    }

    /// The stream that `actor` draws from for `purpose` in a run with `seed`.
    ///
    /// The seed of the stream is the hash of the actor's name, mixed with the run's seed, mixed
    /// with the hash of the purpose.
    pub const fn of(seed: u64, actor: &str, purpose: &str) -> Self {
        let of_actor = SplitMix64(seed ^ name_hash(actor)).next();
        Self::new(SplitMix64(of_actor ^ name_hash(purpose)).next())
    }

    /// The next 64 random bits.
    pub const fn next_u64(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number below `n`, each equally likely.
    ///
    /// Method: Daniel Lemire, "Fast Random Integer Generation in an Interval" (2019); it draws
    /// again in the few cases that would favor some numbers.
    ///
    /// # Panics
    /// If `n` is 0: there is no such number.
    pub const fn below(&mut self, n: u64) -> u64 {
        assert!(n > 0, "no number is below zero");
        let unfair = n.wrapping_neg() % n;
        loop {
            let wide = self.next_u64() as u128 * n as u128;
            #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
            let low = wide as u64;
            if low >= unfair {
                return (wide >> 64) as u64;
            }
        }
    }
}

/// The seeder, and a good mixer of 64 bits.
struct SplitMix64(u64);

impl SplitMix64 {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The stable 64-bit hash of a name: FNV-1a over its UTF-8 bytes.
pub(crate) const fn name_hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Rng, SplitMix64, name_hash};

    /// The first outputs of the authors' C program from the state 1, 2, 3, 4.
    #[test]
    fn xoshiro256_plus_plus_gives_the_published_numbers() {
        let mut rng = Rng([1, 2, 3, 4]);
        for expected in [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
            14_011_001_112_246_962_877,
            12_406_186_145_184_390_807,
            15_849_039_046_786_891_736,
            10_450_023_813_501_588_000,
        ] {
            assert_eq!(rng.next_u64(), expected);
        }
    }

    /// The first outputs of the authors' C program from the seed 1477776061723855037.
    #[test]
    fn split_mix_64_gives_the_published_numbers() {
        let mut seeder = SplitMix64(1_477_776_061_723_855_037);
        for expected in [
            1_985_237_415_132_408_290,
            2_979_275_885_539_914_483,
            13_511_426_838_097_143_398,
            8_488_337_342_461_049_707,
            15_141_737_807_933_549_159,
        ] {
            assert_eq!(seeder.next(), expected);
        }
    }

    #[test]
    fn fnv_1a_gives_the_published_hashes() {
        assert_eq!(name_hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(name_hash("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(name_hash("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn streams_differ_by_seed_actor_and_purpose() {
        let first = |seed, actor, purpose| Rng::of(seed, actor, purpose).next_u64();
        let base = first(7, "card", "jitter");
        assert_eq!(base, first(7, "card", "jitter"));
        assert_ne!(base, first(8, "card", "jitter"));
        assert_ne!(base, first(7, "app", "jitter"));
        assert_ne!(base, first(7, "card", "wander"));
        assert_ne!(first(7, "a", "b"), first(7, "b", "a"));
    }

    #[test]
    fn below_three_is_fair() {
        let mut rng = Rng::new(1);
        let mut counts = [0_u32; 3];
        for _ in 0..30_000 {
            counts[usize::try_from(rng.below(3)).unwrap()] += 1;
        }
        for count in counts {
            assert!((9_700..10_300).contains(&count), "{counts:?}");
        }
    }

    proptest! {
        #[test]
        fn below_stays_below(seed: u64, n in 1_u64..) {
            prop_assert!(Rng::new(seed).below(n) < n);
        }
    }
}
