//! `[machine]`.

use machine::{Knot, WakeTable, WakeTableError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cpu::Cpu;
use crate::quantity::Time;

/// The machine that everything runs on. Without this table it delays nothing but what a fault
/// delays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Machine {
    /// A machine that is shipped, whose figures hold where this table states none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// How long it takes from an interrupt to the first instruction of the thread that it wakes, as
    /// a distribution: from all to no survivors, and straight lines in between. Each wake-up draws
    /// from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake: Option<Vec<WakeKnot>>,
    /// The processors that everything competes for: then delays come about one by one, and none is
    /// drawn as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Cpu>,
    /// Time between two ticks of the clock: a timer of a client expires with the first one at which
    /// it is due. Default: timers expire when they are due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tick: Option<Time>,
}

/// A machine that is shipped. Its figures and their sources are in `machines/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Delays nothing.
    Ideal,
    /// Tuned for audio.
    ProTuned,
    /// A desktop with nothing to do.
    IdleDesktop,
    /// A desktop at work.
    Office,
    /// A desktop that runs a game.
    Gaming,
    /// A laptop whose firmware keeps a processor for milliseconds now and then.
    LaptopAcpi,
    /// Another laptop of that family.
    LaptopScar,
    /// Linux with the real-time patch, for comparison.
    RtLinux,
}

/// A point of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WakeKnot {
    /// Of 1000000000 wake-ups, so many take longer.
    pub survivors: u32,
    /// Than this.
    pub latency: Time,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Ideal,
        Self::ProTuned,
        Self::IdleDesktop,
        Self::Office,
        Self::Gaming,
        Self::LaptopAcpi,
        Self::LaptopScar,
        Self::RtLinux,
    ];

    /// The file that says what it is like.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Ideal => include_str!("../../../../machines/ideal.toml"),
            Self::ProTuned => include_str!("../../../../machines/pro-tuned.toml"),
            Self::IdleDesktop => include_str!("../../../../machines/idle-desktop.toml"),
            Self::Office => include_str!("../../../../machines/office.toml"),
            Self::Gaming => include_str!("../../../../machines/gaming.toml"),
            Self::LaptopAcpi => include_str!("../../../../machines/laptop-acpi.toml"),
            Self::LaptopScar => include_str!("../../../../machines/laptop-scar.toml"),
            Self::RtLinux => include_str!("../../../../machines/rt-linux.toml"),
        }
    }

    /// Its figures, as the table of a scenario would state them.
    ///
    /// # Panics
    /// Never: a test reads every file that is shipped.
    pub fn figures(self) -> Machine {
        toml::from_str(self.text()).expect("a test reads every profile")
    }
}

impl Machine {
    /// The figures that hold: those of this table, and those of its profile where it states none.
    #[must_use]
    pub fn resolved(&self) -> Self {
        let profile = self.profile.map(Profile::figures).unwrap_or_default();
        Self {
            profile: self.profile,
            wake: self.wake.clone().or(profile.wake),
            cpu: self.cpu.clone(),
            tick: self.tick.or(profile.tick),
        }
    }

    /// How long wake-ups take, if it says so.
    ///
    /// # Errors
    /// [`WakeTableError`] if what it says is no distribution.
    pub fn wake_table(&self) -> Result<Option<WakeTable>, WakeTableError> {
        self.resolved().wake.map(|wake| table_of(&wake)).transpose()
    }
}

/// The table that `knots` are.
pub(super) fn table_of(knots: &[WakeKnot]) -> Result<WakeTable, WakeTableError> {
    let knot = |knot: &WakeKnot| Knot {
        survivors: knot.survivors,
        latency: knot.latency.to_duration(),
    };
    WakeTable::new(knots.iter().map(knot).collect())
}

#[cfg(test)]
mod tests {
    use units::SimDuration;

    use super::*;

    fn table(profile: Profile) -> WakeTable {
        let machine = Machine {
            profile: Some(profile),
            ..Machine::default()
        };
        let table = machine.wake_table().unwrap();
        table.unwrap_or_else(|| panic!("{profile:?} has no table"))
    }

    /// The averages and maxima that the reports state, in ns.
    #[test]
    fn the_tables_of_the_profiles_have_the_published_means_and_maxima() {
        for (profile, mean, longest) in [
            (Profile::Ideal, 0, 0),
            (Profile::ProTuned, 3_260, 161_700),
            (Profile::IdleDesktop, 6_422, 70_800),
            (Profile::Office, 10_022, 467_000),
            (Profile::Gaming, 9_111, 3_988_900),
            (Profile::LaptopAcpi, 23_289, 65_816_600),
            (Profile::LaptopScar, 14_700, 5_220_000),
            (Profile::RtLinux, 15_000, 22_000),
        ] {
            let table = table(profile);
            let half = SimDuration::from_nanos(1).ticks() / 2;
            let rounded = SimDuration::from_ticks(table.mean().ticks() + half);
            assert_eq!(rounded.to_nanos_floor(), mean, "{profile:?}");
            assert_eq!(table.longest(), SimDuration::from_nanos(longest));
        }
    }

    /// Of an hour of wake-ups, spread evenly over the table, how many come after `slack`.
    fn late_in_an_hour(profile: Profile, packet: u64) -> u32 {
        let passes = u32::try_from(3_600 * 48_000 / packet).unwrap();
        let slack = SimDuration::from_ticks(SimDuration::from_millis(1).ticks() * packet / 48);
        let table = table(profile);
        let is_late = |pass: &u32| table.quantile(2 * pass + 1, 2 * passes) > slack;
        u32::try_from((0..passes).filter(is_late).count()).unwrap()
    }

    #[test]
    fn s75_an_hour_of_wake_ups_is_late_as_often_as_the_tables_say() {
        use Profile::{Gaming, IdleDesktop, LaptopAcpi, Office, ProTuned};

        assert_eq!(late_in_an_hour(Gaming, 480), 0);
        assert_eq!(late_in_an_hour(Gaming, 128), 7);
        assert_eq!(late_in_an_hour(LaptopAcpi, 480), 2);
        assert_eq!(late_in_an_hour(LaptopAcpi, 128), 97);
        for profile in [ProTuned, IdleDesktop, Office] {
            assert_eq!(late_in_an_hour(profile, 128), 0, "{profile:?}");
        }
    }
}
