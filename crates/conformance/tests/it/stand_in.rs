//! A stream that answers everything rightly, or with one defect.

use std::cell::Cell;

use conformance::kit::{Answer, Bench, Call, Declared, Held, Limits, Setup, Signal, Subject};
use ks::{KsState, Position, PresentationPosition};
use units::{Bytes, Frames, Hns, NtStatus, WaveFormat};

use crate::defect::Defect;
use crate::stand_in_memory::Memory;

pub(crate) const MILLI: u64 = 10_000;
/// How far presentation is behind.
const DELAY: u64 = 48;

/// Makes stand-ins of one kind.
#[derive(Debug, Default)]
pub(crate) struct StandIns {
    pub(crate) defect: Option<Defect>,
    made: Cell<u64>,
    shared: Cell<u64>,
}

impl StandIns {
    pub(crate) fn with(defect: Defect) -> Self {
        Self {
            defect: Some(defect),
            ..Self::default()
        }
    }
}

impl Bench for StandIns {
    fn name(&self) -> &'static str {
        self.defect.map_or("stand-in", Defect::what)
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        self.made.set(self.made.get() + 1);
        Box::new(StandIn::new(self, *setup))
    }

    fn declared(&self, _: &Setup) -> Declared {
        Declared {
            delay: Frames::new(DELAY),
            packets_max: 256,
            ..Declared::default()
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            crystal: true,
            gap_packets_max: None,
            ..Limits::default()
        }
    }
}

/// One stream.
#[derive(Debug)]
pub(crate) struct StandIn<'a> {
    bench: &'a StandIns,
    pub(crate) setup: Setup,
    pub(crate) defect: Option<Defect>,
    pub(crate) state: KsState,
    /// The buffer and its packets, if it has notifications.
    pub(crate) ring: Option<(u64, Option<u32>)>,
    /// Time in RUN before the present stretch, and when that began.
    pub(crate) done: u64,
    pub(crate) since: Option<u64>,
    pub(crate) starts: u32,
    /// What a defect adds to time or place.
    pub(crate) extra: u64,
    pub(crate) left: u64,
    pub(crate) reads: u64,
    pub(crate) events: Vec<u8>,
    pub(crate) gone: Vec<u8>,
    pub(crate) signalled: u64,
    pub(crate) passed: u64,
    pub(crate) held: Option<(u64, u64)>,
    pub(crate) written: u64,
    pub(crate) ended: bool,
    pub(crate) last_read: Option<u64>,
    pub(crate) base: u64,
    mapped: [bool; 2],
    /// Where each stretch of RUN begins: on the counter, in time in RUN.
    pub(crate) stretches: Vec<(u64, u64)>,
    pub(crate) memory: Memory,
}

impl<'a> StandIn<'a> {
    fn new(bench: &'a StandIns, setup: Setup) -> Self {
        Self {
            bench,
            setup,
            defect: bench.defect,
            state: KsState::Stop,
            ring: None,
            done: 0,
            since: None,
            starts: 0,
            extra: 0,
            left: 0,
            reads: 0,
            events: Vec::new(),
            gone: Vec::new(),
            signalled: 0,
            passed: setup.start.get(),
            held: None,
            written: 0,
            ended: false,
            last_read: None,
            base: 0,
            mapped: [false; 2],
            stretches: Vec::new(),
            memory: Memory::default(),
        }
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    pub(crate) fn frame(&self) -> u64 {
        self.setup.format.frame_bytes().into()
    }

    /// Time in RUN.
    pub(crate) fn run(&self, at: u64) -> u64 {
        if self.has(Defect::Uptime) {
            let scaled = |at: u64| at.wrapping_mul(10_000_000) / 10_000_000;
            return self.done
                + self.since.map_or(0, |since| {
                    scaled(at).wrapping_sub(scaled(since)) % (1 << 60)
                });
        }
        self.done + self.since.map_or(0, |since| at - since)
    }

    /// Bytes on the link.
    pub(crate) fn linear(&self, at: u64) -> u64 {
        let run = self.run(at);
        let frames = match self.defect {
            Some(Defect::NarrowProduct) => {
                let millis = run / MILLI;
                let rate = u64::from(self.setup.format.rate.hertz()) * self.frame();
                let product = (u128::from(rate) * u128::from(millis)) & 0xFFFF_FFFF;
                return u64::try_from(product).expect("64 bits hold it") / 1000 / self.frame()
                    * self.frame();
            }
            Some(Defect::TwentyMillis) => {
                self.setup.frames_after(Hns::new(run / 200_000 * 200_000))
            }
            Some(Defect::PacketMillis) => {
                let millis = (self.setup.time_of(self.setup.packet.get()).get() / MILLI).max(1);
                let per_milli = self.setup.packet.get() / millis;
                run / MILLI * per_milli
            }
            Some(Defect::StopKeepsPart) => self.setup.frames_after(Hns::new(run + self.left)),
            Some(Defect::PauseCounts) => self.setup.frames_after(Hns::new(
                run + if self.state == KsState::Pause && self.starts > 0 {
                    at - self.extra
                } else {
                    0
                },
            )),
            Some(Defect::ResumeJumps) => self.setup.frames_after(Hns::new(run + self.extra)),
            Some(Defect::MovesEarly) if self.starts == 0 && self.state == KsState::Pause => 32,
            _ => self.setup.frames_after(Hns::new(run)),
        };
        let frames = match self.defect {
            Some(Defect::Lags) => frames.saturating_sub(32),
            Some(Defect::Leads) if self.since.is_some() => frames + 64,
            Some(Defect::PauseAdds) => frames + self.extra,
            Some(Defect::StopKeeps) => frames + self.left,
            Some(Defect::ReadingMoves) if self.since.is_some() => frames + self.reads,
            Some(Defect::SharedCounter) if self.since.is_some() => {
                frames + self.bench.shared.get() / 3
            }
            Some(Defect::Unrepeatable) if self.since.is_some() => {
                frames + self.bench.made.get() % 3
            }
            Some(Defect::PauseRounds) if self.state == KsState::Pause => {
                frames / self.setup.packet.get() * self.setup.packet.get()
            }
            _ => frames,
        };
        if self.has(Defect::InsideFrames) {
            return self.setup.bytes_after(Hns::new(run));
        }
        frames * self.frame()
    }

    fn place(&mut self, at: u64, ring: u64) -> u64 {
        self.reads += 1;
        let linear = self.linear(at);
        match self.defect {
            Some(Defect::ShowsEnd) if linear > 0 && linear % ring == 0 => ring,
            Some(Defect::ShortLap) => (linear + linear / ring * self.frame()) % ring,
            Some(Defect::GoesBack) if self.reads % 5 == 0 => {
                linear.saturating_sub(3 * self.frame()) % ring
            }
            Some(Defect::ReadingRounds) => {
                let step = self.setup.frames_after(Hns::new(self.run(at) - self.left));
                self.left = self.run(at);
                self.extra += step;
                self.extra * self.frame() % ring
            }
            Some(Defect::WrapForgets) => {
                let moved = linear - self.left;
                self.left = linear;
                self.extra += moved;
                if self.extra >= ring {
                    self.extra = 0;
                }
                self.extra
            }
            Some(Defect::FourByteFrames) => linear / self.frame() * 4 % ring,
            Some(Defect::StopShowsOld) if self.left > 0 => std::mem::take(&mut self.left) % ring,
            Some(Defect::CountMovesPosition) if self.extra == at && at > 0 => {
                (linear + self.frame()) % ring
            }
            _ => linear % ring,
        }
    }

    pub(crate) fn position(&mut self, at: u64) -> Answer {
        let Some((ring, _)) = self.ring else {
            return Answer::Position(Position::default());
        };
        if self.has(Defect::SharedCounter) {
            self.bench.shared.set(self.bench.shared.get() + 1);
        }
        let write = self.place(at, ring);
        let play = if self.has(Defect::PlaysAhead) && self.since.is_some() {
            (write + self.frame() * 8) % ring
        } else {
            write
        };
        Answer::Position(Position {
            play: Bytes::new(play),
            write: Bytes::new(write),
        })
    }

    fn linear_answer(&self, at: u64) -> Answer {
        let linear = match self.defect {
            Some(Defect::LinearOfMillis) => {
                let run = self.run(at) / MILLI * MILLI;
                self.setup.frames_after(Hns::new(run)) * self.frame()
            }
            Some(Defect::LinearWraps) => self.linear(at) % (1 << 24),
            _ => self.linear(at),
        };
        Answer::Linear(linear)
    }

    fn presentation(&mut self, at: u64) -> Answer {
        self.reads += 1;
        let on_link = self.linear(at) / self.frame();
        let mut qpc = at;
        let frames = on_link.saturating_sub(DELAY);
        let blocks = match self.defect {
            Some(Defect::PresentsFetched) if self.since.is_some() => on_link + 64,
            Some(Defect::DelayWraps) => on_link.wrapping_sub(DELAY) & 0xFFFF_FFFF,
            Some(Defect::NoDelay) => on_link,
            Some(Defect::PairOfMillis) => {
                let run = self.run(at) / MILLI * MILLI;
                self.setup.frames_after(Hns::new(run)).saturating_sub(DELAY)
            }
            Some(Defect::StaleCounter) => {
                let packet = self.setup.time_of(self.setup.packet.get()).get();
                qpc = at - self.run(at) % packet;
                frames
            }
            Some(Defect::CounterBack) if self.reads % 2 == 0 => {
                qpc = at.saturating_sub(50 * MILLI);
                frames
            }
            Some(Defect::StopKeepsFrame) => frames + self.left,
            Some(Defect::FrameBack) if self.reads % 4 == 0 => frames.saturating_sub(2),
            _ => frames,
        };
        Answer::Presented(PresentationPosition {
            blocks: Frames::new(blocks),
            qpc: Hns::new(qpc),
        })
    }

    fn set_state(&mut self, at: u64, to: KsState) -> Answer {
        for step in self.state.steps_to(to) {
            let entered = step.to();
            if entered == KsState::Run && self.ring.is_none() && !self.has(Defect::RunsEmpty) {
                return Answer::Refused(NtStatus::INVALID_DEVICE_REQUEST);
            }
            if entered == KsState::Run && self.has(Defect::FourPauses) && self.starts >= 5 {
                return Answer::Refused(NtStatus::INSUFFICIENT_RESOURCES);
            }
            self.step(at, step);
            self.state = entered;
        }
        Answer::Done
    }

    fn step(&mut self, at: u64, step: ks::Step) {
        match step {
            ks::Step::PauseToRun => self.begin(at),
            ks::Step::RunToPause => {
                self.done = self.run(at);
                self.since = None;
                match self.defect {
                    Some(Defect::PauseCounts | Defect::ResumeJumps) => self.extra = at,
                    Some(Defect::PauseAdds) => self.extra += 2,
                    _ => {}
                }
                self.pause_packets();
            }
            ks::Step::AcquireToStop => self.stop(at),
            ks::Step::StopToAcquire | ks::Step::AcquireToPause | ks::Step::PauseToAcquire => {}
        }
    }

    fn begin(&mut self, at: u64) {
        if self.has(Defect::ResumeJumps) && self.starts > 0 && self.done > 0 {
            self.done += at - self.extra;
        }
        self.since = Some(at);
        self.stretches.push((at, self.done));
        self.starts += 1;
        if self.has(Defect::ResumeJumps) {
            self.extra = 0;
        }
        self.resume_packets(at);
    }

    fn stop(&mut self, at: u64) {
        let linear = self.linear(at);
        self.left = match self.defect {
            Some(Defect::StopKeepsPart) => (self.run(at) + self.left) % MILLI,
            Some(Defect::StopShowsOld) => linear,
            Some(Defect::StopKeeps | Defect::StopKeepsFrame) => linear / self.frame(),
            Some(Defect::StopKeepsPacket) => linear % self.packet().unwrap_or(1),
            _ => 0,
        };
        if !self.has(Defect::CountKept) {
            self.base = 0;
        } else if let Some(packet) = self.packet() {
            self.base += linear / packet;
        }
        (
            self.done,
            self.since,
            self.extra,
            self.signalled,
            self.written,
        ) = (0, None, 0, 0, 0);
        self.ended &= self.has(Defect::EndForever);
        self.last_read = None;
        self.held = None;
        self.stretches.clear();
        self.memory.stop();
        if self.has(Defect::FourPauses) {
            self.starts = 0;
        }
    }

    fn change_format(&mut self, format: WaveFormat) -> Answer {
        if self.state != KsState::Stop && !self.has(Defect::FormatAnytime) {
            return Answer::NotOffered;
        }
        let (rate, frame) = (self.setup.format.rate, self.frame());
        self.setup.format = format;
        if self.has(Defect::FormatKeepsRate) {
            self.setup.format.rate = rate;
        }
        self.memory = Memory::default();
        let Some((bytes, _)) = &mut self.ring else {
            return Answer::Done;
        };
        *bytes = *bytes / frame * u64::from(format.frame_bytes());
        Answer::Buffer {
            actual: Bytes::new(*bytes),
        }
    }

    fn delay(&mut self, at: u64, written: u64) -> Answer {
        let on_link = self.linear(at) / self.frame();
        let presented = match self.defect {
            Some(Defect::DelayOtherClock) => on_link * 441 / 480,
            Some(Defect::DelayTwice) => on_link.saturating_sub(2 * DELAY),
            _ => on_link.saturating_sub(DELAY),
        };
        Answer::Linear(if self.has(Defect::DelayWrapsToo) {
            written.wrapping_sub(presented) & 0xFFFF_FFFF
        } else {
            written.saturating_sub(presented)
        })
    }

    fn buffer(&mut self, requested: u64, packets: Option<u32>) -> Answer {
        let frame = self.frame();
        if self.state != KsState::Stop && !self.has(Defect::BufferAnytime) {
            return Answer::Refused(NtStatus::INVALID_DEVICE_STATE);
        }
        if self.ring.is_some() && !self.has(Defect::SecondBuffer) {
            return Answer::Refused(NtStatus::INVALID_DEVICE_REQUEST);
        }
        if packets.is_none() && self.has(Defect::NoPlainBuffer) {
            return Answer::Refused(NtStatus::INSUFFICIENT_RESOURCES);
        }
        let counts = 1..=if self.has(Defect::AnyCount) {
            u32::MAX
        } else {
            256
        };
        if packets.is_some_and(|packets| !counts.contains(&packets)) {
            return Answer::Refused(NtStatus::INVALID_PARAMETER);
        }
        if requested < frame && !self.has(Defect::EmptyBuffer) {
            return Answer::Refused(NtStatus::UNSUCCESSFUL);
        }
        let count = u64::from(packets.unwrap_or(1));
        let actual = match self.defect {
            Some(Defect::RoundsDown) => requested / frame * frame,
            Some(Defect::OddSize) => requested,
            Some(Defect::OddPackets) => requested.div_ceil(frame) * frame,
            _ => requested.div_ceil(count * frame).max(1) * count * frame,
        };
        self.ring = Some((actual.max(frame), packets));
        Answer::Buffer {
            actual: Bytes::new(actual),
        }
    }

    fn map(&mut self, register: usize) -> Answer {
        if self.mapped[register] && !self.has(Defect::MapsTwice) {
            return Answer::Refused(NtStatus::INVALID_DEVICE_REQUEST);
        }
        self.mapped[register] = true;
        Answer::Mapped {
            width: if self.has(Defect::NarrowRegister) {
                24
            } else {
                32
            },
            hertz: if register == 0 { 0 } else { 24_000_000 },
            accuracy: if register == 0 {
                self.setup.format.frame_bytes()
            } else {
                1
            },
        }
    }

    fn read_position(&mut self, at: u64) -> Answer {
        let (true, Some((ring, _))) = (self.mapped[0], self.ring) else {
            return Answer::NotOffered;
        };
        self.reads += 1;
        let linear = self.linear(at);
        Answer::Register(match self.defect {
            Some(Defect::RegisterEnd) if linear > 0 && linear % ring == 0 => ring,
            Some(Defect::RegisterBack) if self.reads % 3 == 0 => {
                linear.saturating_sub(4 * self.frame()) % ring
            }
            Some(Defect::RegisterLags) => {
                let packet = self.setup.packet_bytes().get();
                linear / packet * packet % ring
            }
            _ => linear % ring,
        })
    }

    fn read_clock(&mut self, at: u64) -> Answer {
        if !self.mapped[1] {
            return Answer::NotOffered;
        }
        let time = match self.defect {
            Some(Defect::ClockDead) => 0,
            Some(Defect::ClockPauses) => self.run(at),
            _ => at,
        };
        let scale = 1_000_000_000_u128.saturating_add_signed(self.setup.ppb.into());
        let ticks = u128::from(time) * 24_000_000 * scale / 10_000_000_000_000_000;
        Answer::Register(u64::try_from(ticks & 0xFFFF_FFFF).expect("64 bits hold it"))
    }
}

impl Subject for StandIn<'_> {
    fn call(&mut self, at: Hns, call: Call) -> Answer {
        let at = at.get();
        match call {
            Call::Buffer { requested, packets } => self.buffer(requested.get(), packets),
            Call::Register(event) => self.register(event),
            Call::Unregister(event) => self.unregister(event),
            Call::State(state) => self.set_state(at, state),
            Call::Position => self.position(at),
            Call::Linear => self.linear_answer(at),
            Call::Presentation => self.presentation(at),
            Call::PacketCount => {
                if self.has(Defect::CountMovesPosition) {
                    self.extra = at;
                }
                self.packet_count(at)
            }
            Call::Write(write) => self.write(at, write),
            Call::Read => self.read(at),
            Call::MapPosition => self.map(0),
            Call::MapClock => self.map(1),
            Call::ReadPosition => self.read_position(at),
            Call::ReadClock => self.read_clock(at),
            Call::Format(format) => self.change_format(format),
            Call::Delay(written) => self.delay(at, written),
            Call::Store { first, frames } => self.store(at, first, frames),
            Call::Overwrite(frames) => self.overwrite(at, frames),
            Call::Behind(frames) => self.behind(at, frames),
            Call::Heard(before) => self.heard(at, before),
            Call::Hold
            | Call::Signal(_)
            | Call::ClockCount
            | Call::ClockTime(_)
            | Call::ClockLeg(_)
            | Call::Controller(_)
            | Call::Policy(_) => Answer::NotOffered,
        }
    }

    fn pass(&mut self, until: Hns) -> Vec<Signal> {
        self.signals(until.get())
    }

    fn hold(&mut self, until: Hns) -> Held {
        self.held_back(until.get());
        Held::Yes
    }
}
