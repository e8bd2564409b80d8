//! Quantities as a scenario file writes them: a number and its unit in one text.

mod kind;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use units::{Frames, SampleRate, SimDuration};

use kind::Kind;
pub use kind::QuantityError;

/// The longest time that a file can state: 30 days.
const LONGEST_NANOS: u64 = 30 * 86_400 * 1_000_000_000;

/// A length of time: `"10ms"`, `"0.05ms"`, `"1min"`. Whole nanoseconds, at most 30 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    nanos: u64,
}

/// A count of frames: `"480fr"`. At most 10^9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrameCount(u64);

/// A sample rate: `"48kHz"`, `"44100Hz"`. Whole hertz, above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(SampleRate);

/// How fast a crystal is: `"50ppm"`, `"-3.95ppm"`, `"100ppb"`. At most 1 000 ppm either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drift {
    ppb: i32,
}

/// A level: `"-12dB"`, relative to full scale or to unity gain. At most 1 000 dB either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level {
    millibels: i32,
}

/// A frequency: `"440Hz"`, `"1.5kHz"`. Whole millihertz, at most 1 MHz.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Frequency {
    millihertz: u64,
}

/// How often something happens: `"1000ppm"`, `"0.1%"`. At most 100 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probability {
    per_million: u32,
}

static TIME: Kind = Kind {
    expected: "a time with its unit (ns, us, ms, s, min, h), as \"10ms\"",
    units: &[
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("min", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ],
    finest: "1ns",
    limit: LONGEST_NANOS,
    limit_text: "30 days",
    signed: false,
};

static FRAMES: Kind = Kind {
    expected: "a count of frames with its unit, as \"480fr\"",
    units: &[("fr", 1)],
    finest: "1fr",
    limit: 1_000_000_000,
    limit_text: "1000000000fr",
    signed: false,
};

static RATE: Kind = Kind {
    expected: "a rate above zero with its unit (Hz, kHz), as \"48kHz\"",
    units: &[("Hz", 1), ("kHz", 1_000)],
    finest: "1Hz",
    limit: 10_000_000,
    limit_text: "10000kHz",
    signed: false,
};

static DRIFT: Kind = Kind {
    expected: "a deviation with its unit (ppm, ppb), as \"50ppm\" or \"-50ppm\"",
    units: &[("ppb", 1), ("ppm", 1_000)],
    finest: "1ppb",
    limit: 1_000_000,
    limit_text: "1000ppm",
    signed: true,
};

static LEVEL: Kind = Kind {
    expected: "a level with its unit, as \"-12dB\"",
    units: &[("dB", 100)],
    finest: "0.01dB",
    limit: 100_000,
    limit_text: "1000dB",
    signed: true,
};

static FREQUENCY: Kind = Kind {
    expected: "a frequency with its unit (Hz, kHz), as \"440Hz\"",
    units: &[("Hz", 1_000), ("kHz", 1_000_000)],
    finest: "0.001Hz",
    limit: 1_000_000_000,
    limit_text: "1000kHz",
    signed: false,
};

static PROBABILITY: Kind = Kind {
    expected: "a probability with its unit (ppm, %), as \"1000ppm\" or \"0.1%\"",
    units: &[("ppm", 1), ("%", 10_000)],
    finest: "1ppm",
    limit: 1_000_000,
    limit_text: "100%",
    signed: false,
};

impl Time {
    /// A whole number of nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self { nanos }
    }

    /// A whole number of milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self {
            nanos: millis * 1_000_000,
        }
    }

    /// As the model counts it.
    pub const fn to_duration(self) -> SimDuration {
        SimDuration::from_nanos(self.nanos)
    }

    /// Whole nanoseconds.
    pub const fn nanos(self) -> u64 {
        self.nanos
    }

    fn parse(text: &str) -> Result<Self, QuantityError> {
        TIME.steps(text).map(|nanos| Self {
            nanos: nanos.unsigned_abs(),
        })
    }
}

impl FrameCount {
    /// So many frames.
    pub const fn new(frames: u64) -> Self {
        Self(frames)
    }

    /// As the model counts them.
    pub const fn to_frames(self) -> Frames {
        Frames::new(self.0)
    }

    /// How many.
    pub const fn get(self) -> u64 {
        self.0
    }

    fn parse(text: &str) -> Result<Self, QuantityError> {
        FRAMES.steps(text).map(|frames| Self(frames.unsigned_abs()))
    }
}

impl Rate {
    /// A rate of the model.
    pub const fn new(rate: SampleRate) -> Self {
        Self(rate)
    }

    /// As the model counts it.
    pub const fn to_rate(self) -> SampleRate {
        self.0
    }

    /// Hertz.
    pub const fn hertz(self) -> u32 {
        self.0.hertz()
    }

    fn parse(text: &str) -> Result<Self, QuantityError> {
        let hertz = RATE.steps(text)?;
        u32::try_from(hertz)
            .ok()
            .and_then(SampleRate::new)
            .map(Self)
            .ok_or_else(|| QuantityError::Zero {
                text: text.to_owned(),
                expected: RATE.expected,
            })
    }
}

impl Drift {
    /// Parts per 10^9, positive for fast.
    pub const fn ppb(self) -> i32 {
        self.ppb
    }

    fn parse(text: &str) -> Result<Self, QuantityError> {
        DRIFT.steps(text).map(|ppb| Self { ppb: small(ppb) })
    }
}

impl Level {
    /// A level in hundredths of a decibel.
    pub const fn from_millibels(millibels: i32) -> Self {
        Self { millibels }
    }

    /// Hundredths of a decibel.
    pub const fn millibels(self) -> i32 {
        self.millibels
    }

    fn parse(text: &str) -> Result<Self, QuantityError> {
        LEVEL.steps(text).map(|steps| Self {
            millibels: small(steps),
        })
    }
}

impl Frequency {
    /// A whole number of hertz.
    pub const fn from_hertz(hertz: u32) -> Self {
        Self {
            millihertz: hertz as u64 * 1_000,
        }
    }

    /// Thousandths of a hertz.
    pub const fn millihertz(self) -> u64 {
        self.millihertz
    }

    fn parse(text: &str) -> Result<Self, QuantityError> {
        FREQUENCY.steps(text).map(|steps| Self {
            millihertz: steps.unsigned_abs(),
        })
    }
}

impl Probability {
    /// So often in a million.
    pub const fn per_million(self) -> u32 {
        self.per_million
    }

    fn parse(text: &str) -> Result<Self, QuantityError> {
        PROBABILITY.steps(text).map(|steps| Self {
            per_million: u32::try_from(steps).expect("at most a million"),
        })
    }
}

fn small(steps: i64) -> i32 {
    i32::try_from(steps).expect("limits of signed quantities fit into an i32")
}

/// A number of thousandths without superfluous zeros.
fn thousandths(f: &mut fmt::Formatter<'_>, value: i64) -> fmt::Result {
    let (sign, value) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let decimals = format!("{:03}", value % 1_000);
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    write!(f, "{sign}{}{point}{decimals}", value / 1_000)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nanos {
            0 => f.write_str("0ms"),
            nanos if nanos % 1_000_000_000 == 0 => write!(f, "{}s", nanos / 1_000_000_000),
            nanos if nanos % 1_000_000 == 0 => write!(f, "{}ms", nanos / 1_000_000),
            nanos if nanos % 1_000 == 0 => write!(f, "{}us", nanos / 1_000),
            nanos => write!(f, "{nanos}ns"),
        }
    }
}

impl fmt::Display for FrameCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}fr", self.0)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, i64::from(self.hertz()))?;
        f.write_str("kHz")
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, i64::from(self.ppb))?;
        f.write_str("ppm")
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thousandths(f, i64::from(self.millibels) * 10)?;
        f.write_str("dB")
    }
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = i64::try_from(self.millihertz).expect("a frequency is at most 1 MHz");
        thousandths(f, steps)?;
        f.write_str("Hz")
    }
}

impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ppm", self.per_million)
    }
}

macro_rules! as_text {
    ($($type:ident, $kind:ident, $pattern:literal, $example:literal;)*) => {$(
        impl std::str::FromStr for $type {
            type Err = QuantityError;

            fn from_str(text: &str) -> Result<Self, QuantityError> {
                Self::parse(text)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl de::Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($kind.expected)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        $type::parse(text).map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(Text)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "examples": [$example] })
            }
        }
    )*};
}

as_text! {
    Time, TIME, r"^[0-9][0-9_]*(\.[0-9]+)? *(ns|us|µs|ms|s|min|h)$", "10ms";
    FrameCount, FRAMES, r"^[0-9][0-9_]* *fr$", "480fr";
    Rate, RATE, r"^[0-9][0-9_]*(\.[0-9]+)? *k?Hz$", "48kHz";
    Drift, DRIFT, r"^-?[0-9][0-9_]*(\.[0-9]+)? *pp[mb]$", "50ppm";
    Probability, PROBABILITY, r"^[0-9][0-9_]*(\.[0-9]+)? *(ppm|%)$", "1000ppm";
    Level, LEVEL, r"^-?[0-9][0-9_]*(\.[0-9]+)? *dB$", "-12dB";
    Frequency, FREQUENCY, r"^[0-9][0-9_]*(\.[0-9]+)? *k?Hz$", "440Hz";
}

#[cfg(test)]
mod tests;
