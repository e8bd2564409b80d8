//! The driver of a device that turns through a ring of its own and interrupts each 10 ms.

use std::rc::Rc;
use std::sync::Arc;

use hardware::TimerBus;
use ks::wire::PacketSizeConstraints;
use ks::{
    Communication, DataFlow, DataRange, InstanceCount, KSCATEGORY_AUDIO, KSCATEGORY_RENDER,
    KsState, Payload, PinFactory, SampleKind, Settle, Topology,
};
use machine::{InterruptRoutine, IsrOutcome};
use portcls::{
    DmaChannel, FilterDescription, MiniportWaveCyclic, MiniportWaveCyclicStream, NewCyclic,
    NewStream, ServiceGroup,
};
use ring::{Samples, SharedBuffer, Whose};
use units::{Bytes, Clock, Frames, Hns, Moment, NtStatus, SimDuration, SimTime, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

/// What of the driver can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CyclicOptions {
    /// How long the ring is.
    pub ring: Ring,
    /// Whether the ring holds samples.
    pub samples: Samples,
}

/// How long a ring is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ring {
    /// So many intervals of notification.
    Intervals(u64),
    /// So many frames, and at least one.
    Frames(Frames),
}

impl Default for CyclicOptions {
    /// Eight intervals: twice the cushion of the port.
    fn default() -> Self {
        Self {
            ring: Ring::Intervals(8),
            samples: Samples::Kept,
        }
    }
}

/// The miniport: a pin to render to (pin 0, one instance), and a bridge pin.
#[derive(Debug)]
pub struct CyclicMiniport {
    bus: TimerBus,
    options: CyclicOptions,
    open: Open,
    group: ServiceGroup,
}

/// The stream that was opened last.
type Open = Shared<Option<Shared<Stream>>>;

impl CyclicMiniport {
    /// The pin to render to.
    pub const RENDER_PIN: u32 = 0;
    /// The pin to the topology filter.
    pub const BRIDGE_PIN: u32 = 1;

    /// The miniport of the device behind `bus`.
    pub fn new(bus: TimerBus, options: CyclicOptions) -> Self {
        Self {
            bus,
            options,
            open: Shared::new(None),
            group: ServiceGroup::new(),
        }
    }

    /// What packets it would rather have: of what goes by between two services.
    pub fn packet_sizes() -> PacketSizeConstraints {
        PacketSizeConstraints {
            period_min: Hns::new(100_000),
            alignment: Bytes::new(1),
            size_max: None,
            modes: Vec::new(),
        }
    }

    /// What is to run when the device interrupts.
    pub fn interrupt_routine(&self) -> Box<dyn InterruptRoutine> {
        Box::new(Routine {
            open: self.open.clone(),
            group: self.group.clone(),
        })
    }

    /// The device, to be brought up to date by who wants to see what it has played.
    pub fn settler(&self) -> Rc<dyn Settle> {
        Rc::new(Settled(self.open.clone()))
    }
}

impl MiniportWaveCyclic for CyclicMiniport {
    fn topology(&self) -> Topology {
        Topology::chain(Self::RENDER_PIN, Vec::new(), Self::BRIDGE_PIN)
    }

    fn description(&self) -> FilterDescription {
        let ranges = vec![DataRange {
            kind: SampleKind::Pcm,
            channels_max: 16,
            bits_min: 8,
            bits_max: 32,
            hertz_min: 8_000,
            hertz_max: 192_000,
        }];
        let pin = |flow, communication, ranges, possible| PinFactory {
            flow,
            communication,
            category: KSCATEGORY_AUDIO,
            ranges,
            instances: InstanceCount {
                possible: Some(possible),
                current: 0,
            },
        };
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO, KSCATEGORY_RENDER],
            pins: vec![
                pin(DataFlow::In, Communication::Sink, ranges, 1),
                pin(DataFlow::Out, Communication::None, Vec::new(), 0),
            ],
        }
    }

    fn new_stream(&mut self, _: Moment, made_for: NewStream) -> Result<NewCyclic, NtStatus> {
        let format = made_for.format;
        let interval = frames_in(format, portcls::NOTIFICATION_INTERVAL);
        let frames = match self.options.ring {
            Ring::Intervals(count) => Frames::new(interval.get() * count),
            Ring::Frames(frames) => frames,
        };
        if frames.is_zero() {
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        }
        let ring = Arc::new(SharedBuffer::new(format, frames, self.options.samples));
        self.bus.tell(|device| device.attach(ring.clone()));
        let stream = Shared::new(Stream {
            bus: self.bus.clone(),
            ring,
            format,
            interval: portcls::NOTIFICATION_INTERVAL,
            since: None,
            before: Frames::ZERO,
            interrupts: 0,
        });
        *self.open.borrow_mut() = Some(stream.clone());
        Ok(NewCyclic {
            stream: Box::new(CyclicStream(stream.clone())),
            channel: Box::new(Channel(stream)),
            group: self.group.clone(),
        })
    }

    fn fork_miniport(&self, forker: &mut Forker) -> Box<dyn MiniportWaveCyclic> {
        Box::new(Self {
            bus: self.bus.fork(forker),
            options: self.options,
            open: self.open.fork(forker),
            group: self.group.fork(forker),
        })
    }
}

/// What stream, channel and routine share.
#[derive(Debug)]
struct Stream {
    bus: TimerBus,
    ring: Arc<SharedBuffer>,
    format: WaveFormat,
    interval: SimDuration,
    /// When Run was entered, while in it.
    since: Option<SimTime>,
    /// Frames played before that.
    before: Frames,
    interrupts: u64,
}

impl Stream {
    /// Frames since Stop that have wholly gone by.
    ///
    /// Model: a frame that begins at this very instant has not been fetched yet, so whoever is
    /// served now is in time for it.
    fn played(&self, now: Moment) -> Frames {
        let Some(since) = self.since else {
            return self.before;
        };
        let clock = Clock::nominal(since, self.format.rate);
        self.before + Frames::new(clock.count_at(now.time))
    }

    /// The device takes what it has played from what lies there now. Whoever changes the ring
    /// calls this before: so a frame is taken as it lay there in its own time.
    fn settle(&self, now: Moment) {
        let played = self.played(now);
        self.bus.tell(|device| device.take_to(played));
    }

    fn set_state(&mut self, now: Moment, state: KsState) {
        self.settle(now);
        match state {
            KsState::Run => {
                self.since = Some(now.time);
                let (rate, interval) = (self.format.rate, self.interval);
                self.bus.tell(|device| {
                    device.run(now, rate);
                    device.set_periodic(now.time, interval);
                });
            }
            KsState::Pause | KsState::Acquire => {
                self.before = self.played(now);
                if self.since.take().is_some() {
                    self.bus.tell(|device| {
                        device.cancel();
                        device.pause();
                    });
                }
            }
            KsState::Stop => {
                self.before = Frames::ZERO;
                self.bus.tell(hardware::TimerDevice::reset);
            }
        }
    }
}

/// How many whole frames go by in `interval`.
fn frames_in(format: WaveFormat, interval: SimDuration) -> Frames {
    let clock = Clock::nominal(SimTime::ZERO, format.rate);
    Frames::new(clock.count_at(SimTime::ZERO + interval))
}

#[derive(Debug)]
struct CyclicStream(Shared<Stream>);

impl MiniportWaveCyclicStream for CyclicStream {
    fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus> {
        self.0.borrow_mut().set_state(now, state);
        Ok(())
    }

    fn set_notification_interval(&mut self, interval: SimDuration) -> (SimDuration, Bytes) {
        let mut stream = self.0.borrow_mut();
        stream.interval = interval;
        let frames = frames_in(stream.format, interval);
        (interval, stream.format.bytes_of(frames))
    }

    fn position(&mut self, now: Moment) -> Bytes {
        let stream = self.0.borrow();
        let place = stream.played(now).get() % stream.ring.frames().get();
        stream.format.bytes_of(Frames::new(place))
    }

    fn normalize_physical_position(&self, position: u64) -> u64 {
        let format = self.0.borrow().format;
        let per_second = u128::from(format.rate.hertz()) * u128::from(format.frame_bytes());
        let hns = u128::from(position) * 10_000_000 / per_second;
        u64::try_from(hns).unwrap_or(u64::MAX)
    }

    fn silence(&mut self, now: Moment, at: Frames, len: Frames, whose: Whose) {
        let stream = self.0.borrow();
        stream.settle(now);
        stream.ring.store(at, None, len, Some(whose));
    }

    /// Model: the ring is made of frames, so a format is refused that has others.
    fn set_format(&mut self, _: Moment, format: WaveFormat) -> Result<(), NtStatus> {
        let is_same = self.0.borrow().format == format;
        is_same.then_some(()).ok_or(NtStatus::INVALID_PARAMETER)
    }

    fn fork_stream(&self, forker: &mut Forker) -> Box<dyn MiniportWaveCyclicStream> {
        Box::new(Self(self.0.fork(forker)))
    }
}

/// The ring, as the port reaches it.
#[derive(Debug)]
struct Channel(Shared<Stream>);

impl DmaChannel for Channel {
    fn allocated_buffer_size(&self) -> Bytes {
        self.buffer_size()
    }

    fn buffer_size(&self) -> Bytes {
        let stream = self.0.borrow();
        stream.format.bytes_of(stream.ring.frames())
    }

    /// Model: the ring is all of the memory, and stays so.
    fn set_buffer_size(&mut self, _: Bytes) {}

    fn system_address(&self) -> Arc<SharedBuffer> {
        self.0.borrow().ring.clone()
    }

    fn copy_to(&mut self, now: Moment, at: Frames, payload: &Payload) {
        let stream = self.0.borrow();
        stream.settle(now);
        let (mut at, mut from) = (at, 0);
        for (len, whose) in payload.whose() {
            let size = usize::try_from(stream.format.bytes_of(*len).get());
            let until = size.map_or(from, |size| from + size);
            let bytes = payload.bytes().get(from..until);
            stream.ring.store(at, bytes, *len, *whose);
            (at, from) = (at + *len, until);
        }
    }

    fn fork_channel(&self, forker: &mut Forker) -> Box<dyn DmaChannel> {
        Box::new(Self(self.0.fork(forker)))
    }
}

/// ISR and DPC: the interrupt, and the service that it asks for.
#[derive(Debug)]
struct Routine {
    open: Open,
    group: ServiceGroup,
}

impl InterruptRoutine for Routine {
    /// Clears the source, and calls `Notify`.
    fn isr(&mut self, _: Moment) -> IsrOutcome {
        let open = self.open.borrow();
        let Some(stream) = open.as_ref() else {
            return IsrOutcome::NotMine;
        };
        let mut stream = stream.borrow_mut();
        stream.interrupts += 1;
        IsrOutcome::QueueDpc {
            event: stream.interrupts,
        }
    }

    fn dpc(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        self.group.request_service(now, signal);
    }

    fn fork_routine(&self, forker: &mut Forker) -> Box<dyn InterruptRoutine> {
        Box::new(Self {
            open: self.open.fork(forker),
            group: self.group.fork(forker),
        })
    }
}

#[derive(Debug)]
struct Settled(Open);

impl Settle for Settled {
    fn settle(&self, now: Moment) {
        if let Some(stream) = &*self.0.borrow() {
            stream.borrow().settle(now);
        }
    }

    fn fork_settle(&self, forker: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self(self.0.fork(forker)))
    }
}

impl Fork for Stream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            bus: self.bus.fork(forker),
            ring: forker.arc(&self.ring, |ring, _| ring.snapshot()),
            ..*self
        }
    }
}

vtime::fork_by_clone!(CyclicOptions, Ring);

#[cfg(test)]
mod tests {
    use hardware::TimerDevice;
    use ks::StreamAttributes;
    use units::{Phase, SampleFormat};
    use vtime::sim::World;
    use vtime::{Event, Keep, Reset};

    use super::*;

    fn opened(sample: SampleFormat) -> (World, NewCyclic) {
        let mut world = World::new(1, Keep::All);
        let doorbell = world.event("doorbell", Reset::Auto);
        let device = Shared::new(TimerDevice::new(Samples::Kept, None));
        let bus = TimerBus::new(device, doorbell.handle());
        let mut miniport = CyclicMiniport::new(bus, CyclicOptions::default());
        let made_for = NewStream {
            pin: CyclicMiniport::RENDER_PIN,
            flow: DataFlow::In,
            format: WaveFormat::new(48_000, 2, sample).unwrap(),
            attributes: StreamAttributes::default(),
        };
        let made = miniport.new_stream(world.now(), made_for).unwrap();
        (world, made)
    }

    fn at(millis: u64) -> Moment {
        (SimTime::ZERO + SimDuration::from_millis(millis)).at(Phase::React)
    }

    #[test]
    fn l06_what_goes_by_in_10_ms_of_48_khz_16_bit_stereo_is_1920_bytes() {
        let (_, mut made) = opened(SampleFormat::S16);
        let interval = portcls::NOTIFICATION_INTERVAL;
        let (_, bytes) = made.stream.set_notification_interval(interval);
        assert_eq!(bytes, Bytes::new(1920));
    }

    #[test]
    fn l14_a_second_of_bytes_is_ten_million_units() {
        let (_, made) = opened(SampleFormat::S16);
        let normalized = |bytes| made.stream.normalize_physical_position(bytes);
        assert_eq!(normalized(192_000), 10_000_000);
        assert_eq!(normalized(1), 52); // 52.08 of them.
    }

    #[test]
    fn l13_silence_of_8_bits_is_0x80_and_of_16_bits_zero() {
        for (sample, byte) in [(SampleFormat::U8, 0x80), (SampleFormat::S16, 0)] {
            let (world, mut made) = opened(sample);
            let whose = Whose {
                run: 0,
                kind: ring::Kind::ZeroFill,
                content: 0,
                intended: 0,
                write: 0,
            };
            made.stream
                .silence(world.now(), Frames::ZERO, Frames::new(4), whose);
            let ring = made.channel.system_address();
            let size = usize::try_from(ring.format().bytes_of(Frames::new(4)).get()).unwrap();
            let mut out = vec![1; size];
            ring.load(Frames::ZERO, Frames::new(4), Some(&mut out), |_, _| {});
            assert!(out.iter().all(|each| *each == byte));
        }
    }

    #[test]
    fn l03_l04_the_position_stands_still_outside_run_and_stays_inside_the_ring() {
        let (_, mut made) = opened(SampleFormat::S16);
        let stream = &mut made.stream;
        let ring = made.channel.buffer_size();
        assert_eq!(ring, Bytes::new(8 * 1920));
        assert_eq!(stream.position(at(5)), Bytes::ZERO);
        stream.set_state(at(5), KsState::Acquire).unwrap();
        stream.set_state(at(5), KsState::Pause).unwrap();
        assert_eq!(stream.position(at(9)), Bytes::ZERO);
        stream.set_state(at(10), KsState::Run).unwrap();
        for ms in 10..300 {
            let expected = (ms - 10) * 192 % ring.get();
            assert_eq!(stream.position(at(ms)), Bytes::new(expected), "{ms} ms");
        }
        stream.set_state(at(25), KsState::Pause).unwrap();
        assert_eq!(stream.position(at(99)), Bytes::new(15 * 192));
        stream.set_state(at(99), KsState::Run).unwrap();
        assert_eq!(stream.position(at(100)), Bytes::new(16 * 192));
        stream.set_state(at(100), KsState::Pause).unwrap();
        stream.set_state(at(100), KsState::Acquire).unwrap();
        stream.set_state(at(100), KsState::Stop).unwrap();
        assert_eq!(stream.position(at(100)), Bytes::ZERO);
    }
}
