//! The filter: one miniport, and the pins that are open on it.

use ks::{
    AddressSpace, EngineNodeReply, EngineNodeRequest, Filter, FilterHandle, PinConnect, PinFactory,
    PinHandle,
};
use portcls::{FilterDescription, MiniportWaveRt, PortWaveRtStream};
use units::{Moment, NtStatus};
use vtime::{Fork, Forker, Shared};

use crate::engine_node::ask_engine_node;
use crate::memory::{Memory, PortStream};
use crate::pin::WaveRtPin;

/// A filter: the port driver bound to a miniport.
///
/// # Source
/// `audio/introducing-the-wavert-port-driver.md`.
#[derive(Debug)]
#[doc(alias = "CLSID_PortWaveRT")]
pub struct WaveRtPort {
    miniport: Box<dyn MiniportWaveRt>,
    description: FilterDescription,
    open: OpenPins,
    memory: Shared<Memory>,
    /// That of the client who opened the filter.
    space: AddressSpace,
}

/// How many pins of each factory are open.
#[derive(Clone, Debug)]
pub(crate) struct OpenPins(Shared<Vec<u32>>);

impl WaveRtPort {
    /// Binds the port to `miniport` and gives out the filter. Buffers will lie in `memory`.
    #[doc(alias = "PcRegisterSubdevice")]
    pub fn install(miniport: Box<dyn MiniportWaveRt>, memory: Shared<Memory>) -> FilterHandle {
        let description = miniport.description();
        let open = OpenPins(Shared::new(vec![0; description.pins.len()]));
        FilterHandle::new(Box::new(Self {
            miniport,
            description,
            open,
            memory,
            space: AddressSpace::default(),
        }))
    }

    /// The factory `pin` as it stands now.
    fn factory(&self, pin: u32) -> Option<PinFactory> {
        let mut factory = self.description.pins.get(pin as usize)?.clone();
        factory.instances.current = self.open.count(pin);
        Some(factory)
    }
}

impl Filter for WaveRtPort {
    fn pin_factories(&self) -> Vec<PinFactory> {
        (0..).map_while(|pin| self.factory(pin)).collect()
    }

    fn create_pin(&mut self, now: Moment, connect: PinConnect) -> Result<PinHandle, NtStatus> {
        let factory = self
            .factory(connect.pin)
            .ok_or(NtStatus::INVALID_PARAMETER)?;
        if !factory.instances.allows_another() {
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        }
        if !factory.takes(connect.format) {
            return Err(NtStatus::NO_MATCH);
        }
        let port: Box<dyn PortWaveRtStream> = Box::new(PortStream(self.memory.clone()));
        let port = Shared::new(port);
        let stream =
            self.miniport
                .new_stream(now, port, connect.pin, factory.flow, connect.format)?;
        self.open.opened(connect.pin);
        let pin = WaveRtPin::new(
            stream,
            connect.pin,
            factory,
            connect.format,
            self.space.clone(),
            self.open.clone(),
        );
        Ok(PinHandle::new(Box::new(pin)))
    }

    fn engine_node(
        &mut self,
        now: Moment,
        request: EngineNodeRequest,
    ) -> Result<EngineNodeReply, NtStatus> {
        let node = self.miniport.audio_engine_node();
        ask_engine_node(now, node.ok_or(NtStatus::NOT_FOUND)?, request)
    }

    fn fork_filter(&self, forker: &mut Forker) -> Box<dyn Filter> {
        Box::new(Self {
            miniport: self.miniport.fork(forker),
            description: self.description.clone(),
            open: self.open.fork(forker),
            memory: self.memory.fork(forker),
            space: self.space.fork(forker),
        })
    }
}

impl OpenPins {
    fn count(&self, pin: u32) -> u32 {
        self.0.borrow()[pin as usize]
    }

    fn opened(&self, pin: u32) {
        self.0.borrow_mut()[pin as usize] += 1;
    }

    pub(crate) fn closed(&self, pin: u32) {
        self.0.borrow_mut()[pin as usize] -= 1;
    }
}

impl Fork for OpenPins {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}
