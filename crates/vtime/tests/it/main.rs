//! Behavior of a world, seen from outside.

mod deadline;
mod event;
mod fork;
mod history;
mod isolation;
mod mailbox;
mod order;
mod run;
mod second_driver;
mod sleep;
mod stage;
mod wait;
