//! What a client writes over, and where the device is then.

use ks::{Property, REQUEST};
use scenario::{Inputs, RunOptions, Scenario, run};
use units::{SimTime, TICKS_PER_SECOND};

const RATE: u128 = 48_000;
const PACKET: u64 = 480;
const PACKETS: u64 = 2;

/// The packets that the driver took while the stream ran, each with the frames that had begun to
/// leave by then, worked out from the time alone.
fn announced(prefetch: u64) -> Vec<(u64, u64)> {
    let text = format!(
        "name = \"writes\"\nduration = \"300ms\"\n[device]\nprefetch = \"{prefetch}fr\"\n\
         [[client]]\nmode = \"exclusive-event\"\npacket = \"{PACKET}fr\"\npackets = {PACKETS}\n"
    );
    let options = RunOptions {
        keep_history: true,
        ..RunOptions::default()
    };
    let run = run(&Scenario::parse(&text).unwrap(), &Inputs::new(), &options).unwrap();
    let entries = run.history.entries();
    let writes = entries.filter(|entry| {
        let property = entry.words().first().copied();
        entry.what.name() == REQUEST.name()
            && property == Some(Property::SET_WRITE_PACKET.code().into())
            && entry.words()[3] == 0
            // Before RUN nothing is the device's.
            && entry.moment.time > SimTime::ZERO
    });
    let began = |ticks: u64| {
        let frames = (u128::from(ticks) * RATE).div_ceil(u128::from(TICKS_PER_SECOND));
        u64::try_from(frames).unwrap()
    };
    writes
        .map(|entry| (entry.words()[1], began(entry.moment.time.ticks())))
        .collect()
}

#[test]
fn r90_what_is_between_play_and_write_position_is_never_written_over() {
    for prefetch in [0, 1, 64, 400] {
        let announced = announced(prefetch);
        assert!(announced.len() > 25, "the client writes all the time");
        for (packet, begun) in announced {
            // What was in the place of the packet before it, and what is of it.
            let (before, first) = (
                (packet + 1).saturating_sub(PACKETS) * PACKET,
                packet * PACKET,
            );
            // From the frame at the converter to the last one fetched ahead of it.
            let (play, write) = (begun, begun + prefetch);
            assert!(
                before <= play && write <= first,
                "packet {packet} was written when {play}..{write} was the device's"
            );
        }
    }
}
