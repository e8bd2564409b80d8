//! A recording of driver calls, as a table of comma-separated values.

mod error;
mod line;

use std::collections::BTreeSet;

use units::NtStatus;

use crate::replay::logic::CaseFormat;
use crate::replay::operation::Operation;

pub use error::RecordingError;

/// The columns, in their order.
pub(crate) const COLUMNS: [&str; 21] = [
    "case_id",
    "dir",
    "rate",
    "bits",
    "channels",
    "buffer_bytes",
    "notification_count",
    "qpc_hz",
    "step",
    "t_100ns",
    "qpc",
    "op",
    "args",
    "status",
    "outputs",
    "internal",
    "run_hns",
    "ideal_linear",
    "ideal_packets",
    "ideal_packet_start_100ns",
    "artifact",
];

/// Recorded calls of a driver, case by case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The cases; none is empty.
    pub cases: Vec<Case>,
}

/// The calls to one stream, from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Family and number: `PAUSE-04`.
    pub name: String,
    /// What the stream carries.
    pub format: CaseFormat,
    /// Counts of the performance counter per second, not 0.
    pub hertz: u64,
    /// In order of execution.
    pub rows: Vec<Row>,
}

/// One call and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands in the file, counted from 1.
    pub line: usize,
    /// Its number in the case, from 0.
    pub step: u64,
    /// The time in 100 ns units.
    pub hns: u64,
    /// The counter.
    pub counts: u64,
    /// The call.
    pub operation: Operation,
    /// The same as it is written.
    pub call: String,
    /// How it ended.
    pub status: NtStatus,
    /// What it said, by name.
    pub outputs: Vec<(String, String)>,
    /// What the driver remembered afterwards, by name; empty if that was not recorded.
    pub internal: Vec<(String, String)>,
    /// Bytes of the buffer afterwards; 0 without one.
    pub buffer_bytes: u32,
    /// Packets in it; 0 without notifications.
    pub notification_count: u32,
    /// What a device without rounding would say.
    pub ideal: Ideal,
}

/// What a device without rounding would say; it knows nothing of the end of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ideal {
    /// Time in RUN since STOP, in 100 ns units.
    pub run_hns: u64,
    /// Bytes moved.
    pub linear: u64,
    /// Packets completed.
    pub packets: u64,
    /// When the first sample of the packet just read was taken, in 100 ns units, if it is known.
    pub packet_start_hns: Option<u64>,
}

impl Recording {
    /// Reads a recording. Lines end with a line feed, the last one too.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place and what to do about it.
    pub fn parse(text: &str) -> Result<Self, RecordingError> {
        let mut lines = text.split_inclusive('\n').zip(1usize..);
        let (header, _) = lines.next().unwrap_or_default();
        line::check_header(header)?;
        let mut cases: Vec<Case> = Vec::new();
        let mut known = BTreeSet::new();
        for (text, number) in lines {
            let line = line::parse(text, number)?;
            match cases.last_mut() {
                Some(case) if case.name == line.case => line.continue_case(case)?,
                _ if !known.insert(line.case.clone()) => return Err(line.scattered()),
                _ => cases.push(line.begin_case()?),
            }
        }
        if cases.is_empty() {
            return Err(error::no_rows());
        }
        Ok(Self { cases })
    }

    /// Rows of all cases.
    pub fn rows(&self) -> usize {
        self.cases.iter().map(|case| case.rows.len()).sum()
    }
}

impl Case {
    /// The letters before the number of the case.
    pub fn family(&self) -> &str {
        self.name
            .split_once('-')
            .map_or(self.name.as_str(), |(family, _)| family)
    }
}
