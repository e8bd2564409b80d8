//! Several scenarios at once: as many threads as there are cores, results in the order of input.

use std::convert::Infallible;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// How many threads the machine has cores for.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Applies `work` to each item, on at most as many threads as the machine has cores.
///
/// Each item is one world, and a world never leaves its thread, so the order in which threads
/// get to run shows in nothing but the time it takes.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let done = try_map(cores(), items, |item| Ok::<_, Infallible>(work(item)));
    done.unwrap_or_else(|never| match never {})
}

/// Applies `work` to each item, on at most `threads` threads. When one fails, those that are under
/// way are finished and no other is begun.
///
/// # Errors
/// That of the first item that failed, first by its place.
pub fn try_map<T: Sync, R: Send, E: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let next = Mutex::new(items.iter().enumerate());
    let failed = AtomicBool::new(false);
    let results = Mutex::new(Vec::with_capacity(items.len()));
    thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let taken = next.lock().expect("no thread panics with the lock").next();
                    let Some((place, item)) = taken else { return };
                    let result = work(item);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    results
                        .lock()
                        .expect("no thread panics with the lock")
                        .push((place, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("all threads have ended");
    results.sort_by_key(|&(place, _)| place);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::{map, try_map};
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn results_keep_the_order_of_input() {
        let items: Vec<u64> = (0..500).collect();
        let slow_first = |&item: &u64| (0..(500 - item) * 100).fold(item, |a, b| a ^ b ^ b);
        assert_eq!(map(&items, slow_first), items);
        assert!(map(&[], |item: &u64| *item).is_empty());
    }

    #[test]
    fn after_a_failure_nothing_more_is_begun() {
        let begun = AtomicUsize::new(0);
        let items: Vec<u64> = (0..500).collect();
        let failed = try_map(1, &items, |&item| {
            begun.fetch_add(1, Ordering::Relaxed);
            if item < 7 { Ok(item) } else { Err(item) }
        });
        assert_eq!(failed, Err(7));
        assert_eq!(begun.into_inner(), 8);
    }
}
