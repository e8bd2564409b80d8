//! Protocol buffers on the wire: three kinds of field are all that a trace takes.

use std::io::{self, Write};

/// Field numbers of `TracePacket`.
pub(super) mod packet {
    pub(in super::super) const TIMESTAMP: u32 = 8;
    pub(in super::super) const SEQUENCE: u32 = 10;
    pub(in super::super) const TRACK_EVENT: u32 = 11;
    pub(in super::super) const SEQUENCE_FLAGS: u32 = 13;
    pub(in super::super) const TRACK_DESCRIPTOR: u32 = 60;
    /// `SEQ_INCREMENTAL_STATE_CLEARED`: nothing before this packet is referred to.
    pub(in super::super) const STATE_CLEARED: u64 = 1;
}

/// Field numbers of `TrackDescriptor`.
pub(super) mod descriptor {
    pub(in super::super) const UUID: u32 = 1;
    pub(in super::super) const NAME: u32 = 2;
    pub(in super::super) const PROCESS: u32 = 3;
    pub(in super::super) const PARENT: u32 = 5;
    pub(in super::super) const COUNTER: u32 = 8;
    pub(in super::super) const CHILD_ORDERING: u32 = 11;
    pub(in super::super) const RANK: u32 = 12;
    /// `ChildTracksOrdering::EXPLICIT`: by `sibling_order_rank`.
    pub(in super::super) const EXPLICIT: u64 = 3;
}

/// Field numbers of `ProcessDescriptor`.
pub(super) mod process {
    pub(in super::super) const PID: u32 = 1;
    pub(in super::super) const NAME: u32 = 6;
}

/// Field numbers of `CounterDescriptor`.
pub(super) mod counter {
    pub(in super::super) const UNIT_NAME: u32 = 6;
}

/// Field numbers and types of `TrackEvent`.
pub(super) mod event {
    pub(in super::super) const ANNOTATION: u32 = 4;
    pub(in super::super) const TYPE: u32 = 9;
    pub(in super::super) const TRACK: u32 = 11;
    pub(in super::super) const NAME: u32 = 23;
    pub(in super::super) const VALUE: u32 = 30;
    pub(in super::super) const FLOW: u32 = 47;
    pub(in super::super) const BEGIN: u64 = 1;
    pub(in super::super) const END: u64 = 2;
    pub(in super::super) const INSTANT: u64 = 3;
    pub(in super::super) const COUNTER: u64 = 4;
}

/// Field numbers of `DebugAnnotation`.
pub(super) mod annotation {
    pub(in super::super) const INT: u32 = 4;
    pub(in super::super) const TEXT: u32 = 6;
    pub(in super::super) const NAME: u32 = 10;
}

/// `Trace.packet`, the only field of the file itself.
const TRACE_PACKET: u32 = 1;

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const LENGTH_DELIMITED: u32 = 2;

/// A message under construction: the bytes of its fields.
#[derive(Debug, Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn int(&mut self, field: u32, value: u64) {
        self.key(field, VARINT);
        varint(&mut self.0, value);
    }

    pub(super) fn fixed(&mut self, field: u32, value: u64) {
        self.key(field, FIXED64);
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn text(&mut self, field: u32, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    pub(super) fn message(&mut self, field: u32, message: &Self) {
        self.bytes(field, &message.0);
    }

    /// Writes the message as one more packet of the trace.
    pub(super) fn append_to(&self, file: &mut impl Write) -> io::Result<()> {
        let mut frame = Self::default();
        frame.key(TRACE_PACKET, LENGTH_DELIMITED);
        varint(&mut frame.0, self.0.len() as u64);
        file.write_all(&frame.0)?;
        file.write_all(&self.0)
    }

    fn bytes(&mut self, field: u32, bytes: &[u8]) {
        self.key(field, LENGTH_DELIMITED);
        varint(&mut self.0, bytes.len() as u64);
        self.0.extend(bytes);
    }

    fn key(&mut self, field: u32, wire_type: u32) {
        varint(&mut self.0, u64::from(field << 3 | wire_type));
    }
}

/// Seven bits a byte, the low ones first, the top bit set on all but the last.
fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}
