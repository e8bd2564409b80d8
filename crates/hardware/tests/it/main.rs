//! The controller as its driver and its listener meet it.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod bus;
mod capture;
mod class;
mod descriptors;
mod fault;
mod fault_memory;
mod fault_oracle;
mod hd_audio;
mod interrupts;
mod k0;
mod long_runs;
mod oracle;
mod pause;
mod registers;
mod rig;
mod rounds;
mod timer_device;
mod together;
mod wander;
mod world;
