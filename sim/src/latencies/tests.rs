use super::{Latencies, parse};
use machine::{Knot, WakeTable};
use proptest::prelude::*;
use std::fmt::Write as _;
use units::SimDuration;
use vtime::Rng;

fn read(text: &str) -> Latencies {
    parse(text).unwrap_or_else(|error| panic!("line {}: {error}", error.line))
}

fn table(latencies: &Latencies) -> WakeTable {
    WakeTable::new(latencies.knots())
        .unwrap_or_else(|error| panic!("{error}: {:?}", latencies.knots()))
}

/// How many of a million draws are longer than `micros`.
fn longer(latencies: &Latencies, micros: u64) -> u32 {
    let (table, mut rng) = (table(latencies), Rng::new(7));
    let mut draws = (0..1_000_000).map(|_| table.draw(&mut rng));
    let bound = SimDuration::from_micros(micros);
    u32::try_from(draws.by_ref().filter(|drawn| *drawn > bound).count()).unwrap()
}

/// As `cyclictest -q -t2 -h 20` of rt-tests 2.4 prints it, but for the lines without a count.
const CYCLICTEST: &str = "\
# /dev/cpu_dma_latency set to 0us
# Histogram
000000 000000\t000000
000016 000094\t000050
000017 000800\t000850
000019 000104\t000099
# Total: 000000998 000000999
# Min Latencies: 00016 00016
# Avg Latencies: 00017 00017
# Max Latencies: 00343 00118
# Histogram Overflows: 00002 00001
# Histogram Overflow at cycle number:
# Thread 0: 00004 00020
# Thread 1: 00033

";

#[test]
fn a_histogram_of_cyclictest_is_read_with_what_is_beyond_it() {
    let latencies = read(CYCLICTEST);
    assert_eq!(
        (latencies.count(), latencies.longest_ns()),
        (2_000, 344_000)
    );
    // 144 in the first microsecond, 1650 in the next, 203 in the last, 3 beyond.
    let knots = latencies.knots();
    let knot = |survivors, micros| Knot {
        survivors,
        latency: SimDuration::from_micros(micros),
    };
    assert_eq!(
        knots[..3],
        [
            knot(WakeTable::WHOLE, 16),
            knot(928_000_000, 17),
            knot(103_000_000, 18)
        ]
    );
    assert!(knots.contains(&knot(1_500_000, 20)), "{knots:?}");
    assert_eq!(knots.last(), Some(&knot(0, 344)));
    let known = latencies.knowledge("lat.txt");
    for told in [
        "lat.txt: histogram of cyclictest, 2000 latencies; mean 0.018 ms, longest 0.344 ms.",
        "No wake-up draws a longer one: what this machine does less often than once in 2000 wake-ups is not in the file.",
        "3 of them are beyond the histogram, which ends at 20 us",
        "2 threads, taken together",
    ] {
        assert!(known.contains(told), "{known}");
    }
}

#[test]
fn the_json_of_cyclictest_says_the_same() {
    let text = r#"{
      "file_version": 1, "cmdline:": "cyclictest -q -t2 -h 20 --json=ct.json",
      "num_threads": 2, "resolution_in_ns": 0,
      "thread": {
        "0": { "histogram": { "16": 94, "17": 800, "19": 104 }, "cycles": 1000, "min": 16, "max": 343, "avg": 17.4, "cpu": 0, "node": 0 },
        "1": { "histogram": { "16": 50, "17": 850, "19": 99 }, "cycles": 1000, "min": 16, "max": 118, "avg": 17.2, "cpu": 1, "node": 0 }
      }
    }"#;
    let (json, text_form) = (read(text), read(CYCLICTEST));
    assert_eq!(
        (json.count(), json.longest_ns()),
        (text_form.count(), text_form.longest_ns())
    );
    assert_eq!(json.knots()[..3], text_form.knots()[..3]);
    assert!(
        json.knowledge("lat.json")
            .contains("3 of them are beyond the histogram")
    );
    let in_nanos = text.replace("\"resolution_in_ns\": 0", "\"resolution_in_ns\": 1");
    assert_eq!(read(&in_nanos).longest_ns(), 343);
}

/// Packed by the library's version for Python.
const HDR: &str = "\
#[Logged with HdrHistogram for Python]
#[Histogram log format version 1.3]
#[StartTime: 1403476110.183 (seconds since epoch)]
\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"
0.127,60.000,22.806,HISTFAAAADR4nJNpmSzMwMAgxAABzFCaEch0M9ixgMH+A0Rgvv8extlsB3jOSm1hfKrC9DSBCQDluwtj
Tag=second,60.127,1.000,0.040,HISTFAAAACN4nJNpmSzMwMDAzAABMJoRyHQz2LGAwf4DROBwsggAXqkFiA==
";

#[test]
fn a_log_of_hdr_histogram_is_read_interval_by_interval() {
    let latencies = read(HDR);
    // Three digits are kept: 22.8 ms lies in a bin of 16.384 us.
    let longest = latencies.longest_ns();
    assert!((22_800_000..22_816_384).contains(&longest), "{longest}");
    assert_eq!(latencies.count(), 94 + 800 + 90 + 1 + 1 + 10);
    for (micros, left) in [
        (15, 996),
        (18, 902),
        (30, 102),
        (50, 92),
        (100, 2),
        (400, 1),
    ] {
        let (drawn, expected) = (longer(&latencies, micros), left * 1_000_000 / 996);
        assert!(
            drawn.abs_diff(expected) < 2_000,
            "{micros} us: {drawn} and {expected}"
        );
    }
    let known = latencies.knowledge("lat.hlog");
    assert!(
        known.contains("HdrHistogram log, 61 s, 996 latencies")
            && known.contains("taken as nanoseconds"),
        "{known}"
    );
}

#[test]
fn a_table_is_read_with_its_unit_wherever_that_stands() {
    let counted = |text: &str| {
        let latencies = read(text);
        (
            latencies.count(),
            latencies.longest_ns(),
            latencies.mean_ns(),
        )
    };
    let expected = (4, 30_500, 15_125);
    for text in [
        "latency_us\n10\n10\n10\n30.5\n",
        "latency_us,count\n10,3\n30.5,1\n",
        "# by hand\n\"Latency (µs)\";\"count\"\r\n10,0;3\r\n30,5;1\r\n",
        "10us,3\n30500ns\n",
        "latency,count\n10us,3\n30500ns,1\n",
        "latency_ms\tn\n0.01\t3\n0.0305\t1",
        "\u{feff}us\n30.5\n\n10\n10\n10",
    ] {
        assert_eq!(counted(text), expected, "{text}");
    }
}

/// A report in the layout of LatencyMon 7, with the figures of a machine that was made up.
const LATENCYMON: &str = "\
_________________________________________________________________________________________________________
CONCLUSION
_________________________________________________________________________________________________________
Your system appears to be having trouble handling real-time audio and other tasks.
LatencyMon has been analyzing your system for  0:10:00  (h:mm:ss) on all processors.

_________________________________________________________________________________________________________
MEASURED INTERRUPT TO USER PROCESS LATENCIES
_________________________________________________________________________________________________________
Highest measured interrupt to process latency (µs):   5220.40
Average measured interrupt to process latency (µs):   14.70

Highest measured interrupt to DPC latency (µs):       5201.10
Average measured interrupt to DPC latency (µs):       4.10

_________________________________________________________________________________________________________
 REPORTED DPCs
_________________________________________________________________________________________________________
Highest DPC routine execution time (µs):              6251.0
Driver with highest DPC routine execution time:       acpi.sys - ACPI driver for NT, made up

DPC count (execution time <250 µs):                   1667510
DPC count (execution time 250-500 µs):                0
DPC count (execution time 500-10000 µs):              261
DPC count (execution time 1000-2000 µs):              5
DPC count (execution time 2000-4000 µs):              3
DPC count (execution time >=4000 µs):                 4
";

#[test]
fn a_report_of_latency_mon_gives_its_mean_its_end_and_the_tail_of_its_bins() {
    let latencies = read(LATENCYMON);
    let table = table(&latencies);
    assert_eq!(table.longest(), SimDuration::from_nanos(5_220_400));
    let mean = table.mean().to_nanos_floor();
    assert!((14_600..=14_800).contains(&mean), "{mean}");
    // Above 1 ms: 5 of 1.5 ms leave 0.5 each, 3 of 3 ms leave 2, 4 of 5.1255 ms leave 4.1255: 25.002 ms in 600 s.
    let expected = 25_002_000 / 600;
    let knots = latencies.knots();
    let knot = knots
        .iter()
        .find(|knot| knot.latency == SimDuration::from_millis(1))
        .unwrap();
    assert!(knot.survivors.abs_diff(expected) <= 1, "{knots:?}");
    let known = latencies.knowledge("report.txt");
    for told in [
        "LatencyMon report, 600 s; mean 0.015 ms, longest 5.220 ms.",
        "less often than once in 600 s is not in the file",
        "250 to 500 us and 500 to 1000 us are one bin",
        "The longest DPC (6.251 ms) was that of acpi.sys - ACPI driver for NT, made up.",
    ] {
        assert!(known.contains(told), "{known}");
    }
}

#[test]
fn a_report_of_latency_mon_is_read_in_spite_of_locale_and_drifting_columns() {
    let plain = read(LATENCYMON);
    let commas = LATENCYMON
        .replace(".40\n", ",40\n")
        .replace(".70\n", ",70\n")
        .replace("6251.0", "6251,0");
    let garbled = LATENCYMON.replace('µ', "\u{c2}\u{b5}");
    let drifted = LATENCYMON
        .replace(":       ", ": ")
        .replace("   5220", "\t 5220")
        .replace("\nHighest", "\n  Highest");
    let lost = LATENCYMON.replace('µ', "\u{fffd}").replace('\n', "\r\n");
    for other in [commas, garbled, drifted, lost] {
        assert_eq!(read(&other), plain, "{other}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_its_remedy() {
    let cut = CYCLICTEST.split("# Total").next().unwrap();
    let cases = [
        (String::new(), 0, "the file is empty"),
        ("latency_us\n".into(), 0, "holds no latency"),
        ("10\n20\n".into(), 1, "`10` has no unit"),
        ("latency\n20\n".into(), 2, "`20` has no unit"),
        ("latency_us\n10\nx\n".into(), 3, "`x` is no latency"),
        ("latency_us\n-10\n".into(), 2, "`-10` is no latency"),
        ("latency_us\n10,3,4\n".into(), 2, "a third field"),
        ("latency_us\n10,x\n".into(), 2, "`x` is no count"),
        ("latency_s\n3601\n".into(), 2, "longer than an hour"),
        ("latency_s\n99999999999999999999\n".into(), 2, "too long"),
        ("10furlongs\n".into(), 1, "no latency in ns"),
        (
            format!("us,n\n1,{0}\n2,{0}\n", u64::MAX),
            0,
            "add up to more",
        ),
        (cut.to_owned(), 0, "`# Total:` is missing"),
        (
            CYCLICTEST.replace("000094", "000093"),
            7,
            "the totals are [998, 999]",
        ),
        (
            CYCLICTEST.replace("000094\t", ""),
            4,
            "here are 1 counts, and above 2",
        ),
        (
            CYCLICTEST.replace("00343", "00003"),
            11,
            "does not say how far",
        ),
        (
            CYCLICTEST.replace("000104", "x"),
            6,
            "`x` is no whole number",
        ),
        ("{".into(), 1, "no JSON"),
        ("{}".into(), 0, "no `thread`"),
        (
            "{\"thread\":{\"0\":{\"cycles\":3}}}".into(),
            0,
            "no `histogram` of thread 0",
        ),
        (
            HDR.replace("HISTFAAAADR4", "HISTFAAAADR5"),
            5,
            "cannot be unpacked",
        ),
        (HDR.replace("22.806,HIST", "22.806,"), 5, "the histogram"),
        (
            HDR.replace("0.127,60.000", "x,y"),
            5,
            "no line of such a log",
        ),
        (
            LATENCYMON.replace("14.70", "fast"),
            11,
            "`fast` is no number",
        ),
        (
            LATENCYMON.replace("14.70", "9999.0"),
            10,
            "the highest latency is",
        ),
        (
            LATENCYMON.replace("Average measured interrupt to process", "Mean"),
            0,
            "does not say the average",
        ),
        (
            LATENCYMON.replace("5220.40", "99999999999.0"),
            10,
            "longer than an hour",
        ),
    ];
    for (text, line, told) in cases {
        let error = parse(&text).unwrap_err();
        assert!(
            error.message.contains(told) && error.line == line && !error.help.is_empty(),
            "{error:?} for {told}"
        );
    }
}

#[test]
fn a_table_of_many_values_is_thinned_in_its_body_and_kept_in_its_tail() {
    let mut text = "latency_ns\n".to_owned();
    let mut rng = Rng::new(1);
    let mut all: Vec<u64> = (0..50_000)
        .map(|_| 10_000 + rng.below(1_000) * rng.below(1_000) / (1 + rng.below(1_000)))
        .collect();
    for value in &all {
        let _ = writeln!(text, "{value}");
    }
    all.sort_unstable();
    let latencies = read(&text);
    let knots = latencies.knots();
    assert!((64..2_000).contains(&knots.len()), "{}", knots.len());
    assert_eq!(latencies.longest_ns(), all[all.len() - 1]);
    let table = table(&latencies);
    for survivors in [25_000, 5_000, 500, 50, 5] {
        let exact = all[all.len() - survivors];
        let told = table
            .quantile(50_000 - u32::try_from(survivors).unwrap(), 50_000)
            .to_nanos_floor();
        // A bin holds a 64th of what is as long or longer, so the rank is off by no more.
        let more = all[(all.len() - survivors + survivors / 32 + 1).min(all.len() - 1)];
        let less = all[all.len() - survivors - survivors / 32 - 1];
        assert!(
            (less..=more).contains(&told),
            "{survivors}: {told} for {exact}, {less} to {more}"
        );
    }
}

proptest! {
    /// The reference sorts and counts.
    #[test]
    fn as_many_draws_are_longer_as_were_measured(values in prop::collection::vec((0_u64..50_000, 1_u64..100), 1..40)) {
        let mut text = "ns,count\n".to_owned();
        for (value, count) in &values {
            let _ = writeln!(text, "{value},{count}");
        }
        let latencies = read(&text);
        let table = table(&latencies);
        let total: u64 = values.iter().map(|(_, count)| count).sum();
        prop_assert_eq!(latencies.count(), total);
        prop_assert_eq!(table.longest().to_nanos_floor(), values.iter().map(|(value, _)| *value).max().unwrap());
        for (bound, _) in &values {
            let longer: u64 = values.iter().filter(|(value, _)| value > bound).map(|(_, count)| count).sum();
            // A part in a thousand beside the step, which the table smears over a thousand millionth.
            let at = |part: u64| table.quantile(u32::try_from(part).unwrap(), 1_000_000).to_nanos_floor();
            let rank = (total - longer) * 1_000_000 / total;
            prop_assert!(at(rank.saturating_sub(1_000)) <= *bound);
            if longer * 1_000 > total * 2 {
                prop_assert!(at(rank + 1_000) > *bound);
            }
        }
    }

    #[test]
    fn any_text_is_latencies_or_a_message(text in "\\PC{0,60}", place in 0_usize..5, cut in 0_usize..900) {
        let known = [CYCLICTEST, HDR, LATENCYMON, "latency_us\n10,3\n20,4\n", ""][place];
        let at = known.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(known.len());
        if let Ok(latencies) = parse(&format!("{}{text}{}", &known[..at], &known[at..])) {
            prop_assert!(WakeTable::new(latencies.knots()).is_ok(), "{:?}", latencies.knots());
        }
    }
}
