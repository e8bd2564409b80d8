//! Captured packets.

use ks::{KsState, PacketCount, ReadPacket};
use units::{Hns, NtStatus};

use super::Model;
use crate::kit::Answer;
use crate::kit::answer::millis;

/// The packet that was read last, counted without wrap, and its time.
#[derive(Clone, Copy, Debug)]
pub(super) struct LastRead {
    packet: u64,
    counter: Hns,
}

impl Model<'_> {
    pub(super) fn read(&mut self, at: Hns, answer: Answer) {
        let Some(ring) = self.ring else {
            return;
        };
        let Some(packet) = ring.packet() else {
            self.not_supported(answer);
            return;
        };
        if self.state < KsState::Pause {
            return;
        }
        let promised = self.promised.take() == Some(at);
        let (lo, hi) = self.packets_done(at, packet);
        let next = self.last_read.map_or(0, |last| last.packet + 1);
        match answer {
            Answer::Packet(read) => self.packet(at, read, (lo, hi), ring.packets.unwrap_or(1)),
            Answer::Refused(NtStatus::DEVICE_NOT_READY) => {
                if promised {
                    self.blame("R136", "a packet: it was said that there is more");
                } else if lo > next {
                    self.blame("P32", format!("a packet: {lo} are done, {next} were read"));
                }
            }
            _ => self.blame("P32", "a packet, or STATUS_DEVICE_NOT_READY"),
        }
    }

    fn packet(&mut self, at: Hns, read: ReadPacket, (lo, hi): (u64, u64), packets: u32) {
        let base = PacketCount::wrapping(lo).in_transfer();
        let ahead = i64::from(read.packet.ahead_of(base));
        let number = lo.saturating_add_signed(ahead);
        let next = self.last_read.map_or(0, |last| last.packet + 1);
        if self.last_read.is_none() && hi == 1 && number != 0 {
            self.blame("R132", "packet 0, the first");
        }
        if number >= hi {
            self.blame("R131", format!("STATUS_DEVICE_NOT_READY: {hi} are done"));
            return;
        }
        if number < next || number + u64::from(packets) < lo {
            let oldest = lo.saturating_sub(packets.into()).max(next);
            self.blame("P32", format!("packet {oldest} to {}", hi - 1));
        }
        if read.flags != 0 {
            self.blame("R133", "flags 0");
        }
        self.stamp(at, number, read.performance_counter);
        self.promised = read.more_data.then_some(at);
        self.last_read = Some(LastRead {
            packet: number,
            counter: read.performance_counter,
        });
    }

    fn stamp(&mut self, at: Hns, number: u64, counter: Hns) {
        let Some(ring) = self.ring else {
            return;
        };
        let packet = ring.packet().unwrap_or(1) / self.frame();
        let begins = self.setup.time_of(number * packet);
        let lasts = self.setup.time_of((number + 1) * packet).get() - begins.get();
        let frames = self.declared.grain.get() + self.declared.ahead.get() + self.rounded();
        let grain = self.setup.time_of(frames).get() + self.declared.lag.get();
        let Some(due) = self.run.counter_at(begins) else {
            return;
        };
        if counter.get().abs_diff(due.get()) > grain + 1 {
            self.blame(
                "R134",
                format!("{}, when its first frame came", millis(due)),
            );
        }
        let ends = self.run.counter_at(Hns::new(begins.get() + lasts));
        let straddles = ends.is_none_or(|ends| ends.get() - due.get() > lasts + 1);
        let last = self.last_read;
        // Packets that come in one grain begin at one time.
        let apart = u64::from(packet >= self.declared.grain.get());
        let too_early = last.is_some_and(|last| counter.get() < last.counter.get() + apart);
        if too_early || (!straddles && counter.get().saturating_add(lasts) > at.get() + grain + 1) {
            self.blame("P31", "later than the one before, and a packet before now");
        }
        if let Some(last) = last.filter(|last| last.packet + 1 == number && !straddles) {
            let first_here = self
                .run
                .latest_stretch()
                .is_some_and(|since| self.setup.time_of(last.packet * packet) < since);
            let apart = counter.get().saturating_sub(last.counter.get());
            if !first_here && apart.abs_diff(lasts) > grain + 1 {
                self.blame(
                    "R135",
                    format!("{} after the one before", millis(Hns::new(lasts))),
                );
            }
        }
    }
}
