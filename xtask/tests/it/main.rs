//! What holds for the repository as a whole.

mod layers;
mod rules;
mod sound;
