//! A history of calls, and its file.
//!
//! ```text
//! wavert-history 1
//! format 44100 2 S16
//! packet 441
//! packets 2
//! start 0
//! ppb 0
//! 0 state Run
//! 100000 position
//! ```
//!
//! The number before a call is the time since the call before it, in units of 100 ns. What follows
//! a `#` is not read.

use std::fmt;

use ks::{KsState, PacketNumber, WritePacket};
use thiserror::Error;
use units::{Bytes, Frames, Hns, SampleFormat, WaveFormat};

use crate::kit::{Call, ControllerCall, PolicyCall, Setup};

/// A call, and the time that passes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepOf<C> {
    /// Time since the call before.
    pub after: Hns,
    /// The call.
    pub call: C,
}

/// What somebody goes through who is called so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryOf<C> {
    /// What it is made with.
    pub setup: Setup,
    /// The calls, in order.
    pub steps: Vec<StepOf<C>>,
}

/// A call of a stream, and the time that passes before it.
pub type Step = StepOf<Call>;

/// What a stream goes through.
pub type History = HistoryOf<Call>;

/// A call that can be written into a file.
pub trait Recorded: Copy + PartialEq + fmt::Display {
    /// The first line of the file.
    const FIRST_LINE: &'static str;
    /// What to do about a file that begins otherwise.
    const BEGINS: &'static str;
    /// Which calls there are.
    const KNOWN: &'static str;

    /// The call that these words are.
    ///
    /// # Errors
    /// What is wrong, and what to do about it.
    fn parse(words: &[&str]) -> Result<Self, (String, &'static str)>;

    /// Size and packets of the buffer that it asks for, if it asks for one.
    fn buffer(&mut self) -> Option<(&mut Bytes, &mut Option<u32>)>;
}

/// Why a text is no history.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {why}; {remedy}")]
pub struct HistoryError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
    /// What to do.
    pub remedy: &'static str,
}

const SAMPLES: [(&str, SampleFormat); 6] = [
    ("U8", SampleFormat::U8),
    ("S16", SampleFormat::S16),
    ("S24", SampleFormat::S24),
    ("S24In32", SampleFormat::S24In32),
    ("S32", SampleFormat::S32),
    ("F32", SampleFormat::F32),
];
const CALLS: &str = "calls are buffer, register, unregister, state, position, linear, \
    presentation, packet-count, write, read, map-position, map-clock, read-position, read-clock, \
    format, delay, store, overwrite, behind, heard, hold, clock-count, clock-time, clock-leg, controller and policy";

impl<C: Recorded> HistoryOf<C> {
    /// Reads the text of a history.
    ///
    /// # Errors
    /// [`HistoryError`] with the line.
    pub fn parse(text: &str) -> Result<Self, HistoryError> {
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.split('#').next().unwrap_or("").trim()))
            .filter(|(_, line)| !line.is_empty());
        if lines.next().map(|(_, line)| line) != Some(C::FIRST_LINE) {
            return Err(HistoryError {
                line: 1,
                why: "this is no history of such calls".to_owned(),
                remedy: C::BEGINS,
            });
        }
        let mut history = Self {
            setup: Setup::plain(),
            steps: Vec::new(),
        };
        for (line, text) in lines {
            let words: Vec<&str> = text.split_whitespace().collect();
            history
                .take(&words)
                .map_err(|(why, remedy)| HistoryError { line, why, remedy })?;
        }
        let fits = check(&history.setup).and_then(|()| history.check_end());
        fits.map_err(|(why, remedy)| HistoryError {
            line: 1,
            why,
            remedy,
        })?;
        Ok(history)
    }

    /// Model time ends a little later.
    fn check_end(&self) -> Result<(), Trouble> {
        let times = self.steps.iter().map(|step| step.after.get());
        let end = times.fold(self.setup.start.get(), u64::saturating_add);
        if end <= DAYS_MAX * 86_400 * 10_000_000 {
            return Ok(());
        }
        let why = format!("the last call is after day {DAYS_MAX}");
        Err((why, "a start and times that add up to less"))
    }

    fn take(&mut self, words: &[&str]) -> Result<(), Trouble> {
        if take_setup(&mut self.setup, words)? {
            return Ok(());
        }
        match *words {
            [after, ref call @ ..] if !call.is_empty() => self.steps.push(StepOf {
                after: Hns::new(number(after)?),
                call: C::parse(call)?,
            }),
            _ => return Err(no("line of a history", C::KNOWN)),
        }
        Ok(())
    }
}

/// True if the line was one of the setup.
fn take_setup(setup: &mut Setup, words: &[&str]) -> Result<bool, Trouble> {
    match *words {
        ["format", rate, channels, sample] => setup.format = format(rate, channels, sample)?,
        ["packet", frames] => setup.packet = Frames::new(number(frames)?),
        ["packets", packets] => setup.packets = number(packets)?,
        ["start", start] => setup.start = Hns::new(number(start)?),
        ["ppb", ppb] => setup.ppb = number(ppb)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The format that these words are.
fn format(rate: &str, channels: &str, sample: &str) -> Result<WaveFormat, Trouble> {
    let sample = SAMPLES.iter().find(|(name, _)| *name == sample);
    let (_, sample) = sample.ok_or_else(|| no("sample format", SAMPLE_NAMES))?;
    let made = WaveFormat::new(number(rate)?, number(channels)?, *sample);
    made.map_err(|why| (why.to_string(), "both are above 0"))
}

/// A format as it is written.
struct Written<'a>(&'a WaveFormat);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = self.0;
        let sample = SAMPLES.iter().find(|(_, sample)| *sample == format.sample);
        let sample = sample.expect("every sample format has a name").0;
        write!(f, "{} {} {sample}", format.rate.hertz(), format.channels)
    }
}

/// How long a history may take, its start included.
const DAYS_MAX: u64 = 480;

/// What is wrong, and what to do about it.
pub(crate) type Trouble = (String, &'static str);

const SAMPLE_NAMES: &str = "they are U8, S16, S24, S24In32, S32 and F32";

pub(crate) fn no(what: &str, remedy: &'static str) -> Trouble {
    (format!("this is no {what}"), remedy)
}

/// Where reckoning with it would leave 64 bits, a history is refused.
fn check(setup: &Setup) -> Result<(), Trouble> {
    let fits = (1..=1 << 24).contains(&setup.packet.get())
        && (1..=4096).contains(&setup.packets)
        && setup.ppb > -1_000_000_000;
    if fits {
        return Ok(());
    }
    Err((
        "the ring or the clock is out of bounds".to_owned(),
        "a packet has 1 to 16777216 frames, a buffer 1 to 4096 packets, and a clock runs forwards",
    ))
}

pub(crate) fn number<T: std::str::FromStr>(word: &str) -> Result<T, Trouble> {
    word.parse().map_err(|_| {
        (
            format!("`{word}` is no number that fits here"),
            "use whole numbers",
        )
    })
}

impl Recorded for Call {
    const FIRST_LINE: &'static str = "wavert-history 1";
    const BEGINS: &'static str = "the first line is: wavert-history 1";
    const KNOWN: &'static str = CALLS;

    fn parse(words: &[&str]) -> Result<Self, Trouble> {
        Ok(match *words {
            ["buffer", bytes] => Call::Buffer {
                requested: Bytes::new(number(bytes)?),
                packets: None,
            },
            ["buffer", bytes, packets] => Call::Buffer {
                requested: Bytes::new(number(bytes)?),
                packets: Some(number(packets)?),
            },
            ["register", event] => Call::Register(number(event)?),
            ["unregister", event] => Call::Unregister(number(event)?),
            ["state", name] => Call::State(state(name)?),
            ["write", packet, flags, length] => Call::Write(WritePacket {
                packet: PacketNumber::new(number(packet)?),
                flags: number(flags)?,
                eos_packet_length: Bytes::new(number(length)?),
            }),
            ["format", rate, channels, sample] => Call::Format(format(rate, channels, sample)?),
            ["delay", written] => Call::Delay(number(written)?),
            ["store", first, frames] => Call::Store {
                first: number(first)?,
                frames: number(frames)?,
            },
            ["overwrite", frames] => Call::Overwrite(number(frames)?),
            ["behind", frames] => Call::Behind(number(frames)?),
            ["heard", frames] => Call::Heard(number(frames)?),
            ["clock-time", count] => Call::ClockTime(number(count)?),
            ["clock-leg", leg] => Call::ClockLeg(number(leg)?),
            ["policy", ref words @ ..] => Call::Policy(PolicyCall::parse(words)?),
            ["controller", ref words @ ..] => Call::Controller(ControllerCall::parse(words)?),
            [word] => plain_call(word).ok_or_else(|| no("call", CALLS))?,
            _ => return Err(no("call", CALLS)),
        })
    }

    fn buffer(&mut self) -> Option<(&mut Bytes, &mut Option<u32>)> {
        match self {
            Self::Buffer { requested, packets } => Some((requested, packets)),
            _ => None,
        }
    }
}

/// The state of that name.
pub(crate) fn state(name: &str) -> Result<KsState, Trouble> {
    let mut all = KsState::ALL.into_iter();
    let known = all.find(|known| format!("{known:?}") == name);
    known.ok_or_else(|| no("state", "they are Stop, Acquire, Pause and Run"))
}

fn plain_call(word: &str) -> Option<Call> {
    Some(match word {
        "position" => Call::Position,
        "linear" => Call::Linear,
        "presentation" => Call::Presentation,
        "packet-count" => Call::PacketCount,
        "read" => Call::Read,
        "map-position" => Call::MapPosition,
        "map-clock" => Call::MapClock,
        "read-position" => Call::ReadPosition,
        "read-clock" => Call::ReadClock,
        "hold" => Call::Hold,
        "clock-count" => Call::ClockCount,
        _ => return None,
    })
}

impl<C: Recorded> fmt::Display for HistoryOf<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setup = &self.setup;
        writeln!(f, "{}", C::FIRST_LINE)?;
        writeln!(f, "format {}", Written(&setup.format))?;
        writeln!(f, "packet {}", setup.packet.get())?;
        writeln!(f, "packets {}", setup.packets)?;
        writeln!(f, "start {}", setup.start.get())?;
        writeln!(f, "ppb {}", setup.ppb)?;
        for step in &self.steps {
            writeln!(f, "{} {}", step.after.get(), step.call)?;
        }
        Ok(())
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buffer { requested, packets } => {
                write!(f, "buffer {}", requested.get())?;
                packets.map_or(Ok(()), |packets| write!(f, " {packets}"))
            }
            Self::Register(event) => write!(f, "register {event}"),
            Self::Unregister(event) => write!(f, "unregister {event}"),
            Self::State(state) => write!(f, "state {state:?}"),
            Self::Write(write) => {
                let length = write.eos_packet_length.get();
                write!(f, "write {} {} {length}", write.packet, write.flags)
            }
            Self::Format(format) => write!(f, "format {}", Written(format)),
            Self::Delay(written) => write!(f, "delay {written}"),
            Self::Store { first, frames } => write!(f, "store {first} {frames}"),
            Self::Overwrite(frames) => write!(f, "overwrite {frames}"),
            Self::Behind(frames) => write!(f, "behind {frames}"),
            Self::Heard(frames) => write!(f, "heard {frames}"),
            Self::ClockTime(count) => write!(f, "clock-time {count}"),
            Self::ClockLeg(leg) => write!(f, "clock-leg {leg}"),
            Self::Controller(call) => write!(f, "controller {call}"),
            Self::Policy(call) => write!(f, "policy {call}"),
            Self::Signal(event) => write!(f, "signal {event}"),
            Self::Position => f.write_str("position"),
            Self::Linear => f.write_str("linear"),
            Self::Presentation => f.write_str("presentation"),
            Self::PacketCount => f.write_str("packet-count"),
            Self::Read => f.write_str("read"),
            Self::MapPosition => f.write_str("map-position"),
            Self::MapClock => f.write_str("map-clock"),
            Self::ReadPosition => f.write_str("read-position"),
            Self::ReadClock => f.write_str("read-clock"),
            Self::Hold => f.write_str("hold"),
            Self::ClockCount => f.write_str("clock-count"),
        }
    }
}
