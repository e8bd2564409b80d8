//! The chain on tokio with its clock paused. Its timers count whole milliseconds, so every delay
//! is wrong and there is no checksum to compare: for the record only.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use ::tokio::sync::Notify;
use ::tokio::task::LocalSet;
use ::tokio::time::{Instant, sleep, sleep_until};
use units::{SimDuration, SimTime};

use crate::chain::{Outcome, Part, Stack, Step};

struct Shared {
    stack: RefCell<Stack>,
    events: RefCell<u64>,
    origin: Instant,
    signals: [Notify; 4],
}

impl Shared {
    fn signal(&self, to: Part) -> &Notify {
        &self.signals[to as usize]
    }

    fn happen(&self, step: Step) {
        let now = SimTime::ZERO + model(self.origin.elapsed());
        self.stack.borrow_mut().happen(step, now);
        *self.events.borrow_mut() += 1;
    }

    async fn follow(&self, step: Step) {
        let delay = self.stack.borrow_mut().delay(step);
        sleep(Duration::from_nanos(delay.to_nanos_floor())).await;
        self.happen(step);
    }

    async fn dma(self: Rc<Self>) {
        loop {
            let when = self.stack.borrow().next_boundary();
            sleep_until(self.origin + Duration::from_nanos(when.to_nanos_floor())).await;
            self.happen(Step::Boundary);
            self.signal(Part::Port).notify_one();
        }
    }

    async fn port(self: Rc<Self>) {
        loop {
            self.signal(Part::Port).notified().await;
            self.follow(Step::Isr).await;
            self.follow(Step::Dpc).await;
            self.signal(Part::Engine).notify_one();
        }
    }

    /// The client answers through the signal that nobody else needs, the DMA engine's.
    async fn engine(self: Rc<Self>) {
        loop {
            self.signal(Part::Engine).notified().await;
            self.follow(Step::Wake).await;
            self.signal(Part::Client).notify_one();
            self.signal(Part::Dma).notified().await;
            self.follow(Step::Mixed).await;
        }
    }

    async fn client(self: Rc<Self>) {
        loop {
            self.signal(Part::Client).notified().await;
            self.follow(Step::Done).await;
            self.signal(Part::Dma).notify_one();
        }
    }
}

fn model(real: Duration) -> SimDuration {
    SimDuration::from_nanos(real.as_secs() * 1_000_000_000 + u64::from(real.subsec_nanos()))
}

/// Stacks `0..stacks` on one current-thread runtime.
pub(super) fn run(stacks: u32, until: SimTime) -> Outcome {
    let runtime = ::tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O needs nothing");
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        let origin = Instant::now();
        let all: Vec<_> = (0..stacks)
            .map(|number| {
                Rc::new(Shared {
                    stack: RefCell::new(Stack::new(number)),
                    events: RefCell::new(0),
                    origin,
                    signals: Default::default(),
                })
            })
            .collect();
        for stack in &all {
            ::tokio::task::spawn_local(Rc::clone(stack).dma());
            ::tokio::task::spawn_local(Rc::clone(stack).port());
            ::tokio::task::spawn_local(Rc::clone(stack).engine());
            ::tokio::task::spawn_local(Rc::clone(stack).client());
        }
        sleep_until(origin + Duration::from_nanos(until.to_nanos_floor())).await;
        Outcome {
            checksum: all.iter().map(|each| each.stack.borrow().checksum()).sum(),
            digest: 0,
            events: all.iter().map(|each| *each.events.borrow()).sum(),
        }
    })
}
