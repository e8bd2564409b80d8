//! Device classes: what tells one kind of device from another, as parameter sets.
//!
//! Wherever there is a driver with a cyclic buffer there is a position, and each kind of device has
//! its own way of being a little wrong about it: it is told in whole milliseconds, or when a USB
//! request is done, or twenty times a second. A [`DeviceClass`] says which way in a few
//! parameters, and [`PositionSource`] computes from them what a reader sees and when packets are
//! announced. It is pure: a class, a stream, and a time since RUN; nothing is remembered.
//!
//! ```
//! use hardware::class::{DeviceClass, PositionSource, StreamShape};
//! use units::{Frames, SampleFormat, SimDuration, WaveFormat};
//!
//! let format = WaveFormat::new(48_000, 2, SampleFormat::S16)?;
//! let stream = StreamShape { format, packet: Frames::new(480) };
//! let sysvad = PositionSource::new(DeviceClass::SYSVAD, stream);
//! // Whole milliseconds: 48 frames of 4 bytes each.
//! assert_eq!(sysvad.shown(SimDuration::from_micros(2_999)).get(), 2 * 48 * 4);
//! assert_eq!(sysvad.announced(1), SimDuration::from_millis(10));
//! # Ok::<(), units::FormatError>(())
//! ```
//!
//! # What the model leaves out
//!
//! * *What goes wrong*: the defects of the drivers that a class is taken from, stalls, late timers.
//! * *Two clocks*: time is that of the class's own clock. [`ClockDomain`] says whose it is; who
//!   puts two of them side by side gives each a [`Clock`](units::Clock) of its own.
//! * *Feedback of USB, lock states of a network clock, frame shapes of `SoundWire`*: they decide
//!   how data gets there, and leave no trace in a position beyond its grain.
//! * *What is heard*: nothing moves here. An HD Audio engine that behaves like a class is a matter
//!   of [faults](DeviceClass::engine_faults).

mod kinds;
mod source;

pub use source::{PositionSource, StreamShape};

use units::{Bytes, Frames, SimDuration};

use crate::config::Extent;
use crate::fault::{EngineFault, Fault, Grain, PositionFault};

/// What a kind of device is like. The constants are the kinds; each names its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceClass {
    /// What it is called in scenarios and reports.
    pub name: &'static str,
    /// Which oscillator its positions follow.
    pub clock: ClockDomain,
    /// When a new position appears.
    pub publish: Publish,
    /// The smallest step in which it appears.
    pub grain: Granule,
    /// How time becomes a position.
    pub round: Round,
    /// What announces a packet.
    pub notify: Notify,
    /// How far the device is ahead of what it shows: what lies that much behind the position is
    /// no longer looked at when it is changed.
    pub lead: SimDuration,
    /// How late a frame is heard after its position was shown.
    pub lag: SimDuration,
    /// What becomes of the stream at the end of what was written.
    pub at_end: AtEnd,
}

/// An oscillator. Devices of one domain never drift apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockDomain {
    /// The performance counter of the machine.
    Qpc,
    /// The timer interrupts of the machine's kernel.
    KernelTimer,
    /// The bit clock of an HD Audio link, and all that hangs on it.
    Link,
    /// A crystal on the device.
    Device,
    /// An audio clock of the chip set, apart from that of the processor.
    AudioPll,
    /// The frame clock of a USB host. A device that is asynchronous has one of its own beside it.
    UsbHost,
    /// A network clock.
    Ptp,
}

/// When a new position appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publish {
    /// Whenever somebody looks.
    Always,
    /// At ticks of so long, counted from RUN.
    Ticks(SimDuration),
    /// When a packet is done.
    Packets,
}

/// A step of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granule {
    /// A frame.
    Frame,
    /// So many bytes.
    Bytes(Bytes),
    /// So many frames.
    Frames(Frames),
    /// A packet.
    Packet,
}

/// How time becomes a position: in whole units of time, then to frames or bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Down, to whole frames, from time in units of so long. What is cut off is carried on.
    Down(SimDuration),
    /// Down, to whole bytes, from time in units of so long.
    DownToBytes(SimDuration),
    /// Up, to whole frames, from time in units of so long.
    Up(SimDuration),
}

/// What announces a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notify {
    /// The position: as soon as it shows that the packet is done.
    Position,
    /// A timer whose every due time is worked out from the number of the packet, in whole units
    /// of so long, rounded down.
    Absolute(SimDuration),
    /// A timer that is set anew by the length of a packet, rounded up to units of so long: it
    /// drifts against the position.
    Periodic(SimDuration),
    /// A timer of so long that announces at most one packet each time.
    OnePerTick(SimDuration),
}

/// What becomes of a stream at the end of what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtEnd {
    /// It goes on with what lies in the buffer.
    GoesOn,
    /// It stands still.
    Halts,
    /// What follows is dropped until there is something again.
    Drops,
}

impl DeviceClass {
    /// The class of that [name](Self::name).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.name == name)
    }

    /// Faults with which an HD Audio engine shows positions as a device of this class does: ticks
    /// and grain. `None` if no engine of that shape can stand for it: it halts or drops.
    ///
    /// Left out are rounding other than down to a frame, timers of a packet of their own, lag, and
    /// ticks that are counted from RUN: an engine counts them from the beginning of time.
    pub fn engine_faults(&self) -> Option<Vec<Fault>> {
        if self.at_end != AtEnd::GoesOn {
            return None;
        }
        let mut faults = Vec::new();
        let unit = match self.round {
            Round::Down(unit) | Round::DownToBytes(unit) | Round::Up(unit) => unit,
        };
        match self.publish {
            Publish::Ticks(every) => faults.push(EngineFault::Ticks { every }.into()),
            Publish::Packets => faults.push(PositionFault::BurstGrain(Grain::Period).into()),
            Publish::Always if unit >= SimDuration::from_millis(1) => {
                faults.push(EngineFault::Ticks { every: unit }.into());
            }
            Publish::Always => {}
        }
        match self.grain {
            Granule::Frame => {}
            Granule::Bytes(bytes) => {
                faults.push(PositionFault::BurstGrain(Grain::Of(Extent::Bytes(bytes))).into());
            }
            Granule::Frames(frames) => {
                faults.push(PositionFault::BurstGrain(Grain::Of(Extent::Frames(frames))).into());
            }
            Granule::Packet => faults.push(PositionFault::BurstGrain(Grain::Period).into()),
        }
        if !self.lead.is_zero() {
            faults.push(EngineFault::StartBurst { ahead: self.lead }.into());
        }
        Some(faults)
    }
}
