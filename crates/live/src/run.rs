//! A run on the wall clock.

use std::io;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::thread;

use scenario::{
    DeviceHalf, DeviceTransport, Inputs, Kind, PlayerHalf, PlayerReport, Run, RunError, RunOptions,
    Scenario,
};
use thiserror::Error;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::LocalSet;
use units::{Moment, SimTime};
use vtime::{Context, History, Host, Keep};

use crate::call::{Call, Notice};
use crate::clock::WallClock;
use crate::far_pin::FarDevice;
use crate::near_device::NearDevice;
use crate::stage::Stage;

/// Why a scenario could not be run on the wall clock.
#[derive(Debug, Error)]
pub enum LiveError {
    /// It has a microphone.
    #[error("live mode plays and does not record, and this scenario has a microphone")]
    Records,
    /// Its device mixes.
    #[error("live mode has no device that mixes, and this scenario plays to one")]
    Mixes,
    /// It has a machine.
    #[error("live mode runs on the machine that it runs on, and this scenario has one of its own")]
    HasMachine,
    /// Its device is handed packets over.
    #[error("in live mode client and device share a buffer, and this scenario hands packets over")]
    HandsOver,
    /// Detectors watch it.
    #[error("live mode has no detectors, and this scenario has some")]
    HasDetectors,
    /// The system gave no thread, or tokio no runtime.
    #[error("no thread to run on: {0}")]
    NoThread(#[from] io::Error),
    /// The scenario itself.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Who speaks for what lies between the threads; it says nothing.
const WIRE: &str = "wire";

/// What the thread of the players leaves behind.
struct Played {
    report: PlayerReport,
    history: History,
}

/// Runs `scenario` to its end, which takes as long as it says.
///
/// The device has this thread, who plays another one; both have the ring. What comes back is what a
/// run in virtual time gives, by the same ledger. Expectations are those of virtual time and are
/// not looked at.
///
/// # Errors
/// [`LiveError`] if it cannot be assembled, or if the device refuses to play.
pub fn run(scenario: &Scenario, inputs: &Inputs, options: &RunOptions) -> Result<Run, LiveError> {
    if scenario.microphone.is_some() || scenario.recorders().next().is_some() {
        return Err(LiveError::Records);
    }
    if scenario.device.kind == Kind::Offload {
        return Err(LiveError::Mixes);
    }
    if scenario.machine.is_some() {
        return Err(LiveError::HasMachine);
    }
    if scenario.device.transport != DeviceTransport::WaveRt {
        return Err(LiveError::HandsOver);
    }
    if !scenario.detectors.is_empty() {
        return Err(LiveError::HasDetectors);
    }
    let seed = options.seed.unwrap_or(scenario.seed);
    let clock = WallClock::start();
    let end = (SimTime::ZERO + scenario.duration.to_duration()).commit();
    let (calls, called) = unbounded_channel();
    let (notices, arrivals) = unbounded_channel();
    let (leave, left) = oneshot::channel();
    let play = move || {
        let played = on_a_runtime(async {
            let stage = Stage::new(clock, seed);
            players(scenario, inputs, stage, (calls, arrivals), end).await
        });
        // Whoever does not wait for it has failed first.
        let _ = leave.send(played);
    };
    thread::scope(|threads| {
        let thread = thread::Builder::new().name("players".to_owned());
        let thread = thread.spawn_scoped(threads, play)?;
        let run = on_a_runtime(async {
            let stage = Stage::new(clock, seed);
            device(scenario, options, stage, (called, notices), left).await
        });
        if let Err(panic) = thread.join() {
            resume_unwind(panic);
        }
        run
    })
}

/// Runs `all` on this thread, with a clock and without anything else that tokio has.
fn on_a_runtime<T>(all: impl Future<Output = Result<T, LiveError>>) -> Result<T, LiveError> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    LocalSet::new().block_on(&runtime, all)
}

/// Plays until `end`.
async fn players(
    scenario: &Scenario,
    inputs: &Inputs,
    mut stage: Stage,
    (calls, arrivals): (UnboundedSender<Call>, UnboundedReceiver<Notice>),
    end: Moment,
) -> Result<Played, LiveError> {
    let device = FarDevice::new(calls);
    let create_pin = |connect| device.create_pin(connect);
    let half = PlayerHalf::assemble(&mut stage, scenario, inputs, &create_pin)?;
    let cx = stage.actor(WIRE);
    stage.serve(&cx, device.clone().notify(half.machine().clone(), arrivals));
    half.spawn(&mut stage);
    cx.sleep_until(end).await;
    let report = half.report();
    let history = stage.close().await;
    Ok(Played { report, history })
}

/// Is the device until the players are done, and draws the conclusions.
async fn device(
    scenario: &Scenario,
    options: &RunOptions,
    mut stage: Stage,
    (called, notices): (UnboundedReceiver<Call>, UnboundedSender<Notice>),
    left: oneshot::Receiver<Result<Played, LiveError>>,
) -> Result<Run, LiveError> {
    let half = DeviceHalf::assemble(&mut stage, scenario, options);
    half.spawn(&mut stage);
    let cx = stage.actor(WIRE);
    let device = Rc::new(NearDevice::new(cx.clone(), half));
    stage.serve(&cx, Rc::clone(&device).answer(called));
    stage.serve(&cx, Rc::clone(&device).fetch());
    stage.serve(&cx, Rc::clone(&device).carry(notices));
    // Without a word they have panicked, and whoever joins their thread hears of it.
    let played = left
        .await
        .unwrap_or_else(|gone| Err(io::Error::other(gone).into()));
    if played.is_ok() {
        device.settle();
        device.half().note_what_was_heard();
    }
    // If they failed because somebody here has panicked, that is what is told.
    let own = stage.close().await;
    let Played { report, history } = played?;
    let history = merged(&own, &history);
    let (half, pin) = (device.half(), device.pin());
    Ok(half.conclude(cx.moment(), pin.as_ref(), &report, history)?)
}

/// Both histories in the order of their moments; at the same one the device comes first.
fn merged(device: &History, players: &History) -> History {
    let mut merged = History::new(Keep::All);
    let mut all = Vec::new();
    for history in [device, players] {
        let sources: Vec<_> = history
            .sources()
            .map(|name| {
                merged
                    .source_of(name)
                    .unwrap_or_else(|| merged.add_source(name))
            })
            .collect();
        all.extend(
            history
                .entries()
                .map(|entry| (sources[entry.source.index()], entry)),
        );
    }
    all.sort_by_key(|(_, entry)| entry.moment);
    for (source, entry) in all {
        merged.record(entry.moment, source, entry.what, entry.words());
    }
    merged
}
