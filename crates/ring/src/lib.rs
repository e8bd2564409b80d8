//! The cyclic buffer that client and device share, its registers, and whose frames lie in it.
//!
//! On `WaveRT` nobody hands audio over. Client and DMA engine see the same memory; one stores, the
//! other loads, each at its own pace, and a register tells how far the device is. Nothing stops
//! the device from taking what nobody wrote. This crate is that memory and those registers, and it
//! adds nothing: no cursor, no flow control, no lock in the data path.
//!
//! ```text
//!      client                                                          device
//!        │ store, load         CyclicBuffer           load, store        │
//!        └───────────►┌────┬────┬────┬────┬────┬────┐◄───────────────────┘
//!                     │ f0 │ f1 │ f2 │ f3 │ f4 │ f5 │ ─► and f0 again
//!                     └────┴────┴────┴────┴────┴────┘
//!      SpanMap         write 7  : write 5  : write 6     whose frames lie there
//!
//!        ┌──────────── PositionRegister, ClockRegister ◄─────────────────┐
//!        ▼ PositionReader::read                   PositionWriter::publish│
//! ```
//!
//! * [`CyclicBuffer`]: the samples, one atomic cell per frame or several.
//! * [`PositionRegister`], [`ClockRegister`]: a word that the device writes; the client's half can
//!   only read.
//! * [`SpanMap`], [`Whose`]: the truth beside the data, noted by whoever writes. The ring draws no
//!   conclusion from it.
//! * [`SharedBuffer`]: samples (or none) and spans together, as the parts of a simulated stack
//!   hold them. Start here unless you write threads.
//!
//! ```
//! use ring::{CyclicBuffer, PositionRegister, PositionShape, Width};
//! use units::{Bytes, Frames, SampleFormat, WaveFormat};
//!
//! let format = WaveFormat::new(48_000, 2, SampleFormat::S16)?;
//! let buffer = CyclicBuffer::new(format, Frames::new(960));
//! let (mut device, client) = PositionRegister::pair(PositionShape {
//!     width: Width::Bits32,
//!     buffer: format.bytes_of(buffer.frames()),
//!     accuracy: Bytes::new(4),
//! });
//!
//! std::thread::scope(|threads| {
//!     // A capturing device: first the frame, then the position behind it.
//!     threads.spawn(|| {
//!         buffer.store(Frames::ZERO, &[1, 2, 3, 4]);
//!         device.publish(Bytes::new(4));
//!     });
//!     // Whoever reads the position finds the frame.
//!     let position = client.read();
//!     let mut frame = [0; 4];
//!     buffer.load(Frames::ZERO, &mut frame);
//!     assert!(position == Bytes::ZERO || frame == [1, 2, 3, 4]);
//! });
//! # Ok::<(), units::FormatError>(())
//! ```
//!
//! # What a race looks like
//!
//! Reader and writer may meet on the same frames. What a reader then finds depends on how wide a
//! frame is, because a cell of up to 64 bits is loaded and stored at once:
//!
//! | frame | cells | a racing reader finds |
//! |---|---|---|
//! | up to 32 bits (stereo of 16 bits) | one of 32 bits | each frame whole: old or new |
//! | up to 64 bits (stereo of 32 bits) | one of 64 bits | each frame whole: old or new |
//! | wider | as many whole samples as 64 bits hold, per cell | each *cell* whole: old or new |
//!
//! ```text
//! 6 channels of 32 bits:  (FL FR) (FC LFE) (BL BR)      one frame, three cells
//! old, then new, raced:     new     old      new        any mixture of whole cells
//! ```
//!
//! So a sample is never torn in any format, and the left and right channel never part. A stretch
//! of frames has no such promise: some of it may be old and some new, frame by frame, and which
//! ones need not be a prefix. A packet taken in such a race holds content of two packets. That is
//! glitch G13, torn read or write; it is the client's or the device's doing, and the ring must let
//! it happen.
//!
//! # Why the memory ordering is enough
//!
//! Cells are loaded and stored `Relaxed`. Three things give order:
//!
//! 1. **Coherence.** All threads agree on the order of the values of one cell, and whoever has
//!    seen a value never sees an earlier one again. That alone makes a single frame of up to 64
//!    bits whole, and a lapping writer visible sooner or later.
//! 2. **A register** is stored `Release` and loaded `Acquire`. Who reads position *p* sees all that
//!    the device did before it published *p*:
//!    * *capture:* the device stores frames, then publishes. The stores happen before the client's
//!      loads, so the client finds these frames or later ones, never older ones;
//!    * *render:* the device loads frames, then publishes. The loads happen before whatever the
//!      client stores on the strength of *p*, and a load cannot find a store that it happens
//!      before: what is written behind the play position is not played in this revolution.
//!
//!    Someone who only polls the register changes nothing: it is loaded, never exchanged.
//! 3. **Fences.** `store` begins with a `Release` fence and `load` ends with an `Acquire` fence. If
//!    a load finds a frame of one store, the two fences synchronize, and the *next* load of that
//!    thread finds all that the storing thread had stored before. So blocks do not overtake each
//!    other even where no register is read, as they do not on the coherent memory of a real
//!    machine. On x86-64 both fences cost no instruction; elsewhere it is two per block.
//!
//! There is no `SeqCst`: nothing here depends on two threads agreeing on the order of stores to
//! two registers.
//!
//! All this is checked on rings of one and two frames, with writer, reader and register poller, in
//! every interleaving and with every value that the memory model lets a load return (but for loads
//! that find stores from their future, which the checker does not know; the render half of 2 is
//! where that would matter): `RUSTFLAGS="--cfg loom" cargo test -p wavert-ring --test loom
//! --release`. The ordinary suite lets real threads race.
//!
//! # What the model leaves out
//!
//! * Write-combining memory. A store is in memory when it returns, so a client that forgets the
//!   barrier that `KSRTAUDIO_BUFFER.CallMemoryBarrier` asks for gets away with it. Someone who
//!   debugs such a client could tell.
//! * Pages, physical addresses and cache types. A driver that programs a DMA engine could tell; the
//!   DMA engine of this model counts frames.
//! * The packet registers of newer systems (`KSRTAUDIO_PACKETVREGISTER`): how their hash is made is
//!   undocumented. A client of burst capture could tell.
//! * A lock-free note. The spans of a [`SharedBuffer`] are behind a mutex: they are for the
//!   observer. A thread with a deadline could tell, and uses [`SharedBuffer::samples`].

mod cells;
mod cyclic;
mod register;
mod shared;
mod span;
mod sync;
mod whose;

pub use cyclic::{CyclicBuffer, silent_byte};
pub use register::{
    ClockReader, ClockRegister, ClockShape, ClockWriter, PositionReader, PositionRegister,
    PositionShape, PositionWriter, Width,
};
pub use shared::{Samples, SharedBuffer};
pub use span::{SpanMap, Spans};
pub use whose::{Kind, Whose};
