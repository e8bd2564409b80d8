//! Whether faults and actions make sense.

use hardware::StreamFormat;

use super::Check;
use super::device_faults::CAPTURE_DATA_LATE;
use crate::format::{
    Action, Fault, Format, FormatChange, JackChange, Kind, LateWakeUp, MissingTicks, Mode,
    Rebalance, RewriteDescriptor, VirtualMode,
};

/// Faults of machine and timer: those that strike whatever device there is.
pub(super) const MACHINE: [&str; 9] = [
    "late-wake-up",
    "page-fault",
    "device-lock",
    "lost-notification",
    "spurious-notification",
    "late-isr",
    "blocked-dpc",
    "late-dpc",
    "missing-ticks",
];

/// How long all faults together may make things.
const DELAY_MAX_NANOS: u64 = 60 * 86_400 * 1_000_000_000;
/// When a packet that is written or read out of turn may begin at the latest.
const PACKET_BEGINS_MAX_SECONDS: u64 = 30 * 86_400;

impl Check<'_> {
    pub(super) fn fault(&mut self, key: &str, fault: &Fault) {
        let given = fault.kinds().iter().filter(|(_, given)| *given).count();
        if given != 1 {
            let message = format!(
                "{given} kinds of fault; expected exactly one of {}",
                list(&fault.kinds())
            );
            self.say(key, message);
        }
        if let Some(name) = &fault.name {
            self.name(&format!("{key}.name"), name);
        }
        for kind in [
            "lost-notification",
            "spurious-notification",
            "late-isr",
            "late-dpc",
        ] {
            if fault.kinds().contains(&(kind, true)) {
                self.whose_notification(key, kind);
            }
        }
        if let Some(late) = &fault.late_wake_up {
            self.late_wake_up(&format!("{key}.late-wake-up"), late);
        }
        if let Some(page) = &fault.page_fault {
            self.late_wake_up(&format!("{key}.page-fault"), page);
        }
        let lock = fault.device_lock.as_ref();
        if let Some(lock) = lock.filter(|lock| lock.until <= lock.from) {
            let message = format!("it is given back at {}, before it is taken", lock.until);
            self.say(format!("{key}.device-lock.until"), message);
        }
        if let Some(lost) = &fault.lost_notification {
            self.event(&format!("{key}.lost-notification.event"), lost.event);
        }
        if let Some(late) = &fault.late_isr {
            self.event(&format!("{key}.late-isr.event"), late.event);
        }
        if let Some(late) = &fault.late_dpc {
            self.event(&format!("{key}.late-dpc.event"), late.event);
        }
        if fault
            .position_steps_back
            .as_ref()
            .is_some_and(|step| step.answer == 0)
        {
            let message = "answers are counted from 1";
            self.say(format!("{key}.position-steps-back.answer"), message);
        }
        if let Some(blocked) = &fault.blocked_dpc {
            if blocked.until <= blocked.from {
                self.say(
                    format!("{key}.blocked-dpc.until"),
                    format!(
                        "ends at {}, not after it begins at {}",
                        blocked.until, blocked.from
                    ),
                );
            }
        }
        self.device_fault(key, fault);
        self.needs_no_hardware(key, fault);
        if let Some(missing) = &fault.missing_ticks {
            self.missing_ticks(&format!("{key}.missing-ticks"), missing);
        }
        let producers = !self.scenario.clients.is_empty();
        if !producers {
            self.say(key, "a fault needs a client that it can hit; there is none");
        }
    }

    /// A virtual driver has a machine and a timer that may fail, and nothing else.
    fn needs_no_hardware(&mut self, key: &str, fault: &Fault) {
        let microphone = self.scenario.microphone.as_ref();
        let speaker = self.scenario.device.kind;
        let microphone = microphone.map(|microphone| microphone.kind);
        let kinds = fault.kinds();
        let mut given = kinds.iter().filter(|(_, given)| *given);
        let of_hardware = given.find_map(|(kind, _)| {
            let (table, behind) = match *kind {
                CAPTURE_DATA_LATE => ("microphone", microphone),
                _ => ("device", Some(speaker)),
            };
            let is_virtual = behind == Some(Kind::Virtual) && !MACHINE.contains(kind);
            is_virtual.then_some((kind, table))
        });
        if let Some((kind, table)) = of_hardware {
            let help = format!("leave it away, or take `kind = \"hd-audio\"` in [{table}]");
            self.advise(
                format!("{key}.{kind}"),
                "a virtual driver has no hardware that could do this",
                help,
            );
        }
    }

    fn missing_ticks(&mut self, key: &str, missing: &MissingTicks) {
        if missing.from == 0 || missing.to < missing.from {
            let message = format!("no ticks from {} to {}", missing.from, missing.to);
            self.advise(key, message, "ticks are counted from 1");
        }
        let ticks = Some(VirtualMode::Sample);
        let microphone = self.scenario.microphone.as_ref();
        let recorded = microphone.is_some_and(|microphone| microphone.virtual_mode() == ticks);
        match (self.scenario.device.virtual_mode() == ticks, recorded) {
            (true, false) | (false, true) => {}
            (false, false) => {
                let help =
                    "`kind = \"virtual\"` and `mode = \"sample\"` in [device] or [microphone]";
                self.advise(key, "no device here has ticks", help);
            }
            (true, true) => {
                let help = "`mode = \"exact\"` in [device] or [microphone]";
                self.advise(
                    key,
                    "of which device? Speaker and microphone both have ticks",
                    help,
                );
            }
        }
        let faults = self.scenario.faults.iter();
        if faults.filter(|fault| fault.missing_ticks.is_some()).count() > 1 {
            self.say(key, "ticks are missing in one stretch only");
        }
    }

    fn event(&mut self, key: &str, event: u64) {
        if event == 0 {
            self.say(key, "notifications are counted from 1");
        }
    }

    fn late_wake_up(&mut self, key: &str, late: &LateWakeUp) {
        match (late.client, late.engine, late.capture_engine) {
            (None, false, false) => self.say(
                key,
                "whose? expected `client = 0`, `engine = true` or `capture-engine = true`",
            ),
            (Some(client), false, false) => {
                self.client_index(&format!("{key}.client"), client);
            }
            (None, true, false) if !self.scenario.is_shared() => {
                self.say(
                    format!("{key}.engine"),
                    "no client shares the endpoint, so there is no engine",
                );
            }
            (None, false, true) if !self.scenario.is_capture_shared() => {
                self.say(
                    format!("{key}.capture-engine"),
                    "no client shares the microphone, so it has no engine",
                );
            }
            (None, true, false) | (None, false, true) => {}
            _ => self.say(
                key,
                "whose? expected one of `client`, `engine` and `capture-engine`",
            ),
        }
        let client = late
            .client
            .and_then(|client| self.scenario.clients.get(client as usize));
        let from_zero = client.is_some_and(|client| client.mode == Mode::SharedEvent);
        if !from_zero {
            self.event(&format!("{key}.event"), late.event);
        }
    }

    fn client_index(&mut self, key: &str, index: u32) -> bool {
        let count = self.scenario.clients.len();
        let there = usize::try_from(index).is_ok_and(|index| index < count);
        if !there {
            let message = match count {
                0 => "there is no client".to_owned(),
                1 => format!("there is no client {index}; expected 0, the only one"),
                _ => format!("there is no client {index}; expected 0 to {}", count - 1),
            };
            self.say(key, message);
        }
        there
    }

    pub(super) fn action(&mut self, key: &str, action: &Action) {
        let given = action.kinds().iter().filter(|(_, given)| *given).count();
        if given != 1 {
            let message = format!(
                "{given} kinds of action; expected exactly one of {}",
                list(&action.kinds())
            );
            self.say(key, message);
        }
        for (name, client) in [
            ("pause", action.pause.as_ref().map(|what| what.client)),
            ("run", action.run.as_ref().map(|what| what.client)),
            ("stop", action.stop.as_ref().map(|what| what.client)),
            (
                "write-packet",
                action.write_packet.as_ref().map(|what| what.client),
            ),
            (
                "read-slot",
                action.read_slot.as_ref().map(|what| what.client),
            ),
            ("rewrite", action.rewrite.as_ref().map(|what| what.client)),
        ] {
            let Some(client) = client else { continue };
            self.client_index(&format!("{key}.{name}.client"), client);
        }
        self.of_the_right_client(key, action);
        self.whose_power(key, action);
        if let Some(rewrite) = &action.rewrite_descriptor {
            self.rewrite_descriptor(&format!("{key}.rewrite-descriptor"), rewrite);
        }
        if let Some(jack) = &action.jack {
            self.jack(&format!("{key}.jack"), jack);
        }
        if let Some(change) = &action.format_change {
            self.format_change(&format!("{key}.format-change"), change);
        }
        if let Some(rebalance) = &action.rebalance {
            self.rebalance(&format!("{key}.rebalance"), rebalance);
        }
        if let Some(write) = &action.write_packet {
            let what = (write.client, write.packet);
            let format = (self.scenario.device.format, self.scenario.device.kind);
            self.out_of_turn(&format!("{key}.write-packet.packet"), what, format);
        }
        let microphone = self.scenario.microphone.as_ref();
        if let (Some(read), Some(microphone)) = (&action.read_slot, microphone) {
            let what = (read.client, read.packet);
            let format = (microphone.format, microphone.kind);
            self.out_of_turn(&format!("{key}.read-slot.packet"), what, format);
        }
    }

    /// The jack of a device that nobody uses would be looked at by nobody.
    fn jack(&mut self, key: &str, jack: &JackChange) {
        let is_used = if jack.microphone {
            self.scenario.recorders().next().is_some()
        } else {
            self.scenario.players().next().is_some()
        };
        if !is_used {
            let (whose, does) = if jack.microphone {
                ("microphone", "records")
            } else {
                ("speaker", "plays")
            };
            let help = format!("a client that {does}, or leave it away");
            self.advise(
                key,
                format!("it is of the {whose}, and nobody {does}"),
                help,
            );
        }
    }

    /// Other devices like nothing best, and a link carries what it can.
    fn format_change(&mut self, key: &str, change: &FormatChange) {
        if self.scenario.players().next().is_none() {
            let help = "a client that plays, or leave it away";
            self.advise(key, "it is of the speaker, and nobody plays", help);
        }
        if self.scenario.device.kind != Kind::HdAudio {
            let help = "leave it away, or take `kind = \"hd-audio\"` in [device]";
            self.advise(key, "only hd-audio has a format that it likes best", help);
        }
        let format = format!("{key}.format");
        self.format(&format, change.format);
        if let Err(error) = StreamFormat::of(change.format.to_format()) {
            let help = "HD Audio plays 48 kHz and 44.1 kHz, their multiples up to 4 and whole parts, in \
                        u8, s16, s24in32 or s32";
            self.advise(format, error.to_string(), help);
        }
    }

    /// The descriptors are those of the one buffer that the speaker has.
    fn rewrite_descriptor(&mut self, key: &str, rewrite: &RewriteDescriptor) {
        let Some((_, player)) = self.scenario.players().next() else {
            let help = "a client that plays, or leave it away";
            self.advise(key, "it is of the speaker, and nobody plays", help);
            return;
        };
        if self.scenario.device.kind == Kind::Virtual {
            let help = "leave it away, or take `kind = \"hd-audio\"` in [device]";
            self.advise(key, "a virtual device has no descriptors", help);
            return;
        }
        let packets = match player.mode {
            Mode::ExclusiveEvent => player.packets.unwrap_or(2),
            Mode::ExclusiveTimer => 1,
            _ => self.scenario.engine.packets,
        };
        let descriptors = packets.max(2);
        for (name, number) in [
            ("descriptor", rewrite.descriptor),
            ("points-to", rewrite.points_to),
        ] {
            if number >= descriptors {
                let last = descriptors - 1;
                self.say(
                    format!("{key}.{name}"),
                    format!("there is no descriptor {number}; expected 0 to {last}"),
                );
            }
        }
    }

    fn rebalance(&mut self, key: &str, rebalance: &Rebalance) {
        let (end, name) = match (rebalance.cancel_at, rebalance.stop_at) {
            (Some(at), None) => (at, "cancel-at"),
            (None, Some(at)) => (at, "stop-at"),
            _ => {
                self.say(key, "how does it end? expected `cancel-at` or `stop-at`");
                return;
            }
        };
        if end < rebalance.at {
            let message = format!("ends at {end}, before it begins at {}", rebalance.at);
            self.say(format!("{key}.{name}"), message);
        }
    }

    fn out_of_turn(
        &mut self,
        key: &str,
        (client, packet): (u32, u32),
        (format, kind): (Format, Kind),
    ) {
        let Some(client) = self.scenario.clients.get(client as usize) else {
            return;
        };
        let frame = u64::from(packet) * client.packet_frames_at(format, kind).get();
        if frame / u64::from(format.rate.hertz()) > PACKET_BEGINS_MAX_SECONDS {
            self.say(key, "a packet that would begin after more than 30 days");
        }
    }

    /// The instants of a run must stay within what the model can tell.
    pub(super) fn delays(&mut self) {
        let delays = self.scenario.faults.iter().map(|fault| {
            let late = fault
                .late_wake_up
                .as_ref()
                .map_or(0, |late| late.by.nanos());
            let page = fault.page_fault.as_ref().map_or(0, |page| page.by.nanos());
            let lock = fault
                .device_lock
                .as_ref()
                .map_or(0, |lock| lock.until.nanos());
            let late = late.saturating_add(page).saturating_add(lock);
            let isr = fault.late_isr.as_ref().map_or(0, |late| late.by.nanos());
            let dpc = fault.late_dpc.as_ref().map_or(0, |late| late.by.nanos());
            late.saturating_add(isr).saturating_add(dpc)
        });
        let total = delays.fold(0_u64, u64::saturating_add);
        if total > DELAY_MAX_NANOS {
            self.say("fault", "all delays together are longer than 60 days");
        }
    }
}

/// `` `a`, `b`, `c` ``
fn list(kinds: &[(&str, bool)]) -> String {
    let names: Vec<_> = kinds.iter().map(|(name, _)| format!("`{name}`")).collect();
    names.join(", ")
}
