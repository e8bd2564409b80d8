//! Runs so long that nobody may look at everything for each thing.

use machine::{FaultId, Latency};
use ring::{Kind, Whose};
use truth::{Account, Class, Ledger, Origin, Played, Starved, Stay, Supply, Work, Write};
use units::{Clock, NtStatus, Phase, SimTime};

use crate::toy::REFERENCE;

/// Half of each packet is wrong, in three ways, for as long as there are packets.
fn wrong_in_every_packet(packets: u64) -> Account {
    let audio = |intended, write| Whose {
        run: 0,
        kind: Kind::Audio,
        content: intended,
        intended,
        write,
    };
    let mut account = Account {
        played: vec![],
        writes: vec![],
        placed: vec![],
        work: vec![],
        ..REFERENCE.play()
    };
    for packet in 0..packets {
        let first = packet * 480;
        let at = SimTime::from_millis(packet * 10);
        let number = u32::try_from(packet).unwrap();
        let wrong = match packet % 3 {
            0 => audio(first + 960, number),
            1 => audio(first.saturating_sub(960), number),
            _ => Whose {
                kind: Kind::EngineSilence,
                ..audio(first, number)
            },
        };
        let played = |first, whose| Played {
            run: 0,
            first,
            frames: 240,
            whose: Some(whose),
        };
        account.played.push(played(first, wrong));
        account
            .played
            .push(played(first + 240, audio(first + 240, number)));
        account.writes.push(Write {
            run: 0,
            packet,
            write: number,
            content: first,
            frames: 480,
            ends_stream: false,
            done: at.at(Phase::React),
            status: NtStatus::SUCCESS,
            origin: Origin::Wake(usize::try_from(packet).unwrap()),
        });
        let work = Work {
            due: at,
            done: at.at(Phase::React),
            latency: Latency::ZERO,
            fault: Some(FaultId::new(number)),
        };
        account.work.push(work);
        account.supply.push(Supply { client: 0, work });
        account.starved.push(Starved {
            run: 0,
            client: 0,
            first,
            frames: 240,
            at: at.at(Phase::React),
        });
    }
    account.until = SimTime::from_millis(packets * 10);
    let clock = Clock::nominal(SimTime::ZERO, account.geometry.rate);
    account.stays = vec![Stay::even(0, clock, 0, packets * 480)];
    account
}

/// An hour of this has 360 000 glitches. If each had to look at every write, this test would take
/// minutes.
#[test]
fn a_long_run_costs_per_packet_what_a_short_one_costs() {
    let ledger = Ledger::close(wrong_in_every_packet(90_000));
    assert_eq!(ledger.glitches().len(), 90_000);
    for (packet, glitch) in (0..).zip(ledger.glitches()) {
        let blamed = glitch.blame.fault.map(FaultId::ordinal);
        match glitch.class {
            Some(Class::Ahead | Class::EngineSilence) => assert_eq!(blamed, Some(packet)),
            class => assert_eq!(class, Some(Class::Stale), "packet {packet}"),
        }
    }
}
