//! The sounds that a scenario plays: found, decoded, brought to the device's rate.

use crate::refusal::Refusal;
use crate::resample;
use crate::source::Folder;
use crate::wav::Wave;
use scenario::{Inputs, Pcm, Scenario};
use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// No input file is longer than a WAV file can be.
const BYTES_MAX: u64 = u32::MAX as u64 + 8;

/// Makes `file` what the scenario's first client plays.
///
/// # Errors
/// [`Refusal`], if there is no client.
pub fn play_instead(scenario: &mut Scenario, label: &str, file: &Path) -> Result<(), Refusal> {
    let Some(first) = scenario.clients.first_mut() else {
        let message = "the scenario has no client that could play the --input file";
        return Err(Refusal::new(label, message, "add a [[client]] table"));
    };
    let wav = scenario::Wav {
        path: file.to_string_lossy().into_owned(),
    };
    first.source = scenario::Source {
        wav: Some(wav),
        ..scenario::Source::default()
    };
    Ok(())
}

/// Everything that the scenario plays from files, decoded and converted to the device's rate.
///
/// Names are looked up beside the scenario; `given`, the user's own file, is where it says.
///
/// # Errors
/// [`Refusal`] about the first file that cannot be played.
pub fn load(scenario: &Scenario, folder: &Folder, given: Option<&Path>) -> Result<Inputs, Refusal> {
    let mut inputs = Inputs::new();
    for name in scenario.inputs() {
        let bytes = match (given, folder) {
            (Some(given), _) if given.to_string_lossy() == name => read(given)?,
            (_, Folder::Disk(folder)) => read(&folder.join(name))?,
            (_, Folder::Shipped) => shipped(name)?,
        };
        inputs.insert(name.to_owned(), decode(name, &bytes, scenario)?);
    }
    Ok(inputs)
}

fn decode(name: &str, bytes: &[u8], scenario: &Scenario) -> Result<Pcm, Refusal> {
    let wave = Wave::decode(bytes)
        .map_err(|error| Refusal::new(name, error.to_string(), error.remedy()))?;
    let rate_hz = scenario.device.format.rate.hertz();
    let from_hz = wave.header.rate_hz;
    let channels = wave.header.channels;
    let samples = if from_hz == rate_hz {
        wave.samples
    } else {
        resample::convert(
            &wave.samples,
            channels.into(),
            (from_hz, rate_hz),
            frames_of(scenario),
        )
        .map_err(|error| {
            let message = format!("cannot be converted from {from_hz} Hz to {rate_hz} Hz: {error}");
            Refusal::new(name, message, format!("export the file at {rate_hz} Hz"))
        })?
    };
    Ok(Pcm {
        rate_hz,
        channels: u8::try_from(channels).expect("at most 8"),
        samples: samples.into(),
        converted_from_hz: (from_hz != rate_hz).then_some(from_hz),
    })
}

/// How many frames the run can play at most.
fn frames_of(scenario: &Scenario) -> u64 {
    let frames = u128::from(scenario.duration.nanos())
        * u128::from(scenario.device.format.rate.hertz())
        / 1_000_000_000;
    // What is queued or on its way at the end has been asked for, too.
    u64::try_from(frames)
        .unwrap_or(u64::MAX)
        .saturating_add(1 << 16)
}

fn read(path: &Path) -> Result<Cow<'static, [u8]>, Refusal> {
    let refuse = |message: String, help: &str| Refusal::new(&path.to_string_lossy(), message, help);
    let unreadable = |error: std::io::Error| {
        refuse(
            format!("cannot be read: {error}"),
            "check the path, and that you may read it",
        )
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length > BYTES_MAX {
        return Err(refuse(
            format!("{length} bytes are more than a WAV file can have"),
            "cut it",
        ));
    }
    let mut bytes = Vec::new();
    file.by_ref()
        .take(Wave::HEAD_BYTES)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    // What does not begin as a WAV file does, a film or /dev/zero, is not read any further.
    if Wave::begins(&bytes) {
        file.take(BYTES_MAX)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
    }
    Ok(Cow::Owned(bytes))
}

fn shipped(name: &str) -> Result<Cow<'static, [u8]>, Refusal> {
    let found = scenario::shipped_sounds()
        .iter()
        .find(|sound| sound.path == name);
    found
        .map(|sound| Cow::Borrowed(sound.bytes))
        .ok_or_else(|| {
            let help = "run the scenario's file instead of its name";
            Refusal::new(name, "this sound is not in the binary", help)
        })
}
