//! A line that tells how far a long run is, on a terminal only.

use crate::terminal::say;
use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// The first sign of life, and the time from one to the next.
const INTERVAL: Duration = Duration::from_millis(500);

/// How many scenarios there are, and how many are done.
#[derive(Debug)]
pub struct Progress {
    total: usize,
    done: AtomicUsize,
    running: Mutex<Vec<String>>,
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
        if !std::io::stderr().is_terminal() {
            return work(&progress);
        }
        let (finished, watch) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let shown = &progress;
            scope.spawn(move || shown.show_until(&watch));
            let result = work(&progress);
            drop(finished);
            result
        })
    }

    /// Notes that a scenario has begun.
    pub fn begun(&self, label: &str) {
        self.running
            .lock()
            .expect("nobody panics with the lock")
            .push(label.to_owned());
    }

    /// Notes that a scenario has come to its end.
    pub fn ended(&self, label: &str) {
        let mut running = self.running.lock().expect("nobody panics with the lock");
        running.retain(|other| other != label);
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn show_until(&self, finished: &mpsc::Receiver<()>) {
        let mut shown = false;
        let mut waited = Duration::ZERO;
        while finished.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
            waited += INTERVAL;
            shown = true;
            say(&format!("\r\x1b[K{}", self.line(waited)));
        }
        if shown {
            say("\r\x1b[K");
        }
    }

    fn line(&self, waited: Duration) -> String {
        let running = self
            .running
            .lock()
            .expect("nobody panics with the lock")
            .join(", ");
        let done = self.done.load(Ordering::Relaxed);
        format!(
            "{done} of {} done after {} s; running {running}",
            self.total,
            waited.as_secs()
        )
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
            progress.line(Duration::from_secs(2))
        });
        assert_eq!(line, "1 of 3 done after 2 s; running b");
    }
}
