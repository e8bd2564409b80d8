//! The HD Audio miniport as the port sees it.

use hardware::{Bus, StreamFormat};
use ks::wire::{DataFormat, PacketSizeConstraints};
use ks::{
    Communication, DataFlow, DataRange, InstanceCount, KSCATEGORY_AUDIO, KSCATEGORY_CAPTURE,
    KSCATEGORY_REALTIME, KSCATEGORY_RENDER, KSNODETYPE_ADC, KSNODETYPE_DAC, Node, PinCapsChange,
    PinFactory, PortEvents, SampleKind, Topology,
};
use machine::InterruptRoutine;
use portcls::{
    AdapterPnpManagement, AdapterPowerManagement, AudioSignalProcessing, DeviceDescription,
    FilterDescription, Intersection, MiniportPnpNotify, MiniportWaveRt, MiniportWaveRtStream,
    NewStream, PortStreamHandle, PowerNotify, ProposedFormats,
};
use units::{Bytes, Hns, Moment, NtStatus};
use vtime::{Fork, Forker, Shared};

use crate::adapter::HdAudioAdapter;
use crate::hd_audio_formats::{Formats, Preference};
use crate::hd_audio_stream::HdAudioStream;
use crate::options::HdAudioOptions;
use crate::registers::StreamRegisters;
use crate::stream::{Flow, Stream};

/// The miniport of one stream of an HD Audio controller.
///
/// Its filter has a pin to render to or to capture from (pin 0, one instance) and a bridge pin to,
/// or from, the topology filter of its codec, with the converter between them. An
/// [`HdAudioAdapter`] makes several on one controller.
#[derive(Debug)]
pub struct HdAudioMiniport {
    adapter: HdAudioAdapter,
    registers: StreamRegisters,
    options: HdAudioOptions,
    flow: Flow,
    formats: Formats,
}

impl HdAudioMiniport {
    /// The pin to render to.
    pub const RENDER_PIN: u32 = 0;
    /// The pin to capture from, on the filter of an input.
    pub const CAPTURE_PIN: u32 = 0;
    /// The pin on the other side of the converter.
    pub const BRIDGE_PIN: u32 = 1;

    /// The miniport of output `stream` of the controller behind `bus`, of which no other stream is
    /// used. Takes the controller out of reset at `now`.
    pub fn new(now: Moment, bus: Bus, stream: u32, options: HdAudioOptions) -> Self {
        HdAudioAdapter::new(bus).render(now, stream, options)
    }

    pub(crate) fn on(
        adapter: HdAudioAdapter,
        registers: StreamRegisters,
        options: HdAudioOptions,
        flow: Flow,
    ) -> Self {
        let registers = match flow {
            Flow::Render => registers.going_out(),
            Flow::Capture => registers,
        };
        let formats = Formats {
            registers: registers.clone(),
            preference: Preference::new(),
            streaming: vec![Self::RENDER_PIN],
            pins: 2,
        };
        Self {
            adapter,
            registers,
            options,
            flow,
            formats,
        }
    }

    /// The format that the device likes best, for whoever connects something else to it.
    pub fn preference(&self) -> Preference {
        self.formats.preference.clone()
    }

    /// What packets the device can have: at its smallest those of its options at 48 kHz.
    pub fn packet_sizes(&self) -> PacketSizeConstraints {
        let period = (self.options.packet_min.get() * 10_000_000).div_ceil(48_000);
        PacketSizeConstraints {
            period_min: Hns::new(period),
            alignment: Bytes::new(self.options.alignment.get().next_power_of_two()),
            size_max: None,
            modes: Vec::new(),
        }
    }

    /// What is to run when the controller interrupts, for all miniports of its adapter.
    pub fn interrupt_routine(&self) -> Box<dyn InterruptRoutine> {
        self.adapter.interrupt_routine()
    }

    pub(crate) fn registers(&self) -> &StreamRegisters {
        &self.registers
    }

    /// Stops, resets and frees the DMA engine of its stream, which lives on without.
    ///
    /// Source: `audio/managing-memory-buffers-rebalance.md`.
    pub(crate) fn give_engine_back(&self, now: Moment) {
        let open = self.adapter.open().borrow();
        if let Some(stream) = open.latest(self.registers.number()) {
            stream.borrow_mut().give_engine_back(now);
        }
    }

    /// Runs of all its streams so far.
    fn runs(&self) -> u32 {
        let open = self.adapter.open().borrow();
        let latest = open.latest(self.registers.number());
        latest.map_or(0, |stream| stream.borrow().runs())
    }
}

/// The pin that clients open, in the direction `flow` as the filter sees it.
fn client_pin(flow: DataFlow) -> PinFactory {
    let range = DataRange {
        kind: SampleKind::Pcm,
        channels_max: 16,
        bits_min: 8,
        bits_max: 32,
        hertz_min: 8_000,
        hertz_max: 192_000,
    };
    PinFactory {
        flow,
        communication: Communication::Sink,
        category: KSCATEGORY_AUDIO,
        ranges: vec![range],
        instances: InstanceCount {
            possible: Some(1),
            current: 0,
        },
    }
}

/// The pin to the codec, which nobody opens.
fn bridge_pin(flow: DataFlow) -> PinFactory {
    PinFactory {
        flow,
        communication: Communication::None,
        category: KSCATEGORY_AUDIO,
        ranges: Vec::new(),
        instances: InstanceCount {
            possible: Some(0),
            current: 0,
        },
    }
}

impl MiniportWaveRt for HdAudioMiniport {
    fn description(&self) -> FilterDescription {
        let (category, client, bridge) = match self.flow {
            Flow::Render => (KSCATEGORY_RENDER, DataFlow::In, DataFlow::Out),
            Flow::Capture => (KSCATEGORY_CAPTURE, DataFlow::Out, DataFlow::In),
        };
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO, category, KSCATEGORY_REALTIME],
            pins: vec![client_pin(client), bridge_pin(bridge)],
        }
    }

    fn init(&mut self, events: PortEvents) {
        self.formats.preference.tell(events);
    }

    fn topology(&self) -> Topology {
        let (kind, from, to) = match self.flow {
            Flow::Render => (KSNODETYPE_DAC, Self::RENDER_PIN, Self::BRIDGE_PIN),
            Flow::Capture => (KSNODETYPE_ADC, Self::BRIDGE_PIN, Self::CAPTURE_PIN),
        };
        let converter = Node {
            kind,
            name: None,
            automation: Vec::new(),
        };
        Topology::chain(from, vec![converter], to)
    }

    fn events(&self, pin: u32) -> Vec<PinCapsChange> {
        if pin == Self::RENDER_PIN {
            vec![PinCapsChange::Format]
        } else {
            Vec::new()
        }
    }

    fn data_range_intersection(&self, pair: Intersection<'_>) -> Result<DataFormat, NtStatus> {
        self.formats.intersection(pair)
    }

    /// Source: Intel HD Audio programmer's reference 307017: buffers may lie above 4 GiB.
    fn device_description(&self) -> DeviceDescription {
        DeviceDescription {
            dma_64_bit_addresses: true,
            ..DeviceDescription::default()
        }
    }

    fn signal_processing(&self) -> Option<&dyn AudioSignalProcessing> {
        Some(&self.formats)
    }

    fn proposed_formats(&self) -> Option<&dyn ProposedFormats> {
        Some(&self.formats)
    }

    /// Refuses what no range can say: rates between those of the link, three-byte samples, and
    /// what the FIFO is too small for.
    ///
    /// Source: `audio/data-ranges-with-discrete-values.md`.
    fn new_stream(
        &mut self,
        now: Moment,
        port: PortStreamHandle,
        made_for: NewStream,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus> {
        if made_for.attributes.tap.is_some() {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        let format = made_for.format;
        let link_format = StreamFormat::of(format).map_err(|_| NtStatus::NO_MATCH)?;
        if !self.registers.data_sheet().feeds(link_format) {
            return Err(NtStatus::NO_MATCH);
        }
        let stream = Stream::new(
            now,
            self.flow,
            self.registers.clone(),
            self.options,
            format,
            link_format,
            self.runs(),
        );
        let stream = Shared::new(stream);
        let number = self.registers.number();
        self.adapter
            .open()
            .borrow_mut()
            .open(number, stream.clone());
        let stream = HdAudioStream::new(stream, port, self.options, format);
        Ok(Box::new(stream))
    }

    fn power_notify(&mut self) -> Option<&mut dyn PowerNotify> {
        Some(self)
    }

    fn adapter_power(&mut self) -> Option<&mut dyn AdapterPowerManagement> {
        Some(self)
    }

    fn pnp_notify(&mut self) -> Option<&mut dyn MiniportPnpNotify> {
        Some(self)
    }

    fn adapter_pnp(&mut self) -> Option<&mut dyn AdapterPnpManagement> {
        Some(self)
    }

    fn fork_miniport(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRt> {
        Box::new(Self {
            adapter: self.adapter.fork(forker),
            registers: self.registers.fork(forker),
            options: self.options,
            flow: self.flow,
            formats: self.formats.fork(forker),
        })
    }
}
