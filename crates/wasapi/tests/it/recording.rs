//! Clients that record: what their objects answer, and what they get.

use engine::testing::{TestDevice, notify, record};
use engine::{CaptureEndpoint, DeviceStream, Endpoint, Engine, EngineConfig, ReadPolicy, engine};
use ring::Samples;
use units::{Frames, HResult, Hns, SampleFormat, SimDuration, SimTime};
use vtime::sim::Role;
use vtime::{Event, Fork, Reset, Shared};
use wasapi::com::{InitializeRequest, ShareMode, stream_flags};
use wasapi::{
    Act, Action, AudioClient, BufferMinimum, CaptureClient, ExclusiveCaptureClient, Got,
    SharedCaptureClient, SharedClientConfig, ThroughClient, buffer_flags, exclusive_capture_client,
    shared_capture_client, through_client,
};

use crate::room::{PERIOD, Room, format};

/// A timer-driven stream of `frames` frames, as on the page Capturing a Stream.
fn timer_driven(endpoint: &CaptureEndpoint, frames: u64) -> AudioClient {
    let mut client = AudioClient::recording(endpoint.clone(), BufferMinimum::Periods(2));
    client
        .initialize(InitializeRequest {
            mode: ShareMode::SHARED,
            flags: 0,
            duration: Hns::new(frames * 10_000_000 / 48_000),
            periodicity: Hns::new(0),
            format: format(2, SampleFormat::F32),
        })
        .unwrap();
    client
}

/// Position, frames and flags of all packets that are queued.
fn drain(client: &mut CaptureClient) -> Vec<(u64, u64, u32)> {
    let mut all = Vec::new();
    while let Got::Packet(packet) = client.get_buffer().unwrap() {
        all.push((packet.device_position, packet.frames.get(), packet.flags));
        client.release_buffer(packet.frames).unwrap();
    }
    all
}

#[test]
fn w10_a_service_of_the_other_direction_is_refused() {
    let mut room = Room::new();
    let endpoint = room.endpoint();
    let mut client = timer_driven(&endpoint, 960);
    let wrong = Some(HResult::WRONG_ENDPOINT_TYPE);
    assert_eq!(client.render_client().err(), wrong);
    assert_eq!(client.set_volume(engine::Volume::FULL).err(), wrong);
    assert!(client.capture_client().is_ok());
}

#[test]
fn w1_w65_before_the_stream_and_before_start_there_is_nothing() {
    let mut room = Room::new();
    let endpoint = room.endpoint();
    let mut client = AudioClient::recording(endpoint.clone(), BufferMinimum::default());
    let none = Some(HResult::NOT_INITIALIZED);
    assert_eq!(client.capture_client().err(), none);
    let mut client = timer_driven(&endpoint, 960);
    assert_eq!(client.current_padding(), Ok(Frames::ZERO));
    let capture = client.capture_client().unwrap();
    assert_eq!(capture.next_packet_size(), Frames::ZERO);
    let got = capture.get_buffer().unwrap();
    assert_eq!((got, got.code()), (Got::Empty, HResult::BUFFER_EMPTY));
}

#[test]
fn w67_w68_w69_w72_a_packet_is_released_whole_or_not_at_all() {
    let mut room = Room::new();
    let endpoint = room.endpoint();
    let mut client = timer_driven(&endpoint, 960);
    client.start().unwrap();
    room.listen();
    room.run_until_ms(10);
    let capture = client.capture_client().unwrap();
    let period = Frames::new(PERIOD);
    assert_eq!(capture.release_buffer(period), Err(HResult::OUT_OF_ORDER));
    assert_eq!(capture.release_buffer(Frames::ZERO), Ok(()));
    let first = capture.get_buffer().unwrap();
    assert_eq!(first.code(), HResult::OK);
    assert_eq!(capture.get_buffer(), Err(HResult::OUT_OF_ORDER));
    assert_eq!(capture.next_packet_size(), period, "also while it is held");
    for wrong in [1, 479, 481] {
        let answer = capture.release_buffer(Frames::new(wrong));
        assert_eq!(answer, Err(HResult::INVALID_SIZE));
        assert!(capture.is_holding());
    }
    assert_eq!(capture.release_buffer(Frames::ZERO), Ok(()));
    assert_eq!(capture.get_buffer(), Ok(first), "the same packet again");
    assert_eq!(capture.release_buffer(period), Ok(()));
    assert_eq!(capture.release_buffer(period), Err(HResult::OUT_OF_ORDER));
    assert_eq!(capture.get_buffer(), Ok(Got::Empty));
}

#[test]
fn w15_w17_a_held_packet_bars_reset_and_survives_stop_and_start() {
    let mut room = Room::new();
    let endpoint = room.endpoint();
    let mut client = timer_driven(&endpoint, 960);
    client.start().unwrap();
    room.listen();
    room.run_until_ms(10);
    client.capture_client().unwrap().get_buffer().unwrap();
    assert_eq!(client.stop(), Ok(HResult::OK));
    assert_eq!(client.reset(), Err(HResult::BUFFER_OPERATION_PENDING));
    client.start().unwrap();
    let capture = client.capture_client().unwrap();
    assert_eq!(capture.release_buffer(Frames::new(PERIOD)), Ok(()));
    client.stop().unwrap();
    assert_eq!(client.reset(), Ok(()));
}

#[test]
fn w73_half_a_second_of_packets_waits_for_a_timer_driven_client() {
    let mut room = Room::new();
    let endpoint = room.endpoint();
    let mut client = timer_driven(&endpoint, 48_000);
    client.start().unwrap();
    room.listen();
    for half in 0..2_u64 {
        room.run_until_ms(500 * (half + 1));
        assert_eq!(client.current_padding(), Ok(Frames::new(24_000)));
        let expected: Vec<_> = (0..50).map(|n| (half * 24_000 + n * 480, 480, 0)).collect();
        assert_eq!(drain(client.capture_client().unwrap()), expected);
        assert_eq!(client.current_padding(), Ok(Frames::ZERO));
    }
}

#[test]
fn w71_an_overrun_shows_in_a_flag_and_in_the_position() {
    let mut room = Room::new();
    let endpoint = room.endpoint();
    let mut client = timer_driven(&endpoint, 1056);
    client.start().unwrap();
    room.listen();
    room.run_until_ms(50);
    assert_eq!(client.current_padding(), client.buffer_size());
    let flag = buffer_flags::DATA_DISCONTINUITY;
    let read = drain(client.capture_client().unwrap());
    assert_eq!(read, [(0, 480, 0), (480, 480, 0), (1344, 96, flag)]);
    room.run_until_ms(60);
    let read = drain(client.capture_client().unwrap());
    assert_eq!(read, [(2400, 480, flag)]);
}

#[test]
fn what_was_recorded_between_stop_and_start_is_flagged_and_does_not_count() {
    let mut room = Room::new();
    let endpoint = room.endpoint();
    let mut client = timer_driven(&endpoint, 48_000);
    client.start().unwrap();
    room.listen();
    room.run_until_ms(20);
    client.stop().unwrap();
    room.run_until_ms(50);
    client.start().unwrap();
    room.run_until_ms(70);
    let flag = buffer_flags::DATA_DISCONTINUITY;
    let read = drain(client.capture_client().unwrap());
    assert_eq!(
        read,
        [(0, 480, 0), (480, 480, 0), (960, 480, flag), (1440, 480, 0)]
    );
}

fn config(frames: u64) -> SharedClientConfig {
    SharedClientConfig {
        buffer: Frames::new(frames),
        minimum: BufferMinimum::Periods(1),
    }
}

fn at_once() -> Action {
    Action {
        at: SimTime::ZERO,
        what: Act::Run { prime: None },
    }
}

/// The numbers in a recording of 16-bit stereo.
fn numbers(bytes: &[u8]) -> Vec<u32> {
    let number = |frame: &[u8]| u32::from_le_bytes(frame.try_into().unwrap());
    bytes.chunks_exact(4).map(number).collect()
}

fn shared(room: &mut Room, frames: u64) -> Shared<SharedCaptureClient> {
    let endpoint = room.endpoint();
    let client = SharedCaptureClient::open(
        config(frames),
        endpoint,
        format(2, SampleFormat::S16),
        room.machine.clone(),
        "client",
        room.events[3].handle(),
        vec![at_once()],
    );
    let client = Shared::new(client.unwrap());
    let cx = room.cxs[0].clone();
    let drive = shared_capture_client(cx.clone(), client.clone(), room.events[3].clone());
    room.world.spawn(&cx, Role::Service, drive);
    room.listen();
    client
}

#[test]
fn w74_a_client_that_was_late_drains_all_that_waits() {
    let mut room = Room::new();
    room.late("client", 5, SimDuration::from_millis(35));
    let client = shared(&mut room, 4 * PERIOD);
    room.run_until_ms(200);
    let at_once = room.entries("wasapi.captured");
    assert_eq!(at_once.len(), 20);
    let recorded = numbers(client.borrow().recording().bytes());
    assert_eq!(recorded, (0..9600).collect::<Vec<_>>());
}

fn exclusive(
    room: &mut Room,
    policy: ReadPolicy,
    more: Option<Action>,
) -> Shared<ExclusiveCaptureClient> {
    let client = ExclusiveCaptureClient::new(
        policy,
        room.stream(2),
        room.machine.clone(),
        "client",
        SimDuration::ZERO,
        std::iter::once(at_once()).chain(more).collect(),
    );
    let client = Shared::new(client);
    let cx = room.cxs[0].clone();
    let drive = exclusive_capture_client(cx.clone(), client.clone(), room.events[1].clone());
    room.world.spawn(&cx, Role::Service, drive);
    room.listen();
    client
}

#[test]
fn s32_an_exclusive_client_sees_the_gap_as_a_discontinuity() {
    let mut room = Room::new();
    room.late("client", 5, SimDuration::from_millis(14));
    let client = exclusive(&mut room, ReadPolicy::Ask, None);
    room.run_until_ms(200);
    let expected: Vec<u32> = (0..9600)
        .filter(|frame| !(1920..2400).contains(frame))
        .collect();
    assert_eq!(numbers(client.borrow().recording().bytes()), expected);
    let captured = room.entries("wasapi.captured");
    let flagged: Vec<_> = captured.iter().filter(|words| words[2] != 0).collect();
    assert_eq!(flagged, [&vec![480, 2400, 1, 2400, 500_000]]);
}

#[test]
fn s35_a_client_that_asks_nobody_reads_a_packet_that_is_being_written_over() {
    let mut room = Room::new();
    room.late("client", 5, SimDuration::from_millis(14));
    let client = exclusive(&mut room, ReadPolicy::Blind, None);
    room.run_until_ms(200);
    let torn = |frame| {
        if (1920..2112).contains(&frame) {
            frame + 960
        } else {
            frame
        }
    };
    let expected: Vec<u32> = (0..9600).map(torn).collect();
    assert_eq!(numbers(client.borrow().recording().bytes()), expected);
    assert_eq!(room.entries("reader.ahead").len(), 0);
}

#[test]
fn s36_a_client_that_reads_too_early_gets_what_lay_there_before() {
    let mut room = Room::new();
    let early = Action {
        at: SimTime::from_nanos(50_050_000),
        what: Act::ReadSlot { slot: 1, packet: 5 },
    };
    let client = exclusive(&mut room, ReadPolicy::Ask, Some(early));
    room.run_until_ms(200);
    let early = |frame| {
        if (2403..2880).contains(&frame) {
            frame - 960
        } else {
            frame
        }
    };
    let expected: Vec<u32> = (0..9600).map(early).collect();
    assert_eq!(numbers(client.borrow().recording().bytes()), expected);
    assert_eq!(room.entries("reader.ahead"), [vec![5]]);
}

/// A speaker beside the microphone, whose engine goes first.
struct Speaker {
    device: Shared<TestDevice>,
    endpoint: Endpoint,
}

fn speaker(room: &mut Room) -> Speaker {
    let names = ["speaker doorbell", "speaker notification", "speaker start"];
    let [doorbell, notification, start] = names.map(|name| room.world.event(name, Reset::Auto));
    let [engine_cx, device_cx] = ["player", "speaker"].map(|name| room.world.actor(name));
    let played = format(2, SampleFormat::S16);
    let device = TestDevice::new(played, Samples::Kept, doorbell.handle());
    let pin = TestDevice::pin(&device);
    let stream = DeviceStream::open(
        &engine_cx,
        pin,
        played,
        Frames::new(PERIOD),
        2,
        notification.handle(),
    );
    let config = EngineConfig::default();
    let core = Engine::new(config, stream.unwrap(), room.machine.clone(), "player");
    let core = Shared::new(core);
    let endpoint = Endpoint::new(core.clone(), start.handle());
    let drive = engine(engine_cx.clone(), core, start, notification);
    room.world.spawn(&engine_cx, Role::Service, drive);
    let drive = notify(device_cx.clone(), device.clone(), doorbell);
    room.world.spawn(&device_cx, Role::Service, drive);
    Speaker { device, endpoint }
}

#[test]
fn s74_what_is_recorded_is_heard_three_packets_later() {
    let mut room = Room::new();
    let speaker = speaker(&mut room);
    let recording = room.endpoint();
    let client = ThroughClient::open(
        config(2 * PERIOD),
        (recording, speaker.endpoint.clone()),
        format(2, SampleFormat::S16),
        room.machine.clone(),
        "client",
        room.events[3].handle(),
        vec![at_once()],
    );
    let client = Shared::new(client.unwrap());
    let cx = room.cxs[0].clone();
    let drive = through_client(cx.clone(), client.clone(), room.events[3].clone());
    room.world.spawn(&cx, Role::Service, drive);
    room.listen();
    room.run_until_ms(500);
    let heard = numbers(speaker.device.borrow().bytes());
    assert!(heard[..1440].iter().all(|frame| *frame == 0), "nothing yet");
    for (place, frame) in (1440..).zip(&heard[1440..]) {
        assert_eq!(*frame, place - 1440);
    }
    assert!(heard.len() >= 23_500);
    assert_eq!(room.entries("engine.starved").len(), 0);
    let mixed = room.entries("engine.mixed");
    assert_eq!(
        mixed[0],
        [0, 1440, 480, 0],
        "the first packet of the microphone"
    );
    assert_eq!(client.borrow().recording().frames().get(), 24_000);
}

#[test]
fn truth6_a_client_that_records_is_taken_up_anywhere() {
    let run = || {
        let mut room = Room::new();
        room.late("client", 5, SimDuration::from_millis(14));
        let client = exclusive(&mut room, ReadPolicy::Ask, None);
        (room, client)
    };
    let (mut whole, _) = run();
    whole.run_until_ms(200);
    for millis in [0, 45, 55, 64, 100] {
        let (mut room, client) = run();
        room.run_until_ms(millis);
        let (mut world, mut forker) = room.world.fork();
        let twin = client.fork(&mut forker);
        let microphone = room.microphone.fork(&mut forker);
        let [doorbell, notification, ..] = room.events.fork(&mut forker);
        let [client_cx, _, microphone_cx] = room.cxs.fork(&mut forker);
        let drive = exclusive_capture_client(client_cx.clone(), twin.clone(), notification);
        world.spawn(&client_cx, Role::Service, drive);
        let drive = record(microphone_cx.clone(), microphone, doorbell);
        world.spawn(&microphone_cx, Role::Service, drive);
        world.run_until(SimTime::from_millis(200)).unwrap();
        assert_eq!(world.history().digest(), whole.world.history().digest());
        assert_eq!(twin.borrow().recording().frames().get(), 9120);
    }
}

#[test]
fn w91_an_event_is_for_event_driven_streams_of_either_direction() {
    let mut room = Room::new();
    let endpoint = room.endpoint();
    let mut client = timer_driven(&endpoint, 960);
    let event = room.events[3].handle();
    let refused = Err(HResult::EVENTHANDLE_NOT_EXPECTED);
    assert_eq!(client.set_event_handle(event), refused);
    let mut client = AudioClient::recording(endpoint, BufferMinimum::default());
    client
        .initialize(InitializeRequest {
            mode: ShareMode::SHARED,
            flags: stream_flags::EVENT_CALLBACK,
            duration: Hns::new(0),
            periodicity: Hns::new(0),
            format: format(2, SampleFormat::F32),
        })
        .unwrap();
    assert_eq!(client.start(), Err(HResult::EVENTHANDLE_NOT_SET));
    assert_eq!(client.buffer_size(), Ok(Frames::new(1056)));
}
