//! The device behind a filter: its power, and whether it is there.

mod idle;
mod manager;
mod pnp;
mod power;

use ks::{FilterHandle, PinConnect, PinHandle, PinRequest};
use portcls::DevicePower;
use units::{Moment, NtStatus, SimTime};
use vtime::{Context, Event, EventHandle, Fork, Forker, Reset, Shared};

use crate::pin::OpenPin;
use crate::verifier::Verifier;
use crate::wavert::Subdevice;

pub use idle::{IdleSettings, idle};
pub use manager::{DEVICE, DeviceAct, DeviceManager, manage_device};

/// The device behind a filter, as the power manager and the Plug and Play manager reach it. Clones
/// are the same device.
#[derive(Clone, Debug)]
pub struct DeviceHandle(Shared<Device>);

#[derive(Debug)]
struct Device {
    subdevice: Shared<Subdevice>,
    verifier: Verifier,
    /// Those that are open, in the order in which they were opened.
    pins: Vec<Shared<OpenPin>>,
    power: DevicePower,
    /// True if the system sleeps, so that no request wakes the device up.
    asleep: bool,
    presence: Presence,
    idle: IdleSettings,
    accessed: SimTime,
    /// Who waits for a stop to come or to be cancelled.
    waiting: Vec<EventHandle>,
}

/// Whether the device is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Present,
    /// It may have to stop soon.
    StopPending,
    /// It has stopped for a rebalance, or is gone.
    Gone,
}

impl DeviceHandle {
    pub(crate) fn new(subdevice: Shared<Subdevice>, verifier: Verifier) -> Self {
        Self(Shared::new(Device {
            subdevice,
            verifier,
            pins: Vec::new(),
            power: DevicePower::D0,
            asleep: false,
            presence: Presence::Present,
            idle: IdleSettings::default(),
            accessed: SimTime::ZERO,
            waiting: Vec::new(),
        }))
    }

    /// How much power the device has.
    pub fn power(&self) -> DevicePower {
        self.0.borrow().power
    }

    /// Who watches the calls between port and miniport.
    pub fn verifier(&self) -> Verifier {
        self.0.borrow().verifier.clone()
    }

    pub(crate) fn opened(&self, pin: Shared<OpenPin>) {
        let mut device = self.0.borrow_mut();
        device.pins.retain(|pin| !pin.borrow().is_closed());
        device.pins.push(pin);
    }

    /// The pins that are open.
    fn pins(&self) -> Vec<Shared<OpenPin>> {
        let device = self.0.borrow();
        let open = device.pins.iter().filter(|pin| !pin.borrow().is_closed());
        open.cloned().collect()
    }

    /// May a pin be made, once its device is awake?
    pub(crate) fn check_create(&self, now: Moment) -> Result<(), NtStatus> {
        match self.0.borrow().presence {
            Presence::Present => {}
            Presence::StopPending => return Err(NtStatus::PENDING),
            Presence::Gone => return Err(NtStatus::DEVICE_REMOVED),
        }
        self.awaken(now)
    }

    /// May the filter be asked something, once its device is awake?
    pub(crate) fn check_access(&self, now: Moment) -> Result<(), NtStatus> {
        if self.0.borrow().presence == Presence::Gone {
            return Err(NtStatus::DEVICE_REMOVED);
        }
        self.awaken(now)
    }

    /// May `pin` be asked this, once its device is awake?
    ///
    /// Model: on a device that is gone only what leads to the close is granted.
    pub(crate) fn check_request(
        &self,
        now: Moment,
        pin: &Shared<OpenPin>,
        request: &PinRequest,
    ) -> Result<(), NtStatus> {
        if self.0.borrow().presence == Presence::Gone {
            let leads_to_close = pin.borrow().leads_to_close(request);
            return leads_to_close.then_some(()).ok_or(NtStatus::DEVICE_REMOVED);
        }
        self.awaken(now)
    }

    /// Notes an access, and wakes the device up unless the system sleeps.
    ///
    /// Source: `audio/audio-device-class-inactivity-timer-implementation.md`.
    fn awaken(&self, now: Moment) -> Result<(), NtStatus> {
        let mut device = self.0.borrow_mut();
        device.accessed = now.time;
        let (is_awake, asleep) = (device.power == DevicePower::D0, device.asleep);
        drop(device);
        if asleep {
            return Err(NtStatus::DEVICE_NOT_READY);
        }
        if !is_awake {
            self.change_power(now, DevicePower::D0);
        }
        Ok(())
    }
}

/// Makes a pin; while a stop is pending it waits until the stop has come or was cancelled.
///
/// # Errors
/// As [`Filter::create_pin`](ks::Filter::create_pin), and [`NtStatus::DEVICE_REMOVED`] if the
/// device has gone.
///
/// # Source
/// `audio/implement-pnp-rebalance-for-portcls-audio-drivers.md`.
pub async fn create_pin<C: Context>(
    cx: &C,
    filter: &FilterHandle,
    device: &DeviceHandle,
    connect: PinConnect,
) -> Result<PinHandle, NtStatus> {
    loop {
        match filter.create_pin(cx.moment(), connect) {
            Err(NtStatus::PENDING) => {
                let settled = cx.event("stop settled", Reset::Auto);
                device.0.borrow_mut().waiting.push(settled.handle());
                settled.wait().await;
            }
            answer => return answer,
        }
    }
}

impl Fork for DeviceHandle {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Fork for Device {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            subdevice: self.subdevice.fork(forker),
            verifier: self.verifier.fork(forker),
            pins: self.pins.fork(forker),
            waiting: self.waiting.fork(forker),
            ..*self
        }
    }
}
