//! A device that nobody uses goes to sleep.

use portcls::DevicePower;
use units::{Moment, SimDuration, SimTime};
use vtime::Context;

use super::{DeviceHandle, Presence};

/// When a device that nobody uses goes to sleep, and how deep.
///
/// # Source
/// `audio/audio-device-class-inactivity-timer-implementation.md`,
/// `audio/immediate-idle-timeout-opt-in.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleSettings {
    /// Seconds without an access after which it does on battery; 0 for never.
    #[doc(alias = "ConservationIdleTime")]
    pub conservation_seconds: u32,
    /// The same on mains.
    #[doc(alias = "PerformanceIdleTime")]
    pub performance_seconds: u32,
    /// Where it goes.
    #[doc(alias = "IdlePowerState")]
    pub power: DevicePower,
    /// It goes as soon as no stream runs, whatever the seconds say.
    #[doc(alias = "ImmediateIdle")]
    pub immediate: bool,
    /// Whether the machine runs on battery.
    pub on_battery: bool,
}

impl Default for IdleSettings {
    fn default() -> Self {
        Self {
            conservation_seconds: 0,
            performance_seconds: 0,
            power: DevicePower::D3,
            immediate: false,
            on_battery: false,
        }
    }
}

impl IdleSettings {
    /// How long nobody must use the device; `None` if it never sleeps.
    pub fn after(self) -> Option<SimDuration> {
        let seconds = if self.on_battery {
            self.conservation_seconds
        } else {
            self.performance_seconds
        };
        match (self.immediate, seconds) {
            (true, _) => Some(SimDuration::ZERO),
            (false, 0) => None,
            (false, seconds) => Some(SimDuration::from_millis(u64::from(seconds) * 1000)),
        }
    }
}

impl DeviceHandle {
    /// From now on the device sleeps as `settings` say, if [`idle`] is there to take care of it.
    pub fn set_idle(&self, settings: IdleSettings) {
        self.0.borrow_mut().idle = settings;
    }

    /// Puts the device to sleep if nobody has used it for long enough; when to look again, or
    /// `None` if it never sleeps.
    ///
    /// A stream that runs uses it. A device that sleeps already is looked at again as late as one
    /// that has just been used.
    pub fn check_idle(&self, now: Moment) -> Option<SimTime> {
        let device = self.0.borrow();
        let after = device.idle.after()?;
        let (power, due) = (device.idle.power, device.accessed + after);
        let may = device.power == DevicePower::D0 && device.presence == Presence::Present;
        drop(device);
        let pins = self.pins();
        let is_used = pins.iter().any(|pin| pin.borrow().is_running());
        if may && !is_used {
            if now.time < due {
                return Some(due);
            }
            self.change_power(now, power);
        }
        // With no time at all somebody would look for ever.
        Some(now.time + after.max(SimDuration::from_millis(1)))
    }
}

vtime::fork_by_clone!(IdleSettings);

/// Puts `device` to sleep whenever nobody has used it for long enough.
pub async fn idle<C: Context>(cx: C, device: DeviceHandle) {
    while let Some(next) = device.check_idle(cx.moment()) {
        cx.sleep_until(next.commit()).await;
    }
}
