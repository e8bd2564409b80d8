//! Who has stopped waiting at a deadline is not released by a later set.

use units::SimTime;
use vtime::sim::{Role, World};
use vtime::{Context, Event, Keep, Reset, Woken};

#[test]
fn an_event_set_after_a_deadline_releases_nobody_who_is_gone() {
    let mut world = World::new(1, Keep::All);
    let event = world.event("event", Reset::Auto);
    let (early, late, setter) = (
        world.actor("early"),
        world.actor("late"),
        world.actor("setter"),
    );
    let (waited, waits) = (event.clone(), event.clone());
    world.spawn(&early, Role::Foreground, async move {
        let until = Some(SimTime::from_millis(5).commit());
        assert_eq!(waited.wait_until(until).await, Woken::Deadline);
    });
    world.spawn(&late, Role::Foreground, async move {
        assert_eq!(
            waits
                .wait_until(Some(SimTime::from_millis(50).commit()))
                .await,
            Woken::Event(7)
        );
    });
    let cx = setter.clone();
    world.spawn(&setter, Role::Foreground, async move {
        cx.sleep_until(SimTime::from_millis(10).commit()).await;
        event.set(7);
        event.set(8);
        assert!(
            event.is_set(),
            "one set for the one who waits, the other stays"
        );
    });
    world.run_until(SimTime::from_millis(60)).unwrap();
}
