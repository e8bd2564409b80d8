//! Sets, numbers, verbs and sizes of requests.

use ks::wire::DataFormat;
use ks::wire::{KsIdentifier, KsPropertyDescription, Wire};
use ks::{
    Guid, Handle, IOCTL_KS_METHOD, IOCTL_KS_PROPERTY, KSPROPSETID_CONNECTION, KSPROPSETID_PIN,
    KSPROPSETID_RT_AUDIO, KSPROPTYPESETID_GENERAL,
};
use units::NtStatus;

use super::client::{BASIC_SUPPORT, GET, RawClient, SET, head, ksp_pin};
use super::questioned::{OWN, OWN_SET, RENDER, plain};
use crate::support::cd;

fn with_pin() -> (RawClient, Handle) {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let pin = client
        .open(RENDER, &DataFormat::of(cd()).to_bytes())
        .expect("the first pin opens");
    (client, pin)
}

#[test]
fn an_unknown_set_and_an_unknown_number_have_statuses_of_their_own() {
    let (mut client, pin) = with_pin();
    for handle in [client.filter, pin] {
        let unknown = head(Guid::new(5), 0, GET).to_bytes();
        assert_eq!(client.read(handle, &unknown).0, NtStatus::PROPSET_NOT_FOUND);
    }
    let filter = client.filter;
    for (handle, set, id) in [
        (filter, KSPROPSETID_PIN, 17),
        (filter, OWN_SET, OWN.id + 10),
        (pin, KSPROPSETID_RT_AUDIO, 0),
        (pin, KSPROPSETID_RT_AUDIO, 14),
        (pin, KSPROPSETID_CONNECTION, 1),
    ] {
        let unknown = ksp_pin(set, id, GET, 0, &[]);
        assert_eq!(
            client.read(handle, &unknown).0,
            NtStatus::NOT_FOUND,
            "{set} {id}"
        );
    }
    let of_pins = head(KSPROPSETID_RT_AUDIO, 2, GET).to_bytes();
    assert_eq!(client.read(filter, &of_pins).0, NtStatus::PROPSET_NOT_FOUND);
}

#[test]
fn a_set_can_be_asked_for_by_itself() {
    let (mut client, pin) = with_pin();
    let mut known = |handle, set| {
        let request = head(set, 99, 0x100).to_bytes();
        client.read(handle, &request).0
    };
    assert_eq!(known(pin, KSPROPSETID_RT_AUDIO), NtStatus::SUCCESS);
    assert_eq!(known(pin, KSPROPSETID_PIN), NtStatus::PROPSET_NOT_FOUND);
}

#[test]
fn r52_a_verb_that_a_property_does_not_have_is_refused() {
    let (mut client, pin) = with_pin();
    let mut status = |id, flags| {
        let request = [
            &head(KSPROPSETID_RT_AUDIO, id, flags).to_bytes()[..],
            &[0; 16],
        ]
        .concat();
        client.read(pin, &request).0
    };
    for id in [1, 2, 3, 4, 5, 8, 9, 10, 11] {
        assert_eq!(status(id, SET), NtStatus::INVALID_DEVICE_REQUEST, "{id}");
    }
    assert_eq!(status(12, GET), NtStatus::INVALID_DEVICE_REQUEST);
    for flags in [0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000, 0x1_0000] {
        assert_eq!(
            status(9, flags),
            NtStatus::INVALID_DEVICE_REQUEST,
            "{flags:x}"
        );
    }
    for flags in [0, 3, 0x203] {
        assert_eq!(status(9, flags), NtStatus::INVALID_PARAMETER, "{flags:x}");
    }
}

#[test]
fn a_request_that_is_cut_off_is_an_invalid_parameter() {
    let (mut client, pin) = with_pin();
    let whole = ksp_pin(KSPROPSETID_PIN, 2, GET, RENDER, &[]);
    for len in 0..whole.len() {
        let status = client.read(client.filter, &whole[..len]).0;
        assert_eq!(status, NtStatus::INVALID_PARAMETER, "{len}");
    }
    let buffer = [&head(KSPROPSETID_RT_AUDIO, 5, GET).to_bytes()[..], &[0; 15]].concat();
    assert_eq!(client.read(pin, &buffer).0, NtStatus::INVALID_PARAMETER);
}

#[test]
fn an_empty_buffer_learns_the_size_before_anything_is_done() {
    let (mut client, pin) = with_pin();
    let request = [
        &head(KSPROPSETID_RT_AUDIO, 1, GET).to_bytes()[..],
        &[0; 8],
        &3840_u32.to_le_bytes(),
        &[0; 4],
    ]
    .concat();
    assert_eq!(
        client.send(pin, &request, &mut []),
        (NtStatus::BUFFER_OVERFLOW, 16)
    );
    assert_eq!(
        client.send(pin, &request, &mut [0; 15]),
        (NtStatus::BUFFER_TOO_SMALL, 0)
    );
    // Had one of them made the buffer, this would be a second one.
    assert_eq!(
        client.send(pin, &request, &mut [0; 16]),
        (NtStatus::SUCCESS, 16)
    );
    assert_eq!(
        client.send(pin, &request, &mut [0; 16]).0,
        NtStatus::INVALID_DEVICE_REQUEST
    );
}

#[test]
fn a_value_that_is_too_short_is_not_set() {
    let (mut client, pin) = with_pin();
    let request = head(KSPROPSETID_CONNECTION, 0, SET).to_bytes();
    for room in 0..4 {
        let refused = client.send(pin, &request, &mut vec![1; room]);
        assert_eq!(refused, (NtStatus::BUFFER_TOO_SMALL, 0));
    }
    assert_eq!(
        client.send(pin, &request, &mut [1, 0, 0, 0]),
        (NtStatus::SUCCESS, 0)
    );
    let unknown = client.send(pin, &request, &mut [4, 0, 0, 0]);
    assert_eq!(unknown.0, NtStatus::INVALID_PARAMETER);
}

#[test]
fn support_is_told_in_four_bytes_or_in_forty() {
    let (mut client, pin) = with_pin();
    let request = head(KSPROPSETID_CONNECTION, 0, BASIC_SUPPORT).to_bytes();
    assert_eq!(
        client.send(pin, &request, &mut []),
        (NtStatus::BUFFER_OVERFLOW, 40)
    );
    for room in [1, 3] {
        let short = client.send(pin, &request, &mut vec![0; room]);
        assert_eq!(short.0, NtStatus::BUFFER_TOO_SMALL);
    }
    let flags = GET | SET | BASIC_SUPPORT;
    assert_eq!(
        client.read_into(pin, &request, 4),
        (NtStatus::SUCCESS, flags.to_bytes())
    );
    assert_eq!(client.read_into(pin, &request, 39).1, flags.to_bytes());
    let (status, bytes) = client.read_into(pin, &request, 40);
    assert_eq!(status, NtStatus::SUCCESS);
    let description = KsPropertyDescription {
        access_flags: flags,
        description_size: 40,
        prop_type_set: KsIdentifier {
            set: KSPROPTYPESETID_GENERAL,
            id: 19,
            flags: 0,
        },
        members_list_count: 0,
        reserved: 0,
    };
    assert_eq!(KsPropertyDescription::parse(&bytes), Ok(description));
}

#[test]
fn there_are_no_methods_and_no_other_control_codes() {
    let (mut client, pin) = with_pin();
    for code in [IOCTL_KS_METHOD, 0, 0x002F_0013] {
        let cx = client.cx.clone();
        let done = client.process.control(&cx, pin, code, &[0; 24], &mut []);
        assert_eq!(done.status, NtStatus::INVALID_DEVICE_REQUEST);
    }
}

#[test]
fn a_handle_that_is_closed_is_none_any_more() {
    let (mut client, pin) = with_pin();
    let cx = client.cx.clone();
    client.process.close(&cx, pin).unwrap();
    let done = client
        .process
        .control(&cx, pin, IOCTL_KS_PROPERTY, &[0; 24], &mut []);
    assert_eq!(done.status, NtStatus::INVALID_HANDLE);
    assert_eq!(
        client.process.close(&cx, pin),
        Err(NtStatus::INVALID_HANDLE)
    );
}
