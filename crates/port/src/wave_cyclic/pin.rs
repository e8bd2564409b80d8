//! A pin of a `WaveCyclic` filter, and the service of its stream.

use ks::{KsState, Payload, Pin, PinFactory, PinReply, PinRequest, Position, WriteIrp};
use portcls::{DmaChannel, MiniportWaveCyclicStream, NewCyclic, ServiceGroup, ServiceSink};
use ring::Whose;
use units::{Bytes, Frames, Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use super::service::{Cushion, RingIo};
use crate::wavert::OpenPins;

/// An open pin as its handle has it; the service group knows it too.
#[derive(Debug)]
pub(super) struct CyclicPin(Shared<OpenPin>);

/// The stream behind a pin.
#[derive(Debug)]
struct OpenPin {
    stream: Box<dyn MiniportWaveCyclicStream>,
    channel: Box<dyn DmaChannel>,
    group: ServiceGroup,
    cushion: Cushion,
    state: KsState,
    format: WaveFormat,
    factory: PinFactory,
    pin: u32,
    open_pins: OpenPins,
    closed: bool,
}

/// The ring at one moment.
struct Io<'a> {
    now: Moment,
    stream: &'a mut dyn MiniportWaveCyclicStream,
    channel: &'a mut dyn DmaChannel,
}

impl RingIo for Io<'_> {
    fn copy(&mut self, at: Frames, payload: &Payload) {
        self.channel.copy_to(self.now, at, payload);
    }

    fn silence(&mut self, at: Frames, len: Frames, whose: Whose) {
        self.stream.silence(self.now, at, len, whose);
    }
}

impl CyclicPin {
    pub(super) fn new(
        now: Moment,
        made: NewCyclic,
        pin: u32,
        factory: PinFactory,
        format: WaveFormat,
        open_pins: OpenPins,
    ) -> Self {
        let NewCyclic {
            mut stream,
            channel,
            group,
        } = made;
        // Whatever interval the miniport would rather have, the port goes by its own.
        let (_, bytes) = stream.set_notification_interval(portcls::NOTIFICATION_INTERVAL);
        let ring = format.frames_in(channel.buffer_size());
        let mut open = OpenPin {
            stream,
            channel,
            group: group.clone(),
            cushion: Cushion::new(format, ring, format.frames_in(bytes)),
            state: KsState::Stop,
            format,
            factory,
            pin,
            open_pins,
            closed: false,
        };
        open.clear(now);
        let open = Shared::new(open);
        group.clear();
        group.add(Box::new(Service(open.clone())));
        Self(open)
    }
}

impl OpenPin {
    fn clear(&mut self, now: Moment) {
        let run = self.channel.system_address().run();
        let mut io = Io {
            now,
            stream: self.stream.as_mut(),
            channel: self.channel.as_mut(),
        };
        self.cushion.clear(run, &mut io);
    }

    /// Copies what there is room for.
    fn serve(&mut self, now: Moment) {
        let place = self.format.frames_in(self.stream.position(now));
        let mut io = Io {
            now,
            stream: self.stream.as_mut(),
            channel: self.channel.as_mut(),
        };
        self.cushion.serve(place, &mut io);
    }

    /// Walks to `target`; after a failure it stays in the last good state.
    ///
    /// Model: on the way into Run the stream is served once, so that what has come before is there
    /// for the first frame; nobody waits for the cushion.
    fn set_state(&mut self, now: Moment, target: KsState) -> Result<(), NtStatus> {
        for step in self.state.steps_to(target) {
            let to = step.to();
            if to == KsState::Run {
                self.serve(now);
            }
            self.stream.set_state(now, to)?;
            self.state = to;
            if to == KsState::Stop {
                self.clear(now);
            }
        }
        if let Some((event, count)) = self.cushion.queue.take_returned() {
            event.set(count);
        }
        Ok(())
    }

    fn set_format(&mut self, now: Moment, format: WaveFormat) -> Result<(), NtStatus> {
        if self.state == KsState::Run || !self.factory.takes(format) {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        self.stream.set_format(now, format)
    }

    /// Packets are taken from Acquire on.
    fn accept(&mut self, irp: WriteIrp) -> Result<(), NtStatus> {
        if self.state == KsState::Stop {
            return Err(NtStatus::INVALID_DEVICE_STATE);
        }
        self.cushion.accept(irp);
        if let Some((event, count)) = self.cushion.queue.take_returned() {
            event.set(count);
        }
        Ok(())
    }

    fn position(&mut self, now: Moment) -> Position {
        let ring = self.channel.buffer_size().get().max(1);
        let written = self.format.bytes_of(self.cushion.written());
        Position {
            play: self.stream.position(now),
            write: Bytes::new(written.get() % ring),
        }
    }

    /// The set of WaveRT is not there: so a client knows that it has to hand packets over.
    fn request(&mut self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        match request {
            PinRequest::GetState => Ok(PinReply::State(self.state)),
            PinRequest::SetState(target) => self.set_state(now, target).map(|()| PinReply::Done),
            PinRequest::GetFormat => Ok(PinReply::Format(self.format)),
            PinRequest::SetFormat(format) => self.set_format(now, format).map(|()| PinReply::Done),
            PinRequest::Position => Ok(PinReply::Position(self.position(now))),
            PinRequest::WriteStream(irp) => self.accept(irp).map(|()| PinReply::Done),
            PinRequest::Audio(_)
            | PinRequest::AudioEngine(_)
            | PinRequest::SetContentId { .. }
            | PinRequest::RtAudio(_) => Err(NtStatus::NOT_FOUND),
        }
    }

    fn close(&mut self, now: Moment) {
        // A downward step has nothing to fail with; if it does, the pin is closed all the same.
        let _ = self.set_state(now, KsState::Stop);
        self.group.clear();
        self.open_pins.closed(self.pin);
    }
}

/// The stream as the service group has it.
#[derive(Debug)]
struct Service(Shared<OpenPin>);

impl ServiceSink for Service {
    fn request_service(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        let mut pin = self.0.borrow_mut();
        if pin.state != KsState::Run {
            return;
        }
        pin.serve(now);
        if let Some((event, count)) = pin.cushion.queue.take_returned() {
            signal(&event, count);
        }
    }

    fn fork_sink(&self, forker: &mut Forker) -> Box<dyn ServiceSink> {
        Box::new(Self(self.0.fork(forker)))
    }
}

impl Pin for CyclicPin {
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
            channel: self.channel.fork(forker),
            group: self.group.fork(forker),
            cushion: self.cushion.fork(forker),
            factory: self.factory.clone(),
            open_pins: self.open_pins.fork(forker),
            ..*self
        }
    }
}
