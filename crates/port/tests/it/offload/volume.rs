//! Volumes of streams and of the device, and what they make of a mix.

use ks::{CurveType, KsState, VolumeLevel, VolumeRamp};
use miniport::{OffloadMiniport, OffloadOptions};
use units::{Bytes, Hns, NtStatus};

use super::lab::{Client, Stream, config, run};

const HOST: u32 = OffloadMiniport::HOST_PIN;
const OFFLOAD: u32 = OffloadMiniport::OFFLOAD_PIN;

fn fade(decibels: i32, millis: u64) -> VolumeRamp {
    VolumeRamp {
        target: VolumeLevel::from_decibels(decibels),
        curve: CurveType::WindowsFade,
        duration: Hns::new(millis * 10_000),
    }
}

/// A stream past the software engine that plays `value` for ever.
fn constant(client: &Client, value: i16) -> Stream {
    let stream = client.stream(OFFLOAD);
    client.store(&stream, 0, 960, value);
    ks::set_current_write_position(&client.cx, &stream.pin, Bytes::new(3840))
        .expect("it lies in the buffer");
    stream
}

/// The level in 1/65536 dB.
fn level(client: &Client, stream: &Stream) -> i32 {
    ks::volume_level(&client.cx, &stream.pin, 0)
        .expect("there is a channel")
        .get()
}

#[test]
fn streams_are_added_up_each_at_its_volume() {
    let heard = run(config(), OffloadOptions::default(), |client| async move {
        let host = client.stream(HOST);
        client.store(&host, 0, 960, 1000);
        let offload = constant(&client, 2000);
        // -20 dB are a tenth.
        ks::set_volume_level(&client.cx, &offload.pin, None, fade(-20, 0)).unwrap();
        client.set_state(&host, KsState::Run);
        client.at(5).await;
        client.set_state(&offload, KsState::Run);
        client.at(10).await;
    });
    assert_eq!(heard[..240], [1000; 240]);
    assert!(heard[240..479].iter().all(|sample| *sample == 1200));
}

#[test]
fn what_is_too_loud_is_as_loud_as_can_be() {
    let heard = run(config(), OffloadOptions::default(), |client| async move {
        let streams = [client.stream(HOST), constant(&client, i16::MAX)];
        client.store(&streams[0], 0, 960, i16::MAX);
        for stream in &streams {
            client.set_state(stream, KsState::Run);
        }
        client.at(5).await;
    });
    assert_eq!(heard[..200], [i16::MAX; 200]);
}

#[test]
fn r152_a_ramp_that_is_under_way_is_at_its_end_when_the_stream_leaves_run() {
    run(config(), OffloadOptions::default(), |client| async move {
        let stream = constant(&client, 1000);
        client.set_state(&stream, KsState::Run);
        ks::set_volume_level(&client.cx, &stream.pin, None, fade(-60, 100)).unwrap();
        client.at(10).await;
        // A tenth of the time, so a tenth of the way, to the frame.
        let expected = -60 * 65_536 / 10;
        assert!((level(&client, &stream) - expected).abs() <= 60 * 65_536 / 4800 + 1);
        client.set_state(&stream, KsState::Pause);
        assert_eq!(level(&client, &stream), -60 * 65_536);
    });
}

#[test]
fn a_new_ramp_begins_where_the_old_one_is() {
    run(config(), OffloadOptions::default(), |client| async move {
        let stream = constant(&client, 1000);
        client.set_state(&stream, KsState::Run);
        ks::set_volume_level(&client.cx, &stream.pin, None, fade(-60, 100)).unwrap();
        client.at(10).await;
        let turned_at = level(&client, &stream);
        ks::set_volume_level(&client.cx, &stream.pin, None, fade(0, 5)).unwrap();
        assert_eq!(level(&client, &stream), turned_at);
        client.at(16).await;
        assert_eq!(level(&client, &stream), 0);
    });
}

#[test]
fn a_stream_that_does_not_run_is_as_loud_as_it_is_to_be_at_once() {
    run(config(), OffloadOptions::default(), |client| async move {
        let stream = constant(&client, 1000);
        ks::set_volume_level(&client.cx, &stream.pin, Some(0), fade(-6, 1000)).unwrap();
        assert_eq!(level(&client, &stream), -6 * 65_536);
        let other = ks::volume_level(&client.cx, &stream.pin, 1).unwrap();
        assert_eq!(other, VolumeLevel::UNITY);
        for channel in [2, u32::MAX] {
            let refused = ks::volume_level(&client.cx, &stream.pin, channel);
            assert_eq!(refused, Err(NtStatus::INVALID_PARAMETER));
        }
        let refused = ks::set_volume_level(&client.cx, &stream.pin, None, fade(1, 0));
        assert_eq!(refused, Err(NtStatus::INVALID_PARAMETER));
    });
}
