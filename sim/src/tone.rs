//! `wavert tone`: what a capture stream of the sample driver records, as a WAV file.

use crate::args::{ToneArguments, ToneSamples};
use crate::exit::Status;
use crate::heard::write_wav;
use crate::refusal::Refusal;
use crate::terminal::say;
use miniport::virtual_audio::{Defects, Tone, ToneOptions};
use std::fs::File;
use std::io::BufWriter;
use units::{SampleFormat, WaveFormat};

/// Writes the tone that the arguments describe.
pub fn run(arguments: &ToneArguments) -> Status {
    match write(arguments) {
        Ok(()) => Status::Met,
        Err(refusal) => {
            say(&refusal.draw());
            Status::Refused
        }
    }
}

fn write(arguments: &ToneArguments) -> Result<(), Refusal> {
    let sample = match arguments.samples {
        ToneSamples::U8 => SampleFormat::U8,
        ToneSamples::S16 => SampleFormat::S16,
        ToneSamples::S24 => SampleFormat::S24,
        ToneSamples::S32 => SampleFormat::S32,
    };
    let format = WaveFormat::new(arguments.rate, arguments.channels, sample);
    let format = format.map_err(|error| {
        let help = "choose a rate and a number of channels that a stream can have";
        Refusal::new("wavert tone", error.to_string(), help)
    })?;
    let defects = if arguments.defects {
        Defects::Kept
    } else {
        Defects::Mended
    };
    let options = ToneOptions {
        hertz: arguments.frequency,
        defects,
        ..ToneOptions::default()
    };
    let mut tone = Tone::new(format, options).expect("PCM at half of full scale");
    let frame = format.frame_bytes() as usize;
    let mut bytes = vec![0; frame * arguments.frames as usize];
    tone.generate(&mut bytes);
    let written = File::create(&arguments.file)
        .map(BufWriter::new)
        .and_then(|file| write_wav(format, &bytes, file));
    written.map_err(|error| {
        let name = arguments.file.display().to_string();
        let help = "choose a file that you may write to, of up to 4 GiB";
        Refusal::new(&name, format!("cannot be written: {error}"), help)
    })
}
