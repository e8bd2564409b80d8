//! Events of filters: who wants to know what, and who is told.

use units::NtStatus;
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::guid::{Guid, KSEVENTSETID_PIN_CAPS_CHANGE};

/// An event that clients can enable on a pin factory.
///
/// # Source
/// `audio/ksevent-pincaps-formatchange.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PinCapsChange {
    /// The pin takes other formats than before.
    #[doc(alias = "KSEVENT_PINCAPS_FORMATCHANGE")]
    Format,
    /// Something was plugged in or pulled out.
    #[doc(alias = "KSEVENT_PINCAPS_JACKINFOCHANGE")]
    JackInfo,
}

impl PinCapsChange {
    /// The set that both are members of.
    pub const SET: Guid = KSEVENTSETID_PIN_CAPS_CHANGE;

    /// Its number in the set.
    pub const fn id(self) -> u32 {
        match self {
            Self::Format => 0,
            Self::JackInfo => 1,
        }
    }

    /// The event with that number.
    pub const fn from_id(id: u32) -> Option<Self> {
        match id {
            0 => Some(Self::Format),
            1 => Some(Self::JackInfo),
            _ => None,
        }
    }
}

/// Which listeners are meant. What is not named is any.
///
/// # Source
/// `portcls/nf-portcls-iportevents-generateeventlist.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventSelector {
    /// The set.
    pub set: Option<Guid>,
    /// The number in it.
    pub id: u32,
    /// The pin factory.
    pub pin: Option<u32>,
    /// The node.
    pub node: Option<u32>,
}

/// A client that wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The set.
    pub set: Guid,
    /// The number in it.
    pub id: u32,
    /// The pin factory that it asked about, if about one.
    pub pin: Option<u32>,
    /// The node that it asked about, if about one.
    pub node: Option<u32>,
    /// What is set.
    pub event: EventHandle,
}

/// The events of one filter, as port and miniport share them. Clones are the same list.
///
/// # Source
/// `portcls/nn-portcls-iportevents.md`.
#[derive(Clone, Debug)]
#[doc(alias = "IPortEvents")]
pub struct PortEvents(Shared<EventList>);

#[derive(Clone, Debug, Default)]
struct EventList {
    listeners: Vec<Listener>,
    /// The one call that waits for its DPC.
    deferred: Option<EventSelector>,
}

impl Default for PortEvents {
    fn default() -> Self {
        Self(Shared::new(EventList::default()))
    }
}

impl PortEvents {
    /// Adds a client that has enabled an event.
    #[doc(alias = "AddEventToEventList")]
    pub fn add(&self, listener: Listener) {
        self.0.borrow_mut().listeners.push(listener);
    }

    /// Forgets whoever wanted `event` to be set.
    ///
    /// # Errors
    /// [`NtStatus::NOT_FOUND`] if nobody did.
    pub fn remove(&self, event: &EventHandle) -> Result<(), NtStatus> {
        let listeners = &mut self.0.borrow_mut().listeners;
        let before = listeners.len();
        listeners.retain(|listener| listener.event != *event);
        if listeners.len() == before {
            return Err(NtStatus::NOT_FOUND);
        }
        Ok(())
    }

    /// Tells everybody who is meant. Returns how many that were.
    ///
    /// To be called at dispatch level or below.
    #[doc(alias = "GenerateEventList")]
    pub fn generate(&self, selector: EventSelector) -> usize {
        let list = self.0.borrow();
        let meant = list.listeners.iter().filter(|each| selector.means(each));
        meant.map(|listener| listener.event.set(0)).count()
    }

    /// The same above dispatch level: it waits for a DPC, which is to call
    /// [`deliver`](Self::deliver).
    ///
    /// Only one call can wait, so of two before the DPC runs the first is lost.
    pub fn generate_deferred(&self, selector: EventSelector) {
        self.0.borrow_mut().deferred = Some(selector);
    }

    /// The DPC of a deferred call. Returns how many were told.
    pub fn deliver(&self) -> usize {
        let deferred = self.0.borrow_mut().deferred.take();
        deferred.map_or(0, |selector| self.generate(selector))
    }
}

impl EventSelector {
    /// Whoever has enabled `change` on pin factory `pin`.
    pub const fn of_pin(change: PinCapsChange, pin: u32) -> Self {
        Self {
            set: Some(PinCapsChange::SET),
            id: change.id(),
            pin: Some(pin),
            node: None,
        }
    }

    fn means(self, listener: &Listener) -> bool {
        self.set.is_none_or(|set| set == listener.set)
            && self.id == listener.id
            && (self.pin.is_none() || self.pin == listener.pin)
            && (self.node.is_none() || self.node == listener.node)
    }
}

impl Fork for PortEvents {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Fork for EventList {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            listeners: self.listeners.fork(forker),
            deferred: self.deferred,
        }
    }
}

impl Fork for Listener {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            event: self.event.fork(forker),
            ..self.clone()
        }
    }
}
