//! The pins of a built-in engine, and what its node answers.

use ks::{EngineNodeReply, EngineNodeRequest, KsState};
use miniport::{OffloadMiniport, OffloadOptions};
use units::{Bytes, NtStatus, SampleFormat, WaveFormat};
use vtime::Context;

use super::lab::{Client, config, format, run};

const HOST: u32 = OffloadMiniport::HOST_PIN;
const OFFLOAD: u32 = OffloadMiniport::OFFLOAD_PIN;
const LOOPBACK: u32 = OffloadMiniport::LOOPBACK_PIN;
const BRIDGE: u32 = OffloadMiniport::BRIDGE_PIN;

fn ask(client: &Client, request: EngineNodeRequest) -> Result<EngineNodeReply, NtStatus> {
    client.filter.engine_node(client.cx.moment(), request)
}

#[test]
fn r143_the_descriptor_names_the_pins() {
    run(config(), OffloadOptions::default(), |client| async move {
        let Ok(EngineNodeReply::Descriptor(pins)) = ask(&client, EngineNodeRequest::Descriptor)
        else {
            panic!("a descriptor is answered with one");
        };
        assert_eq!((pins.host, pins.offload, pins.loopback), (0, 1, 2));
        let factories = client.filter.pin_factories();
        assert_eq!(factories.len(), 4);
        assert_eq!(factories[2].category, ks::KSNODETYPE_AUDIO_LOOPBACK);
        assert_eq!(factories[3].instances.possible, Some(0));
    });
}

#[test]
fn r144_one_stream_is_the_hosts_and_as_many_as_declared_go_past_it() {
    run(config(), OffloadOptions::default(), |client| async move {
        let limits = [(HOST, 1), (OFFLOAD, 2), (LOOPBACK, 1), (BRIDGE, 0)];
        let mut pins = Vec::new();
        for (pin, possible) in limits {
            for _ in 0..possible {
                pins.push(client.open(pin).expect("there is room"));
            }
            let refused = client.open(pin).map(|_| ()).unwrap_err();
            assert_eq!(refused, NtStatus::INSUFFICIENT_RESOURCES);
        }
        // A stream that is closed makes room, even while its handle is still held.
        ks::close(&client.cx, &pins[1]);
        assert!(client.open(OFFLOAD).is_ok());
    });
}

#[test]
fn r145_the_offload_pin_takes_the_mix_format() {
    run(config(), OffloadOptions::default(), |client| async move {
        let mix = ask(&client, EngineNodeRequest::MixFormat).unwrap();
        assert_eq!(mix, EngineNodeReply::Format(format()));
        let offload = &client.filter.pin_factories()[OFFLOAD as usize];
        assert!(offload.takes(format()));
        assert!(client.open(OFFLOAD).is_ok());
        let formats = ask(&client, EngineNodeRequest::SupportedDeviceFormats).unwrap();
        assert_eq!(formats, EngineNodeReply::Formats(vec![format()]));
    });
}

#[test]
fn the_format_of_the_device_stays_while_a_stream_runs_and_is_one_it_has() {
    run(config(), OffloadOptions::default(), |client| async move {
        let other = WaveFormat::new(44_100, 2, SampleFormat::S16).unwrap();
        let set = |format| ask(&client, EngineNodeRequest::SetDeviceFormat(format));
        assert_eq!(set(other), Err(NtStatus::NO_MATCH));
        assert_eq!(set(format()), Ok(EngineNodeReply::Done));
        let stream = client.stream(HOST);
        client.set_state(&stream, KsState::Run);
        assert_eq!(set(format()), Err(NtStatus::INVALID_DEVICE_STATE));
        let now = ask(&client, EngineNodeRequest::GetDeviceFormat);
        assert_eq!(now, Ok(EngineNodeReply::Format(format())));
    });
}

#[test]
fn r150_a_buffer_within_the_range_is_granted() {
    run(config(), OffloadOptions::default(), |client| async move {
        let request = EngineNodeRequest::BufferSizeRange(format());
        let Ok(EngineNodeReply::BufferSizeRange(range)) = ask(&client, request) else {
            panic!("a range is answered with one");
        };
        assert_eq!((range.min.get(), range.max.get()), (1920, 384_000));
        for size in [range.min.get(), 5000, range.max.get()] {
            for packets in [1, 2] {
                let pin = client.open(OFFLOAD).expect("there is room");
                let requested = Bytes::new(size);
                let made =
                    ks::allocate_buffer_with_notification(&client.cx, &pin, requested, packets);
                assert!(made.expect("it is granted").actual >= requested);
                ks::close(&client.cx, &pin);
            }
        }
        let other = WaveFormat::new(44_100, 2, SampleFormat::S16).unwrap();
        let refused = ask(&client, EngineNodeRequest::BufferSizeRange(other));
        assert_eq!(refused, Err(NtStatus::INVALID_PARAMETER));
    });
}

#[test]
fn switches_keep_what_was_set() {
    run(config(), OffloadOptions::default(), |client| async move {
        let on = |request| ask(&client, request) == Ok(EngineNodeReply::Switch(true));
        assert!(on(EngineNodeRequest::GetGfxEnable));
        ask(&client, EngineNodeRequest::SetGfxEnable(false)).unwrap();
        assert!(!on(EngineNodeRequest::GetGfxEnable));
        ask(&client, EngineNodeRequest::SetDeviceMute(true)).unwrap();
        assert!(on(EngineNodeRequest::GetDeviceMute));
    });
}
