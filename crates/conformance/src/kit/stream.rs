//! A stream of a miniport as a subject: called as its port calls it, in virtual time.
//!
//! ```text
//!  Call ──▶ StreamSubject ── states one step at a time, one buffer ──▶ dyn MiniportWaveRtStream
//!                │                                                          │
//!                │ lets time pass                     doorbell, registers   ▼
//!                ▼                                                       device
//!              World ◀── line ── whatever the device is driven by ──────────┘
//!                │
//!                └── interrupt: dyn InterruptRoutine ── events ──▶ Signal
//! ```

mod driver;
mod interrupt;
mod marks;
mod memory;
mod subject;

use ks::DataFlow;

use crate::kit::{Bench, Declared, LeftOut, Limits, Setup, Subject};
pub(crate) use driver::Maker;
pub use driver::{Driver, Wiring};
pub(crate) use interrupt::{Processor, Rung, bell, serve};
pub(crate) use memory::Pages;
use subject::StreamSubject;

/// A bench for streams of a miniport.
///
/// `make` builds a driver, and the device under it, into a [`Wiring`]. It is called for every
/// history, so nothing is left of the one before.
pub struct StreamBench<M> {
    name: String,
    make: M,
    flow: DataFlow,
    declares: Box<dyn Fn(&Setup) -> Declared>,
    limits: Limits,
}

impl<M> std::fmt::Debug for StreamBench<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("StreamBench").field(&self.name).finish()
    }
}

impl<M> StreamBench<M> {
    /// Render streams of drivers that `make` makes.
    pub fn new(name: &str, make: M) -> Self
    where
        M: Fn(&mut Wiring<'_>) -> Driver,
    {
        Self {
            name: name.to_owned(),
            make,
            flow: DataFlow::In,
            declares: Box::new(|_| Declared::default()),
            limits: Limits {
                rates_hz: vec![
                    8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400,
                    192_000,
                ],
                channels_max: 8,
                packets: vec![1, 2],
                gap_packets_max: Some(2_000),
                ..Limits::default()
            },
        }
    }

    /// The same with capture streams.
    #[must_use]
    pub fn capturing(self) -> Self {
        Self {
            flow: DataFlow::Out,
            ..self
        }
    }

    /// The same, which declares that of itself.
    #[must_use]
    pub fn declares(self, declares: impl Fn(&Setup) -> Declared + 'static) -> Self {
        Self {
            declares: Box::new(declares),
            ..self
        }
    }

    /// The same, made with no more than that.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// What makes its drivers.
    pub(crate) fn maker(&self) -> &M {
        &self.make
    }

    /// What it can be made with.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl<M: Fn(&mut Wiring<'_>) -> Driver> Bench for StreamBench<M> {
    fn name(&self) -> &str {
        &self.name
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        Box::new(StreamSubject::new(setup, self.flow, &self.make))
    }

    fn declared(&self, setup: &Setup) -> Declared {
        Declared {
            captures: self.flow == DataFlow::Out,
            ..(self.declares)(setup)
        }
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }

    fn exempt(&self) -> Vec<LeftOut> {
        const PORT: &str = "the port sees to it, and no miniport is asked";
        let port =
            ["P41", "R46", "R64", "R65", "R75", "R98"].map(|number| LeftOut { number, why: PORT });
        let long = LeftOut {
            number: "P50",
            why: "a world with a device in it is not run for days; a function is",
        };
        port.into_iter().chain([long]).collect()
    }
}
