//! Each call sends one request and leaves one entry.

use std::rc::Rc;
use std::sync::Arc;

use ks::{
    AudioEngineRequest, AudioRequest, ConstrictorOption, CurveType, HardwareRegister, HwLatency,
    KsState, MappedRegister, Mapping, PacketCount, PacketNumber, Pin, PinHandle, PinReply,
    PinRequest, Position, PositionEx, PresentationPosition, Property, ReadPacket, RtAudioRequest,
    Settle, VolumeLevel, VolumeRamp,
};
use ring::{Kind, Samples, SharedBuffer, Whose};
use units::{Bytes, Frames, Hns, Moment, NtStatus, SampleFormat, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, World};
use vtime::{Context, Event, Fork, Forker, Keep, Reset, Shared};

/// A pin that grants everything but Run, and a device that notes when it was settled.
#[derive(Debug, Default)]
struct Toy {
    closed: bool,
}

#[derive(Clone, Debug)]
struct Noted(Shared<Vec<Moment>>);

impl Settle for Noted {
    fn settle(&self, now: Moment) {
        self.0.borrow_mut().push(now);
    }

    fn fork_settle(&self, forker: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self(self.0.fork(forker)))
    }
}

impl HardwareRegister for Noted {
    fn read(&self, _: Moment) -> u64 {
        11
    }

    fn fork_register(&self, forker: &mut Forker) -> Rc<dyn HardwareRegister> {
        Rc::new(Self(self.0.fork(forker)))
    }
}

fn noted() -> Noted {
    Noted(Shared::new(Vec::new()))
}

fn cd() -> WaveFormat {
    WaveFormat::new(48_000, 2, SampleFormat::S16).expect("a format")
}

fn mapping(bus: Rc<dyn Settle>) -> Mapping {
    let format = WaveFormat::new(48_000, 2, SampleFormat::S16).expect("a format");
    Mapping {
        buffer: Arc::new(SharedBuffer::new(format, Frames::new(960), Samples::Kept)),
        actual: Bytes::new(3840),
        call_memory_barrier: true,
        bus,
        range: None,
        combining: ks::Combining::default(),
    }
}

impl Pin for Toy {
    fn request(&mut self, _: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        Ok(match request {
            PinRequest::GetState => PinReply::State(KsState::Pause),
            PinRequest::SetState(KsState::Run) | PinRequest::WriteStream(_) => {
                return Err(NtStatus::INVALID_DEVICE_REQUEST);
            }
            PinRequest::GetFormat => PinReply::Format(cd()),
            PinRequest::Audio(request) => match request {
                AudioRequest::PositionEx => PinReply::PositionEx(PositionEx {
                    position: Position {
                        play: Bytes::new(48),
                        write: Bytes::new(64),
                    },
                    ..PositionEx::default()
                }),
                AudioRequest::LinearBufferPosition => PinReply::LinearPosition(1 << 40),
                _ => PinReply::Done,
            },
            PinRequest::AudioEngine(AudioEngineRequest::GetVolumeLevel { .. }) => {
                PinReply::VolumeLevel(VolumeLevel::from_decibels(-1))
            }
            PinRequest::SetState(_)
            | PinRequest::SetFormat(_)
            | PinRequest::SetContentId { .. }
            | PinRequest::AudioEngine(_) => PinReply::Done,
            PinRequest::Position => PinReply::Position(Position {
                play: Bytes::new(16),
                write: Bytes::new(32),
            }),
            PinRequest::RtAudio(request) => match request {
                RtAudioRequest::Buffer { .. } | RtAudioRequest::BufferWithNotification { .. } => {
                    PinReply::Buffer(mapping(Rc::new(noted())))
                }
                RtAudioRequest::HwLatency => PinReply::HwLatency(HwLatency {
                    fifo_size: Bytes::new(192),
                    ..HwLatency::default()
                }),
                RtAudioRequest::PositionRegister { .. } | RtAudioRequest::ClockRegister { .. } => {
                    let register = Rc::new(noted());
                    PinReply::Register(MappedRegister {
                        register,
                        width: 32,
                        numerator: 0,
                        denominator: 0,
                        accuracy: 4,
                    })
                }
                RtAudioRequest::RegisterNotificationEvent(_)
                | RtAudioRequest::UnregisterNotificationEvent(_)
                | RtAudioRequest::SetWritePacket(_) => PinReply::Done,
                RtAudioRequest::QueryNotificationSupport => PinReply::NotificationSupport(true),
                RtAudioRequest::PacketCount => PinReply::PacketCount(PacketCount::wrapping(5)),
                RtAudioRequest::PresentationPosition => {
                    let blocks = Frames::new(2400);
                    PinReply::PresentationPosition(PresentationPosition {
                        blocks,
                        qpc: Hns::new(9),
                    })
                }
                RtAudioRequest::PacketVRegister => return Err(NtStatus::NOT_SUPPORTED),
                RtAudioRequest::GetReadPacket => PinReply::ReadPacket(ReadPacket {
                    packet: PacketNumber::new(4),
                    flags: 0,
                    performance_counter: Hns::new(400_000),
                    more_data: false,
                }),
            },
        })
    }

    fn close(&mut self, _: Moment) {
        self.closed = true;
    }

    fn fork_pin(&self, _: &mut Forker) -> Box<dyn Pin> {
        Box::new(Self {
            closed: self.closed,
        })
    }
}

/// Runs `script` in a world of its own; what it left in the history, as (name, words).
fn entries(script: impl FnOnce(Cx, PinHandle) + 'static) -> Vec<(&'static str, Vec<u64>)> {
    let mut world = World::new(1, Keep::All);
    let cx = world.actor("client");
    let inner = cx.clone();
    world.spawn(&cx, Role::Foreground, async move {
        inner.sleep_until(SimTime::from_millis(3).commit()).await;
        script(inner, PinHandle::new(Box::new(Toy::default())));
    });
    world
        .run_until(SimTime::from_millis(5))
        .expect("the script ends");
    let history = world.history();
    let entry = |entry: &vtime::Entry| {
        assert_eq!(entry.moment, SimTime::from_millis(3).commit());
        (entry.what.name(), entry.words().to_vec())
    };
    history.entries().map(entry).collect()
}

/// The words that a granted request leaves.
fn granted(code: u64, argument: u64, detail: u64, answer: u64) -> (&'static str, Vec<u64>) {
    ("ks.request", vec![code, argument, detail, 0, answer])
}

#[test]
fn every_call_leaves_its_property_argument_status_and_answer() {
    let left = entries(|cx, pin| {
        let event = cx.event("event", Reset::Auto).handle();
        assert_eq!(ks::state(&cx, &pin), Ok(KsState::Pause));
        assert_eq!(ks::set_state(&cx, &pin, KsState::Acquire), Ok(()));
        assert_eq!(ks::position(&cx, &pin).unwrap().write, Bytes::new(32));
        let mapping = ks::allocate_buffer(&cx, &pin, Bytes::new(3000)).unwrap();
        assert_eq!(
            (mapping.frames(), mapping.format().channels),
            (Frames::new(960), 2)
        );
        ks::hw_latency(&cx, &pin).unwrap();
        let register = ks::position_register(&cx, &pin).unwrap();
        assert_eq!(register.read(cx.moment()), 11);
        ks::clock_register(&cx, &pin).unwrap();
        ks::allocate_buffer_with_notification(&cx, &pin, Bytes::new(3000), 2).unwrap();
        ks::register_notification_event(&cx, &pin, event.clone()).unwrap();
        ks::unregister_notification_event(&cx, &pin, event).unwrap();
        assert_eq!(ks::query_notification_support(&cx, &pin), Ok(true));
        assert_eq!(ks::packet_count(&cx, &pin).unwrap().get(), 5);
        assert_eq!(
            ks::presentation_position(&cx, &pin).unwrap().qpc,
            Hns::new(9)
        );
        assert_eq!(ks::read_packet(&cx, &pin).unwrap().packet.get(), 4);
        ks::set_write_packet(&cx, &pin, PacketNumber::new(6), None).unwrap();
        ks::set_write_packet(&cx, &pin, PacketNumber::new(7), Some(Bytes::ZERO)).unwrap();
        ks::close(&cx, &pin);
    });
    let expected = [
        granted(0x100, 0, 0, 2),
        granted(0x1_0100, 1, 0, 0),
        granted(0x205, 0, 0, 16),
        granted(0x301, 3000, 0, 3840),
        granted(0x302, 0, 0, 192),
        granted(0x303, 0, 0, 0),
        granted(0x304, 0, 0, 0),
        granted(0x305, 3000, 2, 3840),
        granted(0x306, 0, 0, 0),
        granted(0x307, 0, 0, 0),
        granted(0x308, 0, 0, 1),
        granted(0x309, 0, 0, 5),
        granted(0x30A, 0, 0, 2400),
        granted(0x30B, 0, 0, 4),
        granted(0x1_030C, 6, 0, 0),
        granted(0x1_030C, 7, 1, 0),
        ("ks.close", vec![]),
    ];
    assert_eq!(left, expected);
    for (_, words) in &left[..16] {
        let code = u32::try_from(words[0]).unwrap();
        assert!(Property::from_code(code).name().starts_with("KSPROPERTY_"));
    }
}

#[test]
fn a_refused_call_leaves_its_status() {
    let left = entries(|cx, pin| {
        let refused = ks::set_state(&cx, &pin, KsState::Run);
        assert_eq!(refused, Err(NtStatus::INVALID_DEVICE_REQUEST));
    });
    let status = NtStatus::INVALID_DEVICE_REQUEST.value().into();
    assert_eq!(left, [("ks.request", vec![0x1_0100, 3, 0, status, 0])]);
}

#[test]
fn the_device_is_settled_before_a_store_and_at_its_moment() {
    let noted = noted();
    let mapping = mapping(Rc::new(noted.clone()));
    let now = SimTime::from_millis(7).commit();
    let whose = Whose {
        run: 0,
        kind: Kind::Audio,
        content: 0,
        intended: 480,
        write: 1,
    };
    mapping.store(now, Frames::new(480), Some(&[1; 16]), Frames::new(4), whose);
    assert_eq!(*noted.0.borrow(), [now]);
    let mut spans = Vec::new();
    mapping
        .buffer
        .load(Frames::new(479), Frames::new(5), None, |len, whose| {
            spans.push((len.get(), whose));
        });
    assert_eq!(spans, [(1, None), (4, Some(whose))]);
}

#[test]
fn a_twin_of_a_mapping_has_memory_and_device_of_its_own() {
    let noted = noted();
    let original = mapping(Rc::new(noted.clone()));
    let mut forker = Forker::new();
    let twin = original.fork(&mut forker);
    let again = original.fork(&mut forker);
    assert!(
        Arc::ptr_eq(&twin.buffer, &again.buffer),
        "what was shared stays shared"
    );
    let whose = Whose {
        run: 0,
        kind: Kind::Audio,
        content: 0,
        intended: 0,
        write: 0,
    };
    twin.store(
        SimTime::ZERO.commit(),
        Frames::ZERO,
        None,
        Frames::new(1),
        whose,
    );
    assert!(noted.0.borrow().is_empty());
    let mut first = None;
    original
        .buffer
        .load(Frames::ZERO, Frames::new(1), None, |_, whose| {
            first = Some(whose);
        });
    assert_eq!(first, Some(None));
}

#[test]
fn each_call_about_formats_and_offload_leaves_an_entry_too() {
    let left = entries(|cx, pin| {
        assert_eq!(ks::format(&cx, &pin), Ok(cd()));
        assert_eq!(ks::set_format(&cx, &pin, cd()), Ok(()));
        let read = ks::position_ex(&cx, &pin).expect("granted");
        assert_eq!(read.position.write, Bytes::new(64));
        assert_eq!(ks::linear_buffer_position(&cx, &pin), Ok(1 << 40));
        let end = Bytes::new(1920);
        assert_eq!(ks::set_current_write_position(&cx, &pin, end), Ok(()));
        assert_eq!(ks::set_last_buffer_position(&cx, &pin, end), Ok(()));
        let level = ks::volume_level(&cx, &pin, 1).expect("granted");
        assert_eq!(level.get(), -65_536);
        let ramp = VolumeRamp {
            target: level,
            curve: CurveType::None,
            duration: Hns::new(0),
        };
        assert_eq!(ks::set_volume_level(&cx, &pin, None, ramp), Ok(()));
        let mute = ConstrictorOption::Mute;
        assert_eq!(ks::set_loopback_protection(&cx, &pin, mute), Ok(()));
        let refused = ks::packet_register(&cx, &pin).unwrap_err();
        assert_eq!(refused, NtStatus::NOT_SUPPORTED);
    });
    let minus_one = u64::from(u32::MAX - 65_535);
    let expected = [
        granted(0x0_0102, 0, 0, 48_000),
        granted(0x1_0102, 48_000, 2 << 8 | 16, 0),
        granted(0x0_0232, 0, 0, 48),
        granted(0x0_0236, 0, 0, 1 << 40),
        granted(0x1_0235, 1920, 0, 0),
        granted(0x1_0238, 1920, 0, 0),
        granted(0x0_0409, 1, 0, minus_one),
        granted(0x1_0409, u32::MAX.into(), minus_one, 0),
        granted(0x1_0408, 1, 0, 0),
        (
            "ks.request",
            vec![0x0_030D, 0, 0, NtStatus::NOT_SUPPORTED.value().into(), 0],
        ),
    ];
    assert_eq!(left, expected);
    for (_, words) in left {
        let code = u32::try_from(words[0]).expect("32 bits");
        assert_ne!(Property::from_code(code).name(), "unknown", "{code:x}");
    }
}
