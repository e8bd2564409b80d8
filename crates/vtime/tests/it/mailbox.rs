//! Mailboxes: order, deadlines, the end.

use units::Phase;
use vtime::sim::Role;
use vtime::{Context, Mailbox, Received, Sender};

use crate::stage::{MARK, lines, marks, ms, world};

#[test]
fn messages_come_out_in_the_order_in_which_they_went_in() {
    let mut world = world();
    let (sender, mailbox) = world.mailbox("box");
    let (reader, writer) = (world.actor("reader"), world.actor("writer"));
    let cx = reader.clone();
    world.spawn(&reader, Role::Foreground, async move {
        while let Some(message) = mailbox.recv().await {
            cx.record(&MARK, &[message]);
        }
    });
    let cx = writer.clone();
    world.spawn(&writer, Role::Foreground, async move {
        sender.send(1);
        sender.send(2);
        cx.sleep_until(ms(1).at(Phase::Move)).await;
        sender.send(3);
    });
    world.run_until(ms(2)).unwrap();
    assert_eq!(
        lines(&world),
        [
            "0 Commit reader 1",
            "0 Commit reader 2",
            "1 Notify reader 3",
        ]
    );
}

#[test]
fn recv_until_tells_message_deadline_and_end_apart() {
    let mut world = world();
    let (sender, mailbox) = world.mailbox("box");
    let (reader, writer) = (world.actor("reader"), world.actor("writer"));
    world.spawn(&reader, Role::Foreground, async move {
        let until = async |millis| mailbox.recv_until(Some(ms(millis).commit())).await;
        assert_eq!(until(2).await, Received::Deadline);
        assert_eq!(until(9).await, Received::Message(3));
        assert_eq!(
            until(3).await,
            Received::Message(4),
            "a message wins over a past deadline"
        );
        assert_eq!(until(9).await, Received::Closed);
        assert_eq!(until(9).await, Received::Closed);
        assert_eq!(mailbox.recv_until(None).await, Received::Closed);
    });
    let cx = writer.clone();
    world.spawn(&writer, Role::Foreground, async move {
        cx.sleep_until(ms(3).commit()).await;
        sender.send(3);
        sender.send(4);
        cx.sleep_until(ms(5).commit()).await;
    });
    world.run_until(ms(10)).unwrap();
    assert_eq!(
        world.next_event(),
        None,
        "the deadline that was not met is no event"
    );
}

#[test]
fn a_mailbox_is_closed_when_the_last_sender_is_gone() {
    let mut world = world();
    let (sender, mailbox) = world.mailbox::<u64>("box");
    let reader = world.actor("reader");
    let cx = reader.clone();
    world.spawn(&reader, Role::Foreground, async move {
        assert_eq!(mailbox.recv().await, None);
        cx.record(&MARK, &[0]);
    });
    let other = sender.clone();
    world.run_until(ms(1)).unwrap_err();
    drop(sender);
    world.run_until(ms(2)).unwrap_err();
    drop(other);
    world.run_until(ms(3)).unwrap();
    assert_eq!(marks(&world), [0]);
}

#[test]
fn a_message_to_nobody_is_dropped() {
    let mut world = world();
    let (sender, mailbox) = world.mailbox("box");
    drop(mailbox);
    sender.send(1);
    world.run_until(ms(1)).unwrap();
}
