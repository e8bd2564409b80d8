//! The processors of a machine, and who of the model runs where.

use std::collections::BTreeMap;

use units::{Moment, SimDuration, SimTime};

use crate::core::{Core, JobId, Owner, Place, Request, Spent};
use crate::injection::FaultId;
use crate::latency::{Component, Latency};
use crate::level::Level;
use crate::machine::ThreadId;

/// Where a thread runs, and how urgent it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The core: it runs on no other.
    pub core: usize,
    /// Its priority, 0 to 31.
    pub priority: u8,
    /// By how much more urgent it is when it was woken, if its priority is below 16.
    pub boost: u8,
    /// True if it is of a multimedia class.
    pub is_multimedia: bool,
    /// What it does in answer to each wake-up before anything can be seen of it.
    pub work: SimDuration,
}

/// Where interrupts of devices go, and what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterruptPath {
    /// The core that runs ISR and DPC.
    pub core: usize,
    /// The interrupt request level of the ISR, 3 to 11.
    pub irql: u8,
    /// How long the ISR runs.
    pub isr: SimDuration,
    /// How long the DPC runs.
    pub dpc: SimDuration,
    /// The DPC is a threaded one.
    pub is_threaded: bool,
    /// The DPC is of high importance: it queues up before those that wait.
    pub is_important: bool,
}

/// The processors of a machine, and who runs where.
#[derive(Clone, Debug)]
pub struct Cpu {
    cores: Vec<Core>,
    path: InterruptPath,
    /// Of each core, what its loads are called in reports.
    names: Vec<Vec<FaultId>>,
    /// Where a thread runs that has no seat of its own.
    seat: Seat,
    seats: BTreeMap<ThreadId, Seat>,
}

/// A job and the core that it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    core: usize,
    job: JobId,
}

/// What the ISR and the DPC of a device are to a core.
const ISR: Owner = Owner::Actor(u32::MAX);
const DPC: Owner = Owner::Actor(u32::MAX - 1);

impl Cpu {
    /// Processors with their loads, and what these are called in reports. Interrupts go along `path`, and threads have `seat`.
    ///
    /// # Panics
    /// If either is on a core that is not there.
    pub fn new(
        cores: Vec<Core>,
        names: Vec<Vec<FaultId>>,
        path: InterruptPath,
        seat: Seat,
    ) -> Self {
        for core in [path.core, seat.core] {
            assert!(core < cores.len(), "there is no core {core}");
        }
        Self {
            cores,
            path,
            names,
            seat,
            seats: BTreeMap::new(),
        }
    }

    /// The processors.
    pub fn cores(&self) -> &[Core] {
        &self.cores
    }

    /// Gives `thread` a seat of its own.
    ///
    /// # Panics
    /// If it is on a core that is not there.
    pub(crate) fn seat(&mut self, thread: ThreadId, seat: Seat) {
        assert!(
            seat.core < self.cores.len(),
            "there is no core {}",
            seat.core
        );
        self.seats.insert(thread, seat);
    }

    pub(crate) fn isr(&mut self, now: SimTime) -> Placed {
        let level = Level::Device(self.path.irql);
        let request = Request::new(ISR, level, self.path.isr);
        self.submit(now, self.path.core, request)
    }

    pub(crate) fn dpc(&mut self, now: SimTime) -> Placed {
        let path = self.path;
        let (level, place) = (path.dpc_level(), path.dpc_place());
        let request = Request::new(DPC, level, path.dpc);
        self.submit(now, path.core, Request { place, ..request })
    }

    /// `thread` is woken; `goes_on` if it has not let go of its core since it was last at work.
    pub(crate) fn wake(&mut self, now: SimTime, thread: ThreadId, goes_on: bool) -> Placed {
        let seat = self.seat_of(thread);
        let owner = Owner::Actor(thread.number());
        self.cores[seat.core].cancel(now, owner);
        let place = if goes_on { Place::GoesOn } else { Place::Last };
        self.submit(now, seat.core, seat.request(owner, seat.work, place))
    }

    /// `thread` has its core and works for `work`.
    pub(crate) fn work(&mut self, now: SimTime, thread: ThreadId, work: SimDuration) -> Placed {
        let seat = self.seat_of(thread);
        let owner = Owner::Actor(thread.number());
        self.submit(now, seat.core, seat.request(owner, work, Place::GoesOn))
    }

    /// When `placed` is done, as far as can be foreseen at `now`.
    pub(crate) fn done(&self, placed: Placed) -> Moment {
        self.cores[placed.core].done(placed.job).commit()
    }

    /// Takes `placed` if it is done by `now`.
    pub(crate) fn take(&mut self, now: SimTime, placed: Placed) -> Option<Spent> {
        let core = &mut self.cores[placed.core];
        core.advance(now);
        core.take(placed.job)
    }

    /// Which load had the core for most of what `placed` lost, if any had.
    pub(crate) fn blame(&self, placed: Placed, spent: &Spent) -> Option<FaultId> {
        let load = usize::try_from(spent.held_by?).ok()?;
        self.names.get(placed.core)?.get(load).copied()
    }

    fn seat_of(&self, thread: ThreadId) -> Seat {
        self.seats.get(&thread).copied().unwrap_or(self.seat)
    }

    fn submit(&mut self, now: SimTime, core: usize, request: Request) -> Placed {
        let job = self.cores[core].submit(now, request);
        Placed { core, job }
    }
}

impl Seat {
    fn request(self, owner: Owner, work: SimDuration, place: Place) -> Request {
        Request {
            place,
            boost: self.boost,
            is_multimedia: self.is_multimedia,
            ..Request::new(owner, Level::Thread(self.priority), work)
        }
    }
}

impl InterruptPath {
    const fn dpc_level(self) -> Level {
        if self.is_threaded {
            Level::ThreadedDispatch
        } else {
            Level::Dispatch
        }
    }

    const fn dpc_place(self) -> Place {
        if self.is_important {
            Place::First
        } else {
            Place::Last
        }
    }
}

/// Whose time it was: names for what a [`Spent`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Isr,
    Dpc,
    WakeUp,
    Work,
}

impl Kind {
    /// Where the time went, in the words of a wake-up.
    pub(crate) fn latency(self, spent: &Spent) -> Latency {
        let (waiting, running) = match self {
            Self::Isr => (Component::MaskWait, Component::IsrSelf),
            Self::Dpc => (Component::DpcQueueWait, Component::DpcSelf),
            Self::WakeUp => (Component::ReadyWait, Component::RunSelf),
            // It had begun with the wake-up.
            Self::Work => (Component::RunPreempted, Component::RunSelf),
        };
        let mut latency = Latency::ZERO;
        for (component, length) in [
            (waiting, spent.waited),
            (Component::CstateExit, spent.exited),
            (Component::Switch, spent.switched),
            (running, spent.ran),
            (Component::RunPreempted, spent.preempted),
        ] {
            latency.add(component, length);
        }
        latency
    }
}

vtime::fork_by_clone!(Cpu, Placed, Seat, InterruptPath);
