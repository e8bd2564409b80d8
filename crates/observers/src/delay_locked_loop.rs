//! `PipeWire`'s second-order loop, in fixed point.

use units::{Frames, SampleRate};

/// Bits behind the point.
const POINT: u32 = 48;
const ONE: i128 = 1 << POINT;
/// 2 pi.
const TURN: u128 = 1_768_559_438_007_110;
/// The least of the errors that it cuts off.
const ERROR_MIN: u64 = 256;

/// What an error is multiplied by, as parts of 2^48.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gains {
    /// Of the two low passes.
    pub w0: u64,
    /// Of the error.
    pub w1: u64,
    /// Of the integrator.
    pub w2: u64,
}

/// Steers the rate of a program so that a device is filled as much as it should be.
///
/// Each wake-up it is told how much the device still has, against a quantum and some headroom. An
/// error that is large is cut off; one that is larger than that is no error of rate: the program
/// resynchronises, and the loop begins anew.
///
/// # Source
/// PipeWire/pipewire, `spa/include/spa/utils/dll.h`, `spa/plugins/alsa/alsa-pcm.c`. Left out: the
/// bandwidth that follows the variance of the error.
#[derive(Clone, Copy, Debug)]
pub struct DelayLockedLoop {
    rate: SampleRate,
    bandwidth_milli: u32,
    headroom: Frames,
    quantum: Frames,
    gains: Gains,
    /// By how much the target has changed since the last wake-up.
    stepped: i64,
    z1: i64,
    z2: i64,
    z3: i64,
}

impl Gains {
    /// Those of a bandwidth, in 1/1000 Hz, at that many frames each wake-up.
    pub fn new(bandwidth_milli: u32, quantum: Frames, rate: SampleRate) -> Self {
        let (milli, frames) = (u128::from(bandwidth_milli), u128::from(quantum.get()));
        let w = TURN * milli * frames / (1000 * u128::from(rate.hertz()));
        Self {
            w0: narrow((1 << POINT) - exp_of_minus(20 * w)),
            w1: narrow(w * 3 / 2 / frames.max(1)),
            w2: narrow(w * 2 / 3),
        }
    }
}

/// The exponential function of `-x`, both as parts of 2^48.
fn exp_of_minus(x: u128) -> u128 {
    const FINE: u32 = 60;
    let halvings = (128 - x.leading_zeros()).saturating_sub(POINT - 2);
    let small = (x << (FINE - POINT)) >> halvings;
    let one = 1_u128 << FINE;
    // The series of a small number, from its last term on.
    let series = (1..=16)
        .rev()
        .fold(one, |sum, n| one - ((small * sum / n) >> FINE));
    let squared = (0..halvings).fold(series, |power, _| (power * power) >> FINE);
    squared >> (FINE - POINT)
}

fn narrow(wide: u128) -> u64 {
    u64::try_from(wide).unwrap_or(u64::MAX)
}

impl DelayLockedLoop {
    /// A loop at rest.
    pub fn new(rate: SampleRate, bandwidth_milli: u32, quantum: Frames, headroom: Frames) -> Self {
        Self {
            rate,
            bandwidth_milli,
            headroom,
            quantum,
            gains: Gains::new(bandwidth_milli, quantum, rate),
            stepped: 0,
            z1: 0,
            z2: 0,
            z3: 0,
        }
    }

    /// How much the device should have at a wake-up.
    pub fn target(&self) -> Frames {
        self.quantum + self.headroom
    }

    /// Its gains.
    pub const fn gains(&self) -> Gains {
        self.gains
    }

    /// The largest error that it takes; larger ones are cut off.
    pub fn error_max(&self) -> u64 {
        (self.target().get() / 2).max(ERROR_MIN)
    }

    /// From an error on that is larger than this it resynchronises.
    pub fn resync_from(&self) -> u64 {
        self.error_max().min(self.target().get())
    }

    /// From now on it wakes up every `quantum` frames. That the device has another amount at the next
    /// wake-up than it should have from then on is no error.
    pub fn set_quantum(&mut self, quantum: Frames) {
        self.stepped += signed(self.quantum.get()) - signed(quantum.get());
        self.quantum = quantum;
        self.gains = Gains::new(self.bandwidth_milli, quantum, self.rate);
    }

    /// The device has `fill` frames. Returns by how much the program is to be faster than nominal, in
    /// parts per 10^9.
    pub fn wake(&mut self, fill: Frames) -> i64 {
        let error = signed(fill.get()) - signed(self.target().get());
        let error = error - std::mem::take(&mut self.stepped);
        if error.unsigned_abs() > self.resync_from() {
            self.resynchronise();
        } else {
            let most = signed(self.error_max());
            self.update(error.clamp(-most, most));
        }
        let correction = -(i128::from(self.z2) + i128::from(self.z3));
        ratio(correction * 1_000_000_000)
    }

    /// What was learnt is forgotten: the device was filled, or emptied, to what it should have.
    fn resynchronise(&mut self) {
        (self.z1, self.z2, self.z3) = (0, 0, 0);
    }

    fn update(&mut self, error: i64) {
        let Gains { w0, w1, w2 } = self.gains;
        let gained = i128::from(w1) * i128::from(error);
        self.z1 += ratio(i128::from(w0) * (gained - i128::from(self.z1)));
        self.z2 += ratio(i128::from(w0) * i128::from(self.z1 - self.z2));
        self.z3 += ratio(i128::from(w2) * i128::from(self.z2));
    }
}

/// The product of two numbers, one of them parts of 2^48, rounded down.
fn ratio(product: i128) -> i64 {
    i64::try_from(product.div_euclid(ONE)).unwrap_or(i64::MAX)
}

fn signed(frames: u64) -> i64 {
    i64::try_from(frames).unwrap_or(i64::MAX)
}
