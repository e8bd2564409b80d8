//! Position and clock registers: one half writes, the other half can only read.

use std::sync::Arc;

use units::Bytes;

use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// Bits of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// 32 bits.
    Bits32,
    /// 64 bits.
    Bits64,
}

impl Width {
    /// How many.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Bits32 => 32,
            Self::Bits64 => 64,
        }
    }
}

/// How a position register counts.
///
/// Source: `ksmedia/ns-ksmedia-ksrtaudio_hwregister.md`,
/// `audio/ksproperty-rtaudio-positionregister.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "KSRTAUDIO_HWREGISTER")]
pub struct PositionShape {
    /// Bits of the register.
    pub width: Width,
    /// Size of the cyclic buffer, at least 1 byte; the register never shows it.
    pub buffer: Bytes,
    /// Steps in which the register moves, at least 1 byte.
    pub accuracy: Bytes,
}

impl PositionShape {
    /// What the register shows when `linear` bytes have passed since the start of the stream: the
    /// offset of the next byte to pass, in steps of the accuracy.
    ///
    /// Model: the step is taken before the wrap, so the register is behind by less than its
    /// accuracy also where that does not divide the buffer.
    pub const fn reading(self, linear: Bytes) -> Bytes {
        let stepped = linear.get() / self.accuracy.get() * self.accuracy.get();
        Bytes::new(stepped % self.buffer.get())
    }
}

/// How a clock register counts.
///
/// Source: `ksmedia/ns-ksmedia-ksrtaudio_hwregister.md`,
/// `audio/ksproperty-rtaudio-clockregister.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "KSRTAUDIO_HWREGISTER")]
pub struct ClockShape {
    /// Bits of the register; a 32-bit one wraps.
    pub width: Width,
    /// Frequency in Hz is this over [`denominator`](Self::denominator).
    pub numerator: u64,
    /// See [`numerator`](Self::numerator).
    pub denominator: u64,
    /// Clock ticks between visible updates, at least 1.
    pub accuracy_ticks: u64,
}

impl ClockShape {
    /// What the register shows when the clock has ticked `ticks` times since power-up.
    pub const fn reading(self, ticks: u64) -> u64 {
        let stepped = ticks / self.accuracy_ticks * self.accuracy_ticks;
        match self.width {
            Width::Bits32 => stepped & u32::MAX as u64,
            Width::Bits64 => stepped,
        }
    }
}

/// A word that one side writes and the other reads, alone on its cache line as the real one is
/// alone on its page: polling it disturbs nobody's data.
#[derive(Debug)]
#[repr(align(128))]
enum Word {
    Bits32(AtomicU32),
    Bits64(AtomicU64),
}

impl Word {
    fn new(width: Width, value: u64) -> Self {
        match width {
            Width::Bits32 => Self::Bits32(AtomicU32::new(low_half(value))),
            Width::Bits64 => Self::Bits64(AtomicU64::new(value)),
        }
    }

    /// Release: who reads this value finds everything that the writer did before.
    fn publish(&self, value: u64) {
        match self {
            Self::Bits32(word) => word.store(low_half(value), Ordering::Release),
            Self::Bits64(word) => word.store(value, Ordering::Release),
        }
    }

    /// Acquire: pairs with [`publish`](Self::publish).
    fn read(&self) -> u64 {
        match self {
            Self::Bits32(word) => word.load(Ordering::Acquire).into(),
            Self::Bits64(word) => word.load(Ordering::Acquire),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a 32-bit register holds the lower half"
)]
fn low_half(value: u64) -> u32 {
    value as u32
}

macro_rules! register {
    (
        $(#[$doc:meta])* $Register:ident, $Shape:ident,
        $(#[$writer_doc:meta])* $Writer:ident, $(#[$reader_doc:meta])* $Reader:ident,
        $Value:ty, $to_word:expr, $from_word:expr, $unit:literal
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Register {
            shape: $Shape,
            word: Word,
        }

        impl $Register {
            /// A register that shows zero, as its two halves: who writes it, who reads it.
            pub fn pair(shape: $Shape) -> ($Writer, $Reader) {
                let register = Arc::new(Self { shape, word: Word::new(shape.width, 0) });
                ($Writer(Arc::clone(&register)), $Reader(register))
            }

            /// How it counts.
            pub fn shape(&self) -> $Shape {
                self.shape
            }

            #[doc = concat!("What it shows, in ", $unit, ".")]
            ///
            /// Who reads a value finds in the buffer what the writer stored before it published
            /// that value, and what the reader stores from now on was not seen by any load that
            /// the writer made before.
            pub fn read(&self) -> $Value {
                $from_word(self.word.read())
            }

            /// A register of its own that shows what this one shows now.
            pub fn snapshot(&self) -> Self {
                Self { shape: self.shape, word: Word::new(self.shape.width, self.word.read()) }
            }
        }

        $(#[$writer_doc])*
        #[derive(Debug)]
        pub struct $Writer(Arc<$Register>);

        impl $Writer {
            #[doc = concat!("Shows what [`", stringify!($Shape), "::reading`] makes of `count`, in ")]
            #[doc = concat!($unit, " since the start.")]
            pub fn publish(&mut self, count: $Value) {
                self.0.word.publish($to_word(self.0.shape.reading(count)));
            }

            /// A half for reading.
            pub fn reader(&self) -> $Reader {
                $Reader(Arc::clone(&self.0))
            }

            /// The writing half of the register that `twin` makes of this one.
            ///
            /// For a world that is cloned: `twin` gives the same clone to both halves.
            pub fn twin(&self, twin: impl FnOnce(&Arc<$Register>) -> Arc<$Register>) -> Self {
                Self(twin(&self.0))
            }
        }

        $(#[$reader_doc])*
        #[derive(Clone, Debug)]
        pub struct $Reader(Arc<$Register>);

        impl $Reader {
            /// How the register counts.
            pub fn shape(&self) -> $Shape {
                self.0.shape
            }

            #[doc = concat!("What the register shows, in ", $unit, ": see [`", stringify!($Register), "::read`].")]
            pub fn read(&self) -> $Value {
                self.0.read()
            }

            /// A reading half of the register that `twin` makes of this one.
            ///
            /// For a world that is cloned: `twin` gives the same clone to both halves.
            pub fn twin(&self, twin: impl FnOnce(&Arc<$Register>) -> Arc<$Register>) -> Self {
                Self(twin(&self.0))
            }
        }
    };
}

register! {
    /// Where in the cyclic buffer the hardware is.
    ///
    /// ```
    /// use ring::{PositionRegister, PositionShape, Width};
    /// use units::Bytes;
    ///
    /// let shape = PositionShape {
    ///     width: Width::Bits32,
    ///     buffer: Bytes::new(64),
    ///     accuracy: Bytes::new(8),
    /// };
    /// let (mut device, client) = PositionRegister::pair(shape);
    /// device.publish(Bytes::new(64 + 13));
    /// assert_eq!(client.read(), Bytes::new(8));
    /// ```
    PositionRegister, PositionShape,
    /// The device's half of a [`PositionRegister`]. There is one, and it cannot be cloned.
    PositionWriter,
    /// The client's half of a [`PositionRegister`], as mapped into its address space.
    ///
    /// It cannot write:
    /// ```compile_fail,E0599
    /// # use ring::{PositionRegister, PositionShape, Width};
    /// # use units::Bytes;
    /// # let (buffer, accuracy) = (Bytes::new(64), Bytes::new(8));
    /// # let shape = PositionShape { width: Width::Bits32, buffer, accuracy };
    /// let (device, mut client) = PositionRegister::pair(shape);
    /// client.publish(Bytes::new(8)); // no method named `publish`
    /// ```
    PositionReader,
    Bytes, Bytes::get, Bytes::new, "bytes"
}

impl PositionWriter {
    /// Shows `reading` as it is, also where no device that keeps to its shape would: for one that
    /// does not.
    pub fn publish_reading(&mut self, reading: Bytes) {
        self.0.word.publish(reading.get());
    }
}

register! {
    /// How often the clock of the device has ticked since power-up, whatever its streams do.
    ///
    /// ```
    /// use ring::{ClockRegister, ClockShape, Width};
    ///
    /// let shape =
    ///     ClockShape { width: Width::Bits32, numerator: 24_000_000, denominator: 1, accuracy_ticks: 4 };
    /// let (mut device, client) = ClockRegister::pair(shape);
    /// device.publish((1 << 32) + 7);
    /// assert_eq!(client.read(), 4);
    /// ```
    ClockRegister, ClockShape,
    /// The device's half of a [`ClockRegister`]. There is one, and it cannot be cloned.
    ClockWriter,
    /// The client's half of a [`ClockRegister`], as mapped into its address space.
    ///
    /// It cannot write:
    /// ```compile_fail,E0599
    /// # use ring::{ClockRegister, ClockShape, Width};
    /// # let (numerator, denominator, accuracy_ticks) = (24_000_000, 1, 4);
    /// # let shape = ClockShape { width: Width::Bits32, numerator, denominator, accuracy_ticks };
    /// let (device, mut client) = ClockRegister::pair(shape);
    /// client.publish(8); // no method named `publish`
    /// ```
    ClockReader,
    u64, std::convert::identity, std::convert::identity, "ticks"
}
