//! What an engine copies between memory, FIFO and link.

use ring::{Kind, Samples, Whose};
use units::{Frames, SampleFormat};

use super::DmaEngine;
use crate::link::LinkSpan;

impl DmaEngine {
    /// An output takes out of memory what it fetches. What comes after its time is dropped.
    pub(super) fn fetch(&mut self, from: u64, to: u64) {
        let begun = self.begun().get();
        let program = self.program.as_ref().expect("who moves has a program");
        let (from, to) = (from / program.frame, to / program.frame);
        let from = from.max(begun.min(to));
        for (buffer, place, frames) in program.walk.stretches(from, to) {
            let fifo = &mut self.fifo;
            let bytes = match self.config.record {
                Samples::Kept => {
                    let bytes = frames.get() * program.frame;
                    self.scratch
                        .resize(usize::try_from(bytes).expect("fits into memory"), 0);
                    Some(self.scratch.as_mut_slice())
                }
                Samples::Left => None,
            };
            buffer.load(place, frames, bytes, |len, whose| fifo.put(len, whose));
            fifo.put_samples(&self.scratch);
        }
    }

    /// The frames of an output that have begun since `begun_before` leave; silence where the FIFO
    /// had run dry.
    pub(super) fn let_out(&mut self, begun_before: Frames) {
        let program = self.program();
        let (frame, held) = (program.frame, program.format.frames_in(self.moved_bytes()));
        let (run, begun) = (self.run(), self.begun());
        let there = Frames::new(held.get().clamp(begun_before.get(), begun.get()));
        self.fifo.let_out(run, begun_before, there, &mut self.log);
        let bytes = (there - begun_before).get() * frame;
        self.fifo.let_samples_out(bytes, &mut self.log);
        if there < begun {
            self.let_silence_out(run, there, begun);
        }
        self.log.reach(begun);
    }

    fn let_silence_out(&mut self, run: u32, first: Frames, end: Frames) {
        let len = end - first;
        self.log.lose(run, first, len);
        let whose = Some(Whose {
            run,
            kind: Kind::ZeroFill,
            content: first.get(),
            intended: first.get(),
            write: 0,
        });
        self.log.push(LinkSpan {
            run,
            first,
            len,
            whose,
        });
        if self.config.record == Samples::Kept {
            let program = self.program();
            let silence = match program.format.sample {
                SampleFormat::U8 => 0x80,
                _ => 0,
            };
            let bytes = usize::try_from(len.get() * program.frame).expect("fits into memory");
            self.log.push_samples(&vec![silence; bytes]);
        }
    }

    /// The frames of an input have wholly arrived up to frame `end`.
    pub(super) fn arrive(&mut self, end: u64) {
        let first = std::mem::replace(&mut self.arrived, end);
        let run = self.run();
        for (at, len, content) in self.contents(first, end) {
            self.log.push(LinkSpan {
                run,
                first: Frames::new(at),
                len: Frames::new(len),
                whose: Some(captured(run, at, content)),
            });
        }
        self.log.reach(Frames::new(end));
        if self.config.record == Samples::Kept {
            self.record(first, end);
            self.log.push_samples(&self.scratch);
        }
    }

    /// An input puts into memory what it stores.
    pub(super) fn store(&mut self, from: u64, to: u64) {
        let frame = self.program().frame;
        let (first, end) = (from / frame, to / frame);
        self.record(first, end);
        let (run, program) = (
            self.run(),
            self.program.as_ref().expect("who moves has one"),
        );
        let mut bytes = self.scratch.as_slice();
        for (mut at, len, mut content) in self.contents(first, end) {
            for (buffer, place, frames) in program.walk.stretches(at, at + len) {
                let size = usize::try_from(frames.get() * frame).expect("fits into memory");
                let samples = bytes.split_at_checked(size).map(|(piece, rest)| {
                    bytes = rest;
                    piece
                });
                let whose = captured(run, at, content);
                buffer.store(place, samples, frames, Some(whose));
                at += frames.get();
                content += frames.get();
            }
        }
    }

    /// What the microphone heard from frame `first` to frame `end`, into the scratch space;
    /// nothing if samples are not kept.
    fn record(&mut self, first: u64, end: u64) {
        self.scratch.clear();
        if self.config.record == Samples::Left {
            return;
        }
        let run = self.run();
        let (frame, format) = (self.program().frame, self.program().format);
        for (_, len, content) in self.contents(first, end) {
            let before = self.scratch.len();
            let bytes = usize::try_from(len * frame).expect("fits into memory");
            self.scratch.resize(before + bytes, 0);
            let out = &mut self.scratch[before..];
            self.microphone
                .record(run, Frames::new(content), format, out);
        }
    }

    /// Splits the frames of an input from `first` to `end` where some were lost: (first frame,
    /// frames, content of the first).
    fn contents(&self, first: u64, end: u64) -> Vec<(u64, u64, u64)> {
        let behind = self.losses.partition_point(|&(at, _)| at <= first);
        let lost = |index: usize| index.checked_sub(1).map_or(0, |at| self.losses[at].1);
        let (mut at, mut all) = (first, Vec::new());
        for index in behind..=self.losses.len() {
            let until = self.losses.get(index).map_or(end, |&(at, _)| at.min(end));
            if at < until {
                all.push((at, until - at, at + lost(index)));
                at = until;
            }
        }
        all
    }
}

/// Whose frame `frame` of an input is: what was converted as frame `content`.
fn captured(run: u32, frame: u64, content: u64) -> Whose {
    Whose {
        run,
        kind: Kind::Audio,
        content,
        intended: frame,
        write: 0,
    }
}
