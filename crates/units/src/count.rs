//! Counts of frames and of bytes, which never mix.

use std::ops::{Add, AddAssign, Sub};

macro_rules! count {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// None.
            pub const ZERO: Self = Self(0);

            #[doc = concat!("`count` ", $what, ".")]
            pub const fn new(count: u64) -> Self {
                Self(count)
            }

            #[doc = concat!("How many ", $what, ".")]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// True for none.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// The difference, or none if `other` is the larger one.
            pub const fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }

        impl Add for $name {
            type Output = Self;

            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl Sub for $name {
            type Output = Self;

            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
    };
}

count! {
    /// A count of frames. A frame is one sample for every channel at one instant; it is not a byte.
    Frames, "frames"
}

count! {
    /// A count of bytes.
    Bytes, "bytes"
}
