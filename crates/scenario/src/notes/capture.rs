//! What the history says of the recording side.

use std::collections::BTreeMap;

use engine::{NO_PASS, QUEUE_FULL, READ, READ_AHEAD, READ_PASS, READ_STATE, READ_STRETCH};
use ks::{KsState, REQUEST};
use machine::{DELAY, DPC, FaultId, ISR, NOTIFICATION, WAKE};
use port::ENGINE_EVENT;
use truth::{ClientDrop, Held, LostNotification, Origin, PacketRead, Supply, Work};
use units::{Frames, Moment, NtStatus, Phase, SimDuration};
use vtime::Entry;
use wasapi::{CAPTURED, buffer_flags};

use super::{Role, add_delay, own_time, status_of, told, woken};
use crate::result::Notifications;

/// What events are called in the log of Windows that nobody reads.
pub(crate) const SERVER_OUTPUT_QUEUE_FULL: &str = "event 34";
pub(crate) const CAPTURE_AHEAD: &str = "event 42";
/// What a flag of a packet is called.
const DISCONTINUITY: &str = "AUDCLNT_BUFFERFLAGS_DATA_DISCONTINUITY";
const TIMESTAMP_ERROR: &str = "AUDCLNT_BUFFERFLAGS_TIMESTAMP_ERROR";

/// What the history says of the recording side of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct CaptureNotes {
    packet: Frames,
    /// The places of the engine's clients, in the order of their streams.
    streams: Vec<usize>,
    /// The place of the exclusive client, if there is one.
    exclusive: Option<usize>,
    /// What the work under way lost to others.
    held_up: SimDuration,
    pub(crate) reads: Vec<PacketRead>,
    pub(crate) work: Vec<Work>,
    /// From what each wake-up of who reads the packets answers to until it runs.
    pub(crate) wake_latencies: Vec<SimDuration>,
    pub(crate) supply: Vec<Supply>,
    pub(crate) lost: Vec<LostNotification>,
    pub(crate) dropped: Vec<ClientDrop>,
    pub(crate) notifications: Notifications,
    pub(crate) reported: BTreeMap<String, u64>,
    /// What each client got, by its place.
    pub(crate) tapes: BTreeMap<usize, Tape>,
    /// Which run of the stream, and the wake-up that is being answered.
    run: u32,
    wake: Option<usize>,
}

/// What one client got.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tape {
    pub(crate) wakes: u64,
    pub(crate) frames: u64,
    pub(crate) discontinuities: u64,
    pub(crate) timestamp_errors: u64,
    pub(crate) overrun_frames: u64,
}

impl CaptureNotes {
    /// No notes yet, of a stream with packets of `packet` frames that the clients at the places
    /// `streams` share or the one at place `exclusive` has for himself.
    pub(crate) fn new(packet: Frames, streams: Vec<usize>, exclusive: Option<usize>) -> Self {
        let all = streams.iter().copied().chain(exclusive);
        Self {
            packet,
            tapes: all.map(|place| (place, Tape::default())).collect(),
            streams,
            exclusive,
            ..Self::default()
        }
    }

    /// Takes in the next entry of the history that is of this side.
    pub(super) fn take(&mut self, role: Role, entry: &Entry) {
        let (what, words, at) = (entry.what, entry.words(), entry.moment);
        if *what == REQUEST {
            let status = status_of(words[3]);
            if status != NtStatus::SUCCESS {
                self.report(status.name());
            }
        } else if *what == WAKE {
            self.wake(role, words);
        } else if *what == DELAY {
            self.delay(role, words);
        } else if *what == READ {
            self.read(words, at);
        } else if *what == READ_STRETCH {
            self.stretch(words);
        } else if *what == READ_AHEAD {
            self.report(CAPTURE_AHEAD);
        } else if *what == READ_PASS {
            self.pass_ended(at);
        } else if *what == READ_STATE {
            self.state(words, at);
        } else if *what == QUEUE_FULL {
            self.queue_full(words, at);
        } else if *what == CAPTURED {
            self.captured(role, words);
        } else if *what == ISR {
            self.notifications.interrupts += 1;
            self.notifications.coalesced += words[2];
        } else if *what == DPC {
            self.notifications.dpc_runs += 1;
        } else if *what == NOTIFICATION {
            self.notified(words);
        } else if *what == ENGINE_EVENT {
            if let Some(what) = told(words) {
                self.report(&what);
            }
        }
    }

    fn report(&mut self, what: &str) {
        *self.reported.entry(what.to_owned()).or_default() += 1;
    }

    fn tape(&mut self, place: usize) -> &mut Tape {
        self.tapes.entry(place).or_default()
    }

    fn wake(&mut self, role: Role, words: &[u64]) {
        let Some((work, starts)) = woken(words) else {
            return;
        };
        match role {
            Role::Reader => {
                self.notifications.wakes += 1;
                self.wake_latencies.push(starts.since(work.due));
                self.wake = Some(self.work.len());
                self.work.push(work);
                if let Some(place) = self.exclusive {
                    self.tape(place).wakes += 1;
                }
            }
            Role::Listener(client) => {
                self.tape(client).wakes += 1;
                // Emptying a buffer takes no time.
                let done = starts.at(Phase::React);
                let work = Work { done, ..work };
                self.supply.push(Supply { client, work });
            }
            _ => {}
        }
    }

    fn delay(&mut self, role: Role, words: &[u64]) {
        let latest = match role {
            Role::Reader => self.work.last_mut(),
            Role::Listener(_) => self.supply.last_mut().map(|supply| &mut supply.work),
            _ => None,
        };
        if let Some(work) = latest {
            let in_between = add_delay(work, words);
            if role == Role::Reader {
                self.held_up += in_between;
            }
        }
    }

    fn read(&mut self, words: &[u64], at: Moment) {
        let [packet, _, _, begun, pass, as_numbered] = words else {
            return;
        };
        let held_up = std::mem::take(&mut self.held_up);
        let origin = match self.wake {
            Some(wake) if *pass != NO_PASS => Origin::Wake(wake),
            _ => Origin::Forced,
        };
        if let Origin::Wake(wake) = origin {
            let served = own_time(*begun, at, held_up);
            if !served.is_zero() {
                let latency = &mut self.work[wake].latency;
                latency.add(machine::Component::RunSelf, served);
            }
        }
        let frames = self.packet.get();
        let whole = Held::of(self.run, frames, packet * frames);
        self.reads.push(PacketRead {
            run: self.run,
            packet: *packet,
            done: at,
            origin,
            held: (*as_numbered == 1).then_some(whole).into_iter().collect(),
        });
    }

    /// What the packet that was read last held.
    fn stretch(&mut self, words: &[u64]) {
        let ([frames, writer, content], Some(read)) = (words, self.reads.last_mut()) else {
            return;
        };
        let run = writer.checked_sub(1);
        let run = run.map(|run| u32::try_from(run).expect("a run has a 32-bit number"));
        read.held.push(Held {
            frames: *frames,
            recorded: run.map(|run| (run, *content)),
        });
    }

    fn pass_ended(&mut self, at: Moment) {
        if let Some(wake) = self.wake.take() {
            self.work[wake].done = at;
        }
    }

    fn state(&mut self, words: &[u64], at: Moment) {
        let [state, run] = words else { return };
        self.run = u32::try_from(*run).expect("a run has a 32-bit number");
        if *state == u64::from(KsState::Stop.value()) {
            self.pass_ended(at);
        }
    }

    fn queue_full(&mut self, words: &[u64], at: Moment) {
        let [stream, first, frames] = words else {
            return;
        };
        self.report(SERVER_OUTPUT_QUEUE_FULL);
        let stream = usize::try_from(*stream).expect("clients are few");
        let Some(&client) = self.streams.get(stream) else {
            return;
        };
        self.tape(client).overrun_frames += frames;
        self.dropped.push(ClientDrop {
            run: self.run,
            client,
            first: *first,
            frames: *frames,
            at,
        });
    }

    fn captured(&mut self, role: Role, words: &[u64]) {
        let [frames, _, flags, ..] = words else {
            return;
        };
        let has = |flag: u32| flags & u64::from(flag) != 0;
        let broken = has(buffer_flags::DATA_DISCONTINUITY);
        let unsure = has(buffer_flags::TIMESTAMP_ERROR);
        if broken {
            self.report(DISCONTINUITY);
        }
        let place = match role {
            Role::Listener(place) => Some(place),
            _ => self.exclusive,
        };
        // An exclusive client that asks nobody has set the flag itself.
        if unsure && self.exclusive.is_none() {
            self.report(TIMESTAMP_ERROR);
        }
        if let Some(place) = place {
            let tape = self.tape(place);
            tape.frames += frames;
            tape.discontinuities += u64::from(broken);
            tape.timestamp_errors += u64::from(unsure);
        }
    }

    fn notified(&mut self, words: &[u64]) {
        let [event, lost] = words else { return };
        match FaultId::from_word(*lost) {
            Some(fault) => {
                self.notifications.lost += 1;
                self.lost.push(LostNotification {
                    event: *event,
                    fault,
                });
            }
            None => self.notifications.event_sets += 1,
        }
    }
}
