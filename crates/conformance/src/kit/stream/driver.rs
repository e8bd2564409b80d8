//! What a bench is given: a driver, and what it was built into.

use machine::InterruptRoutine;
use portcls::{MiniportWaveRt, MiniportWaveRtStream, PortStreamHandle};
use units::Moment;
use vtime::sim::{SimEvent, World};

use crate::kit::{Ear, Setup};

/// The place that a driver and its device are built into.
#[derive(Debug)]
pub struct Wiring<'a> {
    /// Where the device lives. Give it an actor, if it moves by itself.
    pub world: &'a mut World,
    /// What the stream will be like.
    pub setup: Setup,
    /// The present, in which the device is switched on.
    pub now: Moment,
    /// The interrupt line: who sets it has the routine of the driver called.
    pub line: SimEvent,
    /// What the port does for the stream: memory, above all.
    pub port: PortStreamHandle,
}

/// A driver as a bench calls it.
#[derive(Debug)]
pub struct Driver {
    pub(crate) maker: Maker,
    pub(crate) routine: Option<Box<dyn InterruptRoutine>>,
    pub(crate) ear: Option<Box<dyn Ear>>,
}

/// Where the stream comes from.
#[derive(Debug)]
pub(crate) enum Maker {
    Miniport(Box<dyn MiniportWaveRt>, u32),
    Stream(Box<dyn MiniportWaveRtStream>),
}

impl Driver {
    /// A miniport, which makes a stream for its pin `pin`.
    pub fn new(miniport: Box<dyn MiniportWaveRt>, pin: u32) -> Self {
        Self {
            maker: Maker::Miniport(miniport, pin),
            routine: None,
            ear: None,
        }
    }

    /// A stream without its miniport.
    pub fn of_stream(stream: Box<dyn MiniportWaveRtStream>) -> Self {
        Self {
            maker: Maker::Stream(stream),
            routine: None,
            ear: None,
        }
    }

    /// The same, with what runs when the line is set.
    #[must_use]
    pub fn interrupted_by(self, routine: Box<dyn InterruptRoutine>) -> Self {
        Self {
            routine: Some(routine),
            ..self
        }
    }

    /// The same, with what leaves the device to be listened to.
    #[must_use]
    pub fn heard_by(self, ear: Box<dyn Ear>) -> Self {
        Self {
            ear: Some(ear),
            ..self
        }
    }
}
