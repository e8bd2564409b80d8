//! A recorded call, made again.

use ks::KsState;
use units::NtStatus;

use crate::replay::logic::{
    Buffer, PositionLogic, Presented, Read, Reading, Report, ReportKind, Trouble,
};
use crate::replay::operation::{Operation, Repeat};
use crate::replay::recording::Row;

/// The glitch that nothing new was written.
const UNDERRUN: u64 = 1;

/// What came of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// How it ended: the name of a status, or why the system stopped.
    pub(crate) status: String,
    /// What it said, by name.
    pub(crate) outputs: Vec<(&'static str, String)>,
    /// Names of which the logic does not know.
    pub(crate) unknown: Vec<&'static str>,
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "numbers and names are said as they are"
)]
impl Outcome {
    fn say(&mut self, name: &'static str, value: impl ToString) {
        self.outputs.push((name, value.to_string()));
    }

    fn say_if_known(&mut self, name: &'static str, value: Option<impl ToString>) {
        match value {
            Some(value) => self.say(name, value),
            None => self.unknown.push(name),
        }
    }
}

/// Makes the call of `row` to `logic`, at a counter of `hertz` counts per second. `moves` is what
/// moved bytes are called: they are generated or consumed.
pub(crate) fn perform(
    logic: &mut dyn PositionLogic,
    hertz: u64,
    row: &Row,
    moves: &'static str,
) -> Outcome {
    let counts = row.counts;
    let mut call = Call {
        logic,
        now: Reading { counts, hertz },
        outcome: Outcome::default(),
        reports: Vec::new(),
    };
    let before = call.logic.moved();
    let done = call.make(row.operation);
    call.list_reports(row.operation);
    let mut outcome = call.outcome;
    outcome.status = match done {
        Ok(()) => NtStatus::SUCCESS.name().to_owned(),
        Err(Trouble::Status(status)) => status.name().to_owned(),
        Err(Trouble::Crash(why)) => why,
    };
    match before.zip(logic.moved()) {
        _ if row.operation == Operation::SetState(KsState::Stop) => {}
        Some((before, after)) if before == after => {}
        Some((before, after)) => outcome.say(moves, after.wrapping_sub(before)),
        None => outcome.unknown.push(moves),
    }
    outcome
}

const fn name_of(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Glitch => "GLITCH",
        ReportKind::BufferComplete => "BUFFER_COMPLETE",
        ReportKind::LastBufferRendered => "LAST_BUFFER_RENDERED",
    }
}

struct Call<'a> {
    logic: &'a mut dyn PositionLogic,
    now: Reading,
    outcome: Outcome,
    /// Reports of a single expiry.
    reports: Vec<Report>,
}

/// Expiries of the timer, added up.
#[derive(Clone, Copy, Debug, Default)]
struct Expiries {
    executed: u64,
    completed: u64,
    signals: u64,
    glitch1: u64,
    last_buffer: u64,
    first_done: Option<u64>,
    last_done: Option<u64>,
}

impl Call<'_> {
    fn make(&mut self, operation: Operation) -> Result<(), Trouble> {
        let now = self.now;
        match operation {
            Operation::Allocate { size, count } => {
                let buffer = self.logic.allocate(size, count)?;
                self.buffer(buffer);
                self.outcome.say_if_known("interval_ms", buffer.interval_ms);
                self.outcome.say("packet_bytes", buffer.packet_bytes);
            }
            Operation::AllocatePlain { size } => {
                let buffer = self.logic.allocate_plain(size)?;
                self.buffer(buffer);
            }
            Operation::FreeBuffer => self.logic.free_buffer(),
            Operation::RegisterEvent(event) => self.logic.register_event(event)?,
            Operation::UnregisterEvent(event) => self.logic.unregister_event(event)?,
            Operation::SetState(state) => self.logic.set_state(now, state)?,
            Operation::GetPosition => self.position(now)?,
            Operation::GetLinearPosition => {
                let linear = self.logic.linear_position(now)?;
                self.outcome.say("linear", linear.get());
            }
            Operation::GetPresentationPosition => {
                let presented = self.logic.presentation_position(now)?;
                self.presented(presented);
            }
            Operation::GetStreamPresentationPosition => {
                let presented = self.logic.stream_presentation_position(now)?;
                self.presented(presented);
            }
            Operation::GetPacketCount => {
                let count = self.logic.packet_count(now)?;
                self.outcome.say("count", count);
            }
            Operation::SetWritePacket(packet) => {
                self.logic.set_write_packet(now, packet)?;
                let mark = self.logic.write_mark();
                self.outcome.say_if_known("write_pos", mark);
            }
            Operation::GetReadPacket => {
                let read = self.logic.read_packet(now)?;
                self.read(read);
            }
            Operation::SetWritePosition(offset) => self.logic.set_write_position(offset)?,
            Operation::SetLastBufferPosition(offset) => {
                self.logic.set_last_buffer_position(offset)?;
            }
            Operation::Tick => {
                let mut expiries = Expiries::default();
                self.expire(now, &mut expiries)?;
                self.expiries(expiries);
            }
            Operation::Ticks(repeat) => self.ticks(repeat)?,
            Operation::Polls(repeat) => self.polls(repeat)?,
            Operation::PokePacketCounter { value, last_read } => {
                self.logic.poke_packet_counter(value, last_read);
            }
            Operation::GetClockRegister => self.logic.clock_register()?,
            Operation::GetPositionRegister => self.logic.position_register()?,
            Operation::GetHwLatency => {
                let latency = self.logic.hw_latency();
                self.outcome.say("fifo", latency.fifo_size.get());
                self.outcome.say("chipset", latency.chipset_delay.get());
                self.outcome.say("codec", latency.codec_delay.get());
            }
            Operation::SetFormat => self.logic.set_format()?,
        }
        Ok(())
    }

    fn buffer(&mut self, buffer: Buffer) {
        self.outcome.say("actual", buffer.actual);
        self.outcome.say("offset", buffer.offset);
        self.outcome.say("cache", buffer.cache);
    }

    fn position(&mut self, now: Reading) -> Result<(), Trouble> {
        let position = self.logic.position(now)?;
        self.outcome.say("play", position.play.get());
        self.outcome.say("write", position.write.get());
        Ok(())
    }

    fn presented(&mut self, presented: Presented) {
        self.outcome.say("blocks", presented.blocks.get());
        self.outcome.say("qpc", presented.counts);
    }

    fn read(&mut self, read: Read) {
        self.outcome.say("packet", read.packet);
        self.outcome.say("flags", read.flags);
        self.outcome.say("qpc", read.counts);
        self.outcome.say("more", u8::from(read.more_data));
        self.outcome.say_if_known("dropped", read.dropped);
    }

    /// One expiry. False once the timer is not armed.
    fn expire(&mut self, now: Reading, sum: &mut Expiries) -> Result<bool, Trouble> {
        if !self.logic.timer_is_armed() {
            return Ok(false);
        }
        let tick = self.logic.tick(now)?;
        sum.executed += 1;
        sum.completed += tick.completed;
        sum.signals += tick.signals;
        if tick.completed > 0 {
            sum.first_done.get_or_insert(now.counts);
            sum.last_done = Some(now.counts);
        }
        self.reports.clear();
        self.logic.take_reports(&mut self.reports);
        for report in &self.reports {
            let is_underrun = report.kind == ReportKind::Glitch && report.parameters[2] == UNDERRUN;
            sum.glitch1 += u64::from(is_underrun);
            sum.last_buffer += u64::from(report.kind == ReportKind::LastBufferRendered);
        }
        Ok(true)
    }

    /// Says what was reported, but not where there may be many.
    fn list_reports(&mut self, operation: Operation) {
        let mut reports = std::mem::take(&mut self.reports);
        self.logic.take_reports(&mut reports);
        if reports.is_empty() || matches!(operation, Operation::Ticks(_) | Operation::Polls(_)) {
            return;
        }
        let text = |report: &Report| {
            let [a, b, c, d] = report.parameters;
            format!("{}:{a}:{b}:{c}:{d}", name_of(report.kind))
        };
        let texts: Vec<String> = reports.iter().map(text).collect();
        self.outcome.say("etw", texts.join("|"));
    }

    fn expiries(&mut self, sum: Expiries) {
        self.outcome.say("executed", sum.executed);
        self.outcome.say("completed", sum.completed);
        self.outcome.say("signals", sum.signals);
        self.outcome.say("glitch1", sum.glitch1);
        self.outcome.say("last_buffer", sum.last_buffer);
    }

    fn ticks(&mut self, repeat: Repeat) -> Result<(), Trouble> {
        let mut sum = Expiries::default();
        let first = repeat.first(self.now.counts).unwrap_or(self.now.counts);
        let hertz = self.now.hertz;
        let at = |index: u64| Reading {
            counts: first + index * repeat.period,
            hertz,
        };
        let mut index = 0;
        while index < repeat.count {
            let (now, left) = (at(index), repeat.count - index);
            let idle = self.logic.idle_expiries(now, repeat.period, left).min(left);
            sum.executed += idle;
            index += idle;
            if index == repeat.count || !self.expire(at(index), &mut sum)? {
                break;
            }
            index += 1;
        }
        self.expiries(sum);
        let hns = |counts: Option<u64>| counts.map_or(0, |counts| self.to_hns(counts));
        let (first, last) = (hns(sum.first_done), hns(sum.last_done));
        self.outcome.say("first_done_hns", first);
        self.outcome.say("last_done_hns", last);
        Ok(())
    }

    fn to_hns(&self, counts: u64) -> u64 {
        let hns = u128::from(counts) * 10_000_000 / u128::from(self.now.hertz);
        u64::try_from(hns).unwrap_or(u64::MAX)
    }

    fn polls(&mut self, repeat: Repeat) -> Result<(), Trouble> {
        let before = Repeat {
            count: repeat.count - 1,
            ..repeat
        };
        let first = repeat.first(self.now.counts).unwrap_or(self.now.counts);
        for now in readings(first, before, self.now.hertz) {
            self.logic.position(now)?;
        }
        self.position(self.now)?;
        let linear = self.logic.moved();
        self.outcome.say_if_known("linear", linear);
        Ok(())
    }
}

/// The readings from `first` on at which a repeated call is made.
fn readings(first: u64, repeat: Repeat, hertz: u64) -> impl Iterator<Item = Reading> {
    (0..repeat.count).map(move |index| Reading {
        counts: first + index * repeat.period,
        hertz,
    })
}
