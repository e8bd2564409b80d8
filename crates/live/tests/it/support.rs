//! Runs, and the oracle: what each frame was by its samples alone.

use std::collections::BTreeMap;

use scenario::{Inputs, Run, RunOptions, Scenario};
use truth::{Class, Ledger};
use units::{Clock, SampleRate, SimTime};

pub(crate) const RATE: SampleRate = SampleRate::HZ_48000;

/// A scenario of one client that plays the number of each frame, with `more` in it.
pub(crate) fn scenario(duration: &str, more: &str) -> Scenario {
    let text = format!("name = \"live\"\nduration = \"{duration}\"\n{more}");
    Scenario::parse(&text).expect("the scenario is right")
}

/// Runs it on the wall clock, with samples.
pub(crate) fn live(scenario: &Scenario) -> Run {
    let options = RunOptions {
        keep_samples: true,
        keep_history: true,
        ..RunOptions::default()
    };
    live::run(scenario, &Inputs::new(), &options).expect("the device plays")
}

pub(crate) fn ledger(run: &Run) -> &Ledger {
    run.truth[0].as_ref().expect("somebody has played")
}

/// Every frame is accounted for, once: as many as the clock of the device has counted, each in one
/// span and one class.
pub(crate) fn every_frame_is_accounted_for(run: &Run, until: SimTime) {
    let ledger = ledger(run);
    let mut next = 0;
    for span in ledger.spans() {
        assert_eq!((span.run, span.first), (0, next), "spans leave no gap");
        next = span.end();
    }
    let stays: Vec<_> = ledger.stays().collect();
    let [stay] = &stays[..] else {
        panic!("the device ran once: {stays:?}")
    };
    let counted = Clock::nominal(stay.begins, RATE).begun_before(until);
    assert_eq!(
        next, counted,
        "what left is what the clock of the device counts"
    );
    assert_eq!(ledger.frames_by_class().values().sum::<u64>(), counted);
    assert_eq!(run.result.endpoints[0].frames, counted);
}

/// What each frame was by its samples: it says which one it is itself.
///
/// A client that drops what it has lost plays content `n` in frame `n`. In a place that was never
/// written lies 0.
pub(crate) fn classes_by_samples(run: &Run) -> Vec<(u64, Class)> {
    let begins = ledger(run).stays().next().expect("a stay").begins;
    let first = Clock::nominal(SimTime::ZERO, RATE).count_at(begins);
    let skipped = 4 * usize::try_from(first).expect("a short run");
    let frames = run.heard[0].bytes[skipped..].chunks_exact(4);
    let number = |frame: &[u8]| u64::from(u32::from_le_bytes(frame.try_into().expect("4 bytes")));
    (0..)
        .zip(frames.map(number))
        .map(|(frame, content)| {
            let class = match content {
                content if content == frame => Class::Fresh,
                0 => Class::Uninit,
                content if content < frame => Class::Stale,
                _ => Class::Ahead,
            };
            (content, class)
        })
        .collect()
}

/// The frames of which the samples and the ledger do not say the same, with what the samples say.
///
/// The note of whose a frame is stands beside the sample. Where a fetch meets a store the one may
/// be of before and the other of after, so such frames may be where a packet came late, and nowhere
/// else.
pub(crate) fn disagreements(run: &Run) -> BTreeMap<u64, (u64, Class)> {
    let seen = classes_by_samples(run);
    let mut all = BTreeMap::new();
    for span in ledger(run).spans() {
        for frame in span.first..span.end() {
            let index = usize::try_from(frame).expect("a short run");
            // The timeline of what was heard begins with a whole frame.
            let Some(&(content, class)) = seen.get(index) else {
                assert_eq!(frame + 1, span.end(), "only the last frame may be cut off");
                continue;
            };
            // The content that is called 0 looks like nothing at all.
            let is_first = content == 0 && span.whose.is_some() && span.class == Class::Stale;
            if class != span.class && !is_first {
                all.insert(frame, (content, class));
            }
        }
    }
    all
}
