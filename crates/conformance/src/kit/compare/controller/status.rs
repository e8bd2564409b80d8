//! Interrupt status: what is derived, what is sticky, what a write clears.

use hardware::spec::{self, ctl, intctl, sts};

use super::{Stay, Stays, Taken, place, ring, taken};
use crate::kit::compare::Violation;
use crate::kit::controller::STREAMS;
use crate::kit::{Bench, ControllerCall, History, Setup, Trace};

/// What is known of a stream.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// As it was read at this instant.
    control: Option<u32>,
    status: Option<u32>,
    /// Sticky bits that nobody has cleared since they were read.
    sticky: u32,
    /// The FIFO in bytes.
    fifo: u64,
    /// Where its link was when its completion had last been cleared or could have been set.
    link: Option<u64>,
    /// Where it is now, if the place was read at this instant.
    place: Option<u64>,
}

/// P54: INTSTS is what follows from the status and control registers of the streams, a write of ones
/// clears those bits and no others, and no completion is lost.
pub(crate) fn status_algebra(_: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let mut watch = Watch::new(&history.setup);
    taken(trace).find_map(|taken| {
        let text = watch.take(taken)?;
        Some(Violation::at(taken.line, text))
    })
}

struct Watch<'a> {
    setup: &'a Setup,
    stays: Stays,
    streams: [Known; STREAMS as usize],
    interrupt_control: Option<u32>,
    interrupt_status: Option<u32>,
    /// The bus is denied at times: then packets are done when nobody can tell.
    is_denied: bool,
    at: Option<units::Hns>,
}

impl<'a> Watch<'a> {
    fn new(setup: &'a Setup) -> Self {
        Self {
            setup,
            stays: Stays::default(),
            streams: [Known::default(); STREAMS as usize],
            interrupt_control: None,
            interrupt_status: None,
            is_denied: false,
            at: None,
        }
    }

    /// What should have been read.
    fn take(&mut self, taken: Taken) -> Option<String> {
        if self.at != Some(taken.at) || !taken.only_asks() {
            self.forget_readings();
        }
        self.at = Some(taken.at);
        self.stays.take(taken);
        self.change(taken);
        if let ControllerCall::Load(spec::INTCTL) = taken.call {
            self.interrupt_control = Some(taken.value);
        } else if let ControllerCall::Load(spec::INTSTS) = taken.call {
            self.interrupt_status = Some(taken.value);
        } else if let Some(stream) = taken.reads(spec::SD_CTL) {
            self.streams[place(stream)].control = Some(taken.value);
        } else if let Some(stream) = taken.reads(spec::SD_FIFOS) {
            self.streams[place(stream)].fifo = u64::from(taken.value) + 1;
        } else if let Some(stream) = taken.reads(spec::SD_LPIB) {
            self.streams[place(stream)].place = Some(taken.value.into());
        } else if let Some(stream) = taken.reads(spec::SD_STS) {
            if let Some(text) = self.status(stream, taken.value) {
                return Some(text);
            }
        }
        self.derived()
    }

    fn forget_readings(&mut self) {
        (self.interrupt_control, self.interrupt_status) = (None, None);
        for known in &mut self.streams {
            (known.control, known.status, known.place) = (None, None, None);
        }
    }

    /// What a call changes.
    fn change(&mut self, taken: Taken) {
        match taken.call {
            ControllerCall::Deny { .. } => self.is_denied = true,
            ControllerCall::Reset | ControllerCall::Store(spec::GCTL, _) => {
                self.streams = [Known::default(); STREAMS as usize];
            }
            ControllerCall::SetUp(stream) => self.streams[place(stream)] = Known::default(),
            _ => {}
        }
        if let Some((stream, value)) = taken.writes(spec::SD_STS) {
            let known = &mut self.streams[place(stream)];
            known.sticky &= !value;
            known.link = None;
        }
        if let Some((stream, value)) = taken.writes(spec::SD_CTL) {
            if value & ctl::SRST != 0 {
                self.streams[place(stream)] = Known::default();
            }
        }
    }

    /// A status register was read.
    fn status(&mut self, stream: u32, value: u32) -> Option<String> {
        let runs = matches!(self.stays.of(stream), Stay::Runs { .. });
        let completes = runs && !self.is_denied && self.has_completed(stream);
        let known = &mut self.streams[place(stream)];
        known.status = Some(value);
        let lost = known.sticky & !value;
        known.sticky = value & sts::CLEARABLE;
        if lost != 0 {
            return Some(format!("{lost:#x} still set: nobody has cleared it"));
        }
        if completes && value & sts::BCIS == 0 {
            return Some(format!("{:#x} set: a packet of it is done", sts::BCIS));
        }
        if runs && known.link.is_none() {
            known.link = known.place;
        }
        None
    }

    /// True if the link has passed the end of a packet on both sides of the FIFO since its
    /// completion could last be cleared.
    fn has_completed(&self, stream: u32) -> bool {
        let known = &self.streams[place(stream)];
        let (Some(from), Some(to)) = (known.link, known.place) else {
            return false;
        };
        let packet = self.setup.packet_bytes().get();
        let moved = (to + ring(self.setup) - from) % ring(self.setup);
        let (after, until) = (from + known.fifo, (from + moved).saturating_sub(known.fifo));
        known.fifo != 0 && until > after && until / packet > after / packet
    }

    /// What INTSTS should be, if all that it follows from was read at this instant.
    fn derived(&self) -> Option<String> {
        let found = self.interrupt_status?;
        for (stream, known) in (0..).zip(&self.streams) {
            let (Some(control), Some(status)) = (known.control, known.status) else {
                continue;
            };
            let asks = [
                (sts::BCIS, ctl::IOCE),
                (sts::FIFOE, ctl::FEIE),
                (sts::DESE, ctl::DEIE),
            ];
            let asks = asks
                .iter()
                .any(|(bit, enable)| status & bit != 0 && control & enable != 0);
            if asks != (found & intctl::stream(stream) != 0) {
                let set = if asks { "set" } else { "clear" };
                return Some(format!(
                    "INTSTS with bit {stream} {set}: control {control:#x}, status {status:#x}"
                ));
            }
        }
        let enabled = self.interrupt_control?;
        let asks = found & enabled & !intctl::GLOBAL != 0;
        (asks != (found & intctl::GLOBAL != 0)).then(|| {
            let set = if asks { "set" } else { "clear" };
            format!("INTSTS with bit 31 {set}: INTCTL is {enabled:#x}")
        })
    }
}
