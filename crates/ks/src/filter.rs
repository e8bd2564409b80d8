//! Filters, pin factories, and what formats they take.

use std::fmt;

use units::{Moment, NtStatus, SampleFormat, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::audio_engine::{EngineNodeReply, EngineNodeRequest};
use crate::automation::PropertyItem;
use crate::event::Listener;
use crate::guid::Guid;
use crate::pin::PinHandle;
use crate::query::{FilterReply, FilterRequest};
use crate::wire::KsPinPhysicalConnection;

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

/// Which pin is to be made, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSPIN_CONNECT")]
pub struct PinConnect {
    /// The factory, by its place in the list.
    pub pin: u32,
    /// What will flow.
    pub format: WaveFormat,
}

/// The port's side of a filter: a device as its clients see it.
pub trait Filter: fmt::Debug {
    /// What pins it can make. A pin is named by the place of its factory in this list.
    fn pin_factories(&self) -> Vec<PinFactory>;

    /// Makes a pin at `now`.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if there is no such factory,
    /// [`NtStatus::INSUFFICIENT_RESOURCES`] if no further pin can be open,
    /// [`NtStatus::NO_MATCH`] if no range of the factory takes the format, or what the miniport
    /// refuses the stream with.
    #[doc(alias = "KsCreatePin")]
    fn create_pin(&mut self, now: Moment, connect: PinConnect) -> Result<PinHandle, NtStatus>;

    /// Answers a request to the node of a built-in audio engine, in kind.
    ///
    /// # Errors
    /// [`NtStatus::NOT_FOUND`] without such a node, else what the device refuses it with.
    fn engine_node(
        &mut self,
        now: Moment,
        request: EngineNodeRequest,
    ) -> Result<EngineNodeReply, NtStatus> {
        let _ = (now, request);
        Err(NtStatus::NOT_FOUND)
    }

    /// Another instance of the same filter, with instance counts of its own.
    ///
    /// # Errors
    /// Whatever keeps the filter from it.
    fn open(&self) -> Result<Box<dyn Filter>, NtStatus>;

    /// Answers a question, in kind: each has its [`FilterReply`].
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] for a pin or node that is not there, else the status that
    /// the filter refuses it with.
    fn query(&mut self, now: Moment, request: FilterRequest) -> Result<FilterReply, NtStatus>;

    /// The properties that the miniport handles by itself: of the filter, or of a node.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if there is no such node.
    fn automation(&self, node: Option<u32>) -> Result<Vec<PropertyItem>, NtStatus>;

    /// Whether event `id` of `set` can be enabled on pin factory `pin`.
    ///
    /// # Errors
    /// [`NtStatus::PROPSET_NOT_FOUND`] or [`NtStatus::NOT_FOUND`] if not,
    /// [`NtStatus::INVALID_PARAMETER`] without a pin that is there.
    fn check_event(&self, set: Guid, id: u32, pin: Option<u32>) -> Result<(), NtStatus>;

    /// Has an event set whenever something happens to a pin factory.
    ///
    /// # Errors
    /// As [`check_event`](Self::check_event).
    fn enable_event(&mut self, listener: Listener) -> Result<(), NtStatus>;

    /// No longer has it set.
    ///
    /// # Errors
    /// [`NtStatus::NOT_FOUND`] if it was not to be set.
    fn disable_event(&mut self, event: &EventHandle) -> Result<(), NtStatus>;

    /// Notes that `pin` is wired to a pin of another filter.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if there is no such pin.
    fn register_physical_connection(
        &mut self,
        pin: u32,
        to: KsPinPhysicalConnection,
    ) -> Result<(), NtStatus>;

    /// The same filter of the twin world.
    fn fork_filter(&self, forker: &mut Forker) -> Box<dyn Filter>;
}

impl Fork for Box<dyn Filter> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_filter(forker)
    }
}

/// A handle to a filter. Clones are the same handle.
#[derive(Clone, Debug)]
pub struct FilterHandle(Shared<Box<dyn Filter>>);

impl FilterHandle {
    /// A handle to `filter`.
    pub fn new(filter: Box<dyn Filter>) -> Self {
        Self(Shared::new(filter))
    }

    /// See [`Filter::pin_factories`].
    pub fn pin_factories(&self) -> Vec<PinFactory> {
        self.0.borrow().pin_factories()
    }

    /// See [`Filter::create_pin`].
    ///
    /// # Errors
    /// As there.
    pub fn create_pin(&self, now: Moment, connect: PinConnect) -> Result<PinHandle, NtStatus> {
        self.0.borrow_mut().create_pin(now, connect)
    }

    /// See [`Filter::engine_node`].
    ///
    /// # Errors
    /// As there.
    pub fn engine_node(
        &self,
        now: Moment,
        request: EngineNodeRequest,
    ) -> Result<EngineNodeReply, NtStatus> {
        self.0.borrow_mut().engine_node(now, request)
    }
}

impl FilterHandle {
    /// See [`Filter::open`].
    ///
    /// # Errors
    /// As there.
    pub fn open(&self) -> Result<Self, NtStatus> {
        Ok(Self::new(self.0.borrow().open()?))
    }

    /// See [`Filter::query`].
    ///
    /// # Errors
    /// As there.
    pub fn query(&self, now: Moment, request: FilterRequest) -> Result<FilterReply, NtStatus> {
        self.0.borrow_mut().query(now, request)
    }

    /// See [`Filter::automation`].
    ///
    /// # Errors
    /// As there.
    pub fn automation(&self, node: Option<u32>) -> Result<Vec<PropertyItem>, NtStatus> {
        self.0.borrow().automation(node)
    }

    /// See [`Filter::check_event`].
    ///
    /// # Errors
    /// As there.
    pub fn check_event(&self, set: Guid, id: u32, pin: Option<u32>) -> Result<(), NtStatus> {
        self.0.borrow().check_event(set, id, pin)
    }

    /// See [`Filter::enable_event`].
    ///
    /// # Errors
    /// As there.
    pub fn enable_event(&self, listener: Listener) -> Result<(), NtStatus> {
        self.0.borrow_mut().enable_event(listener)
    }

    /// See [`Filter::disable_event`].
    ///
    /// # Errors
    /// As there.
    pub fn disable_event(&self, event: &EventHandle) -> Result<(), NtStatus> {
        self.0.borrow_mut().disable_event(event)
    }

    /// See [`Filter::register_physical_connection`].
    ///
    /// # Errors
    /// As there.
    pub fn register_physical_connection(
        &self,
        pin: u32,
        to: KsPinPhysicalConnection,
    ) -> Result<(), NtStatus> {
        self.0.borrow_mut().register_physical_connection(pin, to)
    }
}

impl Fork for FilterHandle {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(forker.shared(&self.0))
    }
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
    PinFactory,
    PinConnect
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
