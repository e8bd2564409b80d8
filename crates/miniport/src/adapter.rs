//! The adapter: one controller with the miniports of its streams, and their interrupt.

use hardware::Bus;
use machine::InterruptRoutine;
use units::Moment;
use vtime::{Fork, Forker, Shared};

use crate::hd_audio::HdAudioMiniport;
use crate::options::HdAudioOptions;
use crate::registers::StreamRegisters;
use crate::routine::{OpenStreams, Routine};
use crate::stream::Flow;

/// The driver of one HD Audio controller: makes a miniport for each of its streams, and serves the
/// interrupt that they share.
///
/// ```
/// use hardware::{Bus, Controller, ControllerConfig, StreamConfig};
/// use miniport::{HdAudioAdapter, HdAudioOptions};
/// use portcls::MiniportWaveRt;
/// use vtime::sim::World;
/// use vtime::{Event, Keep, Reset, Shared};
///
/// let mut world = World::new(1, Keep::All);
/// let doorbell = world.event("doorbell", Reset::Auto);
/// let config = ControllerConfig {
///     inputs: vec![StreamConfig::hd_audio_input()],
///     ..ControllerConfig::hd_audio()
/// };
/// let controller = Shared::new(Controller::new(&config));
/// let bus = Bus::new(controller, doorbell.handle());
///
/// let adapter = HdAudioAdapter::new(bus);
/// // Inputs come first among the descriptors.
/// let microphone = adapter.capture(world.now(), 0, HdAudioOptions::default());
/// let speaker = adapter.render(world.now(), 1, HdAudioOptions::default());
/// assert_eq!(microphone.description().pins.len(), 2);
/// let interrupt = machine::Interrupt::new(adapter.interrupt_routine());
/// # let _ = (speaker, interrupt);
/// ```
#[derive(Clone, Debug)]
pub struct HdAudioAdapter {
    bus: Bus,
    open: Shared<OpenStreams>,
}

impl HdAudioAdapter {
    /// The driver of the controller behind `bus`.
    pub fn new(bus: Bus) -> Self {
        Self {
            open: Shared::new(OpenStreams::new(&bus)),
            bus,
        }
    }

    /// The miniport of output `stream`, or of a bidirectional one that is to be an output. Takes
    /// the controller out of reset at `now`, if it is in it.
    pub fn render(&self, now: Moment, stream: u32, options: HdAudioOptions) -> HdAudioMiniport {
        self.miniport(now, stream, options, Flow::Render)
    }

    /// The miniport of input `stream`, or of a bidirectional one that is to be an input. Takes the
    /// controller out of reset at `now`, if it is in it.
    pub fn capture(&self, now: Moment, stream: u32, options: HdAudioOptions) -> HdAudioMiniport {
        self.miniport(now, stream, options, Flow::Capture)
    }

    /// What is to run when the controller interrupts.
    pub fn interrupt_routine(&self) -> Box<dyn InterruptRoutine> {
        Box::new(Routine(self.open.clone()))
    }

    /// Has descriptor `descriptor` of what is open on stream descriptor `stream` point to where
    /// descriptor `target` was made to point, at once and for ever: what no driver should do while the
    /// engine runs. False if there is no such stream or descriptor.
    pub fn rewrite_descriptor(
        &self,
        now: Moment,
        stream: u32,
        (descriptor, target): (usize, usize),
    ) -> bool {
        let open = self.open.borrow();
        let latest = open.latest(stream);
        latest.is_some_and(|stream| {
            let mut stream = stream.borrow_mut();
            stream.rewrite_descriptor(now, descriptor, target)
        })
    }

    /// The streams that are open.
    pub(crate) fn open(&self) -> &Shared<OpenStreams> {
        &self.open
    }

    fn miniport(
        &self,
        now: Moment,
        stream: u32,
        options: HdAudioOptions,
        flow: Flow,
    ) -> HdAudioMiniport {
        let registers = StreamRegisters::enable(now, self.bus.clone(), stream);
        HdAudioMiniport::on(self.clone(), registers, options, flow)
    }
}

impl Fork for HdAudioAdapter {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            bus: self.bus.fork(forker),
            open: self.open.fork(forker),
        }
    }
}
