//! Which statuses the rules allow, in which state.

use ks::{END_OF_STREAM, KsState, PacketCount, PacketNumber};
use units::{Hns, NtStatus};

use super::{Device, Model, Pin, is_known};
use crate::pin::Ask;

/// What may come of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    /// The rule by which it may be granted.
    pub(super) grant: Option<&'static str>,
    /// What it may be refused with, and by which rules.
    pub(super) refusals: Vec<(NtStatus, &'static str)>,
}

impl Allowed {
    fn granted(rule: &'static str) -> Self {
        Self {
            grant: Some(rule),
            refusals: Vec::new(),
        }
    }

    fn refused(status: NtStatus, rule: &'static str) -> Self {
        Self::default().or(status, rule)
    }

    /// The same, or refused with that.
    fn or(mut self, status: NtStatus, rule: &'static str) -> Self {
        self.refusals.push((status, rule));
        self
    }

    /// Granted by `rule` if nothing speaks against it; any of what does, if more than one.
    fn unless(rule: &'static str, against: &[(bool, NtStatus, &'static str)]) -> Self {
        let refusals: Vec<_> = against
            .iter()
            .filter(|(applies, _, _)| *applies)
            .map(|(_, status, rule)| (*status, *rule))
            .collect();
        Self {
            grant: refusals.is_empty().then_some(rule),
            refusals,
        }
    }
}

impl Model<'_> {
    /// What may come of `ask`, which is of packet `packet` if it is a write.
    pub(super) fn allowed(&self, at: Hns, ask: Ask, packet: u32) -> Allowed {
        match (self.device, ask) {
            (_, Ask::Power(_) | Ask::Remove | Ask::Close) => Allowed::granted("R68"),
            (Device::Gone, ask) => self.when_gone(ask),
            (Device::Asleep, Ask::Open(_)) => {
                // Nobody is expected to ask; a pin may be made all the same.
                Allowed::granted("R61")
                    .or(NtStatus::DEVICE_NOT_READY, "R61")
                    .or(NtStatus::NO_MATCH, "R17")
                    .or(NtStatus::INSUFFICIENT_RESOURCES, "R11")
            }
            (Device::Asleep, _) => Allowed::refused(NtStatus::DEVICE_NOT_READY, "R61"),
            (Device::Awake, Ask::Open(connect)) => Allowed::unless(
                "R12",
                &[
                    (self.pin.is_some(), NtStatus::INSUFFICIENT_RESOURCES, "R11"),
                    (!is_known(connect), NtStatus::NO_MATCH, "R17"),
                ],
            ),
            (Device::Awake, ask) => match &self.pin {
                Some(pin) => self.of_pin(pin, at, ask, packet),
                None => Allowed::refused(NtStatus::INVALID_HANDLE, "R68"),
            },
        }
    }

    /// R161: what leads to the close is granted, and nothing else.
    fn when_gone(&self, ask: Ask) -> Allowed {
        let gone = NtStatus::DEVICE_REMOVED;
        let Some(pin) = &self.pin else {
            return Allowed::refused(gone, "R161");
        };
        match ask {
            Ask::State(target) if target <= pin.state => Allowed::granted("R161"),
            Ask::Unregister(event) if pin.events.contains(&event) => Allowed::granted("R161"),
            Ask::Unregister(_) => unknown_event(pin).or(gone, "R161"),
            _ => Allowed::refused(gone, "R161"),
        }
    }

    fn of_pin(&self, pin: &Pin, at: Hns, ask: Ask, packet: u32) -> Allowed {
        let has_buffer = pin.ring.is_some();
        match ask {
            Ask::State(target) => state(pin, target),
            Ask::Format(connect) => {
                let kept = pin.is_running() || has_buffer;
                let refused = Allowed::unless(
                    "R50",
                    &[(
                        kept || !is_known(connect),
                        NtStatus::INVALID_PARAMETER,
                        "R50",
                    )],
                );
                // A driver may have streams that keep their format for life.
                refused.or(NtStatus::NOT_SUPPORTED, "R50")
            }
            Ask::Buffer { requested, packets } => self.buffer(pin, requested.get(), packets),
            Ask::Register(event) => register(pin, event),
            Ask::Unregister(event) if pin.events.contains(&event) => Allowed::granted("R85"),
            Ask::Unregister(_) => unknown_event(pin),
            Ask::HwLatency => {
                Allowed::unless("R113", &[(!has_buffer, NtStatus::DEVICE_NOT_READY, "R73")])
            }
            Ask::MapPosition => register_of_device(pin.maps_position, has_buffer),
            Ask::MapClock => register_of_device(pin.maps_clock, true),
            Ask::MapPackets => Allowed::unless(
                "R141",
                &[
                    (pin.packet().is_none(), NtStatus::NOT_SUPPORTED, "R141"),
                    (pin.maps_packets, NtStatus::INVALID_DEVICE_REQUEST, "R98"),
                ],
            ),
            Ask::Presentation | Ask::PacketCount => self.packet_property(pin, false),
            Ask::Write { flags, valid, .. } => self.write(pin, at, packet, flags, valid),
            Ask::Read => self.read(pin, at),
            _ => Allowed::granted("R34"),
        }
    }

    /// R60, R62, R64, R65.
    fn buffer(&self, pin: &Pin, requested: u64, packets: Option<u32>) -> Allowed {
        let count_is_odd =
            packets.is_some_and(|count| !(1..=self.declared.packets_max).contains(&count));
        let frame = u64::from(self.setup.format.frame_bytes());
        Allowed::unless(
            "R53",
            &[
                (
                    pin.state != KsState::Stop,
                    NtStatus::INVALID_DEVICE_STATE,
                    "R65",
                ),
                (pin.ring.is_some(), NtStatus::INVALID_DEVICE_REQUEST, "R64"),
                (count_is_odd, NtStatus::INVALID_PARAMETER, "R62"),
                (requested < frame, NtStatus::UNSUCCESSFUL, "R60"),
            ],
        )
    }

    /// R141: packets need a buffer with notifications, and the right direction.
    fn packet_property(&self, pin: &Pin, is_of_capture: bool) -> Allowed {
        let is_wrong = pin.packet().is_none() || self.declared.captures != is_of_capture;
        Allowed::unless("R117", &[(is_wrong, NtStatus::NOT_SUPPORTED, "R141")])
    }

    /// R118 to R126, in the order of the page.
    fn write(&self, pin: &Pin, at: Hns, packet: u32, flags: u32, valid: u32) -> Allowed {
        let (Some(size), false) = (pin.packet(), self.declared.captures) else {
            return Allowed::refused(NtStatus::NOT_SUPPORTED, "R141");
        };
        if pin.ended {
            return Allowed::refused(NtStatus::INVALID_DEVICE_STATE, "R123");
        }
        if flags & !END_OF_STREAM != 0 {
            return Allowed::refused(NtStatus::INVALID_PARAMETER, "R122");
        }
        if flags & END_OF_STREAM != 0 && u64::from(valid) > size {
            return Allowed::refused(NtStatus::INVALID_PARAMETER, "R125");
        }
        let mut allowed = Allowed::default();
        for (first, last) in self.windows(pin, at) {
            match (distance(packet, first), distance(packet, last)) {
                (behind, _) if behind < 0 => {
                    allowed = allowed.or(NtStatus::DATA_LATE_ERROR, "R119");
                }
                (_, beyond) if beyond > 0 => allowed = allowed.or(NtStatus::DATA_OVERRUN, "R120"),
                _ => allowed.grant = Some("R118"),
            }
        }
        allowed
    }

    /// The first and the last packet that can be written, for all that may be in transfer.
    fn windows(&self, pin: &Pin, at: Hns) -> Vec<(u64, u64)> {
        let count = pin.ring.and_then(|ring| ring.packets).unwrap_or(1);
        let (least, most) = self.packets_done(at).unwrap_or((0, 0));
        let may_be_part_done = !pin.is_running() && pin.run.pauses() > 0;
        let mut windows = Vec::new();
        for done in least..=most {
            let end = done + u64::from(count) - 1;
            if pin.is_running() || may_be_part_done {
                windows.push((done + 1, end.max(done + 1)));
            }
            if !pin.is_running() {
                windows.push((done, end));
            }
        }
        windows
    }

    /// R131, R132; below Pause nothing is handed out.
    fn read(&self, pin: &Pin, at: Hns) -> Allowed {
        let property = self.packet_property(pin, true);
        if property.grant.is_none() {
            return property;
        }
        if pin.state < KsState::Pause {
            return Allowed::refused(NtStatus::INVALID_DEVICE_STATE, "R131");
        }
        let (least, most) = self.packets_done(at).unwrap_or((0, 0));
        let none = (NtStatus::DEVICE_NOT_READY, "R131");
        if pin.promised || pin.unread < least {
            Allowed::granted("R136")
        } else if pin.unread < most {
            Allowed::granted("R132").or(none.0, none.1)
        } else {
            Allowed::refused(none.0, none.1)
        }
    }
}

/// R85; without packets there are no events to know.
fn unknown_event(pin: &Pin) -> Allowed {
    let unknown = Allowed::refused(NtStatus::NOT_FOUND, "R85");
    match pin.packet() {
        Some(_) => unknown,
        None => unknown
            .or(NtStatus::NOT_SUPPORTED, "R76")
            .or(NtStatus::DEVICE_NOT_READY, "R75"),
    }
}

/// R46; on the way up the device may have no room.
fn state(pin: &Pin, target: KsState) -> Allowed {
    let no_buffer = pin.reaches(target) != target;
    let walked = Allowed::unless(
        "R34",
        &[(no_buffer, NtStatus::INVALID_DEVICE_REQUEST, "R46")],
    );
    if target > pin.state {
        walked.or(NtStatus::INSUFFICIENT_RESOURCES, "R35")
    } else {
        walked
    }
}

/// R75, R76, R85.
fn register(pin: &Pin, event: u8) -> Allowed {
    match pin.ring.map(|ring| ring.packets) {
        None => Allowed::refused(NtStatus::DEVICE_NOT_READY, "R75"),
        Some(None) => Allowed::refused(NtStatus::NOT_SUPPORTED, "R75"),
        Some(Some(_)) => Allowed::unless(
            "R80",
            &[(pin.events.contains(&event), NtStatus::UNSUCCESSFUL, "R85")],
        ),
    }
}

/// R98, R99: a device may be without the register, and a register may belong to a buffer.
fn register_of_device(is_mapped: bool, is_ready: bool) -> Allowed {
    if is_mapped {
        return Allowed::refused(NtStatus::INVALID_DEVICE_REQUEST, "R98");
    }
    let allowed = Allowed::granted("R98").or(NtStatus::NOT_SUPPORTED, "R99");
    if is_ready {
        allowed
    } else {
        allowed.or(NtStatus::DEVICE_NOT_READY, "R73")
    }
}

/// How far `packet` is ahead of packet `of`, across the wrap of its 32 bits (R142).
fn distance(packet: u32, of: u64) -> i32 {
    let of = PacketCount::wrapping(of).in_transfer();
    PacketNumber::new(packet).ahead_of(of)
}
