//! The clock that can be paused, asked for positions.

use ks::{Position, PresentationPosition};
use miniport::virtual_audio::{PausableStream, Wave};
use units::{Bytes, Hns};

use crate::kit::{Answer, Bench, Call, Setup, Subject};

/// Makes streams of it, under this name.
pub(super) struct Clock(pub(super) &'static str);

/// One of them, and the buffer that it goes around in.
struct Asked {
    stream: PausableStream,
    buffer: Bytes,
}

impl Bench for Clock {
    fn name(&self) -> &str {
        self.0
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        let format = setup.format;
        let wave = Wave::pcm(format.rate.hertz(), format.frame_bytes());
        Box::new(Asked {
            stream: PausableStream::new(wave.expect("a setup has a format")),
            buffer: setup.buffer(),
        })
    }
}

impl Subject for Asked {
    fn call(&mut self, at: Hns, call: Call) -> Answer {
        let now = at.get();
        match call {
            Call::State(state) => {
                self.stream.set_state(now, state);
                Answer::Done
            }
            Call::Linear => Answer::Linear(self.stream.get_linear_position(now).get()),
            Call::Position => {
                let linear = self.stream.get_linear_position(now);
                let at = Bytes::new(linear.get() % self.buffer.get());
                Answer::Position(Position {
                    play: at,
                    write: at,
                })
            }
            Call::Presentation => {
                let presented = self.stream.get_presentation_position(now);
                Answer::Presented(PresentationPosition {
                    blocks: presented.blocks,
                    qpc: Hns::new(presented.counter),
                })
            }
            _ => Answer::NotOffered,
        }
    }
}
