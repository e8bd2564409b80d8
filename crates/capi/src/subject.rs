//! A table of callbacks as a subject of the kit.

use crate::border::{self, Stream};
use conformance::kit::{
    Answer, Bench, Call, Declared, Held, LeftOut, Limits, Setup, Signal, Subject,
};
use ks::{KsState, PacketNumber, Position, PresentationPosition, ReadPacket};
use units::{Bytes, Frames, Hns, NtStatus};

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
}

impl Bench for Table {
    fn name(&self) -> &str {
        &self.name
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        let told = border::Setup {
            size: border::size_of_struct::<border::Setup>(),
            rate_hz: setup.format.rate.hertz(),
            channels: setup.format.channels.into(),
            frame_bytes: setup.format.frame_bytes(),
            packet_frames: setup.packet.get(),
            packets: setup.packets,
            reserved: 0,
            start: setup.start.get(),
        };
        let make = self.callbacks.make.expect("looked at by wavert_kit_run");
        // SAFETY: the header asks `make` to take what is valid during the call, and this is.
        let stream = unsafe { make(self.callbacks.context, &raw const told) };
        Box::new(Foreign {
            callbacks: &self.callbacks,
            stream,
            now: setup.start.get(),
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
            Call::Buffer { requested, packets } => {
                let mut actual = 0;
                let (bytes, packets) = (requested.get(), packets.unwrap_or(0));
                let status = ask!(self, allocate_buffer, now, bytes, packets, &raw mut actual);
                let actual = Bytes::new(actual);
                answer(status, || Answer::Buffer { actual })
            }
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
