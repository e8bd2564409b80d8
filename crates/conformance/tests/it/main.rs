//! The kit against subjects that are right and subjects that are not.

mod defect;
mod faulty_hardware;
mod matrix;
mod mutant_clock;
mod mutant_controller;
mod mutant_policy;
mod page;
mod pin;
mod reference;
mod replay;
mod stand_in;
mod stand_in_memory;
mod stand_in_packets;
mod text;
