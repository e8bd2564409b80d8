//! One packet of mix out of all running streams.

use ring::{Kind, Samples};
use units::{Frames, WaveFormat};
use vtime::{Context, Shared};

use crate::convert::{decode, encode};
use crate::endpoint::Taken;
use crate::history::{MIXED, STARVED};
use crate::limiter::Limiter;
use crate::producer::{PacketContent, Stretch};
use crate::stream::Stream;

/// Mixes packets: takes from each running stream, in the order of their creation, adds them up,
/// limits the sum and converts it to the device's format.
///
/// It makes the same takes, stretches and records whether samples are kept or not; all its memory
/// is there from the beginning, but for that of a client with more channels than any before.
#[derive(Clone, Debug)]
pub struct Mixer {
    format: WaveFormat,
    frames: Frames,
    data: Option<Data>,
    stretches: Vec<Stretch>,
    /// The mix frame that the packet begins with, once one was made.
    made: Option<u64>,
}

/// The samples of the packet in the making.
#[derive(Clone, Debug)]
struct Data {
    limiter: Option<Limiter>,
    mix: Vec<f32>,
    decoded: Vec<f32>,
    bytes: Vec<u8>,
}

/// A mixer and what it mixes: the content of the packets.
#[derive(Debug)]
pub(crate) struct Mix<'a, C> {
    pub(crate) cx: &'a C,
    pub(crate) mixer: &'a mut Mixer,
    pub(crate) streams: &'a [Shared<Stream>],
}

impl Mixer {
    /// A mixer for packets of `frames` frames of the device's `format`.
    pub fn new(format: WaveFormat, frames: Frames, samples: Samples, limiter: bool) -> Self {
        let frame_count = index(frames);
        let sample_count = frame_count * usize::from(format.channels);
        Self {
            format,
            frames,
            data: (samples == Samples::Kept).then(|| Data {
                limiter: limiter.then(|| Limiter::new(format.rate)),
                mix: vec![0.0; sample_count],
                decoded: vec![0.0; sample_count],
                bytes: vec![0; frame_count * format.frame_bytes() as usize],
            }),
            stretches: Vec::with_capacity(2),
            made: None,
        }
    }

    /// What goes to the device.
    pub const fn format(&self) -> WaveFormat {
        self.format
    }

    /// True if samples are mixed and not only counted.
    pub const fn samples(&self) -> Samples {
        if self.data.is_some() {
            Samples::Kept
        } else {
            Samples::Left
        }
    }

    /// Keeps nothing of the packet that was made last.
    pub(crate) const fn forget(&mut self) {
        self.made = None;
    }

    /// Mixes the packet of the mix frames from `content` on, which is meant for the device frames
    /// from `intended` on.
    fn mix<C: Context>(&mut self, cx: &C, streams: &[Shared<Stream>], content: u64, intended: u64) {
        if let Some(data) = &mut self.data {
            data.mix.fill(0.0);
        }
        let mut complete = self.frames;
        for (number, stream) in (0..).zip(streams) {
            let mut stream = stream.borrow_mut();
            if !stream.is_running() {
                continue;
            }
            let is_traced = stream.is_traced;
            let got = self.add(&mut stream, |done, taken| {
                if is_traced && !taken.silent {
                    let frames = taken.frames.get();
                    cx.record(&MIXED, &[number, content + done, frames, taken.content]);
                }
            });
            stream.note_take(cx.now(), got);
            if got < self.frames {
                stream.count_starvation();
                let missing = (self.frames - got).get();
                let taken = stream.buffer.taken().get();
                cx.record(&STARVED, &[number, intended + got.get(), missing, taken]);
            }
            complete = complete.min(got);
        }
        self.note(complete);
        if let Some(data) = &mut self.data {
            data.finish(self.format);
        }
    }

    /// Adds up to a packet of `stream` to the mix; how many frames there were. `note` is told what
    /// they are and how many came before them.
    fn add(&mut self, stream: &mut Stream, mut note: impl FnMut(u64, Taken<'_>)) -> Frames {
        let Stream {
            buffer,
            matrix,
            volume,
            ..
        } = stream;
        let (client, mix_channels) = (buffer.format(), usize::from(self.format.channels));
        let mut done = 0;
        let data = &mut self.data;
        buffer.take(self.frames, |taken: Taken<'_>| {
            let from = done;
            note(from as u64, taken);
            done += index(taken.frames);
            let (Some(data), Some(bytes)) = (data.as_mut(), taken.bytes) else {
                return;
            };
            let samples = index(taken.frames) * usize::from(client.channels);
            if data.decoded.len() < samples {
                data.decoded.resize(samples, 0.0);
            }
            let decoded = &mut data.decoded[..samples];
            decode(client.sample, bytes, decoded);
            let mix = &mut data.mix[from * mix_channels..done * mix_channels];
            matrix.add(decoded, volume.gain(), mix);
        })
    }

    /// Notes that the first `complete` frames are whole and the rest lacks a stream.
    fn note(&mut self, complete: Frames) {
        self.stretches.clear();
        let stretches = [
            Stretch {
                frames: complete,
                kind: Kind::Audio,
            },
            Stretch {
                frames: self.frames - complete,
                kind: Kind::EngineSilence,
            },
        ];
        self.stretches.extend(
            stretches
                .into_iter()
                .filter(|stretch| !stretch.frames.is_zero()),
        );
    }
}

impl Data {
    fn finish(&mut self, format: WaveFormat) {
        if let Some(limiter) = &mut self.limiter {
            limiter.limit(&mut self.mix, usize::from(format.channels));
        }
        encode(format.sample, &self.mix, &mut self.bytes);
    }
}

impl<C: Context> PacketContent for Mix<'_, C> {
    fn make(&mut self, content: u64, intended: u64, frames: Frames) {
        debug_assert_eq!(frames, self.mixer.frames, "the engine mixes whole packets");
        if self.mixer.made == Some(content) {
            return;
        }
        self.mixer.made = Some(content);
        self.mixer.mix(self.cx, self.streams, content, intended);
    }

    fn bytes(&self) -> Option<&[u8]> {
        self.mixer.data.as_ref().map(|data| data.bytes.as_slice())
    }

    fn stretches(&self) -> &[Stretch] {
        &self.mixer.stretches
    }
}

fn index(frames: Frames) -> usize {
    usize::try_from(frames.get()).expect("a packet fits into memory")
}

impl vtime::Fork for Mixer {
    fn fork(&self, _: &mut vtime::Forker) -> Self {
        self.clone()
    }
}
