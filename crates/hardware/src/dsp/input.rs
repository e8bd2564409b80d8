//! One stream into the mix.

use std::sync::Arc;

use ring::SharedBuffer;
use units::Frames;
use vtime::{Fork, Forker};

use super::DspEvent;
use super::gain::{Ramp, apply};
use crate::memory::fork_buffer;

/// A DMA engine that counts frames.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Transfer {
    /// Frames transferred before it was last let run.
    before: u64,
    /// The frame of the device that takes the next one; `None` while it does not run.
    running_from: Option<u64>,
}

impl Transfer {
    pub(super) fn run(&mut self, first: u64) {
        self.running_from = self.running_from.or(Some(first));
    }

    pub(super) fn pause(&mut self, done: u64) {
        self.before = self.linear(done);
        self.running_from = None;
    }

    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    pub(super) fn is_running(&self) -> bool {
        self.running_from.is_some()
    }

    /// Frames transferred when the device has done `done` frames.
    pub(super) fn linear(&self, done: u64) -> u64 {
        let since = self
            .running_from
            .map_or(0, |from| done.saturating_sub(from));
        self.before + since
    }

    /// Frames that the device has done when `linear` are transferred; `None` while it does not
    /// run, or if they are already.
    pub(super) fn done_at(&self, linear: u64) -> Option<u64> {
        let from = self.running_from?;
        (linear > self.before).then(|| from + (linear - self.before))
    }

    /// The transferred frames among `len` device frames from `first` on: how many of the latter
    /// come before, the first transferred, how many.
    pub(super) fn among(&self, first: u64, len: u64) -> Option<(u64, u64, u64)> {
        let from = self.running_from?;
        let skipped = from.saturating_sub(first).min(len);
        let count = len - skipped;
        (count > 0).then(|| (skipped, self.linear(first + skipped), count))
    }
}

/// One stream into the mix.
#[derive(Debug)]
pub(super) struct Input {
    buffer: Option<Arc<SharedBuffer>>,
    packet: u64,
    pub(super) transfer: Transfer,
    /// Frames up to which it is valid; `None` for all.
    valid: Option<u64>,
    /// The frame at which it ends.
    end: Option<u64>,
    /// True from an underrun until the valid end moves on.
    starved: bool,
    pub(super) is_protected: bool,
    volumes: Vec<Ramp>,
}

impl Input {
    pub(super) fn new(channels: u8) -> Self {
        Self {
            buffer: None,
            packet: 0,
            transfer: Transfer::default(),
            valid: None,
            end: None,
            starved: false,
            is_protected: false,
            volumes: vec![Ramp::at(0); channels.into()],
        }
    }

    pub(super) fn attach(&mut self, buffer: Arc<SharedBuffer>, packet: Frames) {
        self.buffer = Some(buffer);
        self.packet = packet.get();
    }

    pub(super) fn detach(&mut self) {
        *self = Self::new(u8::try_from(self.volumes.len()).expect("a frame has few channels"));
    }

    pub(super) fn pause(&mut self, done: u64) {
        self.transfer.pause(done);
        for volume in &mut self.volumes {
            *volume = Ramp::at(volume.target());
        }
    }

    pub(super) fn reset(&mut self) {
        self.transfer.reset();
        self.valid = self.valid.map(|_| 0);
        self.end = None;
        self.starved = false;
    }

    pub(super) fn set_valid(&mut self, end: Option<u64>) {
        self.valid = end;
        self.starved = false;
    }

    pub(super) fn set_end(&mut self, end: u64) {
        self.set_valid(Some(end));
        self.end = Some(end);
    }

    pub(super) fn set_volume(&mut self, done: u64, channel: u8, level: i32, over: u64) {
        let over = if self.transfer.is_running() { over } else { 0 };
        let volume = &mut self.volumes[usize::from(channel)];
        *volume = volume.towards(done, level, over);
    }

    pub(super) fn volume(&self, done: u64, channel: u8) -> i32 {
        self.volumes[usize::from(channel)].level_at(done)
    }

    /// Adds what it has for the device frames from `first` on to `sum`.
    pub(super) fn add_to(&self, sum: &mut [i32], first: u64, channels: usize) {
        let len = u64::try_from(sum.len() / channels).expect("a count");
        let (Some(buffer), Some((skipped, linear, count))) =
            (&self.buffer, self.transfer.among(first, len))
        else {
            return;
        };
        let valid = self
            .valid
            .map_or(count, |end| end.saturating_sub(linear).min(count));
        let mut frame = vec![0; 2 * channels];
        for offset in 0..valid {
            buffer.load(
                Frames::new(linear + offset),
                Frames::new(1),
                Some(&mut frame),
                |_, _| (),
            );
            let at = first + skipped + offset;
            let place = usize::try_from(skipped + offset).expect("within the sum") * channels;
            for (channel, bytes) in frame.chunks_exact(2).enumerate() {
                let sample = i16::from_le_bytes([bytes[0], bytes[1]]);
                let level = self.volumes[channel].level_at(at);
                sum[place + channel] += apply(sample.into(), level);
            }
        }
    }

    /// What happened while the device did the frames from `first` to `ended`, in order.
    pub(super) fn happened(
        &mut self,
        first: u64,
        ended: u64,
        delay: u64,
    ) -> impl Iterator<Item = DspEvent> + use<> {
        let (before, after) = (self.transfer.linear(first), self.transfer.linear(ended));
        let mut events = Vec::new();
        for packet in self.completions(before, after) {
            events.push((packet, DspEvent::PacketDone(Frames::new(packet))));
        }
        let starves = self
            .valid
            .filter(|valid| self.end.is_none() && *valid < after);
        if let Some(valid) = starves.filter(|_| !self.starved && after > before) {
            self.starved = true;
            let at = valid.max(before);
            events.push((at + 1, DspEvent::Underrun(Frames::new(at))));
        }
        if let Some(end) = self.end.map(|end| end + delay) {
            if before < end && end <= after {
                events.push((end, DspEvent::LastRendered));
            }
        }
        events.sort_by_key(|(at, _)| *at);
        events.into_iter().map(|(_, event)| event)
    }

    /// The ends of packets above `before` and up to `after` that are told.
    fn completions(&self, before: u64, after: u64) -> Vec<u64> {
        if self.packet == 0 {
            return Vec::new();
        }
        let ends = (before / self.packet + 1..=after / self.packet).map(|n| n * self.packet);
        ends.filter(|packet| self.end.is_none_or(|end| *packet < end))
            .collect()
    }

    /// The device frame behind which something is to be told next, after `done` frames.
    pub(super) fn next_event(&self, done: u64, delay: u64) -> Option<u64> {
        let told = |at: u64| self.transfer.done_at(at);
        let rendered = self.end.and_then(|end| told(end + delay));
        let starved = self.valid.filter(|_| self.end.is_none() && !self.starved);
        let starved = starved
            .filter(|_| self.transfer.is_running())
            .map(|valid| told(valid + 1).map_or(done + 1, |frame| frame.max(done + 1)));
        let all = [self.next_packet(done), rendered, starved];
        all.into_iter()
            .flatten()
            .filter(|frame| *frame > done)
            .min()
    }

    /// The device frame behind which the first packet is done that is not by `done`.
    fn next_packet(&self, done: u64) -> Option<u64> {
        let next = (self.transfer.linear(done).checked_div(self.packet)? + 1) * self.packet;
        let is_told = self.end.is_none_or(|end| next < end);
        is_told.then(|| self.transfer.done_at(next)).flatten()
    }
}

impl Fork for Input {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            buffer: self
                .buffer
                .as_ref()
                .map(|buffer| fork_buffer(buffer, forker)),
            volumes: self.volumes.clone(),
            ..*self
        }
    }
}
