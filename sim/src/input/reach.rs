//! How far into a sound a run can get.

use scenario::{Drift, FrameCount, Scenario};

/// What is in buffers of the device and of Windows beside those that the scenario sizes.
const SLACK: u64 = 1 << 16;
/// No cyclic buffer has more packets.
const PACKETS_MAX: u64 = 8;

/// How many frames any client of the run can ask for, at most, or a microphone can hear.
///
/// The device plays so many. What is queued at the end has been asked for, too, and so has what a
/// change of state threw away, or what a false notification made a client write; each of them is
/// a buffer at most. A packet out of turn may lie anywhere.
pub(super) fn frames_of(scenario: &Scenario) -> u64 {
    let device = &scenario.device;
    let microphone = scenario.microphone.as_ref();
    let ppb = |drift: Drift| u64::from(drift.ppb().unsigned_abs());
    let fastest = |drift, wander: Option<Drift>| ppb(drift) + wander.map_or(0, ppb);
    let microphone = microphone.map(|mic| (mic.format, fastest(mic.drift, mic.wander)));
    let played = std::iter::once((device.format, fastest(device.drift, device.wander)))
        .chain(microphone)
        .map(|(format, fast_ppb)| {
            let fast = u128::from(1_000_000_000 + fast_ppb);
            let nanos = u128::from(scenario.duration.nanos());
            nanos * u128::from(format.rate.hertz()) * fast / 1_000_000_000_000_000_000
        })
        .max()
        .unwrap_or(0);
    let packet = (scenario.clients.iter())
        .map(|client| client.packet_frames(device).get())
        .chain([scenario.engine.period_frames(device).get()])
        .max()
        .unwrap_or(0);
    let endpoint = (scenario.clients.iter())
        .filter_map(|client| client.buffer.map(FrameCount::to_frames))
        .fold(0, |most, frames| frames.get().max(most));
    let buffer = u128::from(packet.saturating_mul(PACKETS_MAX).saturating_add(endpoint));
    let upsets = (2 + scenario.faults.len() + scenario.actions.len()) as u128;
    let out_of_turn = (scenario.actions.iter())
        .filter_map(|action| action.write_packet.as_ref())
        .map(|write| (u128::from(write.packet) + 1) * u128::from(packet))
        .max()
        .unwrap_or(0);
    let frames = (played + out_of_turn).saturating_add(buffer.saturating_mul(upsets));
    u64::try_from(frames)
        .unwrap_or(u64::MAX)
        .saturating_add(SLACK)
}

#[cfg(test)]
mod tests {
    use super::frames_of;
    use scenario::Scenario;

    fn frames(rest: &str) -> u64 {
        let text = format!("name = \"x\"\nduration = \"2s\"\n{rest}");
        frames_of(&Scenario::parse(&text).unwrap())
    }

    #[test]
    fn a_run_reaches_as_far_as_its_device_plays_and_a_few_buffers_further() {
        const CLIENT: &str = "[[client]]\nmode = \"exclusive-event\"\n";
        let plain = frames(CLIENT);
        assert!((96_000..200_000).contains(&plain), "{plain}");
        let fast = frames(&format!("{CLIENT}[device]\ndrift = \"1000ppm\"\n"));
        assert_eq!(fast, plain + 96);
        let far = frames(&format!(
            "{CLIENT}[[action]]\nwrite-packet = {{ client = 0, at = \"1s\", packet = 999 }}\n"
        ));
        assert!(far >= plain + 480_000, "{far}");
    }
}
