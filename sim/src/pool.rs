//! Several scenarios at once: as many threads as there are cores, results in the order of input.

use std::sync::Mutex;
use std::thread;

/// Applies `work` to each item, on at most as many threads as the machine has cores.
///
/// Each item is one world, and a world never leaves its thread, so the order in which threads
/// get to run shows in nothing but the time it takes.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(items.len());
    let next = Mutex::new(items.iter().enumerate());
    let results = Mutex::new(Vec::with_capacity(items.len()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let taken = next.lock().expect("no thread panics with the lock").next();
                    let Some((place, item)) = taken else { return };
                    let result = work(item);
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
    use super::map;

    #[test]
    fn results_keep_the_order_of_input() {
        let items: Vec<u64> = (0..500).collect();
        let slow_first = |&item: &u64| (0..(500 - item) * 100).fold(item, |a, b| a ^ b ^ b);
        assert_eq!(map(&items, slow_first), items);
        assert!(map(&[], |item: &u64| *item).is_empty());
    }
}
