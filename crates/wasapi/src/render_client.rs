//! How a client gets frames into its endpoint buffer.

use engine::{Stream, Volume};
use units::{Frames, HResult};
use vtime::{Fork, Forker, Shared};

use crate::stream_core::StreamCore;

/// The flag of [`RenderClient::release_buffer`] that makes the frames silent, whatever they hold.
#[doc(alias = "AUDCLNT_BUFFERFLAGS_SILENT")]
pub const SILENT: u32 = 0x2;

/// The render client of a shared stream: takes a packet, fills it, releases it.
///
/// # Source
/// `audioclient/nn-audioclient-iaudiorenderclient.md`; releasing less than was taken is accepted,
/// as measured, although one paragraph forbids it.
#[derive(Debug)]
#[doc(alias = "IAudioRenderClient")]
pub struct RenderClient {
    stream: Shared<Stream>,
    /// What the whole stream allows; its audio client goes by it, too.
    pub(crate) core: StreamCore,
    memory: Vec<u8>,
}

impl RenderClient {
    pub(crate) const fn new(stream: Shared<Stream>, core: StreamCore) -> Self {
        Self {
            stream,
            core,
            memory: Vec::new(),
        }
    }

    pub(crate) fn set_volume(&self, volume: Volume) {
        self.stream.borrow_mut().volume = volume;
    }

    pub(crate) fn trace(&self) {
        self.stream.borrow_mut().is_traced = true;
    }

    /// Takes a packet of `frames` frames to be filled. Of no frames, nothing is held.
    ///
    /// # Errors
    /// `OUT_OF_ORDER` while a packet is held, `BUFFER_TOO_LARGE` for more than is free.
    pub fn get_buffer(&mut self, frames: Frames) -> Result<(), HResult> {
        let stream = self.stream.borrow();
        self.core.get_to_write(frames, Some(stream.buffer.free()))?;
        if stream.buffer.keeps_samples() {
            let bytes = stream.buffer.format().bytes_of(frames).get();
            self.memory.resize(
                usize::try_from(bytes).expect("a packet fits into memory"),
                0,
            );
        }
        Ok(())
    }

    /// The memory of the packet that is held, as it was left; empty if samples are left out.
    pub fn memory(&mut self) -> &mut [u8] {
        &mut self.memory
    }

    /// True while a packet is held.
    pub const fn is_holding(&self) -> bool {
        self.core.held().is_some()
    }

    /// Releases the first `written` frames of the packet; `content` is the index of the first of
    /// them in what the client plays. The rest goes back unused.
    ///
    /// # Errors
    /// `INVALIDARG` for a flag other than [`SILENT`], `OUT_OF_ORDER` with nothing held,
    /// `INVALID_SIZE` for more than is held; the packet then stays held.
    pub fn release_buffer(
        &mut self,
        written: Frames,
        flags: u32,
        content: u64,
    ) -> Result<(), HResult> {
        self.core.release_written(written, flags)?;
        let mut stream = self.stream.borrow_mut();
        let bytes = stream.buffer.format().bytes_of(written).get();
        let bytes = usize::try_from(bytes).expect("a packet fits into memory");
        let bytes = stream.buffer.keeps_samples().then(|| &self.memory[..bytes]);
        stream
            .buffer
            .release(written, content, bytes, flags & SILENT != 0);
        Ok(())
    }
}

impl Fork for RenderClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            stream: self.stream.fork(forker),
            core: self.core,
            memory: self.memory.clone(),
        }
    }
}
