//! What a sweep is to do: every point of the grid with every seed, numbered once and for all.

use super::axis::Axis;
use crate::args::Shard;
use crate::changed;
use crate::input;
use crate::refusal::Refusal;
use crate::source::Folder;
use scenario::{Inputs, Scenario};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use toml::Table;

/// No grid has more points.
const POINTS_MAX: u64 = 10_000;
/// No sweep has more runs.
const RUNS_MAX: u64 = 10_000_000;
/// Model time that the runs of a part take together, so that a part is written every few seconds.
const PART_NS: u64 = 2_000_000_000_000;
/// A shard has at least so many parts, if it has so many runs: there is work for every thread.
const PARTS_MIN: u64 = 64;
/// No part has more rows.
const PART_ROWS_MAX: u64 = 4_096;
/// What a shape of `sweep.json` and of rows this is.
const SCHEMA: u32 = 1;

/// A sweep: one scenario, keys that are varied, seeds.
///
/// Runs are numbered from 0: all points with the first seed, then all with the next. So the number
/// says it all, whoever does the run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What messages call the scenario.
    pub(crate) label: String,
    /// Its name.
    pub(crate) name: String,
    /// Its text, before anything was varied.
    text: String,
    pub(crate) axes: Vec<Axis>,
    pub(crate) first_seed: u64,
    pub(crate) seeds: u64,
    /// The scenario of each point of the grid, the last key varied fastest.
    points: Vec<Scenario>,
    /// How long a run of the scenario is, before anything was varied.
    duration_ns: u64,
}

/// Runs of a shard that are done by one thread and written at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) shard: Shard,
    /// Which part of the shard, counted from 0.
    pub(crate) number: u64,
    /// The runs, in order.
    pub(crate) runs: Vec<u64>,
}

impl Plan {
    /// A sweep of the scenario that `text` is.
    ///
    /// # Errors
    /// [`Refusal`], of the scenario, of one of its points, or of a sweep that is too large.
    pub(crate) fn new(
        label: &str,
        text: String,
        axes: Vec<Axis>,
        seeds: (Option<u64>, u64),
    ) -> Result<Self, Refusal> {
        let base = changed::parse(&text, label)?;
        let refuse = |message: String, help: &str| Err(Refusal::new(label, message, help));
        let mut keys = axes.iter().map(|axis| axis.key.as_str());
        if keys.clone().any(|key| key == "seed") {
            return refuse(
                "--vary: `seed` has an argument of its own".into(),
                "use --seeds N",
            );
        }
        if let Some(twice) =
            keys.find(|key| axes.iter().filter(|axis| axis.key == *key).count() > 1)
        {
            let message = format!("--vary: `{twice}` is varied twice");
            return refuse(message, "give all its values at once: key=1ms,5ms..9ms:1ms");
        }
        let (first_seed, seeds) = (seeds.0.unwrap_or(base.seed), seeds.1);
        if seeds == 0 {
            return refuse(
                "--seeds: without a seed there is no run".into(),
                "use --seeds 1 or more",
            );
        }
        if first_seed.checked_add(seeds - 1).is_none() {
            let message = format!(
                "--seeds: {seeds} seeds from {first_seed} on lead beyond {}",
                u64::MAX
            );
            return refuse(message, "use a smaller --seed, or fewer --seeds");
        }
        let points = axes.iter().map(|axis| axis.values.len() as u64);
        let points = points.fold(1, u64::saturating_mul);
        if points > POINTS_MAX {
            let message = format!("--vary: the grid has {points} points, more than {POINTS_MAX}");
            return refuse(message, "vary fewer keys at a time, or over fewer values");
        }
        let runs = points.saturating_mul(seeds);
        if runs > RUNS_MAX {
            let message =
                format!("that would be {runs} runs, more than the {RUNS_MAX} of one sweep");
            return refuse(
                message,
                "use fewer --seeds or fewer values, or make several sweeps with a --seed of their own",
            );
        }
        let points = scenarios(label, &text, &axes, points)?;
        Ok(Self {
            label: label.to_owned(),
            name: base.name,
            duration_ns: base.duration.nanos(),
            text,
            axes,
            first_seed,
            seeds,
            points,
        })
    }

    /// How many points the grid has.
    pub(crate) fn points(&self) -> usize {
        self.points.len()
    }

    /// How many runs there are.
    pub(crate) fn runs(&self) -> u64 {
        self.points.len() as u64 * self.seeds
    }

    /// The point and the seed of run `run`.
    pub(crate) fn of(&self, run: u64) -> (usize, u64) {
        let points = self.points.len() as u64;
        let point = usize::try_from(run % points).expect("points are few");
        (point, self.first_seed + run / points)
    }

    /// The scenario of a point.
    pub(crate) fn scenario(&self, point: usize) -> &Scenario {
        &self.points[point]
    }

    /// What the varied keys are at a point, in their order.
    pub(crate) fn values(&self, point: usize) -> Vec<&str> {
        let places = places(&self.axes, point as u64);
        let values = self.axes.iter().zip(places);
        values
            .map(|(axis, place)| axis.values[place].0.as_str())
            .collect()
    }

    /// How to do a run again: `--set client.0.packet=64fr --seed 7`.
    pub(crate) fn again(&self, run: u64) -> String {
        let (point, seed) = self.of(run);
        let values = self.axes.iter().zip(self.values(point));
        let sets = values.map(|(axis, value)| format!("--set '{}={value}'", axis.key));
        let all: Vec<String> = sets.chain([format!("--seed {seed}")]).collect();
        all.join(" ")
    }

    /// The parts of a shard: the runs are dealt out to the shards one by one, and each shard's are
    /// cut into parts. Which they are follows from the plan alone.
    pub(crate) fn parts(&self, shard: Shard) -> Vec<Part> {
        let (first, step) = (u64::from(shard.number) - 1, u64::from(shard.of));
        let own: Vec<u64> = (first..self.runs())
            .step_by(usize::try_from(step).expect("shards are few"))
            .collect();
        let in_time = (PART_NS / self.duration_ns.max(1)).clamp(1, PART_ROWS_MAX);
        let size = in_time.min(own.len() as u64 / PARTS_MIN).max(1);
        let size = usize::try_from(size).expect("a part is small");
        let parts = own.chunks(size).zip(0..);
        parts
            .map(|(runs, number)| Part {
                shard,
                number,
                runs: runs.to_vec(),
            })
            .collect()
    }

    /// The sounds of each point, each read once.
    ///
    /// # Errors
    /// [`Refusal`] about the first that cannot be played.
    pub(crate) fn inputs(&self, folder: &Folder) -> Result<Vec<Inputs>, Refusal> {
        let mut read = BTreeMap::new();
        let mut inputs = Vec::with_capacity(self.points.len());
        for scenario in &self.points {
            let names: Vec<String> = scenario.inputs().map(str::to_owned).collect();
            let rate = scenario.device.format.rate.hertz();
            let recorded = scenario.microphone.as_ref();
            let recorded = recorded.map(|microphone| microphone.format.rate.hertz());
            let key = (names, rate, recorded);
            let loaded = match read.get(&key) {
                Some(loaded) => Inputs::clone(loaded),
                None => input::load(scenario, folder, None)?,
            };
            read.insert(key, loaded.clone());
            inputs.push(loaded);
        }
        Ok(inputs)
    }

    /// What makes it this sweep and no other.
    pub(crate) fn identity(&self) -> Value {
        let vary = self.axes.iter().map(|axis| {
            let values: Vec<&str> = axis.values.iter().map(|(text, _)| text.as_str()).collect();
            json!({ "key": axis.key, "values": values })
        });
        json!({
            "schema": SCHEMA,
            "wavert": env!("CARGO_PKG_VERSION"),
            "scenario": self.text,
            "vary": vary.collect::<Vec<_>>(),
            "first_seed": self.first_seed,
            "seeds": self.seeds,
        })
    }

    /// The way back from [`identity`](Self::identity); `label` is what messages call it.
    ///
    /// # Errors
    /// [`Refusal`], if that is not what it is.
    pub(crate) fn of_identity(label: &str, text: &str) -> Result<Self, Refusal> {
        let help = "name a folder that `wavert sweep --out` wrote, as it wrote it";
        let broken =
            |what: &str| Refusal::new(label, format!("this is no plan of a sweep: {what}"), help);
        let json: Value = serde_json::from_str(text).map_err(|error| broken(&error.to_string()))?;
        let version = json["wavert"].as_str();
        if version != Some(env!("CARGO_PKG_VERSION")) || json["schema"] != SCHEMA {
            let message = format!(
                "the sweep was made by wavert {}, and this is {}",
                version.unwrap_or("of another kind"),
                env!("CARGO_PKG_VERSION")
            );
            return Err(Refusal::new(
                label,
                message,
                "use the same program for all of a sweep",
            ));
        }
        let scenario = json["scenario"]
            .as_str()
            .ok_or_else(|| broken("no `scenario`"))?;
        let number = |key: &str| {
            json[key]
                .as_u64()
                .ok_or_else(|| broken(&format!("no `{key}`")))
        };
        let vary = json["vary"].as_array().ok_or_else(|| broken("no `vary`"))?;
        let read = |axis: &Value| {
            let values = axis["values"].as_array()?.iter();
            let values: Vec<String> = values
                .map(|value| value.as_str().map(str::to_owned))
                .collect::<Option<_>>()?;
            let key = axis["key"].as_str()?;
            (!values.is_empty()).then(|| Axis::of(key, &values).ok())?
        };
        let axes: Result<Vec<Axis>, Refusal> = vary
            .iter()
            .map(|each| read(each).ok_or_else(|| broken("a `vary` without key and values")))
            .collect();
        let axes = axes?;
        let seeds = (Some(number("first_seed")?), number("seeds")?);
        Self::new(label, scenario.to_owned(), axes, seeds)
    }
}

/// The place of each axis's value at a point, the last varied fastest.
fn places(axes: &[Axis], point: u64) -> Vec<usize> {
    let mut rest = usize::try_from(point).expect("points are few");
    let mut places: Vec<usize> = axes
        .iter()
        .rev()
        .map(|axis| {
            let place = rest % axis.values.len();
            rest /= axis.values.len();
            place
        })
        .collect();
    places.reverse();
    places
}

/// The scenario of each point. The first one that is none ends it: the others are like it.
fn scenarios(
    label: &str,
    text: &str,
    axes: &[Axis],
    points: u64,
) -> Result<Vec<Scenario>, Refusal> {
    if axes.is_empty() {
        return Ok(vec![changed::parse(text, label)?]);
    }
    let Ok(table) = text.parse::<Table>() else {
        let message = format!("--vary: a number in the file is more than {}", i64::MAX);
        let help = "write a smaller seed there, and give the large one with --seed";
        return Err(Refusal::new(label, message, help));
    };
    let scenario = |point| {
        let mut table = table.clone();
        let values = axes.iter().zip(places(axes, point));
        let values: Vec<_> = values
            .map(|(axis, place)| (&axis.key, &axis.values[place]))
            .collect();
        let changes = values.iter().map(|(_, (_, change))| change);
        changed::apply(&mut table, label, "--vary", changes)?;
        let with: Vec<String> = values
            .iter()
            .map(|(key, (value, _))| format!("{key}={value}"))
            .collect();
        let label = format!("{label} (with --vary {})", with.join(", "));
        changed::parse(&changed::text(&table), &label)
    };
    (0..points).map(scenario).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::Plan;
    use crate::args::Shard;
    use crate::sweep::axis::Axis;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// A small sweep of one client, over `vary`, with `seeds` seeds from 7 on.
    pub(in crate::sweep) fn plan(vary: &[&str], seeds: u64) -> Plan {
        let axes = vary.iter().map(|each| Axis::parse(each).unwrap()).collect();
        let text = "name = \"x\"\nseed = 7\nduration = \"50ms\"\ndevice.more-packets = true\n[[client]]\nmode = \"exclusive-event\"\n";
        Plan::new("x.toml", text.into(), axes, (None, seeds))
            .unwrap_or_else(|refusal| panic!("{}", refusal.draw()))
    }

    #[test]
    fn a_run_is_known_by_its_number() {
        let plan = plan(
            &["client.0.packets=2..3", "client.0.packet=96fr,480fr,960fr"],
            2,
        );
        assert_eq!((plan.points(), plan.runs()), (6, 12));
        assert_eq!(plan.of(0), (0, 7));
        assert_eq!(plan.of(11), (5, 8));
        assert_eq!(plan.values(0), ["2", "96fr"]);
        assert_eq!(plan.values(1), ["2", "480fr"]);
        assert_eq!(plan.values(5), ["3", "960fr"]);
        assert_eq!(
            plan.again(11),
            "--set 'client.0.packets=3' --set 'client.0.packet=960fr' --seed 8"
        );
        let frames = plan.scenario(5).clients[0].packet.unwrap().get();
        assert_eq!(
            (frames, plan.scenario(5).clients[0].packets),
            (960, Some(3))
        );
    }

    #[test]
    fn the_plan_of_a_file_is_the_plan_that_was_written() {
        let plan = plan(&["client.0.packets=2..3"], 5);
        let text = plan.identity().to_string();
        let read = Plan::of_identity("sweep.json", &text).unwrap();
        assert_eq!(read.identity(), plan.identity());
        let broken = [
            (text.replace("\"seeds\":5", "\"seeds\":0"), "without a seed"),
            (
                text.replace("\"values\"", "\"value\""),
                "without key and values",
            ),
            (
                text.replace("\"wavert\":\"", "\"wavert\":\"9"),
                "was made by wavert 9",
            ),
            (text[..text.len() / 2].to_owned(), "no plan of a sweep"),
            (text.replace("exclusive-event", "event"), "unknown variant"),
        ];
        for (text, told) in broken {
            let refusal = Plan::of_identity("sweep.json", &text).unwrap_err().draw();
            assert!(
                refusal.contains(told) && refusal.contains("help: ") || told == "unknown variant",
                "{refusal}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_run_is_in_one_part_of_one_shard(seeds in 1_u64..3_000, of in 1_u32..9) {
            let plan = plan(&["client.0.packets=2..4"], seeds);
            let mut seen = BTreeSet::new();
            for number in 1..=of {
                for part in plan.parts(Shard { number, of }) {
                    prop_assert!(!part.runs.is_empty());
                    for run in part.runs {
                        prop_assert!(seen.insert(run));
                    }
                }
            }
            prop_assert_eq!(seen.len() as u64, plan.runs());
            prop_assert_eq!(seen.last(), Some(&(plan.runs() - 1)));
        }
    }
}
