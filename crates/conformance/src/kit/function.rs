//! A function from time to buffer position, as a subject.

use ks::{KsState, Position, PresentationPosition};
use units::{Bytes, Frames, Hns, WaveFormat};

use crate::kit::{Answer, Bench, Call, Declared, Limits, Setup, Subject};

/// The part of a driver that turns time into a buffer position.
///
/// A closure `Fn(Hns) -> Bytes` is one. It is made when the stream starts to run and runs for ever.
/// A source with states of its own answers [`set_state`](Self::set_state) and is made earlier.
pub trait PositionSource {
    /// The offset in the cyclic buffer at `now`.
    fn position(&mut self, now: Hns) -> Bytes;

    /// Goes to `state`. False if it knows no states.
    fn set_state(&mut self, now: Hns, state: KsState) -> bool {
        let _ = (now, state);
        false
    }

    /// Bytes moved since STOP, if it knows.
    fn linear_position(&mut self, now: Hns) -> Option<Bytes> {
        let _ = now;
        None
    }

    /// Packets done since STOP, if it counts them.
    fn packet_count(&mut self, now: Hns) -> Option<u32> {
        let _ = now;
        None
    }

    /// The frame presented since STOP, if it knows.
    fn presentation_position(&mut self, now: Hns) -> Option<Frames> {
        let _ = now;
        None
    }

    /// In how many frames a client hears what it writes next, having written `written` since STOP,
    /// if it knows. The ring is full of what was written and not presented, so this is at most its
    /// size and the declared delay; a client that is late hears nothing of its own, and the delay is
    /// 0.
    fn delay(&mut self, now: Hns, written: Frames) -> Option<Frames> {
        let _ = (now, written);
        None
    }

    /// Has `format` flow from now on, in a ring of as many frames as before. It is in STOP. False if
    /// it keeps its format for life.
    fn set_format(&mut self, now: Hns, format: WaveFormat) -> bool {
        let _ = (now, format);
        false
    }
}

impl<F: FnMut(Hns) -> Bytes> PositionSource for F {
    fn position(&mut self, now: Hns) -> Bytes {
        self(now)
    }
}

/// A bench for a function of time that knows no states: it is made as the stream starts, and
/// `setup.start` is that time.
pub struct Function<M> {
    name: String,
    make: M,
    declared: Declared,
    limits: Limits,
}

/// A bench for a [`PositionSource`] with states of its own.
pub struct Source<M>(Function<M>);

impl<M> std::fmt::Debug for Function<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Function").field(&self.name).finish()
    }
}

impl<M> std::fmt::Debug for Source<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Source").field(&self.0.name).finish()
    }
}

impl<M> Function<M> {
    /// Functions that `make` makes.
    pub fn new<S: PositionSource>(name: &str, make: M) -> Self
    where
        M: Fn(&Setup) -> S,
    {
        Self {
            name: name.to_owned(),
            make,
            declared: Declared {
                aligned: false,
                ..Declared::default()
            },
            limits: Limits::default(),
        }
    }

    /// The same, which declares that of itself.
    #[must_use]
    pub fn declares(self, declared: Declared) -> Self {
        Self { declared, ..self }
    }

    /// The same, made with no more than that.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

impl<M> Source<M> {
    /// Sources that `make` makes, in STOP.
    pub fn new<S: PositionSource>(name: &str, make: M) -> Self
    where
        M: Fn(&Setup) -> S,
    {
        Self(Function::new(name, make))
    }

    /// The same, which declares that of itself.
    #[must_use]
    pub fn declares(self, declared: Declared) -> Self {
        Self(self.0.declares(declared))
    }

    /// The same, made with no more than that.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self(self.0.within(limits))
    }
}

/// A function once it runs.
struct Running<'a, M, S> {
    make: &'a M,
    setup: Setup,
    source: Option<S>,
}

/// A source that is asked.
struct Asked<S>(S);

impl<M: Fn(&Setup) -> S, S: PositionSource + 'static> Bench for Function<M> {
    fn name(&self) -> &str {
        &self.name
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        Box::new(Running {
            make: &self.make,
            setup: *setup,
            source: None,
        })
    }

    fn declared(&self, _: &Setup) -> Declared {
        self.declared
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }
}

impl<M: Fn(&Setup) -> S, S: PositionSource + 'static> Bench for Source<M> {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        Box::new(Asked((self.0.make)(setup)))
    }

    fn declared(&self, _: &Setup) -> Declared {
        self.0.declared
    }

    fn limits(&self) -> Limits {
        self.0.limits.clone()
    }
}

impl<M: Fn(&Setup) -> S, S: PositionSource> Subject for Running<'_, M, S> {
    fn call(&mut self, at: Hns, call: Call) -> Answer {
        match (call, &mut self.source) {
            (Call::State(KsState::Run), None) => {
                let start = Setup {
                    start: at,
                    ..self.setup
                };
                self.source = Some((self.make)(&start));
                Answer::Done
            }
            (Call::State(_), _) | (_, None) => Answer::NotOffered,
            (_, Some(source)) => ask(source, at, call),
        }
    }
}

impl<S: PositionSource> Subject for Asked<S> {
    fn call(&mut self, at: Hns, call: Call) -> Answer {
        match call {
            Call::State(state) if self.0.set_state(at, state) => Answer::Done,
            Call::Format(format) if self.0.set_format(at, format) => Answer::Done,
            Call::State(_) | Call::Format(_) => Answer::NotOffered,
            _ => ask(&mut self.0, at, call),
        }
    }
}

fn ask(source: &mut impl PositionSource, at: Hns, call: Call) -> Answer {
    let answer = match call {
        Call::Position => {
            let place = source.position(at);
            Some(Answer::Position(Position {
                play: place,
                write: place,
            }))
        }
        Call::Linear => source
            .linear_position(at)
            .map(|bytes| Answer::Linear(bytes.get())),
        Call::PacketCount => source.packet_count(at).map(Answer::Count),
        Call::Presentation => source
            .presentation_position(at)
            .map(|blocks| Answer::Presented(PresentationPosition { blocks, qpc: at })),
        Call::Delay(written) => source
            .delay(at, Frames::new(written))
            .map(|delay| Answer::Linear(delay.get())),
        _ => None,
    };
    answer.unwrap_or(Answer::NotOffered)
}
