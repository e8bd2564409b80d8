//! A miniport that answers as its test says, and counts what it is asked.

use ks::wire::{DataFormat, RawDataRange};
use ks::{
    Access, AutomationRequest, Communication, DataFlow, DataRange, FilterHandle, Guid,
    InstanceCount, KSCATEGORY_AUDIO, KSCATEGORY_REALTIME, KSCATEGORY_RENDER, KSNODETYPE_SPEAKER,
    KSNODETYPE_VOLUME, KSPROPSETID_PIN, Node, PinCapsChange, PinFactory, PortEvents, PropertyItem,
    SampleKind, Topology, Verb,
};
use port::{Memory, WaveRtPort};
use portcls::{
    AudioSignalProcessing, FilterDescription, Intersection, MiniportWaveRt, MiniportWaveRtStream,
    NewStream, PinDescriptor, PortStreamHandle, ProposedFormats, fill_modes,
};
use ring::Samples;
use units::{Moment, NtStatus};
use vtime::{Forker, Shared};

use crate::support::{Behaviour, cd, stand_in_stream};

pub(super) const RENDER: u32 = 0;
pub(super) const BRIDGE: u32 = 1;
pub(super) const PINS: u32 = 2;

/// A set that no header has.
pub(super) const OWN_SET: Guid = Guid::new(0x1234);
/// The modes of the render pin.
pub(super) const MODES: [Guid; 2] = [Guid::new(0xA0), Guid::new(0xA1)];

/// A property of the filter that the miniport handles.
pub(super) const OWN: PropertyItem =
    PropertyItem::new(OWN_SET, 7, "KSPROPERTY_OWN", Access::GET_SET, 4);
/// A property of a node that belongs to the filter.
pub(super) const OF_NODE: PropertyItem =
    PropertyItem::new(OWN_SET, 8, "KSPROPERTY_OF_NODE", Access::GET, 4);
/// A property of a node that belongs to a stream.
pub(super) const OF_STREAM: PropertyItem =
    PropertyItem::new(OWN_SET, 9, "KSPROPERTY_OF_STREAM", Access::GET_SET, 4).of_stream();
/// A property that the port has, too.
const CTYPES: PropertyItem =
    PropertyItem::new(KSPROPSETID_PIN, 1, "KSPROPERTY_PIN_CTYPES", Access::GET, 4);

/// What is told of a pair of ranges.
pub(super) type Decide = fn(&RawDataRange, &RawDataRange) -> Result<DataFormat, NtStatus>;

/// What the test sets and looks at.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) ranges: Vec<DataRange>,
    pub(super) decide: Decide,
    /// The pairs that it was asked about: the client's highest rate, its own.
    pub(super) pairs: Vec<(u32, u32)>,
    /// The requests that reached it.
    pub(super) requests: Vec<AutomationRequest>,
    pub(super) events: PortEvents,
    pub(super) streams: u32,
    /// What the latest of them was made for.
    pub(super) made_for: Option<NewStream>,
}

#[derive(Debug)]
struct Questioned(Shared<Script>);

pub(super) fn pcm(bits_min: u32, bits_max: u32, hertz_min: u32, hertz_max: u32) -> DataRange {
    DataRange {
        kind: SampleKind::Pcm,
        channels_max: 2,
        bits_min,
        bits_max,
        hertz_min,
        hertz_max,
    }
}

/// A filter over such a miniport.
pub(super) fn filter(ranges: Vec<DataRange>, decide: Decide) -> (FilterHandle, Shared<Script>) {
    let script = Shared::new(Script {
        ranges,
        decide,
        pairs: Vec::new(),
        requests: Vec::new(),
        events: PortEvents::default(),
        streams: 0,
        made_for: None,
    });
    let miniport = Box::new(Questioned(script.clone()));
    let memory = Shared::new(Memory::ample(Samples::Left));
    (WaveRtPort::install(miniport, memory), script)
}

/// The same with a range that a CD's format lies in, and a miniport that leaves it to the port.
pub(super) fn plain() -> (FilterHandle, Shared<Script>) {
    filter(vec![pcm(16, 24, 44_100, 48_000)], |_, _| {
        Err(NtStatus::NOT_IMPLEMENTED)
    })
}

impl MiniportWaveRt for Questioned {
    fn init(&mut self, events: PortEvents) {
        self.0.borrow_mut().events = events;
    }

    fn description(&self) -> FilterDescription {
        let instances = |possible| InstanceCount {
            possible: Some(possible),
            current: 0,
        };
        let render = PinFactory {
            flow: DataFlow::In,
            communication: Communication::Sink,
            category: KSCATEGORY_AUDIO,
            ranges: self.0.borrow().ranges.clone(),
            instances: instances(2),
        };
        let bridge = PinFactory {
            flow: DataFlow::Out,
            communication: Communication::None,
            category: KSNODETYPE_SPEAKER,
            ranges: Vec::new(),
            instances: instances(0),
        };
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO, KSCATEGORY_RENDER, KSCATEGORY_REALTIME],
            pins: vec![render, bridge],
        }
    }

    fn pin_descriptor(&self, pin: u32, factory: &PinFactory) -> PinDescriptor {
        if pin != RENDER {
            return PinDescriptor::of(factory);
        }
        PinDescriptor {
            global_max: Some(3),
            necessary: 1,
            name: Some(KSNODETYPE_SPEAKER),
            constrained: Some(vec![pcm(16, 16, 48_000, 48_000)]),
        }
    }

    fn topology(&self) -> Topology {
        let volume = Node {
            kind: KSNODETYPE_VOLUME,
            name: None,
            automation: vec![OF_NODE, OF_STREAM],
        };
        Topology::chain(RENDER, vec![volume], BRIDGE)
    }

    fn automation(&self) -> Vec<PropertyItem> {
        vec![CTYPES, OWN]
    }

    fn events(&self, pin: u32) -> Vec<PinCapsChange> {
        if pin == RENDER {
            vec![PinCapsChange::Format]
        } else {
            Vec::new()
        }
    }

    fn data_range_intersection(&self, pair: Intersection<'_>) -> Result<DataFormat, NtStatus> {
        if pair.pin != RENDER {
            return Err(NtStatus::NOT_IMPLEMENTED);
        }
        let highest = |range: &RawDataRange| {
            range
                .bounds
                .map_or(0, |bounds| bounds.maximum_sample_frequency)
        };
        let mut script = self.0.borrow_mut();
        script.pairs.push((highest(pair.client), highest(pair.own)));
        (script.decide)(pair.client, pair.own)
    }

    fn signal_processing(&self) -> Option<&dyn AudioSignalProcessing> {
        Some(self)
    }

    fn proposed_formats(&self) -> Option<&dyn ProposedFormats> {
        Some(self)
    }

    fn new_stream(
        &mut self,
        _: Moment,
        port: PortStreamHandle,
        made_for: NewStream,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus> {
        let mut script = self.0.borrow_mut();
        script.streams += 1;
        script.made_for = Some(made_for);
        let calls = Shared::new(Vec::new());
        Ok(stand_in_stream(Behaviour::default(), calls, port))
    }

    fn property(&mut self, _: Moment, request: &AutomationRequest) -> Result<Vec<u8>, NtStatus> {
        self.0.borrow_mut().requests.push(request.clone());
        Ok(match request.verb {
            Verb::Set => Vec::new(),
            _ => request.item.id.to_le_bytes().to_vec(),
        })
    }

    fn fork_miniport(&self, _: &mut Forker) -> Box<dyn MiniportWaveRt> {
        panic!("the questioned miniport has no twin")
    }
}

impl AudioSignalProcessing for Questioned {
    fn get_modes(&self, pin: u32, modes: Option<&mut [Guid]>) -> Result<usize, NtStatus> {
        match pin {
            RENDER => fill_modes(&MODES, modes),
            BRIDGE => Err(NtStatus::NOT_SUPPORTED),
            _ => Err(NtStatus::INVALID_PARAMETER),
        }
    }
}

impl ProposedFormats for Questioned {
    fn proposed_format(&self, _: u32, mode: Option<Guid>) -> Result<DataFormat, NtStatus> {
        match mode {
            None => Ok(DataFormat::of(cd())),
            Some(mode) if mode == MODES[1] => Ok(DataFormat::of(cd()).in_mode(mode)),
            Some(_) => Err(NtStatus::NOT_SUPPORTED),
        }
    }

    fn formats(&self, _: u32, mode: Guid) -> Result<Vec<DataFormat>, NtStatus> {
        let known = MODES.contains(&mode);
        if known {
            Ok(vec![DataFormat::of(cd()); 2])
        } else {
            Err(NtStatus::NOT_SUPPORTED)
        }
    }

    fn takes(&self, _: u32, _: &DataFormat) -> bool {
        true
    }
}
