//! The miniport of a device with an audio engine of its own.

mod node;
mod options;
mod routine;
mod stream;

use hardware::{Dsp, DspPort, Tap};
use ks::wire::{PacketSizeConstraints, TapPoint};
use ks::{
    AUDIO_SIGNALPROCESSINGMODE_DEFAULT, Communication, Connection, DataFlow, DataRange, End, Guid,
    InstanceCount, KSCATEGORY_AUDIO, KSCATEGORY_REALTIME, KSCATEGORY_RENDER,
    KSNODETYPE_AUDIO_ENGINE, KSNODETYPE_AUDIO_LOOPBACK, Node, PinFactory, SampleKind, Topology,
};
use machine::InterruptRoutine;
use portcls::{
    AudioEngineNode, AudioSignalProcessing, FilterDescription, MiniportWaveRt,
    MiniportWaveRtStream, NewStream, PortStreamHandle, fill_modes,
};
use units::{Bytes, Hns, Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use routine::{OpenStreams, Routine};
use stream::{OffloadStream, Role};

pub use options::OffloadOptions;

/// The miniport of a device that mixes: the stream of the software engine, streams that go past
/// it, and the mix on its way back.
///
/// # Source
/// `audio/hardware-offloaded-audio-processing.md`, `audio/driver-implementation-details.md`.
#[derive(Debug)]
pub struct OffloadMiniport {
    dsp: Shared<Dsp>,
    doorbell: EventHandle,
    options: OffloadOptions,
    open: Shared<OpenStreams>,
    /// Whether the effects of the whole device are on. It has none; the switch is kept.
    gfx: bool,
    volume: i32,
    muted: bool,
}

impl OffloadMiniport {
    /// The pin of the software engine.
    pub const HOST_PIN: u32 = 0;
    /// The pin of streams that go past the software engine.
    pub const OFFLOAD_PIN: u32 = 1;
    /// The pin that gives the mix back.
    pub const LOOPBACK_PIN: u32 = 2;
    /// The pin to the loudspeaker, which nobody opens.
    pub const BRIDGE_PIN: u32 = 3;

    /// The miniport of `dsp`, whose actor waits for `doorbell`.
    ///
    /// # Panics
    /// If the device cannot mix a single stream.
    pub fn new(dsp: Shared<Dsp>, doorbell: EventHandle, options: OffloadOptions) -> Self {
        let inputs = dsp.borrow().config().inputs;
        assert!(inputs > 0, "the stream of the software engine is one");
        Self {
            dsp,
            doorbell,
            options,
            open: Shared::new(OpenStreams::default()),
            gfx: true,
            volume: 0,
            muted: false,
        }
    }

    /// What packets the device can have: of whole frames, and of offloaded streams what
    /// [`AudioEngineNode::buffer_size_range`] says.
    pub fn packet_sizes(&self) -> PacketSizeConstraints {
        PacketSizeConstraints {
            period_min: Hns::new(0),
            alignment: Bytes::new(1),
            size_max: None,
            modes: Vec::new(),
        }
    }

    /// What is to run when the device interrupts.
    pub fn interrupt_routine(&self) -> Box<dyn InterruptRoutine> {
        Box::new(Routine::new(self.dsp.clone(), self.open.clone()))
    }

    /// Streams that can go past the software engine.
    fn offloads(&self) -> u32 {
        self.dsp.borrow().config().inputs - 1
    }

    fn format(&self) -> WaveFormat {
        self.dsp.borrow().format()
    }

    fn factory(&self, flow: DataFlow, possible: u32) -> PinFactory {
        let format = self.format();
        let range = DataRange {
            kind: SampleKind::Pcm,
            channels_max: format.channels,
            bits_min: format.sample.valid_bits(),
            bits_max: format.sample.valid_bits(),
            hertz_min: format.rate.hertz(),
            hertz_max: format.rate.hertz(),
        };
        PinFactory {
            flow,
            communication: Communication::Sink,
            category: KSCATEGORY_AUDIO,
            ranges: vec![range],
            instances: InstanceCount {
                possible: Some(possible),
                current: 0,
            },
        }
    }
}

impl AudioSignalProcessing for OffloadMiniport {
    /// Host and offload pin have the default mode; the others have none.
    ///
    /// Source: `audio/ksproperty-audiosignalprocessing-modes.md`.
    fn get_modes(&self, pin: u32, modes: Option<&mut [Guid]>) -> Result<usize, NtStatus> {
        match pin {
            Self::HOST_PIN | Self::OFFLOAD_PIN => {
                fill_modes(&[AUDIO_SIGNALPROCESSINGMODE_DEFAULT], modes)
            }
            Self::LOOPBACK_PIN | Self::BRIDGE_PIN => Err(NtStatus::NOT_SUPPORTED),
            _ => Err(NtStatus::INVALID_PARAMETER),
        }
    }
}

impl MiniportWaveRt for OffloadMiniport {
    fn description(&self) -> FilterDescription {
        let loopback = PinFactory {
            category: KSNODETYPE_AUDIO_LOOPBACK,
            ..self.factory(DataFlow::Out, 1)
        };
        let bridge = PinFactory {
            communication: Communication::None,
            ranges: Vec::new(),
            ..self.factory(DataFlow::Out, 0)
        };
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO, KSCATEGORY_RENDER, KSCATEGORY_REALTIME],
            pins: vec![
                self.factory(DataFlow::In, 1),
                self.factory(DataFlow::In, self.offloads()),
                loopback,
                bridge,
            ],
        }
    }

    /// One node: host, offload and loopback pin and the way out are wired to it as those of the
    /// sample are.
    fn topology(&self) -> Topology {
        let node = |pin| End::Node { node: 0, pin };
        let wire = |from, to| Connection { from, to };
        Topology {
            nodes: vec![Node {
                kind: KSNODETYPE_AUDIO_ENGINE,
                name: None,
                automation: Vec::new(),
            }],
            connections: vec![
                wire(End::Pin(Self::HOST_PIN), node(1)),
                wire(End::Pin(Self::OFFLOAD_PIN), node(2)),
                wire(node(3), End::Pin(Self::LOOPBACK_PIN)),
                wire(node(0), End::Pin(Self::BRIDGE_PIN)),
            ],
        }
    }

    fn new_stream(
        &mut self,
        now: Moment,
        port: PortStreamHandle,
        made_for: NewStream,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus> {
        if made_for.format != self.format() {
            return Err(NtStatus::NO_MATCH);
        }
        let role = match made_for.pin {
            Self::HOST_PIN => Role::Host,
            Self::OFFLOAD_PIN => Role::Offload,
            Self::LOOPBACK_PIN => Role::Loopback,
            _ => return Err(NtStatus::INVALID_PARAMETER),
        };
        let tap = made_for.attributes.tap;
        if role != Role::Loopback && tap.is_some() {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        let mut open = self.open.borrow_mut();
        let engine = match role {
            Role::Host => DspPort::Input(0),
            Role::Loopback => DspPort::Loopback,
            Role::Offload => (1..=self.offloads())
                .map(DspPort::Input)
                .find(|input| !open.has(*input))
                .ok_or(NtStatus::INSUFFICIENT_RESOURCES)?,
        };
        self.dsp.borrow_mut().settle(now);
        if role == Role::Loopback {
            // Source: `audio/ksproperty-audioloopback.md`: without an attribute it is before.
            let tap = match tap.unwrap_or(TapPoint::PreVolumeMute) {
                TapPoint::PreVolumeMute => Tap::BeforeVolume,
                TapPoint::PostVolumeMute => Tap::AfterVolume,
            };
            self.dsp.borrow_mut().set_tap(now, tap);
        }
        let stream = OffloadStream::new(
            role,
            engine,
            self.dsp.clone(),
            self.doorbell.clone(),
            port,
            self.options,
        );
        open.add(engine, stream.shared());
        Ok(Box::new(stream))
    }

    fn signal_processing(&self) -> Option<&dyn AudioSignalProcessing> {
        Some(self)
    }

    fn audio_engine_node(&mut self) -> Option<&mut dyn AudioEngineNode> {
        Some(self)
    }

    fn fork_miniport(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRt> {
        Box::new(Self {
            dsp: self.dsp.fork(forker),
            doorbell: self.doorbell.fork(forker),
            open: self.open.fork(forker),
            ..*self
        })
    }
}
