//! One stream into the mix.

use std::sync::Arc;

use ring::{Kind, SharedBuffer, Whose};
use units::{Clock, Frames};
use vtime::{Fork, Forker};

use super::gain::{Ramp, apply};
use super::{DspEvent, Underrun};
use crate::crystal::Grid;
use crate::link::{LinkLog, LinkSpan, Schedule, Segment};
use crate::memory::fork_buffer;
use crate::pace::Pace;

/// Frames one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) first: u64,
    pub(super) len: u64,
}

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
    /// Runs begun since power-up.
    runs: u32,
    /// True from the first RUN to the reset.
    has_run: bool,
    log: LinkLog,
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
            runs: 0,
            has_run: false,
            log: LinkLog::default(),
        }
    }

    pub(super) fn attach(&mut self, buffer: Arc<SharedBuffer>, packet: Frames) {
        buffer.set_run(self.runs - u32::from(self.has_run));
        self.buffer = Some(buffer);
        self.packet = packet.get();
    }

    pub(super) fn detach(&mut self) {
        let channels = u8::try_from(self.volumes.len()).expect("a frame has few channels");
        *self = Self {
            runs: self.runs,
            log: std::mem::take(&mut self.log),
            ..Self::new(channels)
        };
    }

    pub(super) fn pause(&mut self, done: u64) {
        if self.transfer.is_running() {
            self.log.take_back_void();
        }
        self.transfer.pause(done);
        for volume in &mut self.volumes {
            *volume = Ramp::at(volume.target());
        }
    }

    pub(super) fn reset(&mut self) {
        self.transfer.reset();
        self.has_run = false;
        if let Some(buffer) = &self.buffer {
            buffer.set_run(self.runs);
        }
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

    /// Lets it run: the frame of the device that takes the next one is `first`.
    pub(super) fn run(&mut self, first: u64, clock: Clock) {
        if self.transfer.is_running() {
            return;
        }
        let before = Frames::new(self.transfer.before);
        self.transfer.run(first);
        self.runs += u32::from(!std::mem::replace(&mut self.has_run, true));
        self.log.open(Segment {
            run: self.runs - 1,
            begins: clock.instant_of(first),
            first: before,
            frames: Frames::ZERO,
            schedule: Schedule {
                pace: Pace::even(clock.rate()),
                clock: Grid::Steady(clock),
                origin: first,
                slots_before: before.get(),
            },
        });
    }

    /// Adds what it has for the frames of `part` to `sum`, and notes whose that was.
    pub(super) fn mix_into(&mut self, sum: &mut [i32], part: Part, underrun: Underrun) {
        let Some((skipped, linear, count)) = self.transfer.among(part.first, part.len) else {
            return;
        };
        let Some(buffer) = self.buffer.clone() else {
            return;
        };
        let valid = self.valid.filter(|_| underrun == Underrun::Silence);
        let limits = [self.end, valid].into_iter().flatten();
        let limit = limits.min().unwrap_or(u64::MAX);
        let taken = limit.saturating_sub(linear).min(count);
        let round = buffer.frames().get();
        let mut done = 0;
        while done < taken {
            let piece = Part {
                first: linear + done,
                len: round.min(taken - done),
            };
            let at = (part.first + skipped + done, skipped + done);
            self.take(&buffer, piece, at, sum);
            done += piece.len;
        }
        self.leave(linear + taken, count - taken);
        self.log.reach(Frames::new(linear + count));
    }

    /// Takes frames out of the buffer. `at` is the frame of the device that the first of them is
    /// mixed into, and its place in `sum`.
    fn take(&mut self, buffer: &SharedBuffer, piece: Part, at: (u64, u64), sum: &mut [i32]) {
        let channels = self.volumes.len();
        let size = usize::try_from(piece.len).expect("a piece fits into memory") * channels;
        let mut bytes = buffer.samples().map(|_| vec![0; 2 * size]);
        let (run, log) = (self.runs - 1, &mut self.log);
        let mut first = Frames::new(piece.first);
        let len = Frames::new(piece.len);
        buffer.load(first, len, bytes.as_deref_mut(), |len, whose| {
            log.push(LinkSpan {
                run,
                first,
                len,
                whose,
            });
            first += len;
        });
        let (device, place) = at;
        let place = usize::try_from(place).expect("within the sum") * channels;
        let samples = bytes.iter().flat_map(|bytes| bytes.chunks_exact(2));
        for (offset, bytes) in samples.enumerate() {
            let (frame, channel) = (offset / channels, offset % channels);
            let sample = i16::from_le_bytes([bytes[0], bytes[1]]);
            let level = self.volumes[channel].level_at(device + frame as u64);
            sum[place + offset] += apply(sample.into(), level);
        }
    }

    /// Notes that `len` frames from `first` on were silent: behind the end of the stream, or
    /// because nothing was valid.
    fn leave(&mut self, first: u64, len: u64) {
        let run = self.runs - 1;
        let whose = Whose {
            run,
            kind: if self.end.is_some() {
                Kind::EosPad
            } else {
                Kind::ZeroFill
            },
            content: first,
            intended: first,
            write: 0,
        };
        self.log.push(LinkSpan {
            run,
            first: Frames::new(first),
            len: Frames::new(len),
            whose: Some(whose),
        });
    }

    pub(super) fn log(&self) -> &LinkLog {
        &self.log
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
            log: self.log.clone(),
            ..*self
        }
    }
}
