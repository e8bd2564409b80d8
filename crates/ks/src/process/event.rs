//! Events of pin factories, enabled and disabled as bytes.

use units::NtStatus;

use super::Process;
use crate::event::Listener;
use crate::filter::FilterHandle;
use crate::wire::{KsEventData, KsIdentifier, KsePin};

/// To be told from now on.
const ENABLE: u32 = 0x1;
/// To know whether the set is known.
const SET_SUPPORT: u32 = 0x100;
/// To know whether the event can be enabled.
const BASIC_SUPPORT: u32 = 0x200;
/// The client is told by an event object.
const EVENT_HANDLE: u32 = 0x1;

impl Process {
    /// Enables an event of a pin factory, or says whether it could be enabled.
    ///
    /// Source: `ks/ns-ks-ksevent_item.md`, `audio/ksevent-pincaps-formatchange.md`.
    pub(super) fn enable_event(
        &self,
        filter: Option<&FilterHandle>,
        input: &[u8],
        data: &[u8],
    ) -> Result<(), NtStatus> {
        let filter = filter.ok_or(NtStatus::INVALID_HANDLE)?;
        let request = KsePin::parse(input)?;
        let KsIdentifier { set, id, flags } = request.event;
        let pin = Some(request.pin);
        if flags == SET_SUPPORT || flags == BASIC_SUPPORT {
            return filter.check_event(set, id, pin);
        }
        if flags != ENABLE {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        let data = KsEventData::parse(data)?;
        if data.notification_type != EVENT_HANDLE {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        filter.enable_event(Listener {
            set,
            id,
            pin,
            node: None,
            event: self.event(data.event)?,
        })
    }

    /// Disables what was enabled with this event object.
    pub(super) fn disable_event(
        &self,
        filter: Option<&FilterHandle>,
        input: &[u8],
    ) -> Result<(), NtStatus> {
        let filter = filter.ok_or(NtStatus::INVALID_HANDLE)?;
        let data = KsEventData::parse(input)?;
        filter.disable_event(&self.event(data.event)?)
    }
}
