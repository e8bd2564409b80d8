//! The mix on its way back.

use ks::wire::TapPoint;
use ks::{
    AUDIO_SIGNALPROCESSINGMODE_DEFAULT, AUDIO_SIGNALPROCESSINGMODE_RAW, ConstrictorOption,
    EngineNodeRequest, KsState, PinConnect, VolumeLevel,
};
use miniport::{OffloadMiniport, OffloadOptions};
use units::{Bytes, NtStatus};
use vtime::Context;

use super::lab::{Client, Stream, config, format, run};

const HOST: u32 = OffloadMiniport::HOST_PIN;
const OFFLOAD: u32 = OffloadMiniport::OFFLOAD_PIN;
const LOOPBACK: u32 = OffloadMiniport::LOOPBACK_PIN;

/// A host at 1000, a stream past it at 300, and the loopback, all running.
fn three(client: &Client) -> [Stream; 3] {
    three_tapped(client, None)
}

/// The same with a loopback that listens there.
fn three_tapped(client: &Client, tap: Option<TapPoint>) -> [Stream; 3] {
    let connect = |pin| PinConnect::of(pin, format());
    let back = tap.map_or(connect(LOOPBACK), |tap| connect(LOOPBACK).tapped_at(tap));
    let all = [connect(HOST), connect(OFFLOAD), back];
    let streams = all.map(|connect| client.stream_of(connect));
    client.store(&streams[0], 0, 960, 1000);
    client.store(&streams[1], 0, 960, 300);
    ks::set_current_write_position(&client.cx, &streams[1].pin, Bytes::new(3840))
        .expect("it lies in the buffer");
    for stream in &streams {
        client.set_state(stream, KsState::Run);
    }
    streams
}

#[test]
fn r146_the_loopback_is_silent_while_any_active_stream_wants_it_so() {
    run(config(), OffloadOptions::default(), |client| async move {
        let [host, offload, loopback] = three(&client);
        let mute = |option| ks::set_loopback_protection(&client.cx, &offload.pin, option);
        client.at(2).await;
        mute(ConstrictorOption::Mute).unwrap();
        client.at(4).await;
        mute(ConstrictorOption::Disable).unwrap();
        client.at(6).await;
        mute(ConstrictorOption::Mute).unwrap();
        client.at(8).await;
        // A stream that is not active protects nothing.
        client.set_state(&offload, KsState::Pause);
        client.at(10).await;
        let back = client.load(&loopback, 0, 479);
        let at = |millis: usize| &back[millis * 48..(millis + 2) * 48 - 1];
        assert!(at(0).iter().all(|sample| *sample == 1300));
        assert!(at(2).iter().all(|sample| *sample == 0));
        assert!(at(4).iter().all(|sample| *sample == 1300));
        assert!(at(6).iter().all(|sample| *sample == 0));
        assert!(at(8).iter().all(|sample| *sample == 1000));
        client.set_state(&host, KsState::Stop);
    });
}

#[test]
fn r147_without_a_tap_of_its_own_the_loopback_hears_the_mix_before_volume_and_mute() {
    for (tap, behind) in [
        (None, [1300, 1300]),
        (Some(TapPoint::PreVolumeMute), [1300, 1300]),
        (Some(TapPoint::PostVolumeMute), [130, 0]),
    ] {
        let heard = run(
            config(),
            OffloadOptions::default(),
            move |client| async move {
                let [_, _, loopback] = three_tapped(&client, tap);
                let now = || client.cx.moment();
                let level = VolumeLevel::from_decibels(-20);
                let louder = EngineNodeRequest::SetDeviceVolume(level);
                client.filter.engine_node(now(), louder).unwrap();
                client.at(2).await;
                let mute = EngineNodeRequest::SetDeviceMute(true);
                client.filter.engine_node(now(), mute).unwrap();
                client.at(4).await;
                let back = client.load(&loopback, 0, 190);
                assert!(back[..95].iter().all(|sample| *sample == behind[0]));
                assert!(back[97..].iter().all(|sample| *sample == behind[1]));
            },
        );
        assert_eq!(heard[..95], [130; 95]);
        assert_eq!(heard[97..190], [0; 93]);
    }
}

#[test]
fn a_tap_point_is_the_loopbacks_and_modes_are_those_of_the_pins_that_render() {
    run(config(), OffloadOptions::default(), |client| async move {
        let open = |connect| client.filter.create_pin(client.cx.moment(), connect).err();
        let tap = TapPoint::PostVolumeMute;
        for pin in [HOST, OFFLOAD] {
            let connect = PinConnect::of(pin, format());
            assert_eq!(open(connect.tapped_at(tap)), Some(NtStatus::NOT_SUPPORTED));
            let raw = connect.in_mode(AUDIO_SIGNALPROCESSINGMODE_RAW);
            assert_eq!(open(raw), Some(NtStatus::NO_MATCH));
            let usual = connect.in_mode(AUDIO_SIGNALPROCESSINGMODE_DEFAULT);
            assert_eq!(open(usual), None);
        }
        let back = PinConnect::of(LOOPBACK, format());
        let usual = back.in_mode(AUDIO_SIGNALPROCESSINGMODE_DEFAULT);
        assert_eq!(open(usual), Some(NtStatus::NO_MATCH));
        assert_eq!(open(back), None);
    });
}

#[test]
fn the_loopback_tells_when_a_packet_of_it_is_full() {
    run(config(), OffloadOptions::default(), |client| async move {
        let [host, offload, loopback] = three(&client);
        for stream in [&host, &offload] {
            let event = vtime::Event::handle(&client.event);
            ks::unregister_notification_event(&client.cx, &stream.pin, event).unwrap();
        }
        assert_eq!(vtime::Event::wait(&client.event).await, 1);
        assert_eq!(client.cx.now(), units::SimTime::from_millis(10));
        let position = ks::position(&client.cx, &loopback.pin).unwrap();
        assert_eq!((position.play.get(), position.write.get()), (1920, 1920));
    });
}
