//! A table of callbacks as a subject of the kit.

use crate::border::{self, Stream};
use conformance::kit::{
    Answer, Bench, Call, Declared, Held, LeftOut, Limits, Mark, Setup, Signal, Subject,
};
use ks::{KsState, PacketNumber, Position, PresentationPosition, ReadPacket};
use units::{Bytes, Frames, Hns, NtStatus, WaveFormat};

/// Makes streams of a table that has been looked at: it has a `make`, and its maker keeps the word of the header.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) callbacks: border::Subject,
}

/// One stream of a table.
struct Foreign<'a> {
    callbacks: &'a border::Subject,
    stream: Stream,
    now: u64,
    setup: Setup,
    /// Frames in the buffer; a stream that is not asked for one has one from the start.
    ring: u64,
    /// How often the client has stored.
    stores: u32,
}

/// A setup as C sees it.
fn told(setup: &Setup) -> border::Setup {
    border::Setup {
        size: border::size_of_struct::<border::Setup>(),
        rate_hz: setup.format.rate.hertz(),
        channels: setup.format.channels.into(),
        frame_bytes: setup.format.frame_bytes(),
        packet_frames: setup.packet.get(),
        packets: setup.packets,
        reserved: 0,
        start: setup.start.get(),
    }
}

impl Bench for Table {
    fn name(&self) -> &str {
        &self.name
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        let told = told(setup);
        let make = self.callbacks.make.expect("looked at by wavert_kit_run");
        let is_asked = self.callbacks.allocate_buffer.is_some()
            || self.callbacks.allocate_buffer_with_notification.is_some();
        let frames = setup.packet.get() * u64::from(setup.packets);
        // SAFETY: the header asks `make` to take what is valid during the call, and this is.
        let stream = unsafe { make(self.callbacks.context, &raw const told) };
        Box::new(Foreign {
            callbacks: &self.callbacks,
            stream,
            now: setup.start.get(),
            setup: *setup,
            ring: if is_asked { 0 } else { frames },
            stores: 0,
        })
    }

    fn declared(&self, _: &Setup) -> Declared {
        let has = |flag| self.callbacks.flags & flag != 0;
        Declared {
            grain: Frames::new(self.callbacks.grain_frames.max(1).into()),
            lag: Hns::new(self.callbacks.lag),
            delay: Frames::new(self.callbacks.delay_frames),
            aligned: !has(border::INSIDE_FRAMES),
            captures: has(border::CAPTURES),
            counts_in_memory: has(border::COUNTS_IN_MEMORY),
            ..Declared::default()
        }
    }

    fn limits(&self) -> Limits {
        // A timer is served tick by tick, so that a year would take too long.
        let gap_packets_max = self.callbacks.timer.map(|_| 2_000);
        Limits {
            gap_packets_max,
            ..Limits::default()
        }
    }

    fn exempt(&self) -> Vec<LeftOut> {
        let why = "a timer is served tick by tick, and not for days; a function is";
        let number = "P50";
        self.callbacks
            .timer
            .map(|_| LeftOut { number, why })
            .into_iter()
            .collect()
    }
}

impl Drop for Foreign<'_> {
    fn drop(&mut self) {
        if let (Some(destroy), false) = (self.callbacks.destroy, self.stream.is_null()) {
            // SAFETY: `make` made it, and it is destroyed once.
            unsafe { destroy(self.stream) };
        }
    }
}

/// Makes the callback of that name, if the table has it. `None` if not.
macro_rules! ask {
    ($foreign:expr, $callback:ident, $($argument:expr),*) => {
        $foreign.callbacks.$callback.map(|callback| {
            // SAFETY: `make` made the stream, which is not null and not destroyed; places for results outlive the call.
            let status = unsafe { callback($foreign.stream, $($argument),*) };
            NtStatus::from_value(status)
        })
    };
}

impl Subject for Foreign<'_> {
    fn call(&mut self, at: Hns, call: Call) -> Answer {
        if self.stream.is_null() {
            return Answer::NotOffered;
        }
        let now = at.get();
        self.now = now;
        match call {
            Call::Position => self.position(now),
            Call::Linear => {
                let mut bytes = 0;
                let status = ask!(self, get_linear_position, now, &raw mut bytes);
                answer(status, || Answer::Linear(bytes))
            }
            Call::Presentation => self.presentation(now),
            Call::PacketCount => {
                let mut count = 0;
                let status = ask!(self, get_packet_count, now, &raw mut count);
                answer(status, || Answer::Count(count))
            }
            Call::Read => self.read(now),
            Call::Buffer { requested, packets } => self.buffer(now, requested, packets),
            Call::Format(format) => self.change_format(now, format),
            Call::Delay(written) => {
                let mut frames = 0;
                let status = ask!(self, get_delay, now, written, &raw mut frames);
                answer(status, || Answer::Linear(frames))
            }
            Call::Store { first, frames } => self.store(now, first, frames),
            Call::Overwrite(frames) if !self.captures() => self.overwrite(now, frames),
            Call::Behind(frames) if self.captures() => self.behind(now, frames),
            Call::Heard(before) if !self.captures() => self.heard(now, before),
            Call::State(state) => done(ask!(self, set_state, now, number(state))),
            Call::Register(event) => done(ask!(self, register_event, now, event.into())),
            Call::Unregister(event) => done(ask!(self, unregister_event, now, event.into())),
            Call::Write(write) => {
                let length = u32::try_from(write.eos_packet_length.get()).unwrap_or(u32::MAX);
                let packet = write.packet.get();
                done(ask!(
                    self,
                    set_write_packet,
                    now,
                    packet,
                    write.flags,
                    length
                ))
            }
            _ => Answer::NotOffered,
        }
    }

    fn pass(&mut self, until: Hns) -> Vec<Signal> {
        let mut signals = Vec::new();
        let (Some(due), Some(timer)) = (self.callbacks.timer_due, self.callbacks.timer) else {
            return signals;
        };
        if self.stream.is_null() {
            return signals;
        }
        let mut served = None;
        loop {
            // SAFETY: `make` made the stream, which is not null and not destroyed.
            let next = unsafe { due(self.stream) };
            // A timer that does not move on is served once at an instant.
            if next == 0 || next > until.get() || served.is_some_and(|served| next <= served) {
                return signals;
            }
            served = Some(next);
            self.now = self.now.max(next);
            let at = Hns::new(self.now);
            // SAFETY: as above.
            let events = unsafe { timer(self.stream, self.now) };
            let set = (0..64).filter(|event| events >> event & 1 == 1);
            signals.extend(set.map(|event| Signal { at, event }));
        }
    }

    fn hold(&mut self, until: Hns) -> Held {
        if self.callbacks.timer.is_none() || self.stream.is_null() {
            return Held::No;
        }
        self.now = until.get();
        Held::Yes
    }
}

impl Foreign<'_> {
    fn captures(&self) -> bool {
        self.callbacks.flags & border::CAPTURES != 0
    }

    fn frame(&self) -> u64 {
        self.setup.format.frame_bytes().into()
    }

    fn buffer(&mut self, now: u64, requested: Bytes, packets: Option<u32>) -> Answer {
        let (mut actual, bytes) = (0, requested.get());
        let place = &raw mut actual;
        let status = match packets {
            None => ask!(self, allocate_buffer, now, bytes, place),
            Some(count) => {
                ask!(
                    self,
                    allocate_buffer_with_notification,
                    now,
                    count,
                    bytes,
                    place
                )
            }
        };
        self.made(status, actual)
    }

    fn change_format(&mut self, now: u64, format: WaveFormat) -> Answer {
        let setup = Setup {
            format,
            ..self.setup
        };
        let (told, mut actual) = (told(&setup), 0);
        let status = ask!(self, set_format, now, &raw const told, &raw mut actual);
        if status == Some(NtStatus::SUCCESS) {
            self.setup = setup;
        }
        self.made(status, actual)
    }

    /// A buffer of `actual` bytes was made, if it was.
    fn made(&mut self, status: Option<NtStatus>, actual: u64) -> Answer {
        if status == Some(NtStatus::SUCCESS) {
            self.ring = actual / self.frame();
        }
        let actual = Bytes::new(actual);
        answer(status, || Answer::Buffer { actual })
    }

    fn store(&mut self, now: u64, first: u64, frames: u64) -> Answer {
        if self.ring == 0 {
            return Answer::NotOffered;
        }
        let (first, frames) = (first % self.ring, frames.min(self.ring));
        let status = ask!(self, store, now, first, frames, self.stores + 1);
        if status == Some(NtStatus::SUCCESS) {
            self.stores += 1;
        }
        done(status)
    }

    fn overwrite(&mut self, now: u64, frames: u64) -> Answer {
        let position = self.position(now);
        let Answer::Position(place) = position else {
            return position;
        };
        let end = self.ring + place.write.get() / self.frame();
        match self.store(now, end - frames.min(self.ring), frames) {
            Answer::Done => position,
            answer => answer,
        }
    }

    fn behind(&mut self, now: u64, frames: u64) -> Answer {
        let position = self.position(now);
        let (Answer::Position(place), 1..) = (position, self.ring) else {
            return Answer::NotOffered;
        };
        let end = self.ring + place.write.get() / self.frame();
        let frame = (end - frames.min(self.ring)) % self.ring;
        let mut mark = border::NOBODY;
        let status = ask!(self, load, now, frame, &raw mut mark);
        let mark = told_mark(mark);
        answer(status, || Answer::Frame { frame, mark })
    }

    fn heard(&self, now: u64, before: u64) -> Answer {
        let (mut frame, mut mark) = (0, border::NOBODY);
        let status = ask!(self, heard, now, before, &raw mut frame, &raw mut mark);
        let mark = told_mark(mark);
        match answer(status, || Answer::Frame { frame, mark }) {
            Answer::Refused(NtStatus::NOT_SUPPORTED) => Answer::NotOffered,
            answer => answer,
        }
    }

    fn position(&self, now: u64) -> Answer {
        let (mut play, mut write) = (0, 0);
        let status = ask!(self, get_position, now, &raw mut play, &raw mut write);
        answer(status, || {
            Answer::Position(Position {
                play: Bytes::new(play),
                write: Bytes::new(write),
            })
        })
    }

    fn presentation(&self, now: u64) -> Answer {
        let (mut frames, mut counter) = (0, 0);
        let status = ask!(
            self,
            get_presentation_position,
            now,
            &raw mut frames,
            &raw mut counter
        );
        answer(status, || {
            Answer::Presented(PresentationPosition {
                blocks: Frames::new(frames),
                qpc: Hns::new(counter),
            })
        })
    }

    fn read(&self, now: u64) -> Answer {
        let mut read = border::ReadPacket::default();
        let status = ask!(self, get_read_packet, now, &raw mut read);
        answer(status, || {
            Answer::Packet(ReadPacket {
                packet: PacketNumber::new(read.packet),
                flags: read.flags,
                performance_counter: Hns::new(read.performance_counter),
                more_data: read.more_data != 0,
            })
        })
    }
}

/// A mark as C tells it.
const fn told_mark(mark: u32) -> Mark {
    match mark {
        border::NOBODY => Mark::Nobody,
        border::RECORDED => Mark::Device,
        store => Mark::Client(store),
    }
}

fn done(status: Option<NtStatus>) -> Answer {
    answer(status, || Answer::Done)
}

fn answer(status: Option<NtStatus>, result: impl FnOnce() -> Answer) -> Answer {
    match status {
        None => Answer::NotOffered,
        Some(NtStatus::SUCCESS) => result(),
        Some(status) => Answer::Refused(status),
    }
}

const fn number(state: KsState) -> u32 {
    match state {
        KsState::Stop => 0,
        KsState::Acquire => 1,
        KsState::Pause => 2,
        KsState::Run => 3,
    }
}

#[cfg(test)]
mod tests;
