//! Requests to the node of a built-in audio engine by way of its filter.

use units::{Moment, NtStatus, WaveFormat};

use super::property::Request;
use crate::audio_engine::{EngineNodeReply, EngineNodeRequest};
use crate::automation::Verb;
use crate::filter::FilterHandle;
use crate::wire::{
    DataFormat, KsAudioEngineBufferSizeRange, KsAudioEngineDescriptor, KsMultipleItem, KspNode,
    Wire, Writer, size,
};

impl Request<'_> {
    /// Has the node answer.
    ///
    /// Source: `audio/ksproperty-audioengine.md` and the page of each property.
    pub(super) fn engine_node(
        &self,
        now: Moment,
        filter: &FilterHandle,
    ) -> Result<Vec<u8>, NtStatus> {
        let request = match (self.item.id, self.verb) {
            (1, Verb::Set) => {
                let enable = u32::read("KSPROPERTY_AUDIOENGINE_GFXENABLE", self.value)?;
                EngineNodeRequest::SetGfxEnable(enable != 0)
            }
            (1, _) => EngineNodeRequest::GetGfxEnable,
            (2, _) => EngineNodeRequest::MixFormat,
            (4, Verb::Set) => EngineNodeRequest::SetDeviceFormat(wave_of(self.value)?),
            (4, _) => EngineNodeRequest::GetDeviceFormat,
            (5, _) => EngineNodeRequest::SupportedDeviceFormats,
            (6, _) => EngineNodeRequest::Descriptor,
            (7, _) => EngineNodeRequest::BufferSizeRange(wave_of(&self.input[KspNode::SIZE..])?),
            _ => return Err(NtStatus::NOT_FOUND),
        };
        Ok(encode(filter.engine_node(now, request)?))
    }
}

pub(super) fn wave_of(bytes: &[u8]) -> Result<WaveFormat, NtStatus> {
    let wave = DataFormat::parse(bytes)?.wave();
    Ok(wave.ok_or(NtStatus::NO_MATCH)?.format)
}

fn encode(reply: EngineNodeReply) -> Vec<u8> {
    match reply {
        EngineNodeReply::Done => Vec::new(),
        EngineNodeReply::Switch(on) => u32::from(on).to_bytes(),
        EngineNodeReply::VolumeLevel(level) => level.get().to_le_bytes().to_vec(),
        EngineNodeReply::Format(format) => DataFormat::of(format).to_bytes(),
        EngineNodeReply::Formats(formats) => formats_one_by_one(&formats),
        EngineNodeReply::Descriptor(pins) => KsAudioEngineDescriptor {
            host_pin_id: pins.host,
            offload_pin_id: pins.offload,
            loopback_pin_id: pins.loopback,
        }
        .to_bytes(),
        EngineNodeReply::BufferSizeRange(range) => KsAudioEngineBufferSizeRange {
            min_buffer_bytes: size(bytes(range.min)),
            max_buffer_bytes: size(bytes(range.max)),
        }
        .to_bytes(),
    }
}

/// Formats behind a head, each at eight bytes.
///
/// Source: `audio/ksproperty-audioengine-supporteddeviceformats.md`.
fn formats_one_by_one(formats: &[WaveFormat]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.put(&KsMultipleItem {
        size: 0,
        count: size(formats.len()),
    });
    for format in formats {
        writer.bytes(&DataFormat::of(*format).to_bytes());
        writer.align_from(0, 8);
    }
    writer.patch(0, size(writer.at()));
    writer.finish()
}

fn bytes(count: units::Bytes) -> usize {
    usize::try_from(count.get()).unwrap_or(usize::MAX)
}
