//! From the words of the format to those of the parts.

use engine::{ContentPolicy, EndOfStream, Overrun, Policy, Prime, ReadPolicy, Volume};
use miniport::ReadOrder;
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

impl format::Policy {
    pub(super) const fn to_reader(self) -> ReadPolicy {
        match self {
            Self::Resync => ReadPolicy::Ask,
            Self::Blind => ReadPolicy::Blind,
        }
    }
}

impl format::Overrun {
    pub(super) const fn to_engine(self) -> Overrun {
        match self {
            Self::KeepOldest => Overrun::KeepOldest,
            Self::KeepNewest => Overrun::KeepNewest,
        }
    }
}

impl format::ReadOrder {
    pub(super) const fn to_driver(self) -> ReadOrder {
        match self {
            Self::OldestFirst => ReadOrder::OldestFirst,
            Self::NewestOnly => ReadOrder::NewestOnly,
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
        } else if let Some(read) = &self.read_slot {
            let (slot, packet) = (read.slot, read.packet.into());
            (read.client, read.at, Act::ReadSlot { slot, packet })
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
