//! Port, offload miniport and a device that mixes, below a client that is a script.

mod glitches;
mod lab;
mod loopback;
mod node;
mod rights;
mod volume;
