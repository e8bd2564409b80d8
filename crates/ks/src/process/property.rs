//! A property request as bytes: found in a table, checked, handed on, answered.

use units::NtStatus;
use vtime::Context;

use super::{Completion, Object, Process, table};
use crate::audio::AudioRequest;
use crate::automation::{PropertyItem, Verb};
use crate::client;
use crate::filter::FilterHandle;
use crate::guid::{Guid, KSNODETYPE_AUDIO_ENGINE, KSPROPSETID_AUDIO, KSPROPTYPESETID_GENERAL};
use crate::query::{FilterReply, FilterRequest};
use crate::request::PinRequest;
use crate::wire::{
    KsIdentifier, KsPropertyDescription, KsPropertyMembersHeader, KsPropertySteppingLong, KspNode,
    Writer, size,
};

/// A request on its way.
pub(super) struct Request<'a> {
    /// The property, as its table has it.
    pub(super) item: PropertyItem,
    /// Whose table that is.
    pub(super) handler: Handler,
    /// To read it or to set it.
    pub(super) verb: Verb,
    /// The node it is about, if it is about one.
    pub(super) node: Option<u32>,
    /// The whole request, head included.
    pub(super) input: &'a [u8],
    /// What is set; empty for a request that reads.
    pub(super) value: &'a [u8],
}

/// Who handles a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handler {
    /// The port.
    Port,
    /// The port, by way of the miniport's audio engine node.
    EngineNode,
    /// The miniport, by its automation table.
    Miniport,
}

impl Process {
    /// Sends a property request to `object`.
    ///
    /// Source: `audio/audio-property-handlers.md` (sizes),
    /// `audio/basic-support-queries-for-audio-properties.md`,
    /// `audio/filter--pin--and-node-properties.md` (who handles it).
    pub(super) fn property<C: Context>(
        &self,
        cx: &C,
        object: &Object,
        input: &[u8],
        output: &mut [u8],
    ) -> Completion {
        match self.answer(cx, object, input, output) {
            Ok(value) => finish(&value, output),
            Err(Refused::Plainly(status)) => Completion {
                status,
                information: 0,
            },
            Err(Refused::WithSize(needed)) => too_small(needed, output.len()),
        }
    }

    fn answer<C: Context>(
        &self,
        cx: &C,
        object: &Object,
        input: &[u8],
        output: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let head = KsIdentifier::parse(input).map_err(NtStatus::from)?;
        let verb = Verb::from_flags(head.flags)?;
        let node = if head.flags & Verb::TOPOLOGY == 0 {
            None
        } else {
            Some(KspNode::parse(input).map_err(NtStatus::from)?.node)
        };
        let tables = object.tables(cx, node)?;
        if verb == Verb::SetSupport {
            tables.check_set(head.set)?;
            return Ok(Vec::new());
        }
        let (item, handler) = tables.find(head.set, head.id)?;
        match verb {
            Verb::BasicSupport => {
                object.check_support(cx, &item)?;
                return Ok(describe(&item, output.len()));
            }
            Verb::Get | Verb::Set if item.access.allows(verb) => {}
            _ => return Err(NtStatus::INVALID_DEVICE_REQUEST.into()),
        }
        if input.len() < item.request_bytes {
            return Err(NtStatus::INVALID_PARAMETER.into());
        }
        if output.len() < item.value_bytes {
            // Before anything is done: reading some properties changes things.
            let variable = handler != Handler::Port || object.is_variable(&item);
            if verb == Verb::Set {
                return Err(NtStatus::BUFFER_TOO_SMALL.into());
            } else if !variable {
                return Err(Refused::WithSize(item.value_bytes));
            }
        }
        let request = Request {
            item,
            handler,
            verb,
            node,
            input,
            value: if verb == Verb::Set { output } else { &[] },
        };
        self.perform(cx, object, &request).map_err(Refused::from)
    }

    fn perform<C: Context>(
        &self,
        cx: &C,
        object: &Object,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, NtStatus> {
        match (object, request.handler) {
            (Object::Filter(filter), Handler::Miniport) => {
                request.automation(cx.moment(), filter, None)
            }
            (
                Object::Pin {
                    filter, factory, ..
                },
                Handler::Miniport,
            ) => request.automation(cx.moment(), filter, Some(*factory)),
            (Object::Filter(filter), Handler::EngineNode) => {
                request.engine_node(cx.moment(), filter)
            }
            (Object::Filter(filter), Handler::Port) => request.filter(cx.moment(), filter),
            (Object::Pin { pin, .. }, Handler::Port | Handler::EngineNode) => {
                self.pin_property(cx, pin, request)
            }
            (Object::Event(_), _) => Err(NtStatus::INVALID_HANDLE),
        }
    }
}

/// Why there is no value.
enum Refused {
    Plainly(NtStatus),
    /// The buffer is too short for so many bytes.
    WithSize(usize),
}

impl From<NtStatus> for Refused {
    fn from(status: NtStatus) -> Self {
        Self::Plainly(status)
    }
}

/// What an object supports: rows of the port before rows of the miniport.
struct Tables(Vec<(PropertyItem, Handler)>);

impl Tables {
    fn find(&self, set: Guid, id: u32) -> Result<(PropertyItem, Handler), NtStatus> {
        self.check_set(set)?;
        let mut rows = self.0.iter();
        let row = rows.find(|(item, _)| item.is(set, id));
        row.copied().ok_or(NtStatus::NOT_FOUND)
    }

    fn check_set(&self, set: Guid) -> Result<(), NtStatus> {
        if self.0.iter().any(|(item, _)| item.set == set) {
            Ok(())
        } else {
            Err(NtStatus::PROPSET_NOT_FOUND)
        }
    }
}

impl Object {
    fn tables<C: Context>(&self, cx: &C, node: Option<u32>) -> Result<Tables, NtStatus> {
        let port = |items: &[PropertyItem], handler| {
            items
                .iter()
                .map(move |item| (*item, handler))
                .collect::<Vec<_>>()
        };
        let own = |filter: &FilterHandle| {
            let items = filter.automation(node)?.into_iter();
            Ok::<_, NtStatus>(items.map(|item| (item, Handler::Miniport)))
        };
        let mut rows = Vec::new();
        match (self, node) {
            (Self::Event(_), _) => {}
            (Self::Filter(filter), None) => {
                rows = port(table::FILTER, Handler::Port);
                rows.extend(own(filter)?);
            }
            (Self::Pin { .. }, None) => rows = port(table::PIN, Handler::Port),
            (Self::Filter(filter), Some(node)) => {
                if node_is_engine(cx, filter, node) {
                    rows = port(table::FILTER_ENGINE_NODE, Handler::EngineNode);
                }
                rows.extend(own(filter)?);
            }
            (Self::Pin { filter, .. }, Some(node)) => {
                if node_is_engine(cx, filter, node) {
                    rows = port(table::PIN_ENGINE_NODE, Handler::EngineNode);
                }
                rows.extend(own(filter)?);
            }
        }
        Ok(Tables(rows))
    }

    /// Whether a property that a table has is there on this very stream.
    ///
    /// Source: `audio/ksproperty-audio-wavert-current-write-lastbuffer-position.md`: the query for
    /// basic support is how a driver announces it.
    fn check_support<C: Context>(&self, cx: &C, item: &PropertyItem) -> Result<(), NtStatus> {
        let is_last_buffer = item.is(KSPROPSETID_AUDIO, 56);
        match self {
            Self::Pin { pin, .. } if is_last_buffer => {
                let request = PinRequest::Audio(AudioRequest::LastBufferSupport);
                client::request(cx, pin, request).map(|_| ())
            }
            Self::Pin { .. } | Self::Filter(_) | Self::Event(_) => Ok(()),
        }
    }

    /// True if the length of a value shows only once it is there. Reading it changes nothing.
    fn is_variable(&self, item: &PropertyItem) -> bool {
        match self {
            Self::Filter(_) => true,
            Self::Pin { .. } | Self::Event(_) => item.name == "KSPROPERTY_CONNECTION_DATAFORMAT",
        }
    }
}

fn node_is_engine<C: Context>(cx: &C, filter: &FilterHandle, node: u32) -> bool {
    match filter.query(cx.moment(), FilterRequest::Nodes) {
        Ok(FilterReply::Guids(kinds)) => kinds.get(node as usize) == Some(&KSNODETYPE_AUDIO_ENGINE),
        _ => false,
    }
}

/// Puts `value` into `output`, or says how long it is, or that it does not fit.
///
/// Source: `audio/audio-property-handlers.md`.
fn finish(value: &[u8], output: &mut [u8]) -> Completion {
    match output.get_mut(..value.len()) {
        Some(room) => {
            room.copy_from_slice(value);
            Completion {
                status: NtStatus::SUCCESS,
                information: value.len(),
            }
        }
        None => too_small(value.len(), output.len()),
    }
}

fn too_small(needed: usize, found: usize) -> Completion {
    if found == 0 {
        Completion {
            status: NtStatus::BUFFER_OVERFLOW,
            information: needed,
        }
    } else {
        Completion {
            status: NtStatus::BUFFER_TOO_SMALL,
            information: 0,
        }
    }
}

/// What can be done with a property: in a short buffer only the flags.
///
/// Source: `audio/basic-support-queries-for-audio-properties.md`.
fn describe(item: &PropertyItem, room: usize) -> Vec<u8> {
    let mut writer = Writer::new();
    if (4..KsPropertyDescription::SIZE).contains(&room) {
        writer.put(&item.access.flags());
        return writer.finish();
    }
    let members = KsPropertyMembersHeader::SIZE + KsPropertySteppingLong::SIZE;
    let whole = KsPropertyDescription::SIZE + item.stepping.map_or(0, |_| members);
    writer.put(&KsPropertyDescription {
        access_flags: item.access.flags(),
        description_size: size(whole),
        prop_type_set: KsIdentifier {
            set: KSPROPTYPESETID_GENERAL,
            id: item.value_type.value(),
            flags: 0,
        },
        members_list_count: u32::from(item.stepping.is_some()),
        reserved: 0,
    });
    if let Some(stepping) = item.stepping.filter(|_| room == 0 || room >= whole) {
        writer.put(&KsPropertyMembersHeader {
            members_flags: 2, // KSPROPERTY_MEMBER_STEPPEDRANGES
            members_size: size(KsPropertySteppingLong::SIZE),
            members_count: 1,
            flags: 0,
        });
        writer.put(&KsPropertySteppingLong {
            stepping_delta: stepping.step,
            reserved: 0,
            minimum: stepping.min,
            maximum: stepping.max,
        });
    }
    writer.finish()
}
