//! The filter: one miniport, and the pins that are open on it.

use ks::wire::{DataFormat, KsPinPhysicalConnection};
use ks::{
    AddressSpace, EngineNodeReply, EngineNodeRequest, Filter, FilterHandle, FilterReply,
    FilterRequest, Guid, InstanceCount, Listener, PinConnect, PinFactory, PinHandle, PinQuery,
    PortEvents, PropertyItem,
};
use portcls::{Intersection, MiniportWaveRt, NewStream, PortWaveRtStream};
use units::{Moment, NtStatus};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::checked::CheckedStream;
use crate::described::{Described, ranges_of};
use crate::device::DeviceHandle;
use crate::engine_node::ask_engine_node;
use crate::intersection::intersect;
use crate::memory::Memory;
use crate::pin::WaveRtPin;
use crate::port_stream::PortStream;
use crate::verifier::Verifier;

/// An instance of a filter: the port driver bound to a miniport, as one client has opened it.
///
/// # Source
/// `audio/introducing-the-wavert-port-driver.md`.
#[derive(Debug)]
#[doc(alias = "CLSID_PortWaveRT")]
pub struct WaveRtPort {
    subdevice: Shared<Subdevice>,
    device: DeviceHandle,
    open: OpenPins,
    memory: Shared<Memory>,
    /// That of the client who opened the filter.
    space: AddressSpace,
    verifier: Verifier,
}

/// What all instances of the filter share.
#[derive(Debug)]
pub(crate) struct Subdevice {
    pub(crate) miniport: Box<dyn MiniportWaveRt>,
    filter: Described,
}

/// How many pins of each factory are open.
#[derive(Clone, Debug)]
pub(crate) struct OpenPins {
    here: Shared<Vec<u32>>,
    /// On all instances of the filter.
    everywhere: Shared<Vec<u32>>,
}

impl WaveRtPort {
    /// Binds the port to `miniport` and gives out the filter. Buffers will lie in `memory`.
    pub fn install(miniport: Box<dyn MiniportWaveRt>, memory: Shared<Memory>) -> FilterHandle {
        Self::install_device(miniport, memory, Verifier::default()).0
    }

    /// The same with the device behind the filter. `verifier` watches the calls between port and
    /// miniport.
    pub fn install_device(
        mut miniport: Box<dyn MiniportWaveRt>,
        memory: Shared<Memory>,
        verifier: Verifier,
    ) -> (FilterHandle, DeviceHandle) {
        let events = PortEvents::default();
        miniport.init(events.clone());
        let description = miniport.description();
        let pins = (0..).zip(&description.pins);
        let filter = Described {
            pins: pins
                .clone()
                .map(|(pin, factory)| miniport.pin_descriptor(pin, factory))
                .collect(),
            pin_events: pins.map(|(pin, _)| miniport.events(pin)).collect(),
            topology: miniport.topology(),
            automation: miniport.automation(),
            events,
            wires: vec![None; description.pins.len()],
            description,
        };
        let open = OpenPins::of(filter.pins.len());
        let subdevice = Shared::new(Subdevice { miniport, filter });
        let device = DeviceHandle::new(subdevice.clone(), verifier.clone());
        let filter = FilterHandle::new(Box::new(Self {
            subdevice,
            device: device.clone(),
            open,
            memory,
            space: AddressSpace::default(),
            verifier,
        }));
        (filter, device)
    }

    /// The factory `pin` as it stands now on this instance.
    fn factory(&self, pin: u32) -> Result<PinFactory, NtStatus> {
        let mut factory = self.subdevice.borrow().filter.factory(pin)?.clone();
        factory.instances.current = self.open.count_here(pin);
        Ok(factory)
    }

    /// How many pins of factory `pin` may be open on all instances, and how many are.
    fn global_instances(&self, pin: u32) -> InstanceCount {
        InstanceCount {
            possible: self.subdevice.borrow().filter.descriptor(pin).global_max,
            current: OpenPins::count(&self.open.everywhere, pin),
        }
    }

    /// A mode that is asked for has to be one of the pin's.
    ///
    /// Model: to a pin without it the format is one that it does not take.
    fn check_mode(&self, connect: PinConnect) -> Result<(), NtStatus> {
        let Some(mode) = connect.attributes.mode else {
            return Ok(());
        };
        let modes = self.subdevice.borrow().modes(connect.pin)?;
        let is_one = modes.contains(&mode);
        is_one.then_some(()).ok_or(NtStatus::NO_MATCH)
    }

    fn query_pin(&self, pin: u32, query: &PinQuery) -> Result<FilterReply, NtStatus> {
        let factory = self.factory(pin)?;
        match query {
            PinQuery::Instances => Ok(FilterReply::Instances(factory.instances)),
            PinQuery::GlobalInstances => Ok(FilterReply::Instances(self.global_instances(pin))),
            query => self.subdevice.borrow().query_pin(pin, &factory, query),
        }
    }
}

impl Subdevice {
    /// Answers what depends on the miniport, and leaves the rest to its description.
    fn query_pin(
        &self,
        pin: u32,
        factory: &PinFactory,
        query: &PinQuery,
    ) -> Result<FilterReply, NtStatus> {
        let formats = || self.miniport.proposed_formats();
        match query {
            PinQuery::DataIntersection(client) => {
                let own = ranges_of(factory);
                let format = intersect(pin, client, &own, |pair: Intersection<'_>| {
                    self.miniport.data_range_intersection(pair)
                });
                format.map(FilterReply::Format)
            }
            PinQuery::TestFormat(format) => self.test_format(pin, factory, format),
            PinQuery::ProposedFormat => {
                let formats = formats().ok_or(NtStatus::NOT_SUPPORTED)?;
                formats.proposed_format(pin, None).map(FilterReply::Format)
            }
            PinQuery::ProposedFormatOfMode(mode) => {
                let formats = formats().ok_or(NtStatus::NOT_SUPPORTED)?;
                let format = formats.proposed_format(pin, Some(*mode));
                format.map(FilterReply::Format)
            }
            PinQuery::FormatsOfMode(mode) => {
                let formats = formats().ok_or(NtStatus::NOT_SUPPORTED)?;
                formats.formats(pin, *mode).map(FilterReply::Formats)
            }
            PinQuery::Modes => self.modes(pin).map(FilterReply::Guids),
            query => self.filter.answer(&FilterRequest::Pin {
                pin,
                query: query.clone(),
            }),
        }
    }

    /// Source: `stream/ksproperty-pin-proposedataformat.md`.
    fn test_format(
        &self,
        pin: u32,
        factory: &PinFactory,
        format: &DataFormat,
    ) -> Result<FilterReply, NtStatus> {
        let wave = format.wave().ok_or(NtStatus::NO_MATCH)?;
        let formats = self.miniport.proposed_formats();
        let is_liked = formats.is_none_or(|formats| formats.takes(pin, format));
        if factory.takes(wave.format) && is_liked {
            Ok(FilterReply::Done)
        } else {
            Err(NtStatus::NO_MATCH)
        }
    }

    /// Source: `audio/ksproperty-audiosignalprocessing-modes.md`: a pin without modes has 0 of
    /// them, where the method says that it does not support the question.
    fn modes(&self, pin: u32) -> Result<Vec<Guid>, NtStatus> {
        let Some(processing) = self.miniport.signal_processing() else {
            return Ok(Vec::new());
        };
        match processing.get_modes(pin, None) {
            Err(NtStatus::NOT_SUPPORTED) => Ok(Vec::new()),
            Err(status) => Err(status),
            Ok(count) => {
                let mut modes = vec![Guid::default(); count];
                processing.get_modes(pin, Some(&mut modes))?;
                Ok(modes)
            }
        }
    }
}

impl Filter for WaveRtPort {
    fn pin_factories(&self) -> Vec<PinFactory> {
        (0..).map_while(|pin| self.factory(pin).ok()).collect()
    }

    fn create_pin(&mut self, now: Moment, connect: PinConnect) -> Result<PinHandle, NtStatus> {
        self.device.check_create(now)?;
        let factory = self.factory(connect.pin)?;
        let everywhere = self.global_instances(connect.pin);
        if !factory.instances.allows_another() || !everywhere.allows_another() {
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        }
        if !factory.takes(connect.format) {
            return Err(NtStatus::NO_MATCH);
        }
        self.check_mode(connect)?;
        self.verifier.enter_new_stream(now, self.device.power());
        let miniport = &mut self.subdevice.borrow_mut().miniport;
        let reach = miniport.device_description().highest_address();
        let number = OpenPins::count(&self.open.everywhere, connect.pin);
        let witness = self.verifier.witness_of(connect.pin, number);
        let verifier = self.verifier.clone();
        let port = PortStream::new(self.memory.clone(), reach, verifier, witness);
        let pages = port.ledger();
        let port: Box<dyn PortWaveRtStream> = Box::new(port);
        let port = Shared::new(port);
        let made_for = NewStream {
            pin: connect.pin,
            flow: factory.flow,
            format: connect.format,
            attributes: connect.attributes,
        };
        let stream = miniport.new_stream(now, port, made_for)?;
        self.open.opened(connect.pin);
        let stream = CheckedStream::new(stream, self.verifier.clone(), pages, connect.format);
        let pin = WaveRtPin::new(
            stream,
            connect.pin,
            factory,
            connect.format,
            self.space.clone(),
            self.open.clone(),
            self.device.clone(),
        );
        Ok(PinHandle::new(Box::new(pin)))
    }

    fn engine_node(
        &mut self,
        now: Moment,
        request: EngineNodeRequest,
    ) -> Result<EngineNodeReply, NtStatus> {
        self.device.check_access(now)?;
        let miniport = &mut self.subdevice.borrow_mut().miniport;
        let node = miniport.audio_engine_node();
        ask_engine_node(now, node.ok_or(NtStatus::NOT_FOUND)?, request)
    }

    fn open(&self) -> Result<Box<dyn Filter>, NtStatus> {
        Ok(Box::new(Self {
            subdevice: self.subdevice.clone(),
            device: self.device.clone(),
            verifier: self.verifier.clone(),
            open: self.open.another(),
            memory: self.memory.clone(),
            space: AddressSpace::default(),
        }))
    }

    fn query(&mut self, now: Moment, request: FilterRequest) -> Result<FilterReply, NtStatus> {
        match request {
            FilterRequest::Pin { pin, query } => self.query_pin(pin, &query),
            FilterRequest::Automation(request) => {
                self.device.check_access(now)?;
                let Subdevice { miniport, filter } = &mut *self.subdevice.borrow_mut();
                filter.check_automation(&request)?;
                Ok(FilterReply::Value(miniport.property(now, &request)?))
            }
            request => self.subdevice.borrow().filter.answer(&request),
        }
    }

    fn automation(&self, node: Option<u32>) -> Result<Vec<PropertyItem>, NtStatus> {
        self.subdevice.borrow().filter.automation(node)
    }

    fn check_event(&self, set: Guid, id: u32, pin: Option<u32>) -> Result<(), NtStatus> {
        self.subdevice.borrow().filter.check_event(set, id, pin)
    }

    fn enable_event(&mut self, listener: Listener) -> Result<(), NtStatus> {
        self.subdevice.borrow().filter.enable_event(listener)
    }

    fn disable_event(&mut self, event: &EventHandle) -> Result<(), NtStatus> {
        self.subdevice.borrow().filter.events.remove(event)
    }

    fn register_physical_connection(
        &mut self,
        pin: u32,
        to: KsPinPhysicalConnection,
    ) -> Result<(), NtStatus> {
        self.subdevice.borrow_mut().filter.wire(pin, to)
    }

    fn fork_filter(&self, forker: &mut Forker) -> Box<dyn Filter> {
        Box::new(Self {
            subdevice: self.subdevice.fork(forker),
            device: self.device.fork(forker),
            verifier: self.verifier.fork(forker),
            open: self.open.fork(forker),
            memory: self.memory.fork(forker),
            space: self.space.fork(forker),
        })
    }
}

impl OpenPins {
    /// None of so many factories.
    pub(crate) fn of(factories: usize) -> Self {
        Self {
            here: Shared::new(vec![0; factories]),
            everywhere: Shared::new(vec![0; factories]),
        }
    }

    /// None on another instance of the same filter.
    pub(crate) fn another(&self) -> Self {
        Self {
            here: Shared::new(vec![0; self.here.borrow().len()]),
            everywhere: self.everywhere.clone(),
        }
    }

    fn count(counts: &Shared<Vec<u32>>, pin: u32) -> u32 {
        counts.borrow()[pin as usize]
    }

    /// How many of factory `pin` are open on this instance.
    pub(crate) fn count_here(&self, pin: u32) -> u32 {
        Self::count(&self.here, pin)
    }

    pub(crate) fn opened(&self, pin: u32) {
        self.here.borrow_mut()[pin as usize] += 1;
        self.everywhere.borrow_mut()[pin as usize] += 1;
    }

    pub(crate) fn closed(&self, pin: u32) {
        self.here.borrow_mut()[pin as usize] -= 1;
        self.everywhere.borrow_mut()[pin as usize] -= 1;
    }
}

impl Fork for OpenPins {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            here: self.here.fork(forker),
            everywhere: self.everywhere.fork(forker),
        }
    }
}

impl Fork for Subdevice {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            miniport: self.miniport.fork(forker),
            filter: self.filter.fork(forker),
        }
    }
}
