//! A controller of several streams: what its registers, its records and its link say, against each
//! other.

mod starved;
mod status;
mod together;
mod wall_clock;

pub(crate) use starved::underruns;
pub(crate) use status::status_algebra;
pub(crate) use together::{slots, together};
pub(crate) use wall_clock::wall_clock;

use hardware::spec::{self, ctl};
use units::Hns;

use crate::kit::controller::STREAMS;
use crate::kit::{Answer, Call, ControllerCall, Line, Setup, Trace};

/// A call of a controller that it took, with its place in the trace.
#[derive(Clone, Copy)]
struct Taken {
    line: usize,
    at: Hns,
    call: ControllerCall,
    /// What it read; 0 of what reads nothing.
    value: u32,
}

/// The calls that were answered, in order.
fn taken(trace: &Trace) -> impl Iterator<Item = Taken> {
    let lines = trace.lines.iter().enumerate();
    lines.filter_map(|(index, line)| taken_at(index, line))
}

fn taken_at(index: usize, line: &Line) -> Option<Taken> {
    let Call::Controller(call) = line.call else {
        return None;
    };
    let value = match line.answer {
        Answer::Register(value) => u32::try_from(value).ok()?,
        Answer::Done => 0,
        _ => return None,
    };
    Some(Taken {
        line: index,
        at: line.at,
        call,
        value,
    })
}

impl Taken {
    /// The stream whose register `register` this reads.
    fn reads(self, register: u32) -> Option<u32> {
        let ControllerCall::Load(offset) = self.call else {
            return None;
        };
        (0..STREAMS).find(|stream| spec::descriptor(*stream) + register == offset)
    }

    /// The stream whose register `register` this writes, and what.
    fn writes(self, register: u32) -> Option<(u32, u32)> {
        let ControllerCall::Store(offset, value) = self.call else {
            return None;
        };
        let stream = (0..STREAMS).find(|stream| spec::descriptor(*stream) + register == offset)?;
        Some((stream, value))
    }

    const fn only_asks(self) -> bool {
        self.call.only_asks()
    }
}

/// Whether each stream runs, and since when nothing was done to it.
#[derive(Clone, Copy, Debug, Default)]
struct Stays {
    streams: [Stay; STREAMS as usize],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stay {
    /// Nobody has set it up, or it was reset.
    #[default]
    Idle,
    /// It is as new.
    Ready,
    /// It runs since then, from its first frame on; with others of these bits, if they were started
    /// together.
    Runs { since: Hns, with: u32 },
    /// It has run: where it is nobody says.
    Moved,
}

impl Stays {
    fn of(&self, stream: u32) -> Stay {
        self.streams[place(stream)]
    }

    /// Takes in what was done.
    fn take(&mut self, taken: Taken) {
        match taken.call {
            ControllerCall::Reset => *self = Self::default(),
            ControllerCall::SetUp(stream) => self.streams[place(stream)] = Stay::Ready,
            ControllerCall::Start(bits) => self.start(taken.at, bits),
            ControllerCall::Store(spec::GCTL | spec::SSYNC, _) => {
                self.streams = [Stay::Moved; STREAMS as usize];
            }
            _ => {
                if let Some((stream, value)) = taken.writes(spec::SD_CTL) {
                    let stay = &mut self.streams[place(stream)];
                    let goes_on = value & (ctl::RUN | ctl::SRST) == ctl::RUN
                        && matches!(stay, Stay::Runs { .. });
                    if !goes_on && (*stay != Stay::Ready || value & (ctl::RUN | ctl::SRST) != 0) {
                        *stay = Stay::Moved;
                    }
                }
            }
        }
    }

    fn start(&mut self, since: Hns, bits: u32) {
        for stream in (0..STREAMS).filter(|stream| bits & 1 << stream != 0) {
            let is_new = self.of(stream) == Stay::Ready;
            self.streams[place(stream)] = if is_new {
                Stay::Runs { since, with: bits }
            } else {
                Stay::Moved
            };
        }
    }
}

fn place(stream: u32) -> usize {
    usize::try_from(stream).expect("they are few")
}

fn ring(setup: &Setup) -> u64 {
    setup.buffer().get()
}

/// Bytes of a stream in three link frames: how far a reading may lag that was published in another.
fn link_frames(setup: &Setup) -> u64 {
    3 * (u64::from(setup.format.rate.hertz()).div_ceil(48_000) + 1)
        * u64::from(setup.format.frame_bytes())
}
