//! A run as a timeline: what the history and the result hold, laid out for the Perfetto UI.
//!
//! From top to bottom: the injected faults, the glitches, one track per actor with its passes and
//! delays and everything it recorded, the packets on the speaker, one track per packet slot of
//! the cyclic buffer, and counters of where play and write are and how much lies between them. Of
//! a microphone: the packets that were recorded, what became of them, and one track per slot.
//! A flow leads from each fault over what it delayed to the glitch it made.
//!
//! Names of history entries are part of the digest and so as good as an interface; an entry that
//! is not known here still shows, as an instant with its fields.

mod actors;
mod buffer;
mod recording;
mod words;

use crate::perfetto::{Annotation, Flow, Trace, Track};
use scenario::{GlitchResult, Run, Scenario};
use std::collections::BTreeMap;
use words::Words;

/// The timeline of a run whose history was kept.
pub fn of(scenario: &Scenario, run: &Run) -> Trace {
    let mut trace = Trace::new(format!("wavert: {}", run.result.scenario));
    let faults = trace.track("faults");
    let glitches = trace.track("glitches");
    let flows = Flows::of(scenario, run, &mut trace);
    flows.draw_faults(scenario, &mut trace, faults);
    actors::draw(run, &mut trace, &flows);
    let mut truth = run.truth.iter();
    for endpoint in &run.result.endpoints {
        if endpoint.flow == "capture" {
            recording::draw(scenario, run, endpoint, &mut trace);
        } else {
            let truth = truth.next().and_then(Option::as_ref);
            buffer::draw(scenario, run, (endpoint, truth), &mut trace);
        }
        for glitch in &endpoint.glitches {
            flows.draw_glitch(glitch, &mut trace, glitches);
        }
    }
    trace
}

/// What a fault did: when it began to act and when that was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Act {
    /// The fault's place in the scenario.
    fault: usize,
    begins: u64,
    ends: u64,
    /// The entry of the history that says so.
    entry: usize,
}

/// Which flow leads through which entry of the history.
#[derive(Debug, Default)]
struct Flows {
    acts: Vec<Act>,
    /// One flow per glitch that a fault made, by the glitch's fault name and first instant.
    of_glitch: BTreeMap<(String, u64), Flow>,
    /// The flows that lead through an entry.
    through: BTreeMap<usize, Vec<Flow>>,
    /// The flows that begin at an act.
    from: Vec<(Act, Flow)>,
}

impl Flows {
    fn of(scenario: &Scenario, run: &Run, trace: &mut Trace) -> Self {
        let mut flows = Self {
            acts: acts(scenario, run),
            ..Self::default()
        };
        let glitches = run
            .result
            .endpoints
            .iter()
            .flat_map(|endpoint| &endpoint.glitches);
        for glitch in glitches {
            let Some(name) = &glitch.fault else { continue };
            let heard_until = glitch.start_ns + glitch.duration_ns;
            let made_by =
                |act: &&Act| act.begins <= heard_until && scenario.fault_name(act.fault) == *name;
            let Some(&act) = flows.acts.iter().rfind(made_by) else {
                continue;
            };
            let flow = trace.flow();
            flows
                .of_glitch
                .insert((name.clone(), glitch.start_ns), flow);
            flows.from.push((act, flow));
            for entry in std::iter::once(act.entry).chain(answer_to(run, act)) {
                flows.through.entry(entry).or_default().push(flow);
            }
        }
        flows
    }

    fn draw_faults(&self, scenario: &Scenario, trace: &mut Trace, row: Track) {
        let mut lanes = Vec::<(u64, Track)>::new();
        for act in &self.acts {
            let name = scenario.fault_name(act.fault);
            // Faults may overlap, and spans of one track may not: each lane takes what fits.
            let free = lanes
                .iter()
                .position(|&(busy_until, _)| busy_until <= act.begins);
            let place = free.unwrap_or_else(|| {
                let more = |trace: &mut Trace| trace.track_under(row, "faults");
                let next = if lanes.is_empty() { row } else { more(trace) };
                lanes.push((0, next));
                lanes.len() - 1
            });
            let lane = &mut lanes[place];
            lane.0 = act.ends;
            let lasts = Annotation::number("lasts_ns", act.ends - act.begins);
            let mut mark = trace.slice(lane.1, act.begins, act.ends, name, vec![lasts]);
            for &(_, flow) in self.from.iter().filter(|(from, _)| from == act) {
                mark = mark.on(flow);
            }
        }
    }

    fn draw_glitch(&self, glitch: &GlitchResult, trace: &mut Trace, row: Track) {
        let class = glitch.class.unwrap_or("cut off");
        let name = format!("{} {class}: {} frames", glitch.kind, glitch.frames);
        let mut facts = vec![
            Annotation::number("run", glitch.run),
            Annotation::number("first_frame", glitch.first_frame),
            Annotation::number("frames", glitch.frames),
        ];
        facts.extend(
            glitch
                .heard_from
                .map(|from| Annotation::number("heard_from_frame", from)),
        );
        facts.extend(glitch.cause.map(|cause| Annotation::text("cause", cause)));
        facts.extend(
            glitch
                .cause_ns
                .map(|long| Annotation::number("cause_ns", long)),
        );
        facts.extend(
            glitch
                .fault
                .as_ref()
                .map(|fault| Annotation::text("fault", fault.as_str())),
        );
        let ends = glitch.start_ns + glitch.duration_ns;
        let flow = glitch.fault.as_ref().and_then(|fault| {
            self.of_glitch
                .get(&(fault.clone(), glitch.start_ns))
                .copied()
        });
        let mark = trace.slice(row, glitch.start_ns, ends, name, facts);
        if let Some(flow) = flow {
            mark.on(flow);
        }
    }

    fn through(&self, entry: usize) -> &[Flow] {
        self.through.get(&entry).map_or(&[], Vec::as_slice)
    }
}

/// Everything that faults did, in the order of the history.
fn acts(scenario: &Scenario, run: &Run) -> Vec<Act> {
    let act = |(entry, words): (usize, Words<'_>)| {
        let here = words.nanos();
        let (fault, begins, ends) = match words.name() {
            "machine.wake" => (
                words.get("fault"),
                words.instant("due")?,
                words.instant("starts")?,
            ),
            "machine.dpc" => (words.get("fault"), words.instant("due")?, here),
            "machine.notification" => (words.get("lost"), here, here),
            _ => return None,
        };
        // 0 stands for no fault, so the first one of the scenario is 1.
        let fault = usize::try_from(fault?.checked_sub(1)?).ok()?;
        (fault < scenario.faults.len()).then_some(Act {
            fault,
            begins,
            ends,
            entry,
        })
    };
    words::entries(run).filter_map(act).collect()
}

/// The entry with which the stack answered what a fault had delayed: the next packet, written or
/// read once the fault was over.
fn answer_to(run: &Run, act: Act) -> Option<usize> {
    words::entries(run)
        .skip(act.entry)
        .find(|(_, words)| {
            let is_answer = matches!(words.name(), "producer.packet" | "reader.packet");
            is_answer && words.nanos() >= act.ends
        })
        .map(|(entry, _)| entry)
}
