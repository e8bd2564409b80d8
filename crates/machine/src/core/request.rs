//! What a core is asked to do.

use units::SimDuration;

use crate::level::Level;

/// A job of a core, as [`Core::submit`](crate::Core::submit) numbered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub(super) u64);

/// Who a job is for: two jobs of one owner follow each other without a context switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A thread, an ISR or a DPC of the model, by its number.
    Actor(u32),
    /// A load, by its place on the core.
    Load(u32),
}

/// Where a job queues up among those of its level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Place {
    /// Behind the others.
    #[default]
    Last,
    /// Before those that wait, not before what has begun: a DPC of high importance.
    First,
    /// Its owner has the core and goes on.
    GoesOn,
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
    /// Where it queues up.
    pub place: Place,
    /// A thread that was woken: by so much more urgent, one less after each of its turns.
    pub boost: u8,
    /// A thread of a multimedia class: it shares the [budget](crate::Budget) of its core.
    pub is_multimedia: bool,
}

impl Request {
    /// `owner` wants the core for `work`, behind others of `level`, as any thread does.
    pub const fn new(owner: Owner, level: Level, work: SimDuration) -> Self {
        Self {
            owner,
            level,
            work,
            place: Place::Last,
            boost: 0,
            is_multimedia: false,
        }
    }
}
