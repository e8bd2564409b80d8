//! What is asked of a built-in audio engine by way of its filter.

use ks::{EngineNodeReply, EngineNodeRequest};
use portcls::AudioEngineNode;
use units::{Moment, NtStatus};

/// Has `node` answer `request`, in kind.
///
/// Source: `audio/ksproperty-audioengine.md`, and the page of each property.
pub(crate) fn ask_engine_node(
    now: Moment,
    node: &mut dyn AudioEngineNode,
    request: EngineNodeRequest,
) -> Result<EngineNodeReply, NtStatus> {
    match request {
        EngineNodeRequest::GetGfxEnable => Ok(EngineNodeReply::Switch(node.gfx_enabled())),
        EngineNodeRequest::SetGfxEnable(enable) => {
            node.set_gfx_enabled(now, enable);
            Ok(EngineNodeReply::Done)
        }
        EngineNodeRequest::GetDeviceVolume => {
            Ok(EngineNodeReply::VolumeLevel(node.device_volume()))
        }
        EngineNodeRequest::SetDeviceVolume(level) => {
            node.set_device_volume(now, level)?;
            Ok(EngineNodeReply::Done)
        }
        EngineNodeRequest::GetDeviceMute => Ok(EngineNodeReply::Switch(node.device_muted())),
        EngineNodeRequest::SetDeviceMute(muted) => {
            node.set_device_muted(now, muted)?;
            Ok(EngineNodeReply::Done)
        }
        EngineNodeRequest::MixFormat => Ok(EngineNodeReply::Format(node.mix_format())),
        EngineNodeRequest::GetDeviceFormat => Ok(EngineNodeReply::Format(node.device_format())),
        EngineNodeRequest::SetDeviceFormat(format) => {
            node.set_device_format(now, format)?;
            Ok(EngineNodeReply::Done)
        }
        EngineNodeRequest::SupportedDeviceFormats => {
            Ok(EngineNodeReply::Formats(node.supported_device_formats()))
        }
        EngineNodeRequest::Descriptor => Ok(EngineNodeReply::Descriptor(node.descriptor())),
        EngineNodeRequest::BufferSizeRange(format) => {
            let range = node.buffer_size_range(now, format)?;
            Ok(EngineNodeReply::BufferSizeRange(range))
        }
    }
}
