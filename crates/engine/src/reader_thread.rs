//! The thread of a reader: what it waits for, and what it does when the wait ends.

use ks::{KsState, ReadPacket};
use machine::{Machine, ThreadId};
use ring::Whose;
use units::{Frames, Moment, NtStatus, SimDuration, SimTime, WaveFormat};
use vtime::{Context, Fork, Forker, Shared};

use crate::device::DeviceStream;
use crate::history::{NO_PASS, NO_TIME, READ, READ_AHEAD, READ_PASS, READ_STATE, READ_STRETCH};
use crate::reader::{PacketRead, PacketReader, ReadIo, ReadPolicy, ReaderConfig, Stretches};
use crate::thread::Pass;

/// A [`PacketReader`] on a thread: it takes time to start and to serve, and it has a device.
///
/// The counterpart of [`PacketThread`](crate::PacketThread); the audio engine and the exclusive
/// client of the recording side are both built around one. All that it waits for is in its stage,
/// so an actor that drives it keeps nothing across an `await`.
///
/// Model: a packet is copied when its service ends, as a packet that is rendered is there when its
/// service ends. What the device has overwritten by then is read as it lies there.
#[derive(Debug)]
pub struct ReaderThread {
    reader: PacketReader,
    device: DeviceStream,
    machine: Shared<Machine>,
    thread: ThreadId,
    service: SimDuration,
    stage: Stage,
    pass: Pass,
    state: KsState,
    failure: Option<NtStatus>,
    /// Which start from Stop this is, counted from 0, and whether it got to Run.
    run: u32,
    has_run: bool,
    bytes: Option<Vec<u8>>,
    stretches: Stretches,
}

/// What the thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Waits for its event.
    Asleep,
    /// Was released and gets to run at this moment.
    Starting(Moment),
    /// Works on the packet that is due.
    Serving { since: SimTime, done: Moment },
}

/// Who is handed the packets that a reader takes out of the cyclic buffer.
pub trait PacketSink {
    /// `read` was copied; `bytes` are its frames in the device's format, if samples are kept.
    fn take<C: Context>(&mut self, cx: &C, read: PacketRead, bytes: Option<&[u8]>);
}

/// The device as the reader reaches it.
struct Io<'a, C> {
    cx: &'a C,
    device: &'a DeviceStream,
}

impl<C: Context> ReadIo for Io<'_, C> {
    fn read_packet(&mut self) -> Result<ReadPacket, NtStatus> {
        ks::read_packet(self.cx, &self.device.pin)
    }

    fn load(
        &mut self,
        at: Frames,
        len: Frames,
        out: Option<&mut [u8]>,
        each: &mut dyn FnMut(Frames, Option<Whose>),
    ) {
        let now = self.cx.moment();
        self.device.mapping.load(now, at, len, out, each);
    }
}

impl ReaderThread {
    /// The thread called `name`, with `device` in Stop, that finds out what to read as `policy`
    /// says; each packet read takes `service`.
    pub fn new(
        policy: ReadPolicy,
        device: DeviceStream,
        machine: Shared<Machine>,
        name: &str,
        service: SimDuration,
    ) -> Self {
        let config = ReaderConfig {
            packet: device.packet,
            packets: device.packets,
            policy,
        };
        let thread = machine.borrow_mut().thread(name);
        let bytes = device.mapping.buffer.samples().map(|_| {
            let bytes = device.mapping.format().bytes_of(device.packet).get();
            vec![0; usize::try_from(bytes).expect("a packet fits into memory")]
        });
        Self {
            reader: PacketReader::new(config),
            run: device.mapping.run(),
            device,
            machine,
            thread,
            service,
            stage: Stage::Asleep,
            pass: Pass::beginning(0, SimTime::ZERO),
            state: KsState::Stop,
            failure: None,
            has_run: false,
            bytes,
            stretches: Vec::new(),
        }
    }

    /// What decides which packet is next.
    pub const fn reader(&self) -> &PacketReader {
        &self.reader
    }

    /// The device.
    pub const fn device(&self) -> &DeviceStream {
        &self.device
    }

    /// What is recorded.
    pub fn format(&self) -> WaveFormat {
        self.device.mapping.format()
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

    /// To Run, from any state. Nothing in Run.
    pub fn run<C: Context>(&mut self, cx: &C) {
        if self.state == KsState::Stop {
            self.run = self.device.mapping.run();
        }
        if self.state != KsState::Run && self.set_state(cx, KsState::Run) {
            self.has_run = true;
            self.record_state(cx);
        }
    }

    /// To Pause, from Run or Stop. What is complete can still be read.
    pub fn pause<C: Context>(&mut self, cx: &C) {
        if self.state != KsState::Pause && self.set_state(cx, KsState::Pause) {
            self.record_state(cx);
        }
    }

    /// To Stop, from any state. What was not read is lost.
    pub fn stop<C: Context>(&mut self, cx: &C) {
        if self.state == KsState::Stop || !self.set_state(cx, KsState::Stop) {
            return;
        }
        self.record_state(cx);
        self.run += u32::from(std::mem::take(&mut self.has_run));
        self.stage = Stage::Asleep;
        self.reader.begin();
    }

    /// The wait for the notification event ended with `tag`. The pass that this begins may end at
    /// once.
    pub fn woken<C: Context>(
        &mut self,
        cx: &C,
        tag: u64,
        sink: &mut impl PacketSink,
    ) -> Option<Pass> {
        let event = &self.device.notification;
        let wake = machine::wake(cx, &self.machine, self.thread, event, tag);
        self.pass = Pass::beginning(tag, cx.now());
        self.stage = Stage::Starting(wake.starts);
        self.proceed(cx, sink)
    }

    /// Goes on, if it is time. Hands back the pass that ended, if one did.
    pub fn proceed<C: Context>(&mut self, cx: &C, sink: &mut impl PacketSink) -> Option<Pass> {
        if self.is_held_up(cx) {
            return None;
        }
        match self.stage {
            Stage::Starting(at) if at <= cx.moment() => {
                self.pass.started = cx.now();
                self.reader.wake(&mut Io {
                    cx,
                    device: &self.device,
                });
            }
            Stage::Serving { since, done } if done <= cx.moment() => {
                self.commit(cx, sink, since);
            }
            Stage::Asleep | Stage::Starting(_) | Stage::Serving { .. } => return None,
        }
        self.serve(cx, sink)
    }

    /// Copies place `slot` of the buffer as `packet`, at once, without a pass and whatever the
    /// driver says.
    pub fn force<C: Context>(
        &mut self,
        cx: &C,
        packet: u64,
        slot: u32,
        sink: &mut impl PacketSink,
    ) {
        let mut io = Io {
            cx,
            device: &self.device,
        };
        let out = self.bytes.as_deref_mut();
        let stretches = &mut self.stretches;
        let read = self.reader.force(packet, slot, &mut io, out, stretches);
        self.deliver(cx, sink, read, cx.now(), NO_PASS);
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
    fn serve<C: Context>(&mut self, cx: &C, sink: &mut impl PacketSink) -> Option<Pass> {
        while self.reader.due().is_some() {
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
            self.commit(cx, sink, now.time);
        }
        self.stage = Stage::Asleep;
        let Pass {
            number,
            woken,
            started,
            packets,
        } = self.pass;
        let next = self.reader.next();
        cx.record(
            &READ_PASS,
            &[number, woken.ticks(), started.ticks(), packets, next],
        );
        Some(self.pass)
    }

    fn commit<C: Context>(&mut self, cx: &C, sink: &mut impl PacketSink, since: SimTime) {
        let mut io = Io {
            cx,
            device: &self.device,
        };
        let out = self.bytes.as_deref_mut();
        let read = self.reader.commit(&mut io, out, &mut self.stretches);
        self.pass.packets += 1;
        self.deliver(cx, sink, read, since, self.pass.number);
    }

    fn deliver<C: Context>(
        &self,
        cx: &C,
        sink: &mut impl PacketSink,
        read: PacketRead,
        begun: SimTime,
        pass: u64,
    ) {
        let as_numbered = self.is_as_numbered(read.packet);
        let words = [
            read.packet,
            read.skipped,
            read.counter.map_or(NO_TIME, units::Hns::get),
            begun.ticks(),
            pass,
            u64::from(as_numbered),
        ];
        cx.record(&READ, &words);
        if !as_numbered {
            for (frames, whose) in &self.stretches {
                let (writer, content) =
                    whose.map_or((0, 0), |whose| (u64::from(whose.run) + 1, whose.content));
                cx.record(&READ_STRETCH, &[frames.get(), writer, content]);
            }
        }
        if read.is_ahead {
            cx.record(&READ_AHEAD, &[read.packet]);
        }
        sink.take(cx, read, self.bytes.as_deref());
    }

    /// True if the place held what the device recorded for `packet`, and nothing else.
    fn is_as_numbered(&self, packet: u64) -> bool {
        let mut frame = packet * self.device.packet.get();
        self.stretches.iter().all(|(frames, whose)| {
            let expected = frame;
            frame += frames.get();
            whose.is_some_and(|whose| whose.run == self.run && whose.content == expected)
        })
    }

    fn record_state<C: Context>(&self, cx: &C) {
        let state = self.state.value().into();
        cx.record(&READ_STATE, &[state, self.run.into()]);
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

vtime::fork_by_clone!(Stage);

impl Fork for ReaderThread {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            reader: self.reader.clone(),
            device: self.device.fork(forker),
            machine: self.machine.fork(forker),
            bytes: self.bytes.clone(),
            stretches: self.stretches.clone(),
            ..*self
        }
    }
}
