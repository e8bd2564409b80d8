//! What the HD Audio miniport does when its device sleeps, wakes up, stops or is gone.

use portcls::{
    AdapterPnpManagement, AdapterPowerManagement, DevicePower, MiniportPnpNotify, PowerNotify,
    RebalanceType,
};
use units::Moment;

use crate::hd_audio::HdAudioMiniport;

/// The controller forgets below D0 which interrupts it was to send. Streams it does not forget.
///
/// Model: descriptors keep their positions in D3, as the pause before it asks for.
impl PowerNotify for HdAudioMiniport {
    fn power_change_notify(&mut self, now: Moment, power: DevicePower) {
        if power == DevicePower::D0 {
            self.registers().enable_interrupts(now);
        }
    }
}

impl AdapterPowerManagement for HdAudioMiniport {
    fn power_change_state(&mut self, now: Moment, power: DevicePower) {
        let bus = self.registers().bus();
        bus.set_power(now, power == DevicePower::D0);
    }
}

impl MiniportPnpNotify for HdAudioMiniport {
    fn pnp_stop(&mut self, now: Moment) {
        self.give_engine_back(now);
    }

    fn surprise_removal(&mut self, now: Moment) {
        self.give_engine_back(now);
    }
}

/// By taking its filter away. What there is to be given back went with the notice before.
impl AdapterPnpManagement for HdAudioMiniport {
    fn supported_rebalance_type(&self) -> RebalanceType {
        RebalanceType::RemoveSubdevices
    }

    fn pnp_query_stop(&mut self, _: Moment) {}

    fn pnp_cancel_stop(&mut self, _: Moment) {}

    fn pnp_stop(&mut self, now: Moment) {
        self.give_engine_back(now);
    }
}
