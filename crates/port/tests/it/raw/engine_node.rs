//! The node of a built-in audio engine, asked in bytes.

use ks::wire::{
    DataFormat, KsAudioEngineBufferSizeRange, KsAudioEngineDescriptor, KsMultipleItem, Wire,
};
use ks::{
    BufferSizeRange, Communication, DataFlow, EngineDescriptor, Guid, InstanceCount,
    KSCATEGORY_AUDIO, KSNODETYPE_AUDIO_ENGINE, KSNODETYPE_VOLUME, KSPROPSETID_AUDIO,
    KSPROPSETID_AUDIO_ENGINE, Node, PinFactory, Topology,
};
use port::{Memory, WaveRtPort};
use portcls::{
    AudioEngineNode, FilterDescription, MiniportWaveRt, MiniportWaveRtStream, NewStream,
    PortStreamHandle,
};
use ring::Samples;
use units::{Bytes, Moment, NtStatus, WaveFormat};
use vtime::{Forker, Shared};

use super::client::{BASIC_SUPPORT, GET, RawClient, SET, ksp_node, number};
use super::questioned::pcm;
use crate::support::{Behaviour, cd, stand_in_stream};

/// The node of the engine; node 1 is another one.
const ENGINE: u32 = 0;

/// A miniport with an engine that does nothing but keep what it is told.
#[derive(Debug)]
struct BuiltIn {
    gfx: bool,
    device: WaveFormat,
}

fn client() -> RawClient {
    let miniport = BuiltIn {
        gfx: true,
        device: cd(),
    };
    let memory = Shared::new(Memory::ample(Samples::Left));
    RawClient::new(&WaveRtPort::install(Box::new(miniport), memory))
}

fn engine(id: u32, flags: u32, behind: &[u8]) -> Vec<u8> {
    ksp_node(KSPROPSETID_AUDIO_ENGINE, id, flags, ENGINE, behind)
}

impl MiniportWaveRt for BuiltIn {
    fn description(&self) -> FilterDescription {
        let host = PinFactory {
            flow: DataFlow::In,
            communication: Communication::Sink,
            category: KSCATEGORY_AUDIO,
            ranges: vec![pcm(16, 16, 48_000, 48_000)],
            instances: InstanceCount {
                possible: Some(1),
                current: 0,
            },
        };
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO],
            pins: vec![host],
        }
    }

    fn topology(&self) -> Topology {
        let node = |kind: Guid| Node {
            kind,
            name: None,
            automation: Vec::new(),
        };
        Topology {
            nodes: vec![node(KSNODETYPE_AUDIO_ENGINE), node(KSNODETYPE_VOLUME)],
            connections: Vec::new(),
        }
    }

    fn audio_engine_node(&mut self) -> Option<&mut dyn AudioEngineNode> {
        Some(self)
    }

    fn new_stream(
        &mut self,
        _: Moment,
        port: PortStreamHandle,
        _: NewStream,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus> {
        let calls = Shared::new(Vec::new());
        Ok(stand_in_stream(Behaviour::default(), calls, port))
    }

    fn fork_miniport(&self, _: &mut Forker) -> Box<dyn MiniportWaveRt> {
        panic!("the miniport has no twin")
    }
}

impl AudioEngineNode for BuiltIn {
    fn descriptor(&self) -> EngineDescriptor {
        EngineDescriptor {
            host: 0,
            offload: 1,
            loopback: 2,
        }
    }

    fn buffer_size_range(
        &mut self,
        _: Moment,
        format: WaveFormat,
    ) -> Result<BufferSizeRange, NtStatus> {
        let frame = u64::from(format.frame_bytes());
        Ok(BufferSizeRange {
            min: Bytes::new(480 * frame),
            max: Bytes::new(48_000 * frame),
        })
    }

    fn mix_format(&self) -> WaveFormat {
        cd()
    }

    fn device_format(&self) -> WaveFormat {
        self.device
    }

    fn set_device_format(&mut self, _: Moment, format: WaveFormat) -> Result<(), NtStatus> {
        self.device = format;
        Ok(())
    }

    fn supported_device_formats(&self) -> Vec<WaveFormat> {
        vec![cd(); 2]
    }

    fn gfx_enabled(&self) -> bool {
        self.gfx
    }

    fn set_gfx_enabled(&mut self, _: Moment, enabled: bool) {
        self.gfx = enabled;
    }
}

#[test]
fn the_engine_tells_its_pins_its_formats_and_the_bounds_of_a_buffer() {
    let mut client = client();
    let handle = client.filter;
    let pins = client.read(handle, &engine(6, GET, &[])).1;
    let pins = KsAudioEngineDescriptor::parse(&pins).unwrap();
    assert_eq!(
        (pins.host_pin_id, pins.offload_pin_id, pins.loopback_pin_id),
        (0, 1, 2)
    );
    for id in [2, 4] {
        let (_, format) = client.read(handle, &engine(id, GET, &[]));
        assert_eq!(DataFormat::parse(&format), Ok(DataFormat::of(cd())));
    }
    let (_, formats) = client.read(handle, &engine(5, GET, &[]));
    let head = KsMultipleItem::parse(&formats).unwrap();
    assert_eq!((head.size, head.count), (8 + 2 * 88, 2));
    assert_eq!(DataFormat::parse(&formats[96..]), Ok(DataFormat::of(cd())));
    let range = engine(7, GET, &DataFormat::of(cd()).to_bytes());
    let (_, range) = client.read(handle, &range);
    let range = KsAudioEngineBufferSizeRange::parse(&range).unwrap();
    assert_eq!(
        (range.min_buffer_bytes, range.max_buffer_bytes),
        (1920, 192_000)
    );
}

#[test]
fn effects_and_the_format_of_the_device_can_be_set() {
    let mut client = client();
    let handle = client.filter;
    assert_eq!(number(&client.read(handle, &engine(1, GET, &[]))), 1);
    let off = client.send(handle, &engine(1, SET, &[]), &mut [0; 4]);
    assert_eq!(off, (NtStatus::SUCCESS, 0));
    assert_eq!(number(&client.read(handle, &engine(1, GET, &[]))), 0);
    let mut format = DataFormat::of(cd()).to_bytes();
    assert_eq!(
        client.send(handle, &engine(4, SET, &[]), &mut format).0,
        NtStatus::SUCCESS
    );
    let refused = client.send(handle, &engine(2, SET, &[]), &mut format).0;
    assert_eq!(
        refused,
        NtStatus::INVALID_DEVICE_REQUEST,
        "the mix format is what it is"
    );
}

#[test]
fn r31_what_belongs_to_a_stream_of_the_engine_is_not_known_to_the_filter() {
    let mut client = client();
    for id in [0, 8, 9] {
        let request = engine(id, GET, &[0; 8]);
        let refused = client.read(client.filter, &request).0;
        assert_eq!(refused, NtStatus::NOT_FOUND, "{id}");
    }
    let position = ksp_node(KSPROPSETID_AUDIO, 54, GET, ENGINE, &[]);
    let refused = client.read(client.filter, &position).0;
    assert_eq!(refused, NtStatus::PROPSET_NOT_FOUND);
}

#[test]
fn another_node_has_none_of_it() {
    let mut client = client();
    let request = ksp_node(KSPROPSETID_AUDIO_ENGINE, 6, GET, 1, &[]);
    let refused = client.read(client.filter, &request).0;
    assert_eq!(refused, NtStatus::PROPSET_NOT_FOUND);
}

#[test]
fn a_stream_is_asked_through_its_pin_and_answers_for_itself() {
    let mut client = client();
    let pin = client.open(0, &DataFormat::of(cd()).to_bytes()).unwrap();
    // This stream has no engine, and says so; the request got as far as the stream.
    let lfx = client.read(pin, &engine(0, GET, &[])).0;
    let position = ksp_node(KSPROPSETID_AUDIO, 54, GET, ENGINE, &[]);
    let position = client.read(pin, &position).0;
    for status in [lfx, position] {
        assert_eq!(status, NtStatus::NOT_SUPPORTED);
    }
    let last_buffer = ksp_node(KSPROPSETID_AUDIO, 56, BASIC_SUPPORT, ENGINE, &[]);
    let announced = client.read(pin, &last_buffer).0;
    assert_ne!(
        announced,
        NtStatus::SUCCESS,
        "the query is how a stream announces it"
    );
    let mut short = [0; 8];
    let volume = engine(9, SET, &[0; 8]);
    let refused = client.send(pin, &volume, &mut short).0;
    assert_eq!(
        refused,
        NtStatus::BUFFER_TOO_SMALL,
        "level, curve and duration take 16 bytes"
    );
    let mut curve = [0_i32.to_bytes(), 7_u32.to_bytes(), 0_u64.to_bytes()].concat();
    let refused = client.send(pin, &volume, &mut curve).0;
    assert_eq!(refused, NtStatus::INVALID_PARAMETER);
}
