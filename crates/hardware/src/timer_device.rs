//! A device that is imitated: a timer, and nothing that moves by itself.

use std::sync::Arc;

use ring::{Kind, Samples, SharedBuffer, Whose, silent_byte};
use units::{Clock, Frames, Moment, Phase, SampleRate, SimDuration, SimTime};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared};

use crate::crystal::Grid;
use crate::history::Note;
use crate::link::{LinkLog, LinkSpan, Schedule, Segment};
use crate::pace::Pace;

/// A speaker or a microphone without hardware: it takes frames out of the cyclic buffer, or puts
/// them into it, when it is told to, in one lump, and has a timer that its driver can set.
///
/// Frames are heard, or sampled, evenly from the moment at which RUN was entered, however late they
/// were moved. The timer expires in [`Phase::Move`]: at such a device the tick is the move.
///
/// Model: the log of a microphone has no samples. They are made when they are put into the buffer,
/// and whoever records them has them.
#[derive(Debug)]
pub struct TimerDevice {
    record: Samples,
    missing: Option<MissingTicks>,
    buffer: Option<Arc<SharedBuffer>>,
    is_running: bool,
    /// Frames moved since the last reset.
    moved: Frames,
    /// Runs begun since power-up.
    runs: u32,
    /// True from the first RUN to the reset.
    has_run: bool,
    timer: Option<Timer>,
    log: LinkLog,
    notes: Vec<Note>,
    scratch: Vec<u8>,
}

/// Expiries that never come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingTicks {
    /// The first, counted from 1 since the timer was set.
    pub from: u64,
    /// The last.
    pub to: u64,
}

/// A timer that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timer {
    /// Expires again and again.
    Periodic {
        set_at: SimTime,
        period: SimDuration,
        /// Which expiry comes next, counted from 1.
        next: u64,
    },
    /// Expires once.
    Once { at: SimTime },
}

impl Timer {
    fn due(self) -> SimTime {
        match self {
            Self::Periodic {
                set_at,
                period,
                next,
            } => set_at + SimDuration::from_ticks(period.ticks() * next),
            Self::Once { at } => at,
        }
    }
}

impl TimerDevice {
    /// A device at rest. `record` says whether samples are kept of what is moved.
    pub fn new(record: Samples, missing: Option<MissingTicks>) -> Self {
        Self {
            record,
            missing,
            buffer: None,
            is_running: false,
            moved: Frames::ZERO,
            runs: 0,
            has_run: false,
            timer: None,
            log: LinkLog::default(),
            notes: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// What it plays from, or records into, from now on.
    pub fn attach(&mut self, buffer: Arc<SharedBuffer>) {
        buffer.set_run(self.run_to_come());
        self.buffer = Some(buffer);
    }

    /// It has no buffer from now on.
    pub fn detach(&mut self) {
        self.buffer = None;
    }

    /// RUN is entered at `now`: the next frame begins.
    pub fn run(&mut self, now: Moment, rate: SampleRate) {
        self.runs += u32::from(!self.has_run);
        self.has_run = true;
        self.is_running = true;
        let schedule = Schedule {
            pace: Pace::even(rate),
            clock: Grid::Steady(Clock::new(now.time, rate, 0)),
            origin: 0,
            slots_before: self.moved.get(),
        };
        self.log.open(Segment {
            run: self.runs - 1,
            begins: now.time,
            first: self.moved,
            frames: Frames::ZERO,
            schedule,
        });
        self.notes.push(Note::Run {
            stream: 0,
            run: self.runs - 1,
            position: self.moved,
        });
    }

    /// RUN is left.
    pub fn pause(&mut self) {
        if !std::mem::take(&mut self.is_running) {
            return;
        }
        // A frame that is on its way counts at once.
        self.log.reach(self.moved);
        let fetched = self.buffer.as_ref().map(|buffer| buffer.format());
        self.notes.push(Note::Pause {
            stream: 0,
            run: self.runs - 1,
            position: self.moved,
            fetched: fetched.map_or(units::Bytes::ZERO, |format| format.bytes_of(self.moved)),
        });
    }

    /// STOP is entered: the next frame is the first.
    pub fn reset(&mut self) {
        self.pause();
        if !std::mem::take(&mut self.has_run) {
            return;
        }
        self.notes.push(Note::Reset {
            stream: 0,
            run: self.runs - 1,
            position: self.moved,
        });
        self.moved = Frames::ZERO;
        if let Some(buffer) = &self.buffer {
            buffer.set_run(self.runs);
        }
    }

    /// Takes every frame below frame `upto` that it has not taken, whatever lies there now.
    pub fn take_to(&mut self, upto: Frames) {
        let len = upto.saturating_sub(self.moved);
        let Some(buffer) = self.buffer.as_ref().filter(|_| !len.is_zero()) else {
            return;
        };
        let bytes = match self.record {
            Samples::Kept => Some(sized(&mut self.scratch, buffer, len)),
            Samples::Left => None,
        };
        let (run, log) = (self.runs - 1, &mut self.log);
        let mut first = self.moved;
        buffer.load(self.moved, len, bytes, |len, whose| {
            log.push(LinkSpan {
                run,
                first,
                len,
                whose,
            });
            first += len;
        });
        if self.record == Samples::Kept {
            self.log.push_samples(&self.scratch);
        }
        self.moved = upto;
        self.log.reach(upto);
    }

    /// Is silent in the place of every frame below frame `upto` that it has not taken.
    pub fn rest_to(&mut self, upto: Frames) {
        let len = upto.saturating_sub(self.moved);
        let Some(buffer) = self.buffer.as_ref().filter(|_| !len.is_zero()) else {
            return;
        };
        if self.record == Samples::Kept {
            let silence = silent_byte(buffer.format());
            sized(&mut self.scratch, buffer, len).fill(silence);
            self.log.push_samples(&self.scratch);
        }
        self.log.push(LinkSpan {
            run: self.runs - 1,
            first: self.moved,
            len,
            whose: None,
        });
        self.moved = upto;
        self.log.reach(upto);
    }

    /// Puts every frame below frame `upto` that it has not put into the buffer, whatever lies there;
    /// those below `arrived` have wholly come from the converter.
    ///
    /// `record` makes the samples, if they are kept: it is told which run and which frame it is that
    /// comes first, and finds what lies in their place.
    pub fn put_to(
        &mut self,
        upto: Frames,
        arrived: Frames,
        record: impl FnOnce(u32, Frames, &mut [u8]),
    ) {
        let Some(buffer) = self.buffer.as_ref().filter(|_| self.has_run) else {
            return;
        };
        let (run, first) = (self.runs - 1, self.moved);
        let len = upto.saturating_sub(first);
        if !len.is_zero() {
            let bytes = match self.record {
                Samples::Kept => {
                    let bytes = sized(&mut self.scratch, buffer, len);
                    buffer.load(first, len, Some(bytes), |_, _| {});
                    record(run, first, bytes);
                    Some(&*bytes)
                }
                Samples::Left => None,
            };
            let whose = Some(captured(run, first));
            buffer.store(first, bytes, len, whose);
            self.log.push(LinkSpan {
                run,
                first,
                len,
                whose,
            });
            self.moved = upto;
        }
        self.log.reach(arrived);
    }

    /// Sets the timer to expire each `period` from `now` on.
    pub fn set_periodic(&mut self, now: SimTime, period: SimDuration) {
        self.timer = Some(Timer::Periodic {
            set_at: now,
            period,
            next: self.tick_behind(0),
        });
    }

    /// Sets the timer to expire once, at `at`.
    pub fn set_once(&mut self, at: SimTime) {
        self.timer = Some(Timer::Once { at });
    }

    /// The timer does not expire any more.
    pub fn cancel(&mut self) {
        self.timer = None;
    }

    /// The expiry that follows expiry `last`, with those that never come left out.
    fn tick_behind(&self, last: u64) -> u64 {
        match self.missing {
            Some(missing) if (missing.from..=missing.to).contains(&(last + 1)) => missing.to + 1,
            _ => last + 1,
        }
    }

    /// When the timer expires.
    pub fn next_event(&self) -> Option<Moment> {
        self.timer.map(|timer| timer.due().at(Phase::Move))
    }

    /// Expires the timer, if it is due at `now`; the next expiry is set then. True if it did.
    pub fn expire(&mut self, now: Moment) -> bool {
        let Some(timer) = self
            .timer
            .take_if(|timer| timer.due().at(Phase::Move) <= now)
        else {
            return false;
        };
        if let Timer::Periodic {
            set_at,
            period,
            next,
        } = timer
        {
            self.timer = Some(Timer::Periodic {
                set_at,
                period,
                next: self.tick_behind(next),
            });
        }
        true
    }

    /// Frames moved since the last reset.
    pub fn moved(&self) -> Frames {
        self.moved
    }

    /// What was heard, or recorded.
    pub fn log(&self) -> &LinkLog {
        &self.log
    }

    fn run_to_come(&self) -> u32 {
        self.runs - u32::from(self.has_run)
    }
}

/// Room for `len` frames of `buffer` in `scratch`.
fn sized<'a>(scratch: &'a mut Vec<u8>, buffer: &SharedBuffer, len: Frames) -> &'a mut [u8] {
    let size = buffer.format().bytes_of(len).get();
    scratch.resize(usize::try_from(size).expect("a lump fits into memory"), 0);
    scratch
}

/// Whose frame `frame` of a microphone is.
fn captured(run: u32, frame: Frames) -> Whose {
    Whose {
        run,
        kind: Kind::Audio,
        content: frame.get(),
        intended: frame.get(),
        write: 0,
    }
}

impl Fork for TimerDevice {
    fn fork(&self, forker: &mut Forker) -> Self {
        let twin = |buffer: &Arc<SharedBuffer>| forker.arc(buffer, |buffer, _| buffer.snapshot());
        Self {
            buffer: self.buffer.as_ref().map(twin),
            log: self.log.clone(),
            notes: self.notes.clone(),
            scratch: Vec::new(),
            ..*self
        }
    }
}

vtime::fork_by_clone!(MissingTicks);

/// Drives an imitated device for ever: wakes when its timer expires, and sets `interrupt` then,
/// with the number of the expiry, counted from 1. `doorbell` is set when the driver has told the
/// device something.
pub async fn timer_device<C: Context>(
    cx: C,
    device: Shared<TimerDevice>,
    doorbell: C::Event,
    interrupt: C::Event,
) {
    let mut expiries = 0;
    loop {
        let next = device.borrow().next_event();
        doorbell.wait_until(next).await;
        let mut device = device.borrow_mut();
        for note in device.notes.drain(..) {
            note.record(&cx);
        }
        if device.expire(cx.moment()) {
            expiries += 1;
            interrupt.set(expiries);
        }
    }
}

/// The way from a driver to its imitated device.
#[derive(Clone, Debug)]
pub struct TimerBus {
    device: Shared<TimerDevice>,
    doorbell: EventHandle,
}

impl TimerBus {
    /// A bus to `device`, whose actor waits for `doorbell`.
    pub fn new(device: Shared<TimerDevice>, doorbell: EventHandle) -> Self {
        Self { device, doorbell }
    }

    /// Tells the device something, and wakes its actor if there is something new for it.
    pub fn tell(&self, what: impl FnOnce(&mut TimerDevice)) {
        let mut device = self.device.borrow_mut();
        let before = device.next_event();
        what(&mut device);
        if device.next_event() != before || !device.notes.is_empty() {
            self.doorbell.set(0);
        }
    }
}

impl Fork for TimerBus {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            device: self.device.fork(forker),
            doorbell: self.doorbell.fork(forker),
        }
    }
}
