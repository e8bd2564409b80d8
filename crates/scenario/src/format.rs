//! What a scenario file says, as values.
//!
//! Each type is one table of the file; the documentation of a field is that of its key, in the
//! JSON Schema and in the page of defaults.

mod client;
mod derived;
mod device;
mod device_fault;
mod expect;
mod fault;
mod source;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use client::{Client, EndOfStream, Mode, Prime};
pub use device::{
    Class, Content, CountOn, Device, EndFill, Engine, Format, PacketWindow, Policy, Preset, Sample,
    Suite,
};
pub use device_fault::{
    Backwards, BurstGrain, ByFrames, CblMismatch, DelayOtherTimebase, IrqCoalesce, IrqSpurious,
    Lasting, LpibLag, Occasions, Plain, ReadsAllOnes, StartBurst, Step, StuckAfterResume, Ticks,
    WallclkHz, WallclkPpb,
};
pub use expect::{
    Expect, ExpectedClient, ExpectedConversion, ExpectedFrames, ExpectedGlitch, ExpectedHeadroom,
    ExpectedNotifications, ExpectedStay,
};
pub use fault::{
    Action, BlockedDpc, Fault, LateDpc, LateWakeUp, LostNotification, RunAgain,
    SpuriousNotification, Transport, WritePacket,
};
pub use source::{Impulses, Noise, Nothing, Sine, Source, Sweep, Wav};

use crate::quantity::Time;

/// A scenario: what there is, what happens to it, and what should come of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// One line that says what the scenario shows; `wavert list` prints it.
    pub name: String,
    /// Where all randomness of the run comes from.
    #[serde(default)]
    pub seed: u64,
    /// How long the run lasts. Everything that happens at its last instant still happens.
    pub duration: Time,
    /// The render endpoint.
    #[serde(default)]
    pub device: Device,
    /// The audio engine on that endpoint. It exists only if a client shares it.
    #[serde(default)]
    pub engine: Engine,
    /// Who plays. Either any number of shared clients or one exclusive one.
    #[serde(default, rename = "client")]
    pub clients: Vec<Client>,
    /// What goes wrong.
    #[serde(default, rename = "fault")]
    pub faults: Vec<Fault>,
    /// What somebody does on purpose.
    #[serde(default, rename = "action")]
    pub actions: Vec<Action>,
    /// What should come of it. A figure that is not stated is not checked.
    #[serde(default)]
    pub expect: Expect,
}

impl Scenario {
    /// The sound files that the scenario names, each once, in the order of the clients.
    ///
    /// The names are as in the file: relative to it.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        let mut seen = std::collections::BTreeSet::new();
        self.clients
            .iter()
            .filter_map(|client| client.source.wav.as_ref())
            .map(|wav| wav.path.as_str())
            .filter(move |path| seen.insert(*path))
    }

    /// True if clients share an audio engine.
    pub fn is_shared(&self) -> bool {
        self.clients
            .iter()
            .any(|client| client.mode == Mode::SharedEvent)
    }
}
