//! A stream as dumb as can be: one array for the ring, one step per frame.

use machine::{Component, FaultId, Latency};
use ring::{Kind, Whose};
use truth::{Account, Geometry, Origin, Played, Stay, Work, Write};
use units::{Bytes, Clock, Frames, Moment, NtStatus, Phase, SampleRate, SimDuration, SimTime};

/// One late wake-up of a producer that looks at the packet count (policy RESYNC).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Toy {
    pub(crate) hertz: u32,
    pub(crate) packet: u64,
    pub(crate) packets: u64,
    pub(crate) prefetch: u64,
    pub(crate) late: SimDuration,
    pub(crate) packets_played: u64,
}

/// The reference: 48 kHz, two packets of 480 frames, nothing late.
pub(crate) const REFERENCE: Toy = Toy {
    hertz: 48_000,
    packet: 480,
    packets: 2,
    prefetch: 0,
    late: SimDuration::ZERO,
    packets_played: 20,
};

/// The wake-up that is late.
const EVENT: u64 = 5;

impl Toy {
    fn clock(&self) -> Clock {
        Clock::nominal(SimTime::ZERO, SampleRate::new(self.hertz).unwrap())
    }

    /// When the producer runs, and for which event.
    fn wakes(&self) -> Vec<(u64, Moment)> {
        let mut wakes = Vec::new();
        let mut free = SimTime::ZERO;
        for event in 1..=self.packets_played {
            let crossing = self.clock().instant_of(event * self.packet);
            let wake = if event == EVENT && self.late > SimDuration::ZERO {
                free = crossing + self.late;
                free.commit()
            } else if crossing < free {
                // The thread is late already; the event stays set, once.
                if wakes.last() == Some(&(u64::MAX, free.commit())) {
                    continue;
                }
                wakes.push((u64::MAX, free.commit()));
                continue;
            } else {
                crossing.at(Phase::React)
            };
            wakes.push((event, wake));
        }
        wakes
    }

    fn in_transfer(&self, now: Moment) -> u64 {
        let begun = if now.has_moved() {
            self.clock().count_at(now.time) + 1
        } else {
            self.clock().begun_before(now.time)
        };
        begun.saturating_sub(1) / self.packet
    }

    pub(crate) fn play(&self) -> Account {
        let (mut writes, mut work) = (Vec::new(), Vec::new());
        let write = |writes: &mut Vec<Write>, packet: u64, done: Moment, status, origin| {
            writes.push(Write {
                run: 0,
                packet,
                write: u32::try_from(writes.len()).unwrap(),
                content: packet * self.packet,
                frames: self.packet,
                ends_stream: false,
                done,
                status,
                origin,
            });
        };
        for packet in 0..self.packets {
            write(
                &mut writes,
                packet,
                SimTime::ZERO.commit(),
                NtStatus::SUCCESS,
                Origin::Start,
            );
        }
        let mut next = self.packets;
        for (event, now) in self.wakes() {
            let due = self
                .clock()
                .instant_of(event.min(self.packets_played) * self.packet);
            let mut latency = Latency::ZERO;
            if event == EVENT {
                latency.add(Component::ReadyWait, self.late);
            }
            let fault = (event == EVENT).then(|| FaultId::new(0));
            work.push(Work {
                due: due.min(now.time),
                done: now,
                latency,
                fault,
            });
            let mut count = self.in_transfer(now);
            while next < count + self.packets {
                let origin = Origin::Wake(work.len() - 1);
                if next <= count {
                    write(&mut writes, next, now, NtStatus::DATA_LATE_ERROR, origin);
                    count = self.in_transfer(now);
                    next = count + 1;
                } else {
                    write(&mut writes, next, now, NtStatus::SUCCESS, origin);
                    next += 1;
                }
            }
        }
        let frames = self.packets_played * self.packet;
        Account {
            geometry: Geometry {
                rate: SampleRate::new(self.hertz).unwrap(),
                packet: Frames::new(self.packet),
                packets: u32::try_from(self.packets).unwrap(),
                frame: Bytes::new(4),
                fifo: Bytes::new(4 * (self.prefetch + 1)),
                burst: Bytes::new(4),
            },
            until: self.clock().instant_of(frames),
            stays: vec![Stay::even(0, self.clock(), 0, frames)],
            played: self.heard(&writes, frames),
            handed_over: false,
            writes,
            placed: Vec::new(),
            work,
            lost: Vec::new(),
            starved: Vec::new(),
            supply: Vec::new(),
            stopped: Vec::new(),
            stalls: Vec::new(),
            late_fetches: Vec::new(),
            start_burst: None,
        }
    }

    fn heard(&self, writes: &[Write], frames: u64) -> Vec<Played> {
        let mut ring: Vec<Option<Whose>> =
            vec![None; usize::try_from(self.packets * self.packet).unwrap()];
        let mut pending = writes.iter().peekable();
        let mut played = Vec::new();
        for frame in 0..frames {
            let fetched = self
                .clock()
                .instant_of(frame.saturating_sub(self.prefetch))
                .at(Phase::Move);
            while let Some(write) = pending.next_if(|write| write.done <= fetched) {
                for at in 0..self.packet {
                    let intended = write.packet * self.packet + at;
                    let place = usize::try_from(intended).unwrap() % ring.len();
                    ring[place] = Some(Whose {
                        run: 0,
                        kind: Kind::Audio,
                        content: intended,
                        intended,
                        write: write.write,
                    });
                }
            }
            let whose = ring[usize::try_from(frame).unwrap() % ring.len()];
            played.push(Played {
                run: 0,
                first: frame,
                frames: 1,
                whose,
            });
        }
        played
    }
}
