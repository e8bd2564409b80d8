//! The sounds that shipped scenarios name, decoded as far as our own files need it.

#![expect(clippy::float_arithmetic, reason = "samples are floats")]

use std::collections::BTreeMap;
use std::sync::Arc;

use scenario::{Inputs, Pcm, Scenario, shipped_sounds};

/// The sounds that `scenario` names.
pub(crate) fn of(scenario: &Scenario) -> Inputs {
    let mut inputs: Inputs = BTreeMap::new();
    for path in scenario.inputs() {
        let sound = shipped_sounds().iter().find(|sound| sound.path == path);
        inputs.insert(path.to_owned(), decode(sound.unwrap().bytes));
    }
    inputs
}

/// A WAV file of 16-bit PCM.
fn decode(bytes: &[u8]) -> Pcm {
    assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
    let (mut at, mut format) = (12, None);
    loop {
        let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        let body = &bytes[at + 8..at + 8 + length];
        match &bytes[at..at + 4] {
            b"fmt " => {
                assert_eq!((body[0], body[14]), (1, 16), "16-bit PCM");
                let rate_hz = u32::from_le_bytes(body[4..8].try_into().unwrap());
                format = Some((rate_hz, body[2]));
            }
            b"data" => {
                let (rate_hz, channels) = format.unwrap();
                let samples = body
                    .chunks_exact(2)
                    .map(|sample| f32::from(i16::from_le_bytes([sample[0], sample[1]])) / 32_768.0);
                let samples: Arc<[f32]> = samples.collect();
                return Pcm {
                    rate_hz,
                    channels,
                    samples,
                    converted_from_hz: None,
                };
            }
            _ => {}
        }
        at += 8 + length + length % 2;
    }
}
