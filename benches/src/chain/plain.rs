//! The chain as a plain loop: the same cores and the same history, one heap, no actors.
//!
//! This is the limit for [`actors`](super::actors): what an engine costs is what it takes longer.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use units::SimTime;
use vtime::{History, SourceId};

use super::{Entries, Outcome, Part, Stack, Step};

/// One stack, its heap and its history.
#[derive(Debug)]
pub struct StackLoop {
    stack: Stack,
    history: History,
    sources: [SourceId; 4],
    /// Time in the upper half, step in the lower.
    heap: BinaryHeap<Reverse<u128>>,
}

impl StackLoop {
    /// Stack number `stack` at the beginning.
    pub fn new(stack: u32, entries: Entries) -> Self {
        let mut history = History::new(entries.keep());
        let sources = Part::ALL.map(|part| history.add_source(part.name()));
        let mut this = Self {
            stack: Stack::new(stack),
            history,
            sources,
            heap: BinaryHeap::with_capacity(4),
        };
        this.push(this.stack.next_boundary(), Step::Boundary);
        this
    }

    /// Runs up to and including `until`.
    pub fn run(&mut self, until: SimTime) {
        while let Some(&Reverse(key)) = self.heap.peek() {
            let now = SimTime::from_ticks((key >> 64) as u64);
            if now > until {
                return;
            }
            self.heap.pop();
            self.happen(Step::ALL[(key & 7) as usize], now);
        }
    }

    /// What came of it so far.
    pub fn outcome(&self) -> Outcome {
        Outcome {
            checksum: self.stack.checksum(),
            digest: self.history.digest().to_u64(),
            events: self.history.count(),
        }
    }

    fn happen(&mut self, step: Step, now: SimTime) {
        let word = self.stack.happen(step, now);
        let source = self.sources[step.part() as usize];
        self.history
            .record(now.commit(), source, step.descriptor(), &[word]);
        match step {
            Step::Boundary => {
                self.push(self.stack.next_boundary(), Step::Boundary);
                self.follow(Step::Isr, now);
            }
            Step::Isr => self.follow(Step::Dpc, now),
            Step::Dpc => self.follow(Step::Wake, now),
            Step::Wake => self.follow(Step::Done, now),
            Step::Done => self.follow(Step::Mixed, now),
            Step::Mixed => {}
        }
    }

    fn follow(&mut self, step: Step, now: SimTime) {
        let delay = self.stack.delay(step);
        self.push(now + delay, step);
    }

    fn push(&mut self, when: SimTime, step: Step) {
        let key = (u128::from(when.ticks()) << 64) | step as u128;
        self.heap.push(Reverse(key));
    }
}

/// Stacks `0..stacks`, one after the other.
pub fn run(stacks: u32, until: SimTime, entries: Entries) -> Outcome {
    let mut sum = Outcome::default();
    for number in 0..stacks {
        let mut stack = StackLoop::new(number, entries);
        for end in entries.slices(SimTime::ZERO, until) {
            stack.run(end);
            if entries == Entries::LetGo {
                stack.history.forget_entries();
            }
        }
        sum.add(stack.outcome());
    }
    sum
}
