//! What formats and signal-processing modes the HD Audio miniport offers.

use hardware::StreamFormat;
use ks::wire::{AudioBounds, DataFormat, Family, RawDataRange, WaveFormatEx};
use ks::{
    AUDIO_SIGNALPROCESSINGMODE_DEFAULT, AUDIO_SIGNALPROCESSINGMODE_RAW, EventSelector, Guid,
    KSDATAFORMAT_SUBTYPE_PCM, PinCapsChange, PortEvents,
};
use portcls::{AudioSignalProcessing, Intersection, ProposedFormats, fill_modes};
use units::{NtStatus, SampleFormat, WaveFormat};
use vtime::{Fork, Forker, Shared};

use crate::registers::StreamRegisters;

/// Rates of the link from the highest to the lowest.
const RATES: [u32; 11] = [
    192_000, 176_400, 96_000, 88_200, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 8_000,
];

/// Samples from the widest to the narrowest.
const SAMPLES: [SampleFormat; 4] = [
    SampleFormat::S32,
    SampleFormat::S24In32,
    SampleFormat::S16,
    SampleFormat::U8,
];

/// The modes of a pin that can be opened, the usual one first.
const MODES: [Guid; 2] = [
    AUDIO_SIGNALPROCESSINGMODE_DEFAULT,
    AUDIO_SIGNALPROCESSINGMODE_RAW,
];

/// The format that a device likes best. Clones are the same preference.
///
/// It changes when what is connected changes, as with a monitor that has loudspeakers.
#[derive(Clone, Debug)]
pub struct Preference(Shared<Preferred>);

#[derive(Clone, Debug)]
struct Preferred {
    format: WaveFormat,
    events: PortEvents,
}

impl Preference {
    /// Stereo at 48 kHz in 16 bits, and nobody to tell of a change yet.
    pub(crate) fn new() -> Self {
        let format = WaveFormat::new(48_000, 2, SampleFormat::S16);
        Self(Shared::new(Preferred {
            format: format.expect("two channels at a rate"),
            events: PortEvents::default(),
        }))
    }

    pub(crate) fn tell(&self, events: PortEvents) {
        self.0.borrow_mut().events = events;
    }

    /// The format.
    pub fn format(&self) -> WaveFormat {
        self.0.borrow().format
    }

    /// Likes `format` best from now on, and tells whoever wants to know it of `pin`. Streams go on
    /// as they are. Returns how many were told.
    ///
    /// # Source
    /// `audio/dynamic-format-change.md`.
    pub fn set(&self, pin: u32, format: WaveFormat) -> usize {
        self.0.borrow_mut().format = format;
        let events = self.0.borrow().events.clone();
        events.generate(EventSelector::of_pin(PinCapsChange::Format, pin))
    }
}

impl Fork for Preference {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Fork for Preferred {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            format: self.format,
            events: self.events.fork(forker),
        }
    }
}

/// What the miniport offers on its pins.
#[derive(Clone, Debug)]
pub(crate) struct Formats {
    pub(crate) registers: StreamRegisters,
    pub(crate) preference: Preference,
    /// Pins that can be opened.
    pub(crate) streaming: Vec<u32>,
    /// How many pins there are.
    pub(crate) pins: u32,
}

impl Formats {
    /// True if the link carries `format` and the FIFO can feed it.
    fn plays(&self, format: WaveFormat) -> bool {
        let sheet = self.registers.data_sheet();
        StreamFormat::of(format).is_ok_and(|link| sheet.feeds(link))
    }

    /// The best format in both ranges: the highest rate, then the most bits, then as many
    /// channels as both have, but two if the client does not care.
    ///
    /// Source: `audio/data-intersection.md`; the choice within the overlap is the driver's.
    pub(crate) fn intersection(&self, pair: Intersection<'_>) -> Result<DataFormat, NtStatus> {
        let pcm = Family::wave(KSDATAFORMAT_SUBTYPE_PCM);
        if pair.own.family != pcm {
            return Err(NtStatus::NOT_IMPLEMENTED);
        }
        if !pair.client.intersects(pair.own) {
            return Err(NtStatus::NO_MATCH);
        }
        let mut choices = RATES
            .into_iter()
            .flat_map(|hertz| SAMPLES.map(|sample| (hertz, sample)));
        let best = choices.find_map(|(hertz, sample)| {
            let channels = channels_of(pair.client, pair.own)?;
            let format = WaveFormat::new(hertz, channels, sample).ok()?;
            let lies = |range: &RawDataRange| range.bounds.is_none_or(|b| lies_in(format, b));
            (lies(pair.client) && lies(pair.own) && self.plays(format)).then_some(format)
        });
        let best = best.ok_or(NtStatus::NO_MATCH)?;
        Ok(DataFormat::of_wave(WaveFormatEx::extensible(best)))
    }

    /// Refuses a pin that is not there or has no modes.
    fn check_pin(&self, pin: u32) -> Result<(), NtStatus> {
        if pin >= self.pins {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        if self.streaming.contains(&pin) {
            Ok(())
        } else {
            Err(NtStatus::NOT_SUPPORTED)
        }
    }
}

impl AudioSignalProcessing for Formats {
    fn get_modes(&self, pin: u32, modes: Option<&mut [Guid]>) -> Result<usize, NtStatus> {
        self.check_pin(pin)?;
        fill_modes(&MODES, modes)
    }
}

impl ProposedFormats for Formats {
    fn proposed_format(&self, pin: u32, mode: Option<Guid>) -> Result<DataFormat, NtStatus> {
        self.check_pin(pin)?;
        let wave = WaveFormatEx::extensible(self.preference.format());
        let format = DataFormat::of_wave(wave);
        match mode {
            None => Ok(format),
            Some(mode) if MODES.contains(&mode) => Ok(format.in_mode(mode)),
            Some(_) => Err(NtStatus::NOT_SUPPORTED),
        }
    }

    fn formats(&self, pin: u32, mode: Guid) -> Result<Vec<DataFormat>, NtStatus> {
        self.check_pin(pin)?;
        if !MODES.contains(&mode) {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        let stereo = RATES.into_iter().flat_map(|hertz| {
            let formats = SAMPLES.map(|sample| WaveFormat::new(hertz, 2, sample));
            formats.into_iter().flatten()
        });
        let played = stereo.filter(|format| self.plays(*format));
        let formats = played.map(|format| DataFormat::of_wave(WaveFormatEx::extensible(format)));
        Ok(formats.collect())
    }

    fn takes(&self, _: u32, format: &DataFormat) -> bool {
        format.wave().is_some_and(|wave| self.plays(wave.format))
    }
}

impl Fork for Formats {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            registers: self.registers.fork(forker),
            preference: self.preference.fork(forker),
            streaming: self.streaming.clone(),
            pins: self.pins,
        }
    }
}

fn channels_of(client: &RawDataRange, own: &RawDataRange) -> Option<u8> {
    let channels = |range: &RawDataRange| range.bounds.map(|bounds| bounds.maximum_channels);
    let wanted = channels(client).filter(|channels| *channels != u32::MAX);
    u8::try_from(wanted.unwrap_or(2).min(channels(own)?)).ok()
}

fn lies_in(format: WaveFormat, bounds: AudioBounds) -> bool {
    let bits = format.sample.valid_bits();
    let hertz = format.rate.hertz();
    (bounds.minimum_bits_per_sample..=bounds.maximum_bits_per_sample).contains(&bits)
        && (bounds.minimum_sample_frequency..=bounds.maximum_sample_frequency).contains(&hertz)
        && u32::from(format.channels) <= bounds.maximum_channels
}
