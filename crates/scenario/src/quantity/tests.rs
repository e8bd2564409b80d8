//! Quantities from text and back.

use proptest::prelude::*;

use super::*;

fn time(text: &str) -> Result<u64, String> {
    Time::parse(text)
        .map(Time::nanos)
        .map_err(|e| e.to_string())
}

#[test]
fn decimals_are_taken_exactly() {
    assert_eq!(time("8.667ms"), Ok(8_667_000));
    assert_eq!(time("0.05 ms"), Ok(50_000));
    assert_eq!(time("1_000ns"), Ok(1_000));
    assert_eq!(time("19.999ms"), Ok(19_999_000));
    assert_eq!(
        time("1.50000000000000000000000000000000000000000s"),
        Ok(1_500_000_000)
    );
    assert_eq!(Drift::parse("-3.95ppm").unwrap().ppb(), -3_950);
    assert_eq!(Rate::parse("44.1kHz").unwrap().hertz(), 44_100);
    assert_eq!(Level::parse("-6.5dB").unwrap().millibels(), -650);
}

#[test]
fn what_is_wrong_is_said() {
    for (text, says) in [
        ("10", "has no unit"),
        ("", "is not a time"),
        ("-5ms", "is negative"),
        ("0.5ns", "finer than 1ns"),
        ("1fortnight", "is not a unit that fits"),
        ("1e9ms", "is not a unit that fits"),
        ("31h", ""),
        ("721h", "beyond 30 days"),
        ("99999999999999999999999999s", "beyond 30 days"),
        (
            "0.0000000000000000000000000000000000000000000001s",
            "finer than",
        ),
        (".5ms", "is not a time"),
        ("5.ms", "is not a time"),
        ("1.2.3ms", "is not a time"),
        ("--1ms", "is not a time"),
    ] {
        match time(text) {
            Ok(_) => assert!(says.is_empty(), "{text} was taken"),
            Err(message) => {
                assert!(
                    !says.is_empty() && message.contains(says),
                    "{text}: {message}"
                );
            }
        }
    }
    assert!(
        Rate::parse("0Hz")
            .unwrap_err()
            .to_string()
            .contains("is zero")
    );
    assert!(Rate::parse("99999MHz").is_err());
    assert!(Drift::parse("1001ppm").is_err());
}

proptest! {
    /// What is printed is read back as the same, and nothing that is read panics.
    #[test]
    fn text_and_value_are_inverses(nanos in 0..=LONGEST_NANOS, milli in -100_000i32..=100_000, junk in "\\PC{0,12}") {
        let time = Time::from_nanos(nanos);
        prop_assert_eq!(Time::parse(&time.to_string()), Ok(time));
        let level = Level::from_millibels(milli);
        prop_assert_eq!(Level::parse(&level.to_string()), Ok(level));
        let _ = Time::parse(&junk);
    }
}
