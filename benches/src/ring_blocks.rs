//! P6 `ring_blocks`: packets of 480 stereo float frames in at one end of a ring, out at the other.
//!
//! Ours is the cyclic buffer with one atomic per frame, and a cursor for each end that the bench
//! adds: the buffer itself has no flow control. The peers copy plain memory: rtrb, ringbuf, and
//! (on one thread, without any cursor) two `memcpy`s.
//!
//! Every contestant carries the same packets, and what came out is folded into a checksum that
//! must be the one of what went in. *Checked* runs fold every sample of every packet, inside the
//! measured time; *bare* runs fold two words of each packet and so measure little more than the
//! copy.

mod contestants;

use std::fmt;

use crate::measure::{Series, Target};

use contestants::Contestant;

/// Frames of a packet: 10 ms at 48 kHz.
const PACKET_FRAMES: u64 = 480;
/// Bytes of a packet of stereo float.
const PACKET_BYTES: usize = 3840;
/// Different packets that take turns, so that a stale one has the wrong checksum.
const PACKETS: usize = 7;
/// Measured rounds; in each, every contestant runs once, in turn.
const ROUNDS: usize = 7;

/// How much of what came out goes into the checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Bare,
    Every,
}

/// The packets that take turns.
fn packets() -> Vec<Vec<u8>> {
    let mut state = 1_u64;
    let mut word = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state
    };
    (0..PACKETS)
        .map(|_| {
            (0..PACKET_FRAMES)
                .flat_map(|_| word().to_le_bytes())
                .collect()
        })
        .collect()
}

impl Check {
    /// Folds a packet into `sum`.
    fn fold(self, sum: u64, packet: &[u8]) -> u64 {
        let word = |at: usize| {
            u64::from_le_bytes(
                packet[at..at + 8]
                    .try_into()
                    .expect("eight bytes are eight bytes"),
            )
        };
        let folded = match self {
            Self::Bare => word(0) ^ word(PACKET_BYTES - 8).rotate_left(7),
            Self::Every => {
                let mut lanes = [0_u64; 4];
                for group in packet.chunks_exact(32) {
                    for (lane, bytes) in lanes.iter_mut().zip(group.chunks_exact(8)) {
                        let bytes = bytes.try_into().expect("eight bytes are eight bytes");
                        *lane = lane.rotate_left(5) ^ u64::from_le_bytes(bytes);
                    }
                }
                lanes
                    .iter()
                    .fold(0, |all: u64, lane| all.rotate_left(11) ^ lane)
            }
        };
        (sum.rotate_left(1) ^ folded).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// The checksum of `count` packets that nothing happened to.
    fn expected(self, packets: &[Vec<u8>], count: u64) -> u64 {
        turns(packets, count).fold(0, |sum, packet| self.fold(sum, packet))
    }
}

fn turns(packets: &[Vec<u8>], count: u64) -> impl Iterator<Item = &[u8]> {
    (0..count)
        .zip(packets.iter().cycle())
        .map(|(_, packet)| packet.as_slice())
}

/// Carries `count` packets on one thread.
fn one_thread(who: Contestant, frames: u64, packets: &[Vec<u8>], count: u64, check: Check) -> u64 {
    let Some((mut push, mut pop)) = who.ends(frames) else {
        return plain_copy(frames, packets, count, check);
    };
    let mut out = vec![0; PACKET_BYTES];
    let mut sum = 0;
    for packet in turns(packets, count) {
        assert!(push.push(packet), "an empty ring has room");
        assert!(pop.pop(&mut out), "a packet was put in");
        sum = check.fold(sum, std::hint::black_box(&out));
    }
    sum
}

/// Copies `count` packets in and out of memory, without a cursor.
fn plain_copy(frames: u64, packets: &[Vec<u8>], count: u64, check: Check) -> u64 {
    let mut out = vec![0; PACKET_BYTES];
    let mut sum = 0;
    let mut ring = vec![0; usize::try_from(frames * 8).expect("a ring fits into memory")];
    let places = ring.len() / PACKET_BYTES;
    for (n, packet) in turns(packets, count).enumerate() {
        let place = &mut ring[n % places * PACKET_BYTES..][..PACKET_BYTES];
        place.copy_from_slice(packet);
        out.copy_from_slice(std::hint::black_box(place));
        sum = check.fold(sum, std::hint::black_box(&out));
    }
    sum
}

/// Carries `count` packets from one thread to another.
fn two_threads(who: Contestant, frames: u64, packets: &[Vec<u8>], count: u64, check: Check) -> u64 {
    let (mut push, mut pop) = who.ends(frames).expect("two threads take two ends");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for packet in turns(packets, count) {
                while !push.push(packet) {
                    std::hint::spin_loop();
                }
            }
        });
        let mut out = vec![0; PACKET_BYTES];
        let mut sum = 0;
        for _ in 0..count {
            while !pop.pop(&mut out) {
                std::hint::spin_loop();
            }
            sum = check.fold(sum, std::hint::black_box(&out));
        }
        sum
    })
}

/// How many threads share the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Threads {
    One,
    Two,
}

/// What is to be measured.
#[derive(Clone, Copy, Debug)]
struct Plan {
    title: &'static str,
    /// Ours over rtrb that is asked for, in thousandths; none where the line is for the record.
    target: Option<u64>,
    threads: Threads,
    /// Frames in the ring.
    frames: u64,
    check: Check,
}

/// Packets per run.
const COUNT: u64 = 500_000;

/// 20 ms is a `WaveRT` buffer of two packets and lies in the first cache; 1 s does not.
const PLANS: [Plan; 7] = {
    use Check::{Bare, Every};
    use Threads::{One, Two};
    const fn plan(
        title: &'static str,
        target: Option<u64>,
        (threads, frames, check): (Threads, u64, Check),
    ) -> Plan {
        Plan {
            title,
            target,
            threads,
            frames,
            check,
        }
    }
    [
        plan(
            "1 thread, 20 ms ring, checked",
            Some(500),
            (One, 960, Every),
        ),
        plan("1 thread, 20 ms ring, bare", None, (One, 960, Bare)),
        plan("1 thread, 1 s ring, bare", None, (One, 48_000, Bare)),
        plan(
            "2 threads, 20 ms ring, checked",
            Some(700),
            (Two, 960, Every),
        ),
        plan("2 threads, 20 ms ring, bare", None, (Two, 960, Bare)),
        plan("2 threads, 100 ms ring, checked", None, (Two, 4_800, Every)),
        plan("2 threads, 100 ms ring, bare", None, (Two, 4_800, Bare)),
    ]
};

impl Plan {
    fn contestants(self) -> &'static [Contestant] {
        use Contestant::{Ours, PlainCopy, Ringbuf, Rtrb};
        match self.threads {
            Threads::One => &[Rtrb, Ours, Ringbuf, PlainCopy],
            Threads::Two => &[Rtrb, Ours, Ringbuf],
        }
    }

    /// Runs every contestant in every round, in turn.
    fn measure(self, packets: &[Vec<u8>], count: u64, rounds: usize) -> Case {
        let expected = self.check.expected(packets, count);
        let mut all: Vec<_> = self
            .contestants()
            .iter()
            .map(|who| Series::new(who.name()))
            .collect();
        for _ in 0..rounds {
            for (who, series) in self.contestants().iter().zip(&mut all) {
                let run =
                    |carry: Carry| (carry(*who, self.frames, packets, count, self.check), count);
                let sum = match self.threads {
                    Threads::One => series.time(|| run(one_thread)),
                    Threads::Two => series.time_by_wall(|| run(two_threads)),
                };
                assert_eq!(sum, expected, "{}: out comes what went in", who.name());
            }
        }
        Case { plan: self, all }
    }
}

/// Carries so many of these packets through a ring of so many frames and gives their checksum.
type Carry = fn(Contestant, u64, &[Vec<u8>], u64, Check) -> u64;

/// What was measured, and the runs in the order of [`Plan::contestants`]: rtrb first, then ours.
#[derive(Debug)]
struct Case {
    plan: Plan,
    all: Vec<Series>,
}

impl Case {
    fn target(&self) -> Option<Target> {
        let [rtrb, ours, ..] = self.all.as_slice() else {
            return None;
        };
        Some(Target::at_least(
            self.plan.title,
            ours.over(rtrb),
            self.plan.target?,
        ))
    }
}

/// The table of P6.
#[derive(Debug)]
pub struct RingBlocks {
    cases: Vec<Case>,
}

impl RingBlocks {
    /// Measures everything: about a minute, on a machine with two idle cores.
    pub fn measure() -> Self {
        Self::carry(COUNT, ROUNDS)
    }

    /// Carries a few packets through everything, for the checksums' sake.
    pub fn try_out() -> Self {
        Self::carry(100, 1)
    }

    fn carry(count: u64, rounds: usize) -> Self {
        let packets = packets();
        Self {
            cases: PLANS
                .iter()
                .map(|plan| plan.measure(&packets, count, rounds))
                .collect(),
        }
    }

    /// True if no figure misses its target by more than a factor of two.
    pub fn is_plausible(&self) -> bool {
        self.cases
            .iter()
            .filter_map(Case::target)
            .all(|target| target.is_plausible())
    }
}

/// Per case: time per packet of each contestant, and its speed beside rtrb; then the targets.
impl fmt::Display for RingBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "P6 ring_blocks: packets of 480 stereo float frames, in and out"
        )?;
        for Case { plan, all } in &self.cases {
            writeln!(f, "{}", plan.title)?;
            for series in all {
                let ratio = series.over(&all[0]);
                writeln!(
                    f,
                    "  {series}  {}.{:03} of rtrb",
                    ratio / 1000,
                    ratio % 1000
                )?;
            }
        }
        self.cases
            .iter()
            .filter_map(Case::target)
            .try_for_each(|target| writeln!(f, "{target}"))
    }
}

#[cfg(test)]
mod tests {
    use super::RingBlocks;

    #[test]
    fn every_contestant_hands_out_what_it_was_given() {
        RingBlocks::try_out();
    }
}
