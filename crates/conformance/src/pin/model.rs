//! What the rules allow: the reference model of a pin, written from them.

mod allowed;
mod notified;
mod values;

use std::collections::BTreeSet;

use ks::KsState;
use portcls::DevicePower;
use units::{Hns, NtStatus};

use super::said::{Answer, Said};
use super::{Ask, Connect};
use crate::kit::{Bounds, Declared, RunTime, Setup, Signal};

/// The rule that an answer breaks, and what it would allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) rule: &'static str,
    pub(super) expected: String,
}

/// Whether the device answers at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Device {
    Awake,
    /// The system sleeps.
    Asleep,
    /// Somebody has pulled it out.
    Gone,
}

/// The cyclic buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ring {
    bytes: u64,
    /// With notifications only.
    packets: Option<u32>,
}

/// An open pin.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that has happened"
)]
struct Pin {
    state: KsState,
    ring: Option<Ring>,
    events: BTreeSet<u8>,
    maps_position: bool,
    maps_clock: bool,
    maps_packets: bool,
    run: RunTime,
    /// True if it was paused because the system sleeps.
    resumes: bool,
    /// The end of the stream was announced.
    ended: bool,
    /// The captured packet that is the next one nobody has read.
    unread: u64,
    /// The last reading said that there is more.
    promised: bool,
}

/// The device with its one pin.
#[derive(Debug)]
pub(super) struct Model<'a> {
    setup: &'a Setup,
    declared: &'a Declared,
    device: Device,
    pin: Option<Pin>,
}

impl Ring {
    /// Bytes of a packet, with notifications.
    fn packet(self) -> Option<u64> {
        self.packets.map(|packets| self.bytes / u64::from(packets))
    }
}

impl Pin {
    /// As it is made.
    fn new() -> Self {
        Self {
            state: KsState::Stop,
            ring: None,
            events: BTreeSet::new(),
            maps_position: false,
            maps_clock: false,
            maps_packets: false,
            run: RunTime::default(),
            resumes: false,
            ended: false,
            unread: 0,
            promised: false,
        }
    }

    /// Bytes of a packet, if there are packets.
    fn packet(&self) -> Option<u64> {
        self.ring?.packet()
    }

    fn is_running(&self) -> bool {
        self.state == KsState::Run
    }

    /// Where a request for `target` takes it: without a buffer no further than Pause (R46).
    fn reaches(&self, target: KsState) -> KsState {
        if self.ring.is_none() {
            target.min(KsState::Pause)
        } else {
            target
        }
    }

    fn go(&mut self, at: Hns, target: KsState) {
        let before = std::mem::replace(&mut self.state, target);
        match (before == KsState::Run, target == KsState::Run) {
            (false, true) => self.run.start(at),
            (true, false) => self.run.pause(at),
            _ => {}
        }
        if target == KsState::Stop && before != KsState::Stop {
            self.run = RunTime::default();
            self.ended = false;
            self.unread = 0;
            self.promised = false;
        }
    }
}

impl<'a> Model<'a> {
    /// A device that was just started.
    pub(super) fn new(setup: &'a Setup, declared: &'a Declared) -> Self {
        Self {
            setup,
            declared,
            device: Device::Awake,
            pin: None,
        }
    }

    /// True if there is somebody to ask: a pin is asked by the handle to it, and nobody changes the
    /// power of a device that is gone.
    pub(super) fn can_be_asked(&self, ask: Ask) -> bool {
        match ask {
            Ask::Power(_) => self.device != Device::Gone,
            ask => !ask.is_of_the_pin() || self.pin.is_some(),
        }
    }

    /// The number of the packet in transfer at `at`, as far as one knows.
    pub(super) fn in_transfer(&self, at: Hns) -> u64 {
        self.packets_done(at).map_or(0, |(least, _)| least)
    }

    /// Takes in an answer and what it changes.
    ///
    /// # Errors
    /// [`Objection`] if no rule allows it.
    pub(super) fn take(
        &mut self,
        at: Hns,
        ask: Ask,
        packet: u32,
        answer: &Answer,
    ) -> Result<(), Objection> {
        self.check_status(at, ask, packet, answer)?;
        if let Ok(said) = answer {
            self.check_value(at, ask, *said)?;
        }
        self.change(at, ask, answer);
        Ok(())
    }

    /// After a change of state was refused the pin is in the last good one: between where it was
    /// and where it was to go.
    ///
    /// # Errors
    /// [`Objection`] if it is not.
    pub(super) fn stopped_at(
        &mut self,
        at: Hns,
        target: KsState,
        state: KsState,
    ) -> Result<(), Objection> {
        let Some(pin) = &mut self.pin else {
            return Ok(());
        };
        if state < pin.state.min(target) || state > pin.state.max(target) {
            return objection("R35", format!("{:?} to {target:?}", pin.state));
        }
        pin.go(at, state);
        Ok(())
    }

    fn check_status(
        &self,
        at: Hns,
        ask: Ask,
        packet: u32,
        answer: &Answer,
    ) -> Result<(), Objection> {
        let allowed = self.allowed(at, ask, packet);
        let is_allowed = match answer {
            Ok(_) => allowed.grant.is_some(),
            Err(status) => allowed.refusals.iter().any(|(known, _)| known == status),
        };
        if is_allowed {
            return Ok(());
        }
        let refusals = allowed.refusals.iter().map(|(status, _)| status.name());
        let grant = allowed.grant.map(|_| "to be granted");
        let words: Vec<&str> = grant.into_iter().chain(refusals).collect();
        let rule = allowed
            .grant
            .or(allowed.refusals.first().map(|(_, rule)| *rule));
        Err(Objection {
            rule: rule.unwrap_or("MC8"),
            expected: words.join(" or "),
        })
    }

    fn change(&mut self, at: Hns, ask: Ask, answer: &Answer) {
        match ask {
            Ask::Open(_) if answer.is_ok() => self.pin = Some(Pin::new()),
            Ask::Close => self.pin = None,
            Ask::Power(power) => self.power(at, power),
            Ask::Remove => self.remove(at),
            // Walked as far as it goes, whether that is all the way or not.
            Ask::State(target) if self.moves(target, answer) => {
                if let Some(pin) = &mut self.pin {
                    let target = pin.reaches(target);
                    pin.resumes = false;
                    pin.go(at, target);
                }
            }
            ask => {
                if let (Some(pin), Ok(said)) = (&mut self.pin, answer) {
                    granted(pin, ask, *said);
                }
            }
        }
    }

    /// True if a change of state was answered by a device that walks.
    fn moves(&self, target: KsState, answer: &Answer) -> bool {
        match (answer, target) {
            (Ok(_), _) => true,
            (Err(NtStatus::INVALID_DEVICE_REQUEST), KsState::Run) => self.device == Device::Awake,
            _ => false,
        }
    }

    /// R153 to R156: going down the stream is paused, in D0 it goes on.
    fn power(&mut self, at: Hns, power: DevicePower) {
        let was_awake = self.device == Device::Awake;
        self.device = match power {
            DevicePower::D0 => Device::Awake,
            _ => Device::Asleep,
        };
        let Some(pin) = &mut self.pin else {
            return;
        };
        match self.device {
            Device::Asleep if was_awake && pin.is_running() => {
                pin.resumes = true;
                pin.go(at, KsState::Pause);
            }
            Device::Awake if std::mem::take(&mut pin.resumes) => pin.go(at, KsState::Run),
            _ => {}
        }
    }

    /// Nothing moves any more, whatever state the pin is in.
    fn remove(&mut self, at: Hns) {
        self.device = Device::Gone;
        if let Some(pin) = &mut self.pin {
            if pin.is_running() {
                pin.run.pause(at);
            }
        }
    }

    /// How far the link has come.
    fn due(&self, at: Hns) -> Option<Bounds> {
        let pin = self.pin.as_ref()?;
        let run = pin.run.at(at);
        Some(self.declared.due_after(self.setup, run, pin.run.pauses()))
    }

    /// Bytes that the device may be ahead of the link where packets are counted.
    fn ahead(&self) -> u64 {
        let frame = u64::from(self.setup.format.frame_bytes());
        if self.declared.counts_in_memory {
            self.declared.lead.get() * frame
        } else {
            0
        }
    }

    /// Packets done: at least, at most.
    fn packets_done(&self, at: Hns) -> Option<(u64, u64)> {
        let pin = self.pin.as_ref()?;
        let packet = pin.packet()?;
        let Bounds { lo, hi } = self.due(at)?;
        let has_run = pin.is_running() || pin.run.pauses() > 0;
        let ahead = if has_run { self.ahead() } else { 0 };
        Some((lo / packet, (hi + ahead) / packet))
    }

    /// Takes in the events that were set in the time from `from` to `until`.
    ///
    /// # Errors
    /// [`Objection`] if there are some, or too many, that no rule allows; or too few.
    pub(super) fn pass(&self, from: Hns, until: Hns, set: &[Signal]) -> Result<(), Objection> {
        self.check_signals(from, until, set)
    }
}

/// What an answer changes that was granted.
fn granted(pin: &mut Pin, ask: Ask, said: Said) {
    match (ask, said) {
        (Ask::Buffer { packets, .. }, Said::Buffer(bytes)) => {
            pin.ring = Some(Ring { bytes, packets });
        }
        (Ask::Register(event), _) => {
            pin.events.insert(event);
        }
        (Ask::Unregister(event), _) => {
            pin.events.remove(&event);
        }
        (Ask::MapPosition, _) => pin.maps_position = true,
        (Ask::MapClock, _) => pin.maps_clock = true,
        (Ask::MapPackets, _) => pin.maps_packets = true,
        (Ask::Write { flags, .. }, _) if flags & ks::END_OF_STREAM != 0 => pin.ended = true,
        (Ask::Read, Said::Packet(read)) => {
            pin.unread = u64::from(read.packet.get()) + 1;
            pin.promised = read.more_data;
        }
        _ => {}
    }
}

fn objection(rule: &'static str, expected: impl Into<String>) -> Result<(), Objection> {
    Err(Objection {
        rule,
        expected: expected.into(),
    })
}

/// What nobody has: a format that is [`Connect::Wrong`].
fn is_known(connect: Connect) -> bool {
    connect == Connect::Right
}
