//! One stream, called as its port calls it.

use std::rc::Rc;

use ks::{DataFlow, KsState, MappedRegister, StreamAttributes};
use portcls::{AudioBuffer, MiniportWaveRt, MiniportWaveRtStream, NewStream, PortWaveRtStream};
use units::{Bytes, Frames, Hns, Moment, NtStatus, SimDuration, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, World};
use vtime::{Event as _, EventHandle, Keep, Reset, Shared};

use super::driver::{Driver, Maker, Wiring};
use super::interrupt::{Processor, Rung, bell, serve};
use super::marks::{self, Marks};
use super::memory::Pages;
use crate::kit::{Answer, Call, Ear, Held, Setup, Signal, Subject};

/// A stream with its device, in a world of its own.
pub(super) struct StreamSubject {
    world: World,
    /// Its events are set from here.
    cx: Cx,
    /// The interrupt line.
    line: vtime::sim::SimEvent,
    processor: Rc<Processor>,
    /// Kept as long as its stream.
    _miniport: Option<Box<dyn MiniportWaveRt>>,
    /// `None` if the miniport makes no stream of that format.
    stream: Option<Box<dyn MiniportWaveRtStream>>,
    state: KsState,
    buffer: Option<Made>,
    events: Vec<(u8, EventHandle)>,
    rung: Rung,
    position_register: Option<MappedRegister>,
    clock_register: Option<MappedRegister>,
    marks: Marks,
    ear: Option<Box<dyn Ear>>,
    setup: Setup,
}

/// A buffer, and who frees it.
struct Made {
    buffer: AudioBuffer,
    /// With notifications only.
    packets: Option<u32>,
}

impl StreamSubject {
    pub(super) fn new(
        setup: &Setup,
        flow: DataFlow,
        make: &dyn Fn(&mut Wiring<'_>) -> Driver,
    ) -> Self {
        let mut world = World::new(1, Keep::Digest);
        let line = world.event("interrupt line", Reset::Auto);
        let now = SimTime::ZERO + SimDuration::from_hns(setup.start);
        // Nobody lives in it yet.
        let _ = world.run_until(now);
        let pages: Box<dyn PortWaveRtStream> = Box::new(Pages::new());
        let port = Shared::new(pages);
        let now = world.now();
        let driver = make(&mut Wiring {
            world: &mut world,
            setup: *setup,
            now,
            line: line.clone(),
            port: port.clone(),
        });
        let (miniport, stream) = match driver.maker {
            Maker::Stream(stream) => (None, Some(stream)),
            Maker::Miniport(mut miniport, pin) => {
                let made_for = NewStream {
                    pin,
                    flow,
                    format: setup.format,
                    attributes: StreamAttributes::default(),
                };
                let stream = miniport.new_stream(now, port, made_for);
                (Some(miniport), stream.ok())
            }
        };
        let processor = Rc::new(Processor::new(driver.routine));
        let cx = world.actor("processor");
        let serve = serve(cx.clone(), Rc::clone(&processor), line.clone());
        world.spawn(&cx, Role::Service, serve);
        Self {
            world,
            cx,
            line,
            processor,
            _miniport: miniport,
            stream,
            state: KsState::Stop,
            buffer: None,
            events: Vec::new(),
            rung: Rung::default(),
            position_register: None,
            clock_register: None,
            marks: Marks::default(),
            ear: driver.ear,
            setup: *setup,
        }
    }

    fn run_until(&mut self, until: Hns) {
        let until = SimTime::ZERO + SimDuration::from_hns(until);
        // A driver that never comes to rest stays where it is; then its answers are what they are.
        let _ = self.world.run_until(until);
    }

    fn has_notification(&self) -> bool {
        let buffer = self.buffer.as_ref();
        buffer.is_some_and(|made| made.packets.is_some())
    }

    /// One step after the other, as far as they go.
    fn go(&mut self, now: Moment, target: KsState) -> Answer {
        if target == KsState::Run && self.buffer.is_none() {
            return Answer::NotOffered;
        }
        let Some(stream) = &mut self.stream else {
            return Answer::NotOffered;
        };
        for step in self.state.steps_to(target) {
            if let Err(status) = stream.set_state(now, step.to()) {
                return Answer::Refused(status);
            }
            self.state = step.to();
        }
        Answer::Done
    }

    fn make_buffer(&mut self, now: Moment, requested: Bytes, packets: Option<u32>) -> Answer {
        if self.state != KsState::Stop || self.buffer.is_some() {
            return Answer::NotOffered;
        }
        let Some(stream) = &mut self.stream else {
            return Answer::NotOffered;
        };
        let made = match packets {
            None => stream.allocate_audio_buffer(now, requested),
            Some(count) => match stream.notification() {
                None => Err(NtStatus::NOT_SUPPORTED),
                Some(stream) => stream.allocate_buffer_with_notification(now, count, requested),
            },
        };
        answer(made, |buffer| {
            let actual = buffer.actual;
            self.buffer = Some(Made { buffer, packets });
            Answer::Buffer { actual }
        })
    }

    /// Registers the event of that number, or takes it back.
    fn event(&mut self, now: Moment, number: u8, is_to_ring: bool) -> Answer {
        if !self.has_notification() {
            return Answer::NotOffered;
        }
        let known = self.events.iter().find(|(known, _)| *known == number);
        let handle = known.map(|(_, handle)| handle.clone());
        let handle = handle.unwrap_or_else(|| {
            let handle = bell(&self.cx, number, &self.rung);
            self.events.push((number, handle.clone()));
            handle
        });
        let stream = self
            .stream
            .as_mut()
            .and_then(|stream| stream.notification());
        let Some(stream) = stream else {
            return Answer::NotOffered;
        };
        let done = if is_to_ring {
            stream.register_notification_event(now, handle)
        } else {
            stream.unregister_notification_event(now, &handle)
        };
        answer(done, |()| Answer::Done)
    }

    fn map(&mut self, now: Moment, call: Call) -> Answer {
        let Some(stream) = &mut self.stream else {
            return Answer::NotOffered;
        };
        let (place, mapped) = if call == Call::MapPosition {
            let is_free = self.position_register.is_none();
            let mapped = is_free.then(|| stream.position_register(now));
            (&mut self.position_register, mapped)
        } else {
            let is_free = self.clock_register.is_none();
            let mapped = is_free.then(|| stream.clock_register(now));
            (&mut self.clock_register, mapped)
        };
        let Some(mapped) = mapped else {
            return Answer::NotOffered;
        };
        answer(mapped, |register| {
            let answer = Answer::Mapped {
                width: register.width,
                hertz: register
                    .numerator
                    .checked_div(register.denominator)
                    .unwrap_or(0),
                accuracy: register.accuracy,
            };
            *place = Some(register);
            answer
        })
    }

    /// The buffer goes, the format changes, a buffer of as many frames comes.
    fn change_format(&mut self, now: Moment, format: WaveFormat) -> Answer {
        if self.state != KsState::Stop {
            return Answer::NotOffered;
        }
        let made = self.buffer.as_ref();
        let made = made.map(|made| (made.packets, made.buffer.memory.frames()));
        self.free_buffer(now);
        let Some(stream) = &mut self.stream else {
            return Answer::NotOffered;
        };
        let changed = stream.set_format(now, format);
        if changed.is_ok() {
            self.setup.format = format;
        }
        let changed = answer(changed, |()| Answer::Done);
        let Some((packets, frames)) = made else {
            return changed;
        };
        let made = self.make_buffer(now, self.setup.format.bytes_of(frames), packets);
        let stream = self.stream.as_mut().and_then(|it| it.notification());
        if let Some(stream) = stream.filter(|_| packets.is_some()) {
            for (_, event) in &self.events {
                // A client that registers twice is judged elsewhere.
                let _ = stream.register_notification_event(now, event.clone());
            }
        }
        if changed == Answer::Done {
            made
        } else {
            changed
        }
    }

    /// Events are taken back first, as when a pin is closed.
    fn free_buffer(&mut self, now: Moment) {
        let Some(stream) = &mut self.stream else {
            return;
        };
        if let Some(notification) = stream.notification() {
            for (_, event) in &self.events {
                let _ = notification.unregister_notification_event(now, event);
            }
        }
        if let Some(made) = self.buffer.take() {
            match stream.notification().filter(|_| made.packets.is_some()) {
                Some(stream) => stream.free_buffer_with_notification(now, made.buffer),
                None => stream.free_audio_buffer(now, made.buffer),
            }
        }
    }

    /// What lies in memory, and what has left it.
    fn look(&mut self, now: Moment, call: Call) -> Answer {
        let (Some(made), Some(stream)) = (&self.buffer, &mut self.stream) else {
            return Answer::NotOffered;
        };
        let renders = stream.output().is_some();
        let (memory, bus) = (&made.buffer.memory, &made.buffer.bus);
        let frame = u64::from(memory.format().frame_bytes());
        match call {
            Call::Store { first, frames } => {
                bus.settle(now);
                self.marks
                    .store(memory, Frames::new(first), Frames::new(frames));
                Answer::Done
            }
            Call::Overwrite(frames) if renders => answer(stream.position(now), |place| {
                bus.settle(now);
                let end = memory.frames().get() + place.write.get() / frame;
                let frames = frames.min(memory.frames().get());
                let first = Frames::new(end - frames);
                self.marks.store(memory, first, Frames::new(frames));
                Answer::Position(place)
            }),
            Call::Behind(frames) if !renders => answer(stream.position(now), |place| {
                let ring = memory.frames().get();
                let frame = (ring + place.write.get() / frame - frames.min(ring)) % ring;
                let mark = marks::load(memory, Frames::new(frame));
                Answer::Frame { frame, mark }
            }),
            Call::Heard(before) => {
                let Some(ear) = self.ear.as_mut().filter(|_| renders) else {
                    return Answer::NotOffered;
                };
                bus.settle(now);
                let run = memory.run();
                let left = ear.left(now, run).get();
                let Some(frame) = left.checked_sub(before.saturating_add(1)) else {
                    return Answer::NotOffered;
                };
                let mark = marks::heard(ear.heard(run, Frames::new(frame)));
                Answer::Frame { frame, mark }
            }
            _ => Answer::NotOffered,
        }
    }

    /// What only asks, and what packets are about.
    fn ask(&mut self, now: Moment, call: Call) -> Answer {
        let Some(stream) = &mut self.stream else {
            return Answer::NotOffered;
        };
        let asked = match call {
            Call::Position => Some(answer(stream.position(now), Answer::Position)),
            Call::Linear => stream
                .audio_engine_node()
                .map(|node| Answer::Linear(node.linear_buffer_position(now))),
            Call::Presentation => stream
                .output()
                .map(|output| answer(output.presentation_position(now), Answer::Presented)),
            Call::PacketCount => stream
                .output()
                .map(|output| answer(output.packet_count(now), |count| Answer::Count(count.get()))),
            Call::Write(write) => stream
                .output()
                .map(|output| answer(output.set_write_packet(now, write), |()| Answer::Done)),
            Call::Read => stream
                .input()
                .map(|input| answer(input.read_packet(now), Answer::Packet)),
            _ => None,
        };
        asked.unwrap_or(Answer::NotOffered)
    }
}

/// What was granted, or the status that it was refused with.
fn answer<T>(result: Result<T, NtStatus>, granted: impl FnOnce(T) -> Answer) -> Answer {
    match result {
        Ok(value) => granted(value),
        Err(status) => Answer::Refused(status),
    }
}

fn read(register: Option<&MappedRegister>, now: Moment) -> Answer {
    register.map_or(Answer::NotOffered, |register| {
        Answer::Register(register.read(now))
    })
}

impl Subject for StreamSubject {
    fn call(&mut self, _: Hns, call: Call) -> Answer {
        let now = self.world.now();
        match call {
            Call::State(target) => self.go(now, target),
            Call::Buffer { requested, packets } => self.make_buffer(now, requested, packets),
            Call::Register(number) => self.event(now, number, true),
            Call::Unregister(number) => self.event(now, number, false),
            Call::MapPosition | Call::MapClock => self.map(now, call),
            Call::ReadPosition => read(self.position_register.as_ref(), now),
            Call::ReadClock => read(self.clock_register.as_ref(), now),
            Call::Format(format) => self.change_format(now, format),
            Call::Store { .. } | Call::Overwrite(_) | Call::Behind(_) | Call::Heard(_) => {
                self.look(now, call)
            }
            call => self.ask(now, call),
        }
    }

    fn pass(&mut self, until: Hns) -> Vec<Signal> {
        if self.processor.take_asked() {
            self.line.set(0);
        }
        self.run_until(until);
        std::mem::take(&mut *self.rung.borrow_mut())
    }

    fn hold(&mut self, until: Hns) -> Held {
        if !self.processor.serves() {
            return Held::No;
        }
        self.processor.hold(true);
        self.run_until(until);
        self.processor.hold(false);
        Held::Yes
    }
}

impl Drop for StreamSubject {
    /// The pin is closed: down to Stop, then the events, then the buffer.
    fn drop(&mut self) {
        let now = self.world.now();
        let _ = self.go(now, KsState::Stop);
        self.free_buffer(now);
        if let Some(stream) = &mut self.stream {
            stream.released();
        }
    }
}
