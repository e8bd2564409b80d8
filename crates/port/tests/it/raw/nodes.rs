//! Nodes, their properties, and who handles what.

use ks::wire::{DataFormat, KsTopologyConnection};
use ks::wire::{Wire, from_unicode};
use ks::{
    Connection, End, Guid, KSCATEGORY_AUDIO, KSCATEGORY_REALTIME, KSCATEGORY_RENDER,
    KSNODETYPE_SPEAKER, KSNODETYPE_VOLUME, KSPROPSETID_PIN, KSPROPSETID_TOPOLOGY, Verb,
};
use units::NtStatus;

use super::client::{Answer, GET, RawClient, SET, head, ksp_node, number};
use super::questioned::{BRIDGE, OF_NODE, OF_STREAM, OWN, OWN_SET, PINS, RENDER, plain};
use crate::support::cd;

fn topology(client: &mut RawClient, id: u32) -> Answer {
    let request = head(KSPROPSETID_TOPOLOGY, id, GET).to_bytes();
    client.read(client.filter, &request)
}

fn guids(answer: &Answer) -> Vec<Guid> {
    assert_eq!(answer.0, NtStatus::SUCCESS);
    let guid = |bytes: &[u8]| Guid::read("GUID", bytes).expect("an identifier");
    answer.1[8..].chunks(16).map(guid).collect()
}

#[test]
fn a_filter_says_what_is_inside_it() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let categories = [KSCATEGORY_AUDIO, KSCATEGORY_RENDER, KSCATEGORY_REALTIME];
    assert_eq!(guids(&topology(&mut client, 0)), categories);
    assert_eq!(guids(&topology(&mut client, 1)), [KSNODETYPE_VOLUME]);
    let (_, bytes) = topology(&mut client, 2);
    let wires: Vec<Connection> = bytes[8..]
        .chunks(16)
        .map(|wire| KsTopologyConnection::parse(wire).unwrap().into())
        .collect();
    let expected = [
        Connection {
            from: End::Pin(RENDER),
            to: End::Node { node: 0, pin: 1 },
        },
        Connection {
            from: End::Node { node: 0, pin: 0 },
            to: End::Pin(BRIDGE),
        },
    ];
    assert_eq!(wires, expected);
}

#[test]
fn pins_and_nodes_have_names_that_a_person_can_read() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let name = |answer: Answer| from_unicode(&answer.1).unwrap();
    assert_eq!(
        name(client.pin_property(12, RENDER, &[])),
        "Speakers",
        "its own"
    );
    assert_eq!(
        name(client.pin_property(12, BRIDGE, &[])),
        "Speakers",
        "its category"
    );
    let category = client.pin_property(11, BRIDGE, &[]).1;
    assert_eq!(Guid::read("GUID", &category), Ok(KSNODETYPE_SPEAKER));
    let mut node = |node| {
        let request = ksp_node(KSPROPSETID_TOPOLOGY, 3, GET, node, &[]);
        client.read(client.filter, &request)
    };
    assert_eq!(node(1).0, NtStatus::INVALID_PARAMETER);
}

#[test]
fn a_node_is_called_after_its_type_unless_it_has_a_name() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    // The request is one of the filter, so it does not carry the flag of nodes.
    let mut request = ksp_node(KSPROPSETID_TOPOLOGY, 3, GET, 0, &[]);
    request[20..24].copy_from_slice(&GET.to_le_bytes());
    let (status, name) = client.read(client.filter, &request);
    assert_eq!(status, NtStatus::SUCCESS);
    assert_eq!(from_unicode(&name).unwrap(), "Volume");
}

#[test]
fn r30_what_the_port_handles_never_reaches_the_miniport() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    let types = client.pin_property(1, 0, &[]);
    assert_eq!(
        number(&types),
        PINS,
        "the miniport would have said 1, the number of the property"
    );
    assert_eq!(script.borrow().requests, []);
    assert!(
        filter
            .automation(None)
            .unwrap()
            .iter()
            .any(|item| item.is(KSPROPSETID_PIN, 1))
    );
}

#[test]
fn what_the_port_does_not_know_is_the_miniports() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    let get = [&head(OWN_SET, OWN.id, GET).to_bytes()[..], &[1, 2, 3]].concat();
    assert_eq!(number(&client.read(client.filter, &get)), OWN.id);
    let set = head(OWN_SET, OWN.id, SET).to_bytes();
    let handle = client.filter;
    assert_eq!(
        client.send(handle, &set, &mut [9, 0, 0, 0, 8]),
        (NtStatus::SUCCESS, 0)
    );
    let requests = &script.borrow().requests;
    assert_eq!(requests[0].instance, [1, 2, 3], "what follows the head");
    assert_eq!(requests[1].value, [9, 0, 0, 0, 8]);
    assert_eq!(
        (requests[1].verb, requests[1].node, requests[1].pin),
        (Verb::Set, None, None)
    );
    drop(client);
}

#[test]
fn r31_a_property_of_streams_is_refused_on_the_filter_and_granted_on_a_pin() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    let of_stream = ksp_node(OWN_SET, OF_STREAM.id, GET, 0, &[]);
    let refused = client.read(client.filter, &of_stream);
    assert_eq!(refused.0, NtStatus::INVALID_PARAMETER);
    assert_eq!(script.borrow().requests, []);
    let pin = client
        .open(RENDER, &DataFormat::of(cd()).to_bytes())
        .unwrap();
    assert_eq!(number(&client.read(pin, &of_stream)), OF_STREAM.id);
    assert_eq!(script.borrow().requests[0].pin, Some(RENDER));
}

#[test]
fn a_property_of_the_filter_may_come_by_a_pin_as_well() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    let of_node = ksp_node(OWN_SET, OF_NODE.id, GET, 0, &[]);
    assert_eq!(number(&client.read(client.filter, &of_node)), OF_NODE.id);
    let pin = client
        .open(RENDER, &DataFormat::of(cd()).to_bytes())
        .unwrap();
    assert_eq!(number(&client.read(pin, &of_node)), OF_NODE.id);
    let requests = &script.borrow().requests;
    assert_eq!((requests[0].node, requests[1].node), (Some(0), Some(0)));
}

#[test]
fn a_node_that_is_not_there_is_an_invalid_parameter() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let request = ksp_node(OWN_SET, OF_NODE.id, GET, 1, &[]);
    assert_eq!(
        client.read(client.filter, &request).0,
        NtStatus::INVALID_PARAMETER
    );
}
