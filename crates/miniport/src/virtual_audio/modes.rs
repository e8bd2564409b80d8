//! The two cores behind one driver.

use ks::{DataFlow, KsState, PacketCount, Position, ReadPacket, WritePacket};
use units::{Bytes, Frames, Hns, Moment, NtStatus, SimTime, TICKS_PER_SECOND, WaveFormat};
use vtime::{EventHandle, Fork, Forker};

use super::counter::Counter;
use super::defects::Defects;
use super::exact::{ExactOptions, ExactStream};
use super::report::Report;
use super::sample::{Allocated, BugCheck, Failure, SampleStream};
use super::tone::ToneOptions;
use super::wave::Wave;
use crate::options::PacketWindow;

/// How a virtual driver counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VirtualMode {
    /// As the sample driver does, to the bit: in lumps, whenever its 1 ms timer completes a packet
    /// or somebody asks.
    Sample,
    /// As it should: one event at each boundary, and everything from one clock.
    #[default]
    Exact,
}

/// How a virtual driver behaves where drivers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VirtualOptions {
    /// How it counts.
    pub mode: VirtualMode,
    /// The most packets that a buffer of the exact one can have. The sample driver takes any
    /// number.
    pub packets_max: u32,
    /// Which packets the exact one accepts. The sample driver has a window of its own.
    pub packet_window: PacketWindow,
}

impl Default for VirtualOptions {
    fn default() -> Self {
        Self {
            mode: VirtualMode::default(),
            packets_max: 2,
            packet_window: PacketWindow::default(),
        }
    }
}

impl VirtualOptions {
    /// What a microphone of such a driver hears unless it is told otherwise: the tone of the sample
    /// driver, with its defects if it is that.
    pub fn tone(&self) -> ToneOptions {
        let defects = match self.mode {
            VirtualMode::Sample => Defects::Kept,
            VirtualMode::Exact => Defects::Mended,
        };
        ToneOptions {
            defects,
            ..ToneOptions::default()
        }
    }
}

/// One of the two, asked in moments.
#[derive(Debug)]
pub(super) enum Core {
    Sample(SampleStream<EventHandle>),
    Exact(ExactStream<EventHandle>),
}

impl Core {
    /// `flow` is that of the pin.
    pub(super) fn new(options: VirtualOptions, flow: DataFlow, format: WaveFormat) -> Option<Self> {
        let wave = Wave::of(format)?;
        Some(match options.mode {
            VirtualMode::Sample => Self::Sample(SampleStream::new(wave, flow, false)),
            VirtualMode::Exact => {
                let exact = ExactOptions {
                    packets_max: options.packets_max,
                    packet_window: options.packet_window,
                };
                Self::Exact(ExactStream::new(wave, flow, exact, TICKS_PER_SECOND))
            }
        })
    }

    pub(super) fn allocate(
        &mut self,
        size: u32,
        packets: Option<u32>,
    ) -> Result<Allocated, NtStatus> {
        match (self, packets) {
            (Self::Sample(stream), Some(count)) => stream.allocate(size, count),
            (Self::Sample(stream), None) => stream.allocate_plain(size),
            (Self::Exact(stream), Some(count)) => stream.allocate(size, count),
            (Self::Exact(stream), None) => stream.allocate_plain(size),
        }
    }

    pub(super) fn free(&mut self) {
        match self {
            Self::Sample(stream) => stream.free(),
            Self::Exact(stream) => stream.free(),
        }
    }

    pub(super) fn register(&mut self, event: EventHandle) -> Result<(), NtStatus> {
        match self {
            Self::Sample(stream) => stream.register(event),
            Self::Exact(stream) => stream.register(event),
        }
    }

    pub(super) fn unregister(&mut self, event: &EventHandle) -> Result<(), NtStatus> {
        match self {
            Self::Sample(stream) => stream.unregister(event),
            Self::Exact(stream) => stream.unregister(event),
        }
    }

    pub(super) fn events(&self) -> &[EventHandle] {
        match self {
            Self::Sample(stream) => stream.events(),
            Self::Exact(stream) => stream.events(),
        }
    }

    pub(super) fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus> {
        match self {
            Self::Sample(stream) => stream.set_state(counter(now), state).map_err(stopped),
            Self::Exact(stream) => {
                stream.set_state(now.time.ticks(), state);
                Ok(())
            }
        }
    }

    /// Frames that are to have been moved by now. The sample moves when it is asked; the exact one
    /// like the reference device, a frame when it begins.
    pub(super) fn due(&self, now: Moment, format: WaveFormat) -> Frames {
        match self {
            Self::Sample(stream) => {
                let linear = stream.registers().linear;
                Frames::new(linear / u64::from(format.frame_bytes()))
            }
            Self::Exact(stream) => {
                let scaled =
                    u128::from(stream.elapsed(now.time.ticks())) * u128::from(format.rate.hertz());
                let second = u128::from(TICKS_PER_SECOND);
                let runs_on = stream.state() == KsState::Run && now.has_moved();
                let begun = if runs_on {
                    scaled / second + 1
                } else {
                    scaled.div_ceil(second)
                };
                Frames::new(u64::try_from(begun).expect("a run is not that long"))
            }
        }
    }

    /// Where the stream ends, if its device is silent from there on. The sample's moves no further.
    pub(super) fn end(&self, format: WaveFormat) -> Option<Frames> {
        match self {
            Self::Sample(_) => None,
            Self::Exact(stream) => Some(format.frames_in(Bytes::new(stream.end_byte()?))),
        }
    }

    /// Frames that have wholly come from the converter, of those that are in the buffer by now.
    pub(super) fn arrived(&self, now: Moment, format: WaveFormat) -> Frames {
        match self {
            Self::Sample(_) => self.due(now, format),
            Self::Exact(stream) => format.frames_in(stream.moved(ticks(now))),
        }
    }

    pub(super) fn position(&mut self, now: Moment) -> Result<Position, NtStatus> {
        match self {
            Self::Sample(stream) => stream.get_position(counter(now)).map_err(stopped),
            Self::Exact(stream) => Ok(stream.get_position(ticks(now))),
        }
    }

    pub(super) fn presented(&mut self, now: Moment) -> Result<Frames, NtStatus> {
        match self {
            Self::Sample(stream) => {
                let answer = stream.get_presentation_position(counter(now));
                answer.map(|answer| answer.blocks).map_err(failed)
            }
            Self::Exact(stream) => Ok(stream.get_presentation_position(ticks(now))),
        }
    }

    pub(super) fn packet_count(&mut self, now: Moment) -> Result<PacketCount, NtStatus> {
        match self {
            Self::Sample(stream) => stream.get_packet_count(counter(now)).map_err(failed),
            Self::Exact(stream) => stream.get_packet_count(ticks(now)),
        }
    }

    pub(super) fn set_write_packet(
        &mut self,
        now: Moment,
        packet: WritePacket,
    ) -> Result<(), NtStatus> {
        match self {
            Self::Sample(stream) => stream.set_write_packet(packet),
            Self::Exact(stream) => stream.set_write_packet(ticks(now), packet),
        }
    }

    pub(super) fn read_packet(&mut self, now: Moment) -> Result<ReadPacket, NtStatus> {
        let (answer, counter) = match self {
            Self::Sample(stream) => {
                let answer = stream.get_read_packet()?;
                (answer, Hns::new(answer.counter))
            }
            Self::Exact(stream) => {
                let answer = stream.get_read_packet(ticks(now))?;
                (answer, SimTime::from_ticks(answer.counter).to_hns_floor())
            }
        };
        Ok(ReadPacket {
            packet: answer.packet,
            flags: 0,
            performance_counter: counter,
            more_data: answer.more_data,
        })
    }

    /// The status for a register that is not there.
    pub(super) const fn no_register(&self) -> NtStatus {
        match self {
            Self::Sample(_) => SampleStream::<EventHandle>::REGISTER,
            Self::Exact(_) => NtStatus::NOT_SUPPORTED,
        }
    }

    /// When the next packet is completed, for a timer that is set for each one.
    pub(super) fn next_completion(&self, now: Moment) -> Option<SimTime> {
        match self {
            Self::Sample(_) => None,
            Self::Exact(stream) => {
                let at = stream.next_completion(ticks(now));
                at.map(SimTime::from_ticks)
            }
        }
    }

    /// The packet that is done by an expiry of the timer at `now`, counted from 1; `None` if the
    /// expiry does nothing.
    pub(super) fn completes(&self, now: Moment) -> Option<u64> {
        match self {
            Self::Sample(stream) => {
                let acts = stream.acts(counter(now));
                acts.then(|| stream.registers().packets + 1)
            }
            Self::Exact(stream) => {
                let done = stream.completed(ticks(now));
                (done > 0).then_some(done)
            }
        }
    }

    /// What the timer's routine does; the packets done if the events are to be set.
    pub(super) fn expire(&mut self, now: Moment) -> Option<u64> {
        match self {
            Self::Sample(stream) => {
                let ticked = stream.tick(counter(now)).ok()?;
                ticked.signals.then_some(stream.registers().packets)
            }
            Self::Exact(stream) => {
                let runs = stream.state() == KsState::Run;
                runs.then(|| stream.completed(ticks(now)))
            }
        }
    }

    /// What it has reported since the last call. The exact one reports nothing.
    pub(super) fn take_reports(&mut self) -> impl Iterator<Item = Report> {
        let reports = match self {
            Self::Sample(stream) => Some(stream.take_reports()),
            Self::Exact(_) => None,
        };
        reports.into_iter().flatten()
    }

    /// True while a timer of a millisecond is to run.
    pub(super) const fn polls(&self) -> bool {
        match self {
            Self::Sample(stream) => stream.timer_is_armed(),
            Self::Exact(_) => false,
        }
    }
}

/// The instant up to which everything has happened: what is due now has not before it has moved.
fn ticks(now: Moment) -> u64 {
    let ticks = now.time.ticks();
    if now.has_moved() {
        ticks
    } else {
        ticks.saturating_sub(1)
    }
}

const fn counter(now: Moment) -> Counter {
    Counter::of_hns(now.time.to_hns_floor().get())
}

/// Only calls that a port does not make stop the system; here they are refused.
const fn stopped(_: BugCheck) -> NtStatus {
    NtStatus::INVALID_DEVICE_REQUEST
}

const fn failed(failure: Failure) -> NtStatus {
    match failure {
        Failure::Status(status) => status,
        Failure::BugCheck(why) => stopped(why),
    }
}

impl Fork for Core {
    fn fork(&self, forker: &mut Forker) -> Self {
        match self {
            Self::Sample(stream) => Self::Sample(stream.fork(forker)),
            Self::Exact(stream) => Self::Exact(stream.fork(forker)),
        }
    }
}

vtime::fork_by_clone!(VirtualMode, VirtualOptions);
