//! An audio session: streams of one program that are loud together.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use ks::Guid;
use units::HResult;

/// Whether a session has streams, and whether one runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "AudioSessionState")]
pub enum SessionState {
    /// No stream runs.
    #[default]
    Inactive,
    /// A stream runs.
    Active,
    /// Its last stream was closed.
    Expired,
}

/// Why a session lost its streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "AudioSessionDisconnectReason")]
pub enum DisconnectReason {
    /// The endpoint is gone.
    DeviceRemoval,
    /// The audio service was stopped.
    ServerShutdown,
    /// The mix format is another.
    FormatChanged,
    /// The user logged off.
    SessionLogoff,
    /// The remote session ended.
    SessionDisconnected,
    /// Somebody took the endpoint exclusively.
    ExclusiveModeOverride,
}

/// One callback of a session.
#[derive(Clone, Debug, PartialEq)]
#[doc(alias = "IAudioSessionEvents")]
pub enum SessionEvent {
    /// Level or mute are others.
    #[doc(alias = "OnSimpleVolumeChanged")]
    SimpleVolumeChanged {
        /// The level.
        level: f32,
        /// Muted or not.
        is_muted: bool,
        /// Whose doing it was, as the setter said.
        context: Option<Guid>,
    },
    /// Levels of channels were set, to others or to the same.
    #[doc(alias = "OnChannelVolumeChanged")]
    ChannelVolumeChanged {
        /// All levels.
        levels: Vec<f32>,
        /// Which channel; `None` (0xFFFFFFFF) if all were set.
        channel: Option<u32>,
        /// Whose doing it was, as the setter said.
        context: Option<Guid>,
    },
    /// The state is another.
    #[doc(alias = "OnStateChanged")]
    StateChanged(SessionState),
    /// The streams are closed.
    #[doc(alias = "OnSessionDisconnected")]
    Disconnected(DisconnectReason),
}

/// The callbacks of a session since somebody registered for them, in order. Dropped, it is
/// unregistered.
#[derive(Clone, Debug, Default)]
pub struct SessionNotifications(Rc<RefCell<VecDeque<SessionEvent>>>);

impl SessionNotifications {
    /// The oldest that was not taken yet.
    pub fn take(&self) -> Option<SessionEvent> {
        self.0.borrow_mut().pop_front()
    }
}

/// What makes two streams of one endpoint members of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionKey {
    pub(crate) id: Guid,
    /// `None` for a session of several processes.
    pub(crate) process: Option<u32>,
}

/// A session of one endpoint.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) key: SessionKey,
    /// Level and mute are kept for the next session of that key.
    pub(crate) is_persistent: bool,
    state: Cell<SessionState>,
    level: Cell<f32>,
    is_muted: Cell<bool>,
    channels: RefCell<Vec<f32>>,
    streams: Cell<u32>,
    running: Cell<u32>,
    listeners: RefCell<Vec<Weak<RefCell<VecDeque<SessionEvent>>>>>,
}

impl Session {
    pub(crate) fn new(
        key: SessionKey,
        is_persistent: bool,
        channels: usize,
        (level, is_muted): (f32, bool),
    ) -> Self {
        Self {
            key,
            is_persistent,
            state: Cell::default(),
            level: Cell::new(level),
            is_muted: Cell::new(is_muted),
            channels: RefCell::new(vec![1.0; channels]),
            streams: Cell::new(0),
            running: Cell::new(0),
            listeners: RefCell::default(),
        }
    }

    pub(crate) fn state(&self) -> SessionState {
        self.state.get()
    }

    pub(crate) fn volume(&self) -> (f32, bool) {
        (self.level.get(), self.is_muted.get())
    }

    pub(crate) fn channels(&self) -> Vec<f32> {
        self.channels.borrow().clone()
    }

    /// A stream is opened, or closed.
    pub(crate) fn stream_opened(&self) {
        self.streams.set(self.streams.get() + 1);
    }

    pub(crate) fn stream_closed(&self) {
        self.streams.set(self.streams.get().saturating_sub(1));
        self.note_state();
    }

    /// A stream is started, or stopped.
    pub(crate) fn stream_started(&self) {
        self.running.set(self.running.get() + 1);
        self.note_state();
    }

    pub(crate) fn stream_stopped(&self) {
        self.running.set(self.running.get().saturating_sub(1));
        self.note_state();
    }

    fn note_state(&self) {
        let state = match (self.streams.get(), self.running.get()) {
            (0, _) => SessionState::Expired,
            (_, 0) => SessionState::Inactive,
            _ => SessionState::Active,
        };
        if self.state.replace(state) != state {
            self.tell(&SessionEvent::StateChanged(state));
        }
    }

    /// True if something is another now.
    pub(crate) fn set_volume(&self, level: f32, is_muted: bool, context: Option<Guid>) -> bool {
        let before = (self.level.replace(level), self.is_muted.replace(is_muted));
        let is_changed = before.0.to_bits() != level.to_bits() || before.1 != is_muted;
        if is_changed {
            self.tell(&SessionEvent::SimpleVolumeChanged {
                level,
                is_muted,
                context,
            });
        }
        is_changed
    }

    pub(crate) fn set_channels(
        &self,
        levels: Vec<f32>,
        channel: Option<u32>,
        context: Option<Guid>,
    ) {
        self.channels.borrow_mut().clone_from(&levels);
        self.tell(&SessionEvent::ChannelVolumeChanged {
            levels,
            channel,
            context,
        });
    }

    pub(crate) fn disconnect(&self, reason: DisconnectReason) {
        self.tell(&SessionEvent::Disconnected(reason));
    }

    pub(crate) fn register(&self) -> SessionNotifications {
        let queue = SessionNotifications::default();
        self.listeners.borrow_mut().push(Rc::downgrade(&queue.0));
        queue
    }

    fn tell(&self, event: &SessionEvent) {
        let mut listeners = self.listeners.borrow_mut();
        listeners.retain(|listener| listener.strong_count() > 0);
        for listener in listeners.iter().filter_map(Weak::upgrade) {
            listener.borrow_mut().push_back(event.clone());
        }
    }
}

/// `INVALIDARG` for a level that is none: outside 0 to 1, or no number.
pub(crate) fn level(level: f32) -> Result<f32, HResult> {
    if (0.0..=1.0).contains(&level) {
        Ok(level)
    } else {
        Err(HResult::INVALIDARG)
    }
}
