//! What the pages allow a client to be answered, call by call: a state machine of its own, which
//! shares nothing with the one that is tested but the names of the codes.

use units::HResult;

use super::stream_flags::{AUTO_CONVERT_PCM, CROSS_PROCESS, EVENT_CALLBACK, LOOPBACK};

/// The flags of a stream and of its session.
const KNOWN: u32 = 0xf81f_0000;

/// A call.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Initialize {
        mode: u32,
        flags: u32,
        duration: u64,
        period: u64,
        /// 0 is the mix format, 1 the same in 16 bits, 2 that at 44.1 kHz, 3 in mono.
        format: usize,
    },
    Start,
    Stop,
    Reset,
    SetEvent,
    BufferSize,
    Padding,
    Position,
    Write(u64),
    Release(u64, u32),
    Read,
    ReleaseRead(u64),
    Drop,
    Policy(bool, bool),
    Sleep(u64),
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) code: HResult,
    pub(super) number: Option<u64>,
}

impl Answer {
    pub(super) const fn code(code: HResult) -> Self {
        Self { code, number: None }
    }
}

/// A stream, as far as its client can know.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each can be so or not whatever the others are"
)]
struct Stream {
    exclusive: bool,
    by_events: bool,
    size: u64,
    running: bool,
    event: bool,
    held: Option<u64>,
    /// Between how many and how many frames are queued.
    queued: (u64, u64),
    /// Exclusive by events: whether a buffer is handed over, if that is known.
    handed: Option<bool>,
    position: u64,
    dead: bool,
}

/// A client.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    stream: Option<Stream>,
    next_size: Option<u64>,
}

/// All clients, and what the user allows on each of the two endpoints.
#[derive(Debug)]
pub(super) struct Model {
    clients: [Client; 3],
    policy: [(bool, bool); 2],
}

/// Callers 0 and 1 play, caller 2 records.
const fn endpoint_of(who: usize) -> usize {
    who / 2
}

const fn rate_and_frame(format: usize) -> (u64, u64) {
    match format {
        0 => (48_000, 8),
        1 => (48_000, 4),
        2 => (44_100, 4),
        _ => (48_000, 2),
    }
}

const fn nearest(duration: u64, rate: u64) -> u64 {
    (duration * rate + 5_000_000) / 10_000_000
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            clients: std::array::from_fn(|_| Client::default()),
            policy: [(true, true); 2],
        }
    }

    pub(super) const fn caller(&self, who: usize) -> &Client {
        &self.clients[who]
    }

    /// The streams of the endpoint of `who` that have not lost it.
    fn on_endpoint(&self, who: usize) -> impl Iterator<Item = &Stream> {
        let on = move |other: &(usize, &Client)| endpoint_of(other.0) == endpoint_of(who);
        let clients = self.clients.iter().enumerate().filter(on);
        clients
            .filter_map(|(_, client)| client.stream.as_ref())
            .filter(|stream| !stream.dead)
    }

    pub(super) fn allowed(&self, who: usize, op: &Op) -> Vec<HResult> {
        let client = &self.clients[who];
        if let Op::Initialize {
            mode,
            flags,
            duration,
            period,
            format,
        } = *op
        {
            return self.initialize(who, (mode, flags), (duration, period), format);
        }
        match op {
            Op::Drop | Op::Policy(..) => return vec![HResult::OK],
            Op::BufferSize if client.next_size.is_some() => return vec![HResult::OK],
            _ => {}
        }
        let Some(stream) = &client.stream else {
            return vec![HResult::NOT_INITIALIZED];
        };
        if stream.dead {
            return vec![HResult::DEVICE_INVALIDATED];
        }
        let records = endpoint_of(who) == 1;
        match *op {
            Op::Write(_) | Op::Release(..) if records => vec![HResult::WRONG_ENDPOINT_TYPE],
            Op::Read | Op::ReleaseRead(_) if !records => vec![HResult::WRONG_ENDPOINT_TYPE],
            _ => stream.allowed(op),
        }
    }

    /// The table of Initialize, row by row.
    fn initialize(
        &self,
        who: usize,
        (mode, flags): (u32, u32),
        (duration, period): (u64, u64),
        format: usize,
    ) -> Vec<HResult> {
        let one = |code| vec![code];
        let exclusive = mode == 1;
        let by_events = flags & EVENT_CALLBACK != 0;
        if mode > 1 {
            return one(HResult::INVALIDARG);
        }
        if self.clients[who].stream.is_some() {
            return one(HResult::ALREADY_INITIALIZED);
        }
        let shared_only = flags & (LOOPBACK | CROSS_PROCESS) != 0;
        if flags & !KNOWN != 0 || exclusive && shared_only {
            return one(HResult::INVALIDARG);
        }
        let (allowed, priority) = self.policy[endpoint_of(who)];
        if !exclusive {
            let fits = format < 2 || format == 3 && flags & AUTO_CONVERT_PCM != 0;
            let in_use = self.on_endpoint(who).any(|stream| stream.exclusive);
            return match (fits, in_use) {
                (false, _) => one(HResult::UNSUPPORTED_FORMAT),
                (true, true) => one(HResult::DEVICE_IN_USE),
                (true, false) => one(HResult::OK),
            };
        }
        if !allowed {
            return one(HResult::EXCLUSIVE_MODE_NOT_ALLOWED);
        }
        if by_events && (period == 0 || period != duration) {
            return one(HResult::BUFDURATION_PERIOD_NOT_EQUAL);
        }
        if period > 5_000_000 {
            return one(HResult::INVALID_DEVICE_PERIOD);
        }
        if duration > if by_events { 5_000_000 } else { 20_000_000 } {
            return one(HResult::BUFFER_SIZE_ERROR);
        }
        if by_events && period < 30_000 {
            return one(HResult::INVALID_DEVICE_PERIOD);
        }
        if format != 1 && format != 2 {
            return one(HResult::UNSUPPORTED_FORMAT);
        }
        let (rate, frame) = rate_and_frame(format);
        if by_events && nearest(duration, rate) * frame % 128 != 0 {
            return one(HResult::BUFFER_SIZE_NOT_ALIGNED);
        }
        let in_use = self.on_endpoint(who).any(|stream| stream.exclusive);
        let is_shared = self.on_endpoint(who).any(|stream| !stream.exclusive);
        if in_use || is_shared && !priority {
            return one(HResult::DEVICE_IN_USE);
        }
        if endpoint_of(who) == 1 {
            // The microphone of the tests has no pin of its own to give.
            return one(HResult::ENDPOINT_CREATE_FAILED);
        }
        one(HResult::OK)
    }

    pub(super) fn answered(&mut self, who: usize, op: &Op, answer: Answer) {
        match *op {
            Op::Initialize {
                mode,
                flags,
                duration,
                format,
                ..
            } => {
                let (rate, frame) = rate_and_frame(format);
                let frames = nearest(duration, rate);
                let by_events = flags & EVENT_CALLBACK != 0;
                if answer.code == HResult::BUFFER_SIZE_NOT_ALIGNED {
                    let unit = 128 / frame;
                    self.clients[who].next_size = Some(frames.next_multiple_of(unit));
                } else if answer.code == HResult::OK {
                    if mode == 1 {
                        self.lose(who);
                    }
                    let size = match (mode, by_events) {
                        (0, _) => frames.max(1056),
                        (_, true) => frames,
                        (_, false) => (((frames + 512) / 1024).max(1)) * 1024,
                    };
                    self.clients[who] = Client {
                        stream: Some(Stream::new(mode == 1, by_events, size)),
                        next_size: None,
                    };
                } else if answer.code != HResult::ALREADY_INITIALIZED {
                    self.clients[who].next_size = None;
                }
            }
            Op::Drop => self.clients[who] = Client::default(),
            Op::Policy(allowed, priority) => {
                self.policy[endpoint_of(who)] = (allowed, priority);
            }
            Op::BufferSize if answer.code == HResult::OK => {
                let client = &self.clients[who];
                let size = client.stream.as_ref().map(|stream| stream.size);
                assert_eq!(answer.number, client.next_size.or(size));
            }
            _ => {
                if let Some(stream) = &mut self.clients[who].stream {
                    stream.answered(op, answer, endpoint_of(who) == 1);
                }
            }
        }
    }

    /// All shared streams of the endpoint of `who` lose it.
    fn lose(&mut self, who: usize) {
        let on = |other: &(usize, &mut Client)| endpoint_of(other.0) == endpoint_of(who);
        for (_, client) in self.clients.iter_mut().enumerate().filter(on) {
            if let Some(stream) = &mut client.stream {
                stream.dead = true;
            }
        }
    }

    pub(super) fn slept(&mut self, millis: u64) {
        for (who, client) in self.clients.iter_mut().enumerate() {
            if let Some(stream) = client.stream.as_mut().filter(|stream| stream.running) {
                stream.slept(millis, endpoint_of(who) == 1);
            }
        }
    }
}

impl Stream {
    const fn new(exclusive: bool, by_events: bool, size: u64) -> Self {
        Self {
            exclusive,
            by_events,
            size,
            running: false,
            event: false,
            held: None,
            queued: (0, 0),
            handed: Some(true),
            position: 0,
            dead: false,
        }
    }

    const fn alternates(&self) -> bool {
        self.exclusive && self.by_events
    }

    fn allowed(&self, op: &Op) -> Vec<HResult> {
        let code = match *op {
            Op::Start | Op::Reset if self.running => HResult::NOT_STOPPED,
            Op::Start if self.by_events && !self.event => HResult::EVENTHANDLE_NOT_SET,
            Op::Stop if !self.running => HResult::FALSE,
            Op::Reset if self.held.is_some() => HResult::BUFFER_OPERATION_PENDING,
            Op::SetEvent if !self.by_events => HResult::EVENTHANDLE_NOT_EXPECTED,
            Op::SetEvent if self.event => HResult::INVALIDARG,
            Op::Write(_) | Op::Read if self.held.is_some() => HResult::OUT_OF_ORDER,
            Op::Write(frames) if self.alternates() && frames != self.size => {
                HResult::BUFFER_SIZE_ERROR
            }
            Op::Write(_) if self.alternates() => {
                return match self.handed {
                    Some(true) => vec![HResult::OK],
                    Some(false) => vec![HResult::BUFFER_ERROR],
                    None => vec![HResult::OK, HResult::BUFFER_ERROR],
                };
            }
            Op::Write(frames) if frames + self.queued.0 > self.size => HResult::BUFFER_TOO_LARGE,
            Op::Write(frames) if frames + self.queued.1 > self.size => {
                return vec![HResult::OK, HResult::BUFFER_TOO_LARGE];
            }
            Op::Release(_, flags) if flags & !2 != 0 => HResult::INVALIDARG,
            Op::Release(frames, _) | Op::ReleaseRead(frames)
                if self.held.is_none() && frames > 0 =>
            {
                HResult::OUT_OF_ORDER
            }
            Op::Release(frames, _) if self.alternates() && frames != self.size => {
                HResult::BUFFER_SIZE_ERROR
            }
            Op::Release(frames, _) if self.held.is_some_and(|held| frames > held) => {
                HResult::INVALID_SIZE
            }
            Op::ReleaseRead(frames)
                if self.held.is_some_and(|held| frames != 0 && frames != held) =>
            {
                HResult::INVALID_SIZE
            }
            Op::Read if self.queued.1 == 0 => HResult::BUFFER_EMPTY,
            Op::Read if self.queued.0 == 0 => return vec![HResult::OK, HResult::BUFFER_EMPTY],
            _ => HResult::OK,
        };
        vec![code]
    }

    fn answered(&mut self, op: &Op, answer: Answer, records: bool) {
        if answer.code == HResult::BUFFER_TOO_LARGE {
            return;
        }
        match *op {
            Op::Write(_) if answer.code == HResult::BUFFER_ERROR => self.handed = Some(false),
            Op::Read if answer.code == HResult::BUFFER_EMPTY => self.queued = (0, 0),
            _ if answer.code != HResult::OK => {}
            Op::Start => self.running = true,
            Op::Stop => self.running = false,
            Op::SetEvent => self.event = true,
            Op::Reset => {
                (self.queued, self.position) = ((0, 0), 0);
                self.handed = Some(true);
            }
            Op::Write(frames) => self.held = Some(frames).filter(|frames| *frames > 0),
            Op::Release(frames, _) => {
                self.held = None;
                if self.alternates() {
                    // Nothing says whether a signal came while it was held.
                    self.handed = if self.running { None } else { Some(false) };
                } else {
                    self.queued.0 += frames;
                    self.queued.1 += frames;
                }
            }
            Op::Read => {
                let frames = answer.number.unwrap_or(0);
                assert!(frames > 0 && frames <= self.queued.1);
                self.queued.0 = self.queued.0.max(frames);
                self.held = Some(frames);
            }
            Op::ReleaseRead(frames) => {
                self.held = None;
                self.queued = (self.queued.0 - frames, self.queued.1 - frames);
            }
            Op::Padding => {
                let padding = answer.number.unwrap_or(u64::MAX);
                let (least, most) = if self.alternates() {
                    (0, 0)
                } else {
                    self.queued
                };
                assert!((least..=most).contains(&padding), "{padding} {self:?}");
                assert!(padding <= self.size);
                self.queued = (padding, padding);
            }
            Op::Position => {
                let position = answer.number.unwrap_or(0);
                assert!(position >= self.position, "{position} {self:?}");
                assert!(self.running || records || self.exclusive || self.position <= position);
                self.position = position;
            }
            _ => {}
        }
    }

    /// It ran for so long. How many passes fell into that depends on where it began.
    fn slept(&mut self, millis: u64, records: bool) {
        let most = if self.exclusive {
            48 * millis + 48
        } else {
            (millis / 10 + 1) * 480
        };
        if records {
            self.queued.1 = (self.queued.1 + most).min(self.size);
        } else {
            self.queued.0 = self.queued.0.saturating_sub(most);
        }
        if self.alternates() {
            self.handed = None;
        }
    }
}
