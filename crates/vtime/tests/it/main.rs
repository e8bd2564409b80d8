//! Behavior of a world, seen from outside.
