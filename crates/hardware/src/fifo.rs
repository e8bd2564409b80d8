//! What was fetched and has not begun yet.

use std::collections::VecDeque;

use ring::Whose;
use units::Frames;

use crate::link::{LinkLog, LinkSpan};

/// The content of a FIFO: frames in order, as stretches that belong together.
///
/// It holds whole frames. Of a frame that lies across the end of a burst the model takes all
/// bytes when the last one is fetched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fifo {
    spans: VecDeque<(Frames, Option<Whose>)>,
    samples: VecDeque<u8>,
}

impl Fifo {
    pub(crate) fn clear(&mut self) {
        self.spans.clear();
        self.samples.clear();
    }

    pub(crate) fn put(&mut self, len: Frames, whose: Option<Whose>) {
        self.spans.push_back((len, whose));
    }

    pub(crate) fn put_samples(&mut self, bytes: &[u8]) {
        self.samples.extend(bytes);
    }

    /// Lets the frames from `first` to `end` go out as frames of `run`.
    pub(crate) fn let_out(&mut self, run: u32, first: Frames, end: Frames, log: &mut LinkLog) {
        let mut first = first;
        while first < end {
            let (len, whose) = self.spans.pop_front().expect("the link never runs dry");
            let out = len.min(end - first);
            if out < len {
                let rest = whose.map(|whose| whose.after(out));
                self.spans.push_front((len - out, rest));
            }
            log.push(LinkSpan {
                run,
                first,
                len: out,
                whose,
            });
            first += out;
        }
    }

    /// Lets so many bytes go out. Nothing if samples are not kept.
    pub(crate) fn let_samples_out(&mut self, bytes: u64, log: &mut LinkLog) {
        let bytes = usize::try_from(bytes)
            .map_or(self.samples.len(), |bytes| bytes.min(self.samples.len()));
        let (front, back) = self.samples.as_slices();
        let from_front = bytes.min(front.len());
        log.push_samples(&front[..from_front]);
        log.push_samples(&back[..bytes - from_front]);
        self.samples.drain(..bytes);
    }
}
