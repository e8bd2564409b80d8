//! A stream that is moved frame by frame.

use std::collections::VecDeque;

use hardware::{AtEnd, Cadence, CountOn, Direction, FifoUnderrun, Flush, Packing, Start};
use ring::{Kind, Whose};
use units::{Bytes, Frames, Moment, Phase, SimTime, TICKS_PER_SECOND};

use super::Case;

/// A stream that is moved slot by slot. It knows no closed form but the instant of a slot.
pub(super) struct Oracle {
    case: Case,
    pub(super) frame: u64,
    pub(super) memory: Vec<Option<Whose>>,
    /// Which packet of the buffer each descriptor points to, as it lies in memory.
    list: Vec<u64>,
    /// The same of the descriptors that were taken up since the reset, in the order of their turns.
    held: Vec<u64>,
    fifo: VecDeque<Option<Whose>>,
    /// What has arrived at an input since the reset.
    arrived: Vec<Whose>,
    /// Bytes moved by the memory side, and frames begun and completed since the reset.
    pub(super) moved: u64,
    begun: u64,
    pub(super) completed: u64,
    /// The cadence: what is owed to the link, in groups times 48 000, now and before the slot that
    /// is on its way.
    owed: i64,
    owed_before: i64,
    /// What was asked of the bus: when it is granted, and up to which byte.
    requests: VecDeque<(SimTime, u64)>,
    asked: u64,
    granted: u64,
    /// Of an engine that halts: rounds armed, and those that count from the next slot on.
    pub(super) armed: u64,
    pub(super) pending: u64,
    /// Slots of this stay that were due.
    stay: u64,
    /// The slot that found nothing armed.
    halted: Option<(SimTime, u64)>,
    pub(super) stalls: Vec<(u32, u64, SimTime, Option<SimTime>)>,
    /// When the FIFO is, or was, first filled, apart from the first slot.
    fill: Option<SimTime>,
    slots: u64,
    /// Frames that an input has lost since the reset, and whether a FIFO has lost anything since
    /// the status was cleared.
    lost: u64,
    pub(super) has_lost: bool,
    /// While in RUN: start of the grid, its next slot.
    grid: Option<(SimTime, u64)>,
    ssync: Ssync,
    next_completion: u64,
    pub(super) has_status: bool,
    run: u32,
    pub(super) is_fresh: bool,
    pub(super) heard: Vec<(u32, Option<Whose>)>,
    pub(super) completions: Vec<Moment>,
}

/// The stream's bit of SSYNC.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ssync {
    Clear,
    Set,
    /// Set, and the stream has RUN and waits.
    HoldsBack,
}

impl Oracle {
    pub(super) fn new(case: Case) -> Self {
        let frames = usize::try_from(case.plan.frames().get()).unwrap();
        Self {
            case,
            frame: case.plan.format.frame_bytes().into(),
            memory: vec![None; frames],
            list: (0..case.plan.packets).collect(),
            held: Vec::new(),
            fifo: VecDeque::new(),
            arrived: Vec::new(),
            moved: 0,
            begun: 0,
            completed: 0,
            owed: 0,
            owed_before: 0,
            requests: VecDeque::new(),
            asked: 0,
            granted: 0,
            armed: 0,
            pending: 0,
            stay: 0,
            halted: None,
            stalls: Vec::new(),
            fill: None,
            slots: 0,
            lost: 0,
            has_lost: false,
            grid: None,
            ssync: Ssync::Clear,
            next_completion: 0,
            has_status: false,
            run: 0,
            is_fresh: true,
            heard: Vec::new(),
            completions: Vec::new(),
        }
    }

    fn slot_rate(&self) -> u64 {
        match self.case.stream.cadence {
            Cadence::Even => self.case.plan.format.rate.hertz().into(),
            Cadence::LinkFrames => 48_000,
        }
    }

    /// Ticks of `n` slots of `rate` per second, rounded up.
    fn ticks(&self, n: u64, rate: u64) -> u64 {
        let scaled = u128::from(n) * u128::from(TICKS_PER_SECOND) * 1_000_000_000;
        let per_giga =
            u128::from(rate) * u128::try_from(1_000_000_000 + i64::from(self.case.ppb)).unwrap();
        u64::try_from(scaled.div_ceil(per_giga)).unwrap()
    }

    pub(super) fn run(&mut self, now: Moment) {
        if self.grid.is_some() || self.halted.is_some() || self.ssync == Ssync::HoldsBack {
            return;
        }
        if self.is_fresh {
            self.armed += 1;
            self.hold_ahead();
        }
        self.is_fresh = false;
        self.stay = 0;
        if self.ssync == Ssync::Set {
            self.ssync = Ssync::HoldsBack;
        }
        let from = self.filled(now);
        if self.ssync == Ssync::Clear {
            self.grid = Some(self.grid_from(from));
        }
        self.advance(now);
    }

    /// Its link stands from the end of the frame on that is on its way.
    pub(super) fn hold_back(&mut self, now: Moment) {
        if self.grid.is_some() || self.halted.is_some() {
            self.pause(now);
            self.ssync = Ssync::HoldsBack;
        } else if self.ssync == Ssync::Clear {
            self.ssync = Ssync::Set;
        }
    }

    /// Its link goes on with the link frame that begins next.
    pub(super) fn release(&mut self, now: Moment) {
        if std::mem::replace(&mut self.ssync, Ssync::Clear) == Ssync::HoldsBack {
            let from = self.filled(now.time.at(Phase::React));
            self.grid = Some(self.grid_from(from));
            self.advance(now);
        }
    }

    /// The grid of a link that begins at `from`, and its slot.
    fn grid_from(&self, from: Moment) -> (SimTime, u64) {
        match self.case.stream.start {
            Start::AtOnce => (from.time, 0),
            Start::NextLinkFrame => {
                let mut slot = 0;
                while SimTime::from_ticks(self.ticks(slot, 48_000)).at(Phase::Move) < from
                    || (from.phase == Phase::Move && self.ticks(slot, 48_000) == from.time.ticks())
                {
                    slot += 1;
                }
                if self.slot_rate() == 48_000 {
                    (SimTime::ZERO, slot)
                } else {
                    (SimTime::from_ticks(self.ticks(slot, 48_000)), 0)
                }
            }
        }
    }

    fn instant(&self, (start, slot): (SimTime, u64)) -> SimTime {
        SimTime::from_ticks(start.ticks() + self.ticks(slot, self.slot_rate()))
    }

    pub(super) fn halts(&self) -> bool {
        self.case.stream.at_end == AtEnd::Halts
    }

    /// Frames that may leave.
    fn armed_frames(&self) -> u64 {
        let frames = self.case.plan.frames().get();
        if self.halts() {
            self.armed * frames
        } else {
            u64::MAX / 64
        }
    }

    pub(super) fn arm(&mut self, now: Moment) {
        if !self.halts() || self.is_fresh {
            return;
        }
        if self.stay == 0 {
            self.pending += 1;
            return;
        }
        self.armed += 1;
        self.ask(now.time);
        self.fetch_granted(now.time);
        self.count(now);
        if let Some(slot) = self.halted.take() {
            let grid = self.grid_from(now);
            let (due, begins) = (self.instant(slot), self.instant(grid));
            self.grid = Some(if begins == due { slot } else { grid });
            self.end_stall(begins);
            self.stay = 0;
            self.advance(now);
        }
    }

    /// A stall of no time is none.
    fn end_stall(&mut self, at: SimTime) {
        if let Some(stall) = self.stalls.last_mut().filter(|stall| stall.3.is_none()) {
            stall.3 = Some(at);
            if stall.2 == at {
                self.stalls.pop();
            }
        }
    }

    /// When what is asked for at `asked` is granted.
    fn grant(&self, asked: SimTime) -> SimTime {
        let due = asked + self.case.stream.grant_latency;
        match self.case.stall {
            Some(stall) if stall.from <= due && due < stall.until => stall.until,
            _ => due,
        }
    }

    /// An output that runs for the first time at `now` asks for what fills its FIFO, if that takes
    /// time; from when on its link can begin.
    fn filled(&mut self, now: Moment) -> Moment {
        let granted = self.grant(now.time);
        let is_first = self.slots == 0 && self.fill.is_none();
        let takes_time = granted > now.time || self.ssync == Ssync::HoldsBack;
        if is_first && self.case.direction == Direction::Output && takes_time {
            self.fill = Some(granted);
            self.ask(now.time);
        }
        match self.fill {
            Some(fill) if fill > now.time => fill.at(Phase::Move),
            _ => now,
        }
    }

    /// Asks for every burst that there is room for, or that has arrived.
    fn ask(&mut self, now: SimTime) {
        let bytes = Bytes::new(self.frame);
        let capacity = self.case.stream.fifo.bytes(bytes).get();
        let burst = self.case.stream.burst.bytes(bytes).get();
        let arrived = self.completed * self.frame;
        let granted = self.grant(now);
        match self.case.direction {
            Direction::Output => {
                while self.asked + burst <= arrived + capacity {
                    self.asked += burst;
                    self.requests.push_back((granted, self.asked));
                }
            }
            Direction::Input => {
                let packet = self.case.plan.packet_bytes().get();
                for end in self.asked + 1..=arrived {
                    let flushes = self.case.stream.flush == Flush::DescriptorEnd;
                    if end % burst == 0 || (flushes && end % packet == 0) {
                        self.asked = end;
                        self.requests.push_back((granted, end));
                    }
                }
            }
        }
    }

    /// Moves what is granted by `now`.
    fn take_granted(&mut self, now: SimTime) {
        while let Some(&(granted, end)) = self.requests.front() {
            if granted > now {
                return;
            }
            self.requests.pop_front();
            match self.case.direction {
                Direction::Output => self.granted = end,
                Direction::Input => self.store_up_to(end),
            }
        }
    }

    /// Fetches what is granted by `now`, and armed.
    fn fetch_granted(&mut self, now: SimTime) {
        self.take_granted(now);
        let end = self.granted.min(self.armed_frames() * self.frame);
        self.fetch_up_to(end.max(self.moved));
    }

    fn fetch_up_to(&mut self, end: u64) {
        for frame in self.moved / self.frame..end / self.frame {
            let place = self.place_of(frame);
            if frame >= self.begun {
                self.fifo.push_back(self.memory[place]);
            }
        }
        self.moved = end;
    }

    /// Where the memory side goes to for frame `frame`, which is the next one.
    fn place_of(&mut self, frame: u64) -> usize {
        let packet = self.case.plan.packet;
        let held = self.held[usize::try_from(frame / packet).unwrap()];
        if (frame + 1) % packet == 0 {
            self.hold_next();
        }
        usize::try_from(held * packet + frame % packet).unwrap()
    }

    /// The first two descriptors are taken up; all there will ever be, if that is so.
    fn hold_ahead(&mut self) {
        let snapshot = usize::from(self.case.snapshot) * 10_000;
        for _ in 0..2.max(snapshot) {
            self.hold_next();
        }
    }

    fn hold_next(&mut self) {
        let next = self.held.len() % self.list.len();
        self.held.push(self.list[next]);
    }

    pub(super) fn rewrite(&mut self, entry: u64, target: u64) {
        let descriptors = self.case.plan.packets;
        let entry = usize::try_from(entry % descriptors).unwrap();
        self.list[entry] = target % descriptors;
    }

    /// Frames that the next slot carries.
    fn carried(&mut self) -> u64 {
        if self.case.stream.cadence == Cadence::Even {
            return 1;
        }
        let hertz = u64::from(self.case.plan.format.rate.hertz());
        let group = match hertz {
            192_000 | 176_400 => 4,
            96_000 | 88_200 | 32_000 => 2,
            _ => 1,
        };
        let group = match self.case.stream.packing {
            Packing::Grouped => group,
            Packing::Spread => 1,
        };
        // Each slot owes hertz / 48 000 groups; whoever is owed anything gets a whole one.
        self.owed += i64::try_from(hertz / group).unwrap();
        let mut groups = 0;
        while self.owed > 0 {
            self.owed -= 48_000;
            groups += 1;
        }
        groups * group
    }

    pub(super) fn advance(&mut self, now: Moment) {
        if let Some(fill) = self.fill.filter(|fill| fill.at(Phase::Move) <= now) {
            self.fetch_granted(fill);
        }
        while let Some((start, slot)) = self.grid {
            let due = self.instant((start, slot)).at(Phase::Move);
            if due > now {
                return;
            }
            self.grid = Some((start, slot + 1));
            self.slot(due);
        }
    }

    fn slot(&mut self, due: Moment) {
        self.stay += 1;
        self.armed += std::mem::take(&mut self.pending);
        match self.case.direction {
            Direction::Output => self.output_slot(due.time),
            Direction::Input => self.input_slot(due.time),
        }
        self.count(due);
    }

    fn count(&mut self, due: Moment) {
        let counted = match (self.case.direction, self.case.stream.count_on) {
            (Direction::Output, CountOn::Link) => self.completed * self.frame,
            (Direction::Output, CountOn::Memory) | (Direction::Input, _) => self.moved,
        };
        while counted >= (self.next_completion + 1) * self.case.plan.packet_bytes().get() {
            self.next_completion += 1;
            self.has_status = true;
            self.completions.push(due);
        }
    }

    /// What was on its way has arrived, if the FIFO has room for it, and goes to memory.
    fn input_slot(&mut self, due: SimTime) {
        self.take_granted(SimTime::from_ticks(due.ticks().saturating_sub(1)));
        let capacity = self.case.stream.fifo.bytes(Bytes::new(self.frame)).get();
        let arrives = self.begun - self.completed;
        if arrives > 0 && self.case.is_slow() && self.begun * self.frame > self.moved + capacity {
            self.begun = self.completed;
            self.owed = self.owed_before;
            self.lost += arrives;
            self.has_lost = true;
        }
        self.hear(self.begun - self.completed);
        self.completed = self.begun;
        self.ask(due);
        self.take_granted(due);
        self.slots += 1;
        self.owed_before = self.owed;
        self.begun += self.carried();
    }

    fn hear(&mut self, frames: u64) {
        let first = self
            .heard
            .iter()
            .rev()
            .take_while(|(run, _)| *run == self.run);
        let first = u64::try_from(first.count()).unwrap();
        for frame in first..first + frames {
            let whose = captured(self.run, frame, self.lost);
            self.arrived.push(whose);
            self.heard.push((self.run, Some(whose)));
        }
    }

    /// Frames of which all bytes are there now are seen in memory.
    fn store_up_to(&mut self, end: u64) {
        for frame in self.moved / self.frame..end / self.frame {
            let place = self.place_of(frame);
            self.memory[place] = Some(self.arrived[usize::try_from(frame).unwrap()]);
        }
        self.moved = end;
    }

    fn output_slot(&mut self, due: SimTime) {
        self.completed = self.begun;
        self.ask(due);
        self.fetch_granted(due);
        self.owed_before = self.owed;
        let carried = self.carried();
        if self.begun + carried > self.armed_frames() {
            self.owed = self.owed_before;
            let (start, next) = self.grid.take().unwrap();
            self.halted = Some((start, next - 1));
            self.stalls.push((self.run, self.begun, due, None));
            return;
        }
        let is_short = (self.begun + carried) * self.frame > self.moved;
        if carried > 0 && is_short {
            self.has_lost = true;
            if self.case.stream.fifo_underrun == FifoUnderrun::LinkFreezes {
                self.owed = self.owed_before;
                return;
            }
        }
        self.slots += 1;
        for _ in 0..carried {
            let dry = Some(silence(self.run, self.begun));
            let frame = self.fifo.pop_front().unwrap_or(dry);
            self.heard.push((self.run, frame));
            self.begun += 1;
        }
    }

    pub(super) fn pause(&mut self, now: Moment) {
        self.stay = 0;
        if self.ssync == Ssync::HoldsBack {
            self.ssync = Ssync::Set;
        }
        if self.halted.take().is_some() {
            self.end_stall(now.time);
        }
        if self.grid.take().is_some() {
            if self.case.direction == Direction::Input {
                self.hear(self.begun - self.completed);
            }
            self.completed = self.begun;
        }
    }

    pub(super) fn reset(&mut self) {
        self.run += u32::from(!self.is_fresh);
        self.is_fresh = true;
        self.fifo.clear();
        (self.moved, self.begun, self.completed, self.owed) = (0, 0, 0, 0);
        (self.next_completion, self.has_status) = (0, false);
        (self.asked, self.slots, self.lost, self.fill) = (0, 0, 0, None);
        (self.granted, self.armed, self.pending) = (0, 0, 0);
        self.has_lost = false;
        self.requests.clear();
        self.held.clear();
        self.arrived.clear();
    }

    pub(super) fn store(&mut self, at: u64, len: u64, whose: Whose) {
        for n in 0..len {
            let place = (at + n) % self.case.plan.frames().get();
            self.memory[usize::try_from(place).unwrap()] = Some(whose.after(Frames::new(n)));
        }
    }
}

/// What an output sends in the place of frame `frame` when its FIFO is dry.
fn silence(run: u32, frame: u64) -> Whose {
    Whose {
        kind: Kind::ZeroFill,
        ..captured(run, frame, 0)
    }
}

fn captured(run: u32, frame: u64, lost: u64) -> Whose {
    Whose {
        run,
        kind: Kind::Audio,
        content: frame + lost,
        intended: frame,
        write: 0,
    }
}
