//! The trace writer against a reader that knows nothing but the wire format.

use sim::perfetto::{Annotation, Trace};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Everything that a trace says, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// Name and unit (of counters) by uuid.
    pub(crate) tracks: BTreeMap<u64, (String, Option<String>)>,
    pub(crate) events: Vec<ReadEvent>,
}

#[derive(Debug, Default)]
pub(crate) struct ReadEvent {
    pub(crate) nanos: u64,
    pub(crate) track: u64,
    /// 1 begin, 2 end, 3 instant, 4 counter.
    pub(crate) kind: u64,
    pub(crate) name: String,
    pub(crate) value: i64,
    pub(crate) flows: Vec<u64>,
    pub(crate) notes: BTreeMap<String, String>,
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Field<'a> {
    fn number(&self) -> u64 {
        let Self::Number(number) = self else {
            panic!("a number")
        };
        *number
    }

    fn bytes(&self) -> &'a [u8] {
        let Self::Bytes(bytes) = self else {
            panic!("bytes")
        };
        bytes
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return value;
        }
    }
}

/// The fields of a message, in order.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let field = match key & 7 {
            0 => Field::Number(varint(&mut bytes)),
            1 => {
                let (eight, rest) = bytes.split_at(8);
                bytes = rest;
                Field::Number(u64::from_le_bytes(eight.try_into().unwrap()))
            }
            2 => {
                let length = usize::try_from(varint(&mut bytes)).unwrap();
                let (inner, rest) = bytes.split_at(length);
                bytes = rest;
                Field::Bytes(inner)
            }
            other => panic!("wire type {other}"),
        };
        fields.push((key >> 3, field));
    }
    fields
}

/// Reads a trace and holds what must be true of every one: no unknown field, tracks described
/// before use, ascending times and balanced spans per track, flows that lead somewhere.
pub(crate) fn read(file: &[u8]) -> Read {
    let mut read = Read::default();
    let (mut depth, mut last) = (BTreeMap::<u64, i64>::new(), BTreeMap::<u64, u64>::new());
    for (field, packet) in fields(file) {
        assert_eq!(field, 1, "a trace holds packets only");
        let (mut nanos, mut sequence, mut event) = (0, 0, None);
        for (field, value) in fields(packet.bytes()) {
            match field {
                8 => nanos = value.number(),
                10 => sequence = value.number(),
                11 => event = Some(read_event(value.bytes())),
                13 => assert_eq!(value.number(), 1),
                60 => read_track(value.bytes(), &mut read.tracks),
                other => panic!("unknown field {other} of TracePacket"),
            }
        }
        assert_eq!(sequence, 1);
        let Some(event) = event else { continue };
        let track = event.track;
        let (name, unit) = read
            .tracks
            .get(&track)
            .expect("described before it is used");
        assert!(
            last.insert(track, nanos).unwrap_or(0) <= nanos,
            "time runs back on {name}"
        );
        assert_eq!(
            event.kind == 4,
            unit.is_some(),
            "counters on counter tracks only: {name}"
        );
        let depth = depth.entry(track).or_default();
        *depth += i64::from(event.kind == 1) - i64::from(event.kind == 2);
        assert!(*depth >= 0, "an end without a begin on {name}");
        read.events.push(ReadEvent { nanos, ..event });
    }
    assert!(depth.values().all(|&depth| depth == 0), "every span ends");
    let mut flows = BTreeMap::<u64, u32>::new();
    for &flow in read.events.iter().flat_map(|event| &event.flows) {
        *flows.entry(flow).or_default() += 1;
    }
    assert!(
        flows.values().all(|&count| count > 1),
        "every flow leads somewhere"
    );
    read
}

fn read_track(bytes: &[u8], tracks: &mut BTreeMap<u64, (String, Option<String>)>) {
    let (mut uuid, mut name, mut unit) = (0, String::new(), None);
    for (field, value) in fields(bytes) {
        match field {
            1 => uuid = value.number(),
            2 => name = value.text(),
            3 => assert_eq!(
                fields(value.bytes()).len(),
                2,
                "a process has an id and a name"
            ),
            5 => assert!(tracks.contains_key(&value.number()), "a parent comes first"),
            8 => unit = Some(fields(value.bytes())[0].1.text()),
            11 | 12 => _ = value.number(),
            other => panic!("unknown field {other} of TrackDescriptor"),
        }
    }
    assert!(
        tracks.insert(uuid, (name, unit)).is_none(),
        "described once"
    );
}

fn read_event(bytes: &[u8]) -> ReadEvent {
    let mut event = ReadEvent::default();
    for (field, value) in fields(bytes) {
        match field {
            4 => {
                let note = fields(value.bytes());
                let text = match &note[1] {
                    (4, number) => i64::from_le_bytes(number.number().to_le_bytes()).to_string(),
                    (6, text) => text.text(),
                    (other, _) => panic!("unknown field {other} of DebugAnnotation"),
                };
                event.notes.insert(note[0].1.text(), text);
            }
            9 => event.kind = value.number(),
            11 => event.track = value.number(),
            23 => event.name = value.text(),
            30 => event.value = i64::from_le_bytes(value.number().to_le_bytes()),
            47 => event.flows.push(value.number()),
            other => panic!("unknown field {other} of TrackEvent"),
        }
    }
    event
}

fn written(trace: &Trace) -> Vec<u8> {
    let mut file = Vec::new();
    trace.write(&mut file).unwrap();
    file
}

#[test]
fn spans_that_touch_or_nest_stay_balanced_whatever_the_order_they_came_in() {
    let mut trace = Trace::new("test");
    let row = trace.track("row");
    trace.slice(row, 20, 30, "second", vec![]);
    trace.slice(row, 20, 20, "empty", vec![]);
    trace.slice(row, 10, 20, "first", vec![]);
    trace.slice(row, 10, 40, "outer", vec![]);
    trace.slice(row, 40, 40, "empty behind", vec![]);
    let read = read(&written(&trace));
    let shown: Vec<(u64, u64, &str)> = read
        .events
        .iter()
        .map(|event| (event.nanos, event.kind, event.name.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (10, 1, "outer"),
            (10, 1, "first"),
            (20, 2, ""),
            (20, 1, "empty"),
            (20, 2, ""),
            (20, 1, "second"),
            (30, 2, ""),
            (40, 2, ""),
            (40, 1, "empty behind"),
            (40, 2, ""),
        ]
    );
}

#[test]
fn counters_flows_and_annotations_come_back() {
    let mut trace = Trace::new("test");
    let (faults, glitches) = (trace.track("faults"), trace.track("glitches"));
    let fill = trace.counter("fill", "frames");
    let flow = trace.flow();
    trace.value(fill, 300, -192);
    trace
        .instant(faults, 100, "late", vec![Annotation::text("by", "14ms")])
        .on(flow);
    trace
        .slice(
            glitches,
            200,
            300,
            "G2",
            vec![Annotation::number("shift", -960)],
        )
        .on(flow);
    let read = read(&written(&trace));
    assert_eq!(read.tracks.len(), 4, "and the process");
    assert_eq!(read.tracks[&4], ("fill".into(), Some("frames".into())));
    assert_eq!(read.events[0].notes["by"], "14ms");
    assert_eq!(read.events[1].notes["shift"], "-960");
    assert_eq!(read.events[0].flows, read.events[1].flows);
    assert_eq!(read.events[3].value, -192);
}

/// A file of which only so much fits on the disk; notes the longest piece it was given.
struct Disk {
    room: usize,
    longest: usize,
}

impl Write for Disk {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.longest = self.longest.max(piece.len());
        self.room = self
            .room
            .checked_sub(piece.len())
            .ok_or(io::ErrorKind::StorageFull)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_trace_is_written_packet_by_packet_and_a_full_disk_is_told() {
    let mut trace = Trace::new("many");
    let row = trace.track("row");
    for n in 0..10_000 {
        trace.instant(row, n, "something", vec![]);
    }
    let length = written(&trace).len();
    let (room, longest) = (length, 0);
    let mut disk = Disk { room, longest };
    trace.write(&mut disk).unwrap();
    assert_eq!(disk.room, 0);
    assert!(disk.longest < 100, "{}", disk.longest);
    disk.room = length - 1;
    let error = trace.write(&mut disk).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
