//! The guards and the loop of real programs, as subjects of the kit.

use observers::{
    ClampMonotone, ClampToWritten, DelayLockedLoop, Gains, Interpolate, PointerFilter,
    PositionGuard, Ring, RingReading, WallClockGuard,
};
use units::Frames;

use crate::kit::{
    Absorbed, DeclaredPolicy, LoopGains, Misreading, PolicyBench, PolicyReading, PolicySource,
    Setup,
};

/// The bandwidth at which `PipeWire`'s loop begins, in 1/1000 Hz.
const BANDWIDTH_MILLI: u32 = 128;

/// A guard under the kit.
#[derive(Clone, Copy, Debug)]
pub struct Guarding<G>(G);

/// A loop under the kit.
#[derive(Clone, Copy, Debug)]
pub struct Steering(DelayLockedLoop);

impl<G: PositionGuard> PolicySource for Guarding<G> {
    fn believe(&mut self, reading: PolicyReading) -> Option<Frames> {
        Some(self.0.believe(RingReading {
            at: reading.at,
            place: reading.place,
            linear: reading.linear,
            written: reading.written,
            interrupt: reading.interrupt,
        }))
    }
}

impl PolicySource for Steering {
    fn target(&self) -> Frames {
        self.0.target()
    }

    fn wake(&mut self, fill: Frames) -> Option<i64> {
        Some(self.0.wake(fill))
    }

    fn set_quantum(&mut self, quantum: Frames) {
        self.0.set_quantum(quantum);
    }
}

fn ring(setup: &Setup) -> Ring {
    Ring {
        rate: setup.format.rate,
        packet: setup.packet,
        frames: ring_frames(setup),
    }
}

fn ring_frames(setup: &Setup) -> Frames {
    Frames::new(setup.packet.get() * u64::from(setup.packets))
}

/// Guards that `make` makes, which absorb these readings: within so many frames, and so many readings.
pub fn guard<G: PositionGuard>(
    name: &str,
    make: impl Fn(&Setup, Ring) -> G,
    absorbs: impl Fn(&Setup) -> Vec<(Misreading, Frames, u32)> + 'static,
) -> PolicyBench<impl Fn(&Setup) -> Guarding<G>> {
    let declares = move |setup: &Setup| DeclaredPolicy {
        absorbs: absorbs(setup)
            .into_iter()
            .map(|(reading, bound, readings)| Absorbed {
                reading,
                bound,
                readings,
            })
            .collect(),
        ..DeclaredPolicy::default()
    };
    let make = move |setup: &Setup| Guarding(make(setup, ring(setup)));
    PolicyBench::new(name, make).declares(declares)
}

/// cubeb's: what is lower than before is held, for as long as it takes.
pub(super) fn clamp_monotone(
    name: &str,
) -> PolicyBench<impl Fn(&Setup) -> Guarding<ClampMonotone>> {
    let make = |_: &Setup, _| ClampMonotone::default();
    // Between two looks no more than a packet and a quarter goes by.
    let absorbs = |setup: &Setup| vec![(Misreading::Backwards, two_packets(setup), 0)];
    guard(name, make, absorbs)
}

/// Chromium's: no further than was written.
pub(super) fn clamp_to_written(
    name: &str,
) -> PolicyBench<impl Fn(&Setup) -> Guarding<ClampToWritten>> {
    let absorbs = |setup: &Setup| vec![(Misreading::Beyond, ring_frames(setup), 0)];
    guard(name, |_, _| ClampToWritten, absorbs)
}

/// Wine's: what stands is carried on.
pub(super) fn interpolate(name: &str) -> PolicyBench<impl Fn(&Setup) -> Guarding<Interpolate>> {
    let make = |setup: &Setup, ring| Interpolate::new(ring, setup.start);
    let absorbs = |setup: &Setup| vec![(Misreading::Coarse, setup.packet, 0)];
    guard(name, make, absorbs)
}

/// ALSA's: lost interrupts are made good.
pub(super) fn pointer_filter(
    name: &str,
) -> PolicyBench<impl Fn(&Setup) -> Guarding<PointerFilter>> {
    let make = |setup: &Setup, ring| PointerFilter::new(ring, setup.start);
    let absorbs = |_: &Setup| vec![(Misreading::Lost, Frames::ZERO, 0)];
    guard(name, make, absorbs)
}

/// The HD Audio driver's: interrupts that cannot be are dropped or wait.
pub(super) fn wall_clock_guard(
    name: &str,
) -> PolicyBench<impl Fn(&Setup) -> Guarding<WallClockGuard>> {
    let make = |setup: &Setup| Guarding(WallClockGuard::new(ring(setup), setup.start));
    PolicyBench::new(name, make).declares(move |setup| DeclaredPolicy {
        whole_packets: true,
        absorbs: vec![Absorbed {
            reading: Misreading::Extra,
            bound: setup.packet,
            readings: 0,
        }],
        ..DeclaredPolicy::default()
    })
}

/// `PipeWire`'s loop.
pub(super) fn delay_locked_loop(name: &str) -> PolicyBench<impl Fn(&Setup) -> Steering> {
    let make = |setup: &Setup| Steering(pll(setup));
    PolicyBench::new(name, make).declares(|setup| {
        let pll = pll(setup);
        let Gains { w0, w1, w2 } = pll.gains();
        DeclaredPolicy {
            gains: Some(LoopGains { w0, w1, w2 }),
            error_max: Frames::new(pll.resync_from()),
            ..DeclaredPolicy::default()
        }
    })
}

fn pll(setup: &Setup) -> DelayLockedLoop {
    DelayLockedLoop::new(
        setup.format.rate,
        BANDWIDTH_MILLI,
        setup.packet,
        Frames::ZERO,
    )
}

fn two_packets(setup: &Setup) -> Frames {
    setup.packet + setup.packet
}
