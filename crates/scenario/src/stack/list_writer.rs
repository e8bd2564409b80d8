//! A driver that writes into its descriptor list while the engine walks along it, as none should.

use std::collections::VecDeque;

use miniport::HdAudioAdapter;
use units::{Moment, SimTime};
use vtime::{Context, Fork, Forker, Host, Shared};

use super::DRIVER;
use crate::format::{Action, RewriteDescriptor, Scenario};
use crate::history::DESCRIPTOR;

/// Who writes, if anything is to be written.
#[derive(Debug)]
pub(super) struct ListWriter(Option<Shared<Writer>>);

#[derive(Debug)]
struct Writer {
    adapter: HdAudioAdapter,
    /// Number of the stream.
    stream: u32,
    /// In order of time; of the same instant in order of the file.
    acts: VecDeque<(SimTime, RewriteDescriptor)>,
}

impl ListWriter {
    /// `driver` is that of the speaker, with the number of its stream.
    pub(super) fn new(
        world: &mut impl Host,
        scenario: &Scenario,
        driver: Option<(HdAudioAdapter, u32)>,
    ) -> Self {
        let acts = scenario.actions.iter().filter_map(Action::to_driver);
        let mut acts: Vec<_> = acts.collect();
        acts.sort_by_key(|(at, _)| *at);
        let Some((adapter, stream)) = driver.filter(|_| !acts.is_empty()) else {
            return Self(None);
        };
        world.actor(DRIVER);
        Self(Some(Shared::new(Writer {
            adapter,
            stream,
            acts: acts.into(),
        })))
    }

    pub(super) fn spawn(&self, world: &mut impl Host) {
        if let Some(writer) = &self.0 {
            let cx = world.actor(DRIVER);
            let write = write_lists(cx.clone(), writer.clone());
            world.serve(&cx, write);
        }
    }
}

impl Writer {
    /// Writes what is next, as (descriptor, where it points to, whether it is there).
    fn write(&mut self, now: Moment) -> Option<[u64; 3]> {
        let (_, act) = self.acts.pop_front()?;
        let which = (act.descriptor as usize, act.points_to as usize);
        let is_there = self.adapter.rewrite_descriptor(now, self.stream, which);
        Some([act.descriptor.into(), act.points_to.into(), is_there.into()])
    }
}

async fn write_lists<C: Context>(cx: C, writer: Shared<Writer>) {
    loop {
        let next = writer.borrow().acts.front().map(|(at, _)| *at);
        let Some(next) = next else { return };
        cx.sleep_until(next.commit()).await;
        let written = writer.borrow_mut().write(cx.moment());
        if let Some(words) = written {
            cx.record(&DESCRIPTOR, &words);
        }
    }
}

impl Action {
    fn to_driver(&self) -> Option<(SimTime, RewriteDescriptor)> {
        let rewrite = self.rewrite_descriptor.as_ref()?;
        Some((rewrite.at.to_instant(), *rewrite))
    }
}

impl Fork for ListWriter {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Fork for Writer {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            adapter: self.adapter.fork(forker),
            stream: self.stream,
            acts: self.acts.clone(),
        }
    }
}
