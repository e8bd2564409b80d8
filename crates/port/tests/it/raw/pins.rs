//! Pins opened and asked as bytes.

use ks::wire::{
    Attribute, DataFormat, KsAudioPosition, KsAudioPresentationPosition, KsIdentifier,
    KsPinConnect, KsRtAudioBuffer, KsRtAudioHwLatency, KsRtAudioHwRegister,
    KsRtAudioSetWritePacketInfo, TapPoint, Wire,
};
use ks::{
    GENERIC_READ, GENERIC_WRITE, Guid, Handle, KSPROPSETID_AUDIO, KSPROPSETID_CONNECTION,
    KSPROPSETID_RT_AUDIO, StreamAttributes,
};
use units::{NtStatus, SampleFormat, WaveFormat};

use super::client::{Answer, GET, RawClient, SET, connect, head, number};
use super::questioned::{BRIDGE, MODES, PINS, RENDER, plain};
use crate::support::cd;

fn cd_bytes() -> Vec<u8> {
    DataFormat::of(cd()).to_bytes()
}

/// What creating a pin with `connect` ends as.
fn create(client: &mut RawClient, connect: &[u8], access: u32) -> NtStatus {
    let pin = client
        .process
        .create_pin(&client.cx, client.filter, connect, access);
    pin.err().unwrap_or(NtStatus::SUCCESS)
}

fn rt(client: &mut RawClient, pin: Handle, id: u32, behind: &[u8]) -> Answer {
    let request = [&head(KSPROPSETID_RT_AUDIO, id, GET).to_bytes()[..], behind].concat();
    client.read(pin, &request)
}

/// Base address, size and count as they stand behind the head of a buffer request.
fn buffer(base: u64, size: u32, count: u32) -> Vec<u8> {
    [&base.to_bytes()[..], &size.to_bytes(), &count.to_bytes()].concat()
}

#[test]
fn r28_a_format_outside_every_range_opens_nothing() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    for (hertz, sample) in [(96_000, SampleFormat::S16), (48_000, SampleFormat::S32)] {
        let format = WaveFormat::new(hertz, 2, sample).unwrap();
        let refused = client.open(RENDER, &DataFormat::of(format).to_bytes());
        assert_eq!(refused.unwrap_err(), NtStatus::NO_MATCH);
    }
    let bytes = cd_bytes();
    for len in 0..bytes.len() {
        let refused = client.open(RENDER, &bytes[..len]);
        assert_eq!(refused.unwrap_err(), NtStatus::INVALID_PARAMETER, "{len}");
    }
    assert_eq!(script.borrow().streams, 0);
    assert_eq!(
        client.open(PINS, &bytes).unwrap_err(),
        NtStatus::INVALID_PARAMETER
    );
    let bridge = client.open(BRIDGE, &bytes).unwrap_err();
    assert_eq!(bridge, NtStatus::INSUFFICIENT_RESOURCES);
}

#[test]
fn data_that_flows_in_needs_the_right_to_write() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let render = connect(RENDER, &cd_bytes());
    assert_eq!(
        create(&mut client, &render, GENERIC_READ),
        NtStatus::ACCESS_DENIED
    );
    assert_eq!(create(&mut client, &render, 0), NtStatus::ACCESS_DENIED);
    assert_eq!(
        create(&mut client, &render, GENERIC_WRITE),
        NtStatus::SUCCESS
    );
    let bridge = connect(BRIDGE, &cd_bytes());
    assert_eq!(
        create(&mut client, &bridge, GENERIC_WRITE),
        NtStatus::ACCESS_DENIED
    );
}

#[test]
fn interface_medium_and_connection_are_those_of_streams() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let mut with = |change: fn(&mut KsPinConnect)| {
        let mut bytes = connect(RENDER, &cd_bytes());
        let mut head = KsPinConnect::parse(&bytes).unwrap();
        change(&mut head);
        bytes.splice(..KsPinConnect::SIZE, head.to_bytes());
        create(&mut client, &bytes, GENERIC_WRITE)
    };
    assert_eq!(with(|head| head.interface.id = 0), NtStatus::SUCCESS);
    assert_eq!(with(|head| head.interface.id = 2), NtStatus::NO_MATCH);
    assert_eq!(
        with(|head| head.medium.set = Guid::new(1)),
        NtStatus::NO_MATCH
    );
    assert_eq!(
        with(|head| head.pin_to_handle = 8),
        NtStatus::INVALID_PARAMETER
    );
}

#[test]
fn a_mode_that_the_pin_does_not_have_is_no_match() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let in_mode = |mode| DataFormat::of(cd()).in_mode(mode).to_bytes();
    assert!(client.open(RENDER, &in_mode(MODES[0])).is_ok());
    let refused = client.open(RENDER, &in_mode(Guid::new(3)));
    assert_eq!(refused.unwrap_err(), NtStatus::NO_MATCH);
}

#[test]
fn what_is_said_behind_the_format_of_a_stream_reaches_its_miniport() {
    let (filter, script) = plain();
    let mut client = RawClient::new(&filter);
    let mut open = |attributes: &[Attribute]| {
        let format = DataFormat {
            attributes: attributes.to_vec(),
            ..DataFormat::of(cd())
        };
        let opened = client.open(RENDER, &format.to_bytes());
        let said = script.borrow_mut().made_for.take();
        if let Ok(pin) = opened {
            client.process.close(&client.cx, pin).unwrap();
        }
        opened.map(|_| said.expect("a stream was made").attributes)
    };
    assert_eq!(open(&[]), Ok(StreamAttributes::default()));
    let mode = Attribute::SignalProcessingMode(MODES[1]);
    let tap = Attribute::LoopbackTapPoint(TapPoint::PostVolumeMute);
    let both = StreamAttributes {
        mode: Some(MODES[1]),
        tap: Some(TapPoint::PostVolumeMute),
    };
    assert_eq!(open(&[mode, tap]), Ok(both));
    // As the sample driver has it.
    let odd = Attribute::Other {
        attribute: Guid::new(9),
        value: vec![1, 2, 3, 4],
    };
    assert_eq!(open(&[odd]), Err(NtStatus::NOT_SUPPORTED));
    let unnamed = Attribute::SignalProcessingModes;
    assert_eq!(open(&[unnamed]), Err(NtStatus::INVALID_PARAMETER));
}

#[test]
fn a_stream_is_driven_by_bytes_from_its_buffer_to_its_positions() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let pin = client.open(RENDER, &cd_bytes()).unwrap();
    assert_eq!(
        number(&rt(&mut client, pin, 8, &[])),
        1,
        "there are notifications"
    );
    assert_eq!(rt(&mut client, pin, 2, &[]).0, NtStatus::DEVICE_NOT_READY);
    let (status, bytes) = rt(&mut client, pin, 5, &buffer(0, 3840, 2));
    assert_eq!(status, NtStatus::SUCCESS);
    let made = KsRtAudioBuffer::parse(&bytes).unwrap();
    assert_eq!(
        (made.actual_buffer_size, made.call_memory_barrier),
        (3840, 0)
    );
    assert_ne!(made.buffer_address, 0);
    let latency = rt(&mut client, pin, 2, &[]).1;
    let expected = KsRtAudioHwLatency {
        fifo_size: 192,
        chipset_delay: 0,
        codec_delay: 5,
    };
    assert_eq!(KsRtAudioHwLatency::parse(&latency), Ok(expected));

    let set_state = head(KSPROPSETID_CONNECTION, 0, SET).to_bytes();
    assert_eq!(
        client.send(pin, &set_state, &mut [3, 0, 0, 0]).0,
        NtStatus::SUCCESS
    );
    let get_state = head(KSPROPSETID_CONNECTION, 0, GET).to_bytes();
    assert_eq!(number(&client.read(pin, &get_state)), 3);

    let position = head(KSPROPSETID_AUDIO, 5, GET).to_bytes();
    let places = KsAudioPosition::parse(&client.read(pin, &position).1).unwrap();
    assert_eq!((places.play_offset, places.write_offset), (16, 32));
    assert_eq!(number(&rt(&mut client, pin, 9, &[])), 5);
    let heard = KsAudioPresentationPosition::parse(&rt(&mut client, pin, 10, &[]).1).unwrap();
    assert_eq!((heard.position_in_blocks, heard.qpc_position), (9, 1));
    let write = head(KSPROPSETID_RT_AUDIO, 12, SET).to_bytes();
    let mut packet = KsRtAudioSetWritePacketInfo {
        packet_number: 6,
        flags: 0,
        eos_packet_length: 0,
    }
    .to_bytes();
    assert_eq!(
        client.send(pin, &write, &mut packet),
        (NtStatus::SUCCESS, 0)
    );
}

#[test]
fn a_register_is_mapped_where_the_client_wants_it_and_once() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let pin = client.open(RENDER, &cd_bytes()).unwrap();
    let wish = 0x5000_0000_u64;
    rt(&mut client, pin, 5, &buffer(wish + 0x10_0000, 3840, 2));
    let (status, bytes) = rt(&mut client, pin, 3, &wish.to_bytes());
    assert_eq!(status, NtStatus::SUCCESS);
    let register = KsRtAudioHwRegister::parse(&bytes).unwrap();
    assert_eq!((register.register & !0xFFF, register.width), (wish, 32));
    let again = rt(&mut client, pin, 3, &0_u64.to_bytes());
    assert_eq!(again.0, NtStatus::INVALID_DEVICE_REQUEST);
    let taken = rt(&mut client, pin, 4, &wish.to_bytes());
    assert_eq!(taken.0, NtStatus::UNSUCCESSFUL);
}

#[test]
fn an_event_is_registered_by_its_handle() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let pin = client.open(RENDER, &cd_bytes()).unwrap();
    rt(&mut client, pin, 5, &buffer(0, 3840, 2));
    let (_, event) = client.event("packet done");
    let number = event.value().to_bytes();
    assert_eq!(rt(&mut client, pin, 6, &number).0, NtStatus::SUCCESS);
    assert_eq!(rt(&mut client, pin, 6, &number).0, NtStatus::UNSUCCESSFUL);
    assert_eq!(rt(&mut client, pin, 7, &number).0, NtStatus::SUCCESS);
    assert_eq!(rt(&mut client, pin, 7, &number).0, NtStatus::NOT_FOUND);
    let no_event = pin.value().to_bytes();
    assert_eq!(
        rt(&mut client, pin, 6, &no_event).0,
        NtStatus::INVALID_HANDLE
    );
}

#[test]
fn what_a_process_sends_is_in_the_history_as_any_clients_request() {
    let (filter, _) = plain();
    let mut client = RawClient::new(&filter);
    let pin = client.open(RENDER, &cd_bytes()).unwrap();
    rt(&mut client, pin, 5, &buffer(0, 3840, 2));
    let refused = KsIdentifier {
        flags: SET,
        ..head(KSPROPSETID_RT_AUDIO, 5, 0)
    };
    client.read(pin, &refused.to_bytes()); // Never gets to the pin.
    let history = client.world.history();
    let entries: Vec<_> = history
        .entries()
        .map(|entry| entry.words().to_vec())
        .collect();
    assert_eq!(entries, [[0x305, 3840, 2, 0, 3840]]);
}
