//! How a client gets recorded frames out of its stream.

use std::rc::Rc;

use units::{Frames, HResult};
use vtime::Context;

use super::open_stream::{OpenStream, Path};
use crate::capture_client::{Got, captured};

/// The capture client of a stream: takes hold of a packet, reads it, releases it.
///
/// # Source
/// `audioclient/nn-audioclient-iaudiocaptureclient.md`.
#[derive(Clone, Debug)]
#[doc(alias = "IAudioCaptureClient")]
pub struct CaptureClient<C: Context>(pub(crate) Rc<OpenStream<C>>);

impl<C: Context> CaptureClient<C> {
    /// Takes hold of the first packet that is queued, all of it.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`, `OUT_OF_ORDER`.
    #[doc(alias = "IAudioCaptureClient::GetBuffer")]
    pub fn get_buffer(&self) -> Result<Got, HResult> {
        self.0.alive()?;
        let first = self.first();
        if !self.0.core.borrow_mut().get_to_read(first)? {
            return Ok(Got::Empty);
        }
        match &self.0.path {
            Path::Capture(stream) => {
                let memory = &mut self.0.memory.borrow_mut();
                Ok(Got::Packet(captured(
                    stream.borrow_mut().buffer.hold(memory),
                )))
            }
            _ => Err(HResult::WRONG_ENDPOINT_TYPE),
        }
    }

    /// Hands the samples of the packet that was held last to `read`; none if samples are left out.
    pub fn read<T>(&self, read: impl FnOnce(&[u8]) -> T) -> T {
        read(&self.0.memory.borrow())
    }

    /// Gives the packet back: read, with as many frames as it has, or to be had again, with 0.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`, `OUT_OF_ORDER`, `INVALID_SIZE`; the packet then stays held.
    #[doc(alias = "IAudioCaptureClient::ReleaseBuffer")]
    pub fn release_buffer(&self, read: Frames) -> Result<(), HResult> {
        self.0.alive()?;
        let was_held = self.0.core.borrow().held().is_some();
        let is_read = self.0.core.borrow_mut().release_read(read)?;
        if let (Path::Capture(stream), true) = (&self.0.path, was_held) {
            stream.borrow_mut().buffer.release(is_read);
        }
        Ok(())
    }

    /// Frames of the first packet that is queued, held or not; 0 if none is.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioCaptureClient::GetNextPacketSize")]
    pub fn next_packet_size(&self) -> Result<Frames, HResult> {
        self.0.alive()?;
        Ok(self.first().unwrap_or(Frames::ZERO))
    }

    fn first(&self) -> Option<Frames> {
        match &self.0.path {
            Path::Capture(stream) => stream.borrow().buffer.front().map(|packet| packet.frames),
            _ => None,
        }
    }
}
