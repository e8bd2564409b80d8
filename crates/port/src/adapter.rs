//! An adapter: the filters of one device, and the wires between them.

use ks::wire::{KsPinPhysicalConnection, PacketSizeConstraints};
use ks::{
    Communication, DataRange, DeviceInterfaces, FilterHandle, FilterReply, FilterRequest,
    SampleKind,
};
use units::{Moment, NtStatus, SampleFormat, WaveFormat};

/// What the driver of a device does when it is started: it makes filters known and wires them.
///
/// # Source
/// `audio/subdevice-creation.md`.
#[derive(Debug)]
pub struct Adapter {
    device: String,
    interfaces: DeviceInterfaces,
    packet_sizes: Vec<(String, PacketSizeConstraints)>,
}

impl Adapter {
    /// An adapter for the device at instance path `device`, whose filters are found in
    /// `interfaces`.
    pub fn new(device: &str, interfaces: DeviceInterfaces) -> Self {
        Self {
            device: device.to_owned(),
            interfaces,
            packet_sizes: Vec::new(),
        }
    }

    /// Says what packets the filter `name` can have. To be said before it is
    /// [registered](Self::register_subdevice): whoever reads it does not open the device.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_DEVICE_STATE`] once it is registered.
    ///
    /// # Source
    /// `audio/low-latency-audio.md`.
    pub fn set_packet_sizes(
        &mut self,
        name: &str,
        sizes: PacketSizeConstraints,
    ) -> Result<(), NtStatus> {
        if self.interfaces.link_of(&self.device, name).is_some() {
            return Err(NtStatus::INVALID_DEVICE_STATE);
        }
        self.packet_sizes.retain(|(other, _)| other != name);
        self.packet_sizes.push((name.to_owned(), sizes));
        Ok(())
    }

    /// Makes `filter` known as `name`, under the categories of its description.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if there is one of that name already, if it has no
    /// category, or if its largest packet does not hold 10 ms of each of its formats.
    #[doc(alias = "PcRegisterSubdevice")]
    pub fn register_subdevice(
        &self,
        now: Moment,
        name: &str,
        filter: &FilterHandle,
    ) -> Result<(), NtStatus> {
        let sizes = self.packet_sizes.iter().find(|(of, _)| of == name);
        let sizes = sizes.map(|(_, sizes)| sizes.clone());
        if let Some(sizes) = &sizes {
            check_packet_sizes(sizes, filter)?;
        }
        let categories = match filter.query(now, FilterRequest::Categories)? {
            FilterReply::Guids(categories) => categories,
            other => panic!("a filter answers in kind, not with {other:?}"),
        };
        let (device, filter) = (&self.device, filter.clone());
        self.interfaces
            .register(device, name, categories, filter, sizes)
    }

    /// Makes `name` unknown again.
    #[doc(alias = "PcUnregisterSubdevice")]
    pub fn unregister_subdevice(&self, name: &str) {
        self.interfaces.unregister(&self.device, name);
    }

    /// Wires a pin of one filter to a pin of another; both can be asked for it from now on.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if there is no such filter or no such pin.
    #[doc(alias = "PcRegisterPhysicalConnection")]
    pub fn register_physical_connection(
        &self,
        from: (&str, u32),
        to: (&str, u32),
    ) -> Result<(), NtStatus> {
        for ((name, pin), (other, other_pin)) in [(from, to), (to, from)] {
            let wire = KsPinPhysicalConnection {
                pin: other_pin,
                symbolic_link_name: self.link_of(other)?,
            };
            let here = self.interfaces.find(&self.link_of(name)?);
            let here = here.ok_or(NtStatus::INVALID_PARAMETER)?;
            here.filter.register_physical_connection(pin, wire)?;
        }
        Ok(())
    }

    fn link_of(&self, name: &str) -> Result<String, NtStatus> {
        let link = self.interfaces.link_of(&self.device, name);
        link.ok_or(NtStatus::INVALID_PARAMETER)
    }
}

/// The largest packet has to hold 10 ms of whatever can be streamed.
///
/// Source: `ksmedia/ns-ksmedia-_ksaudio_packetsize_constraints2.md`.
fn check_packet_sizes(
    sizes: &PacketSizeConstraints,
    filter: &FilterHandle,
) -> Result<(), NtStatus> {
    let factories = filter.pin_factories();
    let streaming = factories
        .iter()
        .filter(|factory| factory.communication == Communication::Sink);
    let mut ranges = streaming.flat_map(|factory| &factory.ranges);
    let holds = |range: &DataRange| {
        let largest = largest_format(range);
        largest.is_some_and(|format| sizes.holds_ten_milliseconds_of(format))
    };
    if ranges.all(holds) {
        Ok(())
    } else {
        Err(NtStatus::INVALID_PARAMETER)
    }
}

/// The format in `range` that takes the most bytes.
fn largest_format(range: &DataRange) -> Option<WaveFormat> {
    let sample = match (range.kind, range.bits_max) {
        (SampleKind::Float, _) => SampleFormat::F32,
        (SampleKind::Pcm, ..=8) => SampleFormat::U8,
        (SampleKind::Pcm, 9..=16) => SampleFormat::S16,
        (SampleKind::Pcm, _) => SampleFormat::S32,
    };
    WaveFormat::new(range.hertz_max, range.channels_max, sample).ok()
}
