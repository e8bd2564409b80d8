//! A stream of an HD Audio controller, and the driver that it may share with another one.

use std::rc::Rc;

use hardware::{Bus, Controller, ControllerConfig};
use miniport::{HdAudioAdapter, HdAudioMiniport};
use port::Memory;
use ring::Samples;
use units::SimTime;
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::format::{Device, Microphone};

/// A stream of a controller, with the driver and the memory that all streams there have in common.
#[derive(Debug)]
pub(super) struct OnController {
    pub(super) controller: Shared<Controller>,
    pub(super) adapter: HdAudioAdapter,
    pub(super) memory: Shared<Memory>,
    /// Number of its descriptor.
    pub(super) stream: u32,
}

impl OnController {
    /// The output of `device`, and beside it the input of `microphone` if that is on the same
    /// controller.
    pub(super) fn speaker(
        device: &Device,
        microphone: Option<&Microphone>,
        samples: Samples,
        doorbell: EventHandle,
    ) -> (Self, HdAudioMiniport) {
        let inputs: Vec<_> = microphone
            .map(|microphone| microphone.stream_config(samples))
            .into_iter()
            .collect();
        // Inputs come first among the descriptors.
        let stream = u32::from(microphone.is_some());
        let config = ControllerConfig {
            ppb: device.drift.ppb(),
            inputs,
            ..ControllerConfig::with_output(device.stream_config(samples))
        };
        let place = Self::new(Controller::new(&config), stream, samples, doorbell);
        let now = SimTime::ZERO.commit();
        let miniport = place.adapter.render(now, stream, device.driver_options());
        (place, miniport)
    }

    /// The input of `microphone`, alone on a controller.
    pub(super) fn microphone(
        microphone: &Microphone,
        sound: Option<Rc<dyn hardware::Microphone>>,
        samples: Samples,
        doorbell: EventHandle,
    ) -> (Self, HdAudioMiniport) {
        let controller = Controller::new(&microphone.controller_config(samples));
        let place = Self::new(controller, 0, samples, doorbell);
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

    fn new(controller: Controller, stream: u32, samples: Samples, doorbell: EventHandle) -> Self {
        let controller = Shared::new(controller);
        Self {
            adapter: HdAudioAdapter::new(Bus::new(controller.clone(), doorbell)),
            controller,
            memory: Shared::new(Memory::ample(samples)),
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
