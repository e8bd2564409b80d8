//! The thread of a producer: what it waits for, and what it does when the wait ends.

use ks::{KsState, PacketCount, PacketNumber};
use machine::{Machine, ThreadId};
use ring::Whose;
use units::{Bytes, Clock, Frames, Moment, NtStatus, SimDuration, SimTime, WaveFormat};
use vtime::{Context, Fork, Forker, Shared};

use crate::device::DeviceStream;
use crate::history::{NO_PASS, NO_TIME, PACKET, PASS, STATE};
use crate::producer::{PacketContent, PacketIo, PacketProducer, Prime, ProducerConfig, Written};

/// A [`PacketProducer`] on a thread: it takes time to start and to serve, and it has a device.
///
/// The audio engine and the exclusive client are both built around one. All that it waits for is
/// in its stage, so an actor that drives it keeps nothing across an `await`.
#[derive(Debug)]
pub struct PacketThread {
    producer: PacketProducer,
    device: DeviceStream,
    machine: Shared<Machine>,
    thread: ThreadId,
    service: SimDuration,
    stage: Stage,
    pass: Pass,
    timeline: Timeline,
    state: KsState,
    /// Prepared and not yet run: the next Run makes pass 0.
    is_fresh: bool,
    failure: Option<NtStatus>,
}

/// What the thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Waits for its event.
    Asleep,
    /// Was released and gets to run at this moment.
    Starting(Moment),
    /// Works on the next packet.
    Serving { since: SimTime, done: Moment },
}

/// One satisfied wait and what was done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The number of the notification; 0 for the one at Run.
    pub number: u64,
    /// When the wait was satisfied.
    pub woken: SimTime,
    /// When the first instruction ran.
    pub started: SimTime,
    /// Packets written.
    pub packets: u64,
}

/// When which frame is due on an ideal link.
#[derive(Clone, Copy, Debug)]
struct Timeline {
    /// While in Run: the clock that showed 0 when Run was entered last.
    running: Option<Clock>,
    /// The frame that was due when Run was entered last, or will be when it is entered next.
    frame: u64,
}

/// The device as the producer reaches it.
struct Io<'a, C> {
    cx: &'a C,
    device: &'a DeviceStream,
}

impl<C: Context> PacketIo for Io<'_, C> {
    fn format(&self) -> WaveFormat {
        self.device.mapping.format()
    }

    fn packet_count(&mut self) -> Result<PacketCount, NtStatus> {
        self.device.packet_count(self.cx)
    }

    fn store(&mut self, at: Frames, len: Frames, bytes: Option<&[u8]>, whose: Whose) {
        self.device
            .mapping
            .store(self.cx.moment(), at, bytes, len, whose);
    }

    fn set_write_packet(&mut self, packet: PacketNumber, eos: Option<Bytes>) -> NtStatus {
        match self.device.announce(self.cx, packet, eos) {
            Ok(()) => NtStatus::SUCCESS,
            Err(status) => status,
        }
    }
}

impl PacketThread {
    /// The thread called `name`, with `device` in Stop. Size and number of packets are the
    /// device's, whatever `config` says; each packet written takes `service`.
    pub fn new(
        config: ProducerConfig,
        device: DeviceStream,
        machine: Shared<Machine>,
        name: &str,
        service: SimDuration,
    ) -> Self {
        let config = ProducerConfig {
            packet: device.packet,
            packets: device.packets,
            ..config
        };
        let thread = machine.borrow_mut().thread(name);
        Self {
            producer: PacketProducer::new(config),
            device,
            machine,
            thread,
            service,
            stage: Stage::Asleep,
            pass: Pass::beginning(0, SimTime::ZERO),
            timeline: Timeline {
                running: None,
                frame: 0,
            },
            state: KsState::Stop,
            is_fresh: false,
            failure: None,
        }
    }

    /// What decides which packet is next.
    pub const fn producer(&self) -> &PacketProducer {
        &self.producer
    }

    /// The device.
    pub const fn device(&self) -> &DeviceStream {
        &self.device
    }

    /// The state that it took the device to.
    pub const fn state(&self) -> KsState {
        self.state
    }

    /// The status that the device first refused a state with, if it did.
    pub const fn failure(&self) -> Option<NtStatus> {
        self.failure
    }

    /// When the thread goes on; `None` while it waits for its event.
    pub const fn due(&self) -> Option<Moment> {
        match self.stage {
            Stage::Asleep => None,
            Stage::Starting(at) | Stage::Serving { done: at, .. } => Some(at),
        }
    }

    /// From Stop to Pause, with packet 0 written if `prime` says so. Nothing in any other state.
    pub fn prepare<C: Context>(&mut self, cx: &C, content: &mut impl PacketContent, prime: Prime) {
        if self.state != KsState::Stop || !self.set_state(cx, KsState::Pause) {
            return;
        }
        self.is_fresh = true;
        self.producer.begin(self.device.mapping.run(), prime);
        let mut io = Io {
            cx,
            device: &self.device,
        };
        if let Some(written) = self.producer.prime(&mut io, content) {
            self.record_packet(cx, written, cx.now(), NO_PASS);
        }
    }

    /// From Pause to Run. The first time after Stop this is pass 0, which ends at once if service
    /// takes no time. Nothing in any other state.
    pub fn run<C: Context>(&mut self, cx: &C, content: &mut impl PacketContent) -> Option<Pass> {
        if self.state != KsState::Pause || !self.set_state(cx, KsState::Run) {
            return None;
        }
        self.timeline.enter_run(cx.now(), &self.device);
        self.record_state(cx);
        if !std::mem::take(&mut self.is_fresh) {
            return None;
        }
        self.producer.run();
        self.pass = Pass::beginning(0, cx.now());
        self.serve(cx, content)
    }

    /// From Run to Pause. A packet in the making is still written.
    pub fn pause<C: Context>(&mut self, cx: &C) {
        if self.state == KsState::Run && self.set_state(cx, KsState::Pause) {
            self.timeline.leave_run(cx.now());
            self.record_state(cx);
        }
    }

    /// To Stop, from any state. A packet in the making is given up.
    pub fn stop<C: Context>(&mut self, cx: &C) {
        if self.state == KsState::Stop || !self.set_state(cx, KsState::Stop) {
            return;
        }
        self.timeline.leave_run(cx.now());
        self.record_state(cx);
        self.timeline.frame = 0;
        self.device.stopped();
        self.stage = Stage::Asleep;
        let prime = self.producer.config().prime;
        self.producer.begin(self.device.mapping.run(), prime);
    }

    /// The wait for the notification event ended with `tag`. The pass that this begins may end at
    /// once.
    pub fn woken<C: Context>(
        &mut self,
        cx: &C,
        tag: u64,
        content: &mut impl PacketContent,
    ) -> Option<Pass> {
        let event = &self.device.notification;
        let wake = machine::wake(cx, &self.machine, self.thread, event, tag);
        self.pass = Pass::beginning(tag, cx.now());
        self.stage = Stage::Starting(wake.starts);
        self.proceed(cx, content)
    }

    /// Goes on, if it is time. Hands back the pass that ended, if one did.
    pub fn proceed<C: Context>(
        &mut self,
        cx: &C,
        content: &mut impl PacketContent,
    ) -> Option<Pass> {
        if self.is_held_up(cx) {
            return None;
        }
        match self.stage {
            Stage::Starting(at) if at <= cx.moment() => {
                self.pass.started = cx.now();
                self.producer.wake(&mut Io {
                    cx,
                    device: &self.device,
                });
            }
            Stage::Serving { since, done } if done <= cx.moment() => {
                self.commit(cx, content, since);
            }
            Stage::Asleep | Stage::Starting(_) | Stage::Serving { .. } => return None,
        }
        self.serve(cx, content)
    }

    /// Writes `packet` out of order, at once and without a pass.
    pub fn force<C: Context>(&mut self, cx: &C, packet: u64, content: &mut impl PacketContent) {
        let mut io = Io {
            cx,
            device: &self.device,
        };
        let written = self.producer.force(packet, &mut io, content);
        self.record_packet(cx, written, cx.now(), NO_PASS);
    }

    /// True if it is time, and the thread still waits for its core: then it goes on later.
    fn is_held_up<C: Context>(&mut self, cx: &C) -> bool {
        match &mut self.stage {
            Stage::Starting(at) | Stage::Serving { done: at, .. } => {
                machine::is_put_off(cx, &self.machine, self.thread, at)
            }
            Stage::Asleep => false,
        }
    }

    /// Serves packets until one takes time or none is due.
    fn serve<C: Context>(&mut self, cx: &C, content: &mut impl PacketContent) -> Option<Pass> {
        while self.producer.due().is_some() {
            self.producer.make(content);
            let now = cx.moment();
            let done = self
                .machine
                .borrow_mut()
                .run(self.thread, now, self.service);
            if done > now {
                self.stage = Stage::Serving {
                    since: now.time,
                    done,
                };
                return None;
            }
            self.commit(cx, content, now.time);
        }
        self.stage = Stage::Asleep;
        let Pass {
            number,
            woken,
            started,
            packets,
        } = self.pass;
        let next = self.producer.next();
        cx.record(
            &PASS,
            &[number, woken.ticks(), started.ticks(), packets, next],
        );
        Some(self.pass)
    }

    fn commit<C: Context>(&mut self, cx: &C, content: &mut impl PacketContent, since: SimTime) {
        let mut io = Io {
            cx,
            device: &self.device,
        };
        let written = self.producer.commit(&mut io, content);
        self.pass.packets += 1;
        self.record_packet(cx, written, since, self.pass.number);
    }

    fn record_packet<C: Context>(&self, cx: &C, written: Written, begun: SimTime, pass: u64) {
        let first = written.packet * self.device.packet.get();
        let deadline = self.timeline.begins(first).map_or(NO_TIME, SimTime::ticks);
        let status = written.status.value().into();
        let words = [
            written.packet,
            status,
            deadline,
            begun.ticks(),
            written.content,
            pass,
        ];
        cx.record(&PACKET, &words);
    }

    fn record_state<C: Context>(&self, cx: &C) {
        let run = u64::from(self.producer.run_number());
        cx.record(
            &STATE,
            &[self.state.value().into(), run, self.timeline.frame],
        );
    }

    /// Takes the device to `state`. A refusal is kept, and the stream stays where it is.
    fn set_state<C: Context>(&mut self, cx: &C, state: KsState) -> bool {
        match ks::set_state(cx, &self.device.pin, state) {
            Ok(()) => {
                self.state = state;
                true
            }
            Err(status) => {
                self.failure.get_or_insert(status);
                false
            }
        }
    }
}

impl Pass {
    pub(crate) const fn beginning(number: u64, woken: SimTime) -> Self {
        Self {
            number,
            woken,
            started: woken,
            packets: 0,
        }
    }
}

impl Timeline {
    /// When `frame` begins, while in Run. A frame that had begun before counts as begun at once.
    fn begins(&self, frame: u64) -> Option<SimTime> {
        self.running
            .map(|clock| clock.instant_of(frame.saturating_sub(self.frame)))
    }

    fn enter_run(&mut self, now: SimTime, device: &DeviceStream) {
        self.running = Some(Clock::nominal(now, device.mapping.format().rate));
    }

    /// The frame that is due at `now` does not begin any more.
    fn leave_run(&mut self, now: SimTime) {
        if let Some(clock) = self.running.take() {
            self.frame += clock.begun_before(now);
        }
    }
}

vtime::fork_by_clone!(Stage, Pass, Timeline);

impl Fork for PacketThread {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            producer: self.producer.clone(),
            device: self.device.fork(forker),
            machine: self.machine.fork(forker),
            ..*self
        }
    }
}
