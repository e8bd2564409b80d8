//! What the port does each time that it is served: copy, and append silence.

use ks::{Payload, WriteIrp};
use ring::{Kind, Whose};
use units::{Clock, Frames, SimDuration, SimTime, WaveFormat};
use vtime::{Fork, Forker};

use crate::irp_queue::IrpQueue;

/// How far ahead of the device the port tries to be.
///
/// # Source
/// `audio/wavecyclic-latency.md`.
const TARGET: SimDuration = SimDuration::from_millis(40);

/// With no more than this ahead it appends silence.
///
/// # Source
/// The same page.
const THRESHOLD: SimDuration = SimDuration::from_millis(30);

/// Where a service reaches the ring.
pub(crate) trait RingIo {
    /// Copies a payload in, from place `at` on.
    fn copy(&mut self, at: Frames, payload: &Payload);

    /// Makes `len` frames from place `at` on silent.
    fn silence(&mut self, at: Frames, len: Frames, whose: Whose);
}

/// The cushion of one stream: how far the ring is written, and what still waits for room in it.
///
/// Positions are counted from Stop. The device tells a place in its ring, so what it has played is
/// known as long as it is looked at once in each turn of the ring; a service that is blocked for
/// longer takes it for a turn less, as the real port has to.
#[derive(Debug)]
pub(crate) struct Cushion {
    ring: Frames,
    /// What goes by between two services.
    interval: Frames,
    target: Frames,
    threshold: Frames,
    /// Which run of the device.
    run: u32,
    /// What the device has played.
    played: Frames,
    /// How far real data reach.
    written: Frames,
    pub(crate) queue: IrpQueue,
}

impl Cushion {
    /// Of a ring of `ring` frames of `format`, of which `interval` go by between two services.
    ///
    /// Model: a ring that does not hold the cushion and one interval makes the cushion smaller.
    pub(crate) fn new(format: WaveFormat, ring: Frames, interval: Frames) -> Self {
        let frames = |length: SimDuration| {
            let clock = Clock::nominal(SimTime::ZERO, format.rate);
            Frames::new(clock.count_at(SimTime::ZERO + length))
        };
        Self {
            ring,
            interval,
            target: frames(TARGET).min(ring.saturating_sub(interval)),
            threshold: frames(THRESHOLD),
            run: 0,
            played: Frames::ZERO,
            written: Frames::ZERO,
            queue: IrpQueue::default(),
        }
    }

    /// The ring, all of it silent: so it is made, and so it is left behind at Stop.
    pub(crate) fn clear(&mut self, run: u32, io: &mut impl RingIo) {
        self.queue.cancel_all();
        (self.run, self.played, self.written) = (run, Frames::ZERO, Frames::ZERO);
        io.silence(Frames::ZERO, self.ring, self.silence_at(Frames::ZERO));
    }

    /// How far real data reach.
    pub(crate) fn written(&self) -> Frames {
        self.written
    }

    /// A packet of the client's. It waits for the next service.
    pub(crate) fn accept(&mut self, irp: WriteIrp) {
        self.queue.push(irp);
    }

    /// The device is at `place` of its ring. Copies blocks until it is far enough ahead, and appends
    /// silence if it is not.
    ///
    /// Model: a block is what goes by between two services, or what is left of a packet. Silence is
    /// appended for one interval. A packet comes back when all of it is copied:
    /// `docs/decisions/0093-when-a-packet-comes-back.md`.
    pub(crate) fn serve(&mut self, place: Frames, io: &mut impl RingIo) {
        let ring = self.ring.get();
        let moved = (place.get() + ring - self.played.get() % ring) % ring;
        self.played += Frames::new(moved);
        // What comes too late goes where the device is now: it is delayed, not lost.
        self.written = self.written.max(self.played);
        while self.lead() < self.target {
            let room = self.ring.saturating_sub(self.lead());
            let Some(block) = self.queue.take(self.interval.min(room)) else {
                break;
            };
            let len = block.frames();
            io.copy(self.place(self.written), &self.placed(&block));
            self.written += len;
        }
        if self.lead() <= self.threshold {
            let len = self.interval.min(self.ring.saturating_sub(self.lead()));
            io.silence(self.place(self.written), len, self.silence_at(self.written));
        }
    }

    fn lead(&self) -> Frames {
        self.written.saturating_sub(self.played)
    }

    fn place(&self, frame: Frames) -> Frames {
        Frames::new(frame.get() % self.ring.get())
    }

    /// `block` with the frames of the device that it is copied to be.
    fn placed(&self, block: &Payload) -> Payload {
        let mut intended = self.written.get();
        let place = |(len, whose): &(Frames, Option<Whose>)| {
            let run = self.run;
            let whose = whose.map(|whose| Whose {
                run,
                intended,
                ..whose
            });
            intended += len.get();
            (*len, whose)
        };
        let whose = block.whose().iter().map(place).collect();
        block.with_whose(whose)
    }

    fn silence_at(&self, frame: Frames) -> Whose {
        Whose {
            run: self.run,
            kind: Kind::ZeroFill,
            content: frame.get(),
            intended: frame.get(),
            write: 0,
        }
    }
}

impl Fork for Cushion {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            queue: self.queue.fork(forker),
            ..*self
        }
    }
}
