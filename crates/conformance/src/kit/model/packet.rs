//! The packet count, and packets that are written.

use ks::{END_OF_STREAM, PacketCount, WritePacket};
use units::{Hns, NtStatus};

use super::Model;
use crate::kit::{Answer, Window};

/// So far away a packet number is as much behind as ahead.
const HALF_TURN: u32 = (1 << 31) - (1 << 16);
/// A timer serves at least every so often.
const TIMER: u64 = 10_000;

impl Model<'_> {
    pub(super) fn packet_count(&mut self, at: Hns, answer: Answer) {
        let Some(ring) = self.ring else {
            return;
        };
        let Some(packet) = ring.packet() else {
            self.not_supported(answer);
            return;
        };
        let Answer::Count(count) = answer else {
            return;
        };
        if self
            .held_until
            .is_some_and(|end| at.get() <= end.get() + TIMER)
        {
            return; // The first expiry after a stall has not been.
        }
        self.compare_count(at, count);
        let (lo, hi) = self.packets_done(at, packet);
        let ahead = PacketCount::wrapping(u64::from(count)).in_transfer();
        let ahead = ahead.ahead_of(PacketCount::wrapping(lo).in_transfer());
        if u64::try_from(ahead).is_ok_and(|ahead| ahead <= hi - lo) {
            return;
        }
        let expected = if lo == hi {
            lo.to_string()
        } else {
            format!("{lo} to {hi}")
        };
        self.blame("P23", expected.clone());
        let first = !self.so_far.count_wrong;
        if first && self.run.was_resumed() {
            self.blame("P28", expected.clone());
        }
        if first && self.stops > 0 && self.ever_ran && self.state != ks::KsState::Stop {
            self.blame("P29", expected.clone());
        }
        if self.held_until.is_some() {
            self.blame("P30", expected.clone());
        }
        if self.takes_packets && !self.written && ahead < 0 {
            self.blame("P35", expected);
        }
        self.so_far.count_wrong = true;
    }

    /// Against the count before.
    fn compare_count(&mut self, at: Hns, count: u32) {
        if self.state == ks::KsState::Stop && count != 0 && self.ever_ran {
            self.blame("R42", "0 in Stop");
        }
        if !self.is_running() {
            match self.frozen_count {
                Some(frozen) if frozen != count => {
                    self.blame("R44", format!("{frozen}, as before: nothing runs"));
                }
                _ => self.frozen_count = Some(count),
            }
        }
        if let Some((_, before)) = self
            .counted
            .filter(|(then, before)| *then == at && *before != count)
        {
            if self.wrote_at == Some(at) {
                self.blame(
                    "R129",
                    format!("{before}, as before the packet was written"),
                );
            }
        }
        self.counted = Some((at, count));
    }

    /// Without notifications there are no packets.
    pub(super) fn not_supported(&mut self, answer: Answer) {
        if answer != Answer::Refused(NtStatus::NOT_SUPPORTED) {
            self.blame(
                "R141",
                "STATUS_NOT_SUPPORTED: the buffer has no notifications",
            );
        }
    }

    pub(super) fn write(&mut self, at: Hns, write: WritePacket, answer: Answer) {
        let status = match answer {
            Answer::Done => NtStatus::SUCCESS,
            Answer::Refused(status) => status,
            _ => return,
        };
        let Some(ring) = self.ring else {
            return;
        };
        let Some(packet) = ring.packet() else {
            self.not_supported(answer);
            return;
        };
        let allowed = self.allowed(at, write, packet, ring.packets.unwrap_or(1));
        if !allowed.contains(&status) {
            self.blame_write(write, status, &allowed);
        }
        self.wrote_at = Some(at);
        if status == NtStatus::SUCCESS {
            self.written = true;
            if write.flags & END_OF_STREAM != 0 && !self.ended {
                self.ended = true;
                self.end_at(at, write, packet);
            }
        }
    }

    /// The stream ends in that packet, and its device stops there if it declares so.
    fn end_at(&mut self, at: Hns, write: WritePacket, packet: u64) {
        let (lo, _) = self.packets_done(at, packet);
        let ahead = write
            .packet
            .ahead_of(PacketCount::wrapping(lo).in_transfer());
        let number = lo.saturating_add_signed(ahead.into());
        self.note_end(at, write, number, packet);
        let end = number
            .checked_mul(packet)
            .and_then(|bytes| bytes.checked_add(write.eos_packet_length.get()));
        self.end = end.filter(|_| self.declared.holds_at_end);
    }

    /// The statuses that could be right, given how far the device can have come.
    fn allowed(&self, at: Hns, write: WritePacket, packet: u64, packets: u32) -> Vec<NtStatus> {
        if self.ended {
            return vec![NtStatus::INVALID_DEVICE_STATE];
        }
        let ends = write.flags & END_OF_STREAM != 0;
        let too_long = ends && write.eos_packet_length.get() > packet;
        if write.flags & !END_OF_STREAM != 0 || too_long {
            return vec![NtStatus::INVALID_PARAMETER];
        }
        let (lo, hi) = self.packets_done(at, packet);
        let ahead = write
            .packet
            .ahead_of(PacketCount::wrapping(lo).in_transfer());
        if ahead.unsigned_abs() >= HALF_TURN {
            return vec![NtStatus::DATA_LATE_ERROR, NtStatus::DATA_OVERRUN];
        }
        let bounds = self.due(at);
        let reached = [
            bounds.lo,
            bounds.hi,
            bounds.hi.saturating_add(self.counted_ahead()),
        ];
        let mut inside = reached
            .map(|bytes| self.is_running() || bytes % packet != 0)
            .to_vec();
        if reached[0] / packet != reached[2] / packet {
            inside.push(false); // It can have come to just the end of a packet.
        }
        let mut allowed = Vec::new();
        for done in [lo, hi] {
            for &in_transfer in &inside {
                let status = self.window(write, done, in_transfer, packets);
                if !allowed.contains(&status) {
                    allowed.push(status);
                }
            }
        }
        allowed
    }

    fn window(&self, write: WritePacket, done: u64, in_transfer: bool, packets: u32) -> NtStatus {
        let base = PacketCount::wrapping(done).in_transfer();
        let (first, last) = match self.declared.window {
            Window::Documented => {
                let first = u32::from(in_transfer);
                (first, first.max(packets - 1))
            }
            Window::Sample => {
                let only = u32::from(self.is_running());
                (only, only)
            }
        };
        match u32::try_from(write.packet.ahead_of(base)) {
            Ok(ahead) if ahead > last => NtStatus::DATA_OVERRUN,
            Ok(ahead) if ahead >= first => NtStatus::SUCCESS,
            _ => NtStatus::DATA_LATE_ERROR,
        }
    }

    fn blame_write(&mut self, write: WritePacket, status: NtStatus, allowed: &[NtStatus]) {
        let names: Vec<&str> = allowed.iter().map(|status| status.name()).collect();
        let expected = names.join(" or ");
        let ends = write.flags & END_OF_STREAM != 0;
        if self.ended {
            self.blame("R123", expected);
            return;
        }
        if allowed == [NtStatus::INVALID_PARAMETER] {
            let unknown = write.flags & !END_OF_STREAM != 0;
            self.blame(if unknown { "R122" } else { "R125" }, expected);
            return;
        }
        match status {
            NtStatus::INVALID_DEVICE_STATE if self.ended_before => self.blame("R126", expected),
            NtStatus::INVALID_PARAMETER if ends || write.eos_packet_length.get() > 0 => {
                self.blame("R124", expected);
            }
            _ => {
                let rule = match allowed {
                    [NtStatus::DATA_LATE_ERROR] => "R119",
                    [NtStatus::DATA_OVERRUN | NtStatus::DATA_LATE_ERROR, ..]
                        if allowed.ends_with(&[NtStatus::DATA_OVERRUN]) =>
                    {
                        "R120"
                    }
                    _ if self.run.latest_stretch().is_none() => "R121",
                    _ => "R118",
                };
                self.blame_all(&["P33", rule], &expected);
            }
        }
    }
}
