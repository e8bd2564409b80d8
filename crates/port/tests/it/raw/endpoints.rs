//! Device interfaces, wires between filters, endpoints.

use ks::wire::{KsPinPhysicalConnection, ModeConstraint, PacketSizeConstraints};
use ks::{
    AUDIO_SIGNALPROCESSINGMODE_DEFAULT, DataFlow, DeviceInterfaces, EndpointState, FilterHandle,
    Guid, KSCATEGORY_AUDIO, KSCATEGORY_CAPTURE, KSCATEGORY_REALTIME, KSCATEGORY_RENDER,
    KSCATEGORY_TOPOLOGY, KSNODETYPE_SPEAKER, PinCapsChange, endpoints,
};
use miniport::{HdAudioTopology, Jack};
use port::{Adapter, TopologyPort};
use units::{Bytes, Hns, NtStatus};

use super::client::RawClient;
use super::questioned::{BRIDGE, RENDER, plain};
use crate::support::now;

const DEVICE: &str = r"HDAUDIO\FUNC_01\4&1";
const PHYSICALCONNECTION: u32 = 10;

struct System {
    interfaces: DeviceInterfaces,
    adapter: Adapter,
    wave: FilterHandle,
    topology: FilterHandle,
    jack: Jack,
}

/// An adapter with a wave filter and a topology filter, not wired yet.
fn system() -> System {
    let interfaces = DeviceInterfaces::default();
    let adapter = Adapter::new(DEVICE, interfaces.clone());
    let (wave, _) = plain();
    let miniport = HdAudioTopology::new();
    let jack = miniport.jack();
    let topology = TopologyPort::install(Box::new(miniport));
    adapter
        .register_subdevice(now(), "wave", &wave)
        .expect("the first of that name");
    adapter
        .register_subdevice(now(), "topology", &topology)
        .expect("the first of that name");
    System {
        interfaces,
        adapter,
        wave,
        topology,
        jack,
    }
}

fn wired() -> System {
    let system = system();
    let (from, to) = (("wave", BRIDGE), ("topology", HdAudioTopology::WAVE_PIN));
    system
        .adapter
        .register_physical_connection(from, to)
        .expect("both are there");
    system
}

fn found(system: &System, category: Guid) -> Vec<String> {
    let interfaces = system.interfaces.enumerate(category).into_iter();
    interfaces.map(|interface| interface.reference).collect()
}

#[test]
fn r1_a_wavert_filter_is_found_as_real_time_as_audio_and_by_its_direction() {
    let system = system();
    assert_eq!(found(&system, KSCATEGORY_REALTIME), ["wave"]);
    assert_eq!(found(&system, KSCATEGORY_RENDER), ["wave"]);
    assert_eq!(found(&system, KSCATEGORY_AUDIO), ["wave", "topology"]);
    assert_eq!(found(&system, KSCATEGORY_TOPOLOGY), ["topology"]);
    assert_eq!(found(&system, KSCATEGORY_CAPTURE), [""; 0]);
    let interface = &system.interfaces.enumerate(KSCATEGORY_REALTIME)[0];
    assert_eq!(
        interface.symbolic_link,
        r"\\?\hdaudio#func_01#4&1#{eb115ffc-10c8-4964-831d-6dcb02e6f23f}\wave"
    );
    let link = interface.symbolic_link.to_uppercase();
    assert_eq!(system.interfaces.find(&link).unwrap().reference, "wave");
    system.adapter.unregister_subdevice("wave");
    assert_eq!(found(&system, KSCATEGORY_AUDIO), ["topology"]);
}

#[test]
fn a_device_has_each_name_once() {
    let system = system();
    let again = system
        .adapter
        .register_subdevice(now(), "wave", &system.wave);
    assert_eq!(again, Err(NtStatus::INVALID_PARAMETER));
}

#[test]
fn a_wire_can_be_asked_for_at_both_of_its_ends() {
    let system = wired();
    let mut wave = RawClient::new(&system.wave);
    let (status, bytes) = wave.pin_property(PHYSICALCONNECTION, BRIDGE, &[]);
    assert_eq!(status, NtStatus::SUCCESS);
    let wire = KsPinPhysicalConnection::parse(&bytes).unwrap();
    assert_eq!(wire.pin, HdAudioTopology::WAVE_PIN);
    let other = system.interfaces.find(&wire.symbolic_link_name).unwrap();
    let mut topology = RawClient::new(&other.filter);
    let (_, bytes) = topology.pin_property(PHYSICALCONNECTION, wire.pin, &[]);
    let back = KsPinPhysicalConnection::parse(&bytes).unwrap();
    assert_eq!(back.pin, BRIDGE);
    assert!(back.symbolic_link_name.ends_with(r"\wave"));
    let unwired = wave.pin_property(PHYSICALCONNECTION, RENDER, &[]);
    assert_eq!(unwired.0, NtStatus::NOT_FOUND);
    let nowhere = system
        .adapter
        .register_physical_connection(("wave", 9), ("topology", 0));
    assert_eq!(nowhere, Err(NtStatus::INVALID_PARAMETER));
}

#[test]
fn an_endpoint_is_active_once_a_way_leads_to_a_pin_that_can_be_opened() {
    let system = wired();
    let found = endpoints(now(), &system.interfaces);
    assert_eq!(found.len(), 1, "the wired bridge is none: {found:?}");
    let speaker = &found[0];
    assert_eq!((speaker.category, speaker.pin), (KSNODETYPE_SPEAKER, 1));
    assert_eq!(speaker.flow, DataFlow::In, "sound is rendered there");
    assert_eq!(speaker.state, EndpointState::Active);
    let (host, pin) = speaker.host.clone().unwrap();
    assert!(host.ends_with(r"\wave"), "{host}");
    assert_eq!(pin, RENDER);
}

#[test]
fn an_endpoint_is_unplugged_while_its_jack_is_empty_and_tells_who_asked() {
    let system = wired();
    let mut client = RawClient::new(&system.topology);
    let (event, _) = client.event("jack");
    let listener = ks::Listener {
        set: PinCapsChange::SET,
        id: PinCapsChange::JackInfo.id(),
        pin: Some(HdAudioTopology::JACK_PIN),
        node: None,
        event,
    };
    system.topology.enable_event(listener).unwrap();
    let state = || endpoints(now(), &system.interfaces)[0].state;
    assert_eq!(system.jack.plug(false), 1);
    assert_eq!(state(), EndpointState::Unplugged);
    assert_eq!(system.jack.plug(false), 0, "nothing has changed");
    assert_eq!(system.jack.plug(true), 1);
    assert_eq!(state(), EndpointState::Active);
}

#[test]
fn an_endpoint_without_a_way_to_any_pin_is_not_present() {
    let system = system();
    let states: Vec<_> = endpoints(now(), &system.interfaces)
        .iter()
        .map(|endpoint| (endpoint.category, endpoint.state, endpoint.host.is_some()))
        .collect();
    let expected = [
        (KSNODETYPE_SPEAKER, EndpointState::Active, true), // The wave filter's own bridge.
        (KSCATEGORY_AUDIO, EndpointState::NotPresent, false),
        (KSNODETYPE_SPEAKER, EndpointState::NotPresent, false),
    ];
    assert_eq!(states, expected);
}

fn sizes(size_max: Option<u64>) -> PacketSizeConstraints {
    PacketSizeConstraints {
        period_min: Hns::new(30_000),
        alignment: Bytes::new(128),
        size_max: size_max.map(Bytes::new),
        modes: vec![ModeConstraint {
            processing_mode: AUDIO_SIGNALPROCESSINGMODE_DEFAULT,
            samples_per_processing_packet: 0,
            processing_packet_duration_in_hns: 100_000,
        }],
    }
}

#[test]
fn the_sizes_of_packets_are_told_before_a_filter_is_known_and_read_without_opening_it() {
    let interfaces = DeviceInterfaces::default();
    let mut adapter = Adapter::new(DEVICE, interfaces.clone());
    let (wave, script) = plain();
    adapter.set_packet_sizes("wave", sizes(None)).unwrap();
    adapter.register_subdevice(now(), "wave", &wave).unwrap();
    let interface = &interfaces.enumerate(KSCATEGORY_AUDIO)[0];
    assert_eq!(interface.packet_sizes, Some(sizes(None)));
    let late = adapter.set_packet_sizes("wave", sizes(None));
    assert_eq!(late, Err(NtStatus::INVALID_DEVICE_STATE));
    assert_eq!(script.borrow().requests, []);
}

#[test]
fn r172_a_largest_packet_of_less_than_ten_milliseconds_is_refused() {
    // The pin takes 48 kHz, two channels, up to 24 bits in four bytes: 3840 bytes in 10 ms.
    for (max, answer) in [(3839, Err(NtStatus::INVALID_PARAMETER)), (3840, Ok(()))] {
        let mut adapter = Adapter::new(DEVICE, DeviceInterfaces::default());
        adapter.set_packet_sizes("wave", sizes(Some(max))).unwrap();
        let (wave, _) = plain();
        assert_eq!(adapter.register_subdevice(now(), "wave", &wave), answer);
    }
}
