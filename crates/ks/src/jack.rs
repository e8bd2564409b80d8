//! Jacks: what socket a bridge pin stands for, and whether something is plugged in.

use units::{Moment, NtStatus};

use crate::automation::{Access, PropertyItem, Verb};
use crate::filter::FilterHandle;
use crate::guid::KSPROPSETID_JACK;
use crate::query::{AutomationRequest, FilterReply, FilterRequest};
use crate::wire::{KsJackDescription, KsMultipleItem, KspPin, Reader, Wire, Writer, size};

/// The property that describes the jacks of a bridge pin.
///
/// # Source
/// `audio/ksproperty-jack-description.md`.
pub const JACK_DESCRIPTION: PropertyItem = PropertyItem::new(
    KSPROPSETID_JACK,
    1,
    "KSPROPERTY_JACK_DESCRIPTION",
    Access::GET,
    KsMultipleItem::SIZE,
)
.asked_with(KspPin::SIZE);

/// The descriptions of the jacks of one pin as bytes.
pub fn jacks_to_bytes(jacks: &[KsJackDescription]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.put(&KsMultipleItem {
        size: size(KsMultipleItem::SIZE + jacks.len() * KsJackDescription::SIZE),
        count: size(jacks.len()),
    });
    for jack in jacks {
        writer.put(jack);
    }
    writer.finish()
}

/// Reads what [`jacks_to_bytes`] writes.
///
/// # Errors
/// [`NtStatus::INVALID_PARAMETER`] if the bytes end too early.
pub fn parse_jacks(bytes: &[u8]) -> Result<Vec<KsJackDescription>, NtStatus> {
    let mut reader = Reader::new("KSMULTIPLE_ITEM of KSJACK_DESCRIPTION", bytes);
    let head = KsMultipleItem::get(&mut reader)?;
    let mut jacks = Vec::new();
    for _ in 0..head.count {
        jacks.push(KsJackDescription::get(&mut reader)?);
    }
    Ok(jacks)
}

/// Whether something is plugged in at bridge pin `pin`; nothing known is a yes.
pub(crate) fn is_connected(
    now: Moment,
    filter: &FilterHandle,
    item: PropertyItem,
    pin: u32,
) -> Result<bool, NtStatus> {
    let mut instance = Writer::new();
    instance.put(&pin);
    instance.put(&0_u32);
    let request = AutomationRequest {
        item,
        verb: Verb::Get,
        node: None,
        pin: None,
        instance: instance.finish(),
        value: Vec::new(),
    };
    match filter.query(now, FilterRequest::Automation(request))? {
        FilterReply::Value(value) => {
            let jacks = parse_jacks(&value)?;
            Ok(jacks.is_empty() || jacks.iter().any(|jack| jack.is_connected != 0))
        }
        _ => Ok(true),
    }
}
