//! The structures of WaveRT pins.

use super::cursor::structure;
use super::property::KsIdentifier;

structure! {
    /// A request for the cyclic buffer.
    ///
    /// # Source
    /// `audio/ksrtaudio-buffer-property.md`.
    KsRtAudioBufferProperty = "KSRTAUDIO_BUFFER_PROPERTY" {
        /// The property.
        property: KsIdentifier,
        /// Where the client wants it; 0 for anywhere.
        base_address: u64,
        /// The size wished for, in bytes.
        requested_buffer_size: u32,
    }

    /// A request for the cyclic buffer with notifications.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_buffer_property_with_notification.md`.
    KsRtAudioBufferPropertyWithNotification = "KSRTAUDIO_BUFFER_PROPERTY_WITH_NOTIFICATION" {
        /// The property.
        property: KsIdentifier,
        /// Where the client wants it; 0 for anywhere.
        base_address: u64,
        /// The size wished for, in bytes.
        requested_buffer_size: u32,
        /// Notifications per turn.
        notification_count: u32,
    }

    /// The cyclic buffer as a client gets it.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_buffer.md`.
    KsRtAudioBuffer = "KSRTAUDIO_BUFFER" {
        /// Where it lies for the client.
        buffer_address: u64,
        /// Its size in bytes.
        actual_buffer_size: u32,
        /// 1 if stores need a memory barrier.
        call_memory_barrier: u32,
    }

    /// The parts of the hardware latency.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_hwlatency.md`.
    KsRtAudioHwLatency = "KSRTAUDIO_HWLATENCY" {
        /// Bytes in the FIFO.
        fifo_size: u32,
        /// In 100 ns.
        chipset_delay: u32,
        /// In 100 ns.
        codec_delay: u32,
    }

    /// A request for a register.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_hwregister_property.md`.
    #[doc(alias = "KSRTAUDIO_PACKETVREGISTER_PROPERTY")]
    KsRtAudioHwRegisterProperty = "KSRTAUDIO_HWREGISTER_PROPERTY" {
        /// The property.
        property: KsIdentifier,
        /// Where the client wants it; 0 for anywhere.
        base_address: u64,
    }

    /// A register as a client gets it.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_hwregister.md`.
    KsRtAudioHwRegister = "KSRTAUDIO_HWREGISTER" {
        /// Where it lies for the client.
        register: u64,
        /// Bits.
        width: u32,
        /// With the denominator the frequency of a clock in Hz.
        numerator: u64,
        /// See the numerator.
        denominator: u64,
        /// By how much it may lag.
        accuracy: u32,
    }

    /// A request about a notification event.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_notification_event_property.md`.
    KsRtAudioNotificationEventProperty = "KSRTAUDIO_NOTIFICATION_EVENT_PROPERTY" {
        /// The property.
        property: KsIdentifier,
        /// The client's handle to the event.
        notification_event: u64,
    }

    /// A captured packet.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_getreadpacket_info.md`.
    KsRtAudioGetReadPacketInfo = "KSRTAUDIO_GETREADPACKET_INFO" {
        /// Which packet.
        packet_number: u32,
        /// 0.
        flags: u32,
        /// When its first sample was taken.
        performance_counter_value: u64,
        /// 1 if another one can be read.
        more_data: u32,
    }

    /// A packet that a client has written.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_setwritepacket_info.md`.
    KsRtAudioSetWritePacketInfo = "KSRTAUDIO_SETWRITEPACKET_INFO" {
        /// Which packet.
        packet_number: u32,
        /// 0, or 0x200 for the last one.
        flags: u32,
        /// Valid bytes of the last one.
        eos_packet_length: u32,
    }

    /// Where the cells lie that count packets.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_packetvregister.md`.
    KsRtAudioPacketVRegister = "KSRTAUDIO_PACKETVREGISTER" {
        /// Address of the count.
        completed_packet_count: u64,
        /// Address of the performance counter that goes with it.
        completed_packet_qpc: u64,
        /// Address of the hash of both.
        completed_packet_hash: u64,
    }

    /// Places in the cyclic buffer.
    ///
    /// # Source
    /// `audio/ksproperty-audio-position.md`.
    KsAudioPosition = "KSAUDIO_POSITION" {
        /// What is at the converter, in bytes.
        play_offset: u64,
        /// From where on the client may write, in bytes.
        write_offset: u64,
    }

    /// The same between two readings of the performance counter.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksaudio_positionex.md`.
    KsAudioPositionEx = "KSAUDIO_POSITIONEX" {
        /// Ticks per second.
        timer_frequency: u64,
        /// Before.
        time_stamp_1: u64,
        /// The places.
        position: KsAudioPosition,
        /// After.
        time_stamp_2: u64,
    }

    /// Which frame is heard.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksaudio_presentation_position.md`.
    KsAudioPresentationPosition = "KSAUDIO_PRESENTATION_POSITION" {
        /// Frames since the stream began.
        position_in_blocks: u64,
        /// The performance counter at that instant.
        qpc_position: u64,
    }
}
