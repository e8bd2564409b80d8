//! A stream whose device goes.

use std::sync::Arc;

use hardware::spec;
use ks::{KsState, PinRequest};
use units::{Frames, NtStatus};
use vtime::Context;

use super::lab::{k0, spans};

#[test]
fn r159_removal_frees_the_engine_at_once_and_leaves_the_buffer() {
    let mut lab = k0();
    let controller = lab.controller.clone();
    lab.run(60, |client| async move {
        let stream = client.start_k0();
        client.at(15).await;
        client.device.surprise_removal(client.cx.moment());
        let control = controller
            .borrow_mut()
            .read(client.cx.moment(), spec::descriptor(0) + spec::SD_CTL)
            .unwrap();
        assert_eq!(control & spec::ctl::RUN, 0);
        client.at(40).await;
        // The client's memory is still there, and nobody fetches from it.
        client.store(&stream, 4);
        let mut seen = Vec::new();
        let now = client.cx.moment();
        let at = Frames::new(4 * 480);
        stream
            .mapping
            .load(now, at, Frames::new(480), None, |frames, whose| {
                seen.push((frames.get(), whose.map(|whose| whose.intended)));
            });
        assert_eq!(seen, [(480, Some(1920))]);
        assert_eq!(client.interrupt.borrow().interrupts(), 1);
        assert_eq!(client.announce(&stream, 4, None), NtStatus::DEVICE_REMOVED);
    });
    assert_eq!(
        spans(&lab.heard()).iter().map(|span| span.1).sum::<u64>(),
        720
    );
}

#[test]
fn r160_after_removal_the_close_frees_the_buffer_and_not_the_engine_again() {
    let mut lab = k0();
    lab.run(60, |client| async move {
        let stream = client.start_k0();
        client.at(15).await;
        client.device.surprise_removal(client.cx.moment());
        let now = client.cx.moment();
        for state in [KsState::Pause, KsState::Acquire, KsState::Stop] {
            let request = PinRequest::SetState(state);
            assert!(stream.pin.request(now, request).is_ok());
        }
        ks::close(&client.cx, &stream.pin);
        let holders = Arc::strong_count(&stream.mapping.buffer);
        assert_eq!(holders, 1, "the client's mapping alone");
    });
}

#[test]
fn r164_a_rebalance_stops_the_stream_for_good() {
    let mut lab = k0();
    lab.run(60, |client| async move {
        let stream = client.start_k0();
        client.at(15).await;
        let now = client.cx.moment();
        assert_eq!(client.device.query_stop(now), Ok(()));
        client.device.stop(now);
        client.at(60).await;
        let refused = ks::set_state(&client.cx, &stream.pin, KsState::Run);
        assert_eq!(refused, Err(NtStatus::DEVICE_REMOVED));
    });
    assert_eq!(
        spans(&lab.heard()).iter().map(|span| span.1).sum::<u64>(),
        720
    );
}
