//! A stream of the device: what the port sees, and the state that it shares with the interrupt.

mod interfaces;
mod write_position;

use std::rc::Rc;
use std::sync::Arc;

use hardware::{Dsp, DspEvent, DspPort};
use ks::{ConstrictorOption, ContentId, DrmRights, Settle, Step};
use portcls::{AudioBuffer, CacheType, EngineEventKind, EtwEvent, GlitchCode, PortStreamHandle};
use units::{Bytes, Frames, Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use super::OffloadOptions;
use super::node::bytes_of;
use crate::options::PacketWindow;
use crate::packets::{Packets, Progress};
use crate::size::SizeLimits;
use write_position::WritePosition;

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The output of the software engine, in packets.
    Host,
    /// A stream that goes past it, with write positions.
    Offload,
    /// The mix on its way back.
    Loopback,
}

/// A stream as its port has it.
#[derive(Debug)]
pub(super) struct OffloadStream(Shared<Stream>);

/// A stream as the interrupt has it, too.
#[derive(Debug)]
pub(super) struct Stream {
    role: Role,
    engine: DspPort,
    dsp: Shared<Dsp>,
    doorbell: EventHandle,
    port: PortStreamHandle,
    options: OffloadOptions,
    format: WaveFormat,
    state: ks::KsState,
    buffer: Option<Buffer>,
    events: Vec<EventHandle>,
    write: WritePosition,
    /// Whether the effects of this stream are on. It has none; the switch is kept.
    lfx: bool,
    option: ConstrictorOption,
    content: (ContentId, DrmRights),
    closed: bool,
}

/// The cyclic buffer as the miniport knows it.
#[derive(Clone, Copy, Debug)]
struct Buffer {
    size: Bytes,
    /// With notifications only.
    packets: Option<Packets>,
}

/// The device, to be brought up to date before a client stores.
#[derive(Clone, Debug)]
struct DspBus(Shared<Dsp>);

impl Settle for DspBus {
    fn settle(&self, now: Moment) {
        self.0.borrow_mut().settle(now);
    }

    fn fork_settle(&self, forker: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self(self.0.fork(forker)))
    }
}

impl OffloadStream {
    pub(super) fn new(
        role: Role,
        engine: DspPort,
        dsp: Shared<Dsp>,
        doorbell: EventHandle,
        port: PortStreamHandle,
        options: OffloadOptions,
    ) -> Self {
        let format = dsp.borrow().format();
        Self(Shared::new(Stream {
            role,
            engine,
            dsp,
            doorbell,
            port,
            options,
            format,
            state: ks::KsState::Stop,
            buffer: None,
            events: Vec::new(),
            write: WritePosition::default(),
            lfx: true,
            option: ConstrictorOption::default(),
            content: (ContentId::default(), DrmRights::default()),
            closed: false,
        }))
    }

    pub(super) fn shared(&self) -> Shared<Stream> {
        self.0.clone()
    }
}

impl Stream {
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn is_running(&self) -> bool {
        self.state == ks::KsState::Run
    }

    fn step(&mut self, now: Moment, step: Step) {
        match step {
            Step::StopToAcquire | Step::AcquireToPause | Step::PauseToAcquire => {}
            Step::PauseToRun => self.dsp.borrow_mut().run(now, self.engine),
            Step::RunToPause => self.dsp.borrow_mut().pause(now, self.engine),
            Step::AcquireToStop => {
                self.dsp.borrow_mut().reset(now, self.engine);
                self.write = WritePosition::default();
                if let Some(packets) = self.packets_mut() {
                    packets.reset();
                }
            }
        }
        self.state = step.to();
        self.tell(now, EngineEventKind::PinState, self.state.value().into(), 0);
        self.doorbell.set(0);
    }

    /// Makes a buffer of `packets` packets, or one without notifications.
    ///
    /// Pages may lie anywhere, and may be fewer than asked for.
    ///
    /// Source: `portcls/nf-portcls-iportwavertstream-allocatepagesformdl.md`.
    fn allocate(
        &mut self,
        now: Moment,
        requested: Bytes,
        packets: Option<u32>,
    ) -> Result<AudioBuffer, NtStatus> {
        let count = packets.unwrap_or(1);
        let packet = self.size_limits(count).packet_for(requested, count)?;
        let size = Bytes::new(packet.get() * u64::from(count));
        let mut port = self.port.borrow_mut();
        let mdl = port.allocate_pages(u64::MAX, size);
        let mdl = mdl.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        if mdl.size() < size {
            port.free_pages(mdl);
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        }
        let memory = port.cyclic_buffer(&mdl, self.format, self.format.frames_in(size));
        drop(port);
        let mut dsp = self.dsp.borrow_mut();
        let frames = packets.map_or(Frames::ZERO, |_| self.format.frames_in(packet));
        dsp.attach(self.engine, Arc::clone(&memory), frames);
        if let (Role::Offload, DspPort::Input(input)) = (self.role, self.engine) {
            dsp.set_valid(now, input, Some(Frames::ZERO));
        }
        drop(dsp);
        self.buffer = Some(Buffer {
            size,
            packets: packets.map(|count| Packets::new(count, packet, PacketWindow::default())),
        });
        self.protect(now);
        self.tell(now, EngineEventKind::ProgramDma, 0, size.get());
        Ok(AudioBuffer {
            mdl,
            actual: size,
            offset_from_first_page: Bytes::ZERO,
            cache: CacheType::Cached,
            memory,
            bus: Rc::new(DspBus(self.dsp.clone())),
        })
    }

    fn size_limits(&self, packets: u32) -> SizeLimits {
        let frame = Bytes::new(self.format.frame_bytes().into());
        let packet_min = match self.role {
            Role::Offload => {
                let least = bytes_of(self.format, self.options.buffer_min).get();
                Bytes::new(least.div_ceil(packets.max(1).into()))
            }
            Role::Host | Role::Loopback => frame,
        };
        SizeLimits {
            frame,
            alignment: Bytes::new(1),
            packet_min,
            buffer_max: bytes_of(self.format, self.options.buffer_max),
        }
    }

    fn free(&mut self, buffer: AudioBuffer) {
        self.buffer = None;
        self.dsp.borrow_mut().detach(self.engine);
        self.port.borrow_mut().free_pages(buffer.mdl);
    }

    fn transferred(&self, now: Moment) -> Bytes {
        let frames = self.dsp.borrow_mut().transferred(now, self.engine);
        self.format.bytes_of(frames)
    }

    /// Frames that were rendered, or for the loopback taken.
    fn presented(&self, now: Moment) -> Frames {
        let mut dsp = self.dsp.borrow_mut();
        let delay = match self.engine {
            DspPort::Input(_) => dsp.config().delay,
            DspPort::Loopback => Frames::ZERO,
        };
        dsp.transferred(now, self.engine).saturating_sub(delay)
    }

    fn packets_mut(&mut self) -> Option<&mut Packets> {
        self.buffer.as_mut()?.packets.as_mut()
    }

    fn progress(&self, now: Moment) -> Option<Progress> {
        let packet = self.buffer.as_ref()?.packets?.size.get();
        let transferred = self.transferred(now).get();
        let running = self.is_running();
        Some(Progress {
            completed: transferred / packet,
            in_transfer: running || transferred % packet != 0,
            running,
        })
    }

    /// Keeps the loopback silent if content or client want it.
    ///
    /// Source: `audio/ksproperty-audioengine-loopback-protection.md`.
    fn protect(&mut self, now: Moment) {
        if let DspPort::Input(input) = self.engine {
            let is_protected =
                self.option == ConstrictorOption::Mute || self.content.1.copy_protect;
            self.dsp.borrow_mut().protect(now, input, is_protected);
        }
    }

    /// Tells an event. The first two parameters are always the positions.
    fn tell(&self, now: Moment, kind: EngineEventKind, parameter3: u64, parameter4: u64) {
        let event = EtwEvent {
            kind,
            linear_position: self.transferred(now).get(),
            write_position: self.write.position().get(),
            parameter3,
            parameter4,
        };
        self.port.borrow_mut().write_etw_event(now, event);
    }

    /// The device interrupted for this stream.
    pub(super) fn happened(
        &mut self,
        now: Moment,
        event: DspEvent,
        signal: &mut dyn FnMut(&EventHandle, u64),
    ) {
        if !self.is_running() {
            return;
        }
        match event {
            DspEvent::PacketDone(frames) => {
                let Some(packets) = self.buffer.as_ref().and_then(|buffer| buffer.packets) else {
                    return;
                };
                let length = packets.size.get();
                self.tell(now, EngineEventKind::BufferComplete, length, 0);
                let done = self.format.bytes_of(frames).get() / length;
                self.signal(done, signal);
            }
            DspEvent::Underrun(_) => {
                let code = GlitchCode::Underrun.value();
                self.tell(now, EngineEventKind::GlitchReport, code, 0);
            }
            DspEvent::LastRendered => {
                self.tell(now, EngineEventKind::LastBufferRendered, 0, 0);
                let done = self.progress(now).map_or(0, |progress| progress.completed);
                self.signal(done, signal);
            }
        }
    }

    fn signal(&self, done: u64, signal: &mut dyn FnMut(&EventHandle, u64)) {
        for event in &self.events {
            signal(event, done);
        }
    }
}

impl Fork for Stream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            dsp: self.dsp.fork(forker),
            doorbell: self.doorbell.fork(forker),
            port: self.port.fork(forker),
            events: self.events.fork(forker),
            ..*self
        }
    }
}
