//! What is answered before, after and between.

use units::Frames;
use vtime::{Context, Event, Reset};
use wasapi::com::device_state;

use super::*;

#[test]
fn w1_w2_without_a_stream_all_that_needs_one_says_so_and_the_rest_answers() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        let none = HResult::NOT_INITIALIZED;
        assert_eq!(client.buffer_size(), Err(none));
        assert_eq!(client.stream_latency(), Err(none));
        assert_eq!(client.current_padding(), Err(none));
        assert_eq!(client.start(), Err(none));
        assert_eq!(client.stop(), Err(none));
        assert_eq!(client.reset(), Err(none));
        let event = cx.event("event", Reset::Auto).handle();
        assert_eq!(client.set_event_handle(event), Err(none));
        assert_eq!(client.render_client().unwrap_err(), none);
        assert_eq!(client.audio_clock().unwrap_err(), none);
        assert_eq!(client.simple_audio_volume().unwrap_err(), none);
        for _ in 0..2 {
            assert_eq!(
                client.device_period(),
                (Hns::new(100_000), Hns::new(30_000))
            );
            assert_eq!(client.mix_format().frame_bytes(), 8);
            let mix = client.mix_format();
            let support = client.is_format_supported(ShareMode::SHARED, mix);
            assert_eq!(support, Ok(wasapi::com::Support::Exact));
            let _ = share(&client, 0, 0);
        }
    });
    stack.run_until_ms(1);
}

#[test]
fn w3_a_second_initialize_is_refused_and_the_first_stream_starts() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        assert_eq!(share(&client, 0, 0), Ok(()));
        assert_eq!(share(&client, 0, 0), Err(HResult::ALREADY_INITIALIZED));
        assert_eq!(client.start(), Ok(()));
    });
    stack.run_until_ms(1);
}

#[test]
fn w5_w6_modes_that_are_none_and_flags_that_exclude_each_other_are_invalid() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        let times = Hns::new(100_000);
        let ask = |mode, flags| {
            client.initialize(ShareMode(mode), flags, times, times, pcm(48_000, 2), None)
        };
        for (mode, flags) in [
            (2, 0),
            (3, 0),
            (1, stream_flags::LOOPBACK),
            (1, stream_flags::CROSS_PROCESS),
            (0, 1),
        ] {
            assert_eq!(
                ask(mode, flags),
                Err(HResult::INVALIDARG),
                "{mode} {flags:x}"
            );
        }
        assert_eq!(ask(0, 0), Ok(()));
    });
    stack.run_until_ms(1);
}

#[test]
fn w7_a_service_keeps_the_stream_and_its_end_closes_it() {
    let mut stack = Stack::new();
    let speaker = stack.speaker.clone();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 100).unwrap();
        play(&client, 4800, 0.5);
        let (render, clock) = (
            client.render_client().unwrap(),
            client.audio_clock().unwrap(),
        );
        client.start().unwrap();
        drop(client);
        sleep_ms(&cx, 35).await;
        // Passes at 0, 10, 20 and 30 ms have taken four periods, so so much is free.
        assert_eq!(
            render.get_buffer(Frames::new(4 * 480 + 1)),
            Err(HResult::BUFFER_TOO_LARGE)
        );
        assert_eq!(render.get_buffer(Frames::new(4 * 480)), Ok(()));
        drop(render);
        assert_eq!(speaker.usage(), wasapi::com::Usage::Shared);
        drop(clock);
        assert_eq!(speaker.usage(), wasapi::com::Usage::None);
    });
    stack.run_until_ms(40);
}

#[test]
fn w8_a_running_stream_that_is_dropped_leaves_the_endpoint_free() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let first = client(&cx, &enumerator);
        share(&first, 0, 100).unwrap();
        first.start().unwrap();
        sleep_ms(&cx, 15).await;
        drop(first);
        enumerator
            .default_audio_endpoint(DataFlow::Render, Role::Console)
            .unwrap()
            .set_exclusive_use(true, false);
        assert_eq!(
            own(&client(&cx, &enumerator), 100_000, pcm(48_000, 2)),
            Ok(())
        );
        // And for the engine: it starts again.
        let again = client(&cx, &enumerator);
        share(&again, 0, 100).unwrap();
        play(&again, 4800, 0.5);
        again.start().unwrap();
        sleep_ms(&cx, 25).await;
        assert_eq!(padding(&again), 4800 - 3 * 480);
    });
    stack.run_until_ms(50);
}

#[test]
fn w10_the_service_of_the_other_direction_is_refused() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let (plays, records) = (client(&cx, &enumerator), recorder(&cx, &enumerator));
        share(&plays, 0, 0).unwrap();
        share(&records, 0, 0).unwrap();
        let wrong = HResult::WRONG_ENDPOINT_TYPE;
        assert_eq!(plays.capture_client().unwrap_err(), wrong);
        assert_eq!(records.render_client().unwrap_err(), wrong);
    });
    stack.run_until_ms(1);
}

#[test]
fn w11_w12_w13_w14_start_stop_and_reset_out_of_turn() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 100).unwrap();
        assert_eq!(client.stop(), Ok(HResult::FALSE));
        play(&client, 4800, 0.5);
        client.start().unwrap();
        assert_eq!(client.start(), Err(HResult::NOT_STOPPED));
        sleep_ms(&cx, 15).await;
        assert_eq!(client.reset(), Err(HResult::NOT_STOPPED));
        assert_eq!(padding(&client), 4800 - 2 * 480);
        assert_eq!(client.stop(), Ok(HResult::OK));
        assert_eq!(client.stop(), Ok(HResult::FALSE));
        assert_eq!((client.reset(), client.reset()), (Ok(()), Ok(())));
        assert_eq!(padding(&client), 0);
    });
    stack.run_until_ms(20);
}

#[test]
fn w15_w16_w17_a_packet_is_held_across_stop_and_start() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 100).unwrap();
        play(&client, 2400, 0.5);
        client.start().unwrap();
        sleep_ms(&cx, 15).await;
        let render = client.render_client().unwrap();
        render.get_buffer(Frames::new(100)).unwrap();
        client.stop().unwrap();
        assert_eq!(client.reset(), Err(HResult::BUFFER_OPERATION_PENDING));
        let (clock, before) = (client.audio_clock().unwrap(), padding(&client));
        let stood = clock.position().unwrap().position;
        sleep_ms(&cx, 30).await;
        assert_eq!(clock.position().unwrap().position, stood);
        client.start().unwrap();
        assert_eq!(
            (padding(&client), clock.position().unwrap().position),
            (before, stood)
        );
        assert_eq!(render.release_buffer(Frames::new(100), 0), Ok(()));
        assert_eq!(padding(&client), before + 100);
    });
    stack.run_until_ms(60);
}

#[test]
fn w84_properties_have_a_known_size_and_ask_for_nothing_that_is_not_there() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        let set = |size, is_offload, options| {
            client.set_client_properties(wasapi::com::ClientProperties {
                size,
                is_offload,
                options,
            })
        };
        assert_eq!(set(0, false, 0), Err(HResult::INVALIDARG));
        assert_eq!((set(12, false, 0), set(16, false, 0)), (Ok(()), Ok(())));
        assert_eq!(set(16, true, 0), Err(HResult::ENDPOINT_OFFLOAD_NOT_CAPABLE));
        assert_eq!(set(16, false, 1), Err(HResult::RAW_MODE_UNSUPPORTED));
        assert_eq!(
            set(12, false, 1),
            Ok(()),
            "there are no options in 12 bytes"
        );
        assert!(!client.is_offload_capable());
    });
    stack.run_until_ms(1);
}

#[test]
fn w90_w91_w92_an_event_is_for_who_asked_for_one_and_comes_after_start() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let event = cx.event("event", Reset::Auto);
        let by_timer = client(&cx, &enumerator);
        share(&by_timer, 0, 0).unwrap();
        assert_eq!(
            by_timer.set_event_handle(event.handle()),
            Err(HResult::EVENTHANDLE_NOT_EXPECTED)
        );
        by_timer.start().unwrap();
        let client = client(&cx, &enumerator);
        share(&client, stream_flags::EVENT_CALLBACK, 0).unwrap();
        assert_eq!(client.start(), Err(HResult::EVENTHANDLE_NOT_SET));
        assert_eq!(client.set_event_handle(event.handle()), Ok(()));
        assert_eq!(
            client.set_event_handle(event.handle()),
            Err(HResult::INVALIDARG)
        );
        sleep_ms(&cx, 35).await;
        assert!(
            !event.is_set(),
            "passes went by, and the stream was never started"
        );
        client.start().unwrap();
        for pass in [4_u64, 5, 6] {
            event.wait().await;
            assert_eq!(cx.now(), units::SimTime::from_millis(10 * pass));
        }
    });
    stack.run_until_ms(61);
}

#[test]
fn w97_loopback_of_a_microphone_is_refused() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = recorder(&cx, &enumerator);
        assert_eq!(
            share(&client, stream_flags::LOOPBACK, 0),
            Err(HResult::WRONG_ENDPOINT_TYPE)
        );
    });
    stack.run_until_ms(1);
}

#[test]
fn endpoints_are_found_by_direction_state_and_role() {
    let mut stack = Stack::new();
    let (speaker, microphone) = (stack.speaker.clone(), stack.microphone.clone());
    stack.client(|cx, mut enumerator| async move {
        let all = |enumerator: &DeviceEnumerator<Cx>, flow, mask| {
            enumerator
                .enum_audio_endpoints(flow, mask)
                .map(|found| found.len())
        };
        assert_eq!(all(&enumerator, None, device_state::ACTIVE), Ok(2));
        assert_eq!(
            all(&enumerator, Some(DataFlow::Capture), device_state::ALL),
            Ok(1)
        );
        assert_eq!(all(&enumerator, None, 0x10), Err(HResult::INVALIDARG));
        enumerator.set_default(Role::Console, &microphone);
        assert!(endpoint(&enumerator, DataFlow::Render) == speaker);
        speaker.remove();
        let found = enumerator.default_audio_endpoint(DataFlow::Render, Role::Multimedia);
        assert_eq!(found.unwrap_err(), HResult::NOTFOUND);
        assert_eq!(
            speaker.activate(&cx, 1).unwrap_err(),
            HResult::DEVICE_INVALIDATED
        );
    });
    stack.run_until_ms(1);
}

#[test]
fn w139_the_same_client_leaves_the_same_history() {
    let digest = || {
        let mut stack = Stack::new();
        stack.client(|cx, enumerator| async move {
            let client = client(&cx, &enumerator);
            share(&client, 0, 100).unwrap();
            play(&client, 4800, 0.5);
            client.start().unwrap();
            sleep_ms(&cx, 35).await;
        });
        stack.run_until_ms(40);
        stack.digest()
    };
    assert_eq!(digest(), digest());
}
