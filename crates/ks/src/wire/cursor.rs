//! Reading and writing little-endian values one behind the other.

use thiserror::Error;
use units::NtStatus;

use crate::guid::Guid;

/// Why bytes are not the structure that they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WireError {
    /// The bytes end inside the structure.
    #[error("{what} needs {needed} bytes, and {found} are there")]
    Short {
        /// The structure, as the headers call it.
        what: &'static str,
        /// Where the value that is cut off would end.
        needed: usize,
        /// How many bytes there are.
        found: usize,
    },
    /// A field holds what it cannot hold, or what contradicts another one.
    #[error("{field} cannot be {found}")]
    Value {
        /// The field, as the headers call it.
        field: &'static str,
        /// What it holds.
        found: u64,
    },
}

/// Source: `wdk-ddi-src/content/ks/nf-ks-kspropertyhandler.md` names no code; see decision 0040.
impl From<WireError> for NtStatus {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Short { .. } | WireError::Value { .. } => Self::INVALID_PARAMETER,
        }
    }
}

/// Takes values off the front of some bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    what: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, which should be a `what`.
    pub const fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self { what, bytes, at: 0 }
    }

    /// How many bytes were taken.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// What was not taken yet.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next `len` bytes.
    ///
    /// # Errors
    /// [`WireError::Short`].
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let end = self.at.saturating_add(len);
        let taken = self.bytes.get(self.at..end).ok_or(WireError::Short {
            what: self.what,
            needed: end,
            found: self.bytes.len(),
        })?;
        self.at = end;
        Ok(taken)
    }

    /// Goes on at the next place that is a multiple of `align` bytes from place `base`.
    pub fn align_from(&mut self, base: usize, align: usize) {
        self.at = base + (self.at - base).next_multiple_of(align);
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let bytes = self.take(N)?;
        Ok(bytes.try_into().expect("as many were taken"))
    }
}

/// Puts values one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many bytes were put.
    pub fn at(&self) -> usize {
        self.0.len()
    }

    /// Puts bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Puts a value.
    pub fn put(&mut self, value: &impl Wire) {
        value.put(self);
    }

    /// Puts zeros up to the next place that is a multiple of `align` bytes from place `base`.
    pub fn align_from(&mut self, base: usize, align: usize) {
        let end = base + (self.0.len() - base).next_multiple_of(align);
        self.0.resize(end, 0);
    }

    /// Puts `value` over what is at place `at`.
    pub fn patch(&mut self, at: usize, value: u32) {
        self.0[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// What was put.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// A value with one layout in memory.
pub trait Wire: Sized {
    /// How many bytes it takes, with what pads it.
    const SIZE: usize;
    /// What its address is a multiple of.
    const ALIGN: usize;

    /// Takes it off the front.
    ///
    /// # Errors
    /// [`WireError`] if it is not there.
    fn get(reader: &mut Reader<'_>) -> Result<Self, WireError>;

    /// Puts it behind what is there.
    fn put(&self, writer: &mut Writer);

    /// Reads it from the front of `bytes`; what follows is left alone.
    ///
    /// # Errors
    /// [`WireError`] if it is not there.
    fn read(what: &'static str, bytes: &[u8]) -> Result<Self, WireError> {
        Self::get(&mut Reader::new(what, bytes))
    }

    /// The value as bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.put(&mut writer);
        writer.finish()
    }
}

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl Wire for $number {
            const SIZE: usize = size_of::<$number>();
            const ALIGN: usize = size_of::<$number>();

            fn get(reader: &mut Reader<'_>) -> Result<Self, WireError> {
                Ok(Self::from_le_bytes(reader.array()?))
            }

            fn put(&self, writer: &mut Writer) {
                writer.bytes(&self.to_le_bytes());
            }
        }
    )* };
}

numbers!(u16, u32, i32, u64);

impl Wire for Guid {
    const SIZE: usize = 16;
    const ALIGN: usize = 4;

    fn get(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self::from_bytes(reader.array()?))
    }

    fn put(&self, writer: &mut Writer) {
        writer.bytes(&Self::to_bytes(*self));
    }
}

/// Declares a structure with natural alignment: its fields in the order of memory.
///
/// `align` raises the alignment where the header has a union with a 64-bit member.
macro_rules! structure {
    ($(
        $(#[$doc:meta])*
        $name:ident = $real:literal $(align $align:literal)? {
            $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
        }
    )*) => { $(
        $(#[$doc])*
        #[doc(alias = $real)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }

        impl $crate::wire::Wire for $name {
            const ALIGN: usize = {
                let mut align = 1;
                $(if <$kind as $crate::wire::Wire>::ALIGN > align {
                    align = <$kind as $crate::wire::Wire>::ALIGN;
                })*
                $(if $align > align { align = $align; })?
                align
            };
            const SIZE: usize = {
                let mut size = 0_usize;
                $(size = size.next_multiple_of(<$kind as $crate::wire::Wire>::ALIGN)
                    + <$kind as $crate::wire::Wire>::SIZE;)*
                size.next_multiple_of(Self::ALIGN)
            };

            fn get(
                reader: &mut $crate::wire::Reader<'_>,
            ) -> Result<Self, $crate::wire::WireError> {
                let base = reader.at();
                $(
                    reader.align_from(base, <$kind as $crate::wire::Wire>::ALIGN);
                    let $field = <$kind as $crate::wire::Wire>::get(reader)?;
                )*
                let read = reader.at() - base;
                reader.take(Self::SIZE - read)?;
                Ok(Self { $($field),* })
            }

            fn put(&self, writer: &mut $crate::wire::Writer) {
                let base = writer.at();
                $(
                    writer.align_from(base, <$kind as $crate::wire::Wire>::ALIGN);
                    writer.put(&self.$field);
                )*
                writer.align_from(base, Self::ALIGN);
            }
        }

        impl $name {
            /// How many bytes it takes.
            pub const SIZE: usize = <Self as $crate::wire::Wire>::SIZE;

            /// Reads it from the front of `bytes`; what follows is left alone.
            ///
            /// # Errors
            /// [`WireError`](crate::wire::WireError) if there are too few bytes.
            pub fn parse(bytes: &[u8]) -> Result<Self, $crate::wire::WireError> {
                <Self as $crate::wire::Wire>::read($real, bytes)
            }
        }
    )* };
}

pub(crate) use structure;
