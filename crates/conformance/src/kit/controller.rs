//! A controller of several streams as a subject: its registers, and the memory that it shares with
//! its driver.

mod call;

use hardware::StreamFormat;
use hardware::spec::{self, ctl, gctl, intctl, sts};
use units::{Bytes, Hns, NtStatus, SampleFormat};

pub use call::ControllerCall;

use crate::kit::{Answer, Bench, Call, Declared, Kind, Limits, Setup, Subject};

/// Inputs of a controller under test: streams 0 and 1.
pub const INPUTS: u32 = 2;
/// All its streams: outputs follow the inputs.
pub const STREAMS: u32 = 4;
/// Where the position buffer is put.
pub const RECORDS: u32 = 0x4000;

/// Where the descriptor list of `stream` lies.
pub const fn list_address(stream: u32) -> u32 {
    0x1_0000 + 0x1000 * stream
}

/// Where the cyclic buffer of `stream` lies.
pub const fn ring_address(stream: u32) -> u32 {
    0x1000_0000 + 0x0100_0000 * stream
}

/// The bus grants nothing to anybody from one time to another, counted as the performance counter
/// counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    /// From here on.
    pub from: Hns,
    /// Until then.
    pub until: Hns,
}

/// An HD Audio controller with two inputs and two outputs, as a driver sees it.
///
/// Offsets, widths and bits are those of [`hardware::spec`]. When it is made it is in reset, and in
/// memory there are for each stream a [ring](ring_address) of the setup's size and a
/// [list](list_address) with a descriptor for each packet, which asks for an interrupt.
pub trait ControllerSource {
    /// What the register at `offset` reads as; `None` if there is none.
    fn load(&mut self, now: Hns, offset: u32) -> Option<u32>;

    /// Writes a register.
    ///
    /// # Errors
    /// A status if there is none, or it refuses the value.
    fn store(&mut self, now: Hns, offset: u32, value: u32) -> Result<(), NtStatus>;

    /// The word of the position buffer at `physical`, as it lies in memory.
    fn record(&mut self, now: Hns, physical: u32) -> Option<u32>;

    /// Every byte of the ring of `stream` becomes `value`.
    fn fill(&mut self, now: Hns, stream: u32, value: u8) {
        let _ = (now, stream, value);
    }

    /// The byte at `offset`, counted from the reset of output `stream`, as it went over the link;
    /// `None` if it has not, or if nobody can tell.
    fn heard(&mut self, now: Hns, stream: u32, offset: Bytes) -> Option<u8> {
        let _ = (now, stream, offset);
        None
    }
}

/// A bench for a [`ControllerSource`].
pub struct ControllerBench<M> {
    name: String,
    make: M,
    declared: Declared,
}

impl<M> std::fmt::Debug for ControllerBench<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ControllerBench").field(&self.name).finish()
    }
}

impl<M> ControllerBench<M> {
    /// Controllers that `make` makes, on a bus that is denied them at times.
    pub fn new<C: ControllerSource>(name: &str, make: M) -> Self
    where
        M: Fn(&Setup, &[Denied]) -> C,
    {
        Self {
            name: name.to_owned(),
            make,
            declared: Declared::default(),
        }
    }

    /// The same, which say that of themselves.
    #[must_use]
    pub fn declares(self, declared: Declared) -> Self {
        Self { declared, ..self }
    }
}

impl<M: Fn(&Setup, &[Denied]) -> C, C: ControllerSource + 'static> Bench for ControllerBench<M> {
    fn name(&self) -> &str {
        &self.name
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        Box::new(Controlled {
            make: &self.make,
            setup: *setup,
            denied: Vec::new(),
            source: None,
        })
    }

    fn declared(&self, _: &Setup) -> Declared {
        self.declared
    }

    fn kinds(&self) -> &[Kind] {
        &[Kind::Controller]
    }

    fn limits(&self) -> Limits {
        Limits {
            rates_hz: vec![8_000, 16_000, 32_000, 44_100, 48_000, 96_000],
            samples: vec![SampleFormat::S16, SampleFormat::S32],
            channels_max: 2,
            packets: vec![2, 3, 4, 16],
            packet_min: 128,
            crystal: true,
            gap_packets_max: Some(2_000),
        }
    }
}

/// A controller that is made when it is first asked: by then it is known when the bus is denied.
struct Controlled<'a, M, C> {
    make: &'a M,
    setup: Setup,
    denied: Vec<Denied>,
    source: Option<C>,
}

impl<M: Fn(&Setup, &[Denied]) -> C, C: ControllerSource> Subject for Controlled<'_, M, C> {
    fn call(&mut self, at: Hns, call: Call) -> Answer {
        let Call::Controller(call) = call else {
            return Answer::NotOffered;
        };
        if let ControllerCall::Deny { from, until } = call {
            return self.deny(from, until);
        }
        let (setup, denied) = (self.setup, &self.denied);
        let source = self
            .source
            .get_or_insert_with(|| (self.make)(&setup, denied));
        let mut driver = Driving { source, setup, at };
        driver.call(call)
    }
}

impl<M, C> Controlled<'_, M, C> {
    fn deny(&mut self, from: Hns, until: Hns) -> Answer {
        if self.source.is_some() || until <= from {
            return Answer::NotOffered;
        }
        let start = self.setup.start.get();
        let later = |time: Hns| Hns::new(start.saturating_add(time.get()));
        self.denied.push(Denied {
            from: later(from),
            until: later(until),
        });
        Answer::Done
    }
}

/// What a driver does, at one time.
struct Driving<'a, C> {
    source: &'a mut C,
    setup: Setup,
    at: Hns,
}

impl<C: ControllerSource> Driving<'_, C> {
    fn call(&mut self, call: ControllerCall) -> Answer {
        let read = |value: Option<u32>| {
            value.map_or(Answer::NotOffered, |value| Answer::Register(value.into()))
        };
        match call {
            ControllerCall::Deny { .. } => Answer::NotOffered,
            ControllerCall::Load(offset) => read(self.source.load(self.at, offset)),
            ControllerCall::Store(offset, value) => done(self.store(offset, value)),
            ControllerCall::Reset => done(self.reset()),
            ControllerCall::SetUp(stream) => done(self.set_up(stream)),
            ControllerCall::Start(streams) => done(self.start(streams)),
            ControllerCall::Record(stream) => {
                read(self.source.record(self.at, RECORDS + 8 * stream))
            }
            ControllerCall::Fill(stream, value) => {
                self.source.fill(self.at, stream, value);
                Answer::Done
            }
            ControllerCall::Heard(stream, offset) => {
                let heard = self.source.heard(self.at, stream, offset);
                read(heard.map(u32::from))
            }
        }
    }

    fn store(&mut self, offset: u32, value: u32) -> Result<(), NtStatus> {
        self.source.store(self.at, offset, value)
    }

    /// Into reset and out of it, with the position buffer on and every interrupt enabled.
    fn reset(&mut self) -> Result<(), NtStatus> {
        self.store(spec::GCTL, 0)?;
        self.store(spec::GCTL, gctl::CRST)?;
        self.store(spec::DPUBASE, 0)?;
        self.store(spec::DPLBASE, RECORDS | 1)?;
        let all = (0..STREAMS).fold(0, |bits, stream| bits | intctl::stream(stream));
        self.store(spec::INTCTL, intctl::GLOBAL | all)
    }

    /// Programs a stream as its driver does before it runs.
    fn set_up(&mut self, stream: u32) -> Result<(), NtStatus> {
        let format =
            StreamFormat::of(self.setup.format).map_err(|_| NtStatus::INVALID_PARAMETER)?;
        let bytes =
            u32::try_from(self.setup.buffer().get()).map_err(|_| NtStatus::INVALID_PARAMETER)?;
        let at = spec::descriptor(stream);
        self.store(at + spec::SD_CTL, 0)?;
        self.store(at + spec::SD_CTL, ctl::SRST)?;
        self.store(at + spec::SD_CTL, 0)?;
        self.store(at + spec::SD_STS, sts::CLEARABLE)?;
        self.store(at + spec::SD_FMT, format.encode().into())?;
        self.store(at + spec::SD_CBL, bytes)?;
        self.store(at + spec::SD_LVI, self.setup.packets - 1)?;
        self.store(at + spec::SD_BDPU, 0)?;
        self.store(at + spec::SD_BDPL, list_address(stream))?;
        self.store(at + spec::SD_CTL, control(stream))
    }

    /// Starts the streams of the bits, by SSYNC if there are several.
    fn start(&mut self, streams: u32) -> Result<(), NtStatus> {
        let several = streams.count_ones() > 1;
        if several {
            self.store(spec::SSYNC, streams)?;
        }
        for stream in (0..STREAMS).filter(|stream| streams & intctl::stream(*stream) != 0) {
            let at = spec::descriptor(stream) + spec::SD_CTL;
            self.store(at, control(stream) | ctl::RUN)?;
        }
        if several {
            self.store(spec::SSYNC, 0)?;
        }
        Ok(())
    }
}

/// What the control register of a stream that is set up holds.
pub(crate) const fn control(stream: u32) -> u32 {
    (stream + 1) << ctl::TAG_SHIFT | ctl::IOCE
}

fn done(result: Result<(), NtStatus>) -> Answer {
    result.map_or_else(Answer::Refused, |()| Answer::Done)
}
