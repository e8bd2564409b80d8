//! What clients play, from the file and from the sounds handed in.

use units::{Frames, WaveFormat};
use vtime::Rng;

use crate::format::{Scenario, Source};
use crate::input::{Inputs, Pcm};
use crate::result::Conversion;
use crate::run::RunError;

/// What `keys` say that somebody called `name` plays, or hears, in `format`.
pub(super) fn source(
    seed: u64,
    inputs: &Inputs,
    name: &str,
    keys: &Source,
    format: WaveFormat,
) -> Result<wasapi::Source, RunError> {
    if let Some(wav) = &keys.wav {
        return input(inputs, &wav.path, format);
    }
    if let Some(sine) = &keys.sine {
        return Ok(wasapi::Source::Sine {
            frequency_millihertz: sine.frequency.millihertz(),
            level: sine.level.to_volume(),
        });
    }
    if let Some(sweep) = &keys.sweep {
        let rate = u128::from(format.rate.hertz());
        let frames = (u128::from(sweep.over.nanos()) * rate).div_ceil(1_000_000_000);
        return Ok(wasapi::Source::Sweep {
            from_millihertz: sweep.from.millihertz(),
            to_millihertz: sweep.to.millihertz(),
            over: Frames::new(u64::try_from(frames).expect("30 days of frames fit")),
            level: sweep.level.to_volume(),
        });
    }
    if let Some(noise) = &keys.noise {
        return Ok(wasapi::Source::Noise {
            key: Rng::of(seed, name, "noise").next_u64(),
            level: noise.level.to_volume(),
        });
    }
    Ok(match &keys.impulses {
        Some(impulses) => wasapi::Source::Impulses {
            every: impulses.every.to_frames(),
            level: impulses.level.to_volume(),
        },
        None => wasapi::Source::Counter,
    })
}

/// Which sounds were converted on their way in; an error if one is missing.
pub(crate) fn conversions(
    scenario: &Scenario,
    inputs: &Inputs,
) -> Result<Vec<Conversion>, RunError> {
    let mut all = Vec::new();
    for path in scenario.inputs() {
        let pcm = inputs.get(path).ok_or_else(|| RunError::MissingInput {
            path: path.to_owned(),
        })?;
        if let Some(from_hz) = pcm.converted_from_hz {
            all.push(Conversion {
                path: path.to_owned(),
                from_hz,
                to_hz: pcm.rate_hz,
            });
        }
    }
    Ok(all)
}

fn input(inputs: &Inputs, path: &str, format: WaveFormat) -> Result<wasapi::Source, RunError> {
    let Pcm {
        rate_hz,
        channels,
        samples,
        ..
    } = inputs.get(path).ok_or_else(|| RunError::MissingInput {
        path: path.to_owned(),
    })?;
    let rate = units::SampleRate::new(*rate_hz).filter(|rate| *rate == format.rate);
    let rate = rate.ok_or_else(|| RunError::InputRate {
        path: path.to_owned(),
        rate_hz: *rate_hz,
        needed_hz: format.rate.hertz(),
    })?;
    Ok(wasapi::Source::Pcm(wasapi::Pcm {
        samples: samples.clone(),
        channels: *channels,
        rate,
    }))
}
