//! A pin: the stepping of its states, and who answers what is asked of it.

mod audio;
mod buffer;
mod rt_audio;

use ks::{AddressSpace, KsState, Pin, PinFactory, PinReply, PinRequest, Step};
use portcls::MiniportWaveRtStream;
use units::{Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::wavert::OpenPins;
use buffer::{CyclicBuffer, Mappings};

/// An open pin as its handle has it; the filter knows it too.
#[derive(Clone, Debug)]
pub(crate) struct WaveRtPin(pub(crate) Shared<OpenPin>);

/// An open pin and the miniport's stream behind it.
#[derive(Debug)]
pub(crate) struct OpenPin {
    stream: Box<dyn MiniportWaveRtStream>,
    state: KsState,
    format: WaveFormat,
    buffer: Option<CyclicBuffer>,
    mappings: Mappings,
    /// What the client has registered and not unregistered.
    events: Vec<EventHandle>,
    factory: PinFactory,
    pin: u32,
    open_pins: OpenPins,
    closed: bool,
}

impl WaveRtPin {
    pub(crate) fn new(
        stream: Box<dyn MiniportWaveRtStream>,
        pin: u32,
        factory: PinFactory,
        format: WaveFormat,
        space: AddressSpace,
        open_pins: OpenPins,
    ) -> Self {
        Self(Shared::new(OpenPin {
            stream,
            state: KsState::Stop,
            format,
            buffer: None,
            mappings: Mappings::new(space),
            events: Vec::new(),
            factory,
            pin,
            open_pins,
            closed: false,
        }))
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
            PinRequest::Audio(request) => self.audio(now, request),
            PinRequest::AudioEngine(request) => self.audio_engine(now, request),
            PinRequest::RtAudio(request) => self.rt_audio(now, request),
        }
    }

    /// Source: `audio/managing-memory-buffers-rebalance.md` (stop, then free).
    fn close(&mut self, now: Moment) {
        for step in self.state.steps_to(KsState::Stop) {
            // A downward step has nothing to fail with; if it does, the pin is closed all the same.
            let _ = self.stream.set_state(now, step.to());
        }
        self.state = KsState::Stop;
        for event in std::mem::take(&mut self.events) {
            if let Some(notification) = self.stream.notification() {
                // Only what the miniport has accepted is in the list.
                let _ = notification.unregister_notification_event(now, &event);
            }
        }
        self.mappings.unmap();
        self.free_buffer(now);
        self.open_pins.closed(self.pin);
    }
}

impl Pin for WaveRtPin {
    fn request(&mut self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        let mut pin = self.0.borrow_mut();
        if pin.closed {
            return Err(NtStatus::INVALID_HANDLE);
        }
        pin.request(now, request)
    }

    fn close(&mut self, now: Moment) {
        let mut pin = self.0.borrow_mut();
        if !std::mem::replace(&mut pin.closed, true) {
            pin.close(now);
        }
    }

    fn fork_pin(&self, forker: &mut Forker) -> Box<dyn Pin> {
        Box::new(Self(self.0.fork(forker)))
    }
}

impl Fork for OpenPin {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            stream: self.stream.fork(forker),
            buffer: self.buffer.fork(forker),
            mappings: self.mappings.fork(forker),
            events: self.events.fork(forker),
            factory: self.factory.clone(),
            open_pins: self.open_pins.fork(forker),
            ..*self
        }
    }
}
