//! The packets and events of the stand-in.

use conformance::kit::{Answer, Signal};
use ks::{END_OF_STREAM, KsState, PacketCount, PacketNumber, ReadPacket, WritePacket};
use units::{Hns, NtStatus};

use crate::defect::Defect;
use crate::stand_in::{MILLI, StandIn};

impl StandIn<'_> {
    pub(crate) fn packet(&self) -> Option<u64> {
        let (bytes, packets) = self.ring?;
        let packets = packets.or_else(|| self.has(Defect::PacketsAlways).then_some(1))?;
        Some((bytes / u64::from(packets)).max(1))
    }

    /// Packets done, as the driver counts them.
    fn count(&self, at: u64) -> Option<u64> {
        let packet = self.packet()?;
        let linear = self.linear(at);
        let count = match self.defect {
            Some(Defect::WholeMillis) => {
                let time = self.setup.time_of(packet / self.frame()).get();
                self.run(at) / (time / MILLI).max(1) / MILLI
            }
            Some(Defect::PauseDropsPart) => (linear - self.extra) / packet,
            Some(Defect::PauseClearsCount) => linear / packet - self.extra,
            Some(Defect::StopKeepsPacket) => (linear + self.left) / packet,
            Some(Defect::OnePerTick) => match self.held {
                Some((before, end)) => (before + (at - end) / MILLI).min(linear / packet),
                None => linear / packet,
            },
            Some(Defect::AcquireClears) if self.state == KsState::Acquire => 0,
            Some(Defect::CountsWritten) => (linear / packet).min(self.written),
            Some(Defect::WritingCounts) => (linear / packet).max(self.written),
            _ => linear / packet,
        };
        Some(count + self.base)
    }

    pub(crate) fn packet_count(&self, at: u64) -> Answer {
        match self.count(at) {
            Some(count) => Answer::Count(PacketCount::wrapping(count).get()),
            None => Answer::Refused(NtStatus::NOT_SUPPORTED),
        }
    }

    pub(crate) fn pause_packets(&mut self) {
        let Some(packet) = self.packet() else {
            return;
        };
        let linear = self.linear(self.passed);
        match self.defect {
            Some(Defect::PauseDropsPart) => self.extra += (linear - self.extra) % packet,
            Some(Defect::PauseClearsCount) => self.extra = linear / packet,
            _ => {}
        }
    }

    pub(crate) fn resume_packets(&mut self, at: u64) {
        if self.has(Defect::ResumesAnew) && self.done > 0 {
            let packet = self.packet().unwrap_or(1);
            self.extra = packet - self.linear(at) % packet;
        }
    }

    fn window(&self, packet: u32, done: u64, partly: bool) -> NtStatus {
        let running = self.state == KsState::Run;
        let packets = self.ring.and_then(|(_, packets)| packets).unwrap_or(1);
        let first = u32::from(running || partly);
        let last = match self.defect {
            Some(Defect::StrictBefore) if self.starts == 0 => 0,
            _ => first.max(packets - 1),
        };
        let base = PacketCount::wrapping(done).in_transfer();
        let ahead = PacketNumber::new(packet).ahead_of(base);
        match u32::try_from(ahead) {
            Ok(ahead) if ahead > last && !self.has(Defect::AcceptsAny) => NtStatus::DATA_OVERRUN,
            Ok(1) if self.has(Defect::RefusesNext) && running => NtStatus::DATA_LATE_ERROR,
            Ok(ahead) if ahead >= first || self.has(Defect::AcceptsLate) => NtStatus::SUCCESS,
            _ => NtStatus::DATA_LATE_ERROR,
        }
    }

    pub(crate) fn write(&mut self, at: u64, write: WritePacket) -> Answer {
        let (Some(packet), Some(done)) = (self.packet(), self.count(at)) else {
            return Answer::Refused(NtStatus::NOT_SUPPORTED);
        };
        let ends = write.flags & END_OF_STREAM != 0;
        let length = write.eos_packet_length.get();
        let unknown = write.flags & !END_OF_STREAM != 0 && !self.has(Defect::IgnoresFlags);
        let wrong_end = ends
            && (length > packet && !self.has(Defect::LongEnd)
                || length == 0 && self.has(Defect::NoEmptyEnd));
        let partly = self.linear(at) % packet != 0;
        let status = if self.ended && !self.has(Defect::AfterEnd) {
            NtStatus::INVALID_DEVICE_STATE
        } else if unknown || wrong_end {
            NtStatus::INVALID_PARAMETER
        } else {
            self.window(write.packet.get(), done, partly)
        };
        if status != NtStatus::SUCCESS {
            return Answer::Refused(status);
        }
        self.written = self.written.max(u64::from(write.packet.get()) + 1);
        if ends && !self.ended {
            let ahead = write
                .packet
                .ahead_of(PacketCount::wrapping(done).in_transfer());
            let first = done.saturating_add_signed(ahead.into()) * packet;
            self.memory.end = Some((first + length).div_ceil(self.frame()));
        }
        self.ended |= ends;
        Answer::Done
    }

    pub(crate) fn read(&mut self, at: u64) -> Answer {
        let Some(done) = self.count(at) else {
            return Answer::Refused(NtStatus::NOT_SUPPORTED);
        };
        if self.state < KsState::Pause {
            return Answer::Refused(NtStatus::INVALID_DEVICE_STATE);
        }
        let held_back = u64::from(self.has(Defect::Withholds));
        let newest = match done.checked_sub(1 + held_back) {
            None if !self.has(Defect::ReadsAhead) => {
                return Answer::Refused(NtStatus::DEVICE_NOT_READY);
            }
            newest => newest.map_or(0, |newest| newest + u64::from(self.has(Defect::ReadsAhead))),
        };
        let repeats = self.has(Defect::RepeatsPackets);
        if self.last_read.is_some_and(|last| last >= newest) && !repeats {
            return Answer::Refused(NtStatus::DEVICE_NOT_READY);
        }
        let first = self.last_read.is_none();
        self.last_read = Some(newest);
        let shown = newest + u64::from(self.has(Defect::FirstIsOne));
        Answer::Packet(ReadPacket {
            packet: PacketCount::wrapping(shown).in_transfer(),
            flags: u32::from(first && self.has(Defect::Flagged)),
            performance_counter: Hns::new(self.stamp(at, newest)),
            more_data: self.has(Defect::PromisesMore),
        })
    }

    fn stamp(&self, at: u64, number: u64) -> u64 {
        let frames = self.packet().unwrap_or(1) / self.frame();
        let number = number + u64::from(self.has(Defect::StampsEnd));
        if self.has(Defect::StampsCall) {
            return at;
        }
        let begins = self.setup.time_of(number * frames).get();
        let stretch = self
            .stretches
            .iter()
            .rev()
            .find(|(_, before)| *before <= begins);
        stretch.map_or(at, |(wall, before)| wall + begins - before)
    }

    pub(crate) fn register(&mut self, event: u8) -> Answer {
        if self.packet().is_none() && !self.has(Defect::RegistersAnytime) {
            return Answer::Refused(NtStatus::DEVICE_NOT_READY);
        }
        if self.events.contains(&event) && !self.has(Defect::RegistersTwice) {
            return Answer::Refused(NtStatus::UNSUCCESSFUL);
        }
        self.gone.retain(|gone| *gone != event);
        self.events.push(event);
        Answer::Done
    }

    pub(crate) fn unregister(&mut self, event: u8) -> Answer {
        let Some(place) = self.events.iter().position(|known| *known == event) else {
            return Answer::Refused(NtStatus::NOT_FOUND);
        };
        self.events.remove(place);
        self.gone.push(event);
        Answer::Done
    }

    pub(crate) fn held_back(&mut self, until: u64) {
        let before = self.count(self.passed).unwrap_or(0);
        let skipped = self.signals(until);
        if !skipped.is_empty() || self.held.is_some() {
            let before = self.held.map_or(before, |(before, _)| before);
            self.held = Some((before, until));
        }
    }

    /// What was set up to `until`.
    pub(crate) fn signals(&mut self, until: u64) -> Vec<Signal> {
        let from = std::mem::replace(&mut self.passed, until);
        let mut signals = Vec::new();
        let Some((_, Some(packets))) = self.ring else {
            return signals;
        };
        let packet = self.packet().unwrap_or(1);
        if self.since.is_none() {
            if self.has(Defect::SignalsInPause)
                && self.starts > 0
                && self.state == KsState::Pause
                && until > from
            {
                self.set(until, &mut signals);
            }
            return signals;
        }
        if self.events.is_empty() && self.gone.is_empty() {
            self.signalled = self.linear(until) / packet;
            return signals;
        }
        for nth in self.signalled + 1.. {
            let (unit, turn) = match packets {
                1 if self.has(Defect::TwoPerTurn) && packet / self.frame() > 1 => (packet / 2, 2),
                _ => (packet, u64::from(packets)),
            };
            let Some(at) = self.due(nth, unit) else {
                break;
            };
            if at > until {
                break;
            }
            self.signalled = nth;
            let skipped = match self.defect {
                Some(Defect::LosesSignals) => nth % 5 == 0,
                Some(Defect::StopsSignalling) => nth > 3,
                Some(Defect::OnePerTurn) => nth % turn != 0,
                Some(Defect::SignalsWritten) => self.written < nth,
                _ => false,
            };
            if !skipped {
                self.set(at.max(from), &mut signals);
            }
            if self.has(Defect::DoubleSignals) && nth % 4 == 0 {
                self.set(at.max(from), &mut signals);
            }
        }
        signals
    }

    /// When signal `nth`, counted from 1, comes.
    fn due(&self, nth: u64, unit: u64) -> Option<u64> {
        let linear = nth * unit;
        let frames = linear.div_ceil(self.frame());
        let frames = match self.defect {
            Some(Defect::EarlySignals) => frames.saturating_sub(32),
            Some(Defect::ResumesAnew) => frames + self.extra / self.frame(),
            _ => frames,
        };
        let run = self.setup.time_of(frames).get();
        let run = match self.defect {
            Some(Defect::LateSignals) => run.div_ceil(MILLI) * MILLI,
            Some(Defect::DriftingSignals) => run + (nth - 1) * (nth - 1) / 4,
            _ => run,
        };
        Some(self.since? + run.saturating_sub(self.done))
    }

    fn set(&self, at: u64, signals: &mut Vec<Signal>) {
        let signal = |event: &u8| Signal {
            at: Hns::new(at),
            event: *event,
        };
        match self.defect {
            Some(Defect::FirstEventOnly) => signals.extend(self.events.iter().take(1).map(signal)),
            Some(Defect::KeepsUnregistered) => {
                signals.extend(self.events.iter().chain(&self.gone).map(signal));
            }
            _ => signals.extend(self.events.iter().map(signal)),
        }
    }
}
