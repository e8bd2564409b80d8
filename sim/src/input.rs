//! The sounds that a scenario plays: found, decoded, brought to the device's rate.

mod reach;

use crate::refusal::Refusal;
use crate::resample;
use crate::source::Folder;
use crate::wav::{Header, ReadError, Wave};
use scenario::{Inputs, Pcm, Scenario};
use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::Path;

/// No input file is longer than a WAV file can be.
const BYTES_MAX: u64 = u32::MAX as u64 + 8;
/// What comes through a pipe has to be kept, and says nowhere how long it is.
const PIPED_BYTES_MAX: u64 = 1 << 28;

/// Makes `file` what the scenario's first client plays, or what the microphone hears if that client
/// records.
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
    let source = scenario::Source {
        wav: Some(wav),
        ..scenario::Source::default()
    };
    match &mut scenario.microphone {
        Some(microphone) if first.mode.records() => microphone.source = source,
        _ => first.source = source,
    }
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
        let wave = match (given, folder) {
            (Some(given), _) if given.to_string_lossy() == name => read(given, name, scenario)?,
            (_, Folder::Disk(folder)) => read(&folder.join(name), name, scenario)?,
            (_, Folder::Shipped) => shipped(name, scenario)?,
        };
        inputs.insert(name.to_owned(), at_the_rate(name, wave, scenario)?);
    }
    Ok(inputs)
}

/// The rate of whoever plays the sound `name`, or hears it.
fn rate_of(name: &str, scenario: &Scenario) -> u32 {
    let is_it = |source: &scenario::Source| source.wav.as_ref().is_some_and(|wav| wav.path == name);
    let is_played = scenario.clients.iter().any(|client| is_it(&client.source));
    let heard = scenario.microphone.as_ref().filter(|_| !is_played);
    let format = heard.map_or(scenario.device.format, |microphone| microphone.format);
    format.rate.hertz()
}

/// Brings a sound to the rate of the device.
fn at_the_rate(name: &str, wave: Wave, scenario: &Scenario) -> Result<Pcm, Refusal> {
    let rate_hz = rate_of(name, scenario);
    let from_hz = wave.header.rate_hz;
    let channels = wave.header.channels;
    let samples = if from_hz == rate_hz {
        wave.samples
    } else {
        resample::convert(
            &wave.samples,
            channels.into(),
            (from_hz, rate_hz),
            reach::frames_of(scenario),
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

/// How many frames of a file the run can play at most.
fn frames_of_file(header: Header, name: &str, scenario: &Scenario) -> u64 {
    let rate_hz = rate_of(name, scenario);
    let frames = reach::frames_of(scenario);
    if header.rate_hz == rate_hz {
        frames
    } else {
        resample::reach(frames, (header.rate_hz, rate_hz))
    }
}

/// Reads the file at `path`, which the scenario calls `given`.
fn read(path: &Path, given: &str, scenario: &Scenario) -> Result<Wave, Refusal> {
    let name = path.to_string_lossy();
    let refuse = |error: ReadError| Refusal::new(&name, error.to_string(), error.remedy());
    let unreadable = |error: std::io::Error| refuse(error.into());
    let file = File::open(path).map_err(unreadable)?;
    let about = file.metadata().map_err(unreadable)?;
    let frames = |header| frames_of_file(header, given, scenario);
    if about.is_file() {
        let length = about.len();
        if length > BYTES_MAX {
            let message = format!("{length} bytes are more than a WAV file can have");
            return Err(Refusal::new(&name, message, "cut it"));
        }
        return Wave::read(file, length, frames).map_err(refuse);
    }
    let mut bytes = Vec::new();
    let mut head = (&file).take(Wave::HEAD_BYTES);
    head.read_to_end(&mut bytes).map_err(unreadable)?;
    // What does not begin as a WAV file does, /dev/zero, is not read any further.
    if Wave::begins(&bytes) {
        let mut rest = file.take(PIPED_BYTES_MAX);
        rest.read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if bytes.len() as u64 > PIPED_BYTES_MAX {
        let message = format!(
            "more than {} MiB came through the pipe",
            PIPED_BYTES_MAX >> 20
        );
        return Err(Refusal::new(&name, message, "make a file of it first"));
    }
    let length = bytes.len() as u64;
    Wave::read(Cursor::new(bytes), length, frames).map_err(refuse)
}

fn shipped(name: &str, scenario: &Scenario) -> Result<Wave, Refusal> {
    let found = scenario::shipped_sounds()
        .iter()
        .find(|sound| sound.path == name);
    let sound = found.ok_or_else(|| {
        let help = "run the scenario's file instead of its name";
        Refusal::new(name, "this sound is not in the binary", help)
    })?;
    let (file, length) = (Cursor::new(sound.bytes), sound.bytes.len() as u64);
    Wave::read(file, length, |header| {
        frames_of_file(header, name, scenario)
    })
    .map_err(|error| Refusal::new(name, error.to_string(), error.remedy()))
}
