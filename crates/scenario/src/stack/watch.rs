//! Who looks at the position of the speaker from time to time, and what they make of it.

use ks::{PinHandle, PinReply, PinRequest, RtAudioRequest};
use observers::{
    DelayLockedLoop, GlitchDetector as _, LeftToPlay, Look, PositionAgainstClock, Resynchronising,
    Ring, Since, StopThreshold,
};
use units::{Clock, Frames, Hns, Moment, SimDuration, SimTime};

use super::Opened;
use crate::format::{DetectorPosition, DetectorRule, GlitchDetector, Scenario};
use crate::notes::Running;
use crate::quantity::Time;

/// The bandwidth of `PipeWire`'s loop when it begins, in 1/1000 Hz.
const BANDWIDTH_MILLI: u32 = 128;
/// From one look to the next where there are no packets.
const WITHOUT_PACKETS: SimDuration = SimDuration::from_millis(10);

/// The detectors that look at positions, in the order of the file.
#[derive(Clone, Debug)]
pub(crate) struct Watch(Vec<Watcher>);

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Watcher {
    /// Its place among all detectors.
    pub(crate) place: usize,
    pub(crate) looks: u64,
    pub(crate) alarms: Vec<Alarm>,
    every: SimDuration,
    position: DetectorPosition,
    /// Looks that are over, and those at which nothing ran included.
    turns: u64,
    of: Stream,
    rule: Rule,
    /// What it has seen so far of the present run of the stream.
    seen: Option<Seen>,
}

/// A detector took something for a glitch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Alarm {
    pub(crate) at: SimTime,
    /// It is about what is heard from here …
    pub(crate) since: SimTime,
    /// … to here.
    pub(crate) until: SimTime,
}

/// The stream as its program knows it.
#[derive(Clone, Copy, Debug)]
struct Stream {
    ring: Ring,
    /// Bytes in a frame.
    frame: u64,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    run: u32,
    at: SimTime,
    position: u64,
}

/// A rule at work.
#[derive(Clone, Debug)]
enum Rule {
    Chromium(PositionAgainstClock),
    Alsa(StopThreshold),
    PulseAudio(LeftToPlay),
    PipeWire(Resynchronising),
}

impl Watch {
    /// That of `scenario`, whose stream is `opened`.
    pub(crate) fn new(scenario: &Scenario, opened: Option<&Opened>) -> Self {
        let Some(opened) = opened else {
            return Self(Vec::new());
        };
        let format = opened.mapping.format();
        let of = Stream {
            ring: Ring {
                rate: format.rate,
                packet: opened.packet,
                frames: opened.mapping.frames(),
            },
            frame: format.frame_bytes().into(),
        };
        let clock = Clock::nominal(SimTime::ZERO, format.rate);
        let packet = clock.instant_of(opened.packet.get()).since(SimTime::ZERO);
        let usual = if opened.packets > 1 {
            packet
        } else {
            WITHOUT_PACKETS
        };
        let all = scenario.detectors.iter().enumerate();
        let looking = all.filter(|(_, detector)| detector.rule.looks());
        let watcher = |(place, detector): (usize, &GlitchDetector)| {
            let every = detector.every.map_or(usual, Time::to_duration);
            let between = Frames::new(clock.begun_before(SimTime::ZERO + every));
            Watcher {
                place,
                looks: 0,
                alarms: Vec::new(),
                every,
                position: detector.position,
                turns: 0,
                of,
                rule: Rule::new(detector.rule, of.ring, between, SimTime::ZERO),
                seen: None,
            }
        };
        Self(looking.map(watcher).collect())
    }

    /// When somebody looks next.
    pub(crate) fn due(&self) -> Option<SimTime> {
        self.0.iter().map(Watcher::due).min()
    }

    /// Everybody looks who is due at `now`: the position is what it is when all has happened there; of the
    /// `stream` its program knows what it knew just before.
    pub(crate) fn look(&mut self, now: Moment, pin: &PinHandle, stream: Option<Running>) {
        for watcher in self
            .0
            .iter_mut()
            .filter(|watcher| watcher.due() == now.time)
        {
            watcher.turns += 1;
            match stream {
                Some(stream) => watcher.look(now, pin, stream),
                None => watcher.seen = None,
            }
        }
    }

    /// What became of those that look.
    pub(crate) fn watchers(&self) -> &[Watcher] {
        &self.0
    }
}

impl Watcher {
    /// Computed from the beginning, so that it does not drift.
    fn due(&self) -> SimTime {
        SimTime::ZERO + SimDuration::from_ticks(self.every.ticks() * (self.turns + 1))
    }

    fn look(&mut self, now: Moment, pin: &PinHandle, stream: Running) {
        let at = now.time;
        let Running { run, written } = stream;
        let before = self.seen.filter(|seen| seen.run == run);
        let last = before.map_or(0, |seen| seen.position);
        let Some(position) = self.read(pin, now, last) else {
            return;
        };
        if before.is_none() {
            self.rule.begin(self.of.ring, at);
        }
        self.looks += 1;
        self.seen = Some(Seen { run, at, position });
        let look = Look {
            at: at.to_hns_floor(),
            position: Frames::new(position),
            written: Frames::new(written),
        };
        if self.rule.look(look) {
            let since = before.map_or(at, |seen| seen.at);
            let until = at + self.every;
            self.alarms.push(Alarm { at, since, until });
        }
    }

    /// Frames since the start, as the driver says; from an offset the program goes on from `last`.
    fn read(&self, pin: &PinHandle, now: Moment, last: u64) -> Option<u64> {
        let offset = match self.position {
            DetectorPosition::Presentation => {
                let request = PinRequest::RtAudio(RtAudioRequest::PresentationPosition);
                return match pin.request(now, request) {
                    Ok(PinReply::PresentationPosition(position)) => Some(position.blocks.get()),
                    _ => None,
                };
            }
            DetectorPosition::PlayOffset | DetectorPosition::WriteOffset => {
                match pin.request(now, PinRequest::Position) {
                    Ok(PinReply::Position(position))
                        if self.position == DetectorPosition::PlayOffset =>
                    {
                        position.play
                    }
                    Ok(PinReply::Position(position)) => position.write,
                    _ => return None,
                }
            }
        };
        let ring = self.of.ring.frames.get().max(1);
        let place = offset.get() / self.of.frame.max(1) % ring;
        Some(last + (place + ring - last % ring) % ring)
    }
}

impl Rule {
    fn new(rule: DetectorRule, ring: Ring, between: Frames, start: SimTime) -> Self {
        let against_clock = |since| PositionAgainstClock::new(ring.rate, between, since);
        match rule {
            DetectorRule::ChromiumOlder => Self::Chromium(against_clock(Since::FirstReading)),
            DetectorRule::Alsa => Self::Alsa(StopThreshold::new(ring, hns(start))),
            DetectorRule::PulseAudio => Self::PulseAudio(LeftToPlay),
            DetectorRule::PipeWire => Self::PipeWire(steering(ring)),
            DetectorRule::Chromium | DetectorRule::PacketStatus | DetectorRule::WindowsEvents => {
                Self::Chromium(against_clock(Since::PositionMoved))
            }
        }
    }

    /// The stream starts anew at `start`.
    fn begin(&mut self, ring: Ring, start: SimTime) {
        match self {
            Self::Chromium(rule) => rule.restart(),
            Self::Alsa(rule) => *rule = StopThreshold::new(ring, hns(start)),
            Self::PulseAudio(_) => {}
            Self::PipeWire(rule) => *rule = steering(ring),
        }
    }

    fn look(&mut self, look: Look) -> bool {
        match self {
            Self::Chromium(rule) => rule.look(look),
            Self::Alsa(rule) => rule.look(look),
            Self::PulseAudio(rule) => rule.look(look),
            Self::PipeWire(rule) => rule.look(look),
        }
    }
}

/// A loop that keeps all of the buffer full but for the packet that plays.
fn steering(ring: Ring) -> Resynchronising {
    let headroom = ring.frames.get().saturating_sub(2 * ring.packet.get());
    Resynchronising::new(DelayLockedLoop::new(
        ring.rate,
        BANDWIDTH_MILLI,
        ring.packet,
        Frames::new(headroom),
    ))
}

const fn hns(at: SimTime) -> Hns {
    at.to_hns_floor()
}
