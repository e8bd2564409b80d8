//! A process with one filter open.

use ks::wire::{KsIdentifier, KsPinConnect, KsPriority, KspNode, KspPin, Wire};
use ks::{
    FilterHandle, GENERIC_READ, GENERIC_WRITE, Guid, Handle, IOCTL_KS_PROPERTY,
    KSINTERFACESETID_STANDARD, KSMEDIUMSETID_STANDARD, KSPROPSETID_PIN, Process,
};
use units::NtStatus;
use vtime::sim::{Cx, World};
use vtime::{Event, EventHandle, Keep, Reset};

/// To read a value.
pub(super) const GET: u32 = 0x1;
/// To set it.
pub(super) const SET: u32 = 0x2;
/// To know what can be done with it.
pub(super) const BASIC_SUPPORT: u32 = 0x200;
/// The request is about a node.
pub(super) const TOPOLOGY: u32 = 0x1000_0000;

/// A process, the world it is in, and its handle to a filter.
pub(super) struct RawClient {
    pub(super) world: World,
    pub(super) cx: Cx,
    pub(super) process: Process,
    pub(super) filter: Handle,
}

/// How a request ended, with what was put into the buffer.
pub(super) type Answer = (NtStatus, Vec<u8>);

impl RawClient {
    pub(super) fn new(filter: &FilterHandle) -> Self {
        Self::in_world(World::new(1, Keep::All), filter)
    }

    pub(super) fn in_world(mut world: World, filter: &FilterHandle) -> Self {
        let cx = world.actor("process");
        let mut process = Process::default();
        let filter = process.open(filter).expect("a filter opens");
        Self {
            world,
            cx,
            process,
            filter,
        }
    }

    /// Sends a request to `handle` with `output` as its buffer; also how many bytes it speaks of.
    pub(super) fn send(
        &mut self,
        handle: Handle,
        input: &[u8],
        output: &mut [u8],
    ) -> (NtStatus, usize) {
        let done = self
            .process
            .control(&self.cx, handle, IOCTL_KS_PROPERTY, input, output);
        (done.status, done.information)
    }

    /// Reads a value into a buffer of `room` bytes.
    pub(super) fn read_into(&mut self, handle: Handle, input: &[u8], room: usize) -> Answer {
        let mut output = vec![0xAA; room];
        let (status, information) = self.send(handle, input, &mut output);
        let shown = if status == NtStatus::SUCCESS {
            information
        } else {
            0
        };
        output.truncate(shown);
        (status, output)
    }

    /// Reads a value into a buffer that is large enough.
    pub(super) fn read(&mut self, handle: Handle, input: &[u8]) -> Answer {
        self.read_into(handle, input, 16_384)
    }

    /// Reads property `id` of pin factory `pin`, with `behind` behind the head of the request.
    pub(super) fn pin_property(&mut self, id: u32, pin: u32, behind: &[u8]) -> Answer {
        let request = ksp_pin(KSPROPSETID_PIN, id, GET, pin, behind);
        self.read(self.filter, &request)
    }

    /// Opens pin `pin` with the format whose bytes are `format`.
    pub(super) fn open(&mut self, pin: u32, format: &[u8]) -> Result<Handle, NtStatus> {
        let connect = connect(pin, format);
        let access = GENERIC_READ | GENERIC_WRITE;
        self.process
            .create_pin(&self.cx, self.filter, &connect, access)
    }

    /// An event of the process, and its number.
    pub(super) fn event(&mut self, name: &str) -> (EventHandle, Handle) {
        let event = self.world.event(name, Reset::Auto).handle();
        (event.clone(), self.process.add_event(event))
    }
}

/// The head of a request.
pub(super) fn head(set: Guid, id: u32, flags: u32) -> KsIdentifier {
    KsIdentifier { set, id, flags }
}

/// A request about a pin factory.
pub(super) fn ksp_pin(set: Guid, id: u32, flags: u32, pin: u32, behind: &[u8]) -> Vec<u8> {
    let request = KspPin {
        property: head(set, id, flags),
        pin,
        reserved: 0,
    };
    [&request.to_bytes(), behind].concat()
}

/// A request about a node.
pub(super) fn ksp_node(set: Guid, id: u32, flags: u32, node: u32, behind: &[u8]) -> Vec<u8> {
    let request = KspNode {
        property: head(set, id, flags | TOPOLOGY),
        node,
        reserved: 0,
    };
    [&request.to_bytes(), behind].concat()
}

/// The making of a pin as WaveRT clients write it: looped streaming over device I/O.
pub(super) fn connect(pin: u32, format: &[u8]) -> Vec<u8> {
    let connect = KsPinConnect {
        interface: head(KSINTERFACESETID_STANDARD, 1, 0),
        medium: head(KSMEDIUMSETID_STANDARD, 0, 0),
        pin_id: pin,
        pin_to_handle: 0,
        priority: KsPriority {
            priority_class: 0x4000_0000,
            priority_sub_class: 1,
        },
    };
    [&connect.to_bytes(), format].concat()
}

/// The first number in a value.
pub(super) fn number(answer: &Answer) -> u32 {
    assert_eq!(answer.0, NtStatus::SUCCESS);
    u32::read("ULONG", &answer.1).expect("a number")
}
