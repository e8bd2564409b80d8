//! A stream of an HD Audio controller, and the driver that it may share with another one.

use std::rc::Rc;

use hardware::{Bus, Controller, ControllerConfig, CrystalWalk, Shown, StreamConfig};
use miniport::{HdAudioAdapter, HdAudioMiniport};
use port::Memory;
use ring::Samples;
use units::SimTime;
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::format::{Device, Microphone};
use crate::quantity::Drift;

/// A stream of a controller, with the driver and the memory that all streams there have in common.
#[derive(Debug)]
pub(super) struct OnController {
    pub(super) controller: Shared<Controller>,
    pub(super) adapter: HdAudioAdapter,
    pub(super) memory: Shared<Memory>,
    /// Number of its descriptor.
    pub(super) stream: u32,
}

/// What a controller is built with beside its streams.
#[derive(Debug)]
pub(super) struct Build {
    pub(super) samples: Samples,
    pub(super) doorbell: EventHandle,
    /// What jitter and wander depend on.
    pub(super) seed: u64,
}

impl Build {
    /// The walk of a crystal that strays by `wander`.
    fn walk(wander: Option<Drift>, seed: u64) -> Option<CrystalWalk> {
        let stray = u32::try_from(wander?.ppb()).ok()?;
        Some(CrystalWalk::up_to(stray, seed))
    }

    /// `config` with a jitter of its own in each run.
    fn seeded(&self, config: StreamConfig) -> StreamConfig {
        StreamConfig {
            shown: Shown {
                seed: self.seed,
                ..config.shown
            },
            ..config
        }
    }
}

impl OnController {
    /// The output of `device`, and beside it the input of `microphone` if that is on the same
    /// controller.
    pub(super) fn speaker(
        device: &Device,
        microphone: Option<&Microphone>,
        build: Build,
    ) -> (Self, HdAudioMiniport) {
        let inputs: Vec<_> = microphone
            .map(|microphone| build.seeded(microphone.stream_config(build.samples)))
            .into_iter()
            .collect();
        // Inputs come first among the descriptors.
        let stream = u32::from(microphone.is_some());
        let config = ControllerConfig {
            ppb: device.drift.ppb(),
            wander: Build::walk(device.wander, build.seed),
            stalls: device.dma.bus_stalls(),
            inputs,
            ..ControllerConfig::with_output(build.seeded(device.stream_config(build.samples)))
        };
        let place = Self::new(Controller::new(&config), stream, build);
        let now = SimTime::ZERO.commit();
        let miniport = place.adapter.render(now, stream, device.driver_options());
        (place, miniport)
    }

    /// The input of `microphone`, alone on a controller.
    pub(super) fn microphone(
        microphone: &Microphone,
        sound: Option<Rc<dyn hardware::Microphone>>,
        build: Build,
    ) -> (Self, HdAudioMiniport) {
        let input = build.seeded(microphone.stream_config(build.samples));
        let config = ControllerConfig {
            ppb: microphone.drift.ppb(),
            // Another crystal than that of the speaker.
            wander: Build::walk(microphone.wander, !build.seed),
            ..ControllerConfig::with_input(input)
        };
        let place = Self::new(Controller::new(&config), 0, build);
        let miniport = place.hear(microphone, sound);
        (place, miniport)
    }

    /// The input of `microphone` on the controller of this output, which has one for it.
    pub(super) fn beside(
        &self,
        microphone: &Microphone,
        sound: Option<Rc<dyn hardware::Microphone>>,
    ) -> (Self, HdAudioMiniport) {
        let place = Self {
            controller: self.controller.clone(),
            adapter: self.adapter.clone(),
            memory: self.memory.clone(),
            stream: 0,
        };
        let miniport = place.hear(microphone, sound);
        (place, miniport)
    }

    fn new(controller: Controller, stream: u32, build: Build) -> Self {
        let controller = Shared::new(controller);
        Self {
            adapter: HdAudioAdapter::new(Bus::new(controller.clone(), build.doorbell)),
            controller,
            memory: Shared::new(Memory::ample(build.samples)),
            stream,
        }
    }

    fn hear(
        &self,
        microphone: &Microphone,
        sound: Option<Rc<dyn hardware::Microphone>>,
    ) -> HdAudioMiniport {
        if let Some(sound) = sound {
            let mut controller = self.controller.borrow_mut();
            controller.set_microphone(self.stream, sound);
        }
        let (now, options) = (SimTime::ZERO.commit(), microphone.driver_options());
        self.adapter.capture(now, self.stream, options)
    }
}

impl Fork for OnController {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            controller: self.controller.fork(forker),
            adapter: self.adapter.fork(forker),
            memory: self.memory.fork(forker),
            stream: self.stream,
        }
    }
}
