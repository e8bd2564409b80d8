//! How late what a client writes is heard, in its parts.

use hardware::StreamConfig;
use ks::KsState;
use miniport::HdAudioOptions;
use units::{Frames, NtStatus, SimDuration, SimTime};
use vtime::Context;

use super::lab::Lab;

/// Ticks of a frame at 48 kHz.
const FRAME: u64 = units::TICKS_PER_SECOND / 48_000;

/// Frames fetched ahead of the one that is played.
const PREFETCH: u64 = 48;

/// The instant at which frame `frame` has been fetched, found by asking before each frame.
async fn fetched(client: &super::lab::Client, stream: &super::lab::Stream, frame: u64) -> SimTime {
    loop {
        let now = client.cx.now();
        // Half a frame behind each instant at which something moves.
        let next = SimTime::from_ticks((now.ticks() / FRAME + 1) * FRAME + FRAME / 2);
        client.cx.sleep_until(next.commit()).await;
        if client.position(stream).write.get() > frame * 4 {
            return SimTime::from_ticks(next.ticks() / FRAME * FRAME);
        }
    }
}

#[test]
fn r115_the_audible_delay_is_the_wait_in_the_buffer_plus_fifo_plus_codec() {
    let codec_delay = SimDuration::from_millis(1);
    let config = StreamConfig {
        codec_delay,
        ..StreamConfig::k0().with_prefetch(Frames::new(PREFETCH), Frames::new(1))
    };
    let mut lab = Lab::new(config, HdAudioOptions::default());
    let told = vtime::Shared::new(None);
    let tell = told.clone();
    lab.run(100, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        client.at(3).await;
        // Packet 1 is written at 3 ms; its first frame is frame 480.
        assert_eq!(client.write(&stream, 1, None), NtStatus::SUCCESS);
        let written = client.cx.now();
        let fetched = fetched(&client, &stream, 480).await;
        let latency = ks::hw_latency(&client.cx, &stream.pin).expect("there is a buffer");
        *tell.borrow_mut() = Some((written, fetched, latency));
        client.at(100).await;
    });
    let heard = lab.heard();
    let at_link = heard.segments()[0].instant_of(Frames::new(480));
    let (written, fetched, latency) = told.borrow_mut().take().expect("the script ends");
    // Measured on the wire and behind the codec, against the sum of what is reported.
    let audible = at_link + codec_delay;
    let measured = audible.since(written).ticks();
    let waited = fetched.since(written).ticks();
    let fifo = latency.fifo_size.get() / 4 * FRAME;
    let codec = SimDuration::from_hns(latency.codec_delay).ticks();
    assert_eq!(codec, codec_delay.ticks());
    let sum = waited + fifo + codec;
    assert!(sum.abs_diff(measured) <= FRAME, "{sum} against {measured}");
}
