//! The HD Audio miniport as the port sees it.

use hardware::{Bus, StreamFormat};
use ks::wire::{DataFormat, PacketSizeConstraints};
use ks::{
    Communication, DataFlow, DataRange, InstanceCount, KSCATEGORY_AUDIO, KSCATEGORY_REALTIME,
    KSCATEGORY_RENDER, KSNODETYPE_DAC, Node, PinCapsChange, PinFactory, PortEvents, SampleKind,
    Topology,
};
use machine::InterruptRoutine;
use portcls::{
    AudioSignalProcessing, FilterDescription, Intersection, MiniportWaveRt, MiniportWaveRtStream,
    PortStreamHandle, ProposedFormats,
};
use units::{Bytes, Hns, Moment, NtStatus, WaveFormat};
use vtime::{Fork, Forker, Shared};

use crate::hd_audio_formats::{Formats, Preference};
use crate::hd_audio_stream::HdAudioStream;
use crate::options::HdAudioOptions;
use crate::registers::StreamRegisters;
use crate::routine::{OpenStream, Routine};
use crate::stream::Stream;

/// The miniport of one output stream of an HD Audio controller.
///
/// Its filter has a render pin (pin 0, one instance) and a bridge pin to the topology
/// filter of its codec, with the converter between them.
#[derive(Debug)]
pub struct HdAudioMiniport {
    registers: StreamRegisters,
    options: HdAudioOptions,
    open: OpenStream,
    formats: Formats,
}

impl HdAudioMiniport {
    /// The pin to render to.
    pub const RENDER_PIN: u32 = 0;
    /// The pin behind the converter.
    pub const BRIDGE_PIN: u32 = 1;

    /// The miniport of stream descriptor `stream` of the controller behind `bus`. Takes the
    /// controller out of reset at `now`.
    pub fn new(now: Moment, bus: Bus, stream: u32, options: HdAudioOptions) -> Self {
        let registers = StreamRegisters::enable(now, bus, stream);
        let formats = Formats {
            registers: registers.clone(),
            preference: Preference::new(),
            streaming: vec![Self::RENDER_PIN],
            pins: 2,
        };
        Self {
            registers,
            options,
            open: Shared::new(None),
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

    /// What is to run when the controller interrupts.
    pub fn interrupt_routine(&self) -> Box<dyn InterruptRoutine> {
        Box::new(Routine(self.open.clone()))
    }

    /// Runs of all its streams so far.
    fn runs(&self) -> u32 {
        let latest = self.open.borrow();
        latest.as_ref().map_or(0, |stream| stream.borrow().runs())
    }
}

impl MiniportWaveRt for HdAudioMiniport {
    fn description(&self) -> FilterDescription {
        let ranges = vec![DataRange {
            kind: SampleKind::Pcm,
            channels_max: 16,
            bits_min: 8,
            bits_max: 32,
            hertz_min: 8_000,
            hertz_max: 192_000,
        }];
        let render = PinFactory {
            flow: DataFlow::In,
            communication: Communication::Sink,
            category: KSCATEGORY_AUDIO,
            ranges,
            instances: InstanceCount {
                possible: Some(1),
                current: 0,
            },
        };
        let bridge = PinFactory {
            flow: DataFlow::Out,
            communication: Communication::None,
            category: KSCATEGORY_AUDIO,
            ranges: Vec::new(),
            instances: InstanceCount {
                possible: Some(0),
                current: 0,
            },
        };
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO, KSCATEGORY_RENDER, KSCATEGORY_REALTIME],
            pins: vec![render, bridge],
        }
    }

    fn init(&mut self, events: PortEvents) {
        self.formats.preference.tell(events);
    }

    fn topology(&self) -> Topology {
        let converter = Node {
            kind: KSNODETYPE_DAC,
            name: None,
            automation: Vec::new(),
        };
        Topology::chain(Self::RENDER_PIN, vec![converter], Self::BRIDGE_PIN)
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

    fn signal_processing(&self) -> Option<&dyn AudioSignalProcessing> {
        Some(&self.formats)
    }

    fn proposed_formats(&self) -> Option<&dyn ProposedFormats> {
        Some(&self.formats)
    }

    /// Refuses what no range can say: rates between those of the link, three-byte samples, and
    /// what the FIFO cannot feed.
    ///
    /// Source: `audio/data-ranges-with-discrete-values.md`.
    fn new_stream(
        &mut self,
        now: Moment,
        port: PortStreamHandle,
        _: u32,
        _: DataFlow,
        format: WaveFormat,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus> {
        let link_format = StreamFormat::of(format).map_err(|_| NtStatus::NO_MATCH)?;
        if !self.registers.data_sheet().feeds(link_format) {
            return Err(NtStatus::NO_MATCH);
        }
        let stream = Stream::new(
            now,
            self.registers.clone(),
            self.options,
            format,
            link_format,
            self.runs(),
        );
        let stream = Shared::new(stream);
        *self.open.borrow_mut() = Some(stream.clone());
        let stream = HdAudioStream::new(stream, port, self.options, format);
        Ok(Box::new(stream))
    }

    fn fork_miniport(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRt> {
        Box::new(Self {
            registers: self.registers.fork(forker),
            options: self.options,
            open: self.open.fork(forker),
            formats: self.formats.fork(forker),
        })
    }
}
