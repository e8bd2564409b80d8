//! The wall clock, as virtual time counts.

use std::time::Duration;

use tokio::time::Instant;
use units::{Moment, Phase, SimTime};

/// How far off an instant is that nobody lives to see: 30 years.
const NEVER: Duration = Duration::from_secs(30 * 365 * 86_400);

/// The wall clock, from the beginning of a run on. All threads of a run have the same one.
#[derive(Clone, Copy, Debug)]
pub struct WallClock {
    began: Instant,
}

impl WallClock {
    /// A clock that shows zero now.
    pub fn start() -> Self {
        Self {
            began: Instant::now(),
        }
    }

    /// What it shows.
    ///
    /// Nobody waits for a phase here: whatever was due at an instant of the wall clock is over when
    /// somebody gets to look, so it is the last phase of that instant.
    pub fn now(self) -> Moment {
        let nanos = u64::try_from(self.began.elapsed().as_nanos());
        SimTime::from_nanos(nanos.expect("a run lasts less than 484 days")).at(Phase::React)
    }

    /// When it has passed `when`, to the nanosecond.
    pub(crate) fn instant_of(self, when: Moment) -> Instant {
        let nanos = when.time.to_nanos_floor().saturating_add(1);
        self.began + Duration::from_nanos(nanos).min(NEVER)
    }
}
