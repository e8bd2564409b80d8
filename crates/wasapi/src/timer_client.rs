//! An exclusive timer-driven client: wakes by its own timer and keeps the cyclic buffer full by the
//! positions that it reads.

use ks::KsState;
use machine::{Machine, ThreadId};
use observers::{PositionAgainstClock, Reading, Since};
use ring::{Kind, Whose};
use units::{Bytes, Clock, Frames, Moment, NtStatus, SimDuration, SimTime};
use vtime::{Context, Fork, Forker, Shared};

use crate::action::{Act, Action, Agenda};
use crate::history::{DEFICIT, NO_WAKE, PLACED, READING, TURN};
use crate::place_stream::{PlaceStream, PositionKind};
use crate::ring_writer::{ByteCount, Plausibility, RingWriter, RingWriterConfig, Step, Stretch};
use crate::source::Player;

/// How often a client looks again in one wake-up whether more has become free.
///
/// Source: `alsa-sink.c` of `PulseAudio`.
const READINGS_MAX: u32 = 10;

/// How a timer-driven client works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerClientConfig {
    /// From one wake-up to the next.
    pub period: SimDuration,
    /// Frames behind the reported position that it does not write anew.
    pub guard: Frames,
    /// What it makes of a step of the position that cannot be.
    pub plausibility: Plausibility,
    /// How it counts bytes.
    pub byte_count: ByteCount,
    /// Frames after which its count begins anew for the first time, if not 2^32 bytes.
    pub wraps_after: Option<Frames>,
    /// Whether it compares the position with the clock, and since when.
    pub detector: Option<Since>,
    /// Time that it takes for what it writes at once.
    pub service: SimDuration,
}

/// A client without notifications: it fills the cyclic buffer before Run, and from then on wakes
/// by its own timer, asks where the device is, and fills what has become free.
///
/// What it knows of the device is in its [`RingWriter`]. It can also write anew what is queued
/// already, from a guard behind the reported position on, as a program does that has to sound at
/// once.
///
/// # Source
/// `audio/low-latency-audio.md` and `audio/stream-latency-during-playback.md`, on clients without
/// packets. Model: in a wake-up it looks again until the position stands still, at most ten times;
/// a timer that expired several times meanwhile wakes it once.
#[derive(Debug)]
pub struct TimerClient {
    config: TimerClientConfig,
    stream: PlaceStream,
    writer: RingWriter,
    detector: Option<PositionAgainstClock>,
    player: Player,
    /// Room for samples, if they are kept.
    bytes: Option<Vec<u8>>,
    machine: Shared<Machine>,
    thread: ThreadId,
    stage: Stage,
    agenda: Agenda,
    state: KsState,
    timer: Timer,
    /// Frames of this run on an ideal link, up to when Run was entered last.
    frames: u64,
    /// Stores of this run, counted for [`Whose::write`].
    writes: u32,
    failure: Option<NtStatus>,
}

/// What the client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Waits for its timer.
    Asleep,
    /// Was released and gets to run at this moment.
    Starting(Moment),
    /// Writes what it found free.
    Serving {
        since: SimTime,
        done: Moment,
        stretch: Stretch,
        readings: u32,
    },
}

/// A periodic timer, set when Run is entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Timer {
    /// When it was set; none while it is not.
    set: Option<SimTime>,
    /// Expirations since it was set that are dealt with.
    expired: u64,
    /// Wake-ups of all runs together.
    wakes: u64,
}

impl Timer {
    /// When it expires next. Computed from when it was set, so it does not drift.
    fn due(&self, period: SimDuration) -> Option<SimTime> {
        let ticks = period.ticks().checked_mul(self.expired + 1)?;
        self.set.map(|set| set + SimDuration::from_ticks(ticks))
    }

    /// Takes all expirations up to `now`, and says when the last one was due.
    fn take(&mut self, period: SimDuration, now: SimTime) -> Option<SimTime> {
        let set = self.set?;
        self.expired = now.since(set).ticks() / period.ticks();
        self.wakes += 1;
        let since = SimDuration::from_ticks(self.expired * period.ticks());
        Some(set + since)
    }
}

impl TimerClient {
    /// A client of `stream`, which is in Stop, on the thread called `thread`.
    ///
    /// # Panics
    /// If `player` does not play in the device's format, or if there is no time between wake-ups.
    pub fn new(
        config: TimerClientConfig,
        stream: PlaceStream,
        player: Player,
        machine: Shared<Machine>,
        thread: &str,
        actions: Vec<Action>,
    ) -> Self {
        let format = stream.mapping.format();
        assert_eq!(
            player.format(),
            format,
            "a client plays in the device's format"
        );
        assert!(!config.period.is_zero(), "a timer takes time to expire");
        let writer = RingWriter::new(RingWriterConfig {
            buffer: stream.mapping.frames(),
            frame: format.bytes_of(Frames::new(1)),
            plausibility: config.plausibility,
            byte_count: config.byte_count,
            wraps_after: config.wraps_after,
        });
        // What plays between two callbacks is a packet to whoever compares.
        let clock = Clock::nominal(SimTime::ZERO, format.rate);
        let packet = Frames::new(clock.begun_before(SimTime::ZERO + config.period));
        let detector = |since| PositionAgainstClock::new(format.rate, packet, since);
        let kept = stream.mapping.buffer.samples().is_some();
        let thread = machine.borrow_mut().thread(thread);
        Self {
            detector: config.detector.map(detector),
            config,
            stream,
            writer,
            player,
            bytes: kept.then(Vec::new),
            machine,
            thread,
            stage: Stage::Asleep,
            agenda: Agenda::new(actions),
            state: KsState::Stop,
            timer: Timer::default(),
            frames: 0,
            writes: 0,
            failure: None,
        }
    }

    /// What it plays into.
    pub const fn stream(&self) -> &PlaceStream {
        &self.stream
    }

    /// What it believes.
    pub const fn writer(&self) -> &RingWriter {
        &self.writer
    }

    /// The status that the device first refused a request with, if it did.
    pub const fn failure(&self) -> Option<NtStatus> {
        self.failure
    }

    /// When it goes on.
    fn due(&self) -> Option<Moment> {
        let work = match self.stage {
            Stage::Asleep => self.expiry().map(SimTime::commit),
            Stage::Starting(at) | Stage::Serving { done: at, .. } => Some(at),
        };
        let action = self.agenda.due().map(SimTime::commit);
        work.into_iter().chain(action).min()
    }

    /// True if it is time, and the thread still waits for its core: then it goes on later.
    fn is_held_up<C: Context>(&mut self, cx: &C) -> bool {
        match &mut self.stage {
            Stage::Starting(at) | Stage::Serving { done: at, .. } => {
                machine::is_put_off(cx, &self.machine, self.thread, at)
            }
            Stage::Asleep => false,
        }
    }

    /// When its timer expires next.
    fn expiry(&self) -> Option<SimTime> {
        let due = self.timer.due(self.config.period)?;
        Some(self.machine.borrow().expiry(due))
    }

    /// Does what is due by now: first the work under way, then actions.
    fn proceed<C: Context>(&mut self, cx: &C) {
        match self.stage {
            Stage::Asleep => self.expire(cx),
            Stage::Starting(_) | Stage::Serving { .. } => {}
        }
        let is_held_up = self.is_held_up(cx);
        match self.stage {
            _ if is_held_up => {}
            Stage::Starting(at) if at <= cx.moment() => self.turn(cx, 0),
            Stage::Serving {
                since,
                done,
                stretch,
                readings,
            } if done <= cx.moment() => {
                self.fill(cx, stretch, since);
                self.turn(cx, readings);
            }
            Stage::Asleep | Stage::Starting(_) | Stage::Serving { .. } => {}
        }
        while let Some(act) = self.agenda.take(cx.now()) {
            self.act(cx, act);
        }
    }

    /// The timer wakes the thread, if it is time.
    fn expire<C: Context>(&mut self, cx: &C) {
        let period = self.config.period;
        if self.expiry().is_none_or(|expiry| expiry > cx.now()) {
            return;
        }
        let Some(due) = self.timer.take(period, cx.now()) else {
            return;
        };
        let wake = machine::timer_wake(cx, &self.machine, self.thread, due, self.timer.wakes);
        self.stage = Stage::Starting(wake.starts);
    }

    /// Reads the position and fills what is free, again and again until the position stands still.
    fn turn<C: Context>(&mut self, cx: &C, mut readings: u32) {
        while readings < READINGS_MAX {
            let is_first = readings == 0;
            readings += 1;
            let moved =
                matches!(self.read(cx, is_first), Some(Step::Forward(step)) if !step.is_zero());
            let stretch = self.writer.free();
            if !moved || stretch.frames.is_zero() {
                break;
            }
            let now = cx.moment();
            let service = self.config.service;
            let done = self.machine.borrow_mut().run(self.thread, now, service);
            if done > now {
                self.stage = Stage::Serving {
                    since: now.time,
                    done,
                    stretch,
                    readings,
                };
                return;
            }
            self.fill(cx, stretch, now.time);
        }
        self.stage = Stage::Asleep;
        let (played, written) = (self.writer.played(), self.writer.written());
        cx.record(
            &TURN,
            &[
                self.timer.wakes,
                readings.into(),
                played.get(),
                written.get(),
            ],
        );
    }

    /// Where the device is, as an offset into the cyclic buffer, or where it should be by the clock.
    fn offset<C: Context>(&self, cx: &C) -> Result<Bytes, NtStatus> {
        if self.stream.kind != PositionKind::Clock {
            return self.stream.offset(cx);
        }
        let mapping = &self.stream.mapping;
        let format = mapping.format();
        let since = |set| Clock::nominal(set, format.rate).count_at(cx.now());
        let frames = self.frames + self.timer.set.map_or(0, since);
        Ok(format.bytes_of(Frames::new(frames % mapping.frames().get())))
    }

    /// Reads where the device is. The detector is told once in a wake-up.
    fn read<C: Context>(&mut self, cx: &C, is_callback: bool) -> Option<Step> {
        let offset = match self.offset(cx) {
            Ok(offset) => offset,
            Err(status) => {
                self.failure.get_or_insert(status);
                return None;
            }
        };
        let step = self.writer.read(offset);
        let step_bytes = match step {
            Step::Forward(bytes) => bytes,
            Step::Ignored => Bytes::ZERO,
        };
        let played = self.writer.played();
        let ignored = u64::from(step == Step::Ignored);
        cx.record(
            &READING,
            &[offset.get(), step_bytes.get(), ignored, played.get()],
        );
        if let Some(detector) = self.detector.as_mut().filter(|_| is_callback) {
            let reading = Reading {
                at: cx.now().to_hns_floor(),
                position: played,
            };
            if let Some(deficit) = detector.callback(reading) {
                cx.record(&DEFICIT, &[deficit.at.get(), deficit.missing.get()]);
            }
        }
        Some(step)
    }

    /// Writes what comes next into what is free.
    fn fill<C: Context>(&mut self, cx: &C, stretch: Stretch, begun: SimTime) {
        self.store(cx, stretch, false, begun);
        self.writer.wrote(stretch.frames);
    }

    /// Puts the frames of `stretch` where they belong.
    fn store<C: Context>(&mut self, cx: &C, stretch: Stretch, again: bool, begun: SimTime) {
        let Stretch { first, frames } = stretch;
        let bytes = self.bytes.as_mut().map(|bytes| {
            let len = self.player.format().bytes_of(frames).get();
            bytes.resize(usize::try_from(len).expect("a buffer fits into memory"), 0);
            self.player.play(first, bytes);
            &bytes[..]
        });
        let mapping = &self.stream.mapping;
        let whose = Whose {
            run: mapping.run(),
            kind: Kind::Audio,
            content: first,
            intended: first,
            write: self.writes,
        };
        mapping.store(cx.moment(), self.writer.place(first), bytes, frames, whose);
        self.writes += 1;
        let wake = match self.stage {
            _ if again => NO_WAKE,
            Stage::Asleep if self.state != KsState::Run => NO_WAKE,
            Stage::Asleep | Stage::Starting(_) | Stage::Serving { .. } => self.timer.wakes,
        };
        cx.record(
            &PLACED,
            &[first, frames.get(), again.into(), begun.ticks(), wake],
        );
    }

    fn act<C: Context>(&mut self, cx: &C, act: Act) {
        match act {
            Act::Run { .. } => {
                self.prepare(cx);
                self.run(cx);
            }
            Act::Pause if self.state == KsState::Stop => self.prepare(cx),
            Act::Pause => self.pause(cx),
            Act::Stop => self.stop(cx),
            Act::Rewrite if self.state != KsState::Stop => {
                self.read(cx, false);
                let stretch = self.writer.queued_behind(self.config.guard);
                if !stretch.frames.is_zero() {
                    self.store(cx, stretch, true, cx.now());
                }
            }
            // A client without packets, and one that has nothing queued.
            Act::WritePacket(_) | Act::ReadSlot { .. } | Act::Rewrite => {}
        }
    }

    /// From Stop to Pause with a full buffer. Nothing in any other state.
    fn prepare<C: Context>(&mut self, cx: &C) {
        if self.state != KsState::Stop || !self.set_state(cx, KsState::Pause) {
            return;
        }
        self.writer.restart();
        self.writes = 0;
        let all = self.writer.free();
        self.fill(cx, all, cx.now());
    }

    /// From Pause to Run; the first reading follows at once.
    fn run<C: Context>(&mut self, cx: &C) {
        if self.state != KsState::Pause || !self.set_state(cx, KsState::Run) {
            return;
        }
        self.timer.set = Some(cx.now());
        self.timer.expired = 0;
        self.record_state(cx);
        if let Some(detector) = &mut self.detector {
            detector.restart();
        }
        self.turn(cx, 0);
    }

    fn pause<C: Context>(&mut self, cx: &C) {
        if self.state == KsState::Run && self.set_state(cx, KsState::Pause) {
            self.leave_run(cx);
        }
    }

    fn stop<C: Context>(&mut self, cx: &C) {
        if self.state != KsState::Stop && self.set_state(cx, KsState::Stop) {
            self.leave_run(cx);
            self.frames = 0;
        }
    }

    /// The timer is not set any more, and what it set off is given up.
    fn leave_run<C: Context>(&mut self, cx: &C) {
        if let Some(set) = self.timer.set.take() {
            let clock = Clock::nominal(set, self.stream.mapping.format().rate);
            self.frames += clock.begun_before(cx.now());
        }
        self.stage = Stage::Asleep;
        self.record_state(cx);
    }

    fn record_state<C: Context>(&self, cx: &C) {
        let run = match self.state {
            // The buffer belongs to the next run already.
            KsState::Stop => self.stream.mapping.run().saturating_sub(1),
            _ => self.stream.mapping.run(),
        };
        cx.record(
            &engine::STATE,
            &[self.state.value().into(), run.into(), self.frames],
        );
    }

    /// Takes the device to `state`. A refusal is kept, and the stream stays where it is.
    fn set_state<C: Context>(&mut self, cx: &C, state: KsState) -> bool {
        match ks::set_state(cx, &self.stream.pin, state) {
            Ok(()) => self.state = state,
            Err(status) => {
                self.failure.get_or_insert(status);
            }
        }
        self.state == state
    }
}

vtime::fork_by_clone!(Stage, Timer, TimerClientConfig);

impl Fork for TimerClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            stream: self.stream.fork(forker),
            writer: self.writer.clone(),
            detector: self.detector.clone(),
            player: self.player.fork(forker),
            bytes: self.bytes.clone(),
            machine: self.machine.fork(forker),
            agenda: self.agenda.fork(forker),
            ..*self
        }
    }
}

/// Runs a timer-driven client for ever: waits for its timer, for its own work and for the times of
/// its actions. It ends when nothing is left to wait for.
pub async fn timer_client<C: Context>(cx: C, client: Shared<TimerClient>) {
    loop {
        let due = client.borrow().due();
        let Some(at) = due else {
            return;
        };
        cx.sleep_until(at).await;
        client.borrow_mut().proceed(&cx);
    }
}
