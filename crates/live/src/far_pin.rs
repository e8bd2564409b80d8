//! A pin whose driver runs on another thread.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::sync::mpsc::sync_channel;

use ks::{
    Combining, Mapping, Pin, PinConnect, PinHandle, PinReply, PinRequest, RtAudioRequest, Settle,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use units::{Moment, NtStatus};
use vtime::{EventHandle, Forker, Shared};

use machine::Machine;

use crate::call::{Answer, Ask, Call, Notice};

/// The device from where its clients are. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct FarDevice(Rc<Line>);

#[derive(Debug)]
struct Line {
    calls: UnboundedSender<Call>,
    pins: Cell<usize>,
    /// The events that were registered, by their numbers.
    events: RefCell<Vec<EventHandle>>,
}

/// A pin of it.
#[derive(Clone, Debug)]
struct FarPin {
    device: FarDevice,
    number: usize,
}

impl FarDevice {
    pub(crate) fn new(calls: UnboundedSender<Call>) -> Self {
        Self(Rc::new(Line {
            calls,
            pins: Cell::new(0),
            events: RefCell::default(),
        }))
    }

    pub(crate) fn create_pin(&self, connect: PinConnect) -> Result<PinHandle, NtStatus> {
        let number = self.0.pins.get();
        self.call(number, Ask::Create(connect))?;
        self.0.pins.set(number + 1);
        let device = self.clone();
        Ok(PinHandle::new(Box::new(FarPin { device, number })))
    }

    /// Hands notices to the events that they are about, for ever. `machine` is that of the threads
    /// here: it takes the time since the event was set for time in which they were ready.
    pub(crate) async fn notify(
        self,
        machine: Shared<Machine>,
        mut notices: UnboundedReceiver<Notice>,
    ) {
        while let Some(notice) = notices.recv().await {
            let event = self.0.events.borrow().get(notice.event).cloned();
            let Some(event) = event else { continue };
            let Notice {
                tag,
                set_at,
                due,
                dispatch,
                ..
            } = notice;
            let mut machine = machine.borrow_mut();
            machine.signalled(&event, tag, set_at, due, &dispatch);
            drop(machine);
            event.set(tag);
        }
    }

    /// Asks, and waits for the answer as a thread does that is in the kernel.
    fn call(&self, pin: usize, ask: Ask) -> Result<Answer, NtStatus> {
        let (answer, answered) = sync_channel(1);
        let gone = NtStatus::DEVICE_REMOVED;
        let call = Call { pin, ask, answer };
        self.0.calls.send(call).map_err(|_| gone)?;
        answered.recv().map_err(|_| gone)?
    }

    /// The number of `event`.
    fn number_of(&self, event: EventHandle) -> usize {
        let mut events = self.0.events.borrow_mut();
        let known = events.iter().position(|known| *known == event);
        known.unwrap_or_else(|| {
            events.push(event);
            events.len() - 1
        })
    }

    fn ask(&self, request: PinRequest) -> Result<Ask, NtStatus> {
        Ok(match request {
            PinRequest::GetState => Ask::State,
            PinRequest::SetState(state) => Ask::SetState(state),
            PinRequest::Position => Ask::Position,
            PinRequest::RtAudio(request) => match request {
                RtAudioRequest::Buffer { requested, base } => Ask::Buffer {
                    requested,
                    notifications: None,
                    base,
                },
                RtAudioRequest::BufferWithNotification {
                    requested,
                    notification_count,
                    base,
                } => Ask::Buffer {
                    requested,
                    notifications: Some(notification_count),
                    base,
                },
                RtAudioRequest::HwLatency => Ask::HwLatency,
                RtAudioRequest::QueryNotificationSupport => Ask::NotificationSupport,
                RtAudioRequest::RegisterNotificationEvent(event) => {
                    Ask::Register(self.number_of(event))
                }
                RtAudioRequest::UnregisterNotificationEvent(event) => {
                    Ask::Unregister(self.number_of(event))
                }
                RtAudioRequest::PresentationPosition => Ask::PresentationPosition,
                RtAudioRequest::PacketCount => Ask::PacketCount,
                RtAudioRequest::SetWritePacket(packet) => Ask::WritePacket(packet),
                // Registers are computed when they are read, on the device's thread alone.
                _ => return Err(NtStatus::NOT_SUPPORTED),
            },
            _ => return Err(NtStatus::NOT_SUPPORTED),
        })
    }
}

impl Pin for FarPin {
    /// The moment is that of the driver when it gets to it.
    fn request(&mut self, _: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        let ask = self.device.ask(request)?;
        Ok(reply(self.device.call(self.number, ask)?))
    }

    fn close(&mut self, _: Moment) {
        // Whoever cannot be told is gone.
        let _ = self.device.call(self.number, Ask::Close);
    }

    /// Nobody forks the wall clock: the twin is a handle to the same pin.
    fn fork_pin(&self, _: &mut Forker) -> Box<dyn Pin> {
        Box::new(self.clone())
    }
}

fn reply(answer: Answer) -> PinReply {
    match answer {
        Answer::Done => PinReply::Done,
        Answer::State(state) => PinReply::State(state),
        Answer::Buffer {
            buffer,
            actual,
            call_memory_barrier,
        } => PinReply::Buffer(Mapping {
            buffer,
            actual,
            call_memory_barrier,
            bus: Rc::new(RunsByItself),
            range: None,
            combining: Combining::default(),
        }),
        Answer::HwLatency(latency) => PinReply::HwLatency(latency),
        Answer::NotificationSupport(is_there) => PinReply::NotificationSupport(is_there),
        Answer::Position(position) => PinReply::Position(position),
        Answer::PresentationPosition(position) => PinReply::PresentationPosition(position),
        Answer::PacketCount(count) => PinReply::PacketCount(count),
    }
}

/// The device as whoever stores into its buffer sees it: it has a thread of its own, and nobody
/// waits for it.
struct RunsByItself;

impl Settle for RunsByItself {
    fn settle(&self, _: Moment) {}

    fn fork_settle(&self, _: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self)
    }
}

impl fmt::Debug for RunsByItself {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunsByItself")
    }
}
