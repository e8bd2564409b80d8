//! The notification timer.

use ks::KsState;

use super::position::HNS_PER_MILLISECOND;
use super::{BugCheck, Counter, EngineEvent, SampleStream, low32};
use crate::virtual_audio::counter::HNS_PER_SECOND;

/// What one expiry of the timer did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// True if it counted a packet.
    pub completed: bool,
    /// True if every registered event is to be set.
    pub signals: bool,
}

impl<E: PartialEq> SampleStream<E> {
    /// One expiry of the notification timer. Nothing if it is not armed.
    ///
    /// At most one packet is completed: after a stall the timer catches up by one packet a
    /// millisecond while the position has jumped already. Nothing ties the two together.
    ///
    /// # Errors
    /// [`BugCheck`].
    #[doc(alias = "TimerNotifyRT")]
    pub fn tick(&mut self, now: Counter) -> Result<Ticked, BugCheck> {
        if !self.timer_is_armed {
            return Ok(Ticked::default());
        }
        let now = self.time(now);
        let is_due = self.take_interval(now);
        if !is_due && !self.registers.has_end {
            return Ok(Ticked::default());
        }
        self.update(now)?;
        let completed = !self.registers.has_end;
        if completed {
            self.registers.packets = self.registers.packets.wrapping_add(1);
        }
        let mut ticked = Ticked {
            completed,
            signals: false,
        };
        if self.state == KsState::Run {
            ticked.signals = self.complete(is_due)?;
        }
        Ok(ticked)
    }

    /// True if an expiry at `now` would do anything: complete a packet, or watch for the end.
    pub fn acts(&self, now: Counter) -> bool {
        let is_due = self.interval_is_over(self.since_completion(self.time(now)));
        self.timer_is_armed && (is_due || self.registers.has_end)
    }

    /// How many of `count` expiries, the first at `first` and each `period` counts behind the one
    /// before, certainly do nothing before one does: [`tick`](Self::tick) would change nothing and
    /// report nothing. 0 also where that is not worked out, as for a counter of more than 4 GHz.
    ///
    /// Until an interval is over, no expiry changes what it is measured from, so the first that
    /// does anything is a matter of one division.
    pub fn idle_expiries(&self, first: Counter, period: u64, count: u64) -> u64 {
        if !self.timer_is_armed || self.registers.has_end {
            return 0;
        }
        let now = self.time(first);
        let elapsed = u64::from(low32(self.since_completion(now)));
        let interval = u64::from(self.registers.interval_ms) * HNS_PER_MILLISECOND;
        if elapsed >= interval {
            return 0;
        }
        // What is compared holds 32 bits, and begins again at 0 behind them.
        let quiet = interval.min(1 << 32) - elapsed;
        let acts_from = now
            .checked_add(quiet)
            .and_then(|acts_at| self.first_count_at(acts_at, first.value, now));
        match acts_from {
            None => 0,
            Some(_) if period == 0 => count,
            Some(acts_from) => (acts_from - first.value).div_ceil(period).min(count),
        }
    }

    /// The first count that is `hns` or later, if `known` is `known_hns` without a wrap.
    fn first_count_at(&self, hns: u64, known: u64, known_hns: u64) -> Option<u64> {
        const HERTZ_MAX: u64 = 4_000_000_000;
        if self.hertz == HNS_PER_SECOND {
            return Some(hns);
        }
        let (hertz, second) = (u128::from(self.hertz), u128::from(HNS_PER_SECOND));
        let is_exact = (1..=HERTZ_MAX).contains(&self.hertz)
            && u128::from(known) * second / hertz == u128::from(known_hns);
        let count = (u128::from(hns) * hertz).div_ceil(second);
        u64::try_from(count).ok().filter(|_| is_exact)
    }

    /// Time since the last completion that belongs to the packet in transfer.
    fn since_completion(&self, now: u64) -> u64 {
        let registers = &self.registers;
        now.wrapping_sub(registers.completed_at)
            .wrapping_add(registers.timer_carry)
    }

    fn interval_is_over(&self, elapsed: u64) -> bool {
        u64::from(low32(elapsed)) / HNS_PER_MILLISECOND >= self.registers.interval_ms.into()
    }

    /// True if the interval is over by `now`; what lies beyond it is carried over.
    ///
    /// Elapsed time is cut to 32 bits for the comparison, and not for the carry.
    fn take_interval(&mut self, now: u64) -> bool {
        let elapsed = self.since_completion(now);
        let is_due = self.interval_is_over(elapsed);
        if is_due {
            let registers = &mut self.registers;
            let interval = low32(u64::from(registers.interval_ms) * HNS_PER_MILLISECOND);
            registers.timer_carry = elapsed.wrapping_sub(interval.into());
            registers.completed_at = now;
        }
        is_due
    }

    /// Reports, and says whether the events are to be set. `is_due` is false if only the end of
    /// the stream is watched for.
    fn complete(&mut self, is_due: bool) -> Result<bool, BugCheck> {
        let was_marked = std::mem::take(&mut self.registers.mark_is_new);
        if !was_marked && !self.registers.has_end {
            self.report(EngineEvent::Glitch, [1, 0]);
        }
        let signals = !self.events.is_empty() && (is_due || self.registers.is_over);
        if signals {
            if self.count == 0 {
                return Err(BugCheck::CompletionWithoutPackets);
            }
            let length = self.packet_bytes().into();
            for _ in 0..self.events.len() {
                self.report(EngineEvent::BufferComplete, [length, 0]);
            }
        }
        if self.registers.is_over {
            self.timer_is_armed = false;
        }
        Ok(signals)
    }
}
