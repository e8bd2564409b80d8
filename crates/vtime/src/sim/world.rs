//! The world: actors, and the loop that lets them run one after the other.

use std::cell::Ref;
use std::future::Future;
use std::rc::Rc;
use std::task::{Context as TaskContext, Waker};

use units::{Moment, Phase, SimTime};

use super::cx::Cx;
use super::error::{RunError, Waiting};
use super::event::SimEvent;
use super::kernel::{Kernel, Task};
use super::mailbox::{self, SimMailbox, SimSender};
use super::roster::Life;
use crate::context::{Host, Reset};
use crate::fork::Forker;
use crate::history::{History, Keep};

/// What the end of an actor means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The run is about it: if it waits for what can never happen, that is a deadlock.
    Foreground,
    /// It serves others: that it waits at the end is how it should be.
    Service,
}

/// A world in virtual time: actors, what they wait for, and the history of what they did.
///
/// Setting up: [`actor`](Self::actor), [`event`](Self::event), [`mailbox`](Self::mailbox),
/// [`spawn`](Self::spawn). Running: [`run_until`](Self::run_until), [`step`](Self::step). Looking:
/// [`now`](Self::now), [`events`](Self::events), [`history`](Self::history). Twice:
/// [`fork`](Self::fork).
#[derive(Debug)]
pub struct World {
    kernel: Rc<Kernel>,
    tasks: Tasks,
    /// Why it cannot go on, once it has lost an actor to an endless instant.
    stopped: Option<RunError>,
}

/// What came of looking for the next event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// It happened.
    Happened,
    /// It happened, and this actor called the world.
    Called(u32),
    /// There is none, or it is too far off.
    Nothing,
    /// It is this actor's, who was not spawned again after a fork.
    Vacant(u32),
}

/// The actors' futures, each at its source's place.
struct Tasks(Vec<Option<Task>>);

impl World {
    /// An empty world at the beginning of time.
    pub fn new(seed: u64, keep: Keep) -> Self {
        Self {
            kernel: Rc::new(Kernel::new(seed, keep)),
            tasks: Tasks(Vec::new()),
            stopped: None,
        }
    }

    /// Stops a run with [`RunError::TimeStandsStill`] after so many events of one instant, or a few
    /// more, but not twice as many. A million unless told otherwise.
    pub fn set_events_per_instant_max(&mut self, events: u64) {
        self.kernel.set_events_of_instant_max(events);
    }

    /// The context of the actor called `name`.
    ///
    /// The order of first calls is the order of sources: of what happens at the same time and in
    /// the same phase, the first actor's comes first.
    pub fn actor(&mut self, name: &str) -> Cx {
        Cx {
            source: self.kernel.actor(name),
            kernel: Rc::clone(&self.kernel),
        }
    }

    /// A new event, not set. The name is for reports.
    pub fn event(&mut self, name: &str, reset: Reset) -> SimEvent {
        SimEvent::new(&self.kernel, name, reset)
    }

    /// A new mailbox, empty. The name is for reports.
    pub fn mailbox<T: Clone + 'static>(&mut self, name: &str) -> (SimSender<T>, SimMailbox<T>) {
        mailbox::new(&self.kernel, name)
    }

    /// Starts the actor that `cx` is the context of. It has its first turn in the present moment.
    ///
    /// In a world that was [forked](Self::fork) off, an actor that was alive in the original goes
    /// on instead: its future runs to its first wait, which has to be the wait of the original,
    /// and takes that over. An actor that had ended in the original stays so.
    ///
    /// # Panics
    /// If the actor is alive, if `cx` is of another world, or if a twin does anything else than
    /// wait for what its original waits for.
    pub fn spawn(&mut self, cx: &Cx, role: Role, actor: impl Future<Output = ()> + 'static) {
        assert!(
            Rc::ptr_eq(&cx.kernel, &self.kernel),
            "an actor is spawned in the world of its context"
        );
        let task = Box::pin(actor);
        let life = self.kernel.roster.borrow().get(cx.source).life;
        match life {
            Life::Unborn | Life::Ended => {
                self.kernel.give_birth(cx.source, role);
                self.tasks.put(cx.source, task);
            }
            Life::Vacant => self.take_up(cx.source, role, task),
            Life::EndedBefore => {}
            Life::Living => panic!("actor `{}` is alive: spawn it once", cx.name()),
        }
    }

    /// Runs everything up to and including `limit`, in all its phases, and then it is `limit`.
    ///
    /// # Errors
    /// See [`RunError`]. The world can still be looked at.
    pub fn run_until(&mut self, limit: SimTime) -> Result<(), RunError> {
        while self.run(limit, true)? {}
        let end = limit.at(Phase::React);
        if self.kernel.now() < end {
            self.kernel.arrive(end);
        }
        Ok(())
    }

    /// Lets the next event happen, whenever that is: one wait of one actor ends, and the actor
    /// runs to its next. False if there is none.
    ///
    /// # Errors
    /// See [`RunError`]. The world can still be looked at.
    pub fn step(&mut self) -> Result<bool, RunError> {
        self.run(SimTime::MAX, false)
    }

    /// The moment of the latest event, or the end of the latest [`run_until`](Self::run_until).
    pub fn now(&self) -> Moment {
        self.kernel.now()
    }

    /// When the next event happens; `None` if none is left.
    pub fn next_event(&self) -> Option<SimTime> {
        self.kernel.next_time()
    }

    /// How many events there were: wake-ups, including each actor's first turn, and waits that
    /// were over at once.
    pub fn events(&self) -> u64 {
        self.kernel.events.get()
    }

    /// What happened so far.
    pub fn history(&self) -> Ref<'_, History> {
        self.kernel.history.borrow()
    }

    /// Lets go of the entries of the history so far; the digest still covers them. For long runs
    /// whose entries are looked at as they come.
    pub fn forget_entries(&mut self) {
        self.kernel.history.borrow_mut().forget_entries();
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.kernel.seed
    }

    /// A twin of this world in its present state, and the forker that makes twins of its cores,
    /// events and mailboxes.
    ///
    /// The twin has the queue, the history and the actors' places, but nobody in them: spawn each
    /// actor again under its name, on forked cores. [`vacancies`](Self::vacancies) lists who is
    /// missing. The twin then goes on exactly as the original does, and neither notices the other.
    pub fn fork(&self) -> (Self, Forker) {
        let kernel = Rc::new(self.kernel.twin());
        let forker = Forker::between(Rc::clone(&self.kernel), Rc::clone(&kernel));
        let twin = Self {
            kernel,
            tasks: Tasks(Vec::new()),
            stopped: self.stopped.clone(),
        };
        (twin, forker)
    }

    /// The actors of a forked world that have to be spawned before it can go on.
    pub fn vacancies(&self) -> Vec<String> {
        let roster = self.kernel.roster.borrow();
        let vacant = roster
            .alive()
            .filter(|(_, actor)| actor.life == Life::Vacant);
        vacant.map(|(_, actor)| actor.name.clone()).collect()
    }

    /// Lets one event happen, or as many as do without the world's having to see to anything.
    /// False if there is none by `limit`.
    fn run(&mut self, limit: SimTime, on_and_on: bool) -> Result<bool, RunError> {
        if let Some(error) = &self.stopped {
            return Err(error.clone());
        }
        let mut task_context = TaskContext::from_waker(Waker::noop());
        self.kernel.begin();
        let mut step = self.step_until(limit, &mut task_context);
        while on_and_on && step == Step::Happened {
            step = self.step_until(limit, &mut task_context);
        }
        self.kernel.leave();
        match step {
            Step::Happened => Ok(true),
            Step::Called(source) => self.answer(source).map(|()| true),
            Step::Nothing => self.check_for_deadlock().map(|()| false),
            Step::Vacant(source) => Err(self.not_taken_up(source)),
        }
    }

    /// Lets the next event happen if that is by `limit`.
    #[inline]
    fn step_until(&mut self, limit: SimTime, task_context: &mut TaskContext<'_>) -> Step {
        let kernel = &*self.kernel;
        let Some(key) = kernel.pop(limit) else {
            return Step::Nothing;
        };
        let is_allowed = kernel.enter(key);
        let source = key.ticket().source();
        let Some(Some(task)) = self.tasks.0.get_mut(source as usize) else {
            kernel.put_back(key);
            return Step::Vacant(source);
        };
        if is_allowed && task.as_mut().poll(task_context).is_ready() {
            self.end(source);
        }
        if self.kernel.calls.get() {
            return Step::Called(source);
        }
        Step::Happened
    }

    /// Sees to what the kernel called for while `source` ran.
    #[cold]
    fn answer(&mut self, source: u32) -> Result<(), RunError> {
        self.kernel.calls.set(false);
        if self.kernel.time_stands_still() {
            let error = self.time_stands_still(source);
            self.stopped = Some(error.clone());
            return Err(error);
        }
        let births = self.kernel.births.take();
        for (source, task) in births {
            self.tasks.put(source, task);
        }
        Ok(())
    }

    /// Puts `task` into the place of its original and lets it find the waits it came from.
    fn take_up(&mut self, source: u32, role: Role, mut task: Task) {
        let kernel = Rc::clone(&self.kernel);
        let birth = {
            let mut roster = kernel.roster.borrow_mut();
            let actor = roster.get_mut(source);
            actor.role = role;
            actor.life = Life::Living;
            actor.birth
        };
        if !kernel.is_queued(birth) {
            let before = kernel.history.borrow().count();
            kernel.enter_twin(source);
            let mut task_context = TaskContext::from_waker(Waker::noop());
            let poll = task.as_mut().poll(&mut task_context);
            let has_missed_waits = kernel.has_missed_waits();
            kernel.leave();
            assert!(
                poll.is_pending() && !has_missed_waits && before == kernel.history.borrow().count(),
                "the twin of `{}` does not wait for just what its original waits for",
                kernel.name_of(source)
            );
        }
        self.tasks.put(source, task);
    }

    /// After an actor returned.
    #[cold]
    fn end(&mut self, source: u32) {
        self.tasks.0[source as usize] = None;
        self.kernel.roster.borrow_mut().get_mut(source).life = Life::Ended;
    }

    fn check_for_deadlock(&self) -> Result<(), RunError> {
        if self.kernel.next_time().is_some() {
            return Ok(());
        }
        let roster = self.kernel.roster.borrow();
        let mut alive = roster.alive();
        if !alive.any(|(_, actor)| actor.role == Role::Foreground) {
            return Ok(());
        }
        let waiting = roster.alive().map(|(source, actor)| {
            let awaited = self.kernel.awaited_by(source);
            let what = if awaited.is_empty() {
                "nothing this world knows".to_owned()
            } else {
                awaited.join(" or ")
            };
            let actor = actor.name.clone();
            Waiting { actor, what }
        });
        Err(RunError::Deadlock {
            at: self.kernel.now(),
            waiting: waiting.collect(),
        })
    }

    #[cold]
    fn time_stands_still(&self, source: u32) -> RunError {
        RunError::TimeStandsStill {
            at: self.kernel.now(),
            actor: self.kernel.name_of(source),
            events: self.kernel.events_of_instant_max.get(),
        }
    }

    #[cold]
    fn not_taken_up(&self, source: u32) -> RunError {
        RunError::NotTakenUp {
            at: self.kernel.now(),
            actor: self.kernel.name_of(source),
        }
    }
}

impl Host for World {
    type Context = Cx;

    fn seed(&self) -> u64 {
        self.seed()
    }

    fn actor(&mut self, name: &str) -> Cx {
        self.actor(name)
    }

    fn event(&mut self, name: &str, reset: Reset) -> SimEvent {
        self.event(name, reset)
    }

    fn serve(&mut self, cx: &Cx, actor: impl Future<Output = ()> + 'static) {
        self.spawn(cx, Role::Service, actor);
    }
}

impl Tasks {
    fn put(&mut self, source: u32, task: Task) {
        let place = source as usize;
        if self.0.len() <= place {
            self.0.resize_with(place + 1, || None);
        }
        self.0[place] = Some(task);
    }
}

impl std::fmt::Debug for Tasks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let alive = self.0.iter().filter(|task| task.is_some()).count();
        f.debug_struct("Tasks").field("alive", &alive).finish()
    }
}
