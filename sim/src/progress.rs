//! A line that tells how far a long run is, on a terminal only.

use crate::terminal::say;
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// The first sign of life, and the time from one to the next.
const INTERVAL: Duration = Duration::from_millis(500);

/// How many scenarios there are, how many are done, and how far the others are.
#[derive(Debug)]
pub struct Progress {
    total: usize,
    done: AtomicUsize,
    running: Mutex<Vec<Running>>,
}

#[derive(Debug)]
struct Running {
    name: String,
    /// Of a hundred, in model time.
    percent: u64,
}

impl Progress {
    /// Does `work` on this thread, and shows how far it is whenever it takes longer than half a
    /// second and somebody is there to see it.
    pub fn during<R>(total: usize, work: impl FnOnce(&Self) -> R) -> R {
        let progress = Self {
            total,
            done: AtomicUsize::new(0),
            running: Mutex::new(Vec::new()),
        };
        shown_during(&|waited| progress.line(waited), || work(&progress))
    }

    /// Notes that a scenario has begun.
    pub fn begun(&self, name: &str) {
        self.running().push(Running {
            name: name.to_owned(),
            percent: 0,
        });
    }

    /// Notes how far a scenario is in model time.
    pub fn at(&self, name: &str, now: u64, ends: u64) {
        let percent = u128::from(now) * 100 / u128::from(ends.max(1));
        for running in self
            .running()
            .iter_mut()
            .filter(|running| running.name == name)
        {
            running.percent = u64::try_from(percent).unwrap_or(100);
        }
    }

    /// Notes that a scenario has come to its end.
    pub fn ended(&self, name: &str) {
        self.running().retain(|other| other.name != name);
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn running(&self) -> MutexGuard<'_, Vec<Running>> {
        self.running.lock().expect("nobody panics with the lock")
    }

    fn line(&self, waited: Duration) -> String {
        let shown = |running: &Running| format!("{} {} %", running.name, running.percent);
        let running = self
            .running()
            .iter()
            .map(shown)
            .collect::<Vec<_>>()
            .join(", ");
        let done = self.done.load(Ordering::Relaxed);
        format!(
            "{done} of {} done after {} s; running {running}",
            self.total,
            waited.as_secs()
        )
    }
}

/// Does `work` on this thread, and shows what `line` makes of the time since it began, twice a
/// second, if somebody is there to see it.
pub fn shown_during<R>(line: &(dyn Fn(Duration) -> String + Sync), work: impl FnOnce() -> R) -> R {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let (finished, watch) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || show_until(&watch, line));
        let result = work();
        drop(finished);
        result
    })
}

fn show_until(finished: &mpsc::Receiver<()>, line: &dyn Fn(Duration) -> String) {
    let mut shown = false;
    let mut waited = Duration::ZERO;
    while finished.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
        waited += INTERVAL;
        shown = true;
        say(&format!("\r\x1b[K{}", line(waited)));
    }
    if shown {
        say("\r\x1b[K");
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;
    use std::time::Duration;

    #[test]
    fn the_line_tells_what_is_done_and_what_runs() {
        let line = Progress::during(3, |progress| {
            progress.begun("a");
            progress.begun("b");
            progress.ended("a");
            progress.at("b", 3_000, 4_000);
            progress.line(Duration::from_secs(2))
        });
        assert_eq!(line, "1 of 3 done after 2 s; running b 75 %");
    }
}
