//! Filters and pins as a process sees them: handles, control codes, bytes.

mod any;
mod client;
mod endpoints;
mod engine_node;
mod events;
mod formats;
mod hd_audio;
mod instances;
mod intersection;
mod nodes;
mod pins;
mod questioned;
mod requests;
