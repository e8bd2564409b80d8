//! What the rules allow an answer to say.

use ks::{KsState, Position};
use units::Hns;

use super::{Model, Objection, Pin, objection};
use crate::kit::Bounds;
use crate::pin::{Ask, Said};

impl Model<'_> {
    pub(super) fn check_value(&self, at: Hns, ask: Ask, said: Said) -> Result<(), Objection> {
        let Some(pin) = &self.pin else {
            return Ok(());
        };
        match (ask, said) {
            (Ask::GetState, Said::State(state)) if state != pin.state => {
                objection("R35", format!("{:?}", pin.state))
            }
            (Ask::GetFormat, Said::Format(format)) if format != self.setup.format => {
                objection("R50", format!("{} Hz", self.setup.format.rate.hertz()))
            }
            (Ask::Buffer { requested, packets }, Said::Buffer(bytes)) => {
                self.buffer_made(requested.get(), packets, bytes)
            }
            (Ask::Position, Said::Position(place)) => self.position(pin, at, place),
            (Ask::PacketCount, Said::Count(count)) => self.count(at, count),
            (Ask::Presentation, Said::Presented(frames, qpc)) => {
                self.presented(pin, at, frames, qpc)
            }
            (Ask::Read, Said::Packet(packet)) => {
                let (_, most) = self.packets_done(at).unwrap_or((0, 0));
                let number = u64::from(packet.packet.get());
                if packet.flags != 0 {
                    return objection("R133", "flags 0");
                }
                if number < pin.unread || number >= most {
                    let last = most.saturating_sub(1);
                    return objection("R132", format!("packet {} to {last}", pin.unread));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// R54, R55, R63.
    fn buffer_made(
        &self,
        requested: u64,
        packets: Option<u32>,
        bytes: u64,
    ) -> Result<(), Objection> {
        let frame = u64::from(self.setup.format.frame_bytes());
        if bytes < requested {
            return objection("R54", format!("{requested} bytes or more"));
        }
        let unit = frame * u64::from(packets.unwrap_or(1));
        if bytes % unit != 0 {
            return objection("R63", format!("a multiple of {unit} bytes"));
        }
        Ok(())
    }

    /// R88; in Stop both places are 0 (R41), and what plays is where the device has come to (R105).
    fn position(&self, pin: &Pin, at: Hns, place: Position) -> Result<(), Objection> {
        let size = pin.ring.map_or(1, |ring| ring.bytes);
        let places = [place.play.get(), place.write.get()];
        if pin.ring.is_none() || pin.state == KsState::Stop {
            return match places {
                [0, 0] => Ok(()),
                _ => objection("R41", "0 0"),
            };
        }
        if places.iter().any(|place| *place >= size) {
            return objection("R88", format!("less than {size}"));
        }
        if self.declared.captures || pin.ended {
            return Ok(());
        }
        let Some(Bounds { lo, hi }) = self.due(at) else {
            return Ok(());
        };
        let frame = u64::from(self.setup.format.frame_bytes());
        let delay = self.declared.delay.get() * frame;
        let lo = lo.saturating_sub(delay);
        // Whether any place between the two is the one, around the buffer.
        let ahead = (places[0] + size - lo % size) % size;
        if ahead > hi - lo {
            let (from, to) = (lo % size, hi % size);
            return objection("R105", format!("{from} to {to}"));
        }
        Ok(())
    }

    /// R117, R127, R129.
    fn count(&self, at: Hns, count: u32) -> Result<(), Objection> {
        let (least, most) = self.packets_done(at).unwrap_or((0, 0));
        let low = |count: u64| u32::try_from(count & u64::from(u32::MAX)).expect("it is masked");
        if count.wrapping_sub(low(least)) <= low(most - least) {
            return Ok(());
        }
        objection("R117", format!("{least} to {most}"))
    }

    /// R107, R108, R110.
    fn presented(&self, pin: &Pin, at: Hns, frames: u64, qpc: u64) -> Result<(), Objection> {
        let frame = u64::from(self.setup.format.frame_bytes());
        let Some(Bounds { lo, hi }) = self.due(at) else {
            return Ok(());
        };
        let least = (lo / frame).saturating_sub(self.declared.delay.get());
        let least = if pin.ended { 0 } else { least };
        if !(least..=hi.div_ceil(frame)).contains(&frames) {
            return objection("R107", format!("frame {least} to {}", hi / frame));
        }
        if qpc.abs_diff(at.get()) > 1 {
            return objection("R108", format!("at {}", at.get()));
        }
        Ok(())
    }
}
