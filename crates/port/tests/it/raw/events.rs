//! Events of pin factories.

use ks::wire::{KsEventData, KsePin, Wire};
use ks::{
    EventSelector, Guid, Handle, IOCTL_KS_DISABLE_EVENT, IOCTL_KS_ENABLE_EVENT,
    KSEVENTSETID_PIN_CAPS_CHANGE, PinCapsChange,
};
use units::NtStatus;

use super::client::{RawClient, head};
use super::questioned::{BRIDGE, PINS, RENDER, plain};

const ENABLE: u32 = 0x1;
const BASIC_SUPPORT: u32 = 0x200;

fn request(client: &mut RawClient, code: u32, input: &[u8], data: &[u8]) -> NtStatus {
    let (cx, filter) = (client.cx.clone(), client.filter);
    let mut data = data.to_vec();
    let done = client.process.control(&cx, filter, code, input, &mut data);
    done.status
}

fn data(event: Handle) -> Vec<u8> {
    KsEventData {
        notification_type: 1,
        event: event.value(),
        ..KsEventData::default()
    }
    .to_bytes()
}

fn event(set: Guid, id: u32, flags: u32, pin: u32) -> Vec<u8> {
    KsePin {
        event: head(set, id, flags),
        pin,
        reserved: 0,
    }
    .to_bytes()
}

fn enable(client: &mut RawClient, pin: u32, handle: Handle) -> NtStatus {
    let input = event(KSEVENTSETID_PIN_CAPS_CHANGE, 0, ENABLE, pin);
    request(client, IOCTL_KS_ENABLE_EVENT, &input, &data(handle))
}

#[test]
fn support_is_asked_for_without_an_event() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let mut status = |set, id, pin| {
        let input = event(set, id, BASIC_SUPPORT, pin);
        request(&mut client, IOCTL_KS_ENABLE_EVENT, &input, &[])
    };
    let set = KSEVENTSETID_PIN_CAPS_CHANGE;
    assert_eq!(status(set, 0, RENDER), NtStatus::SUCCESS);
    assert_eq!(
        status(set, 1, RENDER),
        NtStatus::NOT_FOUND,
        "it has no jack"
    );
    assert_eq!(status(set, 0, BRIDGE), NtStatus::NOT_FOUND);
    assert_eq!(status(set, 0, PINS), NtStatus::INVALID_PARAMETER);
    assert_eq!(status(Guid::new(1), 0, RENDER), NtStatus::PROPSET_NOT_FOUND);
}

#[test]
fn r166_a_change_of_format_reaches_exactly_who_enabled_that_event() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    let mut other = RawClient::new(&filter);
    let (_, first) = client.event("first");
    let (_, second) = other.event("second");
    let (_, idle) = client.event("idle");
    assert_eq!(enable(&mut client, RENDER, first), NtStatus::SUCCESS);
    assert_eq!(enable(&mut other, RENDER, second), NtStatus::SUCCESS);
    assert_eq!(enable(&mut client, BRIDGE, idle), NtStatus::NOT_FOUND);
    let events = script.borrow().events.clone();
    let format = EventSelector::of_pin(PinCapsChange::Format, RENDER);
    assert_eq!(
        events.generate(format),
        2,
        "one on each handle to the filter"
    );
    let elsewhere = EventSelector::of_pin(PinCapsChange::Format, BRIDGE);
    assert_eq!(events.generate(elsewhere), 0);
    let jack = EventSelector::of_pin(PinCapsChange::JackInfo, RENDER);
    assert_eq!(events.generate(jack), 0);
    let anybody = EventSelector {
        id: 0,
        ..EventSelector::default()
    };
    assert_eq!(events.generate(anybody), 2, "what is not named is any");
    let disabled = request(&mut client, IOCTL_KS_DISABLE_EVENT, &data(first), &[]);
    assert_eq!(disabled, NtStatus::SUCCESS);
    assert_eq!(events.generate(format), 1);
    let again = request(&mut client, IOCTL_KS_DISABLE_EVENT, &data(first), &[]);
    assert_eq!(again, NtStatus::NOT_FOUND);
}

#[test]
fn above_dispatch_level_the_second_of_two_changes_takes_the_place_of_the_first() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    let (_, handle) = client.event("change");
    enable(&mut client, RENDER, handle);
    let events = script.borrow().events.clone();
    assert_eq!(events.deliver(), 0, "nothing waits");
    let format = EventSelector::of_pin(PinCapsChange::Format, RENDER);
    events.generate_deferred(format);
    assert_eq!((events.deliver(), events.deliver()), (1, 0));
    events.generate_deferred(format);
    events.generate_deferred(EventSelector::of_pin(PinCapsChange::JackInfo, RENDER));
    assert_eq!(events.deliver(), 0, "the change of format is lost");
}

#[test]
fn an_event_needs_an_event_object_and_a_verb() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let (_, handle) = client.event("event");
    let (set, filter) = (KSEVENTSETID_PIN_CAPS_CHANGE, client.filter);
    let mut enable = |flags, data: &[u8]| {
        let input = event(set, 0, flags, RENDER);
        request(&mut client, IOCTL_KS_ENABLE_EVENT, &input, data)
    };
    assert_eq!(enable(ENABLE, &data(filter)), NtStatus::INVALID_HANDLE);
    assert_eq!(
        enable(ENABLE, &data(handle)[..31]),
        NtStatus::INVALID_PARAMETER
    );
    assert_eq!(enable(0, &data(handle)), NtStatus::INVALID_PARAMETER);
    let mut semaphore = data(handle);
    semaphore[0] = 2;
    assert_eq!(enable(ENABLE, &semaphore), NtStatus::INVALID_PARAMETER);
}
