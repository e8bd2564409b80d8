//! A stream of either direction, as its client object has it.

use engine::{CaptureEndpoint, CaptureStream, Endpoint, Stream};
use units::{Frames, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::capture_client::CaptureClient;
use crate::com::DataFlow;
use crate::render_client::RenderClient;
use crate::stream_core::StreamCore;

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

    pub(crate) const fn flow(&self) -> DataFlow {
        match self {
            Self::Render(_) => DataFlow::Render,
            Self::Capture(_) => DataFlow::Capture,
        }
    }

    pub(crate) fn open(&self, format: WaveFormat, core: StreamCore) -> Line {
        match self {
            Self::Render(endpoint) => {
                let stream = endpoint.add_stream(format, core.frames());
                Line::Render {
                    client: RenderClient::new(stream.clone(), core),
                    stream,
                }
            }
            Self::Capture(endpoint) => {
                let stream = endpoint.add_stream(format, core.frames());
                Line::Capture {
                    client: CaptureClient::new(stream.clone(), core),
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
    pub(crate) const fn core(&self) -> &StreamCore {
        match self {
            Self::Render { client, .. } => &client.core,
            Self::Capture { client, .. } => &client.core,
        }
    }

    pub(crate) const fn core_mut(&mut self) -> &mut StreamCore {
        match self {
            Self::Render { client, .. } => &mut client.core,
            Self::Capture { client, .. } => &mut client.core,
        }
    }

    pub(crate) fn stop(&self) {
        match self {
            Self::Render { stream, .. } => stream.borrow_mut().stop(),
            Self::Capture { stream, .. } => stream.borrow_mut().stop(),
        }
    }

    pub(crate) fn set_event(&self, event: EventHandle) {
        match self {
            Self::Render { stream, .. } => stream.borrow_mut().event = Some(event),
            Self::Capture { stream, .. } => stream.borrow_mut().event = Some(event),
        }
    }

    pub(crate) fn padding(&self) -> Frames {
        match self {
            Self::Render { stream, .. } => stream.borrow().buffer.padding(),
            Self::Capture { stream, .. } => stream.borrow().buffer.padding(),
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
