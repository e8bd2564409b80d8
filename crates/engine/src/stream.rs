//! A shared client's stream, as the engine has it.

use ring::Samples;
use units::{Frames, SimTime, WaveFormat};
use vtime::{EventHandle, Fork, Forker};

use crate::channels::ChannelMatrix;
use crate::endpoint::EndpointBuffer;
use crate::volume::Volume;

/// One stream of one shared client at the engine.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The client's buffer.
    pub buffer: EndpointBuffer,
    /// How loud it is mixed.
    pub volume: Volume,
    /// Set once per pass after the stream was first started.
    pub event: Option<EventHandle>,
    /// Whether the history tells where its frames are mixed.
    pub is_traced: bool,
    running: bool,
    was_started: bool,
    starved: u64,
    /// When the last pass took frames from it, and how many.
    last_take: Option<(SimTime, Frames)>,
    mix_channels: u8,
    pub(crate) matrix: ChannelMatrix,
}

impl Stream {
    /// A stopped stream with an empty buffer, for a mix of `mix_channels` channels.
    pub fn new(format: WaveFormat, frames: Frames, samples: Samples, mix_channels: u8) -> Self {
        Self {
            buffer: EndpointBuffer::new(format, frames, samples),
            volume: Volume::FULL,
            event: None,
            is_traced: false,
            running: false,
            was_started: false,
            starved: 0,
            last_take: None,
            mix_channels,
            matrix: ChannelMatrix::new(format.channels, mix_channels),
        }
    }

    /// Passes take frames from now on.
    pub fn start(&mut self) {
        self.running = true;
        self.was_started = true;
    }

    /// Passes take nothing any more. What is queued stays.
    pub fn stop(&mut self) {
        self.running = false;
    }

    /// True between start and stop.
    pub const fn is_running(&self) -> bool {
        self.running
    }

    /// Passes that found less than a period.
    pub const fn starved(&self) -> u64 {
        self.starved
    }

    /// When the last pass took frames from it, and how many these were; `None` before the first,
    /// and once its buffer was [emptied](Self::reset).
    pub const fn last_take(&self) -> Option<(SimTime, Frames)> {
        self.last_take
    }

    /// Empties the buffer.
    pub fn reset(&mut self) {
        self.buffer.reset();
        self.last_take = None;
    }

    /// Sets how loud each channel of the client is mixed.
    ///
    /// # Panics
    /// If there is not one gain for each channel of the client.
    pub fn set_channel_gains(&mut self, gains: &[f32]) {
        let from = self.buffer.format().channels;
        self.matrix = ChannelMatrix::weighted(from, self.mix_channels, gains);
    }

    pub(crate) fn note_take(&mut self, at: SimTime, frames: Frames) {
        self.last_take = Some((at, frames));
    }

    pub(crate) fn count_starvation(&mut self) {
        self.starved += 1;
    }

    /// Tells the client that pass `pass` has taken its frames.
    ///
    /// # Source
    /// `wasapi`, events: one signal per pass of the endpoint, none before the first start.
    pub(crate) fn signal(&self, pass: u64) {
        if let Some(event) = self.event.as_ref().filter(|_| self.was_started) {
            event.set(pass);
        }
    }
}

impl Fork for Stream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            event: self.event.fork(forker),
            ..self.clone()
        }
    }
}
