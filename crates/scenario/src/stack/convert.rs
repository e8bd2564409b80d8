//! From the words of the format to those of the parts.

use engine::{ContentPolicy, EndOfStream, Policy, Prime, Volume};
use wasapi::{Act, Action};

use crate::format;
use crate::quantity::Level;

impl format::Policy {
    pub(super) const fn to_engine(self) -> Policy {
        match self {
            Self::Resync => Policy::Resync,
            Self::Blind => Policy::Blind,
        }
    }
}

impl format::Content {
    pub(super) const fn to_engine(self) -> ContentPolicy {
        match self {
            Self::Drop => ContentPolicy::Drop,
            Self::Delay => ContentPolicy::Delay,
        }
    }
}

impl format::Prime {
    pub(super) const fn to_engine(self) -> Prime {
        match self {
            Self::All => Prime::All,
            Self::First => Prime::First,
            Self::None => Prime::None,
        }
    }
}

impl format::EndOfStream {
    pub(super) fn to_engine(self) -> EndOfStream {
        EndOfStream {
            packet: self.packet.into(),
            valid: self.valid.to_frames(),
            writes_after: self.writes_after,
        }
    }
}

impl format::Action {
    /// Whose it is, and what he does.
    pub(super) fn to_client(&self) -> Option<(u32, Action)> {
        let (client, at, what) = if let Some(pause) = &self.pause {
            (pause.client, pause.at, Act::Pause)
        } else if let Some(run) = &self.run {
            let prime = run.prime.map(format::Prime::to_engine);
            (run.client, run.at, Act::Run { prime })
        } else if let Some(stop) = &self.stop {
            (stop.client, stop.at, Act::Stop)
        } else {
            let write = self.write_packet.as_ref()?;
            let packet = write.packet.into();
            (write.client, write.at, Act::WritePacket(packet))
        };
        let at = at.to_instant();
        Some((client, Action { at, what }))
    }
}

impl Level {
    /// As a gain.
    pub(super) fn to_volume(self) -> Volume {
        Volume::from_millibels(self.millibels())
    }
}
