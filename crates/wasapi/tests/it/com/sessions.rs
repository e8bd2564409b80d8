//! Sessions and levels.

use wasapi::com::{SessionEvent, SessionState};

use super::*;

const ONE: Guid = Guid::new(1);

#[test]
fn w101_w102_a_session_is_active_while_one_of_its_streams_runs() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let (first, second) = (client(&cx, &enumerator), client(&cx, &enumerator));
        share_in(&first, 0, ONE).unwrap();
        share_in(&second, 0, ONE).unwrap();
        let events = {
            let control = first.audio_session_control().unwrap();
            assert_eq!(control.state(), SessionState::Inactive);
            control.register_audio_session_notification()
        };
        first.start().unwrap();
        second.start().unwrap();
        first.stop().unwrap();
        assert_eq!(
            second.audio_session_control().unwrap().state(),
            SessionState::Active
        );
        second.stop().unwrap();
        drop(first);
        assert_eq!(
            second.audio_session_control().unwrap().state(),
            SessionState::Inactive
        );
        drop(second);
        let told: Vec<SessionEvent> = std::iter::from_fn(|| events.take()).collect();
        let states = [
            SessionState::Active,
            SessionState::Inactive,
            SessionState::Expired,
        ];
        assert_eq!(told, states.map(SessionEvent::StateChanged));
    });
    stack.run_until_ms(1);
}

#[test]
fn w103_w104_levels_begin_full_and_take_nothing_but_levels() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 0).unwrap();
        let simple = client.simple_audio_volume().unwrap();
        let session = client.channel_audio_volume().unwrap();
        let stream = client.audio_stream_volume().unwrap();
        assert_eq!(
            (simple.master_volume(), simple.mute()),
            (Ok(1.0), Ok(false))
        );
        assert_eq!(
            (session.channel_count(), session.channel_volume(1)),
            (2, Ok(1.0))
        );
        assert_eq!(
            (stream.channel_count(), stream.channel_volume(1)),
            (2, Ok(1.0))
        );
        let invalid = Err(HResult::INVALIDARG);
        for level in [-1.0, 2.0, f32::NAN] {
            assert_eq!(simple.set_master_volume(level, None), invalid);
            assert_eq!(session.set_channel_volume(0, level, None), invalid);
            assert_eq!(session.set_all_volumes(&[1.0, level], None), invalid);
            assert_eq!(stream.set_channel_volume(0, level), invalid);
        }
        assert_eq!(session.set_channel_volume(2, 0.5, None), invalid);
        assert_eq!(stream.channel_volume(2), Err(HResult::INVALIDARG));
        assert_eq!(session.set_all_volumes(&[1.0], None), invalid);
        assert_eq!(stream.set_all_volumes(&[1.0; 3]), invalid);
        assert_eq!(session.channel_volume(0), Ok(1.0), "nothing was set");
    });
    stack.run_until_ms(1);
}

#[test]
fn w105_mute_and_level_do_not_touch_each_other() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 0).unwrap();
        let simple = client.simple_audio_volume().unwrap();
        simple.set_mute(true, None).unwrap();
        simple.set_master_volume(0.25, None).unwrap();
        assert_eq!(simple.mute(), Ok(true));
        simple.set_mute(false, None).unwrap();
        assert_eq!(simple.master_volume(), Ok(0.25));
    });
    stack.run_until_ms(1);
}

#[test]
fn w109_w110_w111_who_is_told_what_and_with_whose_mark() {
    let mut stack = Stack::new();
    stack.client(|cx, enumerator| async move {
        let client = client(&cx, &enumerator);
        share(&client, 0, 0).unwrap();
        let events = client
            .audio_session_control()
            .unwrap()
            .register_audio_session_notification();
        let simple = client.simple_audio_volume().unwrap();
        let session = client.channel_audio_volume().unwrap();
        simple.set_master_volume(1.0, Some(ONE)).unwrap();
        assert_eq!(events.take(), None, "it was so before");
        simple.set_master_volume(0.5, Some(ONE)).unwrap();
        let told = SessionEvent::SimpleVolumeChanged {
            level: 0.5,
            is_muted: false,
            context: Some(ONE),
        };
        assert_eq!(events.take(), Some(told));
        let levels = vec![1.0, 1.0];
        session.set_channel_volume(1, 1.0, None).unwrap();
        let told = SessionEvent::ChannelVolumeChanged {
            levels: levels.clone(),
            channel: Some(1),
            context: None,
        };
        assert_eq!(
            events.take(),
            Some(told),
            "it was so before, and is told all the same"
        );
        session.set_all_volumes(&levels, Some(ONE)).unwrap();
        let told = SessionEvent::ChannelVolumeChanged {
            levels,
            channel: None,
            context: Some(ONE),
        };
        assert_eq!((events.take(), events.take()), (Some(told), None));
    });
    stack.run_until_ms(1);
}

#[test]
fn w113_w114_w115_sessions_are_kept_apart_by_process_and_direction_and_what_is_kept_of_them() {
    let mut stack = Stack::new();
    let speaker = stack.speaker.clone();
    stack.client(|cx, enumerator| async move {
        let open = |process, flags| {
            let client = speaker.activate(&cx, process).unwrap();
            share_in(&client, flags, ONE).unwrap();
            client
        };
        let level = |client: &AudioClient<Cx>| {
            client
                .simple_audio_volume()
                .unwrap()
                .master_volume()
                .unwrap()
        };
        let set = |client: &AudioClient<Cx>, level| {
            client
                .simple_audio_volume()
                .unwrap()
                .set_master_volume(level, None)
                .unwrap();
        };
        let cross = stream_flags::CROSS_PROCESS;
        let (here, there) = (open(1, 0), open(2, 0));
        let (here_too, there_too) = (open(1, cross), open(2, cross));
        set(&here, 0.5);
        set(&here_too, 0.25);
        assert_eq!(
            [&here, &there, &here_too, &there_too].map(level),
            [0.5, 1.0, 0.25, 0.25]
        );
        let records = recorder(&cx, &enumerator);
        share_in(&records, 0, ONE).unwrap();
        assert_eq!(level(&records), 1.0);
        drop((here, there));
        assert_eq!(level(&open(1, 0)), 0.5, "it is kept");
        let forgets = open(2, stream_flags::NO_PERSIST);
        set(&forgets, 0.125);
        drop(forgets);
        assert_eq!(level(&open(2, 0)), 1.0, "it is not");
    });
    stack.run_until_ms(1);
}
