//! Packets, padding and clocks of shared streams.

use vtime::Context;
use wasapi::{Got, SILENT, buffer_flags};

use super::*;

#[test]
fn w49_w50_w51_w52_w53_w54_w55_w56_packets_out_of_order_and_of_wrong_size() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 100).unwrap();
        let render = client.render_client().unwrap();
        let frames = Frames::new;
        assert_eq!(
            render.get_buffer(frames(4801)),
            Err(HResult::BUFFER_TOO_LARGE)
        );
        assert_eq!(
            render.release_buffer(frames(1), 0),
            Err(HResult::OUT_OF_ORDER)
        );
        assert_eq!(render.release_buffer(frames(0), 0), Ok(()));
        assert_eq!(render.get_buffer(frames(0)), Ok(()));
        assert_eq!(render.get_buffer(frames(4800)), Ok(()), "nothing was held");
        assert_eq!(render.get_buffer(frames(1)), Err(HResult::OUT_OF_ORDER));
        assert_eq!(
            render.release_buffer(frames(4801), 0),
            Err(HResult::INVALID_SIZE)
        );
        assert_eq!(
            render.release_buffer(frames(4800), 4),
            Err(HResult::INVALIDARG)
        );
        assert_eq!(render.release_buffer(frames(2400), 0), Ok(()));
        assert_eq!(padding(&client), 2400);
        assert_eq!(render.get_buffer(frames(2400)), Ok(()));
        assert_eq!(
            (render.release_buffer(frames(0), 0), padding(&client)),
            (Ok(()), 2400)
        );
        assert_eq!(
            render.get_buffer(frames(2401)),
            Err(HResult::BUFFER_TOO_LARGE)
        );
    });
    stack.run_until_ms(1);
}

#[test]
fn w57_w106_what_is_heard_is_the_sample_times_all_levels_and_silence_is_silence() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 100).unwrap();
        play(&client, 480, 0.5);
        let render = client.render_client().unwrap();
        render.get_buffer(Frames::new(480)).unwrap();
        render.fill(|memory| memory.fill(0x3f));
        render.release_buffer(Frames::new(480), SILENT).unwrap();
        client
            .simple_audio_volume()
            .unwrap()
            .set_master_volume(0.5, None)
            .unwrap();
        client
            .channel_audio_volume()
            .unwrap()
            .set_all_volumes(&[0.5, 1.0], None)
            .unwrap();
        client
            .audio_stream_volume()
            .unwrap()
            .set_all_volumes(&[0.5, 0.25])
            .unwrap();
        client.start().unwrap();
        sleep_ms(&cx, 40).await;
    });
    stack.run_until_ms(41);
    let heard = stack.shared.borrow().bytes().to_vec();
    let samples: Vec<i16> = (heard.chunks_exact(2))
        .map(|sample| i16::from_le_bytes([sample[0], sample[1]]))
        .collect();
    let loud: Vec<&[i16]> = samples
        .chunks_exact(2)
        .filter(|frame| frame[0] != 0)
        .collect();
    // A half times an eighth on the left, and times an eighth on the right.
    assert_eq!(loud.len(), 480);
    assert!(loud.iter().all(|frame| **frame == [2048, 2048]));
}

#[test]
fn w58_w59_w60_w64_padding_falls_at_passes_by_a_period_or_what_there_is() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 100).unwrap();
        play(&client, 500, 0.5);
        play(&client, 700, 0.5);
        assert_eq!(padding(&client), 1200);
        client.start().unwrap();
        let mut seen = Vec::new();
        for _ in 0..9 {
            sleep_ms(&cx, 5).await;
            seen.push(padding(&client));
        }
        // Passes at 0, 10, 20 ms; who wakes at the time of a pass comes before it.
        assert_eq!(seen, [720, 720, 240, 240, 0, 0, 0, 0, 0]);
        let render = client.render_client().unwrap();
        assert_eq!(render.get_buffer(Frames::new(4800)), Ok(()));
        render.release_buffer(Frames::new(960), 0).unwrap();
        sleep_ms(&cx, 10).await;
        assert_eq!(padding(&client), 480, "it goes on after the underrun");
    });
    stack.run_until_ms(60);
}

#[test]
fn w62_rendering_a_stream_step_by_step() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 1000).unwrap();
        assert_eq!(
            (client.buffer_size(), padding(&client)),
            (Ok(Frames::new(48_000)), 0)
        );
        let render = client.render_client().unwrap();
        play(&client, 48_000, 0.5);
        client.start().unwrap();
        assert_eq!(padding(&client), 48_000);
        for flags in [0, SILENT] {
            sleep_ms(&cx, 500).await;
            assert_eq!(padding(&client), 24_000);
            render.get_buffer(Frames::new(24_000)).unwrap();
            render.release_buffer(Frames::new(24_000), flags).unwrap();
            assert_eq!(padding(&client), 48_000);
        }
        sleep_ms(&cx, 500).await;
        assert_eq!((client.stop(), padding(&client)), (Ok(HResult::OK), 24_000));
        let clock = client.audio_clock().unwrap();
        let played = clock.position().unwrap().position;
        assert_eq!(
            played * 2,
            clock.frequency().unwrap() * 3,
            "a second and a half"
        );
    });
    stack.run_until_ms(1501);
}

#[test]
fn w75_w76_w77_w78_w79_w80_w81_the_clock_of_a_shared_stream() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 100).unwrap();
        let clock = client.audio_clock().unwrap();
        assert_eq!(clock.frequency(), Ok(384_000));
        assert_eq!(clock.position().unwrap().position, 0);
        play(&client, 1200, 0.5);
        client.start().unwrap();
        let mut before = clock.position().unwrap();
        for millis in 1..=40 {
            sleep_ms(&cx, 1).await;
            let now = clock.position().unwrap();
            // Frames go on between passes, up to what was released: 1200 are 25 ms.
            assert_eq!(now.position, 8 * (48 * millis).min(1200));
            assert!(now.qpc > before.qpc && now.position >= before.position);
            before = now;
        }
        assert_eq!(before.qpc, cx.now().to_hns_floor());
        play(&client, 4800, 0.5);
        sleep_ms(&cx, 13).await;
        client.stop().unwrap();
        let stopped = clock.position().unwrap().position;
        assert_eq!(
            stopped,
            8 * (6000 - padding(&client)),
            "released less padding"
        );
        sleep_ms(&cx, 13).await;
        assert_eq!(clock.position().unwrap().position, stopped);
        client.start().unwrap();
        assert_eq!(clock.position().unwrap().position, stopped);
        client.stop().unwrap();
        client.reset().unwrap();
        assert_eq!(clock.position().unwrap().position, 0);
    });
    stack.run_until_ms(100);
}

#[test]
fn w65_w72_w73_capturing_a_stream_step_by_step() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = recorder(&cx, &enumerator);
        share(&client, 0, 1000).unwrap();
        let capture = client.capture_client().unwrap();
        assert_eq!(
            (capture.next_packet_size(), padding(&client)),
            (Ok(Frames::ZERO), 0)
        );
        assert_eq!(capture.get_buffer(), Ok(Got::Empty));
        client.start().unwrap();
        // A pass of the same instant comes after who wakes by a timer, so a little later.
        sleep_ms(&cx, 501).await;
        assert_eq!(padding(&client), 24_000);
        let mut next = 0;
        while let Got::Packet(packet) = capture.get_buffer().unwrap() {
            assert_eq!(
                (packet.frames, packet.device_position),
                (Frames::new(480), next)
            );
            assert_eq!(packet.flags & buffer_flags::DATA_DISCONTINUITY, 0);
            assert_eq!(capture.read(<[u8]>::len), 480 * 8);
            capture.release_buffer(packet.frames).unwrap();
            next += 480;
        }
        assert_eq!((next, padding(&client)), (24_000, 0));
    });
    stack.run_until_ms(510);
}

#[test]
fn w67_w68_w69_a_recorded_packet_is_read_whole_or_comes_again() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = recorder(&cx, &enumerator);
        share(&client, 0, 1000).unwrap();
        client.start().unwrap();
        sleep_ms(&cx, 25).await;
        let capture = client.capture_client().unwrap();
        let first = capture.get_buffer().unwrap();
        assert_eq!(capture.get_buffer(), Err(HResult::OUT_OF_ORDER));
        assert_eq!(
            capture.release_buffer(Frames::new(479)),
            Err(HResult::INVALID_SIZE)
        );
        assert_eq!(capture.release_buffer(Frames::ZERO), Ok(()));
        assert_eq!(capture.get_buffer(), Ok(first));
        assert_eq!(capture.release_buffer(Frames::new(480)), Ok(()));
        assert_eq!(
            capture.release_buffer(Frames::new(480)),
            Err(HResult::OUT_OF_ORDER)
        );
    });
    stack.run_until_ms(26);
}
