//! A device for tests that records: frames at even distances, without FIFO and without latency.

use std::rc::Rc;
use std::sync::Arc;

use ks::{
    HwLatency, KsState, Mapping, PacketCount, Pin, PinHandle, PinReply, PinRequest, ReadPacket,
    RtAudioRequest, Settle,
};
use ring::{Kind, Samples, SharedBuffer, Whose};
use units::{Clock, Frames, Moment, NtStatus, Phase, SimTime, WaveFormat};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared, Woken};

/// A device that records the number of each frame, run by run.
#[derive(Debug)]
pub struct TestMicrophone {
    format: WaveFormat,
    samples: Samples,
    doorbell: EventHandle,
    /// It hands out the packet that came last, and nothing else.
    newest_only: bool,
    buffer: Option<Arc<SharedBuffer>>,
    packets: u32,
    event: Option<EventHandle>,
    state: KsState,
    /// While in Run: the clock that showed 0 when Run was entered last.
    running: Option<Clock>,
    /// Frames of this run that had begun before.
    before: u64,
    /// Frames of this run that lie in the buffer.
    stored: u64,
    /// Notifications given in this run, and packets handed out.
    notified: u64,
    handed_out: u64,
    run: u32,
}

impl TestMicrophone {
    /// A device that records `format`. Its [actor](record) waits for `doorbell`.
    pub fn new(
        format: WaveFormat,
        samples: Samples,
        newest_only: bool,
        doorbell: EventHandle,
    ) -> Shared<Self> {
        Shared::new(Self {
            format,
            samples,
            doorbell,
            newest_only,
            buffer: None,
            packets: 1,
            event: None,
            state: KsState::Stop,
            running: None,
            before: 0,
            stored: 0,
            notified: 0,
            handed_out: 0,
            run: 0,
        })
    }

    /// A handle to the one pin of `device`.
    pub fn pin(device: &Shared<Self>) -> PinHandle {
        PinHandle::new(Box::new(TestPin(device.clone())))
    }

    /// Does everything up to `now`: a frame lies in the buffer when it begins.
    pub fn settle(&mut self, now: Moment) {
        let begun = self.begun(now);
        let Some(buffer) = &self.buffer else { return };
        for frame in self.stored..begun {
            let number = frame.to_le_bytes().repeat(8);
            let bytes = self.format.frame_bytes() as usize;
            let kept = (self.samples == Samples::Kept).then_some(&number[..bytes]);
            let whose = Whose {
                run: self.run,
                kind: Kind::Audio,
                content: frame,
                intended: frame,
                write: 0,
            };
            buffer.store(Frames::new(frame), kept, Frames::new(1), Some(whose));
        }
        self.stored = begun;
    }

    /// Frames of this run that have begun.
    fn begun(&self, now: Moment) -> u64 {
        let running = self.running.map_or(0, |clock| {
            if now.has_moved() {
                clock.count_at(now.time) + 1
            } else {
                clock.begun_before(now.time)
            }
        });
        self.before + running
    }

    /// Packets of this run that are complete: their last frame has ended.
    fn complete(&self, now: Moment) -> u64 {
        let in_transfer = u64::from(self.running.is_some());
        self.begun(now).saturating_sub(in_transfer) / self.packet()
    }

    fn packet(&self) -> u64 {
        let buffer = self.buffer.as_ref().expect("a stream runs with a buffer");
        buffer.frames().get() / u64::from(self.packets)
    }

    fn next_notification(&self) -> Option<Moment> {
        let clock = self.running?;
        let frame = (self.notified + 1) * self.packet();
        Some(clock.instant_of(frame - self.before).at(Phase::React))
    }

    fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus> {
        self.settle(now);
        if state == KsState::Run && self.buffer.is_none() {
            return Err(NtStatus::INVALID_DEVICE_REQUEST);
        }
        self.before = self.begun(now);
        self.running = (state == KsState::Run).then(|| Clock::nominal(now.time, self.format.rate));
        if state == KsState::Stop {
            self.run += u32::from(self.before > 0);
            (self.before, self.stored, self.notified, self.handed_out) = (0, 0, 0, 0);
            if let Some(buffer) = &self.buffer {
                buffer.set_run(self.run);
            }
        }
        self.state = state;
        self.doorbell.set(0);
        Ok(())
    }

    fn read_packet(&mut self, now: Moment) -> Result<ReadPacket, NtStatus> {
        let complete = self.complete(now);
        let oldest = (complete + 1).saturating_sub(u64::from(self.packets));
        let packet = if self.newest_only {
            complete.saturating_sub(1)
        } else {
            self.handed_out.max(oldest)
        };
        if complete == 0 || packet < self.handed_out || packet >= complete {
            return Err(NtStatus::DEVICE_NOT_READY);
        }
        self.handed_out = packet + 1;
        let clock = Clock::nominal(SimTime::ZERO, self.format.rate);
        Ok(ReadPacket {
            packet: PacketCount::wrapping(packet).in_transfer(),
            flags: 0,
            performance_counter: clock.instant_of(packet * self.packet()).to_hns_floor(),
            more_data: packet + 1 < complete,
        })
    }
}

#[derive(Clone, Debug)]
struct TestPin(Shared<TestMicrophone>);

impl Pin for TestPin {
    fn request(&mut self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        let mut device = self.0.borrow_mut();
        match request {
            PinRequest::SetState(state) => device.set_state(now, state).map(|()| PinReply::Done),
            PinRequest::RtAudio(RtAudioRequest::QueryNotificationSupport) => {
                Ok(PinReply::NotificationSupport(true))
            }
            PinRequest::RtAudio(RtAudioRequest::BufferWithNotification {
                requested,
                notification_count,
                ..
            }) => {
                let frames = device.format.frames_in(requested);
                let buffer = SharedBuffer::new(device.format, frames, device.samples);
                let buffer = Arc::new(buffer);
                device.packets = notification_count;
                device.buffer = Some(Arc::clone(&buffer));
                Ok(PinReply::Buffer(Mapping {
                    buffer,
                    actual: requested,
                    call_memory_barrier: false,
                    bus: Rc::new(self.clone()),
                    range: None,
                    combining: ks::Combining::default(),
                }))
            }
            PinRequest::RtAudio(RtAudioRequest::HwLatency) => {
                Ok(PinReply::HwLatency(HwLatency::default()))
            }
            PinRequest::RtAudio(RtAudioRequest::RegisterNotificationEvent(event)) => {
                device.event = Some(event);
                Ok(PinReply::Done)
            }
            PinRequest::RtAudio(RtAudioRequest::GetReadPacket) => {
                device.read_packet(now).map(PinReply::ReadPacket)
            }
            PinRequest::GetState => Ok(PinReply::State(device.state)),
            _ => Err(NtStatus::NOT_SUPPORTED),
        }
    }

    fn close(&mut self, _now: Moment) {
        let mut device = self.0.borrow_mut();
        (device.buffer, device.event) = (None, None);
    }

    fn fork_pin(&self, forker: &mut Forker) -> Box<dyn Pin> {
        Box::new(Self(self.0.fork(forker)))
    }
}

impl Settle for TestPin {
    fn settle(&self, now: Moment) {
        self.0.borrow_mut().settle(now);
    }

    fn fork_settle(&self, forker: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self(self.0.fork(forker)))
    }
}

impl Fork for TestMicrophone {
    fn fork(&self, forker: &mut Forker) -> Self {
        let copy = |buffer: &Arc<SharedBuffer>| forker.arc(buffer, |buffer, _| buffer.snapshot());
        Self {
            buffer: self.buffer.as_ref().map(copy),
            doorbell: self.doorbell.fork(forker),
            event: self.event.fork(forker),
            ..*self
        }
    }
}

/// Sets the notification event of `device` at each packet boundary, in the phase in which a driver
/// without latency would.
pub async fn record<C: Context>(cx: C, device: Shared<TestMicrophone>, doorbell: C::Event) {
    loop {
        let next = device.borrow().next_notification();
        if let Woken::Deadline = doorbell.wait_until(next).await {
            let mut device = device.borrow_mut();
            device.settle(cx.moment());
            device.notified += 1;
            if let Some(event) = &device.event {
                event.set(device.notified);
            }
        }
    }
}
