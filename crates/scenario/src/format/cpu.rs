//! `[machine.cpu]` and its loads.

use machine::{MultimediaTask, RelativePriority, WakeTable, WakeTableError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_false;
use super::machine::{WakeKnot, table_of};
use crate::quantity::Time;

/// The number under which the first load is to blame, behind all faults.
pub(crate) const FIRST_LOAD: usize = 1 << 24;

/// Processors. The interrupt of the device, its DPC and all threads of the stack compete for them
/// with the loads, each for the core that it is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Cpu {
    /// How many cores there are.
    pub cores: u32,
    /// The core that ISR and DPC of the device run on, counted from 0.
    pub interrupt_core: u32,
    /// The core that the engines run on, and an exclusive client.
    pub engine_core: u32,
    /// The core that clients of an engine run on.
    pub client_core: u32,
    /// Priority of the engines and of an exclusive client, 0 to 31.
    pub engine_priority: u8,
    /// Priority of clients of an engine, 0 to 31.
    pub client_priority: u8,
    /// How long the ISR of the device runs.
    pub isr: Time,
    /// How long the DPC of the device runs.
    pub dpc: Time,
    /// The DPC of the device is of high importance: it goes before those that wait.
    pub important_dpc: bool,
    /// The DPC of the device is a threaded one: every other DPC goes before it.
    pub threaded_dpc: bool,
    /// How long it takes to give a core to another thread.
    pub switch: Time,
    /// How long a thread has a core before another one of its priority gets it.
    pub quantum: Time,
    /// By how much more urgent a thread is when it was woken, one less after each of its turns, if its priority
    /// is below 16. Priorities of 16 and more are never boosted.
    pub wake_boost: u8,
    /// The multimedia class scheduler. Default: there is none, and priorities are those above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mmcss: Option<Mmcss>,
    /// The states that cores idle in. Default: none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub idle: Vec<IdleState>,
    /// What else runs.
    #[serde(rename = "load", skip_serializing_if = "Vec::is_empty")]
    pub loads: Vec<Load>,
}

/// The multimedia class scheduler: threads that register as something get its priority, for a share of the
/// time of their core.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Mmcss {
    /// Percent of each core that are left to others: rounded down to tens, 20 in place of what is below 10 or
    /// above 100. With 100 there is no such scheduler. In each 10 ms the threads of all tasks together have
    /// their priorities for the rest, and then fall to 7 and below.
    pub responsiveness: u32,
    /// What the engines register as, and an exclusive client.
    pub engine: Task,
    /// What clients of an engine register as. Default: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Task>,
    /// What all of them ask for within their class.
    pub priority: TaskPriority,
}

/// What a thread registers as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// `Audio`: priority 22.
    Audio,
    /// `Capture`: 21.
    Capture,
    /// `Distribution`: 20.
    Distribution,
    /// `Games`: 18.
    Games,
    /// `Playback`: 19.
    Playback,
    /// `Pro Audio`: 25.
    ProAudio,
    /// `Window Manager`: 21.
    WindowManager,
}

/// What a thread asks for within its class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaskPriority {
    /// One less.
    Low,
    /// The priority of the task.
    #[default]
    Normal,
    /// One more, but no more than its band has.
    High,
    /// Two more, but no more than its band has.
    Critical,
}

/// A state that a core idles in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IdleState {
    /// A core that idles for less does not enter it.
    pub residency: Time,
    /// How long it takes to come out of it.
    pub exit: Time,
}

/// Something that runs and has nothing to do with audio. While it is queued or runs it is not
/// started again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Load {
    /// What it is called where it is to blame.
    pub name: String,
    /// What it is.
    pub kind: LoadKind,
    /// The core that it runs on, counted from 0. Firmware stops all of them.
    #[serde(default)]
    pub core: u32,
    /// A DPC of high importance: it goes before those that wait.
    #[serde(default, skip_serializing_if = "is_false")]
    pub important: bool,
    /// A thread: its priority, 0 to 31. Default: 8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// When it first runs.
    #[serde(default)]
    pub first: Time,
    /// How long it is from one run to the next. Default: it runs once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Time>,
    /// One run in each stretch of `every`, anywhere in it, in place of regular ones.
    #[serde(default)]
    pub irregular: bool,
    /// How long it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<Time>,
    /// How long it takes, drawn for each run from a distribution as that of `machine.wake`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn: Option<Vec<WakeKnot>>,
}

/// What a load is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LoadKind {
    /// A thread.
    Thread,
    /// A DPC: no thread runs on its core meanwhile, whatever its priority.
    Dpc,
    /// A threaded DPC: no thread runs meanwhile, and every other DPC goes before it.
    ThreadedDpc,
    /// An ISR: no DPC either.
    Isr,
    /// The firmware: nothing runs on any core.
    Firmware,
}

impl Mmcss {
    /// The priority of who registers as `task`.
    pub(crate) fn priority_of(self, task: Task) -> u8 {
        let task = match task {
            Task::Audio => MultimediaTask::Audio,
            Task::Capture => MultimediaTask::Capture,
            Task::Distribution => MultimediaTask::Distribution,
            Task::Games => MultimediaTask::Games,
            Task::Playback => MultimediaTask::Playback,
            Task::ProAudio => MultimediaTask::ProAudio,
            Task::WindowManager => MultimediaTask::WindowManager,
        };
        task.priority(match self.priority {
            TaskPriority::Low => RelativePriority::Low,
            TaskPriority::Normal => RelativePriority::Normal,
            TaskPriority::High => RelativePriority::High,
            TaskPriority::Critical => RelativePriority::Critical,
        })
    }
}

impl Default for Mmcss {
    fn default() -> Self {
        Self {
            responsiveness: 20,
            engine: Task::Audio,
            client: None,
            priority: TaskPriority::Normal,
        }
    }
}

impl Load {
    /// How long its runs take, if that is drawn.
    ///
    /// # Errors
    /// [`WakeTableError`] if what it says is no distribution.
    pub fn table(&self) -> Result<Option<WakeTable>, WakeTableError> {
        self.drawn.as_deref().map(table_of).transpose()
    }
}

impl Default for Cpu {
    fn default() -> Self {
        Self {
            cores: 1,
            interrupt_core: 0,
            engine_core: 0,
            client_core: 0,
            engine_priority: 22,
            client_priority: 20,
            isr: Time::from_nanos(2_000),
            dpc: Time::from_nanos(5_000),
            important_dpc: false,
            threaded_dpc: false,
            switch: Time::from_nanos(6_000),
            quantum: Time::from_nanos(31_250_000),
            wake_boost: 1,
            mmcss: None,
            idle: Vec::new(),
            loads: Vec::new(),
        }
    }
}
