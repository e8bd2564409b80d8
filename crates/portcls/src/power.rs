//! Power: what a device is told when it goes to sleep and wakes up.

use units::{Moment, NtStatus, SimDuration};

/// How much power a device has.
///
/// # Source
/// `portcls/nf-portcls-iadapterpowermanagement-powerchangestate.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "DEVICE_POWER_STATE")]
pub enum DevicePower {
    /// All of it. Before the first change a device is here.
    #[default]
    #[doc(alias = "PowerDeviceD0")]
    D0,
    /// Less.
    #[doc(alias = "PowerDeviceD1")]
    D1,
    /// Still less.
    #[doc(alias = "PowerDeviceD2")]
    D2,
    /// None.
    #[doc(alias = "PowerDeviceD3")]
    D3,
}

/// What an adapter does when its power changes.
///
/// # Source
/// `portcls/nn-portcls-iadapterpowermanagement.md`.
#[doc(alias = "IAdapterPowerManagement")]
pub trait AdapterPowerManagement {
    /// Whether the device can go to `power`. It may be taken there without this question.
    ///
    /// # Errors
    /// Whatever keeps it here.
    #[doc(alias = "QueryPowerChangeState")]
    fn query_power_change_state(
        &mut self,
        now: Moment,
        power: DevicePower,
    ) -> Result<(), NtStatus> {
        let _ = (now, power);
        Ok(())
    }

    /// Takes the device to `power`; it is there on return. Below D0 nothing writes to it.
    #[doc(alias = "PowerChangeState")]
    fn power_change_state(&mut self, now: Moment, power: DevicePower);

    /// In D3: how long the way back may take from now on.
    #[doc(alias = "D3ExitLatencyChanged")]
    fn d3_exit_latency_changed(&mut self, now: Moment, latency: ExitLatency) {
        let _ = (now, latency);
    }
}

/// What a miniport does around a change of power: keeps what the device forgets, and brings it
/// back.
///
/// # Source
/// `portcls/nf-portcls-ipowernotify-powerchangenotify.md`.
#[doc(alias = "IPowerNotify")]
pub trait PowerNotify {
    /// On the way down before the change, with all streams paused; on the way up after it, before
    /// they are resumed.
    #[doc(alias = "PowerChangeNotify")]
    fn power_change_notify(&mut self, now: Moment, power: DevicePower);
}

/// How long a device may take from D3 to D0.
///
/// # Source
/// `portcls/nf-portcls-iadapterpowermanagement3-d3exitlatencychanged.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "PC_EXIT_LATENCY")]
pub enum ExitLatency {
    /// No time.
    #[default]
    #[doc(alias = "PcExitLatencyInstant")]
    Instant,
    /// Little.
    #[doc(alias = "PcExitLatencyFast")]
    Fast,
    /// Some.
    #[doc(alias = "PcExitLatencyResponsive")]
    Responsive,
}

impl ExitLatency {
    /// The bound that the page of the method gives: 0, 10 or 200 ms. Drivers go by it.
    pub const fn bound(self) -> SimDuration {
        SimDuration::from_millis(match self {
            Self::Instant => 0,
            Self::Fast => 10,
            Self::Responsive => 200,
        })
    }

    /// The bound that the page of the enumeration gives: 0, 35 or 300 ms.
    ///
    /// # Source
    /// `portcls/ne-portcls-_pc_exit_latency.md`.
    pub const fn bound_of_enumeration(self) -> SimDuration {
        SimDuration::from_millis(match self {
            Self::Instant => 0,
            Self::Fast => 35,
            Self::Responsive => 300,
        })
    }
}

impl DevicePower {
    /// The number of the header.
    pub const fn value(self) -> u64 {
        match self {
            Self::D0 => 1,
            Self::D1 => 2,
            Self::D2 => 3,
            Self::D3 => 4,
        }
    }
}

vtime::fork_by_clone!(DevicePower, ExitLatency);
