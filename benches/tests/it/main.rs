//! What the benchmarks take for granted, as tests: equal results, nothing allocated.

use units::SimTime;
use wavert_benches::chain::Entries;
use wavert_benches::chain::actors::{self, StackWorld};
use wavert_benches::chain::plain;
use wavert_benches::counting::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The checksum of ten stacks over half a second, which all peers give too.
const CHECKSUM: u64 = 77_415_909_599;

#[test]
fn actors_and_plain_loop_give_the_same_checksum_and_digest() {
    let until = SimTime::from_millis(500);
    let ours = actors::run(10, until, Entries::Digested);
    for entries in [Entries::Digested, Entries::LetGo, Entries::Kept] {
        assert_eq!(ours, actors::run(10, until, entries));
        assert_eq!(ours, plain::run(10, until, entries));
    }
    assert_eq!(ours.checksum, CHECKSUM);
    assert_eq!(
        actors::run_in_one_world(10, until, Entries::Digested).checksum,
        CHECKSUM
    );
}

#[test]
fn an_event_allocates_nothing_once_a_world_is_warm() {
    for entries in [Entries::Digested, Entries::LetGo] {
        let mut stack = StackWorld::new(3, entries);
        stack.run(SimTime::from_millis(2_000));
        let events = stack.outcome().events;
        let warm = Counting::counts();
        stack.run(SimTime::from_millis(20_000));
        assert_eq!(Counting::counts(), warm, "with {entries:?}");
        assert_eq!(stack.outcome().events - events, 6 * 1_800);
    }
}
