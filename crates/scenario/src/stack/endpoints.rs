//! Who plugs something in or pulls it out, and who wants to know: the endpoint builder of Windows, which listens
//! to each event and asks the driver again when it is told that something has changed.

use std::collections::VecDeque;

use ks::{
    DeviceInterfaces, EndpointState, FilterHandle, FilterReply, FilterRequest, Listener,
    PinCapsChange, PinQuery, endpoints,
};
use miniport::{HdAudioMiniport, HdAudioTopology, Jack, Preference};
use std::fmt::Debug;
use units::{Moment, SimTime, WaveFormat};

use vtime::sim::Cx;
use vtime::{Context, Event, Fork, Forker, Host, Reset, Shared};

use super::device::Hardware;
use super::{LISTENERS, USER};
use crate::format::{Action, JackChange, Scenario};
use crate::history::ENDPOINT;

/// What somebody does to what is connected to a device.
#[derive(Clone, Debug)]
enum Act {
    Plug(Jack, bool),
    Like(Preference, WaveFormat),
}

/// Who does it, and who is told; nobody if nothing is to be done.
#[derive(Debug)]
pub(super) struct Endpoints<C: Context = Cx>(Option<Watched<C>>);

#[derive(Debug)]
struct Watched<C: Context> {
    /// In order of time; of the same instant in order of the file.
    acts: Shared<VecDeque<(SimTime, Act)>>,
    watchers: Vec<Watcher<C>>,
}

/// Somebody who is told of one kind of change of one device.
#[derive(Debug)]
struct Watcher<C: Context> {
    name: &'static str,
    change: PinCapsChange,
    is_microphone: bool,
    event: C::Event,
    wave: FilterHandle,
    interfaces: DeviceInterfaces,
}

impl<C: Context + Fork + Debug> Endpoints<C> {
    pub(super) fn new(
        world: &mut impl Host<Context = C>,
        scenario: &Scenario,
        speaker: &Hardware<C>,
        microphone: Option<&Hardware<C>>,
    ) -> Self {
        let mut acts: Vec<_> = scenario
            .actions
            .iter()
            .filter_map(|action| action.to_user(speaker, microphone))
            .collect();
        if acts.is_empty() {
            return Self(None);
        }
        acts.sort_by_key(|(at, _)| *at);
        world.actor(USER);
        let jack_of = |microphone| move |jack: &JackChange| jack.microphone == microphone;
        let mut jacks = scenario.actions.iter().filter_map(|it| it.jack.as_ref());
        let is_plugged = jacks.clone().any(jack_of(false));
        let microphone = microphone.filter(|_| jacks.any(jack_of(true)));
        let is_changed = scenario.actions.iter().any(|it| it.format_change.is_some());
        let jack = is_plugged.then(|| Watcher::of_jack(world, speaker, false));
        let format = is_changed.then(|| Watcher::of_format(world, speaker));
        let capture = microphone.map(|it| Watcher::of_jack(world, it, true));
        let watchers = [jack, format, capture].into_iter().flatten().flatten();
        Self(Some(Watched {
            acts: Shared::new(acts.into()),
            watchers: watchers.collect(),
        }))
    }

    pub(super) fn spawn(&self, world: &mut impl Host<Context = C>) {
        let Some(watched) = &self.0 else {
            return;
        };
        let cx = world.actor(USER);
        let act = act(cx.clone(), watched.acts.clone());
        world.serve(&cx, act);
        for watcher in &watched.watchers {
            let cx = world.actor(watcher.name);
            world.serve(&cx, watcher.watch(cx.clone()));
        }
    }
}

impl<C: Context + Fork + Debug> Watcher<C> {
    /// Told when something is plugged into the jack of `hardware`, or pulled out.
    fn of_jack(
        world: &mut impl Host<Context = C>,
        hardware: &Hardware<C>,
        is_microphone: bool,
    ) -> Option<Self> {
        let mut all = hardware.interfaces.all().into_iter();
        let topology = all.find(|interface| interface.symbolic_link.ends_with("topology"))?;
        let listens = (PinCapsChange::JackInfo, HdAudioTopology::JACK_PIN);
        let name = LISTENERS[usize::from(is_microphone)];
        let watcher = Self::enable(world, hardware, name, &topology.filter, listens)?;
        Some(Self {
            is_microphone,
            ..watcher
        })
    }

    /// Told when the device likes another format best.
    fn of_format(world: &mut impl Host<Context = C>, hardware: &Hardware<C>) -> Option<Self> {
        hardware.preference.as_ref()?;
        let listens = (PinCapsChange::Format, HdAudioMiniport::RENDER_PIN);
        Self::enable(world, hardware, LISTENERS[2], &hardware.filter, listens)
    }

    fn enable(
        world: &mut impl Host<Context = C>,
        hardware: &Hardware<C>,
        name: &'static str,
        filter: &FilterHandle,
        (change, pin): (PinCapsChange, u32),
    ) -> Option<Self> {
        world.actor(name);
        let event = world.event("change of an endpoint", Reset::Auto);
        let listener = Listener {
            set: PinCapsChange::SET,
            id: change.id(),
            pin: Some(pin),
            node: None,
            event: event.handle(),
        };
        filter.enable_event(listener).ok()?;
        Some(Self {
            name,
            change,
            is_microphone: false,
            event,
            wave: hardware.filter.clone(),
            interfaces: hardware.interfaces.clone(),
        })
    }

    /// Asks again whenever it is told, and writes down what it is answered.
    fn watch(&self, cx: C) -> impl Future<Output = ()> + use<C> {
        let event = self.event.clone();
        let (wave, interfaces) = (self.wave.clone(), self.interfaces.clone());
        let who = [u64::from(self.is_microphone), self.change.id().into()];
        async move {
            loop {
                event.wait().await;
                let now = cx.moment();
                let (rate, channels) = liked(now, &wave);
                let state = state(now, &interfaces);
                cx.record(&ENDPOINT, &[who[0], who[1], state, rate, channels]);
            }
        }
    }
}

/// As `DEVICE_STATE` numbers it.
///
/// Source: `coreaudio/device-state-xxx-constants.md`.
fn state(now: Moment, interfaces: &DeviceInterfaces) -> u64 {
    match endpoints(now, interfaces).first().map(|found| found.state) {
        Some(EndpointState::Active) => 1,
        Some(EndpointState::Unplugged) => 8,
        Some(EndpointState::NotPresent) | None => 4,
    }
}

/// Rate and channels that the device likes best; 0 if it does not say.
fn liked(now: Moment, wave: &FilterHandle) -> (u64, u64) {
    let asked = FilterRequest::Pin {
        pin: HdAudioMiniport::RENDER_PIN,
        query: PinQuery::ProposedFormat,
    };
    let format = match wave.query(now, asked) {
        Ok(FilterReply::Format(format)) => format.wave().map(|wave| wave.format),
        _ => None,
    };
    format.map_or((0, 0), |format| {
        (format.rate.hertz().into(), format.channels.into())
    })
}

async fn act<C: Context>(cx: C, acts: Shared<VecDeque<(SimTime, Act)>>) {
    loop {
        let next = acts.borrow().front().map(|(at, _)| *at);
        let Some(next) = next else { return };
        cx.sleep_until(next.commit()).await;
        let act = acts.borrow_mut().pop_front();
        match act {
            Some((_, Act::Plug(jack, plugged))) => {
                jack.plug(plugged);
            }
            Some((_, Act::Like(preference, format))) => {
                preference.set(HdAudioMiniport::RENDER_PIN, format);
            }
            None => return,
        }
    }
}

impl Action {
    /// What somebody does to what is connected, and when.
    fn to_user<C: Context>(
        &self,
        speaker: &Hardware<C>,
        microphone: Option<&Hardware<C>>,
    ) -> Option<(SimTime, Act)> {
        if let Some(jack) = &self.jack {
            let hardware = if jack.microphone {
                microphone?
            } else {
                speaker
            };
            let act = Act::Plug(hardware.jack.clone(), jack.plugged);
            return Some((jack.at.to_instant(), act));
        }
        let change = self.format_change.as_ref()?;
        let act = Act::Like(speaker.preference.clone()?, change.format.to_format());
        Some((change.at.to_instant(), act))
    }
}

impl Fork for Act {
    fn fork(&self, forker: &mut Forker) -> Self {
        match self {
            Self::Plug(jack, plugged) => Self::Plug(jack.fork(forker), *plugged),
            Self::Like(preference, format) => Self::Like(preference.fork(forker), *format),
        }
    }
}

impl Fork for Watcher<Cx> {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            name: self.name,
            change: self.change,
            is_microphone: self.is_microphone,
            event: self.event.fork(forker),
            wave: self.wave.fork(forker),
            interfaces: self.interfaces.fork(forker),
        }
    }
}

impl Fork for Watched<Cx> {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            acts: self.acts.fork(forker),
            watchers: self
                .watchers
                .iter()
                .map(|watcher| watcher.fork(forker))
                .collect(),
        }
    }
}

impl Fork for Endpoints {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}
