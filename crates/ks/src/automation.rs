//! Properties as rows of a table: what a filter, pin or node supports, and with which verbs.

use units::NtStatus;

use crate::guid::Guid;

/// What a property request wants.
///
/// # Source
/// `stream/ksproperty-structure.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// The value.
    #[doc(alias = "KSPROPERTY_TYPE_GET")]
    Get,
    /// To change the value.
    #[doc(alias = "KSPROPERTY_TYPE_SET")]
    Set,
    /// To know whether the set is known.
    #[doc(alias = "KSPROPERTY_TYPE_SETSUPPORT")]
    SetSupport,
    /// To know what can be done with the property.
    #[doc(alias = "KSPROPERTY_TYPE_BASICSUPPORT")]
    BasicSupport,
    /// One of the others, which nobody here has: relations, serialisation, default values.
    Other(u32),
}

/// What can be done with a property, as the flags of the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Access(u32);

/// The type of a value, as `VARTYPE` numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A structure, or no value at all.
    #[doc(alias = "VT_ILLEGAL")]
    Structure,
    /// A signed 32-bit number.
    #[doc(alias = "VT_I4")]
    I4,
    /// An unsigned 32-bit number.
    #[doc(alias = "VT_UI4")]
    Ui4,
    /// An unsigned 64-bit number.
    #[doc(alias = "VT_UI8")]
    Ui8,
    /// True or false in 32 bits.
    #[doc(alias = "VT_BOOL")]
    Bool,
}

/// A property that somebody supports.
///
/// # Source
/// `portcls/ns-portcls-pcproperty_item.md`, `ks/ns-ks-ksproperty_item.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "PCPROPERTY_ITEM")]
#[doc(alias = "KSPROPERTY_ITEM")]
pub struct PropertyItem {
    /// The set.
    pub set: Guid,
    /// The member of the set.
    pub id: u32,
    /// What the headers call it.
    pub name: &'static str,
    /// What can be done with it.
    pub access: Access,
    /// The least bytes of a request, head included.
    #[doc(alias = "MinProperty")]
    pub request_bytes: usize,
    /// The least bytes of a value.
    #[doc(alias = "MinData")]
    pub value_bytes: usize,
    /// The type of a value.
    pub value_type: ValueType,
    /// The range of values and their step, if they have one.
    pub stepping: Option<Stepping>,
    /// True for a property of a node that belongs to a stream: it has to come by way of a pin.
    pub of_stream: bool,
}

/// The values that a number can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "KSPROPERTY_STEPPING_LONG")]
pub struct Stepping {
    /// The lowest.
    pub min: i32,
    /// The highest.
    pub max: i32,
    /// From one to the next.
    pub step: u32,
}

impl Verb {
    /// A request about a node has this beside its verb.
    #[doc(alias = "KSPROPERTY_TYPE_TOPOLOGY")]
    pub const TOPOLOGY: u32 = 0x1000_0000;

    /// The verb that the flags of a request name.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] unless they name exactly one that `ks.h` knows.
    pub const fn from_flags(flags: u32) -> Result<Self, NtStatus> {
        match flags & !Self::TOPOLOGY {
            0x1 => Ok(Self::Get),
            0x2 => Ok(Self::Set),
            0x100 => Ok(Self::SetSupport),
            0x200 => Ok(Self::BasicSupport),
            other @ (0x400 | 0x800 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x1_0000) => {
                Ok(Self::Other(other))
            }
            _ => Err(NtStatus::INVALID_PARAMETER),
        }
    }

    /// The flags that name it.
    pub const fn flags(self) -> u32 {
        match self {
            Self::Get => 0x1,
            Self::Set => 0x2,
            Self::SetSupport => 0x100,
            Self::BasicSupport => 0x200,
            Self::Other(flags) => flags,
        }
    }
}

impl Access {
    /// It can be read.
    pub const GET: Self = Self(0x1);
    /// It can be written.
    pub const SET: Self = Self(0x2);
    /// Both.
    pub const GET_SET: Self = Self(0x3);

    /// The flags of the headers, with that of the query which tells them.
    pub const fn flags(self) -> u32 {
        self.0 | Verb::BasicSupport.flags()
    }

    /// True if `verb` is among them.
    pub const fn allows(self, verb: Verb) -> bool {
        self.flags() & verb.flags() != 0
    }
}

impl ValueType {
    /// Its number.
    pub const fn value(self) -> u32 {
        match self {
            Self::Structure => 0xFFFF,
            Self::I4 => 3,
            Self::Bool => 11,
            Self::Ui4 => 19,
            Self::Ui8 => 21,
        }
    }
}

impl PropertyItem {
    /// A property whose request is a bare head and whose value is a structure.
    pub const fn new(
        set: Guid,
        id: u32,
        name: &'static str,
        access: Access,
        value_bytes: usize,
    ) -> Self {
        Self {
            set,
            id,
            name,
            access,
            request_bytes: 24,
            value_bytes,
            value_type: ValueType::Structure,
            stepping: None,
            of_stream: false,
        }
    }

    /// The same, asked for with at least so many bytes.
    #[must_use]
    pub const fn asked_with(self, request_bytes: usize) -> Self {
        Self {
            request_bytes,
            ..self
        }
    }

    /// The same, with values of this type.
    #[must_use]
    pub const fn typed(self, value_type: ValueType) -> Self {
        Self { value_type, ..self }
    }

    /// The same, with values in these steps.
    #[must_use]
    pub const fn stepped(self, stepping: Stepping) -> Self {
        Self {
            stepping: Some(stepping),
            ..self
        }
    }

    /// The same for a node of streams.
    #[must_use]
    pub const fn of_stream(self) -> Self {
        Self {
            of_stream: true,
            ..self
        }
    }

    /// True if it is member `id` of `set`.
    pub fn is(&self, set: Guid, id: u32) -> bool {
        self.set == set && self.id == id
    }
}

vtime::fork_by_clone!(Verb, Access, ValueType, PropertyItem, Stepping);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_exactly_one_verb() {
        let verbs = (0..17).map(|bit| 1_u32 << bit);
        let known: Vec<u32> = verbs
            .filter(|flag| Verb::from_flags(*flag).is_ok())
            .collect();
        assert_eq!(
            known,
            [
                1, 2, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000, 0x1_0000
            ]
        );
        for flag in known {
            let verb = Verb::from_flags(flag | Verb::TOPOLOGY).expect("a node has the same verbs");
            assert_eq!(verb.flags(), flag);
        }
        for none in [0, 3, 0x201, u32::MAX] {
            assert_eq!(Verb::from_flags(none), Err(NtStatus::INVALID_PARAMETER));
        }
    }
}
