//! What a property request begins with, and what describes a property.

use super::cursor::structure;
use crate::guid::Guid;

structure! {
    /// Set, number and flags: a property request, an event, an interface or a medium begins so.
    ///
    /// # Source
    /// `stream/ksproperty-structure.md`; `ks.h` makes all of them one type.
    #[doc(alias = "KSPROPERTY")]
    #[doc(alias = "KSEVENT")]
    #[doc(alias = "KSPIN_INTERFACE")]
    #[doc(alias = "KSPIN_MEDIUM")]
    KsIdentifier = "KSIDENTIFIER" align 8 {
        /// The set.
        set: Guid,
        /// The member of the set.
        id: u32,
        /// The verb of a property request; 0 of an interface or medium.
        flags: u32,
    }

    /// A request about a pin factory.
    ///
    /// # Source
    /// `ks/ns-ks-ksp_pin.md`.
    KspPin = "KSP_PIN" {
        /// The property.
        property: KsIdentifier,
        /// The pin factory.
        pin: u32,
        /// 0.
        reserved: u32,
    }

    /// A request about a node.
    ///
    /// # Source
    /// `ks/ns-ks-ksp_node.md`.
    #[doc(alias = "KSNODEPROPERTY")]
    KspNode = "KSP_NODE" {
        /// The property.
        property: KsIdentifier,
        /// The node.
        node: u32,
        /// 0.
        reserved: u32,
    }

    /// A request about a channel of a node.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksnodeproperty_audio_channel.md`.
    KsNodePropertyAudioChannel = "KSNODEPROPERTY_AUDIO_CHANNEL" {
        /// The node.
        node: KspNode,
        /// The channel; -1 for all of them.
        channel: i32,
        /// 0.
        reserved: u32,
    }

    /// The head of a list.
    ///
    /// # Source
    /// `ks/ns-ks-ksmultiple_item.md`.
    KsMultipleItem = "KSMULTIPLE_ITEM" {
        /// Bytes of the list, with this head.
        size: u32,
        /// Items in it.
        count: u32,
    }

    /// What a query for basic support tells.
    ///
    /// # Source
    /// `ks/ns-ks-ksproperty_description.md`.
    KsPropertyDescription = "KSPROPERTY_DESCRIPTION" {
        /// The verbs that the property has.
        access_flags: u32,
        /// Bytes of this structure with what follows it.
        description_size: u32,
        /// The type of the value.
        prop_type_set: KsIdentifier,
        /// Lists of members that follow.
        members_list_count: u32,
        /// 0.
        reserved: u32,
    }

    /// The head of a list of values that a property can have.
    ///
    /// # Source
    /// `ks/ns-ks-ksproperty_membersheader.md`.
    KsPropertyMembersHeader = "KSPROPERTY_MEMBERSHEADER" {
        /// What the members are: ranges 1, stepped ranges 2, values 3.
        members_flags: u32,
        /// Bytes of a member.
        members_size: u32,
        /// How many there are.
        members_count: u32,
        /// What they are for.
        flags: u32,
    }

    /// A range of values with steps.
    ///
    /// # Source
    /// `ks/ns-ks-ksproperty_stepping_long.md`.
    KsPropertySteppingLong = "KSPROPERTY_STEPPING_LONG" {
        /// The step.
        stepping_delta: u32,
        /// 0.
        reserved: u32,
        /// The lowest value.
        minimum: i32,
        /// The highest value.
        maximum: i32,
    }

    /// A request about an event of a pin factory.
    ///
    /// # Source
    /// `ks/ns-ks-kse_pin.md`.
    KsePin = "KSE_PIN" {
        /// The event.
        event: KsIdentifier,
        /// The pin factory.
        pin: u32,
        /// 0.
        reserved: u32,
    }

    /// How a client wants to be told of an event.
    ///
    /// # Source
    /// `ks/ns-ks-kseventdata.md`.
    KsEventData = "KSEVENTDATA" {
        /// 1 for an event object.
        notification_type: u32,
        /// The client's handle to it.
        event: u64,
        /// Room for the other ways.
        reserved_1: u64,
        /// Room for the other ways.
        reserved_2: u64,
    }
}
