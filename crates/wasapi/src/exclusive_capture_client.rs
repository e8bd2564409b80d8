//! An exclusive event-driven client that records: reads packets straight out of the device's cyclic
//! buffer.

use engine::{DeviceStream, PacketRead, PacketSink, ReadPolicy, ReaderThread};
use machine::Machine;
use units::{Frames, Moment, NtStatus, SimDuration, SimTime};
use vtime::{Context, Event, Fork, Forker, Shared, Woken};

use crate::action::{Act, Action, Agenda};
use crate::capture_client::{CapturedPacket, buffer_flags};
use crate::recording::Recording;

/// An exclusive event-driven client that records: a packet, or several, for each notification of
/// the device.
///
/// # Source
/// `CoreAudio/exclusive-mode-streams.md`.
/// Model: its two buffers are the packets of the cyclic buffer. Whether it asks the driver for
/// their numbers or takes one after the other is its [`ReadPolicy`].
#[derive(Debug)]
pub struct ExclusiveCaptureClient {
    thread: ReaderThread,
    tape: Tape,
    agenda: Agenda,
}

/// Where the packets go.
#[derive(Clone, Debug)]
struct Tape {
    packet: Frames,
    recording: Recording,
}

impl PacketSink for Tape {
    fn take<C: Context>(&mut self, cx: &C, read: PacketRead, bytes: Option<&[u8]>) {
        let broken = (read.skipped > 0).then_some(buffer_flags::DATA_DISCONTINUITY);
        let unknown = (read.counter.is_none()).then_some(buffer_flags::TIMESTAMP_ERROR);
        let first = read.packet * self.packet.get();
        let packet = CapturedPacket {
            frames: self.packet,
            flags: broken.unwrap_or(0) | unknown.unwrap_or(0),
            device_position: first,
            qpc_position: read.counter.unwrap_or(cx.now().to_hns_floor()),
            device_frame: first,
        };
        self.recording.append(cx, packet, bytes.unwrap_or(&[]));
    }
}

impl ExclusiveCaptureClient {
    /// A client of `device`, which is in Stop, on the thread called `thread`; each packet takes
    /// `service` to read.
    pub fn new(
        policy: ReadPolicy,
        device: DeviceStream,
        machine: Shared<Machine>,
        thread: &str,
        service: SimDuration,
        actions: Vec<Action>,
    ) -> Self {
        let tape = Tape {
            packet: device.packet,
            recording: Recording::new(device.mapping.format()),
        };
        Self {
            thread: ReaderThread::new(policy, device, machine, thread, service),
            tape,
            agenda: Agenda::new(actions),
        }
    }

    /// The thread that reads the packets.
    pub const fn thread(&self) -> &ReaderThread {
        &self.thread
    }

    /// What it has got so far.
    pub const fn recording(&self) -> &Recording {
        &self.tape.recording
    }

    /// The status that the device first refused a state with, if it did.
    pub const fn failure(&self) -> Option<NtStatus> {
        self.thread.failure()
    }

    /// The notification event was set with `tag`.
    fn woken<C: Context>(&mut self, cx: &C, tag: u64) {
        self.thread.woken(cx, tag, &mut self.tape);
    }

    /// Does what is due by now: first the work under way, then actions.
    fn proceed<C: Context>(&mut self, cx: &C) {
        self.thread.proceed(cx, &mut self.tape);
        while let Some(act) = self.agenda.take(cx.now()) {
            self.act(cx, act);
        }
    }

    fn act<C: Context>(&mut self, cx: &C, act: Act) {
        match act {
            Act::Run { .. } => self.thread.run(cx),
            Act::Pause => self.thread.pause(cx),
            Act::Stop => self.thread.stop(cx),
            Act::ReadSlot { slot, packet } => {
                self.thread.force(cx, packet, slot, &mut self.tape);
            }
            // For streams that write packets.
            Act::WritePacket(_) | Act::Rewrite => {}
        }
    }

    /// When it goes on without its event.
    fn due(&self) -> Option<Moment> {
        let action = self.agenda.due().map(SimTime::commit);
        self.thread.due().into_iter().chain(action).min()
    }
}

impl Fork for ExclusiveCaptureClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            thread: self.thread.fork(forker),
            tape: self.tape.clone(),
            agenda: self.agenda.fork(forker),
        }
    }
}

/// Runs an exclusive client that records for ever: waits for its notification event, for its own
/// work and for the times of its actions.
pub async fn exclusive_capture_client<C: Context>(
    cx: C,
    client: Shared<ExclusiveCaptureClient>,
    notification: C::Event,
) {
    loop {
        let (due, is_asleep) = {
            let client = client.borrow();
            (client.due(), client.thread.due().is_none())
        };
        match due {
            Some(at) if !is_asleep => {
                cx.sleep_until(at).await;
                client.borrow_mut().proceed(&cx);
            }
            deadline => match notification.wait_until(deadline).await {
                Woken::Event(tag) => client.borrow_mut().woken(&cx, tag),
                Woken::Deadline => client.borrow_mut().proceed(&cx),
            },
        }
    }
}
