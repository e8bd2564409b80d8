//! Port, HD Audio miniport and controller together, below a client that is a script.

mod barrier;
mod buffer;
mod capture;
mod duplex;
mod end_of_stream;
mod lab;
mod latency;
mod notification;
mod packets;
mod position;
mod power;
mod removal;
mod states;
mod twin;
