//! The cyclic buffer that client and device share, its registers, and whose frames lie in it.

mod cells;
mod cyclic;
mod register;
mod shared;
mod span;
mod sync;
mod whose;

pub use cyclic::CyclicBuffer;
pub use register::{
    ClockReader, ClockRegister, ClockShape, ClockWriter, PositionReader, PositionRegister,
    PositionShape, PositionWriter, Width,
};
pub use shared::{Samples, SharedBuffer};
pub use span::{SpanMap, Spans};
pub use whose::{Kind, Whose};
