//! Exclusive streams.

use vtime::{Context, Event, Reset};
use wasapi::SILENT;

use super::*;

/// Releases the buffer full of `sample`.
fn fill(client: &AudioClient<Cx>, sample: i16) -> Result<(), HResult> {
    let render = client.render_client()?;
    let frames = client.buffer_size()?;
    render.get_buffer(frames)?;
    render.fill(|memory| {
        for place in memory.chunks_exact_mut(2) {
            place.copy_from_slice(&sample.to_le_bytes());
        }
    });
    render.release_buffer(frames, 0)
}

/// The left samples that the device has played, one per `frames`.
fn heard(stack: &Stack, frames: usize) -> Vec<i16> {
    let device = stack.exclusive.borrow()[0].clone();
    let bytes = device.borrow().bytes().to_vec();
    (bytes.chunks(frames * 4))
        .map(|buffer| i16::from_le_bytes([buffer[0], buffer[1]]))
        .collect()
}

#[test]
fn w61_w94_w95_the_exclusive_sample_step_by_step() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        let (_, minimum) = client.device_period();
        let format = pcm(48_000, 2);
        assert_eq!(
            own(&client, minimum.get(), format),
            Err(HResult::BUFFER_SIZE_NOT_ALIGNED)
        );
        assert_eq!(client.buffer_size(), Ok(Frames::new(160)));
        assert_eq!(own(&client, 33_333, format), Ok(()));
        assert_eq!(client.buffer_size(), Ok(Frames::new(160)));
        let event = cx.event("event", Reset::Auto);
        client.set_event_handle(event.handle()).unwrap();
        let render = client.render_client().unwrap();
        for wrong in [0, 159, 161] {
            assert_eq!(
                render.get_buffer(Frames::new(wrong)),
                Err(HResult::BUFFER_SIZE_ERROR)
            );
        }
        fill(&client, 1).unwrap();
        assert_eq!(
            fill(&client, 9),
            Err(HResult::BUFFER_ERROR),
            "the other half is not handed over"
        );
        client.start().unwrap();
        for k in 1..=6_i16 {
            event.wait().await;
            let rate = client.mix_format().rate;
            let at = units::Clock::nominal(units::SimTime::ZERO, rate)
                .instant_of(160 * u64::from(k.unsigned_abs()));
            assert_eq!(cx.now(), at, "signal {k}");
            assert_eq!(padding(&client), 0);
            render.get_buffer(Frames::new(160)).unwrap();
            assert_eq!(
                render.release_buffer(Frames::new(0), 0),
                Err(HResult::BUFFER_SIZE_ERROR)
            );
            let sample = k + 1;
            render.fill(|memory| {
                for place in memory.chunks_exact_mut(2) {
                    place.copy_from_slice(&sample.to_le_bytes());
                }
            });
            let flags = if k == 6 { SILENT } else { 0 };
            render.release_buffer(Frames::new(160), flags).unwrap();
        }
        sleep_ms(&cx, 3).await;
        assert_eq!(client.stop(), Ok(HResult::OK));
    });
    stack.run_until_ms(30);
    // F0, the half that nobody filled, F1 … F5; the client stopped before the silence was played.
    assert_eq!(heard(&stack, 160), [1, 0, 2, 3, 4, 5, 6]);
    // And before the last real data was played: 3 ms are 144 of its 160 frames.
    let device = stack.exclusive.borrow()[0].clone();
    assert_eq!(device.borrow().heard(0).len(), 6 * 160 + 144);
}

#[test]
fn w96_a_missed_buffer_plays_again_what_lies_there_and_no_method_fails() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        own(&client, 100_000, pcm(48_000, 2)).unwrap();
        let event = cx.event("event", Reset::Auto);
        client.set_event_handle(event.handle()).unwrap();
        fill(&client, 1).unwrap();
        client.start().unwrap();
        for sample in [2, 3] {
            event.wait().await;
            fill(&client, sample).unwrap();
        }
        // The signals at 30, 40 and 50 ms pass unheard.
        sleep_ms(&cx, 35).await;
        fill(&client, 4).unwrap();
        assert_eq!(fill(&client, 5), Err(HResult::BUFFER_ERROR));
        sleep_ms(&cx, 20).await;
    });
    stack.run_until_ms(80);
    assert_eq!(heard(&stack, 480)[..7], [1, 0, 2, 3, 2, 3, 4]);
}

#[test]
fn w75_an_exclusive_clock_counts_the_frames_of_the_device() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        own_by_timer(&client, 1_000_000, 0).unwrap();
        let (clock, size) = (
            client.audio_clock().unwrap(),
            client.buffer_size().unwrap().get(),
        );
        assert_eq!((clock.frequency(), size), (Ok(48_000), 5120));
        fill(&client, 1).unwrap();
        assert_eq!(
            (padding(&client), clock.position().unwrap().position),
            (size, 0)
        );
        client.start().unwrap();
        for millis in [10, 20, 30] {
            sleep_ms(&cx, 10).await;
            assert_eq!(clock.position().unwrap().position, 48 * millis);
            assert_eq!(padding(&client), size - 48 * millis);
        }
        client.stop().unwrap();
        sleep_ms(&cx, 10).await;
        assert_eq!(clock.position().unwrap().position, 48 * 30);
        client.start().unwrap();
        sleep_ms(&cx, 10).await;
        assert_eq!(clock.position().unwrap().position, 48 * 40);
        client.stop().unwrap();
        client.reset().unwrap();
        assert_eq!(
            (padding(&client), clock.position().unwrap().position),
            (0, 0)
        );
    });
    stack.run_until_ms(60);
}

#[test]
fn w107_levels_of_session_and_stream_leave_an_exclusive_stream_alone() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        own(&client, 100_000, pcm(48_000, 2)).unwrap();
        let event = cx.event("event", Reset::Auto);
        client.set_event_handle(event.handle()).unwrap();
        client
            .simple_audio_volume()
            .unwrap()
            .set_mute(true, None)
            .unwrap();
        client
            .audio_stream_volume()
            .unwrap()
            .set_all_volumes(&[0.25, 0.25])
            .unwrap();
        fill(&client, 1000).unwrap();
        client.start().unwrap();
        sleep_ms(&cx, 10).await;
    });
    stack.run_until_ms(10);
    assert_eq!(heard(&stack, 480)[0], 1000);
}
