//! The machine: what delays whoever runs on it.

use std::collections::BTreeMap;

use units::{Moment, SimDuration, SimTime};
use vtime::{EventHandle, Fork, Forker};

use crate::cpu::{Cpu, Kind, Placed, Seat};
use crate::faults::Faults;
use crate::history::IN_BETWEEN;
use crate::injection::{FaultId, Injection};
use crate::latency::{Component, Latency};
use crate::statistics::Statistics;
use crate::wake_table::WakeTable;

/// A thread of the model, as [`Machine::thread`] numbered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(u32);

impl ThreadId {
    /// The number in the history.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// When an ISR or a DPC has run, and why not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// When it does its work.
    pub runs: Moment,
    /// Where the time since the interrupt went.
    pub latency: Latency,
    /// The fault that delayed it.
    pub fault: Option<FaultId>,
    /// The job that it is, if it competes for a core: `runs` is foreseen, and may come later.
    pub job: Option<Placed>,
}

/// When a woken thread starts, and why not before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    /// When the device crossed the position that all this is an answer to; for an event that no
    /// DPC set, when the event was found set.
    pub due: SimTime,
    /// When the thread's first instruction runs.
    pub starts: Moment,
    /// Where the time since `due` went; the parts add up to `starts` minus `due`.
    pub latency: Latency,
    /// The fault that delayed it.
    pub fault: Option<FaultId>,
}

/// What a scenario's machine does to whoever runs on it.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    threads: Vec<Thread>,
    faults: Faults,
    /// The latest signal of each event that a DPC has set.
    signals: Vec<Signal>,
    delays: Delays,
    /// What threads wait for to be done.
    open: BTreeMap<ThreadId, Open>,
    /// The time between two ticks of the clock, if timers wait for one.
    tick: Option<SimDuration>,
}

/// Where delays come from, but for faults: never from both.
#[derive(Clone, Debug, Default)]
enum Delays {
    /// There are none.
    #[default]
    None,
    /// Each wake-up is drawn as a whole.
    Drawn(Statistics),
    /// Whatever runs competes for the cores.
    Cpu(Cpu),
}

/// What a thread waits for its core to be done with.
#[derive(Clone, Copy, Debug)]
struct Open {
    placed: Placed,
    tag: u64,
    /// The wake-up that it is the beginning of; none in the middle of one.
    wake: Option<Wake>,
}

/// What a thread waited for is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// It starts.
    Starts(u64, Wake),
    /// It has done a piece of work, of whose time so much was not its own.
    Worked(u64, Latency),
}

#[derive(Clone, Debug)]
struct Thread {
    name: String,
    /// Since when it ran last, without a break, and until when.
    ran: (SimTime, SimTime),
}

/// What is known of the set of an event.
#[derive(Clone, Debug)]
struct Signal {
    event: EventHandle,
    tag: u64,
    /// When the device crossed the position.
    due: SimTime,
    set_at: SimTime,
    /// Where the time from `due` to `set_at` went.
    latency: Latency,
    fault: Option<FaultId>,
}

impl Machine {
    /// A machine that delays nothing.
    pub fn ideal() -> Self {
        Self::default()
    }

    /// The thread called `name`, made when it is first asked for.
    pub fn thread(&mut self, name: &str) -> ThreadId {
        let known = self.threads.iter().position(|thread| thread.name == name);
        let place = known.unwrap_or_else(|| {
            let name = name.to_owned();
            self.threads.push(Thread {
                name,
                ran: (SimTime::ZERO, SimTime::ZERO),
            });
            self.threads.len() - 1
        });
        ThreadId(u32::try_from(place).expect("threads are few"))
    }

    /// From now on each wake-up takes as long as is drawn from `table`, each thread's from numbers of
    /// its own that come from `seed`.
    pub fn draw_wakes(&mut self, table: WakeTable, seed: u64) {
        self.delays = Delays::Drawn(Statistics::new(table, seed));
    }

    /// From now on ISRs, DPCs and threads compete for the cores of `cpu`.
    pub fn run_on(&mut self, cpu: Cpu) {
        self.delays = Delays::Cpu(cpu);
    }

    /// The cores that everything competes for, if it does.
    pub const fn cpu(&self) -> Option<&Cpu> {
        match &self.delays {
            Delays::Cpu(cpu) => Some(cpu),
            Delays::None | Delays::Drawn(_) => None,
        }
    }

    /// Gives the thread called `name` a place on the cores, if there are any.
    pub fn seat(&mut self, name: &str, seat: Seat) {
        let thread = self.thread(name);
        if let Delays::Cpu(cpu) = &mut self.delays {
            cpu.seat(thread, seat);
        }
    }

    /// From now on timers expire when the clock ticks, every `tick` from the beginning on.
    ///
    /// # Panics
    /// If `tick` is no time at all.
    pub fn set_tick(&mut self, tick: SimDuration) {
        assert!(!tick.is_zero(), "between two ticks lies some time");
        self.tick = Some(tick);
    }

    /// When a timer expires that is due at `due`: at the first tick that finds it due.
    ///
    /// # Source
    /// `kernel/timer-accuracy.md`: a timer expires in the clock interrupt that finds it due.
    pub fn expiry(&self, due: SimTime) -> SimTime {
        self.tick.map_or(due, |tick| {
            let ticks = due.ticks().div_ceil(tick.ticks());
            SimTime::from_ticks(ticks * tick.ticks())
        })
    }

    /// Puts a fault in.
    pub fn inject(&mut self, id: FaultId, injection: Injection) {
        self.faults.add(id, injection);
    }

    /// The line of a device goes up at `raised`, for the `interrupt`th time.
    pub fn dispatch_isr(&mut self, raised: Moment, interrupt: u64) -> Dispatch {
        if let Delays::Cpu(cpu) = &mut self.delays {
            let job = cpu.isr(raised.time);
            return on_core(cpu, job, raised);
        }
        let mut latency = Latency::ZERO;
        let struck = self.faults.strike_isr(interrupt);
        if let Some((_, by)) = struck {
            latency.add(Component::MaskWait, by);
        }
        Dispatch {
            runs: after(raised, latency.total()),
            latency,
            fault: struck.map(|(fault, _)| fault),
            job: None,
        }
    }

    /// A DPC is queued at `queued`, by the interrupt of notification `event` if by one. None is
    /// queued before the one that was queued last.
    pub fn dispatch_dpc(&mut self, queued: Moment, event: Option<u64>) -> Dispatch {
        if let Delays::Cpu(cpu) = &mut self.delays {
            let job = cpu.dpc(queued.time);
            return on_core(cpu, job, queued);
        }
        self.faults.forget_before(queued.time);
        let late = event.and_then(|event| self.faults.strike_dpc(event));
        let (mut fault, mut starts) = match late {
            Some((fault, by)) => (Some(fault), queued.time + by),
            None => (None, queued.time),
        };
        while let Some((blocker, until)) = self.faults.blocked_at(starts) {
            (fault, starts) = (Some(blocker), until);
        }
        let mut latency = Latency::ZERO;
        latency.add(Component::DpcQueueWait, starts.since(queued.time));
        Dispatch {
            runs: after(queued, latency.total()),
            latency,
            fault,
            job: None,
        }
    }

    /// True if the DPC, or else the ISR, of `dispatch` has run by `now`. If it competes for a core, it is then
    /// known where its time went, and before that when it is to be asked again.
    pub fn settle(&mut self, now: Moment, dispatch: &mut Dispatch, is_dpc: bool) -> bool {
        let (Some(job), Delays::Cpu(cpu)) = (dispatch.job, &mut self.delays) else {
            return dispatch.runs <= now;
        };
        let kind = if is_dpc { Kind::Dpc } else { Kind::Isr };
        let Some(spent) = cpu.take(now.time, job) else {
            dispatch.runs = cpu.done(job);
            return false;
        };
        dispatch.latency = dispatch.latency.and(kind.latency(&spent));
        dispatch.fault = dispatch.fault.or_else(|| cpu.blame(job, &spent));
        dispatch.runs = now;
        dispatch.job = None;
        true
    }

    /// The fault that keeps the DPC of notification `event` from setting events, if one does.
    pub fn loses(&mut self, event: u64) -> Option<FaultId> {
        self.faults.strike_notification(event)
    }

    /// When the next DPC without an interrupt runs.
    pub fn next_spurious(&self) -> Option<SimTime> {
        self.faults.next_spurious()
    }

    /// Takes the DPC without an interrupt that is due at `now`, if one is.
    pub fn take_spurious(&mut self, now: SimTime) -> Option<FaultId> {
        self.faults.strike_spurious(now)
    }

    /// A DPC sets `event` with `tag` at `now`, on account of a position crossed at `due`.
    pub fn signalled(
        &mut self,
        event: &EventHandle,
        tag: u64,
        now: Moment,
        due: SimTime,
        dispatch: &Dispatch,
    ) {
        let signal = Signal {
            event: event.clone(),
            tag,
            due,
            set_at: now.time,
            latency: dispatch.latency,
            fault: dispatch.fault,
        };
        match self.signals.iter_mut().find(|known| known.event == *event) {
            Some(known) => *known = signal,
            None => self.signals.push(signal),
        }
    }

    /// Why a DPC has set `event` with `tag`, if it was the last to set it: when the position was
    /// crossed, and what became of the time until then. For who carries it to another machine,
    /// where it is [`signalled`](Self::signalled) again.
    pub fn signal_of(&self, event: &EventHandle, tag: u64) -> Option<(SimTime, Dispatch)> {
        let mut signals = self.signals.iter();
        let signal = signals.find(|known| known.event == *event && known.tag == tag)?;
        let dispatch = Dispatch {
            runs: signal.set_at.commit(),
            latency: signal.latency,
            fault: signal.fault,
            job: None,
        };
        Some((signal.due, dispatch))
    }

    /// `thread` finds at `ready` that `event` was set with `tag`.
    pub fn wake(&mut self, thread: ThreadId, event: &EventHandle, ready: Moment, tag: u64) -> Wake {
        let signal = self
            .signals
            .iter()
            .find(|known| known.event == *event && known.tag == tag);
        let (due, set_at, latency, fault) = match signal {
            Some(signal) => (signal.due, signal.set_at, signal.latency, signal.fault),
            None => (ready.time, ready.time, Latency::ZERO, None),
        };
        let found = Wake {
            due,
            starts: ready,
            latency,
            fault,
        };
        self.start(thread, tag, set_at, found)
    }

    /// `thread` finds at `ready` that its own timer was due at `due`, for the `number`th time.
    pub fn wake_by_timer(
        &mut self,
        thread: ThreadId,
        due: SimTime,
        ready: Moment,
        number: u64,
    ) -> Wake {
        let expired = self.expiry(due).min(ready.time);
        let mut latency = Latency::ZERO;
        latency.add(Component::TickWait, expired.since(due));
        let found = Wake {
            due,
            starts: ready,
            latency,
            fault: None,
        };
        self.start(thread, number, expired, found)
    }

    /// When `thread` starts that could have from `released` on, and was ready when `found` says.
    fn start(&mut self, thread: ThreadId, tag: u64, released: SimTime, found: Wake) -> Wake {
        let ready = found.starts;
        let mut wake = found;
        let busy = self.ran_between(thread, released, ready.time);
        wake.latency.add(Component::RunSelf, busy);
        let waited = ready.time.since(released).ticks() - busy.ticks();
        let waited = SimDuration::from_ticks(waited);
        wake.latency.add(Component::ReadyWait, waited);
        if let Some((id, by)) = self.faults.strike_wake_up(thread, tag) {
            wake.latency.add(Component::ReadyWait, by);
            wake.starts = after(ready, by);
            wake.fault = Some(id);
        }
        if let Some((id, by)) = self.faults.strike_page(thread, tag) {
            wake.latency.add(Component::FaultWait, by);
            wake.starts = after(wake.starts, by);
            wake.fault = Some(id);
        }
        while let Some((id, until)) = self.faults.locked_at(wake.starts.time) {
            let waits = until.since(wake.starts.time);
            wake.latency.add(Component::LockWait, waits);
            wake.starts = after(wake.starts, waits);
            wake.fault = Some(id);
        }
        match &mut self.delays {
            Delays::None => {}
            Delays::Drawn(statistics) => {
                let drawn = statistics.draw(thread, &self.threads[thread.0 as usize].name);
                wake.latency.add(Component::InterruptToProcess, drawn);
                wake.starts = after(wake.starts, drawn);
            }
            Delays::Cpu(cpu) => {
                let goes_on = self.threads[thread.0 as usize].ran.1 == ready.time;
                let placed = cpu.wake(ready.time, thread, goes_on);
                wake.starts = foreseen(cpu, placed, ready);
                let wake = Some(wake);
                self.open.insert(thread, Open { placed, tag, wake });
            }
        }
        wake
    }

    /// `thread` runs for `cost` from `from` on; when it is done. No cost, no time: it is done at
    /// the very moment at which it began.
    pub fn run(&mut self, thread: ThreadId, from: Moment, cost: SimDuration) -> Moment {
        let mut done = after(from, cost);
        if let (Delays::Cpu(cpu), false) = (&mut self.delays, cost.is_zero()) {
            let placed = cpu.work(from.time, thread, cost);
            done = foreseen(cpu, placed, from);
            let (tag, wake) = (IN_BETWEEN, None);
            self.open.insert(thread, Open { placed, tag, wake });
        }
        let (began, ended) = self.threads[thread.0 as usize].ran;
        let began = if ended == from.time { began } else { from.time };
        self.threads[thread.0 as usize].ran = (began, done.time);
        done
    }

    /// True if `thread` waits for its core.
    pub fn is_under_way(&self, thread: ThreadId) -> bool {
        self.open.contains_key(&thread)
    }

    /// Whether what `thread` waits for is over at `now`, and where its time went; else when to ask
    /// again. Nothing if it waits for no core.
    pub fn proceed(&mut self, thread: ThreadId, now: Moment) -> Option<Result<Over, Moment>> {
        let open = *self.open.get(&thread)?;
        let Delays::Cpu(cpu) = &mut self.delays else {
            return None;
        };
        let Some(spent) = cpu.take(now.time, open.placed) else {
            return Some(Err(cpu.done(open.placed)));
        };
        let blamed = cpu.blame(open.placed, &spent);
        self.open.remove(&thread);
        let ran = &mut self.threads[thread.0 as usize].ran;
        let Some(mut wake) = open.wake else {
            ran.1 = now.time;
            let mut other = Kind::Work.latency(&spent);
            other.take_back(Component::RunSelf, spent.ran);
            return Some(Ok(Over::Worked(open.tag, other)));
        };
        *ran = (now.time, now.time);
        wake.starts = now;
        wake.latency = wake.latency.and(Kind::WakeUp.latency(&spent));
        wake.fault = wake.fault.or(blamed);
        Some(Ok(Over::Starts(open.tag, wake)))
    }

    /// How long the last run of `thread` overlaps the time from `from` to `until`.
    fn ran_between(&self, thread: ThreadId, from: SimTime, until: SimTime) -> SimDuration {
        let (began, ended) = self.threads[thread.0 as usize].ran;
        ended.min(until).since(began.max(from))
    }
}

/// The ISR or the DPC that `job` is, as far as it can be foreseen.
fn on_core(cpu: &Cpu, job: Placed, from: Moment) -> Dispatch {
    Dispatch {
        runs: foreseen(cpu, job, from),
        latency: Latency::ZERO,
        fault: None,
        job: Some(job),
    }
}

/// When `job` is done that began at `from`, as far as it can be foreseen.
fn foreseen(cpu: &Cpu, job: Placed, from: Moment) -> Moment {
    after(from, cpu.done(job).time.since(from.time))
}

/// `length` after `moment`: no time leaves it as it is, any time ends in a commit.
fn after(moment: Moment, length: SimDuration) -> Moment {
    if length.is_zero() {
        moment
    } else {
        (moment.time + length).commit()
    }
}

vtime::fork_by_clone!(ThreadId, Dispatch, Wake);

impl Fork for Machine {
    fn fork(&self, forker: &mut Forker) -> Self {
        let twin = |signal: &Signal| Signal {
            event: signal.event.fork(forker),
            ..signal.clone()
        };
        Self {
            threads: self.threads.clone(),
            faults: self.faults.clone(),
            signals: self.signals.iter().map(twin).collect(),
            delays: self.delays.clone(),
            open: self.open.clone(),
            tick: self.tick,
        }
    }
}
