//! What the history knows of a client's calls, and the protocol as bytes.

mod requests;
mod wire;
