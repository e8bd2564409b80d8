//! One line of a recording.

use units::NtStatus;

use super::error::{RecordingError, wrong_header};
use super::{COLUMNS, Case, Ideal, Row};
use crate::replay::fields::{Fault, Fields, Piece};
use crate::replay::logic::{CaseFormat, Direction};
use crate::replay::operation::Operation;

/// The statuses that a call may end with.
const STATUSES: [NtStatus; 11] = [
    NtStatus::SUCCESS,
    NtStatus::UNSUCCESSFUL,
    NtStatus::NOT_IMPLEMENTED,
    NtStatus::INVALID_PARAMETER,
    NtStatus::INVALID_DEVICE_REQUEST,
    NtStatus::DATA_OVERRUN,
    NtStatus::DATA_LATE_ERROR,
    NtStatus::INSUFFICIENT_RESOURCES,
    NtStatus::DEVICE_NOT_READY,
    NtStatus::NOT_SUPPORTED,
    NtStatus::INVALID_DEVICE_STATE,
];

/// A line, with what it says of its case.
pub(super) struct Line {
    pub(super) case: String,
    format: CaseFormat,
    hertz: u64,
    row: Row,
}

/// Holds the first line against the columns.
pub(super) fn check_header(line: &str) -> Result<(), RecordingError> {
    let line = without_end(line).unwrap_or(line);
    let mut column = 1;
    let mut found = line.split(',');
    for wanted in COLUMNS {
        match found.next() {
            Some(name) if name == wanted => column += name.chars().count() + 1,
            name => {
                let name = name.filter(|name| !name.is_empty()).unwrap_or("nothing");
                return Err(wrong_header(column, name, Some(wanted)));
            }
        }
    }
    match found.next() {
        Some(name) => Err(wrong_header(column, name, None)),
        None => Ok(()),
    }
}

fn without_end(line: &str) -> Option<&str> {
    let line = line.strip_suffix('\n')?;
    Some(line.strip_suffix('\r').unwrap_or(line))
}

/// The fields of one line.
struct Cut<'a> {
    number: usize,
    line: &'a str,
    fields: [&'a str; COLUMNS.len()],
}

impl<'a> Cut<'a> {
    fn new(text: &'a str, number: usize) -> Result<Self, RecordingError> {
        let whole = |message: String, help: &str| RecordingError {
            line: number,
            column: text.trim_end().chars().count().max(1),
            key: None,
            message,
            help: help.into(),
        };
        let Some(line) = without_end(text) else {
            let help = "the file is cut off; record it again, or end the line if it is whole";
            return Err(whole("the last line has no end".into(), help));
        };
        let found: Vec<&str> = line.split(',').collect();
        let count = found.len();
        let fields = <[&str; COLUMNS.len()]>::try_from(found).map_err(|_| {
            let message = format!("there are {count} fields, and {} columns", COLUMNS.len());
            whole(
                message,
                "no field may hold a comma, and none may be missing",
            )
        })?;
        Ok(Self {
            number,
            line,
            fields,
        })
    }

    /// The field of that column.
    fn piece(&self, name: &str) -> Piece<'a> {
        let text = self.fields[column_index(name)];
        Piece { text, offset: 0 }
    }

    fn fields(&self, name: &str) -> Result<Fields<'a>, RecordingError> {
        Fields::parse(self.piece(name).text).map_err(|fault| self.error(name, fault))
    }

    fn number<N: std::str::FromStr>(&self, name: &str) -> Result<N, RecordingError> {
        self.piece(name)
            .number()
            .map_err(|fault| self.error(name, fault))
    }

    /// A fault in the field of that column, as an error at its place in the file.
    fn error(&self, name: &str, fault: Fault) -> RecordingError {
        let index = column_index(name);
        let before: usize = self.fields[..index]
            .iter()
            .map(|field| field.len() + 1)
            .sum();
        let until = before + fault.offset;
        RecordingError {
            line: self.number,
            column: self.line.get(..until).unwrap_or_default().chars().count() + 1,
            key: Some(COLUMNS[index]),
            message: fault.message,
            help: fault.help,
        }
    }
}

fn column_index(name: &str) -> usize {
    let index = COLUMNS.iter().position(|column| *column == name);
    index.expect("a column of the table")
}

/// Reads line `number`.
pub(super) fn parse(text: &str, number: usize) -> Result<Line, RecordingError> {
    let cut = Cut::new(text, number)?;
    if cut.piece("case_id").text.is_empty() {
        let fault = Fault::new(0, "the case has no name", "give it one: PAUSE-04");
        return Err(cut.error("case_id", fault));
    }
    let hertz: u64 = cut.number("qpc_hz")?;
    if hertz == 0 {
        let fault = Fault::new(0, "the counter stands still", "give its frequency in Hz");
        return Err(cut.error("qpc_hz", fault));
    }
    Ok(Line {
        case: cut.piece("case_id").text.to_owned(),
        format: format(&cut)?,
        hertz,
        row: row(&cut)?,
    })
}

fn format(cut: &Cut<'_>) -> Result<CaseFormat, RecordingError> {
    let direction = match cut.piece("dir").text {
        "render" => Direction::Render,
        "capture" => Direction::Capture,
        _ => {
            let fault = cut
                .piece("dir")
                .fault("is no direction", "render or capture");
            return Err(cut.error("dir", fault));
        }
    };
    let rate_hz: u32 = cut.number("rate")?;
    let bits: u32 = cut.number("bits")?;
    let channels: u32 = cut.number("channels")?;
    let frame_bytes = bits.checked_mul(channels).map_or(0, |bits| bits / 8);
    if bits % 8 != 0 || frame_bytes == 0 {
        let message = format!("{channels} channels of {bits} bits make no frame");
        let help = "bits are a multiple of 8, and there is at least one channel";
        return Err(cut.error("bits", Fault::new(0, message, help)));
    }
    let byte_rate = rate_hz.checked_mul(frame_bytes).filter(|rate| *rate > 0);
    let Some(byte_rate) = byte_rate else {
        let message = format!("{rate_hz} frames of {frame_bytes} bytes a second cannot be");
        let help = "their product has to be at least 1 and fit into 32 bits";
        return Err(cut.error("rate", Fault::new(0, message, help)));
    };
    Ok(CaseFormat {
        direction,
        rate_hz,
        frame_bytes,
        byte_rate,
    })
}

fn row(cut: &Cut<'_>) -> Result<Row, RecordingError> {
    let name = cut.piece("op").text;
    let args = cut.fields("args")?;
    let operation = Operation::parse(name, &args).map_err(|fault| {
        let is_name = fault == Fault::unknown_call(name);
        cut.error(if is_name { "op" } else { "args" }, fault)
    })?;
    let counts = cut.number("qpc")?;
    if let Operation::Ticks(repeat) | Operation::Polls(repeat) = operation {
        if repeat.first(counts).is_none() {
            let fault = cut.piece("args").fault(
                "reaches back before the counter began",
                "fewer, or closer together",
            );
            return Err(cut.error("args", fault));
        }
    }
    let call = match cut.piece("args").text {
        "" => name.to_owned(),
        args => format!("{name} {args}"),
    };
    Ok(Row {
        line: cut.number,
        step: cut.number("step")?,
        hns: cut.number("t_100ns")?,
        counts,
        operation,
        call,
        status: status(cut)?,
        outputs: cut.fields("outputs")?.to_owned_pairs(),
        internal: cut.fields("internal")?.to_owned_pairs(),
        buffer_bytes: cut.number("buffer_bytes")?,
        notification_count: cut.number("notification_count")?,
        ideal: ideal(cut)?,
    })
}

fn status(cut: &Cut<'_>) -> Result<NtStatus, RecordingError> {
    let piece = cut.piece("status");
    let known = STATUSES
        .into_iter()
        .chain([NtStatus::NOT_FOUND])
        .find(|known| known.name() == piece.text);
    known.ok_or_else(|| {
        let fault = piece.fault("is no status of these calls", "the name of an NTSTATUS");
        cut.error("status", fault)
    })
}

fn ideal(cut: &Cut<'_>) -> Result<Ideal, RecordingError> {
    let start = cut.piece("ideal_packet_start_100ns").text;
    Ok(Ideal {
        run_hns: cut.number("run_hns")?,
        linear: cut.number("ideal_linear")?,
        packets: cut.number("ideal_packets")?,
        packet_start_hns: match start {
            "" => None,
            _ => Some(cut.number("ideal_packet_start_100ns")?),
        },
    })
}

impl Line {
    fn error(&self, key: &'static str, message: String, help: &str) -> RecordingError {
        RecordingError {
            line: self.row.line,
            column: 1,
            key: Some(key),
            message,
            help: help.into(),
        }
    }

    /// The case of which this is the first row.
    pub(super) fn begin_case(self) -> Result<Case, RecordingError> {
        if self.row.step != 0 {
            let message = format!("case {} begins with step {}", self.case, self.row.step);
            return Err(self.error("step", message, "a case is replayed whole, from step 0"));
        }
        Ok(Case {
            name: self.case,
            format: self.format,
            hertz: self.hertz,
            rows: vec![self.row],
        })
    }

    /// Adds the row to `case`, which is its own.
    pub(super) fn continue_case(self, case: &mut Case) -> Result<(), RecordingError> {
        let last = case.rows.last().expect("a case has rows");
        let (before, name) = (last.step, &case.name);
        if before.checked_add(1) != Some(self.row.step) {
            let message = format!("step {} of {name} follows step {before}", self.row.step);
            return Err(self.error("step", message, "rows of a case are all there, in order"));
        }
        if self.row.counts < last.counts {
            let message = format!("the counter goes back at step {} of {name}", self.row.step);
            return Err(self.error("qpc", message, "time does not go back within a case"));
        }
        if (self.format, self.hertz) != (case.format, case.hertz) {
            let message = format!("step {} of {name} has another format", self.row.step);
            let help = "direction, format and frequency stay the same within a case";
            return Err(self.error("rate", message, help));
        }
        case.rows.push(self.row);
        Ok(())
    }

    pub(super) fn scattered(&self) -> RecordingError {
        let message = format!("case {} goes on here", self.case);
        self.error("case_id", message, "the rows of a case stand together")
    }
}
