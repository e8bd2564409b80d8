//! What is put under test, and who makes it.

use units::{Hns, SampleFormat};

use crate::kit::{Answer, Call, Declared, DeclaredPolicy, Kind, LeftOut, Setup};

/// An event that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// When.
    pub at: Hns,
    /// The number under which it was registered.
    pub event: u8,
}

/// Whether the timer of a subject can be kept from being served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It was not served up to the time asked for.
    Yes,
    /// It has none, or nobody can keep it; time did not pass.
    No,
}

/// One stream, clock or function under test.
///
/// Times are readings of a performance counter of 10 MHz and never go back; several calls may come
/// at one reading.
pub trait Subject {
    /// Makes `call` at `at`. Time has been let [pass](Self::pass) up to there.
    fn call(&mut self, at: Hns, call: Call) -> Answer;

    /// Lets time pass to the end of `until`. Returns which events were set since the last time
    /// this was asked, oldest first.
    fn pass(&mut self, until: Hns) -> Vec<Signal> {
        let _ = until;
        Vec::new()
    }

    /// Lets time pass without serving the timer that drives the subject: a stall.
    fn hold(&mut self, until: Hns) -> Held {
        let _ = until;
        Held::No
    }
}

/// Makes subjects of one kind, all alike.
pub trait Bench {
    /// What the subject is called in reports.
    fn name(&self) -> &str;

    /// A fresh subject, in STOP and at position 0.
    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_>;

    /// What such a subject declares.
    fn declared(&self, setup: &Setup) -> Declared {
        let _ = setup;
        Declared::default()
    }

    /// What a subject can be made with.
    fn limits(&self) -> Limits {
        Limits::default()
    }

    /// What such a consumer declares, if it is one.
    fn policy(&self, setup: &Setup) -> DeclaredPolicy {
        let _ = setup;
        DeclaredPolicy::default()
    }

    /// What such a subject is put through.
    fn kinds(&self) -> &[Kind] {
        Kind::STREAM
    }

    /// Rules that would say nothing of such a subject, though it answers what they ask.
    fn exempt(&self) -> Vec<LeftOut> {
        Vec::new()
    }
}

/// How far a crystal can be off, in parts per 10^9.
const PPB_MAX: u32 = 1_000_000;

/// What a subject can be made with. The default is everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Frames per second.
    pub rates_hz: Vec<u32>,
    /// How samples lie in memory.
    pub samples: Vec<SampleFormat>,
    /// The most channels.
    pub channels_max: u8,
    /// Packets in a buffer.
    pub packets: Vec<u32>,
    /// The fewest frames of a packet.
    pub packet_min: u64,
    /// True if the clock of the device can be off.
    pub crystal: bool,
    /// The longest time between two calls, in packets; `None` if a year costs no more than a
    /// millisecond.
    pub gap_packets_max: Option<u64>,
}

impl Limits {
    /// True if a subject can be made with `setup`.
    pub fn hold(&self, setup: &Setup) -> bool {
        let format = setup.format;
        self.rates_hz.contains(&format.rate.hertz())
            && self.samples.contains(&format.sample)
            && format.channels <= self.channels_max
            && self.packets.contains(&setup.packets)
            && setup.packet.get() >= self.packet_min
            && (setup.ppb == 0 || self.crystal && setup.ppb.unsigned_abs() <= PPB_MAX)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rates_hz: vec![
                8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400,
                192_000, 352_800, 384_000, 768_000, 44_099, 47_999,
            ],
            samples: vec![
                SampleFormat::U8,
                SampleFormat::S16,
                SampleFormat::S24,
                SampleFormat::S32,
            ],
            channels_max: 32,
            packets: vec![1, 2, 3, 4, 7, 16, 256],
            packet_min: 1,
            crystal: false,
            gap_packets_max: None,
        }
    }
}
