//! `[[fault]]` and `[[action]]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Prime;
use super::device::Format;
use super::device_fault::{
    Backwards, BurstGrain, ByFrames, CblMismatch, DelayOtherTimebase, IrqCoalesce, IrqSpurious,
    Lasting, LpibLag, Occasions, Plain, PosbufDead, PosbufStale, PosbufWrongSlot, ReadsAllOnes,
    StartBurst, StuckAfterResume, Ticks, WallclkHz, WallclkPpb,
};
use crate::quantity::{FrameCount, Time};

/// Something that goes wrong: exactly one kind, as a table named by it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Fault {
    /// What it is called in reports. Default: its kind and its place among the faults,
    /// `late-wake-up-0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A thread that has been woken gets to run late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_wake_up: Option<LateWakeUp>,
    /// A thread that has been woken waits for a page that has to be brought in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_fault: Option<LateWakeUp>,
    /// Somebody asks the driver for something that takes long, and everybody else waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_lock: Option<DeviceLock>,
    /// A notification of the device sets no event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_notification: Option<LostNotification>,
    /// The notification event is set though nothing happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spurious_notification: Option<SpuriousNotification>,
    /// One ISR of the device runs late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_isr: Option<LateIsr>,
    /// No DPC of the device runs for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_dpc: Option<BlockedDpc>,
    /// One DPC of the device runs late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_dpc: Option<LateDpc>,
    /// F01: the link position is shown where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lpib_lag: Option<LpibLag>,
    /// F02: the link position is shown ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lpib_lead: Option<ByFrames>,
    /// F02: the position of the memory side is shown ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dpib_early: Option<ByFrames>,
    /// F03: the position record in memory is old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posbuf_stale: Option<PosbufStale>,
    /// F04: the position record is never written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posbuf_dead: Option<PosbufDead>,
    /// F05: interrupts come before the position shows what they are for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irq_early: Option<ByFrames>,
    /// F06: the same by one frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irq_one_frame_early: Option<Plain>,
    /// F07: positions move in steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst_grain: Option<BurstGrain>,
    /// F08: the link position goes back now and then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backwards: Option<Backwards>,
    /// F09: completions leave no interrupt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irq_lost: Option<Occasions>,
    /// F09: interrupts that follow another one closely fall together with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irq_coalesce: Option<IrqCoalesce>,
    /// F09: the message of an interrupt is lost, and no other is sent until somebody acknowledges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub msi_edge_lost: Option<Occasions>,
    /// F10: interrupts come without a completion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irq_spurious: Option<IrqSpurious>,
    /// F11: the wall clock reads 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallclk_zero: Option<Plain>,
    /// F11: the wall clock has another rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallclk_hz: Option<WallclkHz>,
    /// F11: the wall clock drifts against the streams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallclk_ppb: Option<WallclkPpb>,
    /// F12: the size of the FIFO is read as one more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fifo_size_off_by_one: Option<Plain>,
    /// F12: the size of the FIFO reads 0 after the format was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fifo_size_zero: Option<Lasting>,
    /// F12: the size of the FIFO is said to be another for 20- and 24-bit samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fifo_size_by_fmt: Option<Plain>,
    /// F13: RUN is set and nothing moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stuck_after_resume: Option<StuckAfterResume>,
    /// F14: the position record is written into the slot of another stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posbuf_wrong_slot: Option<PosbufWrongSlot>,
    /// F15: the 64-bit counters go on over a reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linear_not_reset: Option<Plain>,
    /// F16: the link position passes the end of the buffer once per lap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pos_at_or_above_cbl: Option<ByFrames>,
    /// F17: RUN reads 1 for a while after it was cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_sticky: Option<Lasting>,
    /// F18: every register reads all ones, and writes are lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads_all_ones: Option<ReadsAllOnes>,
    /// F19: resets take a while to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub srst_slow: Option<Lasting>,
    /// F20: at the start the device takes far more than its FIFO holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_burst: Option<StartBurst>,
    /// F21: the status of a completion is set before there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_status_at_start: Option<Plain>,
    /// F22: the engine stands still from a completion until it is acknowledged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stall_until_ack: Option<Plain>,
    /// F23: the device reads its descriptor list once, when the stream first runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bdl_snapshot: Option<Plain>,
    /// F24: the engine takes the cyclic buffer for longer or shorter than it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cbl_mismatch: Option<CblMismatch>,
    /// F25: the link counter has a rate of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_other_timebase: Option<DelayOtherTimebase>,
    /// F26: the device takes more ahead than it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mem_passes_link: Option<ByFrames>,
    /// F27: the engine is behind until somebody looks at a register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_moves_engine: Option<Ticks>,
    /// F28: what the microphone records is in memory only a while after its position and its
    /// interrupt have said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture_data_late: Option<Lasting>,
    /// F29: playback stands still when another stream of the controller starts: needs a microphone
    /// with `controller = "speaker"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playback_stalls_on_capture_start: Option<Lasting>,
    /// F30: each pause makes the delay longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_adds_delay: Option<ByFrames>,
    /// The device moves in ticks, as one in a virtual machine does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticks: Option<Ticks>,
    /// Expiries of the timer of a virtual driver never come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_ticks: Option<MissingTicks>,
    /// One answer to the position property is too low (F08).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_steps_back: Option<StepBack>,
}

/// A thread that has been woken gets to run late, or waits for a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LateWakeUp {
    /// The thread of this client, counted from 0 in the order of the file …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<u32>,
    /// … or that of the audio engine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub engine: bool,
    /// … or that of the audio engine of the microphone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub capture_engine: bool,
    /// Which wake-up: the number of the notification, counted from 1; for a shared client the
    /// number of the pass, counted from 0 or, of the microphone, from 1.
    pub event: u64,
    /// How late.
    pub by: Time,
}

/// Somebody asks the driver for something that takes long. By default it has the one lock of the device, and a
/// thread that is woken meanwhile waits for it before it does anything; a device with `position-lock` has
/// another one for positions and packets, and nobody waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeviceLock {
    /// From here on.
    pub from: Time,
    /// Until then.
    pub until: Time,
}

/// A notification of the device sets no event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LostNotification {
    /// Number of the notification, counted from 1.
    #[schemars(range(min = 1))]
    pub event: u64,
}

/// The notification event is set though nothing happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SpuriousNotification {
    /// When.
    pub at: Time,
}

/// One ISR of the device runs late: its interrupt is masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LateIsr {
    /// Number of the interrupt, counted from 1.
    #[schemars(range(min = 1))]
    pub event: u64,
    /// How late.
    pub by: Time,
}

/// No DPC of the device runs for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BlockedDpc {
    /// From here on; a DPC queued at this very instant waits.
    pub from: Time,
    /// Until then.
    pub until: Time,
}

/// One DPC of the device runs late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LateDpc {
    /// Number of the interrupt that queued it, counted from 1.
    #[schemars(range(min = 1))]
    pub event: u64,
    /// How late.
    pub by: Time,
}

/// Expiries of the timer of a virtual driver never come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MissingTicks {
    /// The first of them: its number since RUN was entered, counted from 1, one a millisecond.
    #[schemars(range(min = 1))]
    pub from: u64,
    /// The last of them.
    pub to: u64,
}

/// One answer to the position property is too low: a device that takes its position from two
/// sources in turn may say that it is where it was before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StepBack {
    /// Which answer, counted from 1.
    #[schemars(range(min = 1))]
    pub answer: u64,
    /// By how much.
    pub by: FrameCount,
}

/// Something that somebody does on purpose: exactly one kind, as a table named by it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Action {
    /// A client takes its stream to PAUSE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<Transport>,
    /// A client takes its stream to RUN again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunAgain>,
    /// A client takes its stream to STOP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Transport>,
    /// A client writes a packet out of turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_packet: Option<WritePacket>,
    /// A client reads a place of the buffer, whatever the driver says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_slot: Option<ReadSlot>,
    /// A timer-driven client writes anew what it has queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<Transport>,
    /// The driver writes into the descriptor list of the speaker, which it must not while that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite_descriptor: Option<RewriteDescriptor>,
    /// Somebody plugs something into a jack, or pulls it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jack: Option<JackChange>,
    /// What is connected to the speaker likes another format best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format_change: Option<FormatChange>,
    /// The system sleeps or wakes up, and the device with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power: Option<Power>,
    /// Somebody pulls the device out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove: Option<Remove>,
    /// The system deals its resources out anew, and the device may have to stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebalance: Option<Rebalance>,
}

/// A change of state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Transport {
    /// Which client, counted from 0.
    pub client: u32,
    /// When.
    pub at: Time,
}

/// A change to RUN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunAgain {
    /// Which client, counted from 0.
    pub client: u32,
    /// When.
    pub at: Time,
    /// What it writes before, if it comes from STOP. Default: as at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prime: Option<Prime>,
}

/// Something is plugged in, or pulled out. The streams of the device go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JackChange {
    /// When.
    pub at: Time,
    /// Whether something is plugged in from then on.
    pub plugged: bool,
    /// Whether it is the jack of the microphone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub microphone: bool,
}

/// Another format is liked best. The streams of the device keep theirs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FormatChange {
    /// When.
    pub at: Time,
    /// Which.
    pub format: Format,
}

/// A place of the cyclic buffer, read whatever lies there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReadSlot {
    /// Which client, counted from 0.
    pub client: u32,
    /// When.
    pub at: Time,
    /// Which place, counted from 0.
    pub slot: u32,
    /// Number of the packet that the client takes it for, counted from 0. It then counts as read.
    pub packet: u32,
}

/// A packet written out of turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WritePacket {
    /// Which client, counted from 0.
    pub client: u32,
    /// When.
    pub at: Time,
    /// Number of the packet, counted from 0.
    pub packet: u32,
}

/// A descriptor that points elsewhere from now on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RewriteDescriptor {
    /// When.
    pub at: Time,
    /// Which descriptor, counted from 0. There is one per packet, and two for a single packet.
    pub descriptor: u32,
    /// To where which one was made to point it then points.
    pub points_to: u32,
}

/// The system sleeps or wakes up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Power {
    /// When.
    pub at: Time,
    /// How much power the device has from then on: a stream that ran is paused below `d0`, and
    /// goes on there.
    pub state: State,
}

/// How much power a device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// All of it.
    D0,
    /// Less.
    D1,
    /// Still less.
    D2,
    /// None.
    D3,
}

/// Somebody pulls the device out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Remove {
    /// When.
    pub at: Time,
}

/// The device is asked whether it can stop; then it is stopped, or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rebalance {
    /// When it is asked. From then on nobody opens it.
    pub at: Time,
    /// When it is not stopped after all …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_at: Option<Time>,
    /// … or when it is stopped for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_at: Option<Time>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
pub(super) const fn is_false(value: &bool) -> bool {
    !*value
}
