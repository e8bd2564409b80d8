//! The device from where it is: answers calls, carries notifications out, and moves frames.

use std::cell::RefCell;
use std::rc::Rc;

use ks::{PinHandle, PinReply, PinRequest, RtAudioRequest, Settle};
use machine::{Component, Dispatch, Latency};
use scenario::DeviceHalf;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use units::{Moment, NtStatus, SimDuration};
use vtime::{Context, EventHandle, Forker, Signal};

use crate::call::{Answer, Ask, Call, Notice};
use crate::stage::LiveCx;

/// How often the DMA engine gets to run: as finely as the timers of tokio go.
const BURST: SimDuration = SimDuration::from_millis(1);

/// The device and the pins that were made of it.
#[derive(Debug)]
pub(crate) struct NearDevice {
    cx: LiveCx,
    half: DeviceHalf<LiveCx>,
    pins: RefCell<Vec<PinHandle>>,
    /// What moves the frames of the buffers that were made.
    buses: RefCell<Vec<Rc<dyn Settle>>>,
    /// The events that pins were told of, by their numbers.
    events: RefCell<Vec<EventHandle>>,
    outbox: Rc<Outbox>,
}

/// Events that were set and are yet to be told of.
#[derive(Debug, Default)]
struct Outbox {
    set: RefCell<Vec<(usize, u64, Moment)>>,
    filled: Notify,
}

impl NearDevice {
    pub(crate) fn new(cx: LiveCx, half: DeviceHalf<LiveCx>) -> Self {
        Self {
            cx,
            half,
            pins: RefCell::default(),
            buses: RefCell::default(),
            events: RefCell::default(),
            outbox: Rc::default(),
        }
    }

    pub(crate) const fn half(&self) -> &DeviceHalf<LiveCx> {
        &self.half
    }

    /// The pin that was made last.
    pub(crate) fn pin(&self) -> Option<PinHandle> {
        self.pins.borrow().last().cloned()
    }

    /// Does everything that the device has done up to now.
    pub(crate) fn settle(&self) {
        let now = self.cx.moment();
        self.half.settle(now);
        self.buses.borrow().iter().for_each(|bus| bus.settle(now));
    }

    /// Answers calls until nobody is left to call.
    pub(crate) async fn answer(self: Rc<Self>, mut calls: UnboundedReceiver<Call>) {
        while let Some(Call { pin, ask, answer }) = calls.recv().await {
            // Whoever does not wait for it any more is gone.
            let _ = answer.send(self.reply(pin, ask));
        }
    }

    /// Moves frames for ever. A frame is what lies in the buffer when the engine gets to it: no one
    /// waits for anyone.
    pub(crate) async fn fetch(self: Rc<Self>) {
        loop {
            let next = self.cx.now() + BURST;
            self.cx.sleep_until(next.commit()).await;
            self.settle();
        }
    }

    /// Tells of the events that are set, for ever, once whoever sets them is done.
    pub(crate) async fn carry(self: Rc<Self>, notices: UnboundedSender<Notice>) {
        loop {
            self.outbox.filled.notified().await;
            let set = self.outbox.set.take();
            for notice in set.into_iter().filter_map(|set| self.notice(set)) {
                // Whoever does not listen any more is gone.
                let _ = notices.send(notice);
            }
        }
    }

    fn notice(&self, (event, tag, set_at): (usize, u64, Moment)) -> Option<Notice> {
        let handle = self.events.borrow().get(event).cloned()?;
        let machine = self.half.machine().borrow();
        let (due, mut dispatch) = machine.signal_of(&handle, tag).unwrap_or((
            set_at.time,
            Dispatch {
                runs: set_at,
                latency: Latency::ZERO,
                fault: None,
                job: None,
            },
        ));
        // What the thread of the device took longer than the machine of the model says.
        let waited = set_at.time.since(due).ticks();
        let beyond = waited.saturating_sub(dispatch.latency.total().ticks());
        let beyond = SimDuration::from_ticks(beyond);
        dispatch.latency.add(Component::DpcQueueWait, beyond);
        Some(Notice {
            event,
            tag,
            set_at,
            due,
            dispatch,
        })
    }

    fn reply(&self, number: usize, ask: Ask) -> Result<Answer, NtStatus> {
        if let Ask::Create(connect) = ask {
            let pin = self.half.create_pin(self.cx.moment(), connect)?;
            self.pins.borrow_mut().push(pin);
            return Ok(Answer::Done);
        }
        let pin = self.pins.borrow().get(number).cloned();
        let pin = pin.ok_or(NtStatus::INVALID_PARAMETER)?;
        let Some(request) = self.request(ask) else {
            pin.close(self.cx.moment());
            return Ok(Answer::Done);
        };
        self.answer_of(pin.request(self.cx.moment(), request)?)
    }

    /// None for the end of a pin.
    fn request(&self, ask: Ask) -> Option<PinRequest> {
        let request = match ask {
            Ask::State => return Some(PinRequest::GetState),
            Ask::SetState(state) => return Some(PinRequest::SetState(state)),
            Ask::Position => return Some(PinRequest::Position),
            Ask::Buffer {
                requested,
                notifications: None,
                base,
            } => RtAudioRequest::Buffer { requested, base },
            Ask::Buffer {
                requested,
                notifications: Some(notification_count),
                base,
            } => RtAudioRequest::BufferWithNotification {
                requested,
                notification_count,
                base,
            },
            Ask::HwLatency => RtAudioRequest::HwLatency,
            Ask::NotificationSupport => RtAudioRequest::QueryNotificationSupport,
            Ask::Register(event) => RtAudioRequest::RegisterNotificationEvent(self.event(event)),
            Ask::Unregister(event) => {
                RtAudioRequest::UnregisterNotificationEvent(self.event(event))
            }
            Ask::PresentationPosition => RtAudioRequest::PresentationPosition,
            Ask::PacketCount => RtAudioRequest::PacketCount,
            Ask::WritePacket(packet) => RtAudioRequest::SetWritePacket(packet),
            Ask::Create(_) | Ask::Close => return None,
        };
        Some(PinRequest::RtAudio(request))
    }

    fn answer_of(&self, reply: PinReply) -> Result<Answer, NtStatus> {
        Ok(match reply {
            PinReply::Done => Answer::Done,
            PinReply::State(state) => Answer::State(state),
            PinReply::Buffer(mapping) => {
                self.buses.borrow_mut().push(mapping.bus);
                Answer::Buffer {
                    buffer: mapping.buffer,
                    actual: mapping.actual,
                    call_memory_barrier: mapping.call_memory_barrier,
                }
            }
            PinReply::HwLatency(latency) => Answer::HwLatency(latency),
            PinReply::NotificationSupport(is_there) => Answer::NotificationSupport(is_there),
            PinReply::Position(position) => Answer::Position(position),
            PinReply::PresentationPosition(position) => Answer::PresentationPosition(position),
            PinReply::PacketCount(count) => Answer::PacketCount(count),
            _ => return Err(NtStatus::NOT_SUPPORTED),
        })
    }

    /// The event of this number: new ones come in order.
    fn event(&self, number: usize) -> EventHandle {
        let mut events = self.events.borrow_mut();
        for new in events.len()..=number {
            events.push(EventHandle::new(Rc::new(FarEvent {
                number: new,
                cx: self.cx.clone(),
                outbox: Rc::clone(&self.outbox),
            })));
        }
        events[number].clone()
    }
}

/// An event that somebody waits for on another thread.
#[derive(Debug)]
struct FarEvent {
    number: usize,
    cx: LiveCx,
    outbox: Rc<Outbox>,
}

impl Signal for FarEvent {
    fn name(&self) -> &'static str {
        "notification"
    }

    fn set(&self, tag: u64) {
        let set = (self.number, tag, self.cx.moment());
        self.outbox.set.borrow_mut().push(set);
        self.outbox.filled.notify_one();
    }

    /// Nobody forks the wall clock.
    fn fork_signal(self: Rc<Self>, _: &mut Forker) -> Rc<dyn Signal> {
        self
    }
}
