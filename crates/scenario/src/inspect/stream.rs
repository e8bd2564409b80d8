//! A pin, opened with the format of the device and given a buffer.

use ks::wire::{
    DataFormat, KsPinConnect, KsPriority, KsRtAudioBuffer, KsRtAudioBufferPropertyWithNotification,
    KsRtAudioHwLatency, KsRtAudioHwRegister, KsRtAudioHwRegisterProperty, WaveFormatEx, Wire,
};
use ks::{
    DataFlow, FilterHandle, GENERIC_READ, GENERIC_WRITE, Handle, KSINTERFACESETID_STANDARD,
    KSMEDIUMSETID_STANDARD, KSPROPSETID_RT_AUDIO, PropertyItem, Verb,
};
use miniport::HdAudioMiniport;
use serde::Serialize;
use units::{Frames, NtStatus, WaveFormat};
use vtime::sim::Cx;

use super::ask::{Asker, head};
use super::filter::PropertyView;
use super::format::FormatView;

/// What an open pin shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StreamView {
    /// The pin.
    pub pin: u32,
    /// The format that it was opened with.
    pub format: Option<FormatView>,
    /// How opening it ended; the rest is missing if it did not go well.
    pub status: String,
    /// Its buffer of two packets of 10 ms.
    pub buffer: Option<BufferView>,
    /// How late what leaves the buffer is.
    pub latency: Option<LatencyView>,
    /// Its position register, if it has one.
    pub position_register: Option<RegisterView>,
    /// Its clock register, if it has one.
    pub clock_register: Option<RegisterView>,
    /// What can be asked of it.
    pub properties: Vec<PropertyView>,
}

/// A cyclic buffer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BufferView {
    /// Its size.
    pub size_bytes: u32,
    /// Notifications per turn.
    pub notifications: u32,
    /// Whether stores need a memory barrier.
    pub memory_barrier: bool,
}

/// The parts of the hardware latency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LatencyView {
    /// Bytes in the FIFO.
    pub fifo_bytes: u32,
    /// In the chipset.
    pub chipset_ns: u64,
    /// In the codec.
    pub codec_ns: u64,
}

/// A register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegisterView {
    /// Bits.
    pub width_bits: u32,
    /// With the denominator the frequency of a clock in Hz.
    pub numerator: u64,
    /// See the numerator.
    pub denominator: u64,
    /// By how much it may lag: bytes of a position, ticks of a clock.
    pub accuracy: u32,
}

/// Notifications per turn of the buffer.
const NOTIFICATIONS: u32 = 2;

impl StreamView {
    /// The pin to render to or to capture from, opened with the format `wave`.
    pub(super) fn of(cx: &Cx, filter: &FilterHandle, flow: DataFlow, wave: WaveFormat) -> Self {
        let (mut asker, handle) = Asker::new(cx, filter);
        let (pin, access) = match flow {
            DataFlow::In => (HdAudioMiniport::RENDER_PIN, GENERIC_WRITE),
            DataFlow::Out => (HdAudioMiniport::CAPTURE_PIN, GENERIC_READ),
        };
        let format = DataFormat::of_wave(WaveFormatEx::of(wave));
        let connect = [&connect(pin).to_bytes()[..], &format.to_bytes()].concat();
        let opened = asker
            .process
            .create_pin(&asker.cx, handle, &connect, access);
        let mut view = Self {
            pin,
            format: FormatView::of(&format),
            status: opened.err().unwrap_or(NtStatus::SUCCESS).name().to_owned(),
            buffer: None,
            latency: None,
            position_register: None,
            clock_register: None,
            properties: Vec::new(),
        };
        if let Ok(stream) = opened {
            let period = Frames::new(u64::from(wave.rate.hertz()) / 100);
            let packet = wave.bytes_of(period).get();
            view.fill(&mut asker, stream, packet * u64::from(NOTIFICATIONS));
        }
        view
    }

    fn fill(&mut self, asker: &mut Asker, stream: Handle, bytes: u64) {
        let request = KsRtAudioBufferPropertyWithNotification {
            property: head(KSPROPSETID_RT_AUDIO, 5, Verb::Get.flags()),
            base_address: 0,
            requested_buffer_size: u32::try_from(bytes).unwrap_or(u32::MAX),
            notification_count: NOTIFICATIONS,
        };
        let buffer = asker.read(stream, &request.to_bytes()).unwrap_or_default();
        self.buffer = KsRtAudioBuffer::parse(&buffer)
            .ok()
            .map(|buffer| BufferView {
                size_bytes: buffer.actual_buffer_size,
                notifications: NOTIFICATIONS,
                memory_barrier: buffer.call_memory_barrier != 0,
            });
        let latency = asker.property(stream, KSPROPSETID_RT_AUDIO, 2);
        let latency = KsRtAudioHwLatency::parse(&latency.unwrap_or_default());
        self.latency = latency.ok().map(|latency| LatencyView {
            fifo_bytes: latency.fifo_size,
            chipset_ns: u64::from(latency.chipset_delay) * 100,
            codec_ns: u64::from(latency.codec_delay) * 100,
        });
        self.position_register = register(asker, stream, 3);
        self.clock_register = register(asker, stream, 4);
        let items = asker.process.properties(stream);
        let mut view = |item: &PropertyItem| {
            // What is asked for with more than a head maps or registers something.
            let plain = item.request_bytes == ks::wire::KsIdentifier::SIZE;
            let read = plain && item.access.allows(Verb::Get);
            let value = read.then(|| asker.property(stream, item.set, item.id));
            PropertyView::of(item, value)
        };
        self.properties = items.iter().map(&mut view).collect();
    }
}

fn connect(pin: u32) -> KsPinConnect {
    KsPinConnect {
        interface: head(KSINTERFACESETID_STANDARD, 1, 0),
        medium: head(KSMEDIUMSETID_STANDARD, 0, 0),
        pin_id: pin,
        pin_to_handle: 0,
        priority: KsPriority {
            priority_class: 0x4000_0000,
            priority_sub_class: 1,
        },
    }
}

fn register(asker: &mut Asker, stream: Handle, id: u32) -> Option<RegisterView> {
    let request = KsRtAudioHwRegisterProperty {
        property: head(KSPROPSETID_RT_AUDIO, id, Verb::Get.flags()),
        base_address: 0,
    };
    let bytes = asker.read(stream, &request.to_bytes()).ok()?;
    let register = KsRtAudioHwRegister::parse(&bytes).ok()?;
    Some(RegisterView {
        width_bits: register.width,
        numerator: register.numerator,
        denominator: register.denominator,
        accuracy: register.accuracy,
    })
}
