//! A pin: the stepping of its states, and who answers what is asked of it.

mod audio;
mod buffer;
mod rt_audio;

use ks::{
    AddressSpace, KsState, PacketCells, Pin, PinFactory, PinReply, PinRequest, RtAudioRequest, Step,
};
use portcls::MiniportWaveRtStream as _;
use units::{Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::checked::CheckedStream;
use crate::device::DeviceHandle;
use crate::verifier::Verifier;
use crate::wavert::OpenPins;
use buffer::{CyclicBuffer, Mappings};

/// An open pin as its handle has it; the filter knows it too.
#[derive(Clone, Debug)]
pub(crate) struct WaveRtPin {
    pin: Shared<OpenPin>,
    device: DeviceHandle,
}

/// An open pin and the miniport's stream behind it.
#[derive(Debug)]
pub(crate) struct OpenPin {
    stream: CheckedStream,
    verifier: Verifier,
    state: KsState,
    format: WaveFormat,
    buffer: Option<CyclicBuffer>,
    mappings: Mappings,
    /// What the client has registered and not unregistered.
    events: Vec<EventHandle>,
    /// What `PACKETVREGISTER` shows, once a client has asked for it.
    cells: Option<Shared<PacketCells>>,
    factory: PinFactory,
    pin: u32,
    open_pins: OpenPins,
    /// True if it is paused because the device sleeps.
    resumes: bool,
    closed: bool,
}

impl WaveRtPin {
    pub(crate) fn new(
        stream: CheckedStream,
        pin: u32,
        factory: PinFactory,
        format: WaveFormat,
        space: AddressSpace,
        open_pins: OpenPins,
        device: DeviceHandle,
    ) -> Self {
        let pin = Shared::new(OpenPin {
            stream,
            verifier: device.verifier(),
            state: KsState::Stop,
            format,
            buffer: None,
            mappings: Mappings::new(space),
            events: Vec::new(),
            cells: None,
            factory,
            pin,
            open_pins,
            resumes: false,
            closed: false,
        });
        device.opened(pin.clone());
        Self { pin, device }
    }
}

impl OpenPin {
    /// Walks to `target`; after a failure it stays in the last good state.
    ///
    /// Source: `portcls/nf-portcls-iminiportwavertstream-setstate.md` (neighbours only).
    /// Model: RUN without a buffer is refused here, as an HD Audio engine refuses to leave reset.
    fn set_state(&mut self, now: Moment, target: KsState) -> Result<(), NtStatus> {
        for step in self.state.steps_to(target) {
            if step == Step::PauseToRun && self.buffer.is_none() {
                return Err(NtStatus::INVALID_DEVICE_REQUEST);
            }
            self.stream.set_state(now, step.to())?;
            self.state = step.to();
        }
        Ok(())
    }

    /// Has another format flow.
    ///
    /// Source: `portcls/nf-portcls-iminiportwavertstream-setformat.md`.
    /// Model: with a buffer it is refused in every state, since the buffer is made of frames.
    fn set_format(&mut self, now: Moment, format: WaveFormat) -> Result<(), NtStatus> {
        let has_buffer = self.buffer.is_some();
        if self.state == KsState::Run || has_buffer || !self.factory.takes(format) {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        self.stream.set_format(now, format)?;
        self.format = format;
        Ok(())
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state == KsState::Run
    }

    /// True if `request` brings the pin nearer to its close: what a device that is gone grants.
    pub(crate) fn leads_to_close(&self, request: &PinRequest) -> bool {
        match request {
            PinRequest::SetState(state) => *state <= self.state,
            PinRequest::RtAudio(request) => {
                matches!(request, RtAudioRequest::UnregisterNotificationEvent(_))
            }
            _ => false,
        }
    }

    /// The device goes to sleep: the stream is paused, and remembers that it ran.
    pub(crate) fn pause_for_power(&mut self, now: Moment) {
        if self.state == KsState::Run {
            self.resumes = true;
            // A step down succeeds; if it does not, the device sleeps all the same.
            let _ = self.set_state(now, KsState::Pause);
        }
    }

    /// The device is awake: the stream goes on if it ran.
    pub(crate) fn resume_from_power(&mut self, now: Moment) {
        if std::mem::take(&mut self.resumes) && self.state == KsState::Pause {
            // If the device refuses, the stream stays paused, and its client can ask.
            let _ = self.set_state(now, KsState::Run);
        }
    }

    /// The device stops: the stream does, and does not go on by itself.
    pub(crate) fn stop_for_rebalance(&mut self, now: Moment) {
        self.resumes = false;
        // A step down succeeds; if it does not, the hardware is given back all the same.
        let _ = self.set_state(now, KsState::Stop);
    }

    /// True if the client of the stream can do without the registers of the device.
    ///
    /// Source: `audio/implement-pnp-rebalance-for-portcls-audio-drivers.md`.
    pub(crate) fn survives_rebalance(&mut self, now: Moment) -> bool {
        let has_packets = self.stream.output().is_some() || self.stream.input().is_some();
        let mut has_register = || {
            let absent = Some(NtStatus::NOT_SUPPORTED);
            self.stream.position_register(now).err() != absent
                || self.stream.clock_register(now).err() != absent
        };
        has_packets || !has_register()
    }

    fn request(&mut self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        match request {
            PinRequest::GetState => Ok(PinReply::State(self.state)),
            PinRequest::SetState(target) => {
                self.set_state(now, target)?;
                Ok(PinReply::Done)
            }
            PinRequest::GetFormat => Ok(PinReply::Format(self.format)),
            PinRequest::SetFormat(format) => {
                self.set_format(now, format)?;
                Ok(PinReply::Done)
            }
            PinRequest::Position => Ok(PinReply::Position(self.stream.position(now)?)),
            PinRequest::SetContentId { id, rights } => {
                let drm = self.stream.drm().ok_or(NtStatus::NOT_SUPPORTED)?;
                drm.set_content_id(now, id, rights)?;
                Ok(PinReply::Done)
            }
            PinRequest::Audio(request) => self.audio(now, request),
            PinRequest::AudioEngine(request) => self.audio_engine(now, request),
            PinRequest::RtAudio(request) => self.rt_audio(now, request),
            // Client and device meet in the cyclic buffer.
            PinRequest::WriteStream(_) => Err(NtStatus::NOT_SUPPORTED),
        }
    }

    /// Source: `audio/managing-memory-buffers-rebalance.md` (stop, then free).
    fn close(&mut self, now: Moment) {
        for step in self.state.steps_to(KsState::Stop) {
            // A downward step has nothing to fail with; if it does, the pin is closed all the same.
            let _ = self.stream.set_state(now, step.to());
        }
        self.state = KsState::Stop;
        if let Some(cells) = self.cells.take() {
            self.verifier.hide(&cells);
        }
        for event in std::mem::take(&mut self.events) {
            self.stream.events_left(now);
            if let Some(notification) = self.stream.notification() {
                // Only what the miniport has accepted is in the list.
                let _ = notification.unregister_notification_event(now, &event);
            }
        }
        self.mappings.unmap();
        self.free_buffer(now);
        self.stream.release(now);
        self.open_pins.closed(self.pin);
    }
}

impl Pin for WaveRtPin {
    fn request(&mut self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        if self.pin.borrow().closed {
            return Err(NtStatus::INVALID_HANDLE);
        }
        self.device.check_request(now, &self.pin, &request)?;
        self.pin.borrow_mut().request(now, request)
    }

    fn close(&mut self, now: Moment) {
        let mut pin = self.pin.borrow_mut();
        if !std::mem::replace(&mut pin.closed, true) {
            pin.close(now);
        }
    }

    fn fork_pin(&self, forker: &mut Forker) -> Box<dyn Pin> {
        Box::new(Self {
            pin: self.pin.fork(forker),
            device: self.device.fork(forker),
        })
    }
}

impl Fork for OpenPin {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            stream: self.stream.fork(forker),
            buffer: self.buffer.fork(forker),
            mappings: self.mappings.fork(forker),
            events: self.events.fork(forker),
            cells: self.cells.fork(forker),
            verifier: self.verifier.fork(forker),
            factory: self.factory.clone(),
            open_pins: self.open_pins.fork(forker),
            ..*self
        }
    }
}
