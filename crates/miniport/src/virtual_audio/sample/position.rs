//! How time becomes bytes.

use ks::{DataFlow, KsState, Position};
use units::Bytes;

use super::{BugCheck, Counter, EngineEvent, SampleStream, low32};

/// Units of 100 ns in a millisecond.
pub(super) const HNS_PER_MILLISECOND: u64 = 10_000;

impl<E: PartialEq> SampleStream<E> {
    /// Moves the position to `now`: whole milliseconds become bytes, the rest is carried.
    ///
    /// Elapsed time is cut to 32 bits before the division and the product to 32 bits after the
    /// multiplication, but what is left of a millisecond comes from the uncut time. So whoever
    /// asks too seldom gets a position that jumps back.
    pub(super) fn update(&mut self, now: u64) -> Result<(), BugCheck> {
        let registers = &mut self.registers;
        let elapsed = now
            .wrapping_sub(registers.updated_at)
            .wrapping_add(registers.time_carry);
        let milliseconds = low32(u64::from(low32(elapsed)) / HNS_PER_MILLISECOND);
        registers.time_carry = elapsed % HNS_PER_MILLISECOND;
        let thousandths = self
            .wave
            .byte_rate
            .get()
            .wrapping_mul(milliseconds)
            .wrapping_add(registers.byte_carry);
        registers.byte_carry = thousandths % 1000;
        let bytes = u64::from(thousandths / 1000);
        registers.presentation = registers.presentation.wrapping_add(bytes);
        let bytes = self.held_back(bytes)?;
        let registers = &mut self.registers;
        registers.position = (registers.position + bytes) % u64::from(self.buffer);
        registers.linear = registers.linear.wrapping_add(bytes);
        registers.updated_at = now;
        Ok(())
    }

    /// How many of `bytes` are moved: not beyond the end of the stream, as far as a comparison of
    /// buffer offsets finds it. Capture knows no end.
    fn held_back(&mut self, bytes: u64) -> Result<u64, BugCheck> {
        if self.buffer == 0 {
            return Err(BugCheck::PositionWithoutBuffer);
        }
        if self.flow == DataFlow::Out || !self.registers.has_end {
            return Ok(bytes);
        }
        let buffer = u64::from(self.buffer);
        let (at, end) = (
            self.registers.position,
            u64::from(self.registers.write_mark),
        );
        let reached = (at + bytes) % buffer;
        let moved = if at <= end {
            bytes.min(end - at)
        } else if reached < at && reached > end {
            bytes.wrapping_sub(reached - end) & u64::from(u32::MAX)
        } else {
            bytes
        };
        if !self.registers.is_over && (at + moved) % buffer == end {
            self.registers.is_over = true;
            let linear = self.registers.linear.wrapping_add(moved);
            self.reports.push(super::Report {
                event: EngineEvent::LastBufferRendered,
                parameters: [linear, end, 0, 0],
            });
        }
        Ok(moved)
    }

    /// Moves the position to now if it moves at all.
    pub(super) fn update_if_running(&mut self, now: Counter) -> Result<(), BugCheck> {
        if self.state == KsState::Run {
            self.update(self.time(now))?;
        }
        Ok(())
    }

    /// Play and write position, which are the same.
    ///
    /// # Errors
    /// [`BugCheck`], if it runs without a buffer.
    #[doc(alias = "GetPosition")]
    pub fn get_position(&mut self, now: Counter) -> Result<Position, BugCheck> {
        self.update_if_running(now)?;
        let at = Bytes::new(self.registers.position);
        Ok(Position {
            play: at,
            write: at,
        })
    }

    /// Bytes moved since STOP.
    ///
    /// # Errors
    /// [`BugCheck`], if it runs without a buffer.
    #[doc(alias = "GetStreamLinearBufferPosition")]
    pub fn get_linear_position(&mut self, now: Counter) -> Result<Bytes, BugCheck> {
        self.update_if_running(now)?;
        Ok(Bytes::new(self.registers.linear))
    }
}
