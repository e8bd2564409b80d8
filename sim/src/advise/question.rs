//! What is asked: which scenario on which machine, which key, which values.

use super::budget::{Budget, Confidence};
use super::standard::Standard;
use crate::args::AdviseArguments;
use crate::changed;
use crate::latencies::Measured;
use crate::overrides::Override;
use crate::pool;
use crate::refusal::Refusal;
use crate::source::{Folder, Source};
use crate::sweep::{Axis, Plan};
use scenario::{Dma, Inputs, Mode, Scenario};
use units::SimDuration;

/// The scenario where none is named: somebody alone on a device.
const ALONE: &str = "name = \"one client\"\nseed = 7\nduration = \"10min\"\n\n[[client]]\nname = \"player\"\nmode = \"exclusive-event\"\n";
/// Sizes that are tried where none are named: finer where they are small. All are multiples of 32
/// frames, as they have to be on HD Audio with two channels of 16 bits.
const SIZES: &str = "64fr..512fr:32fr,576fr..1024fr:64fr,1152fr..2048fr:128fr,2304fr..4096fr:256fr";
/// The same for a stream past the software engine, whose driver makes no buffer below 10 ms.
const LONG_SIZES: &str = "256fr..1024fr:64fr,1152fr..2048fr:128fr,2304fr..8192fr:256fr";
/// No candidate gets more model time.
const HOURS_MAX: f64 = 1_000_000.0;

/// What is asked.
#[derive(Debug)]
pub(super) struct Question {
    /// One key over its values.
    pub(super) plan: Plan,
    /// The sounds of each point of the plan.
    pub(super) inputs: Vec<Inputs>,
    /// The points of the plan from the smallest value to the largest.
    pub(super) order: Vec<usize>,
    pub(super) budget: Budget,
    pub(super) confidence: Confidence,
    pub(super) standard: Standard,
    /// How many runs of a candidate there are when it is looked at, the last being all.
    pub(super) looks: Vec<u64>,
    pub(super) threads: usize,
    pub(super) measured: Option<Measured>,
}

impl Question {
    /// Reads it from the command line.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(super) fn of(arguments: &AdviseArguments) -> Result<Self, Refusal> {
        let source = match &arguments.file {
            Some(file) => Source::find(file)?,
            None => Source {
                label: "one client".to_owned(),
                stem: "advice".to_owned(),
                folder: Folder::Shipped,
                text: ALONE.to_owned(),
            },
        };
        let measured = arguments
            .latencies
            .as_deref()
            .map(Measured::read)
            .transpose()?;
        let changes = changes(arguments, &source.label, measured.as_ref())?;
        let text = changed::text(&changed::table(&source, "--set", &changes)?);
        let base = changed::parse(&text, &source.label)?;
        let axis = axis(arguments, &source.label, &base)?;
        let order = axis.by_size().ok_or_else(|| {
            let message = format!("--vary: the values of `{}` have no order", axis.key);
            let help = "give numbers of one unit: client.0.packet=64fr..480fr:16fr";
            Refusal::new(&source.label, message, help)
        })?;
        let standard = Standard::new(&arguments.budget, &arguments.confidence, order.len());
        let hours = arguments.hours.unwrap_or(standard.hours());
        enough(&source.label, hours, arguments, &standard)?;
        let run_ns = base.duration.to_duration().to_nanos_floor();
        let looks = Standard::looks(hours, run_ns);
        let seeds = (arguments.seed, looks.last().copied().unwrap_or(1));
        let plan = Plan::new(&source.label, text, vec![axis], seeds)?;
        Ok(Self {
            inputs: plan.inputs(&source.folder)?,
            plan,
            order,
            budget: arguments.budget.clone(),
            confidence: arguments.confidence.clone(),
            standard,
            looks,
            threads: arguments.threads.map_or_else(pool::cores, usize::from),
            measured,
        })
    }

    /// What messages call the scenario.
    pub(super) fn label(&self) -> &str {
        &self.plan.label
    }

    /// The key that is varied.
    pub(super) fn key(&self) -> &str {
        &self.plan.axes[0].key
    }

    /// The looks at a candidate that is there for the curve alone: up to a sixteenth of all runs.
    pub(super) fn for_the_curve(&self) -> &[u64] {
        &self.looks[..self.looks.len().min(2)]
    }

    /// The value of a candidate, by its size.
    pub(super) fn value(&self, place: usize) -> &str {
        self.plan.values(self.order[place])[0]
    }

    /// How long that is, in milliseconds, if it is a time or a number of frames of the endpoint.
    pub(super) fn milliseconds(&self, place: usize) -> Option<f64> {
        let (value, scenario) = (self.value(place), self.scenario(place));
        if let Some(frames) = value.strip_suffix("fr") {
            let rate = match (
                &scenario.microphone,
                self.key().starts_with("capture-engine"),
            ) {
                (Some(microphone), true) => microphone.format.rate,
                _ => scenario.device.format.rate,
            };
            let frames: f64 = frames.trim().parse().ok()?;
            return Some(frames * 1_000.0 / f64::from(rate.hertz()));
        }
        let units = [("ms", 1.0), ("us", 1e-3), ("ns", 1e-6), ("s", 1e3)];
        let (unit, factor) = units.into_iter().find(|(unit, _)| value.ends_with(unit))?;
        let number: f64 = value.strip_suffix(unit)?.trim().parse().ok()?;
        Some(number * factor)
    }

    /// The scenario of a candidate.
    pub(super) fn scenario(&self, place: usize) -> &Scenario {
        self.plan.scenario(self.order[place])
    }

    /// False if there is surely nothing in the scenario of a candidate that is drawn at random.
    pub(super) fn may_draw(&self, place: usize) -> bool {
        let scenario = self.scenario(place);
        let device = &scenario.device;
        let is_plain = device.wander.is_none()
            && device.dma == Dma::default()
            && device.faults.is_none()
            && scenario
                .faults
                .iter()
                .all(|fault| fault.late_wake_up.is_some());
        scenario.machine.is_some() || scenario.microphone.is_some() || !is_plain
    }

    /// Why there is nothing to advise on if nobody was woken to serve a packet.
    pub(super) fn nobody_wakes(&self) -> Refusal {
        let message =
            "nobody is woken to serve a packet in this scenario, so no buffer is too small";
        let help = "let a client play or record for longer than a packet lasts";
        Refusal::new(self.label(), message, help)
    }

    /// The longest wake-up that can be drawn, if wake-ups are drawn as a whole.
    pub(super) fn longest(&self) -> Option<SimDuration> {
        let machine = self.scenario(0).machine.as_ref()?;
        let table = machine.wake_table().ok().flatten()?;
        Some(table.longest())
    }
}

/// What the arguments change in the scenario; what is said last holds.
fn changes(
    arguments: &AdviseArguments,
    label: &str,
    measured: Option<&Measured>,
) -> Result<Vec<Override>, Refusal> {
    let word = |value: &String| toml::Value::String(value.clone());
    let profile = arguments.profile.as_ref();
    let profile = profile.map(|name| Override::new(["machine", "profile"], word(name)));
    let device = arguments.device.as_ref();
    let device = device.map(|name| Override::new(["device", "preset"], word(name)));
    let mode = arguments.mode.as_ref();
    let mode = mode.map(|name| Override::new(["client", "0", "mode"], word(name)));
    let set = arguments.set.iter().map(|set| {
        Override::parse(set).map_err(|error| {
            let help = "see `wavert advise --help`, and `wavert schema` for every key";
            Refusal::new(label, format!("--set: {error}"), help)
        })
    });
    [profile, device, mode, measured.map(Measured::change)]
        .into_iter()
        .flatten()
        .map(Ok)
        .chain(set)
        .collect()
}

/// The key that is varied: the one that was named, or the one that the first client's latency hangs on.
fn axis(arguments: &AdviseArguments, label: &str, base: &Scenario) -> Result<Axis, Refusal> {
    let vary = match (&arguments.vary, base.clients.first()) {
        (Some(vary), _) => vary.clone(),
        (None, Some(client)) => format!("{}={}", key_of(client.mode), sizes_of(client.mode)),
        (None, None) => {
            let message = "nobody plays or records, so there is no buffer to advise on";
            return Err(Refusal::new(label, message, "add a [[client]]"));
        }
    };
    Axis::parse(&vary).map_err(|error| {
        let help = "see `wavert advise --help`, and `wavert schema` for every key";
        Refusal::new(label, format!("--vary: {error}"), help)
    })
}

/// What a client of a mode waits for in between.
const fn key_of(mode: Mode) -> &'static str {
    match mode {
        Mode::SharedEvent | Mode::SharedThrough => "engine.period",
        Mode::SharedCapture => "capture-engine.period",
        Mode::ExclusiveEvent | Mode::ExclusiveCapture | Mode::Offload => "client.0.packet",
        Mode::ExclusiveTimer => "client.0.buffer",
    }
}

const fn sizes_of(mode: Mode) -> &'static str {
    match mode {
        Mode::Offload => LONG_SIZES,
        _ => SIZES,
    }
}

/// Is there time enough to show what was asked for?
fn enough(
    label: &str,
    hours: f64,
    arguments: &AdviseArguments,
    standard: &Standard,
) -> Result<(), Refusal> {
    let (needed, budget) = (standard.hours_at_least(), &arguments.budget);
    if hours > HOURS_MAX {
        let message =
            format!("--budget: {budget} takes {needed:.0} hours of each candidate to show");
        return Err(Refusal::new(
            label,
            message,
            "allow more glitches, or be less sure",
        ));
    }
    if hours < needed {
        let message = format!(
            "--hours: in {hours} hours nobody can show {budget} with {} confidence, not even without a glitch",
            arguments.confidence
        );
        let help = format!(
            "use --hours {:.3} or more, or try fewer values",
            libm::ceil(needed * 1e3) / 1e3
        );
        return Err(Refusal::new(label, message, help));
    }
    Ok(())
}
