//! Data intersection: one format out of a client's ranges and a pin's.

use ks::KSDATAFORMAT_SUBTYPE_PCM;
use ks::wire::{AudioBounds, DataFormat, Family, RawDataRange, WaveFormatEx};
use portcls::Intersection;
use units::{NtStatus, SampleFormat, WaveFormat};

/// The format of the first pair of ranges that has one: the client's ranges in their order, and
/// for each of them the pin's in theirs.
///
/// `ask` is the miniport; where it does not care, the default handler decides about that pair.
///
/// Source: `audio/data-intersection.md`, `audio/pin-data-range-and-intersection-properties.md`.
pub(crate) fn intersect(
    pin: u32,
    client: &[RawDataRange],
    own: &[RawDataRange],
    ask: impl Fn(Intersection<'_>) -> Result<DataFormat, NtStatus>,
) -> Result<DataFormat, NtStatus> {
    for client in client {
        for own in own {
            let pair = Intersection { pin, client, own };
            let answer = match ask(pair) {
                Err(NtStatus::NOT_IMPLEMENTED) => by_default(pair),
                answer => answer,
            };
            if answer != Err(NtStatus::NO_MATCH) {
                return answer;
            }
        }
    }
    Err(NtStatus::NO_MATCH)
}

/// The default handler: PCM, at most two channels, always in the short form; the highest rate, the
/// most bits, two channels rather than one.
///
/// Source: `audio/default-data-intersection-handlers.md`.
fn by_default(pair: Intersection<'_>) -> Result<DataFormat, NtStatus> {
    let Intersection { client, own, .. } = pair;
    let is_pcm = own.family == Family::wave(KSDATAFORMAT_SUBTYPE_PCM);
    if !is_pcm || !client.intersects(own) {
        return Err(NtStatus::NO_MATCH);
    }
    let (client, own) = (bounds(client), bounds(own));
    let channels = client.maximum_channels.min(own.maximum_channels).min(2);
    let channels = u8::try_from(channels).map_err(|_| NtStatus::NO_MATCH)?;
    let bits_min = client
        .minimum_bits_per_sample
        .max(own.minimum_bits_per_sample);
    let bits_max = client
        .maximum_bits_per_sample
        .min(own.maximum_bits_per_sample);
    let bits = [32, 24, 16, 8].into_iter();
    let mut bits = bits.filter(|bits| (bits_min..=bits_max).contains(bits));
    let sample = match bits.next() {
        Some(32) => SampleFormat::S32,
        Some(24) => SampleFormat::S24,
        Some(16) => SampleFormat::S16,
        Some(8) => SampleFormat::U8,
        _ => return Err(NtStatus::NO_MATCH),
    };
    let hertz = client
        .maximum_sample_frequency
        .min(own.maximum_sample_frequency);
    let format = WaveFormat::new(hertz, channels, sample).map_err(|_| NtStatus::NO_MATCH)?;
    Ok(DataFormat::of_wave(WaveFormatEx::short(format)))
}

/// The bounds of a range; one without bounds has none.
fn bounds(range: &RawDataRange) -> AudioBounds {
    range.bounds.unwrap_or(AudioBounds {
        maximum_channels: u32::MAX,
        minimum_bits_per_sample: 0,
        maximum_bits_per_sample: u32::MAX,
        minimum_sample_frequency: 0,
        maximum_sample_frequency: u32::MAX,
    })
}
