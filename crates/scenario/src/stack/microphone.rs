//! What a microphone hears, and the device that hears it.

use std::cell::RefCell;
use std::rc::Rc;

use hardware::StreamConfig;
use miniport::HdAudioOptions;
use miniport::virtual_audio::VirtualOptions;
use ring::Samples;
use units::{Frames, WaveFormat};
use wasapi::Player;

use crate::format::{Microphone, Preset};

/// A source that a microphone hears: the same from the start of every run.
#[derive(Debug)]
struct Heard(RefCell<Player>);

impl hardware::Microphone for Heard {
    fn record(&self, _run: u32, first: Frames, _format: WaveFormat, out: &mut [u8]) {
        self.0.borrow_mut().play(first.get(), out);
    }
}

/// `player`, which plays in the format of the microphone, as what it hears.
pub(super) fn heard(player: Player) -> Rc<dyn hardware::Microphone> {
    Rc::new(Heard(RefCell::new(player)))
}

impl Microphone {
    /// The DMA engine that the keys and the preset describe.
    pub(crate) fn stream_config(&self, record: Samples) -> StreamConfig {
        let base = match self.preset {
            Some(Preset::HdAudio) => StreamConfig::hd_audio_input(),
            None => StreamConfig::k0_input(),
        };
        let base = self.dma.applied_to(base);
        StreamConfig { record, ..base }
    }

    /// How its driver counts, if it is a virtual one.
    pub(super) fn virtual_options(&self) -> Option<VirtualOptions> {
        Some(VirtualOptions {
            mode: self.virtual_mode()?.to_driver(),
            packets_max: self.driver_options().packets_max,
            ..VirtualOptions::default()
        })
    }

    /// The driver that belongs to it.
    pub(super) fn driver_options(&self) -> HdAudioOptions {
        let base = HdAudioOptions::default();
        HdAudioOptions {
            packets_max: if self.more_packets {
                8
            } else {
                base.packets_max
            },
            position_source: self.position_source.to_driver(),
            read_order: self.read_order.to_driver(),
            ..base
        }
    }
}
