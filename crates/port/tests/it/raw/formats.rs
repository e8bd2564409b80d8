//! Ranges, proposed formats, modes.

use ks::wire::{
    Attribute, DataFormat, KsMultipleItem, RawDataRange, WaveFormatEx, Wire, Writer, parse_formats,
};
use ks::{Guid, KSPROPSETID_AUDIO_SIGNAL_PROCESSING, KSPROPSETID_PIN};
use portcls::fill_modes;
use units::{NtStatus, SampleFormat, WaveFormat};

use super::client::{Answer, GET, RawClient, SET, ksp_pin};
use super::questioned::{BRIDGE, MODES, PINS, RENDER, pcm, plain};
use crate::support::cd;

const DATARANGES: u32 = 3;
const CONSTRAINEDDATARANGES: u32 = 13;
const PROPOSEDATAFORMAT: u32 = 14;
const PROPOSEDATAFORMAT2: u32 = 15;
const MODEDATAFORMATS: u32 = 16;

fn ranges(answer: &Answer) -> Vec<RawDataRange> {
    assert_eq!(answer.0, NtStatus::SUCCESS);
    RawDataRange::parse_list(&answer.1).expect("ranges")
}

/// Asks whether pin `pin` would take a format.
fn test_format(client: &mut RawClient, pin: u32, format: &DataFormat) -> NtStatus {
    let request = ksp_pin(KSPROPSETID_PIN, PROPOSEDATAFORMAT, SET, pin, &[]);
    client
        .send(client.filter, &request, &mut format.to_bytes())
        .0
}

/// What pin `pin` proposes for a mode.
fn of_mode(client: &mut RawClient, pin: u32, mode: Guid) -> Answer {
    let mut attributes = Writer::new();
    Attribute::put_list(&[Attribute::SignalProcessingMode(mode)], &mut attributes);
    client.pin_property(PROPOSEDATAFORMAT2, pin, &attributes.finish())
}

#[test]
fn r14_only_the_constrained_ranges_are_what_the_pin_can_take_now() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let before = client.pin_property(DATARANGES, RENDER, &[]);
    assert_eq!(
        ranges(&before),
        [RawDataRange::from(&pcm(16, 24, 44_100, 48_000))]
    );
    client
        .open(RENDER, &DataFormat::of(cd()).to_bytes())
        .unwrap();
    assert_eq!(client.pin_property(DATARANGES, RENDER, &[]), before);
    let now = client.pin_property(CONSTRAINEDDATARANGES, RENDER, &[]);
    assert_eq!(
        ranges(&now),
        [RawDataRange::from(&pcm(16, 16, 48_000, 48_000))]
    );
}

#[test]
fn r13_a_bridge_takes_what_a_wire_carries() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let bridge = client.pin_property(DATARANGES, BRIDGE, &[]);
    assert_eq!(ranges(&bridge), [RawDataRange::analog()]);
    assert_eq!(
        test_format(&mut client, BRIDGE, &DataFormat::of(cd())),
        NtStatus::NO_MATCH
    );
}

#[test]
fn r24_a_proposed_format_is_only_tried() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    let before = client.pin_property(PROPOSEDATAFORMAT, RENDER, &[]);
    let format = |hertz| DataFormat::of(WaveFormat::new(hertz, 2, SampleFormat::S16).unwrap());
    assert_eq!(
        test_format(&mut client, RENDER, &format(44_100)),
        NtStatus::SUCCESS
    );
    assert_eq!(
        test_format(&mut client, RENDER, &format(96_000)),
        NtStatus::NO_MATCH
    );
    assert_eq!(client.pin_property(PROPOSEDATAFORMAT, RENDER, &[]), before);
    assert_eq!(script.borrow().streams, 0);
}

#[test]
fn r25_a_pin_with_the_event_of_the_format_says_what_it_likes_best() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let (status, bytes) = client.pin_property(PROPOSEDATAFORMAT, RENDER, &[]);
    assert_eq!(status, NtStatus::SUCCESS);
    assert_eq!(DataFormat::parse(&bytes), Ok(DataFormat::of(cd())));
}

#[test]
fn r26_not_every_mode_has_a_format_and_none_can_be_set() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let (status, bytes) = of_mode(&mut client, RENDER, MODES[1]);
    assert_eq!(status, NtStatus::SUCCESS);
    assert_eq!(DataFormat::parse(&bytes).unwrap().mode(), Some(MODES[1]));
    assert_eq!(
        of_mode(&mut client, RENDER, MODES[0]).0,
        NtStatus::NOT_SUPPORTED
    );
    let request = ksp_pin(KSPROPSETID_PIN, PROPOSEDATAFORMAT2, SET, RENDER, &bytes);
    let refused = client.send(client.filter, &request, &mut bytes.clone());
    assert_eq!(refused.0, NtStatus::INVALID_DEVICE_REQUEST);
}

#[test]
fn the_formats_of_a_mode_come_as_a_list() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let mut formats = |mode: Guid| client.pin_property(MODEDATAFORMATS, RENDER, &mode.to_bytes());
    let (status, bytes) = formats(MODES[0]);
    assert_eq!(status, NtStatus::SUCCESS);
    assert_eq!(
        parse_formats(&bytes).unwrap(),
        vec![DataFormat::of(cd()); 2]
    );
    assert_eq!(formats(Guid::new(9)).0, NtStatus::NOT_SUPPORTED);
}

#[test]
fn r27_a_pin_opens_with_either_form_of_a_format() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    for wave in [WaveFormatEx::short(cd()), WaveFormatEx::extensible(cd())] {
        let format = DataFormat::of_wave(wave);
        assert_eq!(test_format(&mut client, RENDER, &format), NtStatus::SUCCESS);
        client.open(RENDER, &format.to_bytes()).unwrap();
    }
    assert_eq!(script.borrow().streams, 2);
}

#[test]
fn r29_the_modes_of_a_pin_are_asked_for_with_room_for_them() {
    let mut room = [Guid::default(); 3];
    assert_eq!(fill_modes(&MODES, None), Ok(2));
    let short = fill_modes(&MODES, Some(&mut room[..1]));
    assert_eq!(short, Err(NtStatus::BUFFER_TOO_SMALL));
    assert_eq!(fill_modes(&MODES, Some(&mut room)), Ok(2));
    assert_eq!(room[..2], MODES);
}

#[test]
fn r29_the_property_answers_with_no_modes_where_the_method_does_not_support_them() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let mut modes = |pin| {
        let request = ksp_pin(KSPROPSETID_AUDIO_SIGNAL_PROCESSING, 0, GET, pin, &[]);
        client.read(client.filter, &request)
    };
    let (status, bytes) = modes(RENDER);
    assert_eq!((status, bytes.len()), (NtStatus::SUCCESS, 8 + 2 * 16));
    let head = KsMultipleItem::parse(&bytes).unwrap();
    assert_eq!((head.size, head.count), (40, 2));
    assert_eq!(Guid::read("mode", &bytes[24..]), Ok(MODES[1]));
    let none = modes(BRIDGE);
    assert_eq!(none, (NtStatus::SUCCESS, vec![8, 0, 0, 0, 0, 0, 0, 0]));
    assert_eq!(modes(PINS).0, NtStatus::INVALID_PARAMETER);
}
