//! How far a sweep is, how fast, and how long it will take.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many runs there are to do, and how many are done.
#[derive(Debug)]
pub(crate) struct Pace {
    total: u64,
    done: AtomicU64,
}

impl Pace {
    pub(crate) fn new(total: u64) -> Self {
        Self {
            total,
            done: AtomicU64::new(0),
        }
    }

    /// One more run is done.
    pub(crate) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// While it goes on.
    pub(crate) fn line(&self, since: Duration) -> String {
        let done = self.done.load(Ordering::Relaxed);
        let left = self.left(done, since);
        let left = left.map_or_else(
            || "no telling how long".to_owned(),
            |left| format!("{} left", time(left)),
        );
        format!(
            "{done} of {} runs, {}, {left}",
            self.total,
            rate(done, since)
        )
    }

    /// When it is over.
    pub(crate) fn summary(&self, since: Duration) -> String {
        let done = self.done.load(Ordering::Relaxed);
        let (seconds, tenths) = (since.as_secs(), since.subsec_millis() / 100);
        format!("{done} runs in {seconds}.{tenths} s, {}", rate(done, since))
    }

    /// What the rest takes at the rate so far, in seconds.
    fn left(&self, done: u64, since: Duration) -> Option<u128> {
        let rest = u128::from(self.total - done.min(self.total));
        (since.as_millis() * rest)
            .checked_div(u128::from(done))
            .map(|millis| millis.div_ceil(1_000))
    }
}

/// Runs a second, with a decimal where there are few.
fn rate(done: u64, since: Duration) -> String {
    let tenths = (u128::from(done) * 10_000)
        .checked_div(since.as_millis())
        .unwrap_or(0);
    match tenths {
        0..1_000 => format!("{}.{} a second", tenths / 10, tenths % 10),
        _ => format!("{} a second", tenths / 10),
    }
}

fn time(seconds: u128) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::time::Duration;

    #[test]
    fn the_line_tells_rate_and_time_left() {
        let pace = Pace::new(1_000);
        let line = |seconds| pace.line(Duration::from_secs(seconds));
        assert_eq!(line(1), "0 of 1000 runs, 0.0 a second, no telling how long");
        (0..250).for_each(|_| pace.step());
        assert_eq!(line(2), "250 of 1000 runs, 125 a second, 6 s left");
        assert_eq!(line(200), "250 of 1000 runs, 1.2 a second, 10 min left");
        assert_eq!(
            line(4_000),
            "250 of 1000 runs, 0.0 a second, 3 h 20 min left"
        );
        assert_eq!(
            pace.summary(Duration::from_millis(2_540)),
            "250 runs in 2.5 s, 98.4 a second"
        );
    }
}
