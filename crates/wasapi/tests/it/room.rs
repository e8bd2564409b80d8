//! A microphone and its engine, for clients that record.

use engine::testing::{TestMicrophone, record};
use engine::{CaptureEndpoint, CaptureEngine, DeviceStream, Overrun, capture_engine};
use machine::{FaultId, Injection, Machine};
use ring::Samples;
use units::{Frames, SampleFormat, SimDuration, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Event, Keep, Reset, Shared};

pub(crate) const PERIOD: u64 = 480;

pub(crate) fn format(channels: u8, sample: SampleFormat) -> WaveFormat {
    WaveFormat::new(48_000, channels, sample).unwrap()
}

/// A microphone and its engine, with room for one client that goes before them.
pub(crate) struct Room {
    pub(crate) world: World,
    pub(crate) machine: Shared<Machine>,
    pub(crate) microphone: Shared<TestMicrophone>,
    pub(crate) events: [SimEvent; 4],
    pub(crate) cxs: [Cx; 3],
}

impl Room {
    pub(crate) fn new() -> Self {
        let mut world = World::new(7, Keep::All);
        let names = ["doorbell", "notification", "start", "client event"];
        let events = names.map(|name| world.event(name, Reset::Auto));
        let cxs = ["client", "engine", "microphone"].map(|name| world.actor(name));
        let recorded = format(2, SampleFormat::S16);
        let doorbell = events[0].handle();
        let microphone = TestMicrophone::new(recorded, Samples::Kept, false, doorbell);
        Self {
            world,
            machine: Shared::new(Machine::ideal()),
            microphone,
            events,
            cxs,
        }
    }

    pub(crate) fn stream(&self, packets: u32) -> DeviceStream {
        let pin = TestMicrophone::pin(&self.microphone);
        let (format, notification) = (format(2, SampleFormat::S16), self.events[1].handle());
        DeviceStream::open(
            &self.cxs[1],
            pin,
            format,
            Frames::new(PERIOD),
            packets,
            notification,
        )
        .unwrap()
    }

    pub(crate) fn late(&self, thread: &str, event: u64, by: SimDuration) {
        let mut machine = self.machine.borrow_mut();
        let thread = machine.thread(thread);
        machine.inject(FaultId::new(0), Injection::LateWakeUp { thread, event, by });
    }

    /// The microphone begins to be driven.
    pub(crate) fn listen(&mut self) {
        let cx = self.cxs[2].clone();
        let drive = record(cx.clone(), self.microphone.clone(), self.events[0].clone());
        self.world.spawn(&cx, Role::Service, drive);
    }

    /// The engine begins to be driven.
    pub(crate) fn endpoint(&mut self) -> CaptureEndpoint {
        let machine = self.machine.clone();
        let core = CaptureEngine::new(self.stream(2), machine, "engine", SimDuration::ZERO);
        let core = Shared::new(core);
        let [_, notification, start, _] = self.events.clone();
        let cx = self.cxs[1].clone();
        let endpoint = CaptureEndpoint::new(core.clone(), start.handle(), Overrun::KeepOldest);
        let drive = capture_engine(cx.clone(), core, start, notification);
        self.world.spawn(&cx, Role::Service, drive);
        endpoint
    }

    pub(crate) fn run_until_ms(&mut self, millis: u64) {
        self.world.run_until(SimTime::from_millis(millis)).unwrap();
    }

    /// The words of all entries of a kind.
    pub(crate) fn entries(&self, kind: &str) -> Vec<Vec<u64>> {
        let history = self.world.history();
        let of_kind = history.entries().filter(|entry| entry.what.name() == kind);
        of_kind.map(|entry| entry.words().to_vec()).collect()
    }
}
