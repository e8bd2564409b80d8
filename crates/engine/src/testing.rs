//! A device for tests: a pin that plays frames at even distances, without FIFO and without latency.
//!
//! What the real driver and its hardware do on the same pin is tested where they are put together;
//! this one has no parts, so that a test of a producer tests the producer.

mod microphone;

use std::rc::Rc;
use std::sync::Arc;

use ks::{
    HwLatency, KsState, Mapping, PacketCount, Pin, PinHandle, PinReply, PinRequest, Position,
    RtAudioRequest, Settle, WritePacket,
};
use ring::{Samples, SharedBuffer, Whose};
use units::{Bytes, Clock, Frames, Moment, NtStatus, Phase, WaveFormat};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared, Woken};

pub use microphone::{TestMicrophone, record};

/// The device: a cyclic buffer, and what was heard of it.
#[derive(Debug)]
pub struct TestDevice {
    format: WaveFormat,
    samples: Samples,
    doorbell: EventHandle,
    buffer: Option<Arc<SharedBuffer>>,
    packets: u32,
    event: Option<EventHandle>,
    state: KsState,
    /// While in Run: the clock that showed 0 when Run was entered last.
    running: Option<Clock>,
    /// Frames of this run that had begun before.
    before: u64,
    /// Notifications given in this run.
    notified: u64,
    ended: bool,
    /// Readings of the position so far, and how they are wrong: down to whole grains, and one of
    /// them by so many frames too low.
    readings: u64,
    grain: u64,
    back: Option<(u64, u64)>,
    /// Frames that have begun, run by run.
    heard: Vec<Vec<Option<Whose>>>,
    bytes: Vec<u8>,
}

impl TestDevice {
    /// A device for `format`. Its [actor](notify) waits for `doorbell`.
    pub fn new(format: WaveFormat, samples: Samples, doorbell: EventHandle) -> Shared<Self> {
        Shared::new(Self {
            format,
            samples,
            doorbell,
            buffer: None,
            packets: 1,
            event: None,
            state: KsState::Stop,
            running: None,
            before: 0,
            notified: 0,
            ended: false,
            readings: 0,
            grain: 1,
            back: None,
            heard: Vec::new(),
            bytes: Vec::new(),
        })
    }

    /// A handle to the one pin of `device`.
    pub fn pin(device: &Shared<Self>) -> PinHandle {
        PinHandle::new(Box::new(TestPin(device.clone())))
    }

    /// Shows the position in steps of `grain` frames.
    pub fn set_grain(&mut self, grain: Frames) {
        self.grain = grain.get();
    }

    /// Lets reading number `reading` of the position, counted from 1, be `frames` too low.
    pub fn step_back(&mut self, reading: u64, frames: Frames) {
        self.back = Some((reading, frames.get()));
    }

    /// Whose each frame of run `run` was that has begun.
    pub fn heard(&self, run: usize) -> &[Option<Whose>] {
        &self.heard[run]
    }

    /// All frames that have begun, as they were; empty if samples are left out.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whose each frame of the cyclic buffer is now; empty without a buffer.
    pub fn in_buffer(&self) -> Vec<Option<Whose>> {
        let mut frames = Vec::new();
        if let Some(buffer) = &self.buffer {
            for at in 0..buffer.frames().get() {
                let take = |_, whose| frames.push(whose);
                buffer.load(Frames::new(at), Frames::new(1), None, take);
            }
        }
        frames
    }

    /// Does everything up to `now`.
    pub fn settle(&mut self, now: Moment) {
        let begun = self.begun(now);
        let (Some(buffer), Some(heard)) = (&self.buffer, self.heard.last_mut()) else {
            return;
        };
        let mut frame = vec![0; self.format.frame_bytes() as usize];
        for at in heard.len() as u64..begun {
            let kept = self.samples == Samples::Kept;
            let out = kept.then_some(frame.as_mut_slice());
            buffer.load(Frames::new(at), Frames::new(1), out, |_, whose| {
                heard.push(whose);
            });
            if kept {
                self.bytes.extend_from_slice(&frame);
            }
        }
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

    /// Packets of this run that are done.
    fn count(&self, now: Moment) -> u64 {
        let in_transfer = u64::from(self.running.is_some());
        self.begun(now).saturating_sub(in_transfer) / self.packet()
    }

    fn packet(&self) -> u64 {
        let buffer = self.buffer.as_ref().expect("a stream runs with a buffer");
        buffer.frames().get() / u64::from(self.packets)
    }

    /// When the next notification is due.
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
        if state == KsState::Run && self.before == 0 {
            self.heard.push(Vec::new());
        }
        if state == KsState::Stop {
            (self.before, self.notified, self.ended) = (0, 0, false);
            if let Some(buffer) = &self.buffer {
                buffer.set_run(u32::try_from(self.heard.len()).expect("a test has few runs"));
            }
        }
        self.state = state;
        self.doorbell.set(0);
        Ok(())
    }

    /// Where in the cyclic buffer the device says that it is.
    fn position(&mut self, now: Moment) -> Position {
        self.readings += 1;
        let back = self.back.filter(|(reading, _)| *reading == self.readings);
        let begun = self.begun(now) / self.grain * self.grain;
        let shown = begun.saturating_sub(back.map_or(0, |(_, frames)| frames));
        let round = self
            .buffer
            .as_ref()
            .map_or(1, |buffer| buffer.frames().get());
        let offset = self.format.bytes_of(Frames::new(shown % round));
        Position {
            play: offset,
            write: offset,
        }
    }

    /// Makes the cyclic buffer.
    fn allocate(&mut self, pin: &TestPin, requested: Bytes, packets: u32) -> Mapping {
        let frames = self.format.frames_in(requested);
        let buffer = Arc::new(SharedBuffer::new(self.format, frames, self.samples));
        self.packets = packets;
        self.buffer = Some(Arc::clone(&buffer));
        Mapping {
            buffer,
            actual: requested,
            call_memory_barrier: false,
            bus: Rc::new(pin.clone()),
            range: None,
            combining: ks::Combining::default(),
        }
    }

    fn set_write_packet(&mut self, now: Moment, write: WritePacket) -> Result<(), NtStatus> {
        let (packet, count) = (u64::from(write.packet.get()), self.count(now));
        if self.ended {
            return Err(NtStatus::INVALID_DEVICE_STATE);
        }
        if packet < count + u64::from(self.running.is_some()) {
            return Err(NtStatus::DATA_LATE_ERROR);
        }
        if packet >= count + u64::from(self.packets) {
            return Err(NtStatus::DATA_OVERRUN);
        }
        self.ended = write.flags & ks::END_OF_STREAM != 0;
        Ok(())
    }
}

#[derive(Clone, Debug)]
struct TestPin(Shared<TestDevice>);

impl Pin for TestPin {
    fn request(&mut self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        let mut device = self.0.borrow_mut();
        match request {
            PinRequest::SetState(state) => device.set_state(now, state).map(|()| PinReply::Done),
            PinRequest::RtAudio(request) => match request {
                RtAudioRequest::QueryNotificationSupport => Ok(PinReply::NotificationSupport(true)),
                RtAudioRequest::Buffer { requested, .. } => {
                    Ok(PinReply::Buffer(device.allocate(self, requested, 1)))
                }
                RtAudioRequest::BufferWithNotification {
                    requested,
                    notification_count,
                    ..
                } => Ok(PinReply::Buffer(device.allocate(
                    self,
                    requested,
                    notification_count,
                ))),
                RtAudioRequest::HwLatency => Ok(PinReply::HwLatency(HwLatency::default())),
                RtAudioRequest::RegisterNotificationEvent(event) => {
                    device.event = Some(event);
                    Ok(PinReply::Done)
                }
                RtAudioRequest::UnregisterNotificationEvent(_) => {
                    device.event = None;
                    Ok(PinReply::Done)
                }
                RtAudioRequest::PacketCount => Ok(PinReply::PacketCount(PacketCount::wrapping(
                    device.count(now),
                ))),
                RtAudioRequest::SetWritePacket(write) => {
                    device.set_write_packet(now, write).map(|()| PinReply::Done)
                }
                _ => Err(NtStatus::NOT_SUPPORTED),
            },
            PinRequest::GetState => Ok(PinReply::State(device.state)),
            PinRequest::GetFormat => Ok(PinReply::Format(device.format)),
            PinRequest::Position => Ok(PinReply::Position(device.position(now))),
            PinRequest::SetFormat(_)
            | PinRequest::SetContentId { .. }
            | PinRequest::Audio(_)
            | PinRequest::AudioEngine(_)
            | PinRequest::WriteStream(_) => Err(NtStatus::NOT_SUPPORTED),
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

impl Fork for TestDevice {
    fn fork(&self, forker: &mut Forker) -> Self {
        let copy = |buffer: &Arc<SharedBuffer>| forker.arc(buffer, |buffer, _| buffer.snapshot());
        Self {
            buffer: self.buffer.as_ref().map(copy),
            doorbell: self.doorbell.fork(forker),
            event: self.event.fork(forker),
            heard: self.heard.clone(),
            bytes: self.bytes.clone(),
            ..*self
        }
    }
}

/// Sets the notification event of `device` at each packet boundary, in the phase in which a driver
/// without latency would.
pub async fn notify<C: Context>(cx: C, device: Shared<TestDevice>, doorbell: C::Event) {
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
