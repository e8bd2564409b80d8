//! A device that goes, or has to make room.

use portcls::RebalanceType;
use units::{Moment, NtStatus};

use super::{DeviceHandle, Presence};

impl DeviceHandle {
    /// Somebody pulls the device out. Its driver lets go of the hardware at once; buffers and
    /// handles live on, and requests are refused with [`NtStatus::DEVICE_REMOVED`].
    ///
    /// # Source
    /// `audio/managing-memory-buffers-rebalance.md`.
    #[doc(alias = "IRP_MN_SURPRISE_REMOVAL")]
    pub fn surprise_removal(&self, now: Moment) {
        let before = std::mem::replace(&mut self.0.borrow_mut().presence, Presence::Gone);
        if before == Presence::Gone {
            return;
        }
        let subdevice = self.0.borrow().subdevice.clone();
        if let Some(notified) = subdevice.borrow_mut().miniport.pnp_notify() {
            notified.surprise_removal(now);
        }
        self.settle();
    }

    /// May the device be stopped for a rebalance? If so, no pin is made until it has come to that
    /// or was cancelled.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] if the adapter does not take part; [`NtStatus::UNSUCCESSFUL`] if
    /// a stream is open whose client reads a register, for lack of packets;
    /// [`NtStatus::DEVICE_REMOVED`].
    ///
    /// # Source
    /// `audio/implement-pnp-rebalance-for-portcls-audio-drivers.md`.
    #[doc(alias = "IRP_MN_QUERY_STOP_DEVICE")]
    pub fn query_stop(&self, now: Moment) -> Result<(), NtStatus> {
        if self.0.borrow().presence == Presence::Gone {
            return Err(NtStatus::DEVICE_REMOVED);
        }
        let subdevice = self.0.borrow().subdevice.clone();
        let kind = subdevice
            .borrow_mut()
            .miniport
            .adapter_pnp()
            .map_or(RebalanceType::NotSupported, |adapter| {
                adapter.supported_rebalance_type()
            });
        if kind == RebalanceType::NotSupported {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        let pins = self.pins();
        if pins
            .iter()
            .any(|pin| !pin.borrow_mut().survives_rebalance(now))
        {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        if let Some(adapter) = subdevice.borrow_mut().miniport.adapter_pnp() {
            adapter.pnp_query_stop(now);
        }
        self.0.borrow_mut().presence = Presence::StopPending;
        Ok(())
    }

    /// The stop does not come. Pins that waited are made. Without a query before it changes
    /// nothing.
    ///
    /// # Source
    /// `portcls/nf-portcls-iadapterpnpmanagement-pnpcancelstop.md`.
    #[doc(alias = "IRP_MN_CANCEL_STOP_DEVICE")]
    pub fn cancel_stop(&self, now: Moment) {
        let subdevice = self.0.borrow().subdevice.clone();
        if let Some(adapter) = subdevice.borrow_mut().miniport.adapter_pnp() {
            adapter.pnp_cancel_stop(now);
        }
        let mut device = self.0.borrow_mut();
        if device.presence == Presence::StopPending {
            device.presence = Presence::Present;
        }
        drop(device);
        self.settle();
    }

    /// The device stops for a rebalance, and its filter goes: streams go to Stop and stay there,
    /// pins that waited are refused.
    ///
    /// # Source
    /// `audio/implement-pnp-rebalance-for-portcls-audio-drivers.md` for the order.
    #[doc(alias = "IRP_MN_STOP_DEVICE")]
    pub fn stop(&self, now: Moment) {
        let before = std::mem::replace(&mut self.0.borrow_mut().presence, Presence::Gone);
        if before == Presence::Gone {
            return;
        }
        let subdevice = self.0.borrow().subdevice.clone();
        if let Some(notified) = subdevice.borrow_mut().miniport.pnp_notify() {
            notified.pnp_stop(now);
        }
        for pin in self.pins() {
            pin.borrow_mut().stop_for_rebalance(now);
        }
        if let Some(adapter) = subdevice.borrow_mut().miniport.adapter_pnp() {
            adapter.pnp_stop(now);
        }
        self.settle();
    }

    /// Tells everybody who waits.
    fn settle(&self) {
        let waiting = std::mem::take(&mut self.0.borrow_mut().waiting);
        for event in waiting {
            event.set(0);
        }
    }
}
