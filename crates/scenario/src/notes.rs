//! What the history says of a run, sorted by whom it concerns.

mod capture;
mod device;
mod program;
mod role;

use std::collections::BTreeMap;

use engine::{DeviceStream, MIXED, NO_PASS, PACKET, PASS, STARVED, STATE};
use hardware::Stall;
use hardware::fault::Effect;
use ks::{AudioRequest, KsState, PinRequest, Property, REQUEST, RtAudioRequest};
use machine::{
    Component, DELAY, DPC, FaultId, IN_BETWEEN, ISR, LATE_ISR, Latency, NOTIFICATION, WAKE,
};
use port::ENGINE_EVENT;
use portcls::EngineEventKind;
use truth::{DeviceStall, LostNotification, Mixed, Origin, Placed, Starved, Supply, Work, Write};
use units::{Bytes, Frames, Moment, NtStatus, Phase, SimDuration, SimTime};
use vtime::Entry;
use wasapi::{DEFICIT, FILL, NO_WAKE, PLACED, TURN};

use crate::format::{Mode, Scenario};
use crate::history::{ENDPOINT, FORMAT_CHANGE, JACK_CHANGE};
use crate::result::{ChangeResult, Detection, Notifications};
use crate::stack::InPackets;
pub(crate) use capture::{CAPTURE_AHEAD, CaptureNotes, SERVER_OUTPUT_QUEUE_FULL};
use device::DeviceNotes;
pub(crate) use device::Suspects;
pub(crate) use program::Running;
pub(crate) use role::Role;

/// What an event is called in the log of Windows that nobody reads.
pub(crate) const SERVER_INPUT_STARVATION: &str = "event 33";

/// What the history says of a run.
#[derive(Clone, Debug)]
pub(crate) struct Notes {
    /// Frames in a packet, bytes in a frame.
    packet: Frames,
    frame_bytes: u64,
    /// Packets in the buffer.
    packets: u64,
    pub(crate) writes: Vec<Write>,
    pub(crate) placed: Vec<Placed>,
    pub(crate) detections: Vec<Detection>,
    pub(crate) work: Vec<Work>,
    /// From what each wake-up of the producer answers to until it runs.
    pub(crate) wake_latencies: Vec<SimDuration>,
    pub(crate) supply: Vec<Supply>,
    pub(crate) lost: Vec<LostNotification>,
    /// The ISRs of the device that had to wait, in order.
    late_isrs: Vec<LateIsr>,
    pub(crate) starved: Vec<Starved>,
    pub(crate) stopped: Vec<u32>,
    pub(crate) notifications: Notifications,
    pub(crate) reported: BTreeMap<String, u64>,
    /// What changed at the speaker, and at the microphone.
    pub(crate) changes: [Vec<ChangeResult>; 2],
    pub(crate) clients: Vec<ClientNotes>,
    /// Where the engine mixed what clients had recorded.
    pub(crate) mixed: Vec<Mixed>,
    /// The places of the engine's clients, in the order of their streams.
    streams: Vec<usize>,
    /// Of the recording side.
    pub(crate) capture: CaptureNotes,
    producer: ProducerNotes,
    device: DeviceNotes,
}

/// What is known of one client.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClientNotes {
    pub(crate) wakes: u64,
    pub(crate) frames_written: u64,
    pub(crate) starved_passes: u64,
    pub(crate) starved_frames: u64,
}

/// An ISR of the device that had to wait.
#[derive(Clone, Copy, Debug)]
struct LateIsr {
    since: SimTime,
    until: SimTime,
    fault: Option<FaultId>,
}

/// Where the producer is.
#[derive(Clone, Debug, Default)]
struct ProducerNotes {
    /// Which run of the stream, and whether it has begun.
    run: u32,
    has_run: bool,
    /// Whether it runs now.
    is_running: bool,
    /// What the work under way lost to others.
    held_up: SimDuration,
    /// Writes of this run.
    writes: u32,
    /// The wake-up that is being answered: its place in the list.
    wake: Option<usize>,
    /// The valid bytes that the latest announcement declared to be the last ones.
    ends: Option<u64>,
    /// The place in the buffer that the latest announcement declared to be the end.
    ends_at: Option<u64>,
}

impl Notes {
    /// No notes yet, of a run of `scenario` in which `stream` is played into and `recorded` is
    /// recorded from; `suspects` are faults that strike without a word, and `number` is that of the
    /// speaker's stream on its controller.
    pub(crate) fn new(
        scenario: &Scenario,
        stream: Option<InPackets>,
        recorded: Option<&DeviceStream>,
        suspects: Suspects,
        number: u32,
    ) -> Self {
        let of = |wanted: Mode| {
            let all = scenario.clients.iter().enumerate();
            all.filter(move |(_, client)| client.mode == wanted)
                .map(|(place, _)| place)
        };
        // Who plays what he records opens his stream after the others.
        let streams = of(Mode::SharedEvent).chain(of(Mode::SharedThrough));
        let shared = scenario.recorders();
        let shared = shared.filter(|(_, client)| client.mode.shares());
        let capture = CaptureNotes::new(
            recorded.map_or(Frames::ZERO, |stream| stream.packet),
            shared.map(|(place, _)| place).collect(),
            of(Mode::ExclusiveCapture).next(),
        );
        let frame = |stream: InPackets| stream.format.frame_bytes();
        Self {
            packet: stream.map_or(Frames::ZERO, |stream| stream.packet),
            frame_bytes: stream.map_or(1, frame).into(),
            packets: stream.map_or(1, |stream| stream.packets).into(),
            writes: Vec::new(),
            placed: Vec::new(),
            detections: Vec::new(),
            work: Vec::new(),
            wake_latencies: Vec::new(),
            supply: Vec::new(),
            lost: Vec::new(),
            late_isrs: Vec::new(),
            starved: Vec::new(),
            stopped: Vec::new(),
            notifications: Notifications::default(),
            reported: BTreeMap::new(),
            changes: [Vec::new(), Vec::new()],
            clients: vec![ClientNotes::default(); scenario.clients.len()],
            mixed: Vec::new(),
            streams: streams.collect(),
            capture,
            producer: ProducerNotes::default(),
            device: DeviceNotes {
                stream: number.into(),
                suspects,
                ..DeviceNotes::default()
            },
        }
    }

    /// Takes in the next entry of the history.
    pub(crate) fn take(&mut self, role: Role, entry: &Entry) {
        let (what, words, at) = (entry.what, entry.words(), entry.moment);
        match (role, *what == FILL) {
            // Who plays what he records fills the buffer of this side.
            (Role::Listener(place), true) => self.clients[place].frames_written += words[0],
            (
                Role::Reader | Role::Listener(_) | Role::CaptureHardware | Role::Microphone,
                false,
            ) => {
                self.capture.take(role, entry);
                return;
            }
            (Role::SharedInterrupt, _) if *what == ISR || *what == DPC => {
                self.capture.take(role, entry);
            }
            _ => {}
        }
        if *what == REQUEST {
            self.request(words);
        } else if *what == WAKE {
            self.wake(role, words);
        } else if *what == DELAY {
            self.delay(role, words);
        } else if *what == PACKET {
            self.packet(words, at);
        } else if *what == PASS || *what == TURN {
            self.pass_ended(at);
        } else if *what == PLACED {
            self.placed(words, at);
        } else if *what == DEFICIT {
            self.detections.push(Detection {
                at_ns: words[0] * 100,
                missing_ns: words[1] * 100,
            });
        } else if *what == STATE {
            self.state(words, at);
        } else if *what == MIXED {
            self.mixed(words);
        } else if *what == STARVED {
            self.starved(words, at);
        } else if *what == FILL {
            if let Role::Client(place) = role {
                self.clients[place].frames_written += words[0];
            }
        } else if *what == ISR {
            self.notifications.interrupts += 1;
            self.notifications.coalesced += words[2];
        } else if *what == ENDPOINT {
            self.changed(words, at.time);
        } else if *what == LATE_ISR {
            self.late_isr(words, at.time);
        } else if *what == DPC {
            self.notifications.dpc_runs += 1;
        } else if *what == NOTIFICATION {
            self.notified(words);
        } else if *what == ENGINE_EVENT {
            if let Some(what) = told(words) {
                self.report(&what);
            }
        } else if *what == hardware::history::INTERRUPT {
            self.interrupted(words, at.time);
        } else if *what == hardware::history::FAULT {
            self.struck(words);
        }
    }

    fn report(&mut self, what: &str) {
        *self.reported.entry(what.to_owned()).or_default() += 1;
    }

    fn request(&mut self, words: &[u64]) {
        let [property, argument, detail, status, answer] = words else {
            return;
        };
        let status = status_of(*status);
        // That a pin knows nothing of WaveRT is an answer, and no failure.
        let asks_for_wavert =
            *property == u64::from(notification_support().code()) && status == NtStatus::NOT_FOUND;
        if status != NtStatus::SUCCESS && !asks_for_wavert {
            self.report(status.name());
        }
        if *property == u64::from(Property::SET_WRITE_PACKET.code()) {
            self.producer.ends = detail.checked_sub(1);
        } else if *property == u64::from(last_buffer().code()) {
            self.producer.ends_at = Some(*argument);
        } else if *property == u64::from(packet_count().code()) {
            self.counted(*answer);
        }
    }

    /// The producer asked for the packet count and got `count`. In answer to an interrupt it should
    /// be what the device has completed; if it is not, the producer was misled.
    fn counted(&mut self, count: u64) {
        let Some(wake) = self.producer.wake else {
            return;
        };
        let Some((event, fault)) = self.device.misled(self.work[wake].due) else {
            return;
        };
        if count < event {
            self.lost.push(LostNotification { event, fault });
        } else if count > event {
            self.work[wake].fault.get_or_insert(fault);
        }
    }

    /// The line went up, perhaps for another stream of the controller.
    fn interrupted(&mut self, words: &[u64], at: SimTime) {
        let [_, stream, completions, _, _] = words else {
            return;
        };
        if *stream == self.device.stream {
            self.silent_until(*completions);
            self.device.interrupt = Some((at, *completions));
        }
        if let Some(fault) = self.device.deaf(at) {
            self.fall_silent(fault, at);
        }
    }

    /// Nobody answers the interrupt that came at `at`, so no other comes.
    fn fall_silent(&mut self, fault: FaultId, at: SimTime) {
        let event = self.device.completions();
        self.device.silent = Some((event, fault));
        let is_of_the_speaker = |(then, _): (SimTime, u64)| then == at;
        if self.device.interrupt.is_some_and(is_of_the_speaker) {
            self.lose(event, fault);
        }
    }

    /// The completions before `event` came while nobody answered. Called once more at the end.
    pub(crate) fn silent_until(&mut self, event: u64) {
        let Some((since, fault)) = self.device.silent.take() else {
            return;
        };
        for event in since + 1..event {
            self.lose(event, fault);
        }
    }

    /// A fault of the device changed something.
    fn struck(&mut self, words: &[u64]) {
        let [stream, fault, effect, completion, at] = words else {
            return;
        };
        let fault = FaultId::new(u32::try_from(*fault).expect("faults are few"));
        let is_of_the_speaker = *stream == self.device.stream;
        match Effect::from_code(*effect) {
            Some(Effect::InterruptLost) if is_of_the_speaker => self.lose(*completion, fault),
            // A message is that of all streams of the controller.
            Some(Effect::MessageLost) => self.fall_silent(fault, SimTime::from_ticks(*at)),
            Some(Effect::InterruptSpurious) if is_of_the_speaker => {
                self.device.spurious = Some((SimTime::from_ticks(*at), fault));
            }
            // The link log knows of a stall.
            _ => {}
        }
    }

    fn changed(&mut self, words: &[u64], at: SimTime) {
        let [microphone, event, state, rate, channels] = *words else {
            return;
        };
        let said = |figure: u64| (figure != 0).then_some(figure);
        self.changes[usize::from(microphone != 0)].push(ChangeResult {
            at_ns: at.to_nanos_floor(),
            event: match event {
                0 => FORMAT_CHANGE,
                _ => JACK_CHANGE,
            },
            state: match state {
                1 => "active",
                8 => "unplugged",
                _ => "not_present",
            },
            rate_hz: said(rate),
            channels: said(channels),
        });
    }

    fn late_isr(&mut self, words: &[u64], since: SimTime) {
        let [until, fault] = words else {
            return;
        };
        self.late_isrs.push(LateIsr {
            since,
            until: SimTime::from_ticks(*until),
            fault: FaultId::from_word(*fault),
        });
    }

    /// A time for which the device stood still, and whose doing it was: a fault of its own, or the
    /// ISR that should have told it to go on and came late, or never.
    pub(crate) fn stall(&self, stall: &Stall) -> DeviceStall {
        let first = stall.first.get();
        let known = DeviceStall {
            run: stall.run,
            first,
            begins: stall.begins,
            ends: stall.ends,
            cause: None,
            fault: stall.fault.map(FaultId::new),
        };
        if known.fault.is_some() {
            return known;
        }
        let ends = stall.ends.unwrap_or(SimTime::MAX);
        let mut latest = self.late_isrs.iter().rev();
        if let Some(late) = latest.find(|isr| isr.since <= ends && stall.begins <= isr.until) {
            let waited = late.until.since(late.since);
            return DeviceStall {
                cause: Some((Component::MaskWait, waited)),
                fault: late.fault,
                ..known
            };
        }
        let event = first / self.packet.get().max(1);
        let lost = self.lost.iter().find(|lost| lost.event == event);
        DeviceStall {
            fault: lost.map(|lost| lost.fault),
            ..known
        }
    }

    fn lose(&mut self, event: u64, fault: FaultId) {
        self.notifications.lost += 1;
        self.lost.push(LostNotification { event, fault });
    }

    fn wake(&mut self, role: Role, words: &[u64]) {
        let Some((work, starts)) = woken(words) else {
            return;
        };
        let work = Work {
            fault: work.fault.or_else(|| self.device.brought_about(words[2])),
            ..work
        };
        match role {
            Role::Producer => {
                self.notifications.wakes += 1;
                self.wake_latencies.push(starts.since(work.due));
                self.producer.wake = Some(self.work.len());
                self.work.push(work);
            }
            Role::Client(client) => {
                self.clients[client].wakes += 1;
                // Filling takes no time.
                let done = starts.at(Phase::React);
                let work = Work { done, ..work };
                self.supply.push(Supply { client, work });
            }
            _ => {}
        }
    }

    /// A part of the wake-up that was noted last.
    fn delay(&mut self, role: Role, words: &[u64]) {
        let latest = match role {
            Role::Producer => self.work.last_mut(),
            Role::Client(_) => self.supply.last_mut().map(|supply| &mut supply.work),
            _ => None,
        };
        if let Some(work) = latest {
            let in_between = add_delay(work, words);
            if role == Role::Producer {
                self.producer.held_up += in_between;
            }
        }
    }

    fn packet(&mut self, words: &[u64], at: Moment) {
        let [packet, status, _, begun, content, pass] = words else {
            return;
        };
        let (size, count) = (self.packet.get() * self.frame_bytes, self.packets);
        let producer = &mut self.producer;
        let held_up = std::mem::take(&mut producer.held_up);
        let origin = match producer.wake {
            _ if *pass == NO_PASS && (producer.has_run || producer.writes > 0) => Origin::Forced,
            Some(wake) if *pass != NO_PASS => Origin::Wake(wake),
            _ => Origin::Start,
        };
        if let Origin::Wake(wake) = origin {
            let served = own_time(*begun, at, held_up);
            if !served.is_zero() {
                self.work[wake].latency.add(Component::RunSelf, served);
            }
        }
        let ends_at = producer.ends_at.take();
        let ends_at = ends_at.map(|place| valid_in(place, *packet, size, count));
        let ends = producer.ends.take().or(ends_at);
        let frames = ends.map_or(self.packet.get(), |bytes| bytes / self.frame_bytes);
        self.writes.push(Write {
            run: producer.run,
            packet: *packet,
            write: producer.writes,
            content: *content,
            frames,
            ends_stream: ends.is_some(),
            done: at,
            status: status_of(*status),
            origin,
        });
        producer.writes += 1;
    }

    fn placed(&mut self, words: &[u64], at: Moment) {
        let [first, frames, again, begun, wake] = words else {
            return;
        };
        let producer = &mut self.producer;
        let held_up = std::mem::take(&mut producer.held_up);
        let origin = match producer.wake {
            _ if *again != 0 => Origin::Forced,
            Some(place) if *wake != NO_WAKE => Origin::Wake(place),
            _ => Origin::Start,
        };
        if let Origin::Wake(wake) = origin {
            let served = own_time(*begun, at, held_up);
            if !served.is_zero() {
                self.work[wake].latency.add(Component::RunSelf, served);
            }
        }
        self.placed.push(Placed {
            run: producer.run,
            first: *first,
            frames: *frames,
            write: producer.writes,
            again: *again != 0,
            done: at,
            origin,
        });
        producer.writes += 1;
    }

    fn pass_ended(&mut self, at: Moment) {
        if let Some(wake) = self.producer.wake.take() {
            self.work[wake].done = at;
        }
    }

    fn state(&mut self, words: &[u64], at: Moment) {
        let [state, run, _] = words else {
            return;
        };
        let producer = &mut self.producer;
        producer.is_running = *state == u64::from(KsState::Run.value());
        if producer.is_running {
            producer.has_run = true;
        } else if *state == u64::from(KsState::Stop.value()) {
            let ended = u32::try_from(*run).expect("a run has a 32-bit number");
            if let Some(given_up) = producer.wake.take() {
                self.work[given_up].done = at;
            }
            if producer.has_run {
                self.stopped.push(ended);
                producer.run = ended + 1;
            } else {
                // What was written for a start that never came.
                self.writes.retain(|write| write.run != ended);
                self.placed.retain(|placed| placed.run != ended);
            }
            *producer = ProducerNotes {
                run: producer.run,
                ..ProducerNotes::default()
            };
        }
    }

    fn starved(&mut self, words: &[u64], at: Moment) {
        let [stream, first, frames, _] = words else {
            return;
        };
        self.report(SERVER_INPUT_STARVATION);
        let Some(client) = self.client_of(*stream) else {
            return;
        };
        self.clients[client].starved_passes += 1;
        self.clients[client].starved_frames += frames;
        self.starved.push(Starved {
            run: self.producer.run,
            client,
            first: *first,
            frames: *frames,
            at,
        });
    }

    fn mixed(&mut self, words: &[u64]) {
        let [stream, content, frames, recorded] = words else {
            return;
        };
        if let Some(client) = self.client_of(*stream) {
            self.mixed.push(Mixed {
                client,
                content: *content,
                frames: *frames,
                recorded: *recorded,
            });
        }
    }

    /// The place of the client with stream `stream` of the engine.
    fn client_of(&self, stream: u64) -> Option<usize> {
        let stream = usize::try_from(stream).ok()?;
        self.streams.get(stream).copied()
    }

    fn notified(&mut self, words: &[u64]) {
        let [event, lost] = words else {
            return;
        };
        match FaultId::from_word(*lost) {
            Some(fault) => {
                self.notifications.lost += 1;
                self.lost.push(LostNotification {
                    event: *event,
                    fault,
                });
            }
            None => self.notifications.event_sets += 1,
        }
    }
}

fn status_of(word: u64) -> NtStatus {
    NtStatus::from_value(u32::try_from(word).expect("a status has 32 bits"))
}

/// What the driver told of its engine; of a glitch it says which.
fn told(words: &[u64]) -> Option<String> {
    let [kind, _, _, code, _] = words else {
        return None;
    };
    Some(match EngineEventKind::of_value(*kind)? {
        kind @ EngineEventKind::GlitchReport => format!("{} {code}", kind.name()),
        kind => kind.name().to_owned(),
    })
}

/// The property that says where the last buffer of an offloaded stream ends.
fn last_buffer() -> Property {
    let request = AudioRequest::SetLastBufferPosition(Bytes::ZERO);
    Property::of(&PinRequest::Audio(request))
}

/// Bytes of `packet` before `place`, in a buffer of `count` packets of `size` bytes. Where the packet
/// before it ends, that is none.
fn valid_in(place: u64, packet: u64, size: u64, count: u64) -> u64 {
    let begins = packet % count * size;
    (place + count * size - begins) % (count * size)
}

/// The property that asks whether there are notifications.
fn notification_support() -> Property {
    Property::of(&PinRequest::RtAudio(
        RtAudioRequest::QueryNotificationSupport,
    ))
}

/// The property that asks for the packet count.
fn packet_count() -> Property {
    Property::of(&PinRequest::RtAudio(RtAudioRequest::PacketCount))
}

/// The wake-up that an entry of [`WAKE`] tells of, and when its first instruction runs.
fn woken(words: &[u64]) -> Option<(Work, SimTime)> {
    let [_, _, due, starts, fault] = words else {
        return None;
    };
    let work = Work {
        due: SimTime::from_ticks(*due),
        // Until it is known when it ends.
        done: SimTime::MAX.at(Phase::React),
        latency: Latency::ZERO,
        fault: FaultId::from_word(*fault),
    };
    Some((work, SimTime::from_ticks(*starts)))
}

/// How long a thread has worked since `begun`, but for what others took of that time.
fn own_time(begun: u64, at: Moment, held_up: SimDuration) -> SimDuration {
    let all = at.time.since(SimTime::from_ticks(begun)).ticks();
    SimDuration::from_ticks(all.saturating_sub(held_up.ticks()))
}

/// Adds the part of the wake-up that an entry of [`DELAY`] tells of. What comes back was lost in the
/// middle of its work.
fn add_delay(work: &mut Work, words: &[u64]) -> SimDuration {
    let [_, event, component, length] = words else {
        return SimDuration::ZERO;
    };
    let length = SimDuration::from_ticks(*length);
    let component = usize::try_from(*component)
        .ok()
        .and_then(|component| Component::ALL.get(component));
    if let Some(component) = component {
        work.latency.add(*component, length);
    }
    if *event == IN_BETWEEN {
        length
    } else {
        SimDuration::ZERO
    }
}
