//! What a speaker played, as sound.

use hardware::LinkLog;
use units::{SampleFormat, SimTime, WaveFormat};

/// What one speaker played, on the device's own time line.
///
/// The first frame is that of the first instant of the run, and there are as many as the device's
/// crystal counts until its end. A frame lies where the crystal was when it began, rounded down;
/// where the device played nothing, before RUN, in PAUSE and after STOP, there is silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The endpoint's name.
    pub endpoint: String,
    /// What a frame is.
    pub format: WaveFormat,
    /// Frame after frame.
    pub bytes: Vec<u8>,
}

impl Heard {
    /// Places what `log` kept on the time line from 0 to `until` of a crystal that has counted
    /// `line` frames at some instant.
    pub(crate) fn of(
        endpoint: String,
        format: WaveFormat,
        line: impl Fn(SimTime) -> u64,
        log: &LinkLog,
        until: SimTime,
    ) -> Self {
        let frame = format.frame_bytes() as usize;
        let silent = match format.sample {
            SampleFormat::U8 => 0x80,
            _ => 0,
        };
        let total = index(line(until)) * frame;
        let mut bytes = Vec::with_capacity(total);
        let mut rest = log.samples();
        for segment in log.segments() {
            let (own, others) = rest.split_at(index(segment.frames.get()) * frame);
            rest = others;
            let at = index(line(segment.begins)) * frame;
            if bytes.len() < at {
                bytes.resize(at.min(total), silent);
            }
            let played = index(segment.begun_before(until).get()) * frame;
            bytes.extend_from_slice(&own[..played]);
        }
        bytes.resize(total, silent);
        Self {
            endpoint,
            format,
            bytes,
        }
    }

    /// What a device that mixes has mixed: it has a frame for each count of its crystal. That of
    /// the last instant is silent if the device did not come to it.
    pub(crate) fn mixed(endpoint: String, format: WaveFormat, mixed: &[u8], total: u64) -> Self {
        let mut bytes = mixed.to_vec();
        bytes.resize(index(total) * format.frame_bytes() as usize, 0);
        Self {
            endpoint,
            format,
            bytes,
        }
    }

    /// A number that stands for the sound: 16 hexadecimal digits. FNV-1a over the bytes.
    pub fn hash(&self) -> String {
        hash(&self.bytes)
    }
}

/// What one client got, as sound: everything that it got, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The client's name.
    pub client: String,
    /// What a frame is.
    pub format: WaveFormat,
    /// Frame after frame.
    pub bytes: Vec<u8>,
}

impl Recorded {
    /// A number that stands for the sound: see [`Heard::hash`].
    pub fn hash(&self) -> String {
        hash(&self.bytes)
    }
}

fn hash(bytes: &[u8]) -> String {
    let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, fold);
    format!("{hash:016x}")
}

fn index(frames: u64) -> usize {
    usize::try_from(frames).expect("what was kept fits into memory")
}
