//! One processor: who has it, who waits for it, and where the time of each went.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use units::{SimDuration, SimTime};

use crate::idle::IdleState;
use crate::level::Level;
use crate::load::Load;

/// How far ahead a core is looked at: who asks when a job is done is told to ask again then.
const HORIZON: SimDuration = SimDuration::from_millis(100);

/// Who has the core while it comes out of an idle state.
const IDLE_STATE: Owner = Owner::Load(u32::MAX);

/// A job of a core, as [`Core::submit`] numbered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(u64);

/// Who a job is for: two jobs of one owner follow each other without a context switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A thread, an ISR or a DPC of the model, by its number.
    Actor(u32),
    /// A load, by its place on the core.
    Load(u32),
}

/// What a core is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// For whom.
    pub owner: Owner,
    /// How urgent.
    pub level: Level,
    /// How long it takes if nothing comes between.
    pub work: SimDuration,
    /// True if the owner has the core and goes on: it does not queue up anew.
    pub goes_on: bool,
}

/// Where the time of a job went, from its submission to its end. The parts add up to the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Until it had the core for the first time, but for what follows.
    pub waited: SimDuration,
    /// Of that, the core came out of an idle state.
    pub exited: SimDuration,
    /// It had the core and the context was switched.
    pub switched: SimDuration,
    /// It ran.
    pub ran: SimDuration,
    /// It had begun and something else had the core.
    pub preempted: SimDuration,
    /// The load that had the core for longest meanwhile, by its place.
    pub held_by: Option<u32>,
}

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
/// let job = |owner, level, work| Request {
///     owner: Owner::Actor(owner),
///     level,
///     work,
///     goes_on: false,
/// };
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
    usage: Usage,
    submitted: u64,
}

#[derive(Clone, Debug)]
struct Job {
    id: JobId,
    owner: Owner,
    came: SimTime,
    begun: Option<SimTime>,
    /// The core came out of an idle state for it.
    exited: SimDuration,
    switch_left: SimDuration,
    switched: SimDuration,
    work_left: SimDuration,
    ran: SimDuration,
    turn_left: Option<SimDuration>,
    /// How long each load had the core meanwhile; of jobs of loads nobody asks.
    held: Vec<(u32, SimDuration)>,
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
        Self {
            config: Rc::new(config),
            now: SimTime::ZERO,
            queues: BTreeMap::new(),
            done: Vec::new(),
            thread: None,
            idle_since: SimTime::ZERO,
            loads: Vec::new(),
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
        while let Some((at, place)) = self.next_arrival().filter(|(at, _)| *at <= until) {
            self.run_until(at);
            self.arrive(place);
        }
        self.run_until(until);
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

    /// The next job of a load: when, and of which. The first load among equals.
    fn next_arrival(&self) -> Option<(SimTime, usize)> {
        let all = self.loads.iter().enumerate();
        all.filter_map(|(place, load)| Some((load.next()?, place)))
            .min()
    }

    /// The next job of the load at `place` comes.
    fn arrive(&mut self, place: usize) {
        let owner = Owner::Load(u32::try_from(place).expect("loads are few"));
        let is_busy = self.has(owner);
        let load = &mut self.loads[place];
        let level = load.level();
        if let Some(work) = load.take(is_busy) {
            self.insert(Request {
                owner,
                level,
                work,
                goes_on: false,
            });
        }
    }

    fn insert(&mut self, request: Request) -> JobId {
        let id = JobId(self.submitted);
        self.submitted += 1;
        let exited = self.wakes_up(request.level);
        let job = Job {
            id,
            owner: request.owner,
            came: self.now,
            begun: None,
            exited,
            switch_left: SimDuration::ZERO,
            switched: SimDuration::ZERO,
            work_left: request.work,
            ran: SimDuration::ZERO,
            turn_left: self.config.quantum.filter(|_| request.level.is_thread()),
            held: Vec::new(),
        };
        let queue = self.queues.entry(request.level).or_default();
        if request.goes_on {
            queue.push_front(job);
        } else {
            queue.push_back(job);
        }
        id
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
        let id = JobId(self.submitted);
        self.submitted += 1;
        let job = Job {
            id,
            owner: IDLE_STATE,
            came: self.now,
            begun: None,
            exited: SimDuration::ZERO,
            switch_left: SimDuration::ZERO,
            switched: SimDuration::ZERO,
            work_left: length,
            ran: SimDuration::ZERO,
            turn_left: None,
            held: Vec::new(),
        };
        self.queues
            .entry(Level::Firmware)
            .or_default()
            .push_front(job);
    }

    /// Up to what happens next, at most to `limit`.
    fn step(&mut self, limit: SimTime) {
        let arrival = self.next_arrival().filter(|(at, _)| *at <= limit);
        let until = arrival.map_or(limit, |(at, _)| at);
        if self.run_to_event(until) {
            return;
        }
        if let Some((_, place)) = arrival {
            self.arrive(place);
        }
    }

    fn run_until(&mut self, until: SimTime) {
        while self.run_to_event(until) {}
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
        let turn = job.turn_left.filter(|_| is_shared);
        let slice = turn
            .map_or(open, |turn| open.min(turn))
            .min(until.since(self.now));
        job.spend(slice);
        if let (Some(left), Some(whole)) = (&mut job.turn_left, self.config.quantum) {
            *left = turn_after(whole, *left, slice, is_shared);
        }
        self.usage.add(level, slice);
        self.now = self.now + slice;
        let owner = job.owner;
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
        let is_over = !is_done && is_shared && self.end_turn(level);
        match owner {
            IDLE_STATE | Owner::Actor(_) => {}
            Owner::Load(load) => self.hold_others(load, slice),
        }
        is_done || is_over
    }

    /// Lets the next thread of `level` have its turn, if that of the first one is over.
    fn end_turn(&mut self, level: Level) -> bool {
        let quantum = self.config.quantum;
        let Some(queue) = self.queues.get_mut(&level) else {
            return false;
        };
        let is_over = queue[0].turn_left == Some(SimDuration::ZERO);
        if is_over {
            queue[0].turn_left = quantum;
            queue.rotate_left(1);
        }
        is_over
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

impl Job {
    /// It has the core for `slice`.
    fn spend(&mut self, slice: SimDuration) {
        let switched = slice.min(self.switch_left);
        let ran = less(slice, switched);
        self.switch_left = less(self.switch_left, switched);
        self.work_left = less(self.work_left, ran);
        self.switched += switched;
        self.ran += ran;
    }

    /// The load that had the core for longest meanwhile, the first one among equals.
    fn held_by(&self) -> Option<u32> {
        let longest = self.held.iter().map(|(_, held)| *held).max();
        let mut all = self.held.iter();
        all.find(|(_, held)| Some(*held) == longest && !held.is_zero())
            .map(|(load, _)| *load)
    }

    fn spent(&self, now: SimTime) -> Spent {
        let begun = self.begun.unwrap_or(now);
        let waited = begun.since(self.came);
        let had = self.switched + self.ran;
        Spent {
            waited: less(waited, self.exited.min(waited)),
            exited: self.exited.min(waited),
            switched: self.switched,
            ran: self.ran,
            preempted: less(now.since(begun), had),
            held_by: self.held_by(),
        }
    }
}

impl Usage {
    fn add(&mut self, level: Level, length: SimDuration) {
        match level {
            Level::Thread(_) => self.threads += length,
            Level::Dispatch => self.dpcs += length,
            Level::Device(_) | Level::Clock | Level::Firmware => self.interrupts += length,
        }
    }

    /// All of it.
    pub fn total(&self) -> SimDuration {
        self.interrupts + self.dpcs + self.threads + self.idle
    }
}

impl Spent {
    /// All of it.
    pub fn total(&self) -> SimDuration {
        self.waited + self.exited + self.switched + self.ran + self.preempted
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
