//! What the ledger of a recording is made from: plain notes of who did what.

use machine::FaultId;
use units::{Bytes, Frames, Moment, Phase, SampleRate, SimDuration, SimTime};

use crate::account::{LostNotification, Origin, Supply, Work};
use crate::timeline::{Geometry, Stay};

/// All that happened to one stream that records.
#[derive(Clone, Debug)]
pub struct CaptureAccount {
    /// Device and buffer.
    pub geometry: Geometry,
    /// When the device puts a frame into memory.
    pub stored: Stored,
    /// When the run ended: frames that come from the converter then or later do not count.
    pub until: SimTime,
    /// The stays in RUN, in order.
    pub stays: Vec<Stay>,
    /// The packets that were read, in order.
    pub reads: Vec<PacketRead>,
    /// The wake-ups of whoever reads the packets, in order.
    pub work: Vec<Work>,
    /// The notifications that set no event because of a fault, in order.
    pub lost: Vec<LostNotification>,
    /// What the engine had read and a client had no room for, in order.
    pub dropped: Vec<ClientDrop>,
    /// The wake-ups of the clients of an engine, in order.
    pub supply: Vec<Supply>,
    /// How much later than it says the device puts frames into memory, and the fault because of
    /// which it does.
    pub data_late: Option<(SimDuration, FaultId)>,
}

/// When a device puts a frame into memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stored {
    /// When it begins: the reference device.
    #[default]
    Begun,
    /// When it has wholly arrived, with the burst that it belongs to.
    Arrived,
}

/// A packet that was taken out of the cyclic buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketRead {
    /// Which run of the stream.
    pub run: u32,
    /// For which packet the reader took it, counted from the start of the run.
    pub packet: u64,
    /// When it was copied.
    pub done: Moment,
    /// Why it was read.
    pub origin: Origin,
    /// What the place held, in the order of its frames.
    pub held: Vec<Held>,
}

/// Frames that lay one after the other in the place of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// How many.
    pub frames: u64,
    /// Run and number of the first one; none if nobody had written there.
    pub recorded: Option<(u32, u64)>,
}

/// Frames that the engine had read and a client had no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientDrop {
    /// Which run of the stream.
    pub run: u32,
    /// Which client.
    pub client: usize,
    /// The first device frame.
    pub first: u64,
    /// How many.
    pub frames: u64,
    /// When.
    pub at: Moment,
}

impl Held {
    /// `frames` frames that run `run` recorded from frame `first` on.
    pub const fn of(run: u32, frames: u64, first: u64) -> Self {
        Self {
            frames,
            recorded: Some((run, first)),
        }
    }
}

/// A device that never ran, with buffers of one frame: something to fill in.
impl Default for CaptureAccount {
    fn default() -> Self {
        let one = Bytes::new(1);
        Self {
            geometry: Geometry {
                rate: SampleRate::HZ_48000,
                packet: Frames::new(1),
                packets: 1,
                frame: one,
                fifo: one,
                burst: one,
            },
            stored: Stored::default(),
            until: SimTime::ZERO,
            stays: Vec::new(),
            reads: Vec::new(),
            work: Vec::new(),
            lost: Vec::new(),
            dropped: Vec::new(),
            supply: Vec::new(),
            data_late: None,
        }
    }
}

impl CaptureAccount {
    /// The stay in which `frame` of `run` was recorded, or the last one of that run.
    pub(super) fn stay_of(&self, run: u32, frame: u64) -> Option<&Stay> {
        let mut of_run = self.stays.iter().filter(|stay| stay.run == run);
        let first = of_run.next()?;
        Some(
            of_run
                .take_while(|stay| stay.first <= frame)
                .last()
                .unwrap_or(first),
        )
    }

    /// When `frame` of `run` is put into memory, over what lay there.
    pub(super) fn stored_at(&self, run: u32, frame: u64) -> Option<Moment> {
        let stay = self.stay_of(run, frame)?;
        let instant = match self.stored {
            Stored::Begun => stay.instant_of(frame),
            Stored::Arrived => self.arrives(stay, frame),
        };
        Some(instant.at(Phase::Move))
    }

    /// When `frame` has wholly arrived, with the burst that it belongs to.
    fn arrives(&self, stay: &Stay, frame: u64) -> SimTime {
        let [size, burst] = [self.geometry.frame, self.geometry.burst].map(Bytes::get);
        let bursts = ((frame + 1) * size).div_ceil(burst) * burst;
        stay.cadence.completed(bursts.div_ceil(size))
    }

    /// The fault because of which `frame` of `run` was not in memory at `now`, though the device said
    /// so.
    pub(super) fn late_data(&self, run: u32, frame: u64, now: Moment) -> Option<FaultId> {
        let (late, fault) = self.data_late?;
        let there = self.arrives(self.stay_of(run, frame)?, frame) + late;
        let is_due = self.stored_at(run, frame)? <= now;
        (is_due && now < there.at(Phase::Move)).then_some(fault)
    }

    /// When the first frame of the place of `packet` is written over.
    pub(super) fn overwritten_at(&self, run: u32, packet: u64) -> Option<Moment> {
        let next = packet + u64::from(self.geometry.packets);
        self.stored_at(run, next * self.geometry.packet.get())
    }

    /// The frame behind the last one of each run that was recorded before the end.
    pub(super) fn ends(&self) -> Vec<(u32, u64)> {
        let mut ends: Vec<(u32, u64)> = Vec::new();
        for stay in &self.stays {
            let stay = stay.clone().until(self.until);
            match ends.last_mut() {
                Some((run, end)) if *run == stay.run => *end = (*end).max(stay.end()),
                _ => ends.push((stay.run, stay.end())),
            }
        }
        ends
    }
}
