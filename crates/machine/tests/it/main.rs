//! Tests of the machine: what delays whom, and how it is booked.

mod actor;
mod core;
mod cores;
mod support;
mod urgency;
