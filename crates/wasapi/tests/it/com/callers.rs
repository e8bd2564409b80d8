//! Callers who do anything: whatever they call, each answer is one that the pages allow.

mod model;

use model::{Answer, Model, Op};
use proptest::prelude::*;
use units::SampleFormat;
use vtime::{Context, Event, Reset};
use wasapi::com::Usage;
use wasapi::{Got, SILENT};

use super::*;

/// Formats by their number in [`Op::Initialize`].
fn formats() -> [WaveFormat; 4] {
    let mix = WaveFormat::new(48_000, 2, SampleFormat::F32).unwrap();
    [mix, pcm(48_000, 2), pcm(44_100, 2), pcm(48_000, 1)]
}

/// One caller: its client and the event that it may give away.
struct Caller {
    cx: Cx,
    device: Device<Cx>,
    client: AudioClient<Cx>,
}

impl Caller {
    fn new(cx: &Cx, device: &Device<Cx>) -> Self {
        Self {
            cx: cx.clone(),
            device: device.clone(),
            client: device.activate(cx, 1).unwrap(),
        }
    }

    /// Calls, and says what came back: the code, and the number, if there is one.
    fn call(&mut self, op: &Op) -> Answer {
        let client = &self.client;
        match *op {
            Op::Initialize {
                mode,
                flags,
                duration,
                period,
                format,
            } => {
                let (duration, period) = (Hns::new(duration), Hns::new(period));
                let format = formats()[format];
                let mode = ShareMode(mode);
                done(client.initialize(mode, flags, duration, period, format, None))
            }
            Op::Start => done(client.start()),
            Op::Stop => client.stop().map_or_else(Answer::code, Answer::code),
            Op::Reset => done(client.reset()),
            Op::SetEvent => {
                let event = self.cx.event("of a caller", Reset::Auto);
                done(client.set_event_handle(event.handle()))
            }
            Op::BufferSize => number(client.buffer_size().map(Frames::get)),
            Op::Padding => number(client.current_padding().map(Frames::get)),
            Op::Position => number(
                client
                    .audio_clock()
                    .and_then(|clock| Ok(clock.position()?.position)),
            ),
            Op::Write(frames) => match client.render_client() {
                Ok(render) => done(render.get_buffer(Frames::new(frames))),
                Err(code) => Answer::code(code),
            },
            Op::Release(frames, flags) => match client.render_client() {
                Ok(render) => done(render.release_buffer(Frames::new(frames), flags)),
                Err(code) => Answer::code(code),
            },
            Op::Read => match client
                .capture_client()
                .and_then(|capture| capture.get_buffer())
            {
                Ok(Got::Packet(packet)) => number(Ok(packet.frames.get())),
                Ok(Got::Empty) => Answer::code(HResult::BUFFER_EMPTY),
                Err(code) => Answer::code(code),
            },
            Op::ReleaseRead(frames) => match client.capture_client() {
                Ok(capture) => done(capture.release_buffer(Frames::new(frames))),
                Err(code) => Answer::code(code),
            },
            Op::Drop => {
                self.client = self.device.activate(&self.cx, 1).unwrap();
                Answer::code(HResult::OK)
            }
            Op::Policy(is_allowed, has_priority) => {
                self.device.set_exclusive_use(is_allowed, has_priority);
                Answer::code(HResult::OK)
            }
            Op::Sleep(_) => Answer::code(HResult::OK),
        }
    }
}

fn done(result: Result<(), HResult>) -> Answer {
    Answer::code(result.map_or_else(|code| code, |()| HResult::OK))
}

fn number(result: Result<u64, HResult>) -> Answer {
    match result {
        Ok(number) => Answer {
            code: HResult::OK,
            number: Some(number),
        },
        Err(code) => Answer::code(code),
    }
}

/// After all of it: nobody has the endpoint, it can be shared and played to, and had alone.
async fn is_usable(cx: &Cx, device: &Device<Cx>) {
    device.set_exclusive_use(true, true);
    assert_eq!(device.usage(), Usage::None);
    let shared = device.activate(cx, 1).unwrap();
    share(&shared, 0, 100).unwrap();
    play(&shared, 4800, 0.5);
    shared.start().unwrap();
    sleep_ms(cx, 25).await;
    let left = padding(&shared);
    assert!((4800 - 3 * 480..=4800 - 2 * 480).contains(&left), "{left}");
    let alone = device.activate(cx, 1).unwrap();
    own(&alone, 100_000, pcm(48_000, 2)).unwrap();
    assert_eq!(shared.current_padding(), Err(HResult::DEVICE_INVALIDATED));
}

/// Times that mean something, and some that do not.
fn times() -> impl Strategy<Value = u64> {
    prop_oneof![
        prop::sample::select(vec![
            0, 1, 29_999, 30_000, 33_333, 100_000, 101_587, 5_000_000, 5_000_001, 20_000_000,
            20_000_001,
        ]),
        0..30_000_000_u64,
    ]
}

fn flags() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => Just(0),
        4 => Just(stream_flags::EVENT_CALLBACK),
        1 => Just(stream_flags::AUTO_CONVERT_PCM),
        1 => Just(stream_flags::CROSS_PROCESS),
        1 => Just(0x1),
    ]
}

fn initialize() -> impl Strategy<Value = Op> {
    let mode = prop_oneof![4 => Just(0), 4 => Just(1), 1 => Just(2)];
    let same = prop::bool::weighted(0.7);
    (mode, flags(), times(), times(), same, 0..4_usize).prop_map(
        |(mode, flags, duration, period, same, format)| Op::Initialize {
            mode,
            flags,
            duration,
            period: if same { duration } else { period },
            format,
        },
    )
}

fn frames() -> impl Strategy<Value = u64> {
    prop_oneof![
        prop::sample::select(vec![0, 1, 160, 448, 480, 1024, 1056, 24_000]),
        0..2000_u64,
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        5 => initialize(),
        3 => Just(Op::Start),
        2 => Just(Op::Stop),
        1 => Just(Op::Reset),
        2 => Just(Op::SetEvent),
        1 => Just(Op::BufferSize),
        2 => Just(Op::Padding),
        1 => Just(Op::Position),
        4 => frames().prop_map(Op::Write),
        4 => (frames(), prop::sample::select(vec![0, 0, SILENT, 1])).prop_map(|(frames, flags)| Op::Release(frames, flags)),
        2 => Just(Op::Read),
        2 => frames().prop_map(Op::ReleaseRead),
        2 => Just(Op::Drop),
        3 => (0..40_u64).prop_map(Op::Sleep),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(allow, priority)| Op::Policy(allow, priority)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Three callers, two of the loudspeaker and one of the microphone, call what they like.
    #[test]
    fn whatever_is_called_the_answer_is_allowed_and_the_endpoint_stays_usable(
        calls in prop::collection::vec((0..3_usize, op()), 0..120)
    ) {
        let mut stack = Stack::new();
        let devices = [&stack.speaker, &stack.speaker, &stack.microphone].map(Clone::clone);
        stack.client(move |cx, _| async move {
            let mut callers = devices.each_ref().map(|device| Caller::new(&cx, device));
            let mut model = Model::new();
            for (at, (who, op)) in calls.iter().enumerate() {
                if let Op::Sleep(millis) = op {
                    sleep_ms(&cx, *millis).await;
                    model.slept(*millis);
                    continue;
                }
                let allowed = model.allowed(*who, op);
                let answer = callers[*who].call(op);
                assert!(
                    allowed.contains(&answer.code),
                    "call {at} of caller {who}, {op:?}: {answer:?} is none of {allowed:?}; {:?}",
                    model.caller(*who),
                );
                model.answered(*who, op, answer);
            }
            drop(callers);
            is_usable(&cx, &devices[0]).await;
        });
        stack.run_until_ms(10_000);
    }
}
