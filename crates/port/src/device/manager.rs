//! Power and Plug and Play by a list: what happens to a device, and when.

use std::collections::VecDeque;

use portcls::DevicePower;
use units::{Moment, NtStatus, SimTime};
use vtime::{Context, Descriptor, Field, Fork, Forker, Shared};

use super::DeviceHandle;

/// What somebody does to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceAct {
    /// The system goes to sleep, or wakes up.
    SetPower(DevicePower),
    /// The device is pulled out.
    Remove,
    /// May it be stopped for a rebalance?
    QueryStop,
    /// It is not stopped after all.
    CancelStop,
    /// It is stopped, if the question before was answered so.
    Stop,
}

/// Something was done to the device.
pub static DEVICE: Descriptor = Descriptor::new(
    "port.device",
    &[
        // 0 power, 1 removal, 2 query, 3 cancel, 4 stop.
        Field::new("act", "1"),
        // As `DEVICE_POWER_STATE` numbers it; 0 for the others.
        Field::new("power", "1"),
        // What came of it.
        Field::new("status", "NTSTATUS"),
    ],
);

/// What is to be done to a device, in order.
#[derive(Debug)]
pub struct DeviceManager {
    device: DeviceHandle,
    acts: VecDeque<(SimTime, DeviceAct)>,
    /// What the latest question came to.
    queried: Result<(), NtStatus>,
}

impl DeviceAct {
    /// Its number in a history, and the power that it is about.
    const fn words(self) -> (u64, u64) {
        match self {
            Self::SetPower(power) => (0, power.value()),
            Self::Remove => (1, 0),
            Self::QueryStop => (2, 0),
            Self::CancelStop => (3, 0),
            Self::Stop => (4, 0),
        }
    }
}

impl DeviceManager {
    /// Does `acts` to `device`, each at its time; those of one time in the order of the list.
    pub fn new(device: DeviceHandle, acts: impl IntoIterator<Item = (SimTime, DeviceAct)>) -> Self {
        let mut acts: Vec<_> = acts.into_iter().collect();
        acts.sort_by_key(|(at, _)| *at);
        Self {
            device,
            acts: acts.into(),
            queried: Ok(()),
        }
    }

    /// When there is something to do next.
    pub fn next(&self) -> Option<SimTime> {
        self.acts.front().map(|(at, _)| *at)
    }

    /// Does the next thing.
    fn act(&mut self, now: Moment) -> Option<(DeviceAct, Result<(), NtStatus>)> {
        let (_, act) = self.acts.pop_front()?;
        let device = &self.device;
        let came = match act {
            DeviceAct::SetPower(power) => {
                device.set_power(now, power);
                Ok(())
            }
            DeviceAct::Remove => {
                device.surprise_removal(now);
                Ok(())
            }
            DeviceAct::QueryStop => {
                self.queried = device.query_stop(now);
                self.queried
            }
            DeviceAct::CancelStop => {
                device.cancel_stop(now);
                Ok(())
            }
            DeviceAct::Stop => {
                if self.queried.is_ok() {
                    device.stop(now);
                }
                self.queried
            }
        };
        Some((act, came))
    }
}

impl Fork for DeviceManager {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            device: self.device.fork(forker),
            acts: self.acts.clone(),
            queried: self.queried,
        }
    }
}

/// Does everything on the list of `manager`, and writes it into the history.
pub async fn manage_device<C: Context>(cx: C, manager: Shared<DeviceManager>) {
    loop {
        let Some(next) = manager.borrow().next() else {
            return;
        };
        cx.sleep_until(next.commit()).await;
        let done = manager.borrow_mut().act(cx.moment());
        if let Some((act, came)) = done {
            let (number, power) = act.words();
            let status = came.err().unwrap_or(NtStatus::SUCCESS);
            cx.record(&DEVICE, &[number, power, status.value().into()]);
        }
    }
}

vtime::fork_by_clone!(DeviceAct);
