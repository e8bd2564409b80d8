//! The sizes of packets that a device allows, as a property of its interface.

use units::{Bytes, Frames, Hns, WaveFormat};

use super::cursor::{Reader, Wire, WireError, Writer, structure};
use super::pin::size;
use crate::guid::Guid;

structure! {
    /// The head of [`PacketSizeConstraints`].
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-_ksaudio_packetsize_constraints2.md`.
    #[doc(alias = "KSAUDIO_PACKETSIZE_CONSTRAINTS")]
    KsAudioPacketSizeConstraints2 = "KSAUDIO_PACKETSIZE_CONSTRAINTS2" {
        /// The shortest period in 100 ns; 0 for none.
        min_packet_period_in_hns: u32,
        /// What the size of a packet is a multiple of, minus 1.
        packet_size_file_alignment: u32,
        /// The largest packet; 0 for none. Reserved in the older structure.
        max_packet_size_in_bytes: u32,
        /// How many modes follow.
        num_processing_mode_constraints: u32,
    }

    /// What one signal-processing mode asks for.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-_ksaudio_packetsize_signalprocessingmode_constraint.md`.
    ModeConstraint = "KSAUDIO_PACKETSIZE_PROCESSINGMODE_CONSTRAINT" {
        /// The mode.
        processing_mode: Guid,
        /// Frames of a packet; 0 if the duration says it.
        samples_per_processing_packet: u32,
        /// Duration of a packet in 100 ns, if there is no count of frames.
        processing_packet_duration_in_hns: u32,
    }
}

/// What packets a device can have.
///
/// It is a property of the device interface: whoever plans a period reads it without opening the
/// device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "DEVPKEY_KsAudio_PacketSize_Constraints2")]
pub struct PacketSizeConstraints {
    /// The shortest period of a packet; 0 for none.
    pub period_min: Hns,
    /// What the size of a packet is a multiple of. The field holds it minus 1.
    pub alignment: Bytes,
    /// The largest packet, if there is a limit.
    pub size_max: Option<Bytes>,
    /// What single modes ask for.
    pub modes: Vec<ModeConstraint>,
}

impl ModeConstraint {
    /// How long a packet of the mode lasts at `format`; a count of frames goes before a duration.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-_ksaudio_packetsize_signalprocessingmode_constraint.md`.
    pub fn period(&self, format: WaveFormat) -> Hns {
        if self.samples_per_processing_packet == 0 {
            return Hns::new(self.processing_packet_duration_in_hns.into());
        }
        hns_of(
            Frames::new(self.samples_per_processing_packet.into()),
            format,
        )
    }
}

impl PacketSizeConstraints {
    /// The shortest period of a stream with `format` in `mode`.
    ///
    /// A mode that asks for less than the device can do is not heard.
    ///
    /// # Source
    /// `audio/low-latency-audio.md`.
    pub fn period(&self, mode: Guid, format: WaveFormat) -> Hns {
        let asked = self
            .modes
            .iter()
            .find(|each| each.processing_mode == mode)
            .map_or(Hns::new(0), |each| each.period(format));
        asked.max(self.period_min)
    }

    /// True if the largest packet holds 10 ms of `format`, as it has to of every format of a pin.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-_ksaudio_packetsize_constraints2.md`.
    pub fn holds_ten_milliseconds_of(&self, format: WaveFormat) -> bool {
        let frames = Frames::new(u64::from(format.rate.hertz()).div_ceil(100));
        self.size_max
            .is_none_or(|max| format.bytes_of(frames) <= max)
    }

    /// The property as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.put(&KsAudioPacketSizeConstraints2 {
            min_packet_period_in_hns: saturating(self.period_min.get()),
            packet_size_file_alignment: saturating(self.alignment.get().saturating_sub(1)),
            max_packet_size_in_bytes: saturating(self.size_max.unwrap_or(Bytes::ZERO).get()),
            num_processing_mode_constraints: size(self.modes.len()),
        });
        for mode in &self.modes {
            writer.put(mode);
        }
        writer.finish()
    }

    /// Reads the property.
    ///
    /// # Errors
    /// [`WireError`] if the bytes end too early, or if the alignment is no power of two.
    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new("KSAUDIO_PACKETSIZE_CONSTRAINTS2", bytes);
        let head = KsAudioPacketSizeConstraints2::get(&mut reader)?;
        let alignment = u64::from(head.packet_size_file_alignment) + 1;
        if !alignment.is_power_of_two() {
            return Err(WireError::Value {
                field: "PacketSizeFileAlignment",
                found: head.packet_size_file_alignment.into(),
            });
        }
        let mut modes = Vec::new();
        for _ in 0..head.num_processing_mode_constraints {
            modes.push(ModeConstraint::get(&mut reader)?);
        }
        let limit = u64::from(head.max_packet_size_in_bytes);
        Ok(Self {
            period_min: Hns::new(head.min_packet_period_in_hns.into()),
            alignment: Bytes::new(alignment),
            size_max: (limit > 0).then_some(Bytes::new(limit)),
            modes,
        })
    }
}

/// How long `frames` last, rounded up.
fn hns_of(frames: Frames, format: WaveFormat) -> Hns {
    Hns::new((frames.get() * 10_000_000).div_ceil(format.rate.hertz().into()))
}

fn saturating(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
