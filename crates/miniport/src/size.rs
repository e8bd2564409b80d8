//! How large a cyclic buffer becomes.

use units::{Bytes, NtStatus};

/// The limits of a cyclic buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SizeLimits {
    /// Bytes of a frame.
    pub(crate) frame: Bytes,
    /// What a packet is a multiple of, beside the frame.
    pub(crate) alignment: Bytes,
    /// The smallest packet.
    pub(crate) packet_min: Bytes,
    /// The largest buffer.
    pub(crate) buffer_max: Bytes,
}

impl SizeLimits {
    /// The size of a packet in a buffer of `packets` packets that is to hold `requested`: the
    /// smallest legal one that holds it, else the largest legal one.
    ///
    /// Model: never below the request unless the hardware ends there, as engines refuse less than
    /// they asked for; packets are whole frames.
    ///
    /// # Errors
    /// [`NtStatus::UNSUCCESSFUL`] if not even a frame is asked for, or no size is legal.
    pub(crate) fn packet_for(self, requested: Bytes, packets: u32) -> Result<Bytes, NtStatus> {
        if requested < self.frame {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        let unit = lcm(self.frame.get(), self.alignment.get().max(1));
        let packets = u64::from(packets.max(1));
        let least = requested.get().div_ceil(packets).max(self.packet_min.get());
        let most = self.buffer_max.get() / packets / unit;
        match least.div_ceil(unit).min(most) {
            0 => Err(NtStatus::UNSUCCESSFUL),
            units => Ok(Bytes::new(units * unit)),
        }
    }
}

/// The least common multiple of two numbers that are not 0.
fn lcm(a: u64, b: u64) -> u64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits(frame: u64, alignment: u64) -> SizeLimits {
        SizeLimits {
            frame: Bytes::new(frame),
            alignment: Bytes::new(alignment),
            packet_min: Bytes::new(frame),
            buffer_max: Bytes::new(1 << 20),
        }
    }

    #[test]
    fn r60_less_than_a_frame_cannot_be() {
        assert_eq!(
            limits(4, 1).packet_for(Bytes::ZERO, 2),
            Err(NtStatus::UNSUCCESSFUL)
        );
        assert_eq!(
            limits(4, 1).packet_for(Bytes::new(3), 2),
            Err(NtStatus::UNSUCCESSFUL)
        );
        assert_eq!(limits(4, 1).packet_for(Bytes::new(4), 2), Ok(Bytes::new(4)));
    }

    #[test]
    fn r63_an_odd_number_of_frames_makes_whole_packets() {
        // 961 frames of 6 bytes in two packets: 481 frames each.
        let packet = limits(6, 1).packet_for(Bytes::new(961 * 6), 2);
        assert_eq!(packet, Ok(Bytes::new(481 * 6)));
    }

    #[test]
    fn r55_alignment_and_frame_both_divide_the_packet() {
        assert_eq!(
            limits(12, 128).packet_for(Bytes::new(1), 1),
            Err(NtStatus::UNSUCCESSFUL)
        );
        assert_eq!(
            limits(12, 128).packet_for(Bytes::new(385), 1),
            Ok(Bytes::new(768))
        );
    }

    #[test]
    fn r56_above_the_maximum_the_largest_legal_size_is_taken() {
        let limits = SizeLimits {
            buffer_max: Bytes::new(1000),
            ..limits(12, 1)
        };
        assert_eq!(limits.packet_for(Bytes::new(5000), 2), Ok(Bytes::new(492)));
        let nothing = SizeLimits {
            buffer_max: Bytes::new(11),
            ..limits
        };
        assert_eq!(
            nothing.packet_for(Bytes::new(5000), 1),
            Err(NtStatus::UNSUCCESSFUL)
        );
    }

    proptest! {
        /// R55, R56, R63: the size is the first legal one, counting up from the request.
        #[test]
        fn r56_the_size_is_the_closest_legal_one(
            frame in 1u64..33,
            alignment in prop::sample::select(vec![1u64, 4, 128]),
            packets in 1u32..9,
            requested in 1u64..20_000,
            packet_min in 0u64..2_000,
        ) {
            let limits = SizeLimits { packet_min: Bytes::new(packet_min), ..limits(frame, alignment) };
            let chosen = limits.packet_for(Bytes::new(requested), packets);
            if requested < frame {
                prop_assert_eq!(chosen, Err(NtStatus::UNSUCCESSFUL));
                return Ok(());
            }
            let is_legal = |buffer: &u64| {
                let packet = buffer / u64::from(packets);
                buffer % u64::from(packets) == 0
                    && packet % frame == 0
                    && packet % alignment == 0
                    && packet >= packet_min
            };
            let closest = (requested..1 << 20).find(is_legal).expect("some size is legal");
            prop_assert_eq!(chosen.map(|packet| packet.get() * u64::from(packets)), Ok(closest));
        }
    }
}
