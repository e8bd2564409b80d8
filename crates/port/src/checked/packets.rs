//! Packets, and the node of a built-in engine.

use ks::{
    ConstrictorOption, PacketCount, PresentationPosition, ReadPacket, VolumeLevel, VolumeRamp,
    WritePacket,
};
use portcls::{Call, InputStream, LastBufferNode, OutputStream, Rule, StreamAudioEngineNode};
use units::{Bytes, Moment, NtStatus};

use super::CheckedStream;

/// Why an interface that was there is there.
const ASKED: &str = "an interface once had is not lost";

impl CheckedStream {
    fn packets(&mut self) -> &mut dyn OutputStream {
        self.inner.output().expect(ASKED)
    }

    fn node(&mut self, now: Moment) -> &mut dyn StreamAudioEngineNode {
        self.enter(now, Call::AudioEngineNode);
        self.inner.audio_engine_node().expect(ASKED)
    }
}

impl OutputStream for CheckedStream {
    fn set_write_packet(&mut self, now: Moment, packet: WritePacket) -> Result<(), NtStatus> {
        self.enter(now, Call::SetWritePacket);
        self.packets().set_write_packet(now, packet)
    }

    fn packet_count(&mut self, now: Moment) -> Result<PacketCount, NtStatus> {
        self.enter(now, Call::GetPacketCount);
        let count = self.packets().packet_count(now)?;
        self.risen_wrapping(
            now,
            Call::GetPacketCount,
            self.seen.packet_count,
            count.get(),
        );
        self.seen.packet_count = Some(count.get());
        Ok(count)
    }

    fn presentation_position(&mut self, now: Moment) -> Result<PresentationPosition, NtStatus> {
        let call = Call::GetOutputStreamPresentationPosition;
        self.enter(now, call);
        let position = self.packets().presentation_position(now)?;
        self.risen(now, call, self.seen.presented, position.blocks.get());
        self.seen.presented = Some(position.blocks.get());
        Ok(position)
    }
}

impl InputStream for CheckedStream {
    fn read_packet(&mut self, now: Moment) -> Result<ReadPacket, NtStatus> {
        let call = Call::GetReadPacket;
        self.enter(now, call);
        let input = self.inner.input().expect(ASKED);
        let packet = input.read_packet(now)?;
        self.check(now, packet.flags == 0, Rule::UnknownFlags, call);
        self.risen_wrapping(now, call, self.seen.read_packet, packet.packet.get());
        self.seen.read_packet = Some(packet.packet.get());
        Ok(packet)
    }
}

impl StreamAudioEngineNode for CheckedStream {
    fn lfx_enabled(&mut self, now: Moment) -> bool {
        self.node(now).lfx_enabled(now)
    }

    fn set_lfx_enabled(&mut self, now: Moment, enabled: bool) {
        self.node(now).set_lfx_enabled(now, enabled);
    }

    fn volume_level(&mut self, now: Moment, channel: u32) -> Result<VolumeLevel, NtStatus> {
        self.node(now).volume_level(now, channel)
    }

    fn set_volume_level(
        &mut self,
        now: Moment,
        channel: Option<u32>,
        ramp: VolumeRamp,
    ) -> Result<(), NtStatus> {
        self.node(now).set_volume_level(now, channel, ramp)
    }

    fn set_loopback_protection(&mut self, now: Moment, option: ConstrictorOption) {
        self.node(now).set_loopback_protection(now, option);
    }

    fn linear_buffer_position(&mut self, now: Moment) -> u64 {
        let position = self.node(now).linear_buffer_position(now);
        self.risen(now, Call::AudioEngineNode, self.seen.linear, position);
        self.seen.linear = Some(position);
        position
    }

    fn presentation_position(&mut self, now: Moment) -> PresentationPosition {
        self.node(now).presentation_position(now)
    }

    fn set_current_write_position(&mut self, now: Moment, end: Bytes) -> Result<(), NtStatus> {
        self.node(now).set_current_write_position(now, end)
    }

    fn last_buffer(&mut self) -> Option<&mut dyn LastBufferNode> {
        self.inner.audio_engine_node()?.last_buffer()?;
        Some(self)
    }
}

impl LastBufferNode for CheckedStream {
    fn set_current_write_position_for_last_buffer(
        &mut self,
        now: Moment,
        end: Bytes,
    ) -> Result<(), NtStatus> {
        let node = self.node(now).last_buffer().expect(ASKED);
        node.set_current_write_position_for_last_buffer(now, end)
    }
}
