//! A stream whose calls and answers are watched.

mod packets;
mod stream;

use ks::KsState;
use portcls::{AudioBuffer, Call, Mdl, MiniportWaveRtStream, Rule};
use units::{Bytes, Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::port_stream::PageLedger;
use crate::verifier::Verifier;

/// A stream of a miniport between port and miniport, which keeps both to the rules.
#[derive(Debug)]
pub(crate) struct CheckedStream {
    inner: Box<dyn MiniportWaveRtStream>,
    verifier: Verifier,
    pages: Shared<PageLedger>,
    format: WaveFormat,
    state: KsState,
    buffer: Option<MadeBuffer>,
    events: Vec<EventHandle>,
    seen: Seen,
    released: bool,
}

/// The buffer that the miniport has made.
#[derive(Clone, Debug)]
struct MadeBuffer {
    mdl: Mdl,
    size: Bytes,
    with_notification: bool,
}

/// The highest answers since Stop.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    packet_count: Option<u32>,
    presented: Option<u64>,
    read_packet: Option<u32>,
    linear: Option<u64>,
}

impl CheckedStream {
    pub(crate) fn new(
        inner: Box<dyn MiniportWaveRtStream>,
        verifier: Verifier,
        pages: Shared<PageLedger>,
        format: WaveFormat,
    ) -> Self {
        Self {
            inner,
            verifier,
            pages,
            format,
            state: KsState::Stop,
            buffer: None,
            events: Vec::new(),
            seen: Seen::default(),
            released: false,
        }
    }

    /// The port lets go of the stream.
    pub(crate) fn release(&mut self, now: Moment) {
        self.enter(now, Call::Release);
        self.check(
            now,
            self.pages.borrow().is_empty(),
            Rule::PagesLeft,
            Call::Release,
        );
        self.released = true;
        self.inner.released();
    }

    /// The client closes its pin and has left events.
    pub(crate) fn events_left(&self, now: Moment) {
        self.verifier.broken(now, Rule::EventsLeft, Call::Release);
    }

    fn enter(&self, now: Moment, call: Call) {
        self.verifier.enter(now, call);
        self.check(now, !self.released, Rule::CallAfterRelease, call);
    }

    fn check(&self, now: Moment, is_kept: bool, rule: Rule, call: Call) {
        if !is_kept {
            self.verifier.broken(now, rule, call);
        }
    }

    fn allocated(
        &mut self,
        now: Moment,
        call: Call,
        packets: Option<u32>,
        made: Result<AudioBuffer, NtStatus>,
    ) -> Result<AudioBuffer, NtStatus> {
        let made = made?;
        let frame = u64::from(self.format.frame_bytes());
        let unit = frame * u64::from(packets.unwrap_or(1).max(1));
        let is_even = !made.actual.is_zero() && made.actual.get() % unit == 0;
        self.check(now, is_even, Rule::UnevenBuffer, call);
        let end = made.offset_from_first_page.get() + made.actual.get();
        let is_within =
            made.offset_from_first_page < portcls::PAGE_SIZE && end <= made.mdl.size().get();
        self.check(now, is_within, Rule::BeyondPages, call);
        let is_ours = self.pages.borrow().has(&made.mdl);
        self.check(now, is_ours, Rule::ForeignPages, call);
        self.check(now, self.buffer.is_none(), Rule::SecondBuffer, call);
        self.buffer = Some(MadeBuffer {
            mdl: made.mdl.clone(),
            size: made.actual,
            with_notification: packets.is_some(),
        });
        Ok(made)
    }

    fn freed(&mut self, now: Moment, call: Call, with_notification: bool, freed: &AudioBuffer) {
        self.enter(now, call);
        self.check(
            now,
            self.state == KsState::Stop,
            Rule::FreedBeforeStop,
            call,
        );
        match self.buffer.take() {
            Some(made) if made.mdl == freed.mdl => {
                let same = made.with_notification == with_notification;
                self.check(now, same, Rule::FreedByTheOther, call);
            }
            other => {
                self.buffer = other;
                self.verifier.broken(now, Rule::FreedTwice, call);
            }
        }
    }

    /// A number that only rises between two stops, and is 0 in Stop.
    fn risen(&self, now: Moment, call: Call, before: Option<u64>, value: u64) {
        if self.state == KsState::Stop {
            self.check(now, value == 0, Rule::NotReset, call);
        } else {
            let rises = before.is_none_or(|before| before <= value);
            self.check(now, rises, Rule::WentBack, call);
        }
    }

    /// The same for a 32-bit number that wraps; distances are signed.
    fn risen_wrapping(&self, now: Moment, call: Call, before: Option<u32>, value: u32) {
        let rises = before.is_none_or(|before| value.wrapping_sub(before) <= u32::MAX / 2);
        if self.state == KsState::Stop {
            self.check(now, value == 0, Rule::NotReset, call);
        } else {
            self.check(now, rises, Rule::WentBack, call);
        }
    }
}

impl Fork for CheckedStream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            inner: self.inner.fork(forker),
            verifier: self.verifier.fork(forker),
            pages: self.pages.fork(forker),
            buffer: self.buffer.clone(),
            events: self.events.fork(forker),
            ..*self
        }
    }
}

#[cfg(test)]
mod tests;
