//! A shared event-driven client: fills its endpoint buffer whenever the engine has taken from it.

use engine::{Endpoint, Volume};
use machine::{Machine, ThreadId};
use units::{Frames, HResult, Moment, WaveFormat};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared, Woken};

use crate::action::{Act, Action, Agenda};
use crate::audio_client::AudioClient;
use crate::buffer_minimum::BufferMinimum;
use crate::com::{InitializeRequest, ShareMode, stream_flags};
use crate::duration::duration_of;
use crate::history::{FILL, RESET, START, STOP};
use crate::source::Player;

/// How a shared client is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedClientConfig {
    /// The buffer it asks for.
    pub buffer: Frames,
    /// The smallest it gets.
    pub minimum: BufferMinimum,
}

/// A shared client: an [`AudioClient`] and what it does with it.
///
/// It fills the buffer, starts, and after each signal fills what has become free. Late signals cost
/// it nothing but time.
///
/// # Source
/// `CoreAudio/rendering-a-stream.md`, event-driven as on
/// `audioclient/nf-audioclient-iaudioclient-initialize.md`.
#[derive(Debug)]
pub struct SharedClient {
    audio: AudioClient,
    player: Player,
    /// The next frame of what it plays.
    content: u64,
    machine: Shared<Machine>,
    thread: ThreadId,
    event: EventHandle,
    /// When the thread that was released gets to run.
    starting: Option<Moment>,
    agenda: Agenda,
}

impl SharedClient {
    /// Opens a stream of the player's format at `endpoint`; `event` is what the engine signals and
    /// the client's [actor](shared_client) waits for. Another number of channels than the mix has
    /// is mapped.
    ///
    /// # Errors
    /// What [`AudioClient::initialize`] refuses it with.
    pub fn open(
        config: SharedClientConfig,
        endpoint: Endpoint,
        player: Player,
        machine: Shared<Machine>,
        thread: &str,
        event: EventHandle,
        actions: Vec<Action>,
    ) -> Result<Self, HResult> {
        let format: WaveFormat = player.format();
        let mut audio = AudioClient::new(endpoint, config.minimum);
        let duration = duration_of(config.buffer, format.rate);
        let flags = stream_flags::EVENT_CALLBACK | stream_flags::AUTO_CONVERT_PCM;
        audio.initialize(InitializeRequest {
            mode: ShareMode::SHARED,
            flags,
            duration,
            periodicity: duration,
            format,
        })?;
        audio.set_event_handle(event.clone())?;
        let thread = machine.borrow_mut().thread(thread);
        Ok(Self {
            audio,
            player,
            content: 0,
            machine,
            thread,
            event,
            starting: None,
            agenda: Agenda::new(actions),
        })
    }

    /// Sets how loud it is mixed.
    ///
    /// # Errors
    /// What [`AudioClient::set_volume`] refuses it with.
    pub fn set_volume(&mut self, volume: Volume) -> Result<(), HResult> {
        self.audio.set_volume(volume)
    }

    /// Its client object.
    pub const fn audio(&self) -> &AudioClient {
        &self.audio
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
            if self.starting.is_none() && self.audio.is_running() {
                self.fill(cx);
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
                self.fill(cx);
                self.audio
                    .start()
                    .expect("a stopped stream with an event starts");
                cx.record(&START, &[self.padding().get()]);
            }
            Act::Pause if running => self.stop(cx),
            Act::Stop => {
                if running {
                    self.stop(cx);
                }
                self.audio
                    .reset()
                    .expect("a stopped stream of which nothing is held");
                self.content = 0;
                cx.record(&RESET, &[padding.get()]);
            }
            // The rest is for streams that write packets, or has no effect.
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

    /// Fills what is free.
    fn fill<C: Context>(&mut self, cx: &C) {
        let padding = self.padding();
        let frames = self.audio.buffer_size().expect("the stream is open") - padding;
        if frames.is_zero() {
            return;
        }
        let render = self.audio.render_client().expect("the stream is open");
        render
            .get_buffer(frames)
            .expect("so much is free and nothing is held");
        let memory = render.memory();
        if !memory.is_empty() {
            self.player.play(self.content, memory);
        }
        render
            .release_buffer(frames, 0, self.content)
            .expect("so much is held");
        cx.record(&FILL, &[frames.get(), padding.get(), self.content]);
        self.content += frames.get();
    }

    fn padding(&self) -> Frames {
        self.audio.current_padding().expect("the stream is open")
    }

    fn due(&self) -> Option<Moment> {
        let action = self.agenda.due().map(units::SimTime::commit);
        self.starting.into_iter().chain(action).min()
    }
}

impl Fork for SharedClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            audio: self.audio.fork(forker),
            player: self.player.fork(forker),
            machine: self.machine.fork(forker),
            event: self.event.fork(forker),
            agenda: self.agenda.fork(forker),
            ..*self
        }
    }
}

/// Runs a shared client for ever: waits for its event and for the times of its actions.
pub async fn shared_client<C: Context>(cx: C, client: Shared<SharedClient>, event: C::Event) {
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
