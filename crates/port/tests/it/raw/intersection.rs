//! Data intersection.

use ks::wire::{AudioBounds, DataFormat, Family, RawDataRange, WaveFormatEx};
use ks::{GUID_NULL, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT, KSDATAFORMAT_SUBTYPE_PCM, KSPROPSETID_PIN};
use units::{NtStatus, SampleFormat, WaveFormat};

use super::client::{Answer, GET, RawClient, ksp_pin};
use super::questioned::{BRIDGE, Decide, RENDER, filter, pcm, plain};
use crate::support::cd;

const DATAINTERSECTION: u32 = 4;

fn client_range(channels: u32, bits: (u32, u32), hertz: (u32, u32)) -> RawDataRange {
    RawDataRange {
        sample_size: 0,
        family: Family::wave(KSDATAFORMAT_SUBTYPE_PCM),
        bounds: Some(AudioBounds {
            maximum_channels: channels,
            minimum_bits_per_sample: bits.0,
            maximum_bits_per_sample: bits.1,
            minimum_sample_frequency: hertz.0,
            maximum_sample_frequency: hertz.1,
        }),
        attributes: Vec::new(),
    }
}

fn at(hertz: u32) -> RawDataRange {
    client_range(2, (16, 16), (hertz, hertz))
}

fn ask(client: &mut RawClient, ranges: &[RawDataRange]) -> Answer {
    client.pin_property(
        DATAINTERSECTION,
        RENDER,
        &RawDataRange::list_to_bytes(ranges),
    )
}

fn wave(answer: &Answer) -> WaveFormatEx {
    assert_eq!(answer.0, NtStatus::SUCCESS);
    let format = DataFormat::parse(&answer.1).expect("a format");
    format.wave().expect("a wave format")
}

/// A miniport that takes a pair if both have the same highest rate, and otherwise none.
const SAME_RATE: Decide = |client, own| {
    let highest = |range: &RawDataRange| {
        let bounds = range.bounds.expect("a range with bounds");
        bounds.maximum_sample_frequency
    };
    if highest(client) != highest(own) {
        return Err(NtStatus::NO_MATCH);
    }
    let format = WaveFormat::new(highest(own), 2, SampleFormat::S16).expect("there is sound");
    Ok(DataFormat::of(format))
};

#[test]
fn r15_r16_the_clients_order_goes_first_and_the_pins_order_second() {
    let own = vec![pcm(16, 16, 8_000, 44_100), pcm(16, 16, 8_000, 48_000)];
    let (filter, script) = filter(own, SAME_RATE);
    let mut client = RawClient::new(&filter);
    let answer = ask(&mut client, &[at(32_000), at(48_000), at(44_100)]);
    assert_eq!(wave(&answer).format.rate.hertz(), 48_000);
    let tried = [
        (32_000, 44_100),
        (32_000, 48_000),
        (48_000, 44_100),
        (48_000, 48_000),
    ];
    assert_eq!(
        script.borrow().pairs,
        tried,
        "the first hit ends the search"
    );
}

#[test]
fn r17_without_any_match_there_is_none() {
    let (filter, _) = filter(vec![pcm(16, 16, 8_000, 44_100)], SAME_RATE);
    let mut client = RawClient::new(&filter);
    assert_eq!(ask(&mut client, &[at(48_000)]).0, NtStatus::NO_MATCH);
    assert_eq!(ask(&mut client, &[]).0, NtStatus::NO_MATCH);
}

#[test]
fn r18_r19_an_empty_buffer_learns_the_size_and_a_short_one_does_not() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let ranges = RawDataRange::list_to_bytes(&[at(48_000)]);
    let request = ksp_pin(KSPROPSETID_PIN, DATAINTERSECTION, GET, RENDER, &ranges);
    let handle = client.filter;
    let needed = client.send(handle, &request, &mut []);
    assert_eq!(needed, (NtStatus::BUFFER_OVERFLOW, 88));
    for room in [1, 64, 87] {
        let short = client.send(handle, &request, &mut vec![0; room]);
        assert_eq!(short, (NtStatus::BUFFER_TOO_SMALL, 0));
    }
    let whole = client.send(handle, &request, &mut [0; 88]);
    assert_eq!(whole, (NtStatus::SUCCESS, 88));
}

#[test]
fn r20_the_default_handler_decides_about_a_pair_that_the_miniport_leaves_to_it() {
    let own = vec![pcm(16, 16, 8_000, 44_100), pcm(16, 16, 8_000, 48_000)];
    let (filter, script) = filter(own, |_, own| {
        match own.bounds.unwrap().maximum_sample_frequency {
            44_100 => Err(NtStatus::NO_MATCH),
            _ => Err(NtStatus::NOT_IMPLEMENTED),
        }
    });
    let mut client = RawClient::new(&filter);
    let answer = ask(&mut client, &[client_range(2, (16, 16), (8_000, 192_000))]);
    assert_eq!(
        wave(&answer).format.rate.hertz(),
        48_000,
        "44.1 kHz would be in the overlap"
    );
    assert_eq!(script.borrow().pairs.len(), 2);
}

#[test]
fn r21_the_default_handler_takes_the_highest_rate_the_most_bits_and_stereo() {
    let (filter, _) = filter(vec![pcm(8, 24, 8_000, 96_000)], |_, _| {
        Err(NtStatus::NOT_IMPLEMENTED)
    });
    let mut client = RawClient::new(&filter);
    let mut best = |channels, bits, hertz| {
        let answer = ask(&mut client, &[client_range(channels, bits, hertz)]);
        let format = wave(&answer).format;
        (format.channels, format.sample, format.rate.hertz())
    };
    assert_eq!(
        best(8, (8, 16), (8_000, 48_000)),
        (2, SampleFormat::S16, 48_000)
    );
    assert_eq!(
        best(1, (8, 8), (8_000, 192_000)),
        (1, SampleFormat::U8, 96_000)
    );
    assert_eq!(
        best(u32::MAX, (8, 20), (11_025, 11_025)),
        (2, SampleFormat::S16, 11_025)
    );
}

#[test]
fn r22_the_default_handler_knows_neither_floats_nor_the_long_form() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let mut float = at(48_000);
    float.family = Family::wave(KSDATAFORMAT_SUBTYPE_IEEE_FLOAT);
    assert_eq!(ask(&mut client, &[float]).0, NtStatus::NO_MATCH);
    let answer = ask(&mut client, &[client_range(8, (16, 16), (44_100, 48_000))]);
    assert_eq!(wave(&answer).channel_mask, None);
    assert_eq!(wave(&answer).format.channels, 2);
}

#[test]
fn r23_whatever_a_client_leaves_open_matches() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let open: [fn(&mut Family); 3] = [
        |family| family.major = GUID_NULL,
        |family| family.sub = GUID_NULL,
        |family| family.specifier = GUID_NULL,
    ];
    for leave_open in open {
        let mut range = at(48_000);
        leave_open(&mut range.family);
        assert_eq!(wave(&ask(&mut client, &[range])).format, cd());
    }
}

#[test]
fn a_bridge_has_an_intersection_with_nothing() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let ranges = RawDataRange::list_to_bytes(&[at(48_000)]);
    let answer = client.pin_property(DATAINTERSECTION, BRIDGE, &ranges);
    assert_eq!(answer.0, NtStatus::NO_MATCH);
}
