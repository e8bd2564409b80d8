//! Events: which, how often, when.

use units::{Hns, NtStatus};

use super::Model;
use crate::kit::Answer;
use crate::kit::answer::millis;

/// What is known of the events of a subject.
#[derive(Clone, Debug, Default)]
pub(super) struct Notifications {
    events: Vec<Event>,
    /// True until the first signal after a pause.
    resumed: bool,
}

#[derive(Clone, Copy, Debug)]
struct Event {
    number: u8,
    registered: bool,
    /// When it was.
    since: Hns,
    /// Packets for which it has been set, or that were done before: at least, at most. They
    /// differ until a signal tells, and longer where packets are shorter than signals may be late.
    packets: (u64, u64),
    /// Signals of this epoch.
    signals: u64,
    latest: Option<Hns>,
    /// True once the end of the stream was notified.
    ended: bool,
}

impl Notifications {
    pub(super) fn resume(&mut self) {
        self.resumed = self.events.iter().any(|event| event.signals > 0);
    }

    pub(super) fn stop(&mut self) {
        self.resumed = false;
        for event in &mut self.events {
            (event.packets, event.signals, event.latest) = ((0, 0), 0, None);
            event.ended = false;
        }
    }

    fn find(&mut self, number: u8) -> Option<&mut Event> {
        self.events
            .iter_mut()
            .find(|event| event.number == number && event.registered)
    }
}

impl Model<'_> {
    pub(super) fn register_call(&mut self, at: Hns, number: u8, answer: Answer) {
        let packets = self.ring.and_then(super::Ring::packet);
        let known = self.notifications.find(number).is_some();
        match (packets, answer) {
            (None, Answer::Done) if self.makes_buffers => {
                self.blame("R75", "refused: there is no buffer with notifications");
            }
            (Some(_), Answer::Done) if known => self.blame("R85", "refused: it is registered"),
            (Some(packet), Answer::Done) => {
                let done = self.packets_done(at, packet);
                self.notifications.events.push(Event {
                    number,
                    registered: true,
                    since: at,
                    packets: done,
                    signals: 0,
                    latest: None,
                    ended: false,
                });
            }
            _ => {}
        }
    }

    pub(super) fn unregister_call(&mut self, number: u8, answer: Answer) {
        match (self.notifications.find(number), answer) {
            (None, Answer::Done) => self.blame("R85", "refused: it is not registered"),
            (Some(event), Answer::Done) => event.registered = false,
            (Some(_), Answer::Refused(NtStatus::NOT_FOUND)) => {
                self.blame("R85", "done: it is registered");
            }
            _ => {}
        }
    }

    pub(super) fn signal(&mut self, at: Hns, number: u8) {
        let running = self.is_running();
        let Some(packet) = self.ring.and_then(super::Ring::packet) else {
            return;
        };
        let Some(event) = self.notifications.find(number) else {
            self.blame("R81", "nothing: the event is not registered");
            return;
        };
        event.signals += 1;
        let (packets, before) = (event.packets, event.latest.replace(at));
        let (nth, most) = self.packets_of(at, packets, packet);
        if self.notifies_end(at, number, nth * packet) {
            return;
        }
        if let Some(event) = self.notifications.find(number) {
            event.packets = (nth, most);
        }
        if !running {
            self.blame("R79", "nothing: the stream is not in Run");
            return;
        }
        if self.held_until.is_none() && !self.share_signals(packet) {
            self.judge_signal(at, nth, packet, before);
        }
    }

    /// True, once, if what is signalled is the end of the stream, inside a packet.
    fn notifies_end(&mut self, at: Hns, number: u8, packet_end: u64) -> bool {
        let early = packet_end > self.reached(at);
        let is_at_end = early && self.end.is_some_and(|end| end <= self.reached(at));
        let Some(event) = self.notifications.find(number).filter(|_| is_at_end) else {
            return false;
        };
        !std::mem::replace(&mut event.ended, true)
    }

    /// For which packets, counted from 1, a signal at `at` may be, at least and at most, after one for
    /// the last of `packets`.
    fn packets_of(&self, at: Hns, (least, most): (u64, u64), packet: u64) -> (u64, u64) {
        let fits = |nth: &u64| {
            let is_done = nth * packet <= self.reached(at);
            is_done && at <= self.latest_signal(*nth, packet).unwrap_or(at)
        };
        let mut possible = least + 1..=most + 1;
        let first = possible.find(fits).unwrap_or(least + 1);
        (first, possible.rfind(fits).unwrap_or(first))
    }

    /// True if packets are so small that several are fetched together: then they share a signal.
    fn share_signals(&self, packet: u64) -> bool {
        packet < self.counted_ahead() + self.declared.grain.get() * self.frame()
    }

    /// Bytes of which packets can be done, and notified, at `at`.
    fn reached(&self, at: Hns) -> u64 {
        let early = self.declared.notification_lead.get() * self.frame();
        self.due(at).hi + early + self.counted_ahead()
    }

    /// When packet `nth`, counted from 1, is notified at the latest.
    fn latest_signal(&self, nth: u64, packet: u64) -> Option<Hns> {
        let short = self.declared.grain.get() - 1 + self.rounded();
        let done = self.setup.time_of(nth * packet / self.frame() + short);
        let done = Hns::new(done.get() + self.declared.lag.get());
        let at = self.run.counter_at(done)?.get();
        Some(Hns::new(at + self.declared.notification_lag.get() + 1))
    }

    /// Signal for packet `nth`, counted from 1, which came at `at`.
    fn judge_signal(&mut self, at: Hns, nth: u64, packet: u64, before: Option<Hns>) {
        let due_run = self.setup.time_of(nth * packet / self.frame());
        let due = self.run.counter_at(due_run).unwrap_or(at);
        let resumed = std::mem::take(&mut self.notifications.resumed);
        let expected = format!("at {}, when packet {} is done", millis(due), nth - 1);
        if nth * packet > self.reached(at) {
            let again = before.is_some_and(|before| {
                let apart = at.get().saturating_sub(before.get());
                self.setup.bytes_after(Hns::new(apart)) < packet / 2
            });
            if again {
                self.blame_signals("P24", &expected);
            } else {
                self.blame("P26", expected.clone());
            }
            self.blame_resumed(resumed, &expected);
            self.so_far.signal_wrong = true;
        } else if at > self.latest_signal(nth, packet).unwrap_or(at) {
            self.blame("P25", expected.clone());
            self.blame_resumed(resumed, &expected);
            if nth >= 4 && !self.so_far.signal_wrong {
                self.blame("P27", expected);
            }
            self.so_far.signal_wrong = true;
        }
    }

    fn blame_resumed(&mut self, resumed: bool, expected: &str) {
        if resumed && !self.so_far.signal_wrong {
            self.blame("R84", expected);
        }
    }

    fn blame_signals(&mut self, rule: &'static str, expected: &str) {
        self.blame(rule, expected);
        match self.ring.and_then(|ring| ring.packets) {
            Some(1) => self.blame("R77", expected),
            Some(2) => self.blame("R78", expected),
            _ => {}
        }
    }

    /// How long after its time a signal may come, in units of 100 ns.
    fn lateness(&self) -> u64 {
        let grain = self.setup.time_of(self.declared.grain.get() - 1).get();
        grain + self.declared.lag.get() + self.declared.notification_lag.get() + 1
    }

    /// Before a call at `at`: is a signal missing?
    pub(super) fn check_notifications(&mut self, at: Hns) {
        let Some(packet) = self.ring.and_then(super::Ring::packet) else {
            return;
        };
        if !self.is_running() || self.held_until.is_some() || self.share_signals(packet) {
            return;
        }
        let since = self.run.latest_stretch().map_or(0, Hns::get);
        let run = self.run.at(at).get();
        let settled = Hns::new(run.saturating_sub(self.lateness()).max(since));
        let done = self.due_after(settled).lo / packet;
        let registered = self
            .notifications
            .events
            .iter()
            .filter(|event| event.registered);
        let newest = registered.clone().filter_map(|event| event.latest).max();
        let left_out = newest.is_some_and(|newest| {
            let mut events = registered.clone();
            events.any(|event| event.since < newest && event.latest < Some(newest))
        });
        let Some(most) = registered.map(|event| event.packets.1).max() else {
            return;
        };
        if left_out {
            self.blame("R80", "every registered event set whenever one is");
        }
        if most >= done {
            return;
        }
        let expected = format!("{done} signals by now, not {most}");
        self.so_far.signal_wrong = true;
        self.blame_signals("P24", &expected);
        if self.takes_packets && !self.written {
            self.blame("R83", expected.clone());
        }
        if done - most >= 2 {
            self.blame("P65", expected);
        }
    }
}
