//! One processor: who has it, who waits for it, and where the time of each went.

mod budget;
mod job;
mod request;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use units::{SimDuration, SimTime};

use crate::idle::IdleState;
use crate::level::Level;
use crate::load::Load;

pub use budget::Budget;
pub use job::Spent;
pub use request::{JobId, Owner, Place, Request};

use budget::Purse;
use job::Job;

/// How far ahead a core is looked at: who asks when a job is done is told to ask again then.
const HORIZON: SimDuration = SimDuration::from_millis(100);

/// Who has the core while it comes out of an idle state.
const IDLE_STATE: Owner = Owner::Load(u32::MAX);

/// How long a core has done what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Firmware, clock and ISRs, and coming out of idle states.
    pub interrupts: SimDuration,
    /// DPCs.
    pub dpcs: SimDuration,
    /// Threads, context switches included.
    pub threads: SimDuration,
    /// Nothing.
    pub idle: SimDuration,
}

/// What a core is like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoreConfig {
    /// How long it takes to give the core to another thread.
    pub switch: SimDuration,
    /// How long a thread has the core before another one of its priority gets it; none: as long as
    /// it likes.
    pub quantum: Option<SimDuration>,
    /// The states that it idles in, the shallowest first.
    pub idle: Vec<IdleState>,
    /// What multimedia threads get; none: whatever they take.
    pub budget: Option<Budget>,
}

/// One processor.
///
/// What is most urgent has it, and of equals who came first; a thread shares it in turns with
/// others of its priority. Nothing happens by itself: the core is told the time, and is then where
/// it would have been had somebody watched.
///
/// ```
/// use machine::{Core, CoreConfig, Level, Owner, Request};
/// use units::{SimDuration, SimTime};
///
/// let ms = SimDuration::from_millis;
/// let mut core = Core::new(CoreConfig::default());
/// let job = |owner, level, work| Request::new(Owner::Actor(owner), level, work);
/// let thread = core.submit(SimTime::ZERO, job(0, Level::Thread(31), ms(5)));
/// let dpc = core.submit(SimTime::from_millis(2), job(1, Level::Dispatch, ms(4)));
/// assert_eq!(core.done(dpc), SimTime::from_millis(6));
/// assert_eq!(core.done(thread), SimTime::from_millis(9), "no priority helps against a DPC");
///
/// core.advance(SimTime::from_millis(9));
/// assert_eq!(core.take(thread).unwrap().preempted, ms(4));
/// ```
#[derive(Clone, Debug)]
pub struct Core {
    config: Rc<CoreConfig>,
    now: SimTime,
    /// By level, none of them empty. The first of the highest has the core.
    queues: BTreeMap<Level, VecDeque<Job>>,
    /// The jobs that are done and not yet taken.
    done: Vec<(JobId, Spent)>,
    /// The thread that had the core last, unless it has idled since.
    thread: Option<Owner>,
    idle_since: SimTime,
    loads: Vec<Load>,
    purse: Option<Purse>,
    usage: Usage,
    submitted: u64,
}

/// What comes to a core by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Arrival {
    /// What multimedia threads get is there again.
    Budget,
    /// The next job of the load at this place.
    Load(usize),
}

impl Core {
    /// A core that has idled since the beginning.
    ///
    /// # Panics
    /// If a quantum is no longer than a switch: then nobody ever gets anything done.
    pub fn new(config: CoreConfig) -> Self {
        assert!(
            config.quantum.is_none_or(|quantum| quantum > config.switch),
            "a turn is longer than the switch to it"
        );
        let purse = config.budget.map(Purse::new);
        Self {
            config: Rc::new(config),
            now: SimTime::ZERO,
            queues: BTreeMap::new(),
            done: Vec::new(),
            thread: None,
            idle_since: SimTime::ZERO,
            loads: Vec::new(),
            purse,
            usage: Usage::default(),
            submitted: 0,
        }
    }

    /// Puts a load on it.
    pub fn load(&mut self, load: Load) {
        self.loads.push(load);
    }

    /// The loads on it, each with what became of it.
    pub fn loads(&self) -> &[Load] {
        &self.loads
    }

    /// How long it has done what. The parts add up to the time that it was told.
    pub const fn usage(&self) -> Usage {
        self.usage
    }

    /// Something is to be done from `now` on.
    pub fn submit(&mut self, now: SimTime, request: Request) -> JobId {
        self.advance(now);
        let id = self.insert(request);
        self.advance(now);
        id
    }

    /// Brings it up to `until`.
    pub fn advance(&mut self, until: SimTime) {
        while self.step(until) {}
    }

    /// When `job` is done if nothing else comes but its loads, or an instant until which it is
    /// not. A job that nobody knows is done now.
    pub fn done(&self, job: JobId) -> SimTime {
        let mut ahead = self.clone();
        let limit = self.now + HORIZON;
        while ahead.is_open(job) && ahead.now < limit {
            ahead.step(limit);
        }
        ahead.now
    }

    /// Takes `job` if it is done: where its time went.
    pub fn take(&mut self, job: JobId) -> Option<Spent> {
        let place = self.done.iter().position(|(id, _)| *id == job)?;
        Some(self.done.swap_remove(place).1)
    }

    /// Gives up whatever `owner` has queued here.
    pub fn cancel(&mut self, now: SimTime, owner: Owner) {
        self.advance(now);
        for queue in self.queues.values_mut() {
            queue.retain(|job| job.owner != owner);
        }
        self.queues.retain(|_, queue| !queue.is_empty());
        self.note_idling();
    }

    fn is_open(&self, job: JobId) -> bool {
        let mut all = self.queues.values().flatten();
        all.any(|open| open.id == job)
    }

    fn has(&self, owner: Owner) -> bool {
        let mut all = self.queues.values().flatten();
        all.any(|open| open.owner == owner)
    }

    /// What comes next by itself, and when: of all at one instant the budget, and then the first load.
    fn next_arrival(&self) -> Option<(SimTime, Arrival)> {
        let loads = self.loads.iter().enumerate();
        let loads = loads.filter_map(|(place, load)| Some((load.next()?, Arrival::Load(place))));
        let budget = self.purse.and_then(|purse| purse.fills());
        budget
            .map(|at| (at, Arrival::Budget))
            .into_iter()
            .chain(loads)
            .min()
    }

    fn arrive(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Budget => {
                self.purse.iter_mut().for_each(Purse::fill);
                self.requeue_multimedia();
            }
            Arrival::Load(place) => self.load_arrives(place),
        }
    }

    /// The next job of the load at `place` comes.
    fn load_arrives(&mut self, place: usize) {
        let owner = Owner::Load(u32::try_from(place).expect("loads are few"));
        let is_busy = self.has(owner);
        let load = &mut self.loads[place];
        let (level, is_first) = (load.level(), load.is_first());
        if let Some(work) = load.take(is_busy) {
            let place = if is_first { Place::First } else { Place::Last };
            let request = Request::new(owner, level, work);
            self.insert(Request { place, ..request });
        }
    }

    fn insert(&mut self, request: Request) -> JobId {
        let id = self.number();
        let exited = self.wakes_up(request.level);
        let mut job = Job::new(id, request, self.now, exited);
        job.turn_left = self.config.quantum.filter(|_| request.level.is_thread());
        self.queue(job, request.place);
        id
    }

    const fn number(&mut self) -> JobId {
        self.submitted += 1;
        JobId(self.submitted - 1)
    }

    fn queue(&mut self, job: Job, place: Place) {
        let is_exhausted = self.purse.is_some_and(|purse| purse.is_empty());
        let queue = self.queues.entry(job.queues_at(is_exhausted)).or_default();
        match place {
            Place::Last => queue.push_back(job),
            Place::GoesOn => queue.push_front(job),
            Place::First => {
                let has_begun = queue.front().is_some_and(|first| first.begun.is_some());
                queue.insert(usize::from(has_begun), job);
            }
        }
    }

    /// Multimedia threads go where they belong now, in their order.
    fn requeue_multimedia(&mut self) {
        let mut moved = Vec::new();
        for queue in self.queues.values_mut().rev() {
            let (those, others) = queue.drain(..).partition(|job| job.is_multimedia);
            let those: VecDeque<Job> = those;
            *queue = others;
            moved.extend(those);
        }
        self.queues.retain(|_, queue| !queue.is_empty());
        for job in moved {
            self.queue(job, Place::Last);
        }
    }

    /// How long the core takes to come out of the state that it idles in, if it does; that goes
    /// before everything else.
    fn wakes_up(&mut self, level: Level) -> SimDuration {
        if !self.queues.is_empty() || level == Level::Firmware {
            return SimDuration::ZERO;
        }
        let idled = self.now.since(self.idle_since);
        let exit = IdleState::after(&self.config.idle, idled)
            .map_or(SimDuration::ZERO, |state| state.exit);
        self.run_exclusively(exit);
        exit
    }

    /// Nothing else happens for `length`.
    fn run_exclusively(&mut self, length: SimDuration) {
        if length.is_zero() {
            return;
        }
        let id = self.number();
        let request = Request::new(IDLE_STATE, Level::Firmware, length);
        let job = Job::new(id, request, self.now, SimDuration::ZERO);
        self.queues
            .entry(Level::Firmware)
            .or_default()
            .push_front(job);
    }

    /// Up to what happens next, at most to `limit`; false if nothing does.
    fn step(&mut self, limit: SimTime) -> bool {
        let arrival = self.next_arrival().filter(|(at, _)| *at <= limit);
        if self.run_to_event(arrival.map_or(limit, |(at, _)| at)) {
            return true;
        }
        let Some((_, arrival)) = arrival else {
            return false;
        };
        self.arrive(arrival);
        true
    }

    /// Lets who has the core run until it is done or its turn is over; true if that was by `until`.
    fn run_to_event(&mut self, until: SimTime) -> bool {
        let Some(mut entry) = self.queues.last_entry() else {
            self.usage.idle += until.since(self.now);
            if until > self.now {
                self.thread = None;
            }
            self.now = until;
            return false;
        };
        let (level, queue) = (*entry.key(), entry.get_mut());
        let is_shared = queue.len() > 1;
        let job = &mut queue[0];
        let is_switch = level.is_thread() && self.thread != Some(job.owner);
        let fresh = if is_switch {
            self.config.switch
        } else {
            SimDuration::ZERO
        };
        let open = job.switch_left + fresh + job.work_left;
        if self.now == until && !open.is_zero() {
            return false;
        }
        job.begun.get_or_insert(self.now);
        job.switch_left += fresh;
        if level.is_thread() {
            self.thread = Some(job.owner);
        }
        let has_turns = is_shared || job.boost > 0;
        let turn = job.turn_left.filter(|_| has_turns);
        let purse = self
            .purse
            .as_mut()
            .filter(|purse| job.is_multimedia && !purse.is_empty());
        let allowed = purse.map(|purse| purse.allows(self.now));
        let slice = [turn, allowed]
            .into_iter()
            .flatten()
            .fold(open.min(until.since(self.now)), SimDuration::min);
        job.spend(slice);
        if let (Some(left), Some(whole)) = (&mut job.turn_left, self.config.quantum) {
            *left = turn_after(whole, *left, slice, has_turns);
        }
        self.usage.add(level, slice);
        self.now = self.now + slice;
        let (owner, is_multimedia) = (job.owner, job.is_multimedia);
        let is_done = slice == open;
        if is_done {
            if let Owner::Actor(_) = owner {
                self.done.push((job.id, job.spent(self.now)));
            }
            queue.pop_front();
            if queue.is_empty() {
                entry.remove();
            }
            self.note_idling();
        }
        let mut is_over = !is_done && has_turns && self.end_turn(level);
        if let (true, Some(purse)) = (is_multimedia && allowed.is_some(), &mut self.purse) {
            is_over |= purse.spend(slice);
            if purse.is_empty() {
                self.requeue_multimedia();
            }
        }
        match owner {
            IDLE_STATE | Owner::Actor(_) => {}
            Owner::Load(load) => self.hold_others(load, slice),
        }
        is_done || is_over || self.now < until
    }

    /// Lets the next thread of `level` have its turn, if that of the first one is over. A boost goes with it.
    fn end_turn(&mut self, level: Level) -> bool {
        let quantum = self.config.quantum;
        let Some(queue) = self.queues.get_mut(&level) else {
            return false;
        };
        if queue[0].turn_left != Some(SimDuration::ZERO) {
            return false;
        }
        let Some(mut job) = queue.pop_front() else {
            return false;
        };
        if queue.is_empty() {
            self.queues.remove(&level);
        }
        job.turn_left = quantum;
        job.boost = job.boost.saturating_sub(1);
        self.queue(job, Place::Last);
        true
    }

    /// A load has had the core for `slice`, and everybody else has not.
    fn hold_others(&mut self, load: u32, slice: SimDuration) {
        let all = self.queues.values_mut().flatten();
        for job in all.filter(|job| matches!(job.owner, Owner::Actor(_))) {
            match job.held.iter_mut().find(|(by, _)| *by == load) {
                Some((_, held)) => *held += slice,
                None => job.held.push((load, slice)),
            }
        }
    }

    fn note_idling(&mut self) {
        if self.queues.is_empty() {
            self.idle_since = self.now;
        }
    }
}

impl Usage {
    fn add(&mut self, level: Level, length: SimDuration) {
        match level {
            Level::Thread(_) => self.threads += length,
            Level::ThreadedDispatch | Level::Dispatch => self.dpcs += length,
            Level::Device(_) | Level::Clock | Level::Firmware => self.interrupts += length,
        }
    }

    /// All of it.
    pub fn total(&self) -> SimDuration {
        self.interrupts + self.dpcs + self.threads + self.idle
    }
}

/// What is left of a turn after `slice`, of `left` out of `whole`. Who shares the core with nobody has
/// one turn after the other.
fn turn_after(
    whole: SimDuration,
    left: SimDuration,
    slice: SimDuration,
    is_shared: bool,
) -> SimDuration {
    if is_shared {
        return less(left, slice);
    }
    let used = (less(whole, left) + slice).ticks() % whole.ticks();
    less(whole, SimDuration::from_ticks(used))
}

/// `whole` without `part`, which is no more.
fn less(whole: SimDuration, part: SimDuration) -> SimDuration {
    SimDuration::from_ticks(whole.ticks() - part.ticks())
}

vtime::fork_by_clone!(JobId, Core);
