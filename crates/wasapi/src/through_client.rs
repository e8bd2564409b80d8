//! A shared client that plays what it records: the loop-through.

use engine::{CaptureEndpoint, Endpoint};
use machine::{Machine, ThreadId};
use units::{Frames, HResult, Moment, SimTime, WaveFormat};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared, Woken};

use crate::action::{Act, Action, Agenda};
use crate::audio_client::AudioClient;
use crate::capture_client::Got;
use crate::com::{InitializeRequest, ShareMode, stream_flags};
use crate::duration::duration_of;
use crate::history::{FILL, RESET, START, STOP};
use crate::recording::Recording;
use crate::render_client::SILENT;
use crate::shared_client::SharedClientConfig;

/// A shared client that plays at once what it records.
///
/// It fills what it plays into with silence and starts both streams; after each signal of the
/// recording engine it takes packet after packet and releases each into the other buffer. A packet
/// that finds no room there stays in the queue until the next signal.
///
/// Model: it is signalled by the engine that records alone; the one that plays finds what is there.
#[derive(Debug)]
pub struct ThroughClient {
    record: AudioClient,
    play: AudioClient,
    recording: Recording,
    machine: Shared<Machine>,
    thread: ThreadId,
    event: EventHandle,
    /// When the thread that was released gets to run.
    starting: Option<Moment>,
    agenda: Agenda,
}

impl ThroughClient {
    /// Opens a stream of `format` at each of the two endpoints; `event` is what the engine that
    /// records signals and the client's [actor](through_client) waits for.
    ///
    /// # Errors
    /// What [`AudioClient::initialize`] refuses either with.
    pub fn open(
        config: SharedClientConfig,
        (from, to): (CaptureEndpoint, Endpoint),
        format: WaveFormat,
        machine: Shared<Machine>,
        thread: &str,
        event: EventHandle,
        actions: Vec<Action>,
    ) -> Result<Self, HResult> {
        let duration = duration_of(config.buffer, format.rate);
        let request = |flags| InitializeRequest {
            mode: ShareMode::SHARED,
            flags: flags | stream_flags::AUTO_CONVERT_PCM,
            duration,
            periodicity: duration,
            format,
        };
        let mut record = AudioClient::recording(from, config.minimum);
        record.initialize(request(stream_flags::EVENT_CALLBACK))?;
        record.set_event_handle(event.clone())?;
        let mut play = AudioClient::new(to, config.minimum);
        play.initialize(request(0))?;
        play.trace()?;
        let thread = machine.borrow_mut().thread(thread);
        Ok(Self {
            record,
            play,
            recording: Recording::new(format),
            machine,
            thread,
            event,
            starting: None,
            agenda: Agenda::new(actions),
        })
    }

    /// What it has got so far, and played.
    pub const fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The event was set with `tag`.
    fn woken<C: Context>(&mut self, cx: &C, tag: u64) {
        let wake = machine::wake(cx, &self.machine, self.thread, &self.event, tag);
        self.starting = Some(wake.starts);
        self.proceed(cx);
    }

    /// Does what is due by now.
    fn proceed<C: Context>(&mut self, cx: &C) {
        if self.starting.is_some_and(|at| at <= cx.moment()) {
            self.starting = machine::held_up(cx, &self.machine, self.thread);
            if self.starting.is_none() && self.play.is_running() {
                self.pass_on(cx);
            }
        }
        while let Some(act) = self.agenda.take(cx.now()) {
            self.act(cx, act);
        }
    }

    fn act<C: Context>(&mut self, cx: &C, act: Act) {
        let running = self.play.is_running();
        match act {
            Act::Run { .. } if !running => {
                self.prime(cx);
                for stream in [&mut self.play, &mut self.record] {
                    stream.start().expect("a stopped stream starts");
                }
                cx.record(&START, &[padding(&self.play).get()]);
            }
            Act::Pause if running => self.stop(cx),
            Act::Stop => {
                if running {
                    self.stop(cx);
                }
                cx.record(&RESET, &[padding(&self.play).get()]);
                for stream in [&mut self.play, &mut self.record] {
                    let reset = stream.reset();
                    reset.expect("a stopped stream of which nothing is held");
                }
            }
            // The rest is for streams on a pin, or has no effect.
            Act::Run { .. }
            | Act::Pause
            | Act::WritePacket(_)
            | Act::ReadSlot { .. }
            | Act::Rewrite => {}
        }
    }

    fn stop<C: Context>(&mut self, cx: &C) {
        for stream in [&mut self.play, &mut self.record] {
            stream.stop().expect("an open stream stops");
        }
        cx.record(&STOP, &[padding(&self.play).get()]);
    }

    /// Fills what is free with silence.
    fn prime<C: Context>(&mut self, cx: &C) {
        let before = padding(&self.play);
        let frames = self.play.buffer_size().expect("the stream is open") - before;
        if frames.is_zero() {
            return;
        }
        let render = self.play.render_client().expect("the stream plays");
        render.get_buffer(frames).expect("so much is free");
        let released = render.release_buffer(frames, SILENT, 0);
        released.expect("so much is held");
        cx.record(&FILL, &[frames.get(), before.get(), 0]);
    }

    /// Plays all packets that are queued, as far as there is room.
    fn pass_on<C: Context>(&mut self, cx: &C) {
        let capture = self.record.capture_client().expect("the stream records");
        loop {
            let before = padding(&self.play);
            let free = self.play.buffer_size().expect("the stream is open") - before;
            let next = capture.next_packet_size();
            if next.is_zero() || next > free {
                return;
            }
            let Got::Packet(packet) = capture.get_buffer().expect("nothing is held") else {
                return;
            };
            let render = self.play.render_client().expect("the stream plays");
            render.get_buffer(packet.frames).expect("so much is free");
            render.memory().copy_from_slice(capture.memory());
            let released = render.release_buffer(packet.frames, 0, packet.device_frame);
            released.expect("so much is held");
            self.recording.append(cx, packet, capture.memory());
            capture.release_buffer(packet.frames).expect("it is held");
            let words = [packet.frames.get(), before.get(), packet.device_frame];
            cx.record(&FILL, &words);
        }
    }

    fn due(&self) -> Option<Moment> {
        let action = self.agenda.due().map(SimTime::commit);
        self.starting.into_iter().chain(action).min()
    }
}

fn padding(stream: &AudioClient) -> Frames {
    stream.current_padding().expect("the stream is open")
}

impl Fork for ThroughClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            record: self.record.fork(forker),
            play: self.play.fork(forker),
            recording: self.recording.fork(forker),
            machine: self.machine.fork(forker),
            event: self.event.fork(forker),
            agenda: self.agenda.fork(forker),
            ..*self
        }
    }
}

/// Runs a client that plays what it records for ever: waits for its event and for the times of its
/// actions.
pub async fn through_client<C: Context>(cx: C, client: Shared<ThroughClient>, event: C::Event) {
    loop {
        let (due, is_starting) = {
            let client = client.borrow();
            (client.due(), client.starting.is_some())
        };
        match due {
            Some(at) if is_starting => {
                cx.sleep_until(at).await;
                client.borrow_mut().proceed(&cx);
            }
            deadline => match event.wait_until(deadline).await {
                Woken::Event(tag) => client.borrow_mut().woken(&cx, tag),
                Woken::Deadline => client.borrow_mut().proceed(&cx),
            },
        }
    }
}
