//! Pins that do not give what a producer needs.

use std::rc::Rc;
use std::sync::Arc;

use engine::{DeviceError, DeviceStream};
use ks::{HwLatency, Mapping, Pin, PinHandle, PinReply, PinRequest, RtAudioRequest, Settle};
use ring::{Samples, SharedBuffer};
use units::{Bytes, Frames, Moment, NtStatus, SampleFormat};
use vtime::sim::World;
use vtime::{Event, Forker, Keep, Reset};

use crate::bench::format;

/// A pin with one fault.
#[derive(Clone, Copy, Debug)]
struct Faulty {
    notifies: bool,
    /// How many frames the buffer has, whatever is asked for.
    frames: u64,
    refuses_registration: bool,
}

const GOOD: Faulty = Faulty {
    notifies: true,
    frames: 960,
    refuses_registration: false,
};

impl Pin for Faulty {
    fn request(&mut self, _now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        let PinRequest::RtAudio(request) = request else {
            return Ok(PinReply::Done);
        };
        match request {
            RtAudioRequest::QueryNotificationSupport => {
                Ok(PinReply::NotificationSupport(self.notifies))
            }
            RtAudioRequest::BufferWithNotification { .. } => {
                let frames = Frames::new(self.frames);
                let format = format(2, SampleFormat::S16);
                Ok(PinReply::Buffer(Mapping {
                    buffer: Arc::new(SharedBuffer::new(format, frames, Samples::Left)),
                    actual: format.bytes_of(frames),
                    call_memory_barrier: false,
                    bus: Rc::new(*self),
                    range: None,
                    combining: ks::Combining::default(),
                }))
            }
            RtAudioRequest::HwLatency => Ok(PinReply::HwLatency(HwLatency::default())),
            RtAudioRequest::RegisterNotificationEvent(_) if self.refuses_registration => {
                Err(NtStatus::INSUFFICIENT_RESOURCES)
            }
            _ => Ok(PinReply::Done),
        }
    }

    fn close(&mut self, _now: Moment) {}

    fn fork_pin(&self, _: &mut Forker) -> Box<dyn Pin> {
        Box::new(*self)
    }
}

impl Settle for Faulty {
    fn settle(&self, _now: Moment) {}

    fn fork_settle(&self, _: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(*self)
    }
}

fn open(pin: Faulty) -> Result<DeviceStream, DeviceError> {
    let mut world = World::new(7, Keep::All);
    let event = world.event("notification", Reset::Auto).handle();
    let cx = world.actor("engine");
    let pin = PinHandle::new(Box::new(pin));
    let format = format(2, SampleFormat::S16);
    DeviceStream::open(&cx, pin, format, Frames::new(480), 2, event)
}

#[test]
fn longer_packets_than_asked_for_are_taken_as_they_are() {
    assert_eq!(open(GOOD).unwrap().packet, Frames::new(480));
    let longer = Faulty {
        frames: 1024,
        ..GOOD
    };
    assert_eq!(open(longer).unwrap().packet, Frames::new(512));
}

#[test]
fn r54_a_buffer_smaller_than_asked_for_fails_the_stream() {
    let refused = open(Faulty {
        frames: 958,
        ..GOOD
    })
    .unwrap_err();
    let (requested, actual) = (Bytes::new(3840), Bytes::new(3832));
    assert_eq!(refused, DeviceError::BufferTooSmall { requested, actual });
}

#[test]
fn a_buffer_that_cannot_be_cut_into_packets_fails_the_stream() {
    let refused = open(Faulty {
        frames: 961,
        ..GOOD
    })
    .unwrap_err();
    let frames = Frames::new(961);
    assert_eq!(refused, DeviceError::UnevenPackets { frames, packets: 2 });
}

#[test]
fn without_notifications_nobody_tells_the_producer_anything() {
    let refused = open(Faulty {
        notifies: false,
        ..GOOD
    })
    .unwrap_err();
    assert_eq!(refused, DeviceError::NoNotifications);
}

#[test]
fn what_the_driver_refuses_is_told_with_its_status() {
    let pin = Faulty {
        refuses_registration: true,
        ..GOOD
    };
    let expected = DeviceError::Refused {
        request: "REGISTER_NOTIFICATION_EVENT",
        status: NtStatus::INSUFFICIENT_RESOURCES,
    };
    assert_eq!(open(pin).unwrap_err(), expected);
}
