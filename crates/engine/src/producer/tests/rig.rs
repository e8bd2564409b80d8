//! A device, its events and a thread, in plain sums.

use std::collections::BTreeMap;

use ring::SpanMap;
use units::{Clock, Moment, Phase, SampleFormat, SampleRate, SimDuration, SimTime};

use super::super::*;

/// What a run is made of.
#[derive(Clone)]
pub(super) struct Rig {
    pub(super) config: ProducerConfig,
    pub(super) prefetch: u64,
    pub(super) burst: u64,
    pub(super) ppb: i32,
    /// Take nothing but the packet after the one in transfer.
    pub(super) strict: bool,
    pub(super) hertz: u32,
    pub(super) late: BTreeMap<u64, SimDuration>,
    pub(super) lost: Vec<u64>,
    pub(super) extra: Vec<(SimTime, u64)>,
    pub(super) forced: Vec<(SimTime, u64)>,
    pub(super) service: SimDuration,
    pub(super) until: SimTime,
}

/// What was heard instead of what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Stale { content: u64 },
    Ahead { content: u64 },
    Uninit,
}

/// What a run came to.
pub(super) struct Run {
    pub(super) passes: u64,
    pub(super) coalesced: u64,
    pub(super) end: Option<(u64, u64)>,
    /// How often the device was asked for its count.
    pub(super) asked: u64,
    heard: Vec<Option<Whose>>,
    writes: Vec<(Written, SimTime)>,
    clock: Clock,
    packet: u64,
}

/// The device: a cyclic buffer, and a FIFO that fetches from it.
struct Device {
    rig: Rig,
    clock: Clock,
    ring: SpanMap,
    heard: Vec<Option<Whose>>,
    now: Moment,
    running: bool,
    end: Option<(u64, u64)>,
    asked: u64,
}

pub(super) struct Everything(Stretch);

/// Content that is audio throughout.
pub(super) fn everything() -> Everything {
    Everything(Stretch {
        frames: Frames::ZERO,
        kind: Kind::Audio,
    })
}

impl PacketContent for Everything {
    fn make(&mut self, _content: u64, _intended: u64, frames: Frames) {
        self.0.frames = frames;
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    fn stretches(&self) -> &[Stretch] {
        std::slice::from_ref(&self.0)
    }
}

impl Rig {
    pub(super) fn new(hertz: u32, config: ProducerConfig) -> Self {
        Self {
            config,
            prefetch: 0,
            burst: 1,
            ppb: 0,
            strict: false,
            hertz,
            late: BTreeMap::new(),
            lost: Vec::new(),
            extra: Vec::new(),
            forced: Vec::new(),
            service: SimDuration::ZERO,
            until: SimTime::from_millis(500),
        }
    }

    pub(super) fn k0() -> Self {
        Self::new(48_000, ProducerConfig::new(Frames::new(480)))
    }

    pub(super) fn late(self, event: u64, micros: u64) -> Self {
        self.late_ticks(event, SimDuration::from_micros(micros).ticks())
    }

    pub(super) fn late_ticks(mut self, event: u64, ticks: u64) -> Self {
        self.late.insert(event, SimDuration::from_ticks(ticks));
        self
    }

    pub(super) fn lost(mut self, event: u64) -> Self {
        self.lost.push(event);
        self
    }

    pub(super) fn extra_micros(mut self, micros: u64, tag: u64) -> Self {
        self.extra
            .push((SimTime::ZERO + SimDuration::from_micros(micros), tag));
        self
    }

    pub(super) fn forced_micros(mut self, micros: u64, packet: u64) -> Self {
        self.forced
            .push((SimTime::ZERO + SimDuration::from_micros(micros), packet));
        self
    }

    pub(super) fn service_micros(mut self, micros: u64) -> Self {
        self.service = SimDuration::from_micros(micros);
        self
    }

    pub(super) fn until_ms(mut self, millis: u64) -> Self {
        self.until = SimTime::from_millis(millis);
        self
    }

    /// The slack of event `event`: until the first frame of its packet is fetched.
    pub(super) fn slack_ticks(&self, event: u64) -> u64 {
        let clock = self.clock();
        let first = (event + u64::from(self.config.packets) - 1) * self.config.packet.get();
        // Fetched are `b * floor((begun - 1 + F + b) / b)` frames: the first so many are safe.
        let begun = first / self.burst * self.burst + 1 - self.prefetch;
        let deadline = clock.instant_of(begun - 1);
        deadline
            .since(clock.instant_of(event * self.config.packet.get()))
            .ticks()
    }

    fn clock(&self) -> Clock {
        let rate = SampleRate::new(self.hertz).unwrap();
        Clock::new(SimTime::ZERO, rate, self.ppb)
    }

    /// The sets of the notification event: (when, number).
    fn events(&self) -> Vec<(Moment, u64)> {
        let clock = self.clock();
        let crossings = (1..).map(|n| (clock.instant_of(n * self.config.packet.get()), n));
        let mut events: Vec<_> = crossings
            .take_while(|(at, _)| *at < self.until)
            .filter(|(_, n)| !self.lost.contains(n))
            .map(|(at, n)| (at.at(Phase::React), n))
            .chain(self.extra.iter().map(|&(at, tag)| (at.commit(), tag)))
            .collect();
        events.sort();
        events
    }

    pub(super) fn run(self) -> Run {
        let clock = self.clock();
        let frames = Frames::new(self.config.packet.get() * u64::from(self.config.packets));
        let mut device = Device {
            clock,
            ring: SpanMap::new(frames),
            heard: Vec::new(),
            now: Moment::default(),
            running: false,
            end: None,
            asked: 0,
            rig: self.clone(),
        };
        let mut content = everything();
        let mut producer = PacketProducer::new(self.config);
        producer.begin(0, self.config.prime);
        producer.prime(&mut device, &mut content);
        device.running = true;
        producer.run();
        let mut thread = Thread {
            rig: &self,
            forced: self.forced.clone(),
            writes: Vec::new(),
        };
        let mut free = thread.serve(&mut producer, &mut device, &mut content, Moment::default());
        let (mut pending, mut passes, mut coalesced) = (None, 1, 0);
        let mut events = self.events().into_iter().peekable();
        loop {
            while let Some((_, tag)) = events.next_if(|(at, _)| *at <= free) {
                coalesced += u64::from(pending.replace(tag).is_some());
            }
            let (woken, tag) = match pending.take() {
                Some(tag) => (free, tag),
                None => match events.next() {
                    Some(event) => event,
                    None => break,
                },
            };
            let late = self.late.get(&tag);
            let late = late.filter(|by| !by.is_zero());
            let starts = late.map_or(woken, |by| (woken.time + *by).commit());
            passes += 1;
            thread.reach(&mut producer, &mut device, &mut content, starts);
            producer.wake(&mut device);
            free = thread.serve(&mut producer, &mut device, &mut content, starts);
        }
        let end = self.until.commit();
        thread.reach(&mut producer, &mut device, &mut content, end);
        Run {
            passes,
            coalesced,
            end: device.end,
            asked: device.asked,
            heard: device.heard,
            writes: thread.writes,
            clock,
            packet: self.config.packet.get(),
        }
    }
}

/// The thread that serves.
struct Thread<'a> {
    rig: &'a Rig,
    forced: Vec<(SimTime, u64)>,
    writes: Vec<(Written, SimTime)>,
}

impl Thread<'_> {
    fn serve(
        &mut self,
        producer: &mut PacketProducer,
        device: &mut Device,
        content: &mut Everything,
        mut now: Moment,
    ) -> Moment {
        while producer.due().is_some() {
            producer.make(content);
            if !self.rig.service.is_zero() {
                now = (now.time + self.rig.service).commit();
            }
            if now.time >= self.rig.until {
                break;
            }
            self.reach(producer, device, content, now);
            let written = producer.commit(device, content);
            self.writes.push((written, now.time));
        }
        now
    }

    /// Time passes up to `now`; what is forced on the way is done on the way.
    fn reach(
        &mut self,
        producer: &mut PacketProducer,
        device: &mut Device,
        content: &mut Everything,
        now: Moment,
    ) {
        while let Some(&(at, packet)) = self.forced.first().filter(|(at, _)| at.commit() < now) {
            self.forced.remove(0);
            device.settle(at.commit());
            let written = producer.force(packet, device, content);
            self.writes.push((written, at));
        }
        device.settle(now);
    }
}

impl Device {
    /// Frames that have begun.
    fn begun(&self) -> u64 {
        match (self.running, self.now.has_moved()) {
            (false, _) => 0,
            (true, false) => self.clock.begun_before(self.now.time),
            (true, true) => self.clock.count_at(self.now.time) + 1,
        }
    }

    fn settle(&mut self, now: Moment) {
        self.now = self.now.max(now);
        let (begun, burst) = (self.begun(), self.rig.burst);
        if begun == 0 {
            return;
        }
        let fetched = (begun - 1 + self.rig.prefetch + burst) / burst * burst;
        while (self.heard.len() as u64) < fetched {
            let at = Frames::new(self.heard.len() as u64);
            let mut frame = self.ring.read(at, Frames::new(1));
            let (_, whose) = frame.next().expect("a frame was asked for");
            self.heard.push(whose);
        }
    }

    fn count(&self) -> u64 {
        self.begun().saturating_sub(1) / self.rig.config.packet.get()
    }
}

impl PacketIo for Device {
    fn format(&self) -> WaveFormat {
        WaveFormat::new(self.rig.hertz, 2, SampleFormat::S16).unwrap()
    }

    fn packet_count(&mut self) -> Result<PacketCount, NtStatus> {
        self.asked += 1;
        Ok(PacketCount::wrapping(self.count()))
    }

    fn store(&mut self, at: Frames, len: Frames, _bytes: Option<&[u8]>, whose: Whose) {
        self.settle(self.now);
        self.ring.write(at, len, Some(whose));
    }

    fn set_write_packet(&mut self, packet: PacketNumber, eos: Option<Bytes>) -> NtStatus {
        let (packet, count) = (u64::from(packet.get()), self.count());
        let ahead = if self.rig.strict {
            1
        } else {
            u64::from(self.rig.config.packets) - 1
        };
        if self.end.is_some() {
            return NtStatus::INVALID_DEVICE_STATE;
        }
        if self.running && packet <= count {
            return NtStatus::DATA_LATE_ERROR;
        }
        if packet > count + ahead {
            return NtStatus::DATA_OVERRUN;
        }
        self.end = eos.map(|valid| (packet, valid.get()));
        NtStatus::SUCCESS
    }
}

impl Run {
    /// Frames that began.
    pub(super) fn frames(&self) -> u64 {
        self.heard.len() as u64
    }

    pub(super) fn content_at(&self, frame: u64) -> u64 {
        self.whose_at(frame).content
    }

    pub(super) fn whose_at(&self, frame: u64) -> Whose {
        let frame = usize::try_from(frame).unwrap();
        self.heard[frame].expect("somebody wrote this frame")
    }

    /// Stretches that are not as they were meant, as (first frame, frames, heard instead).
    pub(super) fn bad(&self) -> Vec<(u64, u64, Heard)> {
        let mut bad: Vec<(u64, u64, Heard)> = Vec::new();
        for (frame, whose) in (0..).zip(&self.heard) {
            let heard = match whose {
                None => Heard::Uninit,
                Some(whose) if whose.intended < frame => Heard::Stale {
                    content: whose.intended,
                },
                Some(whose) if whose.intended > frame => Heard::Ahead {
                    content: whose.intended,
                },
                Some(_) => continue,
            };
            match bad.last_mut() {
                Some((first, frames, before))
                    if *first + *frames == frame && heard.goes_on_from(*before, *frames) =>
                {
                    *frames += 1;
                }
                _ => bad.push((frame, 1, heard)),
            }
        }
        bad
    }

    pub(super) fn refused(&self) -> Vec<(u64, NtStatus)> {
        let refused = self
            .writes
            .iter()
            .filter(|(written, _)| written.status != NtStatus::SUCCESS);
        refused
            .map(|(written, _)| (written.packet, written.status))
            .collect()
    }

    pub(super) fn written(&self) -> impl Iterator<Item = u64> {
        self.writes.iter().map(|(written, _)| written.packet)
    }

    /// How long before their deadline packets were written, on a device without prefetch.
    pub(super) fn headroom_nanos(&self) -> impl Iterator<Item = u64> {
        self.writes.iter().map(|(written, at)| {
            let deadline = self.clock.instant_of(written.packet * self.packet);
            deadline.since(*at).to_nanos_floor()
        })
    }
}

impl Heard {
    fn goes_on_from(self, before: Self, frames: u64) -> bool {
        match (before, self) {
            (Self::Uninit, Self::Uninit) => true,
            (Self::Stale { content: first }, Self::Stale { content })
            | (Self::Ahead { content: first }, Self::Ahead { content }) => {
                content == first + frames
            }
            _ => false,
        }
    }
}
