//! A shared event-driven client that records: empties its endpoint buffer whenever it is signalled.

use engine::CaptureEndpoint;
use machine::{Machine, ThreadId};
use units::{Frames, HResult, Moment, SimTime, WaveFormat};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared, Woken};

use crate::action::{Act, Action, Agenda};
use crate::audio_client::AudioClient;
use crate::capture_client::Got;
use crate::com::{InitializeRequest, ShareMode, stream_flags};
use crate::duration::duration_of;
use crate::history::{RESET, START, STOP};
use crate::recording::Recording;
use crate::shared_client::SharedClientConfig;

/// A shared client that records: an [`AudioClient`] and what it does with it.
///
/// It starts, and after each signal takes packet after packet until its buffer is empty.
///
/// # Source
/// `CoreAudio/capturing-a-stream.md`, event-driven as on
/// `audioclient/nf-audioclient-iaudioclient-initialize.md`.
#[derive(Debug)]
pub struct SharedCaptureClient {
    audio: AudioClient,
    recording: Recording,
    machine: Shared<Machine>,
    thread: ThreadId,
    event: EventHandle,
    /// When the thread that was released gets to run.
    starting: Option<Moment>,
    agenda: Agenda,
}

impl SharedCaptureClient {
    /// Opens a stream of `format` at `endpoint`; `event` is what the engine signals and the
    /// client's [actor](shared_capture_client) waits for. Another number of channels than the
    /// device has is mapped.
    ///
    /// # Errors
    /// What [`AudioClient::initialize`] refuses it with.
    pub fn open(
        config: SharedClientConfig,
        endpoint: CaptureEndpoint,
        format: WaveFormat,
        machine: Shared<Machine>,
        thread: &str,
        event: EventHandle,
        actions: Vec<Action>,
    ) -> Result<Self, HResult> {
        let mut audio = AudioClient::recording(endpoint, config.minimum);
        let duration = duration_of(config.buffer, format.rate);
        audio.initialize(InitializeRequest {
            mode: ShareMode::SHARED,
            flags: stream_flags::EVENT_CALLBACK | stream_flags::AUTO_CONVERT_PCM,
            duration,
            periodicity: duration,
            format,
        })?;
        audio.set_event_handle(event.clone())?;
        let thread = machine.borrow_mut().thread(thread);
        Ok(Self {
            audio,
            recording: Recording::new(format),
            machine,
            thread,
            event,
            starting: None,
            agenda: Agenda::new(actions),
        })
    }

    /// Its client object.
    pub const fn audio(&self) -> &AudioClient {
        &self.audio
    }

    /// What it has got so far.
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
            if self.starting.is_none() {
                self.drain(cx);
            }
        }
        while let Some(act) = self.agenda.take(cx.now()) {
            self.act(cx, act);
        }
    }

    fn act<C: Context>(&mut self, cx: &C, act: Act) {
        let (running, padding) = (self.audio.is_running(), self.padding());
        match act {
            Act::Run { .. } if !running => {
                self.audio
                    .start()
                    .expect("a stopped stream with an event starts");
                cx.record(&START, &[padding.get()]);
            }
            Act::Pause if running => self.stop(cx),
            Act::Stop => {
                if running {
                    self.stop(cx);
                }
                self.audio
                    .reset()
                    .expect("a stopped stream of which nothing is held");
                cx.record(&RESET, &[padding.get()]);
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
        self.audio.stop().expect("an open stream stops");
        cx.record(&STOP, &[self.padding().get()]);
    }

    /// Takes all that is queued.
    fn drain<C: Context>(&mut self, cx: &C) {
        let capture = self.audio.capture_client().expect("the stream records");
        while let Got::Packet(packet) = capture.get_buffer().expect("nothing is held") {
            self.recording.append(cx, packet, capture.memory());
            capture.release_buffer(packet.frames).expect("it is held");
        }
    }

    fn padding(&self) -> Frames {
        self.audio.current_padding().expect("the stream is open")
    }

    fn due(&self) -> Option<Moment> {
        let action = self.agenda.due().map(SimTime::commit);
        self.starting.into_iter().chain(action).min()
    }
}

impl Fork for SharedCaptureClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            audio: self.audio.fork(forker),
            recording: self.recording.fork(forker),
            machine: self.machine.fork(forker),
            event: self.event.fork(forker),
            agenda: self.agenda.fork(forker),
            ..*self
        }
    }
}

/// Runs a shared client that records for ever: waits for its event and for the times of its
/// actions.
pub async fn shared_capture_client<C: Context>(
    cx: C,
    client: Shared<SharedCaptureClient>,
    event: C::Event,
) {
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
