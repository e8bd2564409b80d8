//! Filters, and the handles to them.

use std::fmt;

use units::{Moment, NtStatus};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::audio_engine::{EngineNodeReply, EngineNodeRequest};
use crate::automation::PropertyItem;
use crate::event::Listener;
use crate::guid::Guid;
use crate::pin::PinHandle;
use crate::pin_connect::PinConnect;
use crate::pin_factory::PinFactory;
use crate::query::{FilterReply, FilterRequest};
use crate::wire::KsPinPhysicalConnection;

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
