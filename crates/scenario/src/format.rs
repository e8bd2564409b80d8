//! What a scenario file says, as values.
//!
//! Each type is one table of the file; the documentation of a field is that of its key, in the
//! JSON Schema and in the page of defaults.

mod client;
mod cpu;
mod derived;
mod detector;
mod device;
mod device_fault;
mod dma;
mod expect;
mod expect_capture;
mod expect_detector;
mod expect_offload;
mod expect_wakes;
mod fault;
mod machine;
mod microphone;
mod offload;
mod source;
mod timer;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::machine::{Machine, Profile, WakeKnot};
pub use client::{Client, EndOfStream, Mode, Prime};
pub(crate) use cpu::FIRST_LOAD;
pub use cpu::{Cpu, IdleState, Load, LoadKind, Mmcss, Task, TaskPriority};
pub use detector::{DetectorPosition, DetectorRule, GlitchDetector};
pub use device::{
    Class, Content, CountOn, Device, DeviceTransport, EndFill, Engine, FifoUnderrun, Format, Kind,
    PacketWindow, Policy, PositionSource, Preset, Rearm, Sample, Suite, VirtualMode,
};
pub use device_fault::{
    Backwards, BurstGrain, ByFrames, CblMismatch, DeadRecord, DelayOtherTimebase, IrqCoalesce,
    IrqSpurious, Lasting, LpibLag, Occasions, Plain, PosbufDead, PosbufStale, PosbufWrongSlot,
    ReadsAllOnes, StartBurst, Step, StuckAfterResume, Ticks, WallclkHz, WallclkPpb,
};
pub use dma::{BusStall, CadencePhase, Dma, Flush, Packing, Store, Tracks};
pub use expect::{
    Expect, ExpectedBelief, ExpectedChange, ExpectedClient, ExpectedConversion, ExpectedDetection,
    ExpectedFrames, ExpectedGlitch, ExpectedHeadroom, ExpectedNotifications, ExpectedStay,
    ExpectedViolation,
};
pub use expect_capture::{
    ExpectedRecordedFrames, ExpectedRecording, ExpectedRoundTrip, ExpectedTape,
};
pub use expect_detector::ExpectedDetector;
pub use expect_offload::ExpectedOffload;
pub use expect_wakes::ExpectedWakes;
use fault::is_false;
pub use fault::{
    Action, BlockedDpc, DeviceLock, Fault, FormatChange, JackChange, LateDpc, LateIsr, LateWakeUp,
    LostNotification, MissingTicks, Power, ReadSlot, Rebalance, Remove, RewriteDescriptor,
    RunAgain, SpuriousNotification, State, StepBack, Transport, WritePacket,
};
pub use microphone::{CaptureEngine, CaptureSuite, ControllerOf, Microphone, Overrun, ReadOrder};
pub use offload::{Offload, Underrun};
pub use source::{Impulses, Noise, Nothing, Sine, Source, Sweep, Wav};
pub use timer::{ByteCount, Detector, Plausibility, Position, Timer};

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
    /// The capture endpoint, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub microphone: Option<Microphone>,
    /// The audio engine on that endpoint. It exists only if a client shares it.
    #[serde(default)]
    pub capture_engine: CaptureEngine,
    /// The machine that all this runs on. Without the table it delays nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// Who plays and who records. On each endpoint either any number of shared clients or one
    /// exclusive one.
    #[serde(default, rename = "client")]
    pub clients: Vec<Client>,
    /// Who looks for glitches as real programs do.
    #[serde(default, rename = "detector", skip_serializing_if = "Vec::is_empty")]
    pub detectors: Vec<GlitchDetector>,
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
    /// The sound files that the scenario names, each once, in the order of the clients,
    /// and that of the microphone.
    ///
    /// The names are as in the file: relative to it.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        let mut seen = std::collections::BTreeSet::new();
        let microphone = self.microphone.iter().map(|microphone| &microphone.source);
        self.clients
            .iter()
            .map(|client| &client.source)
            .chain(microphone)
            .filter_map(|source| source.wav.as_ref())
            .map(|wav| wav.path.as_str())
            .filter(move |path| seen.insert(*path))
    }

    /// True if clients share the audio engine that plays.
    pub fn is_shared(&self) -> bool {
        let mut clients = self.clients.iter();
        clients.any(|client| client.mode.plays() && client.mode.shares())
    }

    /// True if clients share the audio engine that records.
    pub fn is_capture_shared(&self) -> bool {
        let mut clients = self.clients.iter();
        clients.any(|client| client.mode.records() && client.mode.shares())
    }

    /// The clients that play on the one stream of the speaker, alone or through its engine, with
    /// their places.
    pub fn players(&self) -> impl Iterator<Item = (usize, &Client)> {
        let all = self.clients.iter().enumerate();
        all.filter(|(_, client)| client.mode.plays() && client.mode != Mode::Offload)
    }

    /// The clients that play past the software engine, each on a stream of its own, with their
    /// places.
    pub fn offloads(&self) -> impl Iterator<Item = (usize, &Client)> {
        let all = self.clients.iter().enumerate();
        all.filter(|(_, client)| client.mode == Mode::Offload)
    }

    /// The clients that record, with their places.
    pub fn recorders(&self) -> impl Iterator<Item = (usize, &Client)> {
        let all = self.clients.iter().enumerate();
        all.filter(|(_, client)| client.mode.records())
    }

    /// True if there is a speaker to look at: somebody plays, or there is nothing else.
    pub fn has_speaker(&self) -> bool {
        let plays = |client: &Client| client.mode.plays();
        self.microphone.is_none() || self.clients.iter().any(plays)
    }

    /// The microphone, if it is on the controller of the speaker.
    pub(crate) fn microphone_beside(&self) -> Option<&Microphone> {
        let microphone = self.microphone.as_ref()?;
        (microphone.controller == ControllerOf::Speaker).then_some(microphone)
    }
}
