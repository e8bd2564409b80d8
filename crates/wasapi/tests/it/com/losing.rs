//! Who gets the endpoint, and who loses it.

use vtime::{Context, Event, Reset, Woken};
use wasapi::com::{DisconnectReason, SessionEvent, Usage};

use super::*;

/// What is open, as in the table of arbitration.
fn present(cx: &Cx, enumerator: &DeviceEnumerator<Cx>, usage: Usage) -> Option<AudioClient<Cx>> {
    let client = client(cx, enumerator);
    match usage {
        Usage::None => return None,
        Usage::Shared => share(&client, 0, 0).unwrap(),
        Usage::Exclusive => own(&client, 100_000, pcm(48_000, 2)).unwrap(),
    }
    Some(client)
}

/// Lines of the table: allowed, with priority, who has it, exclusive or not, answer, whether who has
/// it loses it.
type Row = (
    &'static [bool],
    &'static [bool],
    &'static [Usage],
    bool,
    HResult,
    bool,
);

const ANY: &[bool] = &[false, true];
const ALL: &[Usage] = &[Usage::None, Usage::Shared, Usage::Exclusive];

fn holds(rows: &[Row]) {
    for (allowed, priority, usages, is_exclusive, answer, loses) in rows.iter().copied() {
        for (&allowed, &priority, &usage) in allowed.iter().flat_map(|a| {
            priority
                .iter()
                .flat_map(move |p| usages.iter().map(move |u| (a, p, u)))
        }) {
            let mut stack = Stack::new();
            let speaker = stack.speaker.clone();
            stack.client(move |cx, enumerator| async move {
                let holder = present(&cx, &enumerator, usage);
                speaker.set_exclusive_use(allowed, priority);
                let newcomer = client(&cx, &enumerator);
                let got = if is_exclusive {
                    own(&newcomer, 100_000, pcm(48_000, 2))
                } else {
                    share(&newcomer, 0, 0)
                };
                assert_eq!(
                    got.map_or_else(|code| code, |()| HResult::OK),
                    answer,
                    "{allowed} {priority} {usage:?} {is_exclusive}"
                );
                if let Some(holder) = holder {
                    let left = holder.current_padding();
                    assert_eq!(
                        left,
                        if loses {
                            Err(HResult::DEVICE_INVALIDATED)
                        } else {
                            Ok(Frames::ZERO)
                        }
                    );
                }
            });
            stack.run_until_ms(1);
        }
    }
}

#[test]
fn w116_w117_w118_who_wants_to_share_gets_it_unless_it_is_taken() {
    holds(&[
        (ANY, ANY, &[Usage::None], false, HResult::OK, false),
        (ANY, ANY, &[Usage::Shared], false, HResult::OK, false),
        (
            ANY,
            ANY,
            &[Usage::Exclusive],
            false,
            HResult::DEVICE_IN_USE,
            false,
        ),
    ]);
}

#[test]
fn w119_w120_w123_who_wants_it_alone_needs_leave_and_nobody_before_him() {
    holds(&[
        (
            &[false],
            ANY,
            ALL,
            true,
            HResult::EXCLUSIVE_MODE_NOT_ALLOWED,
            false,
        ),
        (&[true], ANY, &[Usage::None], true, HResult::OK, false),
        (
            &[true],
            ANY,
            &[Usage::Exclusive],
            true,
            HResult::DEVICE_IN_USE,
            false,
        ),
    ]);
}

#[test]
fn w121_w122_those_who_share_lose_it_only_to_who_has_priority() {
    holds(&[
        (&[true], &[true], &[Usage::Shared], true, HResult::OK, true),
        (
            &[true],
            &[false],
            &[Usage::Shared],
            true,
            HResult::DEVICE_IN_USE,
            false,
        ),
    ]);
}

#[test]
fn w124_w125_w126_both_sessions_are_told_and_their_streams_stay_dead() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let (runs, stands) = (client(&cx, &enumerator), client(&cx, &enumerator));
        share_in(&runs, 0, Guid::new(1)).unwrap();
        share_in(&stands, 0, Guid::new(2)).unwrap();
        let events = [&runs, &stands].map(|client| {
            client
                .audio_session_control()
                .unwrap()
                .register_audio_session_notification()
        });
        runs.start().unwrap();
        sleep_ms(&cx, 15).await;
        let exclusive = client(&cx, &enumerator);
        own(&exclusive, 100_000, pcm(48_000, 2)).unwrap();
        let lost = SessionEvent::Disconnected(DisconnectReason::ExclusiveModeOverride);
        for events in events {
            assert!(std::iter::from_fn(|| events.take()).any(|event| event == lost));
        }
        let dead = HResult::DEVICE_INVALIDATED;
        assert_eq!(
            share(&client(&cx, &enumerator), 0, 0),
            Err(HResult::DEVICE_IN_USE)
        );
        drop(exclusive);
        for client in [&runs, &stands] {
            assert_eq!(client.current_padding(), Err(dead));
            assert_eq!(client.start(), Err(dead));
            assert_eq!(client.render_client().unwrap_err(), dead);
        }
        let again = client(&cx, &enumerator);
        share(&again, 0, 100).unwrap();
        play(&again, 4800, 0.5);
        again.start().unwrap();
        sleep_ms(&cx, 25).await;
        assert_eq!(
            padding(&again),
            4800 - 3 * 480,
            "the engine makes passes again"
        );
    });
    stack.run_until_ms(45);
}

#[test]
fn w128_w129_w130_what_takes_nothing_from_anybody() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let shared = client(&cx, &enumerator);
        share(&shared, 0, 0).unwrap();
        let refused = client(&cx, &enumerator);
        assert_eq!(
            own(&refused, 30_000, pcm(48_000, 2)),
            Err(HResult::BUFFER_SIZE_NOT_ALIGNED)
        );
        assert_eq!(
            own(&refused, 100_000, pcm(96_000, 2)),
            Err(HResult::UNSUPPORTED_FORMAT)
        );
        assert_eq!(shared.current_padding(), Ok(Frames::ZERO));
        let holder = client(&cx, &enumerator);
        own_by_timer(&holder, 0, 0).unwrap();
        holder.start().unwrap();
        holder.stop().unwrap();
        assert_eq!(
            share(&client(&cx, &enumerator), 0, 0),
            Err(HResult::DEVICE_IN_USE)
        );
        assert_eq!(
            share(&recorder(&cx, &enumerator), 0, 0),
            Ok(()),
            "the other endpoint"
        );
    });
    stack.run_until_ms(1);
}

#[test]
fn w135_w138_a_device_that_is_taken_away_says_why_and_signals_no_more() {
    let mut stack = Stack::new();
    let speaker = stack.speaker.clone();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, stream_flags::EVENT_CALLBACK, 100).unwrap();
        let event = cx.event("event", Reset::Auto);
        client.set_event_handle(event.handle()).unwrap();
        let events = client
            .audio_session_control()
            .unwrap()
            .register_audio_session_notification();
        client.start().unwrap();
        event.wait().await;
        client.stop().unwrap();
        event.reset();
        speaker.remove();
        let removed = SessionEvent::Disconnected(DisconnectReason::DeviceRemoval);
        assert!(std::iter::from_fn(|| events.take()).any(|event| event == removed));
        assert_eq!(client.start(), Err(HResult::DEVICE_INVALIDATED));
        let two_seconds = cx.now() + units::SimDuration::from_millis(2000);
        assert_eq!(
            event.wait_until(Some(two_seconds.commit())).await,
            Woken::Deadline
        );
    });
    stack.run_until_ms(2100);
}

#[test]
fn w137_a_service_that_stops_says_so_and_one_that_crashes_cannot() {
    for in_order in [true, false] {
        let mut stack = Stack::new();
        let speaker = stack.speaker.clone();
        stack.client(move |cx, enumerator| async move {
            let first = client(&cx, &enumerator);
            share(&first, 0, 0).unwrap();
            let events = first
                .audio_session_control()
                .unwrap()
                .register_audio_session_notification();
            speaker.stop_service(in_order);
            let told = std::iter::from_fn(|| events.take())
                .any(|event| event == SessionEvent::Disconnected(DisconnectReason::ServerShutdown));
            assert_eq!(told, in_order);
            assert!(first.start().is_err());
            assert_eq!(
                share(&client(&cx, &enumerator), 0, 0),
                Err(HResult::SERVICE_NOT_RUNNING)
            );
        });
        stack.run_until_ms(1);
    }
}
