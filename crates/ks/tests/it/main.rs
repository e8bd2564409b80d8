//! What the history knows of a client's calls.

mod requests;
