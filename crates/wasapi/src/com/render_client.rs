//! How a client gets frames into its stream.

use std::rc::Rc;

use units::{Frames, HResult};
use vtime::Context;

use super::open_stream::{OpenStream, Path};
use crate::render_client::SILENT;

/// The render client of a stream: takes hold of a packet, fills it, releases it.
///
/// # Source
/// `audioclient/nn-audioclient-iaudiorenderclient.md`.
#[derive(Clone, Debug)]
#[doc(alias = "IAudioRenderClient")]
pub struct RenderClient<C: Context>(pub(crate) Rc<OpenStream<C>>);

impl<C: Context> RenderClient<C> {
    /// Takes hold of `frames` frames to be written; of none, nothing is held.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`, `OUT_OF_ORDER`, `BUFFER_SIZE_ERROR`, `BUFFER_ERROR`,
    /// `BUFFER_TOO_LARGE`.
    #[doc(alias = "IAudioRenderClient::GetBuffer")]
    pub fn get_buffer(&self, frames: Frames) -> Result<(), HResult> {
        let stream = &*self.0;
        stream.alive()?;
        let free = match &stream.path {
            Path::Render(stream) => Some(stream.borrow().buffer.free()),
            Path::Exclusive(line) => line.free(&stream.cx),
            Path::Capture(_) => None,
        };
        stream.core.borrow_mut().get_to_write(frames, free)?;
        if let Path::Exclusive(line) = &stream.path {
            line.hold(&stream.cx);
        }
        let bytes = stream.format.bytes_of(frames).get();
        let bytes = usize::try_from(bytes).map_err(|_| HResult::BUFFER_TOO_LARGE)?;
        stream.memory.borrow_mut().resize(bytes, 0);
        Ok(())
    }

    /// Hands the memory of the packet that is held to `write`, as it was left; none if none is held.
    pub fn fill(&self, write: impl FnOnce(&mut [u8])) {
        if self.0.core.borrow().held().is_some() {
            write(&mut self.0.memory.borrow_mut());
        }
    }

    /// Releases the first `written` frames of the packet; the rest goes back unused.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`, `INVALIDARG` for a flag other than [`SILENT`], `OUT_OF_ORDER`,
    /// `BUFFER_SIZE_ERROR`, `INVALID_SIZE`; the packet then stays held.
    #[doc(alias = "IAudioRenderClient::ReleaseBuffer")]
    pub fn release_buffer(&self, written: Frames, flags: u32) -> Result<(), HResult> {
        let stream = &*self.0;
        stream.alive()?;
        stream.core.borrow_mut().release_written(written, flags)?;
        if written.is_zero() {
            return Ok(());
        }
        let memory = stream.memory.borrow();
        let bytes = stream.format.bytes_of(written).get();
        let is_silent = flags & SILENT != 0;
        let bytes = usize::try_from(bytes)
            .ok()
            .and_then(|len| memory.get(..len));
        let content = stream.content.get();
        match &stream.path {
            Path::Render(queue) => {
                let buffer = &mut queue.borrow_mut().buffer;
                let bytes = bytes.filter(|_| buffer.keeps_samples());
                buffer.release(written, content, bytes, is_silent);
            }
            Path::Exclusive(line) => {
                let bytes = bytes.filter(|_| !is_silent);
                line.write(&stream.cx, written, content, bytes);
            }
            Path::Capture(_) => {}
        }
        stream.content.set(content + written.get());
        Ok(())
    }
}
