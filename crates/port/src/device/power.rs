//! From D0 down and back.

use portcls::{DevicePower, ExitLatency};
use units::{Moment, NtStatus};

use super::DeviceHandle;

impl DeviceHandle {
    /// The system goes to sleep, or wakes up: takes the device to `power`. Until it is back in D0
    /// no request wakes it, and all but those that close are refused with
    /// [`NtStatus::DEVICE_NOT_READY`].
    ///
    /// # Source
    /// `portcls/nf-portcls-ipowernotify-powerchangenotify.md`.
    #[doc(alias = "IRP_MN_SET_POWER")]
    pub fn set_power(&self, now: Moment, power: DevicePower) {
        self.0.borrow_mut().asleep = power != DevicePower::D0;
        self.change_power(now, power);
    }

    /// Whether the device can go to `power`.
    ///
    /// # Errors
    /// What the adapter refuses it with.
    #[doc(alias = "IRP_MN_QUERY_POWER")]
    pub fn query_power(&self, now: Moment, power: DevicePower) -> Result<(), NtStatus> {
        let subdevice = self.0.borrow().subdevice.clone();
        let mut subdevice = subdevice.borrow_mut();
        match subdevice.miniport.adapter_power() {
            Some(adapter) => adapter.query_power_change_state(now, power),
            None => Ok(()),
        }
    }

    /// In D3, tells the adapter how long the way back may take. Elsewhere it takes no time, and
    /// nothing is told.
    pub fn set_exit_latency(&self, now: Moment, latency: ExitLatency) {
        if self.power() != DevicePower::D3 {
            return;
        }
        let subdevice = self.0.borrow().subdevice.clone();
        if let Some(adapter) = subdevice.borrow_mut().miniport.adapter_power() {
            adapter.d3_exit_latency_changed(now, latency);
        }
    }

    /// Takes the device to `power` in the order of the page: down, streams are paused, then the
    /// miniport is notified, then the adapter; up, the other way round.
    pub(super) fn change_power(&self, now: Moment, power: DevicePower) {
        let before = std::mem::replace(&mut self.0.borrow_mut().power, power);
        if power == before {
            return;
        }
        if power > before {
            for pin in self.pins() {
                pin.borrow_mut().pause_for_power(now);
            }
            self.notify(now, power);
            self.change_state(now, power);
        } else {
            self.change_state(now, power);
            self.notify(now, power);
            if power == DevicePower::D0 {
                for pin in self.pins() {
                    pin.borrow_mut().resume_from_power(now);
                }
            }
        }
    }

    fn notify(&self, now: Moment, power: DevicePower) {
        let subdevice = self.0.borrow().subdevice.clone();
        if let Some(notified) = subdevice.borrow_mut().miniport.power_notify() {
            notified.power_change_notify(now, power);
        }
    }

    fn change_state(&self, now: Moment, power: DevicePower) {
        let subdevice = self.0.borrow().subdevice.clone();
        if let Some(adapter) = subdevice.borrow_mut().miniport.adapter_power() {
            adapter.power_change_state(now, power);
        }
    }
}
