//! A Perfetto trace, written by hand: the few messages of `perfetto_trace.proto` that we use.
//!
//! A [`Trace`] is filled in any order; [`Trace::write`] puts the events in the order of their
//! time and every track's descriptor before them. Times are virtual, in nanoseconds. The result
//! opens in the Perfetto UI; `cargo xtask perfetto` holds it against the published schema.
//!
//! ```
//! use sim::perfetto::{Annotation, Trace};
//!
//! let mut trace = Trace::new("one pass");
//! let engine = trace.track("audio engine");
//! trace.slice(engine, 10_000_000, 10_250_000, "pass 1", vec![Annotation::number("packet", 2)]);
//! let mut file = Vec::new();
//! trace.write(&mut file)?;
//! assert!(!file.is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```

mod wire;

use std::io::{self, Write};
use wire::Message;

/// One row of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Track(usize);

/// Ties slices and instants together with arrows, in the order of their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow(u64);

/// A named value beside a slice or an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    name: &'static str,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Number(i64),
    Text(String),
}

impl Annotation {
    /// A whole number; its unit belongs into the name.
    pub fn number(name: &'static str, value: impl TryInto<i64>) -> Self {
        Self {
            name,
            value: Value::Number(value.try_into().unwrap_or(i64::MAX)),
        }
    }

    /// A text.
    pub fn text(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            value: Value::Text(value.into()),
        }
    }
}

/// A trace under construction.
#[derive(Clone, Debug)]
pub struct Trace {
    name: String,
    tracks: Vec<Row>,
    events: Vec<Event>,
    flows: u64,
}

#[derive(Clone, Debug)]
struct Row {
    name: String,
    parent: Option<Track>,
    /// Of a counter.
    unit: Option<&'static str>,
}

#[derive(Clone, Debug)]
struct Event {
    nanos: u64,
    track: Track,
    kind: Kind,
    name: String,
    annotations: Vec<Annotation>,
    flows: Vec<Flow>,
}

/// In the order in which events of one instant and track must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    End,
    Counter(i64),
    /// A slice without a duration: begins behind what ended, ends before what begins.
    Whole,
    /// The later a slice ends, the earlier it begins among its equals, so that it encloses them.
    Begin {
        ends: std::cmp::Reverse<u64>,
    },
    Instant,
}

impl Trace {
    /// An empty trace; `name` is that of the process that all tracks lie in.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            tracks: Vec::new(),
            events: Vec::new(),
            flows: 0,
        }
    }

    /// Adds a track for slices and instants. Tracks are shown in the order they were added.
    pub fn track(&mut self, name: impl Into<String>) -> Track {
        self.row(Row {
            name: name.into(),
            parent: None,
            unit: None,
        })
    }

    /// Adds a track below another one.
    pub fn track_under(&mut self, parent: Track, name: impl Into<String>) -> Track {
        self.row(Row {
            name: name.into(),
            parent: Some(parent),
            unit: None,
        })
    }

    /// Adds a track that shows a value over time.
    pub fn counter(&mut self, name: impl Into<String>, unit: &'static str) -> Track {
        self.row(Row {
            name: name.into(),
            parent: None,
            unit: Some(unit),
        })
    }

    fn row(&mut self, row: Row) -> Track {
        self.tracks.push(row);
        Track(self.tracks.len() - 1)
    }

    /// A new flow; give it to every slice and instant that it shall pass through.
    pub fn flow(&mut self) -> Flow {
        self.flows += 1;
        Flow(self.flows)
    }

    /// A span from one instant to a later one. Spans of one track must nest or stay apart.
    pub fn slice(
        &mut self,
        track: Track,
        begins: u64,
        ends: u64,
        name: impl Into<String>,
        annotations: Vec<Annotation>,
    ) -> Mark<'_> {
        let kind = if ends > begins {
            let (name, annotations, flows) = (String::new(), Vec::new(), Vec::new());
            self.events.push(Event {
                nanos: ends,
                track,
                kind: Kind::End,
                name,
                annotations,
                flows,
            });
            Kind::Begin {
                ends: std::cmp::Reverse(ends),
            }
        } else {
            Kind::Whole
        };
        self.mark(Event {
            nanos: begins,
            track,
            kind,
            name: name.into(),
            annotations,
            flows: vec![],
        })
    }

    /// Something that happened at one instant.
    pub fn instant(
        &mut self,
        track: Track,
        nanos: u64,
        name: impl Into<String>,
        annotations: Vec<Annotation>,
    ) -> Mark<'_> {
        let (kind, flows) = (Kind::Instant, Vec::new());
        self.mark(Event {
            nanos,
            track,
            kind,
            name: name.into(),
            annotations,
            flows,
        })
    }

    /// A counter's value from this instant on.
    pub fn value(&mut self, counter: Track, nanos: u64, value: impl TryInto<i64>) {
        let kind = Kind::Counter(value.try_into().unwrap_or(i64::MAX));
        let (name, annotations, flows) = (String::new(), Vec::new(), Vec::new());
        self.events.push(Event {
            nanos,
            track: counter,
            kind,
            name,
            annotations,
            flows,
        });
    }

    fn mark(&mut self, event: Event) -> Mark<'_> {
        self.events.push(event);
        Mark {
            event: self.events.last_mut().expect("pushed just now"),
        }
    }

    /// Writes the bytes of the `.pftrace` file, packet by packet.
    ///
    /// # Errors
    /// What `file` says.
    pub fn write(&self, file: &mut impl Write) -> io::Result<()> {
        let mut events: Vec<&Event> = self.events.iter().collect();
        events.sort_by_key(|event| (event.nanos, event.track, event.kind));
        self.descriptors(file)?;
        events.into_iter().try_for_each(|event| event.write(file))
    }

    fn descriptors(&self, file: &mut impl Write) -> io::Result<()> {
        let mut process = Message::default();
        process.int(wire::process::PID, 1);
        process.text(wire::process::NAME, &self.name);
        let mut root = Message::default();
        root.int(wire::descriptor::UUID, ROOT);
        root.message(wire::descriptor::PROCESS, &process);
        root.int(wire::descriptor::CHILD_ORDERING, wire::descriptor::EXPLICIT);
        let mut packet = Message::default();
        packet.int(wire::packet::SEQUENCE, SEQUENCE);
        packet.int(wire::packet::SEQUENCE_FLAGS, wire::packet::STATE_CLEARED);
        packet.message(wire::packet::TRACK_DESCRIPTOR, &root);
        packet.append_to(file)?;
        for (rank, row) in self.tracks.iter().enumerate() {
            let mut descriptor = Message::default();
            descriptor.int(wire::descriptor::UUID, uuid(Track(rank)));
            descriptor.int(wire::descriptor::PARENT, row.parent.map_or(ROOT, uuid));
            descriptor.text(wire::descriptor::NAME, &row.name);
            descriptor.int(wire::descriptor::RANK, rank as u64);
            if let Some(unit) = row.unit {
                let mut counter = Message::default();
                counter.text(wire::counter::UNIT_NAME, unit);
                descriptor.message(wire::descriptor::COUNTER, &counter);
            } else {
                descriptor.int(wire::descriptor::CHILD_ORDERING, wire::descriptor::EXPLICIT);
            }
            let mut packet = Message::default();
            packet.int(wire::packet::SEQUENCE, SEQUENCE);
            packet.message(wire::packet::TRACK_DESCRIPTOR, &descriptor);
            packet.append_to(file)?;
        }
        Ok(())
    }
}

/// A slice or an instant just added, to which flows can be tied.
#[derive(Debug)]
pub struct Mark<'a> {
    event: &'a mut Event,
}

impl Mark<'_> {
    /// Leads a flow through it.
    pub fn on(self, flow: Flow) -> Self {
        self.event.flows.push(flow);
        self
    }
}

/// The one packet sequence of the file.
const SEQUENCE: u64 = 1;
/// The process track, parent of all others.
const ROOT: u64 = 1;

/// A signed number as the wire has it: its two's complement in 64 bits.
const fn bits(value: i64) -> u64 {
    u64::from_le_bytes(value.to_le_bytes())
}

const fn uuid(track: Track) -> u64 {
    track.0 as u64 + ROOT + 1
}

impl Event {
    fn write(&self, file: &mut impl Write) -> io::Result<()> {
        use wire::event::{BEGIN, COUNTER, END, INSTANT};
        let kind = match self.kind {
            Kind::Begin { .. } | Kind::Whole => BEGIN,
            Kind::End => END,
            Kind::Instant => INSTANT,
            Kind::Counter(_) => COUNTER,
        };
        self.packet(kind).append_to(file)?;
        if self.kind == Kind::Whole {
            let (name, annotations, flows) = (String::new(), Vec::new(), Vec::new());
            let end = Self {
                kind: Kind::End,
                name,
                annotations,
                flows,
                ..*self
            };
            end.packet(END).append_to(file)?;
        }
        Ok(())
    }

    fn packet(&self, kind: u64) -> Message {
        let mut event = Message::default();
        event.int(wire::event::TYPE, kind);
        event.int(wire::event::TRACK, uuid(self.track));
        if !self.name.is_empty() {
            event.text(wire::event::NAME, &self.name);
        }
        for annotation in &self.annotations {
            let mut message = Message::default();
            message.text(wire::annotation::NAME, annotation.name);
            match &annotation.value {
                Value::Number(value) => message.int(wire::annotation::INT, bits(*value)),
                Value::Text(text) => message.text(wire::annotation::TEXT, text),
            }
            event.message(wire::event::ANNOTATION, &message);
        }
        if let Kind::Counter(value) = self.kind {
            event.int(wire::event::VALUE, bits(value));
        }
        for flow in &self.flows {
            event.fixed(wire::event::FLOW, flow.0);
        }
        let mut packet = Message::default();
        packet.int(wire::packet::TIMESTAMP, self.nanos);
        packet.int(wire::packet::SEQUENCE, SEQUENCE);
        packet.message(wire::packet::TRACK_EVENT, &event);
        packet
    }
}
