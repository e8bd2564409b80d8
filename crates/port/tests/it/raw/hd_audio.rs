//! What the HD Audio miniports answer.

use hardware::{Bus, Controller, ControllerConfig, StreamConfig};
use ks::wire::{
    DataFormat, KsMultipleItem, KsPropertyDescription, KsPropertyMembersHeader,
    KsPropertySteppingLong, RawDataRange, Wire, parse_formats,
};
use ks::{
    AUDIO_SIGNALPROCESSINGMODE_RAW, DataFlow, DeviceInterfaces, EndpointState, FilterHandle, Guid,
    KSCATEGORY_CAPTURE, KSNODETYPE_DAC, KSNODETYPE_MICROPHONE, KSNODETYPE_MUTE, KSNODETYPE_VOLUME,
    KSPROPSETID_AUDIO, KSPROPSETID_TOPOLOGY, PinCapsChange, endpoints,
};
use miniport::{HdAudioAdapter, HdAudioMiniport, HdAudioOptions, HdAudioTopology, Preference};
use port::{Adapter, Memory, TopologyPort, WaveRtPort};
use portcls::MiniportWaveRt;
use ring::Samples;
use units::{NtStatus, SampleFormat, SimTime, WaveFormat};
use vtime::sim::World;
use vtime::{Event, Keep, Reset, Shared};

use super::client::{BASIC_SUPPORT, GET, RawClient, SET, head, ksp_node, number};

use crate::support::now;

const RENDER: u32 = HdAudioMiniport::RENDER_PIN;

fn miniport(world: &mut World) -> HdAudioMiniport {
    let doorbell = world.event("doorbell", Reset::Auto);
    let controller = Shared::new(Controller::new(&ControllerConfig::hd_audio()));
    let bus = Bus::new(controller, doorbell.handle());
    HdAudioMiniport::new(SimTime::ZERO.commit(), bus, 0, HdAudioOptions::default())
}

fn wave() -> (RawClient, FilterHandle, Preference) {
    let mut world = World::new(1, Keep::All);
    let miniport = miniport(&mut world);
    let preference = miniport.preference();
    let memory = Shared::new(Memory::ample(Samples::Left));
    let filter = WaveRtPort::install(Box::new(miniport), memory);
    (RawClient::in_world(world, &filter), filter, preference)
}

fn kinds(client: &mut RawClient) -> Vec<Guid> {
    let (_, bytes) = client.read(
        client.filter,
        &head(KSPROPSETID_TOPOLOGY, 1, GET).to_bytes(),
    );
    bytes[8..]
        .chunks(16)
        .map(|bytes| Guid::read("GUID", bytes).expect("an identifier"))
        .collect()
}

/// A request about the level or the mute of a channel.
fn channel(id: u32, flags: u32, node: u32, channel: i32) -> Vec<u8> {
    let behind = [channel.to_bytes(), vec![0; 4]].concat();
    ksp_node(KSPROPSETID_AUDIO, id, flags, node, &behind)
}

#[test]
fn a_converter_stands_between_the_pin_and_the_bridge() {
    let (mut client, ..) = wave();
    assert_eq!(kinds(&mut client), [KSNODETYPE_DAC]);
}

#[test]
fn the_intersection_is_what_the_link_and_the_fifo_can_do_at_best() {
    let (mut client, filter, _) = wave();
    let own = RawDataRange::from(&filter.pin_factories()[0].ranges[0]);
    let behind = RawDataRange::list_to_bytes(&[own]);
    let (status, bytes) = client.pin_property(4, RENDER, &behind);
    assert_eq!(status, NtStatus::SUCCESS);
    let best = DataFormat::parse(&bytes).unwrap().wave().unwrap().format;
    assert_eq!(best.rate.hertz(), 192_000);
    assert!(
        client.open(RENDER, &bytes).is_ok(),
        "what is proposed can be opened"
    );
    let bits = best.sample.valid_bits();
    assert_eq!(bits, 16, "at this rate the FIFO feeds no wider samples");
}

#[test]
fn r25_the_preferred_format_can_be_asked_for_in_general_and_in_each_mode() {
    let (mut client, ..) = wave();
    let (status, bytes) = client.pin_property(14, RENDER, &[]);
    assert_eq!(status, NtStatus::SUCCESS);
    assert!(client.open(RENDER, &bytes).is_ok());
    let raw = AUDIO_SIGNALPROCESSINGMODE_RAW.to_bytes();
    let (status, bytes) = client.pin_property(16, RENDER, &raw);
    assert_eq!(status, NtStatus::SUCCESS);
    let formats = parse_formats(&bytes).unwrap();
    assert!(formats.len() > 10, "{}", formats.len());
    let hd_audio = miniport(&mut World::new(1, Keep::All));
    assert_eq!(hd_audio.events(RENDER), [PinCapsChange::Format]);
}

#[test]
fn r166_a_device_that_likes_another_format_says_so() {
    let (mut client, filter, preference) = wave();
    let (event, _) = client.event("format");
    let listener = ks::Listener {
        set: PinCapsChange::SET,
        id: PinCapsChange::Format.id(),
        pin: Some(RENDER),
        node: None,
        event,
    };
    filter.enable_event(listener).unwrap();
    let format = WaveFormat::new(96_000, 2, SampleFormat::S24In32).unwrap();
    assert_eq!(preference.set(RENDER, format), 1);
    let (_, bytes) = client.pin_property(14, RENDER, &[]);
    let proposed = DataFormat::parse(&bytes).unwrap().wave().unwrap();
    assert_eq!(proposed.format, format);
}

#[test]
fn volume_and_mute_are_nodes_with_a_value_for_each_channel() {
    let filter = TopologyPort::install(Box::new(HdAudioTopology::new()));
    let mut client = RawClient::new(&filter);
    assert_eq!(kinds(&mut client), [KSNODETYPE_VOLUME, KSNODETYPE_MUTE]);
    let handle = client.filter;
    let decibels = |level: i32| (level * 65_536).to_bytes();
    let mut value = decibels(-10);
    assert_eq!(
        client.send(handle, &channel(4, SET, 0, 1), &mut value).0,
        NtStatus::SUCCESS
    );
    let read = |client: &mut RawClient, at| client.read(handle, &channel(4, GET, 0, at));
    assert_eq!(read(&mut client, 0).1, decibels(0));
    assert_eq!(read(&mut client, 1).1, decibels(-10));
    let mut between = (-655_361_i32).to_bytes();
    client.send(handle, &channel(4, SET, 0, -1), &mut between);
    assert_eq!(read(&mut client, 0).1, decibels(-11), "the step below");
    let mut on = 1_u32.to_bytes();
    client.send(handle, &channel(13, SET, 1, -1), &mut on);
    assert_eq!(number(&client.read(handle, &channel(13, GET, 1, 1))), 1);
    for at in [-1, 2] {
        assert_eq!(read(&mut client, at).0, NtStatus::INVALID_PARAMETER, "{at}");
    }
}

#[test]
fn the_steps_of_a_volume_are_part_of_its_description() {
    let filter = TopologyPort::install(Box::new(HdAudioTopology::new()));
    let mut client = RawClient::new(&filter);
    let request = channel(4, BASIC_SUPPORT, 0, 0);
    let handle = client.filter;
    assert_eq!(
        client.send(handle, &request, &mut []),
        (NtStatus::BUFFER_OVERFLOW, 72)
    );
    let bytes = client.read(handle, &request).1;
    let description = KsPropertyDescription::parse(&bytes).unwrap();
    assert_eq!(
        (description.description_size, description.members_list_count),
        (72, 1)
    );
    assert_eq!(description.prop_type_set.id, 3);
    let members = KsPropertyMembersHeader::parse(&bytes[40..]).unwrap();
    assert_eq!((members.members_flags, members.members_count), (2, 1));
    let steps = KsPropertySteppingLong::parse(&bytes[56..]).unwrap();
    assert_eq!(
        (steps.minimum, steps.maximum, steps.stepping_delta),
        (-64 << 16, 0, 1 << 16)
    );
    let short = client
        .read_into(handle, &request, KsPropertyDescription::SIZE)
        .1;
    assert_eq!(short, bytes[..40]);
}

/// Sound flows the other way: the way is followed along the stream.
#[test]
fn a_microphone_is_an_endpoint_that_is_recorded_from() {
    let mut world = World::new(1, Keep::All);
    let doorbell = world.event("doorbell", Reset::Auto);
    let config = ControllerConfig {
        inputs: vec![StreamConfig::hd_audio_input()],
        ..ControllerConfig::hd_audio()
    };
    let bus = Bus::new(Shared::new(Controller::new(&config)), doorbell.handle());
    let miniport = HdAudioAdapter::new(bus).capture(now(), 0, HdAudioOptions::default());
    let memory = Shared::new(Memory::ample(Samples::Left));
    let wave = WaveRtPort::install(Box::new(miniport), memory);
    let topology = HdAudioTopology::capture();
    let jack = topology.jack();
    let topology = TopologyPort::install(Box::new(topology));
    let interfaces = DeviceInterfaces::default();
    let adapter = Adapter::new("HDAUDIO", interfaces.clone());
    adapter.register_subdevice(now(), "wave", &wave).unwrap();
    adapter
        .register_subdevice(now(), "topology", &topology)
        .unwrap();
    let (from, to) = (
        ("topology", HdAudioTopology::WAVE_PIN),
        ("wave", HdAudioMiniport::BRIDGE_PIN),
    );
    adapter.register_physical_connection(from, to).unwrap();
    assert_eq!(interfaces.enumerate(KSCATEGORY_CAPTURE).len(), 1);
    let found = endpoints(now(), &interfaces);
    assert_eq!(found.len(), 1, "{found:?}");
    let microphone = &found[0];
    assert_eq!(microphone.category, KSNODETYPE_MICROPHONE);
    assert_eq!(microphone.flow, DataFlow::Out);
    assert_eq!(microphone.state, EndpointState::Active);
    let host = microphone.host.as_ref().map(|(_, pin)| *pin);
    assert_eq!(host, Some(HdAudioMiniport::CAPTURE_PIN));
    jack.plug(false);
    assert_eq!(
        endpoints(now(), &interfaces)[0].state,
        EndpointState::Unplugged
    );
}

#[test]
fn a_pin_of_a_topology_filter_is_never_opened() {
    let filter = TopologyPort::install(Box::new(HdAudioTopology::new()));
    let mut client = RawClient::new(&filter);
    let format = DataFormat::of(WaveFormat::new(48_000, 2, SampleFormat::S16).unwrap()).to_bytes();
    for pin in 0..2 {
        let refused = client.open(pin, &format).unwrap_err();
        assert_eq!(refused, NtStatus::INSUFFICIENT_RESOURCES);
    }
    assert_eq!(
        client.open(2, &format).unwrap_err(),
        NtStatus::INVALID_PARAMETER
    );
    let jacks = client.pin_property(3, 1, &[]).1;
    assert_eq!(KsMultipleItem::parse(&jacks).unwrap().count, 1);
}
