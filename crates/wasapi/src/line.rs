//! A stream of either direction, as its client object has it.

use engine::{CaptureEndpoint, CaptureStream, Endpoint, Stream};
use units::{Frames, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::capture_client::CaptureClient;
use crate::render_client::RenderClient;

/// The endpoint of a client object.
#[derive(Clone, Debug)]
pub(crate) enum AnyEndpoint {
    Render(Endpoint),
    Capture(CaptureEndpoint),
}

/// The one stream of a client object, with the service that moves its frames.
#[derive(Debug)]
pub(crate) enum Line {
    Render {
        stream: Shared<Stream>,
        client: RenderClient,
    },
    Capture {
        stream: Shared<CaptureStream>,
        client: CaptureClient,
    },
}

impl AnyEndpoint {
    pub(crate) fn period(&self) -> Frames {
        match self {
            Self::Render(endpoint) => endpoint.period(),
            Self::Capture(endpoint) => endpoint.period(),
        }
    }

    pub(crate) fn mix_format(&self) -> WaveFormat {
        match self {
            Self::Render(endpoint) => endpoint.mix_format(),
            Self::Capture(endpoint) => endpoint.mix_format(),
        }
    }

    pub(crate) fn open(&self, format: WaveFormat, frames: Frames) -> Line {
        match self {
            Self::Render(endpoint) => {
                let stream = endpoint.add_stream(format, frames);
                Line::Render {
                    client: RenderClient::new(stream.clone()),
                    stream,
                }
            }
            Self::Capture(endpoint) => {
                let stream = endpoint.add_stream(format, frames);
                Line::Capture {
                    client: CaptureClient::new(stream.clone()),
                    stream,
                }
            }
        }
    }

    /// Starts `line`, which was opened here.
    pub(crate) fn start(&self, line: &Line) {
        match (self, line) {
            (Self::Render(endpoint), Line::Render { stream, .. }) => endpoint.start(stream),
            (Self::Capture(endpoint), Line::Capture { stream, .. }) => endpoint.start(stream),
            _ => unreachable!("a stream belongs to the endpoint that opened it"),
        }
    }
}

impl Line {
    pub(crate) fn is_running(&self) -> bool {
        match self {
            Self::Render { stream, .. } => stream.borrow().is_running(),
            Self::Capture { stream, .. } => stream.borrow().is_running(),
        }
    }

    pub(crate) fn stop(&self) {
        match self {
            Self::Render { stream, .. } => stream.borrow_mut().stop(),
            Self::Capture { stream, .. } => stream.borrow_mut().stop(),
        }
    }

    pub(crate) fn has_event(&self) -> bool {
        match self {
            Self::Render { stream, .. } => stream.borrow().event.is_some(),
            Self::Capture { stream, .. } => stream.borrow().event.is_some(),
        }
    }

    pub(crate) fn set_event(&self, event: EventHandle) {
        match self {
            Self::Render { stream, .. } => stream.borrow_mut().event = Some(event),
            Self::Capture { stream, .. } => stream.borrow_mut().event = Some(event),
        }
    }

    /// Frames that there is room for.
    pub(crate) fn frames(&self) -> Frames {
        match self {
            Self::Render { stream, .. } => stream.borrow().buffer.frames(),
            Self::Capture { stream, .. } => stream.borrow().buffer.frames(),
        }
    }

    pub(crate) fn padding(&self) -> Frames {
        match self {
            Self::Render { stream, .. } => stream.borrow().buffer.padding(),
            Self::Capture { stream, .. } => stream.borrow().buffer.padding(),
        }
    }

    pub(crate) fn is_holding(&self) -> bool {
        match self {
            Self::Render { client, .. } => client.is_holding(),
            Self::Capture { client, .. } => client.is_holding(),
        }
    }

    pub(crate) fn reset(&self) {
        match self {
            Self::Render { stream, .. } => stream.borrow_mut().reset(),
            Self::Capture { stream, .. } => stream.borrow_mut().reset(),
        }
    }
}

impl Fork for AnyEndpoint {
    fn fork(&self, forker: &mut Forker) -> Self {
        match self {
            Self::Render(endpoint) => Self::Render(endpoint.fork(forker)),
            Self::Capture(endpoint) => Self::Capture(endpoint.fork(forker)),
        }
    }
}

impl Fork for Line {
    fn fork(&self, forker: &mut Forker) -> Self {
        match self {
            Self::Render { stream, client } => Self::Render {
                stream: stream.fork(forker),
                client: client.fork(forker),
            },
            Self::Capture { stream, client } => Self::Capture {
                stream: stream.fork(forker),
                client: client.fork(forker),
            },
        }
    }
}
