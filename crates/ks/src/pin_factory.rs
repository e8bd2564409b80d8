//! Pin factories, and what formats they take.

use units::{SampleFormat, WaveFormat};

use crate::guid::Guid;

/// Which way data flows through a pin, seen from its filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "KSPIN_DATAFLOW")]
pub enum DataFlow {
    /// Into the filter: rendered.
    #[doc(alias = "KSPIN_DATAFLOW_IN")]
    In,
    /// Out of the filter: captured.
    #[doc(alias = "KSPIN_DATAFLOW_OUT")]
    Out,
}

/// Who may connect to a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "KSPIN_COMMUNICATION")]
pub enum Communication {
    /// Nobody: the pin stands for a connection that is always there.
    None,
    /// A client that sends requests: every pin that can be opened.
    Sink,
    /// One that is sent requests.
    Source,
    /// Both.
    Both,
    /// Nobody by requests, and somebody by other ways.
    Bridge,
}

/// How many pins of one factory may be open at once, and how many are.
///
/// # Source
/// `portcls/ns-portcls-pcpin_descriptor.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSPIN_CINSTANCES")]
pub struct InstanceCount {
    /// The most that may be open; 0 if none ever, `None` if there is no limit.
    pub possible: Option<u32>,
    /// How many are open.
    pub current: u32,
}

/// Whether samples are whole numbers or floating point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SampleKind {
    /// `KSDATAFORMAT_SUBTYPE_PCM`.
    Pcm,
    /// `KSDATAFORMAT_SUBTYPE_IEEE_FLOAT`.
    Float,
}

/// A range of formats that a pin can take. All bounds are inclusive.
///
/// # Source
/// `ksmedia/ns-ksmedia-ksdatarange_audio.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSDATARANGE_AUDIO")]
pub struct DataRange {
    /// What a sample is.
    pub kind: SampleKind,
    /// The most channels; one is always enough.
    pub channels_max: u8,
    /// The fewest valid bits of a sample.
    pub bits_min: u32,
    /// The most valid bits of a sample.
    pub bits_max: u32,
    /// The lowest rate in Hz.
    pub hertz_min: u32,
    /// The highest rate in Hz.
    pub hertz_max: u32,
}

/// What makes the pins of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "KSPIN_DESCRIPTOR")]
pub struct PinFactory {
    /// Which way data flows.
    pub flow: DataFlow,
    /// Who may connect.
    pub communication: Communication,
    /// What the pin is for.
    pub category: Guid,
    /// What it takes, the preferred range first. Does not depend on what is open.
    pub ranges: Vec<DataRange>,
    /// How many there are.
    pub instances: InstanceCount,
}

impl DataFlow {
    /// The number that `ks.h` gives it: they begin with 1.
    pub const fn value(self) -> u32 {
        match self {
            Self::In => 1,
            Self::Out => 2,
        }
    }
}

impl Communication {
    /// The number that `ks.h` gives it.
    pub const fn value(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Sink => 1,
            Self::Source => 2,
            Self::Both => 3,
            Self::Bridge => 4,
        }
    }
}

impl DataRange {
    /// True if `format` lies in the range.
    ///
    /// # Source
    /// `audio/data-intersection.md`.
    pub fn takes(&self, format: WaveFormat) -> bool {
        let kind = match format.sample {
            SampleFormat::F32 => SampleKind::Float,
            SampleFormat::U8
            | SampleFormat::S16
            | SampleFormat::S24
            | SampleFormat::S24In32
            | SampleFormat::S32 => SampleKind::Pcm,
        };
        kind == self.kind
            && format.channels <= self.channels_max
            && (self.bits_min..=self.bits_max).contains(&format.sample.valid_bits())
            && (self.hertz_min..=self.hertz_max).contains(&format.rate.hertz())
    }
}

impl PinFactory {
    /// True if one of its ranges takes `format`.
    pub fn takes(&self, format: WaveFormat) -> bool {
        self.ranges.iter().any(|range| range.takes(format))
    }
}

impl InstanceCount {
    /// True if one more may be open.
    pub fn allows_another(self) -> bool {
        self.possible.is_none_or(|possible| self.current < possible)
    }
}

vtime::fork_by_clone!(
    DataFlow,
    Communication,
    InstanceCount,
    DataRange,
    PinFactory
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_takes_what_lies_within_all_its_bounds() {
        let range = DataRange {
            kind: SampleKind::Pcm,
            channels_max: 2,
            bits_min: 16,
            bits_max: 24,
            hertz_min: 44_100,
            hertz_max: 48_000,
        };
        let format = |hertz, channels, sample| WaveFormat::new(hertz, channels, sample).unwrap();
        assert!(range.takes(format(48_000, 2, SampleFormat::S16)));
        assert!(range.takes(format(44_100, 1, SampleFormat::S24In32)));
        assert!(!range.takes(format(48_001, 2, SampleFormat::S16)));
        assert!(!range.takes(format(32_000, 2, SampleFormat::S16)));
        assert!(!range.takes(format(48_000, 3, SampleFormat::S16)));
        assert!(!range.takes(format(48_000, 2, SampleFormat::U8)));
        assert!(!range.takes(format(48_000, 2, SampleFormat::S32)));
        assert!(!range.takes(format(48_000, 2, SampleFormat::F32)));
    }

    #[test]
    fn r9_r10_a_limit_of_none_is_no_limit_and_a_limit_of_zero_lets_nobody_in() {
        let count = |possible, current| InstanceCount { possible, current };
        assert!(count(None, u32::MAX).allows_another());
        assert!(!count(Some(0), 0).allows_another());
        assert!(count(Some(1), 0).allows_another());
        assert!(!count(Some(1), 1).allows_another());
    }
}
