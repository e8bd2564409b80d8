//! The ideal columns of a recording, held against a device that does not round.

use ks::{END_OF_STREAM, KsState, PacketCount, PacketNumber};
use units::NtStatus;

use crate::replay::calls::verdict;
use crate::replay::logic::CaseFormat;
use crate::replay::operation::Operation;
use crate::replay::recording::{Case, Recording, Row};
use crate::replay::tally::{Tally, Verdict};

/// A device whose position is a closed form of the time that it spent in RUN.
pub trait IdealLogic {
    /// Takes a buffer as it is, in bytes; 0 of both for none, 0 packets without notifications.
    fn take_buffer(&mut self, bytes: u32, packets: u32);

    /// Goes to `state` at that instant, in 100 ns units.
    fn set_state(&mut self, hns: u64, state: KsState);

    /// Time in RUN since STOP, in 100 ns units.
    fn run_hns(&self, hns: u64) -> u64;

    /// Bytes due after that time in RUN, before rounding to frames.
    fn linear(&self, run_hns: u64) -> u64;

    /// Packets due after that time in RUN.
    fn packets(&self, run_hns: u64) -> u64;

    /// When the first sample of a packet was taken, in 100 ns units.
    fn packet_start_hns(&self, packet: u64) -> Option<u64>;
}

/// Takes every stream of `recording` through its states and compares the ideal columns. Rows
/// behind the end of a stream are excepted: the columns know nothing of it.
pub fn replay_ideal(
    recording: &Recording,
    make: &mut dyn FnMut(CaseFormat) -> Box<dyn IdealLogic>,
) -> Tally {
    let mut tally = Tally::default();
    for case in &recording.cases {
        let mut logic = make(case.format);
        let mut geometry = (0, 0);
        let mut has_end = false;
        for row in &case.rows {
            let now = (row.buffer_bytes, row.notification_count);
            if now != geometry {
                logic.take_buffer(now.0, now.1);
                geometry = now;
            }
            if let Operation::SetState(state) = row.operation {
                logic.set_state(row.hns, state);
            }
            has_end = ends(row).unwrap_or(has_end);
            let verdict = if has_end {
                Verdict::Excepted
            } else {
                replay_row(case, row, &*logic)
            };
            tally.add(case.family(), verdict);
        }
    }
    tally
}

/// Whether the stream has an end from this row on, if the row says anything of that.
fn ends(row: &Row) -> Option<bool> {
    let worked = row.status == NtStatus::SUCCESS;
    match row.operation {
        Operation::SetState(KsState::Stop) => Some(false),
        Operation::SetWritePacket(write) if worked && write.flags & END_OF_STREAM != 0 => {
            Some(true)
        }
        Operation::SetLastBufferPosition(_) if worked => Some(true),
        _ => None,
    }
}

fn replay_row(case: &Case, row: &Row, logic: &dyn IdealLogic) -> Verdict {
    let pair = |column: &str, recorded: u64, found: Option<u64>| {
        let found = found.map_or("nothing".to_owned(), |found| found.to_string());
        (column.to_owned(), recorded.to_string(), found)
    };
    let ideal = row.ideal;
    let mut pairs = vec![
        pair("run_hns", ideal.run_hns, Some(logic.run_hns(row.hns))),
        pair(
            "ideal_linear",
            ideal.linear,
            Some(logic.linear(ideal.run_hns)),
        ),
        pair(
            "ideal_packets",
            ideal.packets,
            Some(logic.packets(ideal.run_hns)),
        ),
    ];
    if let Some(start) = ideal.packet_start_hns {
        let found =
            packet_read(row, ideal.packets).and_then(|packet| logic.packet_start_hns(packet));
        pairs.push(pair("ideal_packet_start_100ns", start, found));
    }
    verdict(case, row, pairs)
}

/// The packet that was read, counted without wrap: the latest one of that number.
fn packet_read(row: &Row, completed: u64) -> Option<u64> {
    let (_, number) = row.outputs.iter().find(|(name, _)| name == "packet")?;
    let number = PacketNumber::new(number.parse().ok()?);
    let ahead = PacketCount::wrapping(completed)
        .in_transfer()
        .ahead_of(number);
    completed.checked_sub(u64::try_from(ahead).ok()?)
}
