//! The structures as bytes: written out by hand from the headers, and there and back at random.

mod any;
mod formats;
mod layouts;
