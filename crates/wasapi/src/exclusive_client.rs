//! An exclusive event-driven client: writes packets straight into the device's cyclic buffer.

use engine::{DeviceStream, PacketContent, PacketThread, Pass, Prime, ProducerConfig, Stretch};
use ks::KsState;
use machine::Machine;
use ring::Kind;
use units::{Frames, Moment, NtStatus, SimDuration, SimTime};
use vtime::{Context, Event, Fork, Forker, Shared, Woken};

use crate::action::{Act, Action, Agenda};
use crate::source::Player;

/// An exclusive event-driven client: a packet before Start, and from then on a packet for each
/// notification of the device.
///
/// # Source
/// `CoreAudio/exclusive-mode-streams.md`.
/// Model: its two buffers are the packets of the cyclic buffer, and it writes them as the packet
/// interface has it; what becomes of a late one is its [`ProducerConfig`].
#[derive(Debug)]
pub struct ExclusiveClient {
    thread: PacketThread,
    /// How it primes a start from Stop that says nothing else.
    prime: Prime,
    content: PlayedPacket,
    agenda: Agenda,
}

/// What the client plays, packet by packet.
#[derive(Clone, Debug)]
struct PlayedPacket {
    player: Player,
    bytes: Option<Vec<u8>>,
    stretches: [Stretch; 1],
}

impl PacketContent for PlayedPacket {
    fn make(&mut self, content: u64, _intended: u64, frames: Frames) {
        self.stretches = [Stretch {
            frames,
            kind: Kind::Audio,
        }];
        if let Some(bytes) = &mut self.bytes {
            let len = self.player.format().bytes_of(frames).get();
            bytes.resize(usize::try_from(len).expect("a packet fits into memory"), 0);
            self.player.play(content, bytes);
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }
}

impl ExclusiveClient {
    /// A client of `device`, which is in Stop, on the thread called `thread`. Packet size and
    /// number are the device's, whatever `config` says; each packet takes `service` to write.
    ///
    /// # Panics
    /// If `player` does not play in the device's format.
    pub fn new(
        config: ProducerConfig,
        device: DeviceStream,
        player: Player,
        machine: Shared<Machine>,
        thread: &str,
        service: SimDuration,
        actions: Vec<Action>,
    ) -> Self {
        let format = device.mapping.format();
        assert_eq!(
            player.format(),
            format,
            "an exclusive client plays in the device's format"
        );
        let kept = device.mapping.buffer.samples().is_some();
        let stretch = Stretch {
            frames: device.packet,
            kind: Kind::Audio,
        };
        Self {
            prime: config.prime,
            thread: PacketThread::new(config, device, machine, thread, service),
            content: PlayedPacket {
                player,
                bytes: kept.then(Vec::new),
                stretches: [stretch],
            },
            agenda: Agenda::new(actions),
        }
    }

    /// The thread that writes the packets.
    pub const fn thread(&self) -> &PacketThread {
        &self.thread
    }

    /// The status that the device first refused a state with, if it did.
    pub const fn failure(&self) -> Option<NtStatus> {
        self.thread.failure()
    }

    /// The notification event was set with `tag`.
    fn woken<C: Context>(&mut self, cx: &C, tag: u64) -> Option<Pass> {
        self.thread.woken(cx, tag, &mut self.content)
    }

    /// Does what is due by now: first the work under way, then actions.
    fn proceed<C: Context>(&mut self, cx: &C) {
        self.thread.proceed(cx, &mut self.content);
        while let Some(act) = self.agenda.take(cx.now()) {
            self.act(cx, act);
        }
    }

    fn act<C: Context>(&mut self, cx: &C, act: Act) {
        match act {
            Act::Run { prime } => {
                self.thread
                    .prepare(cx, &mut self.content, prime.unwrap_or(self.prime));
                self.thread.run(cx, &mut self.content);
            }
            Act::Pause if self.thread.state() == KsState::Stop => {
                self.thread.prepare(cx, &mut self.content, self.prime);
            }
            Act::Pause => self.thread.pause(cx),
            Act::Stop => self.thread.stop(cx),
            Act::WritePacket(packet) => {
                self.thread.prepare(cx, &mut self.content, self.prime);
                self.thread.force(cx, packet, &mut self.content);
            }
            // For streams that record, and for those without packets.
            Act::ReadSlot { .. } | Act::Rewrite => {}
        }
    }

    /// When it goes on without its event.
    fn due(&self) -> Option<Moment> {
        let action = self.agenda.due().map(SimTime::commit);
        self.thread.due().into_iter().chain(action).min()
    }
}

impl Fork for ExclusiveClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            thread: self.thread.fork(forker),
            prime: self.prime,
            content: self.content.clone(),
            agenda: self.agenda.fork(forker),
        }
    }
}

/// Runs an exclusive client for ever: waits for its notification event, for its own work and for
/// the times of its actions.
pub async fn exclusive_client<C: Context>(
    cx: C,
    client: Shared<ExclusiveClient>,
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
                Woken::Event(tag) => {
                    client.borrow_mut().woken(&cx, tag);
                }
                Woken::Deadline => client.borrow_mut().proceed(&cx),
            },
        }
    }
}
