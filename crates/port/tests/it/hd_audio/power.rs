//! A stream over a sleep of its device.

use ks::{KsState, PinReply, RtAudioRequest};
use portcls::DevicePower;
use ring::Kind;
use units::NtStatus;
use vtime::{Context, Event};

use super::lab::{Client, Stream, k0, spans};

/// Sleeps from 15 to 115 ms.
async fn sleep(client: &Client) {
    client.at(15).await;
    let device = &client.device;
    device.set_power(client.cx.moment(), DevicePower::D3);
    client.at(115).await;
    device.set_power(client.cx.moment(), DevicePower::D0);
}

fn clock(client: &Client, stream: &Stream) -> ks::MappedRegister {
    match client.ask(stream, RtAudioRequest::ClockRegister { base: None }) {
        PinReply::Register(register) => register,
        answer => panic!("{answer:?} is no register"),
    }
}

#[test]
fn r155_r156_a_stream_stands_still_in_d3_and_goes_on_where_it_stood() {
    let mut lab = k0();
    lab.run(130, |client| async move {
        let stream = client.start_k0();
        sleep(&client).await;
        let woken_at = client.position(&stream);
        assert_eq!(woken_at.write.get(), 15 * 48 * 4);
        assert_eq!(client.count(&stream), 1, "the count is kept");
        client.at(120).await;
        assert_eq!(client.count(&stream), 1);
        // 5 ms were missing to the end of packet 1.
        client.at_micros(120_001).await;
        assert_eq!(client.count(&stream), 2);
        assert_eq!(client.write(&stream, 3, None), NtStatus::SUCCESS);
        client.at(125).await;
        assert_eq!(client.interrupt.borrow().interrupts(), 2);
        client.at(130).await;
    });
    let heard = lab.heard();
    let segments: Vec<_> = heard
        .segments()
        .iter()
        .map(|segment| (segment.first.get(), segment.frames.get()))
        .collect();
    assert_eq!(segments, [(0, 720), (720, 721)]);
    let audio = |intended| Some((intended, Kind::Audio));
    assert_eq!(spans(&heard)[0], (0, 960, audio(0)));
}

#[test]
fn r155_no_event_is_set_between_sleep_and_waking() {
    let mut lab = k0();
    lab.run(118, |client| async move {
        let stream = client.start_k0();
        client.at(12).await;
        assert!(client.event.is_set());
        client.event.reset();
        sleep(&client).await;
        client.at(118).await;
        assert!(!client.event.is_set());
        assert_eq!(ks::state(&client.cx, &stream.pin), Ok(KsState::Run));
    });
}

#[test]
fn the_clock_register_stands_in_d3_and_starts_from_0_in_d0() {
    let mut lab = k0();
    lab.run(120, |client| async move {
        let stream = client.start_k0();
        let clock = clock(&client, &stream);
        client.at(14).await;
        assert_eq!(clock.read(client.cx.moment()), 14 * 24_000);
        client.at(15).await;
        let device = &client.device;
        device.set_power(client.cx.moment(), DevicePower::D3);
        client.at(60).await;
        assert_eq!(clock.read(client.cx.moment()), 15 * 24_000);
        client.at(115).await;
        device.set_power(client.cx.moment(), DevicePower::D0);
        client.at(120).await;
        assert_eq!(clock.read(client.cx.moment()), 5 * 24_000);
    });
}

#[test]
fn packet_cells_say_what_the_count_says_before_the_event_is_set() {
    let mut lab = k0();
    lab.run(40, |client| async move {
        let stream = client.open_k0();
        let cells = ks::packet_register(&client.cx, &stream.pin).expect("somebody looks");
        assert_eq!(cells.address() % 4096, 0);
        assert_eq!(cells.read().unwrap().count, 0);
        client.set_state(&stream, KsState::Run);
        for packet in 1..4 {
            client.event.wait().await;
            let done = cells.read().unwrap().completed().expect("they are whole");
            assert_eq!(done.count.get(), packet);
            assert_eq!(done.qpc.get(), u64::from(packet) * 100_000);
            assert_eq!(client.count(&stream), packet);
        }
        let again = ks::packet_register(&client.cx, &stream.pin).unwrap_err();
        assert_eq!(again, NtStatus::INVALID_DEVICE_REQUEST);
        ks::close(&client.cx, &stream.pin);
        assert_eq!(cells.read(), Err(NtStatus::ACCESS_VIOLATION));
    });
}

#[test]
fn r141_packet_cells_need_a_buffer_with_notifications() {
    let mut lab = k0();
    lab.run(1, |client| async move {
        let connect = ks::PinConnect::of(0, super::lab::s16(48_000));
        let now = client.cx.moment();
        let pin = client.filter.create_pin(now, connect).expect("it opens");
        let refused = || ks::packet_register(&client.cx, &pin).unwrap_err();
        assert_eq!(refused(), NtStatus::NOT_SUPPORTED);
        ks::allocate_buffer(&client.cx, &pin, units::Bytes::new(3840)).unwrap();
        assert_eq!(refused(), NtStatus::NOT_SUPPORTED);
    });
}
