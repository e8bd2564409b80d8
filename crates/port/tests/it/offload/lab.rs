//! A device that mixes, with its driver, and a client that does as the test says.

use std::future::Future;

use hardware::{Dsp, DspConfig, Underrun, dsp_device};
use ks::{FilterHandle, KsState, Mapping, PinConnect, PinHandle};
use machine::{Interrupt, Machine, interrupt};
use miniport::{OffloadMiniport, OffloadOptions};
use port::{DeviceHandle, Memory, Verifier, WaveRtPort};
use portcls::{EngineEventKind, Rule};
use ring::{Kind, Samples, Whose};
use units::{Bytes, Frames, NtStatus, SampleFormat, SampleRate, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Context, Event, Keep, Reset, Shared};

/// What a script has at hand.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) cx: Cx,
    pub(crate) filter: FilterHandle,
    pub(crate) device: DeviceHandle,
    pub(crate) event: SimEvent,
}

/// A pin with its buffer.
#[derive(Clone)]
pub(crate) struct Stream {
    pub(crate) pin: PinHandle,
    pub(crate) mapping: Mapping,
}

pub(crate) fn format() -> WaveFormat {
    WaveFormat::new(48_000, 2, SampleFormat::S16).expect("a format")
}

/// 5 ms behind the fetch a frame is rendered.
pub(crate) const DELAY: u64 = 240;

pub(crate) fn config() -> DspConfig {
    DspConfig {
        rate: SampleRate::HZ_48000,
        channels: 2,
        ppb: 0,
        inputs: 3,
        delay: Frames::new(DELAY),
        underrun: Underrun::Silence,
        record: Samples::Kept,
    }
}

/// Runs `script` to its end; what the device rendered, as samples of the left channel.
pub(crate) fn run<F>(
    config: DspConfig,
    options: OffloadOptions,
    script: impl FnOnce(Client) -> F,
) -> Vec<i16>
where
    F: Future<Output = ()> + 'static,
{
    let mut world = World::new(1, Keep::All);
    let [doorbell, line, event] =
        ["doorbell", "line", "event"].map(|name| world.event(name, Reset::Auto));
    let dsp = Shared::new(Dsp::new(config));
    let miniport = OffloadMiniport::new(dsp.clone(), doorbell.handle(), options);
    let verifier = Verifier::default();
    let routine = verifier.interrupt_routine(miniport.interrupt_routine());
    let memory = Shared::new(Memory::ample(Samples::Kept));
    let (filter, device) = WaveRtPort::install_device(Box::new(miniport), memory, verifier.clone());
    let cx = world.actor("device");
    let actor = dsp_device(cx.clone(), dsp.clone(), doorbell, line.handle());
    world.spawn(&cx, Role::Service, actor);
    let cx = world.actor("driver");
    let served = Shared::new(Interrupt::new(routine));
    let actor = interrupt(
        cx.clone(),
        Shared::new(Machine::ideal()),
        served,
        line,
        Vec::new(),
    );
    world.spawn(&cx, Role::Service, actor);
    let cx = world.actor("client");
    let client = Client {
        cx: cx.clone(),
        filter,
        device,
        event,
    };
    let done = Shared::new(false);
    let (script, finished) = (script(client), done.clone());
    world.spawn(&cx, Role::Foreground, async move {
        script.await;
        *finished.borrow_mut() = true;
    });
    world
        .run_until(SimTime::from_millis(200))
        .expect("the script ends");
    assert!(*done.borrow(), "the script ends within the run");
    let mut broken = verifier.violations();
    broken.retain(|violation| violation.rule != Rule::EventsLeft);
    assert_eq!(broken, [], "the driver keeps the rules");
    left(dsp.borrow().heard())
}

/// The samples of the left channel.
pub(crate) fn left(bytes: &[u8]) -> Vec<i16> {
    bytes
        .chunks_exact(4)
        .map(|frame| i16::from_le_bytes([frame[0], frame[1]]))
        .collect()
}

impl Client {
    pub(crate) fn open(&self, pin: u32) -> Result<PinHandle, NtStatus> {
        let connect = PinConnect::of(pin, format());
        self.filter.create_pin(self.cx.moment(), connect)
    }

    /// Opens a pin with a buffer of two packets of 10 ms and registers the event.
    pub(crate) fn stream(&self, pin: u32) -> Stream {
        self.stream_of(PinConnect::of(pin, format()))
    }

    /// The same of a pin of which more is said.
    pub(crate) fn stream_of(&self, connect: PinConnect) -> Stream {
        let pin = self.filter.create_pin(self.cx.moment(), connect);
        let pin = pin.expect("the pin opens");
        let mapping = ks::allocate_buffer_with_notification(&self.cx, &pin, Bytes::new(3840), 2)
            .expect("there is memory");
        ks::register_notification_event(&self.cx, &pin, self.event.handle())
            .expect("an event can be registered");
        Stream { pin, mapping }
    }

    /// Waits for the commits of `millis` into the run.
    pub(crate) async fn at(&self, millis: u64) {
        self.cx
            .sleep_until(SimTime::from_millis(millis).commit())
            .await;
    }

    pub(crate) fn set_state(&self, stream: &Stream, state: KsState) {
        ks::set_state(&self.cx, &stream.pin, state).expect("the state can be reached");
    }

    /// Stores `len` frames of the constant `value` from `first` on.
    pub(crate) fn store(&self, stream: &Stream, first: u64, len: u64, value: i16) {
        let count = usize::try_from(len).expect("a few");
        let bytes = [value.to_le_bytes(); 2].concat().repeat(count);
        let whose = Whose {
            run: 0,
            kind: Kind::Audio,
            content: first,
            intended: first,
            write: 0,
        };
        let (now, at) = (self.cx.moment(), Frames::new(first));
        stream
            .mapping
            .store(now, at, Some(&bytes), Frames::new(len), whose);
    }

    /// The left channel of what lies in the buffer from `first` on.
    pub(crate) fn load(&self, stream: &Stream, first: u64, len: u64) -> Vec<i16> {
        let mut bytes = vec![0; usize::try_from(4 * len).expect("a few")];
        let (now, at) = (self.cx.moment(), Frames::new(first));
        stream
            .mapping
            .load(now, at, Frames::new(len), Some(&mut bytes), |_, _| ());
        left(&bytes)
    }

    /// What the driver has told of `kind`: when in ms, and the parameters 3 and 4.
    pub(crate) fn told(&self, kind: EngineEventKind) -> Vec<(u64, u64, u64)> {
        let events = self.device.verifier().engine_events();
        let of_kind = events.iter().filter(|(_, event)| event.kind == kind);
        of_kind
            .map(|(at, event)| {
                let millis = at.to_nanos_floor() / 1_000_000;
                (millis, event.parameter3, event.parameter4)
            })
            .collect()
    }
}
