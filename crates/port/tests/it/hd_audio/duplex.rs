//! An output and an input of one controller: one crystal, one interrupt.

use hardware::Delivery;
use ks::KsState;
use units::{NtStatus, SimTime};
use vtime::{Context, Event, Reset};

use super::lab::{Client, Lab};

/// Each packet of either stream is told of, whether both are done in the same instant or not.
#[test]
fn r78_two_streams_share_an_interrupt_and_each_gets_all_its_signals() {
    for (delivery, lead_micros) in [
        (Delivery::MsiEdge, 0),
        (Delivery::Level, 0),
        (Delivery::MsiEdge, 3_000),
        (Delivery::Level, 3_000),
    ] {
        let (mut lab, microphone) = Lab::duplex(delivery);
        let heard = lab.world.event("recorded", Reset::Auto);
        lab.run(120, move |client| async move {
            let recorder = Client {
                filter: microphone,
                event: heard,
                ..client.clone()
            };
            let (speaker, microphone) = (client.open_k0(), recorder.open_k0());
            client.set_state(&speaker, KsState::Run);
            client.at_micros(lead_micros).await;
            recorder.set_state(&microphone, KsState::Run);
            for packet in 1..=10 {
                assert_eq!(client.event.wait().await, packet);
                assert_eq!(client.cx.moment().time, SimTime::from_millis(10 * packet));
                assert_eq!(recorder.event.wait().await, packet);
                let since = client.cx.moment().time.to_nanos_floor() / 1_000 - lead_micros;
                assert_eq!(since, 10_000 * packet);
                let read = ks::read_packet(&client.cx, &microphone.pin);
                assert_eq!(
                    read.map(|read| u64::from(read.packet.get()) + 1),
                    Ok(packet)
                );
            }
            let interrupts = client.interrupt.borrow().interrupts();
            assert_eq!(interrupts, if lead_micros == 0 { 10 } else { 20 });
            recorder.set_state(&microphone, KsState::Stop);
            let stopped = ks::read_packet(&client.cx, &microphone.pin);
            assert_eq!(stopped, Err(NtStatus::INVALID_DEVICE_STATE));
        });
    }
}
