//! A recording client's stream, as the engine has it.

use ring::Samples;
use units::{Frames, Hns, SimTime, WaveFormat};
use vtime::{EventHandle, Fork, Forker};

use crate::capture_buffer::{CaptureBuffer, Dropped, Overrun};
use crate::channels::ChannelMatrix;
use crate::convert::{decode, encode};

/// One stream of one client that shares an endpoint which records.
#[derive(Clone, Debug)]
pub struct CaptureStream {
    /// The client's buffer.
    pub buffer: CaptureBuffer,
    /// Set once per pass after the stream was first started.
    pub event: Option<EventHandle>,
    running: bool,
    was_started: bool,
    /// Frames that passes have brought, whether there was room for them or not, and when the last did.
    brought: Frames,
    last_pass: Option<SimTime>,
    /// What is recorded; the client's format may be another.
    device: WaveFormat,
    matrix: ChannelMatrix,
    decoded: Vec<f32>,
    mapped: Vec<f32>,
    bytes: Vec<u8>,
}

impl CaptureStream {
    /// A stopped stream with an empty buffer for `frames` frames of `format`, of a device that
    /// records in `device`.
    pub fn new(
        device: WaveFormat,
        format: WaveFormat,
        frames: Frames,
        overrun: Overrun,
        samples: Samples,
    ) -> Self {
        Self {
            buffer: CaptureBuffer::new(format, frames, overrun, samples),
            event: None,
            running: false,
            was_started: false,
            brought: Frames::ZERO,
            last_pass: None,
            device,
            matrix: ChannelMatrix::new(device.channels, format.channels),
            decoded: Vec::new(),
            mapped: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Passes append packets from now on. What was recorded since the last stop is missing.
    pub fn start(&mut self) {
        self.running = true;
        if std::mem::replace(&mut self.was_started, true) {
            self.buffer.interrupt();
        }
    }

    /// Passes append nothing any more. What is queued stays.
    pub fn stop(&mut self) {
        self.running = false;
    }

    /// True between start and stop.
    pub const fn is_running(&self) -> bool {
        self.running
    }

    /// Frames that passes have brought since the buffer was last [emptied](Self::reset), and when
    /// the last pass did.
    pub const fn brought(&self) -> (Frames, Option<SimTime>) {
        (self.brought, self.last_pass)
    }

    /// Empties the buffer.
    pub fn reset(&mut self) {
        self.buffer.reset();
        (self.brought, self.last_pass) = (Frames::ZERO, None);
    }

    pub(crate) fn note_pass(&mut self, at: SimTime, frames: Frames) {
        self.brought += frames;
        self.last_pass = Some(at);
    }

    /// Appends a packet of the device, converted; `dropped` is told what found no room.
    pub(crate) fn append(
        &mut self,
        frames: Frames,
        device_frame: u64,
        stamp: (Hns, bool),
        bytes: Option<&[u8]>,
        dropped: impl FnMut(Dropped),
    ) {
        let converted = bytes.map(|bytes| self.convert(frames, bytes));
        let own = std::mem::take(&mut self.bytes);
        let bytes = match converted {
            Some(true) => Some(own.as_slice()),
            _ => bytes,
        };
        self.buffer
            .append(frames, device_frame, stamp, bytes, dropped);
        self.bytes = own;
    }

    /// Puts `bytes` into the client's format; false if that is the device's.
    fn convert(&mut self, frames: Frames, bytes: &[u8]) -> bool {
        let format = self.buffer.format();
        if format == self.device {
            return false;
        }
        let frames = usize::try_from(frames.get()).expect("a packet fits into memory");
        let recorded = frames * usize::from(self.device.channels);
        let wanted = frames * usize::from(format.channels);
        self.decoded.resize(recorded, 0.0);
        decode(self.device.sample, bytes, &mut self.decoded);
        self.mapped.clear();
        self.mapped.resize(wanted, 0.0);
        self.matrix.add(&self.decoded, 1.0, &mut self.mapped);
        self.bytes.resize(frames * format.frame_bytes() as usize, 0);
        encode(format.sample, &self.mapped, &mut self.bytes);
        true
    }

    /// Tells the client that pass `pass` is over.
    pub(crate) fn signal(&self, pass: u64) {
        if let Some(event) = self.event.as_ref().filter(|_| self.was_started) {
            event.set(pass);
        }
    }
}

impl Fork for CaptureStream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            event: self.event.fork(forker),
            ..self.clone()
        }
    }
}
