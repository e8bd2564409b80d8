//! What is kept of one run.

use super::plan::Plan;
use scenario::{EndpointResult, Run};
use serde_json::Value;
use std::fmt::Write as _;

/// A figure of a row. In the order of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    SimNs,
    Frames,
    Glitches,
    AudibleEvents,
    LostFrames,
    LostNs,
    LargestGlitchFrames,
    LargestGlitchNs,
    DroppedFrames,
    WorstMarginNs,
    MedianMarginNs,
    Wakes,
    WakeP50Ns,
    WakeP99Ns,
    WakeMaxNs,
}

impl Figure {
    pub(super) const ALL: [Self; 15] = [
        Self::SimNs,
        Self::Frames,
        Self::Glitches,
        Self::AudibleEvents,
        Self::LostFrames,
        Self::LostNs,
        Self::LargestGlitchFrames,
        Self::LargestGlitchNs,
        Self::DroppedFrames,
        Self::WorstMarginNs,
        Self::MedianMarginNs,
        Self::Wakes,
        Self::WakeP50Ns,
        Self::WakeP99Ns,
        Self::WakeMaxNs,
    ];

    /// What its column is called.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::SimNs => "sim_ns",
            Self::Frames => "frames",
            Self::Glitches => "glitches",
            Self::AudibleEvents => "audible_events",
            Self::LostFrames => "lost_frames",
            Self::LostNs => "lost_ns",
            Self::LargestGlitchFrames => "largest_glitch_frames",
            Self::LargestGlitchNs => "largest_glitch_ns",
            Self::DroppedFrames => "dropped_frames",
            Self::WorstMarginNs => "worst_margin_ns",
            Self::MedianMarginNs => "median_margin_ns",
            Self::Wakes => "wakes",
            Self::WakeP50Ns => "wake_p50_ns",
            Self::WakeP99Ns => "wake_p99_ns",
            Self::WakeMaxNs => "wake_max_ns",
        }
    }
}

/// The figures of one run. What there was none of, as a margin without a packet, is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures([Option<i64>; Figure::ALL.len()]);

/// One run: which, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) run: u64,
    pub(super) figures: Figures,
    /// Of the history.
    pub(super) digest: String,
}

impl Figures {
    /// What came of a run, over all its endpoints. Margins and wake-ups are those of the endpoint
    /// with the smallest margin, as it is the one that a glitch would come of.
    pub(super) fn of(run: &Run) -> Self {
        let (result, ends) = (&run.result, &run.result.endpoints);
        let sum = |of: fn(&EndpointResult) -> u64| ends.iter().map(of).sum::<u64>();
        let glitches = || ends.iter().flat_map(|end| &end.glitches);
        let closest = ends.iter().zip(&run.lateness).min_by_key(|(end, wakes)| {
            let margin = end.headroom_ns.map(|margin| margin.min);
            (margin.is_none(), margin, wakes.is_none())
        });
        let margin = closest.and_then(|(end, _)| end.headroom_ns);
        let wakes = closest.and_then(|(_, wakes)| *wakes);
        let whole = |count: u64| Some(i64::try_from(count).unwrap_or(i64::MAX));
        let value = |figure: Figure| match figure {
            Figure::SimNs => whole(result.sim_ns),
            Figure::Frames => whole(sum(|end| end.frames)),
            Figure::Glitches => whole(glitches().count() as u64),
            Figure::AudibleEvents => whole(sum(|end| end.audible_events)),
            Figure::LostFrames => whole(glitches().map(|glitch| glitch.frames).sum()),
            Figure::LostNs => whole(sum(|end| end.lost_ns)),
            Figure::LargestGlitchFrames => {
                whole(glitches().map(|glitch| glitch.frames).max().unwrap_or(0))
            }
            Figure::LargestGlitchNs => whole(
                glitches()
                    .map(|glitch| glitch.duration_ns)
                    .max()
                    .unwrap_or(0),
            ),
            Figure::DroppedFrames => whole(sum(|end| end.dropped_frames)),
            Figure::WorstMarginNs => margin.map(|margin| margin.min),
            Figure::MedianMarginNs => margin.map(|margin| margin.p50),
            Figure::Wakes => whole(wakes.map_or(0, |wakes| wakes.count)),
            Figure::WakeP50Ns => wakes.and_then(|wakes| whole(wakes.p50)),
            Figure::WakeP99Ns => wakes.and_then(|wakes| whole(wakes.p99)),
            Figure::WakeMaxNs => wakes.and_then(|wakes| whole(wakes.max)),
        };
        Self(Figure::ALL.map(value))
    }

    pub(super) fn get(&self, figure: Figure) -> Option<i64> {
        self.0[figure as usize]
    }

    /// A figure that every run has.
    pub(super) fn count(&self, figure: Figure) -> u64 {
        self.get(figure).map_or(0, i64::unsigned_abs)
    }
}

impl Row {
    /// The row as one line of JSON, without its end. Equal rows are equal bytes.
    pub(super) fn to_json(&self, plan: &Plan) -> String {
        let (point, seed) = plan.of(self.run);
        let mut line = format!("{{\"run\":{},\"seed\":{seed}", self.run);
        for (axis, value) in plan.axes.iter().zip(plan.values(point)) {
            let _ = write!(line, ",{}:{}", quoted(&axis.key), quoted(value));
        }
        for figure in Figure::ALL {
            let _ = match self.figures.get(figure) {
                Some(value) => write!(line, ",\"{}\":{value}", figure.name()),
                None => write!(line, ",\"{}\":null", figure.name()),
            };
        }
        let _ = write!(line, ",\"digest\":{}}}", quoted(&self.digest));
        line
    }

    /// The names of the columns of a table of comma-separated values, as one line.
    pub(super) fn csv_head(plan: &Plan) -> String {
        let keys = plan.axes.iter().map(|axis| in_csv(&axis.key));
        let figures = Figure::ALL.map(|figure| figure.name().to_owned());
        let all = ["run".to_owned(), "seed".to_owned()]
            .into_iter()
            .chain(keys);
        let all = all.chain(figures).chain(["digest".to_owned()]);
        all.collect::<Vec<_>>().join(",")
    }

    /// The row as a line of that table. A figure that there is none of is empty.
    pub(super) fn to_csv(&self, plan: &Plan) -> String {
        let (point, seed) = plan.of(self.run);
        let values = plan.values(point).into_iter().map(in_csv);
        let figure = |figure| self.figures.get(figure).map(|value| value.to_string());
        let figures = Figure::ALL.map(|each| figure(each).unwrap_or_default());
        let all = [self.run.to_string(), seed.to_string()]
            .into_iter()
            .chain(values);
        let all = all.chain(figures).chain([self.digest.clone()]);
        all.collect::<Vec<_>>().join(",")
    }

    /// The way back from [`to_json`](Self::to_json), of run `run`; or what is wrong with the line.
    pub(super) fn of_json(plan: &Plan, run: u64, line: &str) -> Result<Self, String> {
        let json: Value = serde_json::from_str(line).map_err(|error| {
            if error.is_eof() {
                "the line ends in the middle".to_owned()
            } else {
                format!("this is no row: {error}")
            }
        })?;
        let digest = json["digest"].as_str().unwrap_or_default().to_owned();
        let figures = Figures(Figure::ALL.map(|figure| json[figure.name()].as_i64()));
        let row = Self {
            run,
            figures,
            digest,
        };
        if row.to_json(plan) != line {
            return Err(format!(
                "this is not run {run} as this sweep would write it"
            ));
        }
        Ok(row)
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A field as RFC 4180 has it: in quotes if it has to be.
fn in_csv(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A digest of rows, whatever order they come in: each row's line is hashed, and the hashes are
/// exclusive-ored. Every row has another number, so none cancels another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RowsDigest(u64);

impl RowsDigest {
    /// Adds a row as a line of JSON, without its end.
    pub(super) fn add(&mut self, line: &str) {
        // FNV-1a, and the finish of SplitMix64, so that every bit of a line moves every bit.
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let mut hash = line.bytes().fold(0xcbf2_9ce4_8422_2325, fold);
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.0 ^= hash ^ (hash >> 31);
    }

    /// Sixteen hexadecimal digits.
    pub(super) fn text(self) -> String {
        format!("{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::tests::plan;
    use super::{Figure, Figures, Row, RowsDigest, in_csv};

    fn row(run: u64) -> Row {
        let mut figures = Figures::default();
        figures.0[Figure::Glitches as usize] = Some(3);
        figures.0[Figure::WorstMarginNs as usize] = Some(-4_000_000);
        let digest = "00ff".to_owned();
        Row {
            run,
            figures,
            digest,
        }
    }

    #[test]
    fn a_row_comes_back_from_its_line_and_from_no_other() {
        let plan = plan(&["client.0.packets=2..3"], 2);
        let line = row(3).to_json(&plan);
        assert!(
            line.starts_with("{\"run\":3,\"seed\":8,\"client.0.packets\":\"3\",\"sim_ns\":null,"),
            "{line}"
        );
        assert_eq!(Row::of_json(&plan, 3, &line), Ok(row(3)));
        let told = |line: &str| Row::of_json(&plan, 3, line).unwrap_err();
        assert!(told(&line[..line.len() - 9]).contains("ends in the middle"));
        assert!(told("[").contains("ends in the middle") && told("7").contains("not run 3"));
        assert!(told("x").contains("no row"));
        for (from, to) in [
            ("\"run\":3", "\"run\":1"),
            ("\"3\"", "\"2\""),
            (":8,", ":7,"),
            ("00ff", "00\\u0066f"),
        ] {
            assert!(
                told(&line.replace(from, to)).contains("not run 3"),
                "{from}"
            );
        }
    }

    #[test]
    fn every_column_of_the_table_has_a_head() {
        let plan = plan(&["client.0.packets=2..3"], 1);
        let columns = |line: &str| line.split(',').count();
        assert_eq!(
            columns(&Row::csv_head(&plan)),
            columns(&row(1).to_csv(&plan))
        );
        assert_eq!(in_csv("{ wav = \"a,b\" }"), "\"{ wav = \"\"a,b\"\" }\"");
        for (place, figure) in Figure::ALL.into_iter().enumerate() {
            assert_eq!(figure as usize, place);
        }
    }

    /// By an independent program: the hash of each line, exclusive-ored.
    #[test]
    fn the_digest_of_rows_does_not_depend_on_their_order() {
        let of = |lines: &[&str]| {
            let mut digest = RowsDigest::default();
            for line in lines {
                digest.add(line);
            }
            digest.text()
        };
        assert_eq!(of(&[]), "0000000000000000");
        assert_eq!(of(&["a", "b"]), of(&["b", "a"]));
        assert_eq!(of(&["a"]), "02c0bdbf481420f8");
        assert_eq!(of(&["{\"run\":0}", "{\"run\":1}"]), "d1fcc0a93c1f3419");
    }
}
