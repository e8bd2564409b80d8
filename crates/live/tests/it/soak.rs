//! A minute of a producer and a DMA engine on threads of their own.

use truth::Class;
use units::SimTime;

use crate::support::{disagreements, every_frame_is_accounted_for, ledger, live, scenario};

/// Packets of 100 ms: a thread may be late by that much.
const AMPLE: &str = "
[[client]]
mode = \"exclusive-event\"
packet = \"4800fr\"
packets = 2
";

#[test]
fn a_minute_on_two_threads_is_accounted_for_frame_by_frame() {
    let run = live(&scenario("60s", AMPLE));
    every_frame_is_accounted_for(&run, SimTime::from_millis(60_000));
    let ledger = ledger(&run);
    // A machine that is loaded may still have made a thread late, and then the ledger says so.
    let was_late = ledger.headroom().min_nanos().is_some_and(|least| least < 0);
    let fresh = ledger.frames_by_class()[&Class::Fresh];
    assert!(
        fresh == ledger.frames() || was_late,
        "{:?}",
        ledger.glitches()
    );
    assert!(disagreements(&run).is_empty() || was_late);
    assert!(
        run.result.endpoints[0].notifications.wakes > 500,
        "nobody was woken"
    );
}
