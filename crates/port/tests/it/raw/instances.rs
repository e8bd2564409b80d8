//! How many pins may be open, on one instance of a filter and on all.

use ks::wire::{DataFormat, KsPinCInstances};
use ks::{FilterHandle, Handle};
use units::NtStatus;

use super::client::{RawClient, number};
use super::questioned::{BRIDGE, PINS, RENDER, plain};
use crate::support::cd;

const CINSTANCES: u32 = 0;
const CTYPES: u32 = 1;
const GLOBALCINSTANCES: u32 = 8;
const NECESSARYINSTANCES: u32 = 9;

fn counts(client: &mut RawClient, id: u32, pin: u32) -> (u32, u32) {
    let (status, bytes) = client.pin_property(id, pin, &[]);
    assert_eq!((status, bytes.len()), (NtStatus::SUCCESS, 8));
    let counts = KsPinCInstances::parse(&bytes).expect("counts");
    (counts.possible_count, counts.current_count)
}

fn open(client: &mut RawClient) -> Result<Handle, NtStatus> {
    client.open(RENDER, &DataFormat::of(cd()).to_bytes())
}

fn two_clients() -> (RawClient, RawClient, FilterHandle) {
    let (filter, _) = plain();
    let (first, second) = (RawClient::new(&filter), RawClient::new(&filter));
    (first, second, filter)
}

#[test]
fn r4_there_are_as_many_pin_types_as_descriptions() {
    let (mut client, ..) = two_clients();
    let types = client.pin_property(CTYPES, 0, &[]);
    assert_eq!(number(&types), PINS);
    for id in [0, 2, 3, 5, 6, 7, 8, 9, 11, 12, 13] {
        for pin in 0..PINS {
            assert_eq!(
                client.pin_property(id, pin, &[]).0,
                NtStatus::SUCCESS,
                "{id}"
            );
        }
    }
}

#[test]
fn r5_a_question_about_a_pin_that_is_not_there_is_an_invalid_parameter() {
    let (mut client, ..) = two_clients();
    for id in (0..=14).filter(|id| *id != CTYPES && *id != 4) {
        for pin in [PINS, u32::MAX] {
            let refused = client.pin_property(id, pin, &[]);
            assert_eq!(refused.0, NtStatus::INVALID_PARAMETER, "{id}");
        }
    }
}

#[test]
fn r6_r12_pins_are_counted_on_the_instance_that_they_are_opened_on() {
    let (mut first, mut second, _filter) = two_clients();
    assert_eq!(counts(&mut first, CINSTANCES, RENDER), (2, 0));
    let pin = open(&mut first).unwrap();
    assert_eq!(counts(&mut first, CINSTANCES, RENDER), (2, 1));
    assert_eq!(counts(&mut second, CINSTANCES, RENDER), (2, 0));
    first.process.close(&first.cx, pin).unwrap();
    assert_eq!(counts(&mut first, CINSTANCES, RENDER), (2, 0));
}

#[test]
fn r7_r11_the_global_count_adds_up_all_instances_and_has_a_limit_of_its_own() {
    let (mut first, mut second, _filter) = two_clients();
    open(&mut first).unwrap();
    let pin = open(&mut first).unwrap();
    assert_eq!(
        open(&mut first).unwrap_err(),
        NtStatus::INSUFFICIENT_RESOURCES
    );
    open(&mut second).unwrap();
    assert_eq!(counts(&mut first, GLOBALCINSTANCES, RENDER), (3, 3));
    assert_eq!(counts(&mut second, GLOBALCINSTANCES, RENDER), (3, 3));
    assert_eq!(counts(&mut second, CINSTANCES, RENDER), (2, 1));
    let refused = open(&mut second).unwrap_err();
    assert_eq!(
        refused,
        NtStatus::INSUFFICIENT_RESOURCES,
        "three are open in all"
    );
    assert_eq!(counts(&mut second, GLOBALCINSTANCES, RENDER), (3, 3));
    first.process.close(&first.cx, pin).unwrap();
    open(&mut second).unwrap();
}

#[test]
fn r8_the_necessary_instances_are_those_of_the_description() {
    let (mut client, ..) = two_clients();
    assert_eq!(
        number(&client.pin_property(NECESSARYINSTANCES, RENDER, &[])),
        1
    );
    assert_eq!(
        number(&client.pin_property(NECESSARYINSTANCES, BRIDGE, &[])),
        0
    );
}
