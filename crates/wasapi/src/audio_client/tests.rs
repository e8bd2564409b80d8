//! What the audio client answers, call by call, at an engine that never runs.

use engine::testing::TestDevice;
use engine::{DeviceStream, Engine, EngineConfig};
use machine::Machine;
use ring::Samples;
use units::SampleFormat;
use vtime::sim::{SimEvent, World};
use vtime::{Event, Keep, Reset, Shared};

use super::*;
use crate::com::ShareMode;
use crate::render_client::SILENT;
use units::{Hns, WaveFormat};

/// An endpoint at 48 kHz stereo, with a period of 480 frames, and an event.
struct Desk {
    endpoint: Endpoint,
    event: SimEvent,
}

fn desk() -> Desk {
    let mut world = World::new(7, Keep::All);
    let event = |world: &mut World, name| world.event(name, Reset::Auto);
    let doorbell = event(&mut world, "doorbell").handle();
    let notification = event(&mut world, "notification").handle();
    let start = event(&mut world, "start").handle();
    let device = format(48_000, 2, SampleFormat::S16);
    let test_device = TestDevice::new(device, Samples::Kept, doorbell);
    let cx = world.actor("engine");
    let pin = TestDevice::pin(&test_device);
    let device = DeviceStream::open(&cx, pin, device, frames(480), 2, notification).unwrap();
    let machine = Shared::new(Machine::ideal());
    let engine = Engine::new(EngineConfig::default(), device, machine, "engine");
    let endpoint = Endpoint::new(Shared::new(engine), start);
    Desk {
        endpoint,
        event: event(&mut world, "client"),
    }
}

fn format(hertz: u32, channels: u8, sample: SampleFormat) -> WaveFormat {
    WaveFormat::new(hertz, channels, sample).unwrap()
}

const fn frames(count: u64) -> Frames {
    Frames::new(count)
}

fn asked(duration_hns: u64) -> InitializeRequest {
    InitializeRequest {
        mode: ShareMode::SHARED,
        flags: 0,
        duration: Hns::new(duration_hns),
        periodicity: Hns::new(0),
        format: format(48_000, 2, SampleFormat::F32),
    }
}

/// A stopped timer-driven stream of 960 frames.
fn opened(desk: &Desk) -> AudioClient {
    let mut client = AudioClient::new(desk.endpoint.clone(), BufferMinimum::Periods(2));
    client.initialize(asked(200_000)).unwrap();
    client
}

fn size_of(request: InitializeRequest, minimum: BufferMinimum) -> Result<Frames, HResult> {
    let mut client = AudioClient::new(desk().endpoint, minimum);
    client.initialize(request)?;
    client.buffer_size()
}

#[test]
fn w1_before_initialize_everything_else_is_refused() {
    let desk = desk();
    let mut client = AudioClient::new(desk.endpoint.clone(), BufferMinimum::default());
    assert_eq!(client.buffer_size(), Err(HResult::NOT_INITIALIZED));
    assert_eq!(client.current_padding(), Err(HResult::NOT_INITIALIZED));
    assert_eq!(client.start(), Err(HResult::NOT_INITIALIZED));
    assert_eq!(client.stop(), Err(HResult::NOT_INITIALIZED));
    assert_eq!(client.reset(), Err(HResult::NOT_INITIALIZED));
    let handle = desk.event.handle();
    assert_eq!(
        client.set_event_handle(handle),
        Err(HResult::NOT_INITIALIZED)
    );
    assert_eq!(client.render_client().err(), Some(HResult::NOT_INITIALIZED));
}

#[test]
fn w3_a_second_initialize_is_refused_and_the_stream_still_starts() {
    let mut client = opened(&desk());
    assert_eq!(
        client.initialize(asked(0)),
        Err(HResult::ALREADY_INITIALIZED)
    );
    assert_eq!(client.start(), Ok(()));
}

#[test]
fn w11_w13_start_and_reset_want_a_stopped_stream() {
    let mut client = opened(&desk());
    client
        .render_client()
        .unwrap()
        .get_buffer(frames(7))
        .unwrap();
    client
        .render_client()
        .unwrap()
        .release_buffer(frames(7), 0, 0)
        .unwrap();
    client.start().unwrap();
    assert_eq!(client.start(), Err(HResult::NOT_STOPPED));
    assert_eq!(client.reset(), Err(HResult::NOT_STOPPED));
    assert!(client.is_running());
    assert_eq!(
        client.current_padding(),
        Ok(frames(7)),
        "nothing was flushed"
    );
}

#[test]
fn w12_stop_of_a_stopped_stream_says_so() {
    let mut client = opened(&desk());
    assert_eq!(client.stop(), Ok(HResult::FALSE));
    client.start().unwrap();
    assert_eq!(client.stop(), Ok(HResult::OK));
    assert_eq!(client.stop(), Ok(HResult::FALSE));
}

#[test]
fn w14_w15_reset_can_be_repeated_but_not_while_a_packet_is_held() {
    let mut client = opened(&desk());
    client
        .render_client()
        .unwrap()
        .get_buffer(frames(10))
        .unwrap();
    assert_eq!(client.reset(), Err(HResult::BUFFER_OPERATION_PENDING));
    assert_eq!(
        client
            .render_client()
            .unwrap()
            .release_buffer(frames(10), 0, 0),
        Ok(())
    );
    assert_eq!((client.reset(), client.reset()), (Ok(()), Ok(())));
    assert_eq!(client.current_padding(), Ok(Frames::ZERO));
}

#[test]
fn w16_w17_stop_keeps_what_is_queued_and_what_is_held() {
    let mut client = opened(&desk());
    client.start().unwrap();
    client
        .render_client()
        .unwrap()
        .get_buffer(frames(10))
        .unwrap();
    client.stop().unwrap();
    client.start().unwrap();
    assert_eq!(
        client
            .render_client()
            .unwrap()
            .release_buffer(frames(10), 0, 0),
        Ok(())
    );
    assert_eq!(client.current_padding(), Ok(frames(10)));
}

#[test]
fn w25_w26_w27_w28_shared_sizes_are_the_request_to_the_nearest_frame() {
    let minimum = BufferMinimum::default();
    for (hns, expected) in [
        (0, 1056),
        (100_000, 1056),
        (220_000, 1056),
        (500_000, 2400),
        (550_000, 2640),
        (5_000_000, 24_000),
        (10_000_000, 48_000),
        (40_000_000, 192_000),
    ] {
        assert_eq!(
            size_of(asked(hns), minimum),
            Ok(frames(expected)),
            "{hns} hns"
        );
    }
    assert_eq!(
        size_of(asked(0), BufferMinimum::Periods(2)),
        Ok(frames(960))
    );
}

#[test]
fn w29_w30_w39_periodicity_is_ignored_and_events_change_no_size() {
    let request = InitializeRequest {
        mode: ShareMode::SHARED,
        flags: stream_flags::EVENT_CALLBACK,
        periodicity: Hns::new(150_000),
        ..asked(5_000_000)
    };
    assert_eq!(
        size_of(request, BufferMinimum::default()),
        Ok(frames(24_000))
    );
}

#[test]
fn w43_w44_w45_the_sample_is_free_and_the_channels_are_with_conversion() {
    use SampleFormat::{F32, S16, U8};
    let size = |format, flags| {
        size_of(
            InitializeRequest {
                mode: ShareMode::SHARED,
                flags,
                format,
                ..asked(0)
            },
            BufferMinimum::default(),
        )
        .map(drop)
    };
    let converts = stream_flags::AUTO_CONVERT_PCM;
    for sample in [U8, S16, F32] {
        assert_eq!(size(format(48_000, 2, sample), 0), Ok(()));
    }
    let unsupported = Err(HResult::UNSUPPORTED_FORMAT);
    assert_eq!(size(format(48_000, 1, S16), 0), unsupported);
    assert_eq!(size(format(48_000, 1, S16), converts), Ok(()));
    assert_eq!(size(format(44_100, 2, S16), 0), unsupported);
}

#[test]
fn an_unknown_flag_is_refused_before_the_format() {
    let request = InitializeRequest {
        mode: ShareMode::SHARED,
        flags: 1,
        format: format(1, 1, SampleFormat::U8),
        ..asked(0)
    };
    assert_eq!(
        size_of(request, BufferMinimum::default()),
        Err(HResult::INVALIDARG)
    );
}

#[test]
fn w49_w50_w60_what_is_free_can_be_had_and_not_one_frame_more() {
    let mut client = opened(&desk());
    let render = client.render_client().unwrap();
    assert_eq!(
        render.get_buffer(frames(961)),
        Err(HResult::BUFFER_TOO_LARGE)
    );
    assert_eq!(render.get_buffer(frames(960)), Ok(()));
    assert_eq!(render.memory().len(), 960 * 8);
    render.release_buffer(frames(700), 0, 0).unwrap();
    assert_eq!(
        render.get_buffer(frames(261)),
        Err(HResult::BUFFER_TOO_LARGE)
    );
    assert_eq!(render.get_buffer(frames(260)), Ok(()));
}

#[test]
fn w51_w52_get_and_release_alternate() {
    let mut client = opened(&desk());
    let render = client.render_client().unwrap();
    assert_eq!(
        render.release_buffer(frames(1), 0, 0),
        Err(HResult::OUT_OF_ORDER)
    );
    assert_eq!(render.release_buffer(frames(0), 0, 0), Ok(()));
    render.get_buffer(frames(5)).unwrap();
    assert_eq!(render.get_buffer(frames(5)), Err(HResult::OUT_OF_ORDER));
    assert_eq!(
        render.release_buffer(frames(5), 0, 0),
        Ok(()),
        "the packet stayed valid"
    );
    assert_eq!(render.get_buffer(frames(0)), Ok(()));
    assert!(!render.is_holding());
}

#[test]
fn w53_w54_w55_as_much_as_was_taken_can_be_released_or_less_or_nothing() {
    let mut client = opened(&desk());
    let padding = |client: &AudioClient| client.current_padding().unwrap().get();
    let render = client.render_client().unwrap();
    render.get_buffer(frames(100)).unwrap();
    assert_eq!(
        render.release_buffer(frames(101), 0, 0),
        Err(HResult::INVALID_SIZE)
    );
    assert!(render.is_holding());
    assert_eq!(render.release_buffer(frames(50), 0, 0), Ok(()));
    assert_eq!(padding(&client), 50);
    let render = client.render_client().unwrap();
    render.get_buffer(frames(100)).unwrap();
    assert_eq!(render.release_buffer(frames(0), 0, 0), Ok(()));
    assert!(!render.is_holding());
    assert_eq!(padding(&client), 50);
}

#[test]
fn w58_before_start_padding_is_the_sum_of_what_was_released() {
    let mut client = opened(&desk());
    for (released, sum) in [(100, 100), (1, 101), (480, 581)] {
        let render = client.render_client().unwrap();
        render.get_buffer(frames(released)).unwrap();
        render.release_buffer(frames(released), 0, 0).unwrap();
        assert_eq!(client.current_padding(), Ok(frames(sum)));
    }
}

#[test]
fn w56_an_unknown_release_flag_is_refused_and_the_packet_stays_held() {
    let mut client = opened(&desk());
    let render = client.render_client().unwrap();
    render.get_buffer(frames(4)).unwrap();
    assert_eq!(
        render.release_buffer(frames(4), 1, 0),
        Err(HResult::INVALIDARG)
    );
    assert!(render.is_holding());
    assert_eq!(render.release_buffer(frames(4), SILENT, 0), Ok(()));
}

#[test]
fn w90_w91_an_event_driven_stream_wants_its_event_once_and_no_other_does() {
    let desk = desk();
    let mut client = AudioClient::new(desk.endpoint.clone(), BufferMinimum::default());
    client
        .initialize(InitializeRequest {
            mode: ShareMode::SHARED,
            flags: stream_flags::EVENT_CALLBACK,
            ..asked(0)
        })
        .unwrap();
    assert_eq!(client.start(), Err(HResult::EVENTHANDLE_NOT_SET));
    assert_eq!(client.set_event_handle(desk.event.handle()), Ok(()));
    assert_eq!(
        client.set_event_handle(desk.event.handle()),
        Err(HResult::INVALIDARG)
    );
    assert_eq!(client.start(), Ok(()));

    let mut timer_driven = opened(&desk);
    let refused = timer_driven.set_event_handle(desk.event.handle());
    assert_eq!(refused, Err(HResult::EVENTHANDLE_NOT_EXPECTED));
}
