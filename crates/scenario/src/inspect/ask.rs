//! A process that asks one question after the other.

use ks::wire::{KsIdentifier, KspNode, KspPin, Wire};
use ks::{FilterHandle, Guid, Handle, IOCTL_KS_PROPERTY, Process, PropertyItem, Verb};
use units::NtStatus;
use vtime::sim::Cx;

/// A process, and where it is.
pub(super) struct Asker {
    pub(super) cx: Cx,
    pub(super) process: Process,
}

impl Asker {
    /// A process with `filter` open.
    pub(super) fn new(cx: &Cx, filter: &FilterHandle) -> (Self, Handle) {
        let mut process = Process::default();
        let handle = process.open(filter).expect("a filter opens once more");
        let cx = cx.clone();
        (Self { cx, process }, handle)
    }

    /// Reads a value: asks for its size, then for the value.
    pub(super) fn read(&mut self, handle: Handle, request: &[u8]) -> Result<Vec<u8>, NtStatus> {
        let sized = self.send(handle, request, &mut []);
        let mut value = match sized {
            (NtStatus::BUFFER_OVERFLOW, needed) => vec![0; needed],
            (NtStatus::SUCCESS, _) => return Ok(Vec::new()),
            (status, _) => return Err(status),
        };
        let (status, len) = self.send(handle, request, &mut value);
        if status != NtStatus::SUCCESS {
            return Err(status);
        }
        value.truncate(len);
        Ok(value)
    }

    /// Sends a request with a buffer as it is.
    pub(super) fn send(
        &mut self,
        handle: Handle,
        request: &[u8],
        buffer: &mut [u8],
    ) -> (NtStatus, usize) {
        let done = self
            .process
            .control(&self.cx, handle, IOCTL_KS_PROPERTY, request, buffer);
        (done.status, done.information)
    }

    /// Reads a property of the handle itself.
    pub(super) fn property(
        &mut self,
        handle: Handle,
        set: Guid,
        id: u32,
    ) -> Result<Vec<u8>, NtStatus> {
        self.read(handle, &head(set, id, Verb::Get.flags()).to_bytes())
    }

    /// Reads a property of pin factory `pin`.
    pub(super) fn of_pin(
        &mut self,
        handle: Handle,
        (set, id): (Guid, u32),
        pin: u32,
        behind: &[u8],
    ) -> Result<Vec<u8>, NtStatus> {
        let request = KspPin {
            property: head(set, id, Verb::Get.flags()),
            pin,
            reserved: 0,
        };
        self.read(handle, &[&request.to_bytes(), behind].concat())
    }

    /// Reads a property of a node; of its first channel, where it has a value for each.
    pub(super) fn of_node(
        &mut self,
        handle: Handle,
        item: &PropertyItem,
        node: u32,
    ) -> Result<Vec<u8>, NtStatus> {
        let request = KspNode {
            property: head(item.set, item.id, Verb::Get.flags() | Verb::TOPOLOGY),
            node,
            reserved: 0,
        };
        let mut bytes = request.to_bytes();
        bytes.resize(item.request_bytes.max(bytes.len()), 0);
        self.read(handle, &bytes)
    }
}

/// The head of a request.
pub(super) const fn head(set: Guid, id: u32, flags: u32) -> KsIdentifier {
    KsIdentifier { set, id, flags }
}
