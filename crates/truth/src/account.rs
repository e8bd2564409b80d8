//! What the ledger is made from: plain notes of who did what, without any judgement.

use machine::{Component, FaultId, Latency};
use ring::Whose;
use units::{Moment, NtStatus, Phase, SimDuration, SimTime};

use crate::place::Placed;
use crate::timeline::{Geometry, Stay};

/// All that happened to one stream.
#[derive(Clone, Debug)]
pub struct Account {
    /// Device and buffer.
    pub geometry: Geometry,
    /// When the run ended: frames that leave the speaker then or later do not count.
    pub until: SimTime,
    /// The stays in RUN, in order.
    pub stays: Vec<Stay>,
    /// What left the speaker, in order.
    pub played: Vec<Played>,
    /// The packets that were written and announced, in order.
    pub writes: Vec<Write>,
    /// True if packets are handed over, so that what comes late is heard later and not lost: then a
    /// packet is due when it was heard.
    pub handed_over: bool,
    /// What was put into the buffer by a position, in order; there is only one of the two.
    pub placed: Vec<Placed>,
    /// The wake-ups of whoever writes the packets, in order.
    pub work: Vec<Work>,
    /// The notifications that set no event because of a fault, or set it late.
    pub lost: Vec<LostNotification>,
    /// The passes that found too little of a client, in order.
    pub starved: Vec<Starved>,
    /// The wake-ups of the clients of an engine, in order.
    pub supply: Vec<Supply>,
    /// Runs that ended with STOP.
    pub stopped: Vec<u32>,
    /// When the device stood still in RUN, in order.
    pub stalls: Vec<DeviceStall>,
    /// What the device could have fetched before, but for its round, in order.
    pub late_fetches: Vec<LateFetch>,
    /// Frames that the device takes with the first one of each run because of a fault.
    pub start_burst: Option<(u64, FaultId)>,
}

/// Time in RUN in which the device stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceStall {
    /// Which run of the stream.
    pub run: u32,
    /// The first frame behind it.
    pub first: u64,
    /// When that frame should have left the speaker.
    pub begins: SimTime,
    /// When it did, or when the stream was stopped; none if it stands still yet.
    pub ends: Option<SimTime>,
    /// The delay of whoever should have told it to go on.
    pub cause: Option<(Component, SimDuration)>,
    /// The fault that stopped it, or that is behind the delay.
    pub fault: Option<FaultId>,
}

/// A fetch that waited until somebody told a device to go around its buffer once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateFetch {
    /// Which run of the stream.
    pub run: u32,
    /// The first frame that waited.
    pub first: u64,
    /// When it was fetched.
    pub at: Moment,
}

/// Frames that left the speaker one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// Which run of the stream.
    pub run: u32,
    /// The first of them, counted from the start of the run.
    pub first: u64,
    /// How many.
    pub frames: u64,
    /// Whose the first one was; whose the others were follows from it.
    pub whose: Option<Whose>,
}

/// A packet that was written and announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// Which run of the stream.
    pub run: u32,
    /// Which packet, counted from the start of the run.
    pub packet: u64,
    /// Which write of the run, as [`Whose::write`] says.
    pub write: u32,
    /// Its first content frame.
    pub content: u64,
    /// Frames of content in it.
    pub frames: u64,
    /// True if it was declared to be the last one.
    pub ends_stream: bool,
    /// When it was complete and announced.
    pub done: Moment,
    /// What the driver said.
    pub status: NtStatus,
    /// Why it was written.
    pub origin: Origin,
}

/// Why a packet was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// To have something there when the stream starts.
    Start,
    /// In answer to a wake-up: its place in [`Account::work`].
    Wake(usize),
    /// On purpose, out of turn.
    Forced,
}

/// A wake-up and all that was done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// When the position was crossed that it is an answer to.
    pub due: SimTime,
    /// When the last of the work was done.
    pub done: Moment,
    /// Where the time between went.
    pub latency: Latency,
    /// The fault that delayed it, or that brought it about.
    pub fault: Option<FaultId>,
}

/// A notification that set no event because of a fault, or set it late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LostNotification {
    /// Its number: packets done by then.
    pub event: u64,
    /// The fault.
    pub fault: FaultId,
}

/// A pass that found too little of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starved {
    /// Which run of the stream.
    pub run: u32,
    /// Which client.
    pub client: usize,
    /// The first device frame that silence was put into.
    pub first: u64,
    /// How many.
    pub frames: u64,
    /// When the pass took what there was.
    pub at: Moment,
}

/// A wake-up of a client of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Supply {
    /// Which client.
    pub client: usize,
    /// The wake-up.
    pub work: Work,
}

impl Account {
    /// When `frame` is fetched in `stay`, or would be if that went on: a write that comes later is
    /// too late for it.
    pub(crate) fn fetched_at(&self, stay: &Stay, frame: u64) -> Moment {
        let by_room = stay.fetched_at(&self.geometry, frame);
        let begins = stay.begins.at(Phase::Move);
        match self.late_fetch(stay.run, frame) {
            // The stay begins because of it.
            Some(late) if late.first == stay.first && by_room == begins => late.at,
            Some(late) => by_room.max(late.at),
            None => by_room,
        }
    }

    /// The latest fetch of `run` up to `frame` that waited.
    fn late_fetch(&self, run: u32, frame: u64) -> Option<&LateFetch> {
        let up_to = |late: &LateFetch| (late.run, late.first) <= (run, frame);
        let behind = self.late_fetches.partition_point(up_to);
        let latest = self.late_fetches[..behind].last()?;
        (latest.run == run).then_some(latest)
    }

    /// The stay in which `frame` of `run` left the speaker, or the last one of that run.
    pub(crate) fn stay_of(&self, run: u32, frame: u64) -> Option<&Stay> {
        let of_run = self.stays.iter().filter(|stay| stay.run == run);
        let mut found = None;
        for stay in of_run {
            if found.is_none() || stay.first <= frame {
                found = Some(stay);
            }
        }
        found
    }
}
