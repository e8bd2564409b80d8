//! The topology miniport of an HD Audio codec: volume and mute between a converter and its jack.

use ks::wire::{KsJackDescription, Reader, Wire};
use ks::{
    Access, AutomationRequest, Communication, DataFlow, EventSelector, InstanceCount,
    JACK_DESCRIPTION, KSCATEGORY_AUDIO, KSCATEGORY_TOPOLOGY, KSNODETYPE_MICROPHONE,
    KSNODETYPE_MUTE, KSNODETYPE_SPEAKER, KSNODETYPE_VOLUME, KSPROPSETID_AUDIO, Node, PinCapsChange,
    PinFactory, PortEvents, PropertyItem, Stepping, Topology, ValueType, Verb, jacks_to_bytes,
};
use portcls::{FilterDescription, MiniportTopology};
use units::{Moment, NtStatus};
use vtime::{Fork, Forker, Shared};

use crate::stream::Flow;

/// A step of 1 dB in units of 1/65536 dB.
const DECIBEL: i32 = 65_536;
/// Channels that have a level of their own.
const CHANNELS: usize = 2;

/// From -64 dB to 0 dB, in steps of 1 dB.
const VOLUME: PropertyItem = PropertyItem::new(
    KSPROPSETID_AUDIO,
    4,
    "KSPROPERTY_AUDIO_VOLUMELEVEL",
    Access::GET_SET,
    4,
)
.asked_with(CHANNEL_REQUEST)
.typed(ValueType::I4)
.stepped(Stepping {
    min: -64 * DECIBEL,
    max: 0,
    step: DECIBEL.unsigned_abs(),
});

const MUTE: PropertyItem = PropertyItem::new(
    KSPROPSETID_AUDIO,
    13,
    "KSPROPERTY_AUDIO_MUTE",
    Access::GET_SET,
    4,
)
.asked_with(CHANNEL_REQUEST)
.typed(ValueType::Bool);

/// Bytes of a request about a channel of a node.
const CHANNEL_REQUEST: usize = ks::wire::KsNodePropertyAudioChannel::SIZE;

/// The topology miniport of an output or an input of an HD Audio codec.
///
/// ```text
///  wave filter ──▶ pin 0 ── volume ── mute ── pin 1 ──▶ jack
///  wave filter ◀── pin 0 ── mute ── volume ── pin 1 ◀── jack
/// ```
///
/// # Source
/// `audio/topology-filters.md`, `audio/exposing-filter-topology.md`.
#[derive(Debug)]
pub struct HdAudioTopology {
    flow: Flow,
    volume: [i32; CHANNELS],
    mute: [bool; CHANNELS],
    jack: Jack,
}

/// The socket of an output. Clones are the same socket.
#[derive(Clone, Debug)]
pub struct Jack(Shared<Socket>);

#[derive(Clone, Debug)]
struct Socket {
    plugged: bool,
    events: PortEvents,
}

impl HdAudioTopology {
    /// The pin that the wave filter is wired to.
    pub const WAVE_PIN: u32 = 0;
    /// The pin of the jack.
    pub const JACK_PIN: u32 = 1;

    /// That of an output: full volume, not muted, a loudspeaker plugged in.
    pub fn new() -> Self {
        Self::of(Flow::Render)
    }

    /// That of an input: full volume, not muted, a microphone plugged in.
    pub fn capture() -> Self {
        Self::of(Flow::Capture)
    }

    fn of(flow: Flow) -> Self {
        Self {
            flow,
            volume: [0; CHANNELS],
            mute: [false; CHANNELS],
            jack: Jack(Shared::new(Socket {
                plugged: true,
                events: PortEvents::default(),
            })),
        }
    }

    /// The jack, for whoever plugs something in or pulls it out.
    pub fn jack(&self) -> Jack {
        self.jack.clone()
    }

    fn volume(&mut self, request: &AutomationRequest) -> Result<Vec<u8>, NtStatus> {
        let channels = channels(request)?;
        if request.verb == Verb::Set {
            let asked = i32::read("LONG", &request.value)?;
            let level = asked.div_euclid(DECIBEL).clamp(-64, 0) * DECIBEL;
            self.volume[channels].fill(level);
            return Ok(Vec::new());
        }
        Ok(self.volume[channels.start].to_bytes())
    }

    fn mute(&mut self, request: &AutomationRequest) -> Result<Vec<u8>, NtStatus> {
        let channels = channels(request)?;
        if request.verb == Verb::Set {
            let mute = u32::read("BOOL", &request.value)? != 0;
            self.mute[channels].fill(mute);
            return Ok(Vec::new());
        }
        Ok(u32::from(self.mute[channels.start]).to_bytes())
    }

    fn jack_description(&self, request: &AutomationRequest) -> Result<Vec<u8>, NtStatus> {
        match u32::read("KSP_PIN", &request.instance)? {
            Self::JACK_PIN => Ok(jacks_to_bytes(&[self.jack.description(self.flow)])),
            Self::WAVE_PIN => Ok(jacks_to_bytes(&[])),
            _ => Err(NtStatus::INVALID_PARAMETER),
        }
    }
}

impl Default for HdAudioTopology {
    fn default() -> Self {
        Self::new()
    }
}

impl Jack {
    /// Plugs something in, or pulls it out, and tells whoever wants to know. Returns how many were
    /// told.
    pub fn plug(&self, plugged: bool) -> usize {
        let change = std::mem::replace(&mut self.0.borrow_mut().plugged, plugged) != plugged;
        let events = self.0.borrow().events.clone();
        if !change {
            return 0;
        }
        events.generate(EventSelector::of_pin(
            PinCapsChange::JackInfo,
            HdAudioTopology::JACK_PIN,
        ))
    }

    /// Whether something is plugged in.
    pub fn is_plugged(&self) -> bool {
        self.0.borrow().plugged
    }

    /// A socket of 3.5 mm at the back, for a left and a right channel: green, or pink for a
    /// microphone.
    fn description(&self, flow: Flow) -> KsJackDescription {
        KsJackDescription {
            channel_mapping: 0x3,
            color: match flow {
                Flow::Render => 0x004B_B200,
                Flow::Capture => 0x00BA_98FF,
            },
            connection_type: 1,
            geo_location: 1,
            gen_location: 0,
            port_connection: 0,
            is_connected: self.is_plugged().into(),
        }
    }
}

impl MiniportTopology for HdAudioTopology {
    fn init(&mut self, events: PortEvents) {
        self.jack.0.borrow_mut().events = events;
    }

    fn description(&self) -> FilterDescription {
        let bridge = |flow, category| PinFactory {
            flow,
            communication: Communication::None,
            category,
            ranges: Vec::new(),
            instances: InstanceCount {
                possible: Some(0),
                current: 0,
            },
        };
        let pins = match self.flow {
            Flow::Render => vec![
                bridge(DataFlow::In, KSCATEGORY_AUDIO),
                bridge(DataFlow::Out, KSNODETYPE_SPEAKER),
            ],
            Flow::Capture => vec![
                bridge(DataFlow::Out, KSCATEGORY_AUDIO),
                bridge(DataFlow::In, KSNODETYPE_MICROPHONE),
            ],
        };
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO, KSCATEGORY_TOPOLOGY],
            pins,
        }
    }

    fn topology(&self) -> Topology {
        let node = |kind, item| Node {
            kind,
            name: None,
            automation: vec![item],
        };
        let nodes = vec![node(KSNODETYPE_VOLUME, VOLUME), node(KSNODETYPE_MUTE, MUTE)];
        match self.flow {
            Flow::Render => Topology::chain(Self::WAVE_PIN, nodes, Self::JACK_PIN),
            Flow::Capture => Topology::chain(Self::JACK_PIN, nodes, Self::WAVE_PIN),
        }
    }

    fn automation(&self) -> Vec<PropertyItem> {
        vec![JACK_DESCRIPTION]
    }

    fn events(&self, pin: u32) -> Vec<PinCapsChange> {
        if pin == Self::JACK_PIN {
            vec![PinCapsChange::JackInfo]
        } else {
            Vec::new()
        }
    }

    fn property(&mut self, _: Moment, request: &AutomationRequest) -> Result<Vec<u8>, NtStatus> {
        match request.item {
            VOLUME => self.volume(request),
            MUTE => self.mute(request),
            JACK_DESCRIPTION => self.jack_description(request),
            _ => Err(NtStatus::NOT_FOUND),
        }
    }

    fn fork_topology(&self, forker: &mut Forker) -> Box<dyn MiniportTopology> {
        Box::new(Self {
            flow: self.flow,
            volume: self.volume,
            mute: self.mute,
            jack: self.jack.fork(forker),
        })
    }
}

impl Fork for Jack {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Fork for Socket {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            plugged: self.plugged,
            events: self.events.fork(forker),
        }
    }
}

/// The channels that a request is about: -1 stands for all of them, which can only be set.
fn channels(request: &AutomationRequest) -> Result<std::ops::Range<usize>, NtStatus> {
    let channel = i32::get(&mut Reader::new(
        "KSNODEPROPERTY_AUDIO_CHANNEL",
        &request.instance,
    ))?;
    match usize::try_from(channel) {
        Ok(channel) if channel < CHANNELS => Ok(channel..channel + 1),
        Err(_) if channel == -1 && request.verb == Verb::Set => Ok(0..CHANNELS),
        _ => Err(NtStatus::INVALID_PARAMETER),
    }
}
