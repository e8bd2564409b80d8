//! What the system does to the device: power, removal, rebalance. And who watches its driver.

use std::fmt::Debug;

use miniport::OffloadMiniport;
use port::{DeviceAct, DeviceHandle, DeviceManager, Witness, manage_device};
use portcls::DevicePower;
use units::SimTime;
use vtime::{Context, Descriptor, Fork, Forker, Host, Shared};

use super::SYSTEM;
use crate::format::{Action, Scenario, State};

/// The power manager and the Plug and Play manager, if they have anything to do.
#[derive(Debug)]
pub(crate) struct System(Option<Shared<DeviceManager>>);

impl System {
    pub(crate) fn new(
        world: &mut impl Host,
        scenario: &Scenario,
        device: Option<&DeviceHandle>,
    ) -> Self {
        let acts: Vec<_> = scenario
            .actions
            .iter()
            .flat_map(Action::to_device)
            .collect();
        let Some(device) = device.filter(|_| !acts.is_empty()) else {
            return Self(None);
        };
        world.actor(SYSTEM);
        let manager = DeviceManager::new(device.clone(), acts);
        Self(Some(Shared::new(manager)))
    }

    pub(crate) fn spawn(&self, world: &mut impl Host) {
        if let Some(manager) = &self.0 {
            let cx = world.actor(SYSTEM);
            let manage = manage_device(cx.clone(), manager.clone());
            world.serve(&cx, manage);
        }
    }
}

impl Fork for System {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Action {
    /// What the system does to the device, and when.
    fn to_device(&self) -> Vec<(SimTime, DeviceAct)> {
        let mut acts = Vec::new();
        if let Some(power) = &self.power {
            let state = match power.state {
                State::D0 => DevicePower::D0,
                State::D1 => DevicePower::D1,
                State::D2 => DevicePower::D2,
                State::D3 => DevicePower::D3,
            };
            acts.push((power.at.to_instant(), DeviceAct::SetPower(state)));
        }
        if let Some(remove) = &self.remove {
            acts.push((remove.at.to_instant(), DeviceAct::Remove));
        }
        if let Some(rebalance) = &self.rebalance {
            acts.push((rebalance.at.to_instant(), DeviceAct::QueryStop));
            let ends = [
                (rebalance.cancel_at, DeviceAct::CancelStop),
                (rebalance.stop_at, DeviceAct::Stop),
            ];
            let ends = ends.into_iter().filter_map(|(at, act)| Some((at?, act)));
            acts.extend(ends.map(|(at, act)| (at.to_instant(), act)));
        }
        acts
    }
}

/// Writes what the port's verifier finds into the history, in the name of the device.
#[derive(Debug)]
pub(super) struct Recorder<C> {
    pub(super) device: C,
    /// In whose names streams that go past the software engine tell something.
    pub(super) streams: Vec<C>,
}

impl<C: Context + Fork + Debug> Witness for Recorder<C> {
    fn record(&self, what: &'static Descriptor, words: &[u64]) {
        self.device.record(what, words);
    }

    fn of_stream(&self, pin: u32, number: u32) -> Option<Box<dyn Witness>> {
        let is_offloaded = pin == OffloadMiniport::OFFLOAD_PIN;
        let stream = self.streams.get(number as usize).filter(|_| is_offloaded)?;
        Some(Box::new(Self {
            device: stream.clone(),
            streams: Vec::new(),
        }))
    }

    fn fork_witness(&self, forker: &mut Forker) -> Box<dyn Witness> {
        Box::new(Self {
            device: self.device.fork(forker),
            streams: self.streams.fork(forker),
        })
    }
}
