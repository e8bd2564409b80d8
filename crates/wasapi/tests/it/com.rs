//! The interfaces, call by call, on a stack that runs.

#![expect(clippy::float_cmp, reason = "the same bits are meant")]

#[path = "../../examples/stack/mod.rs"]
mod stack;

mod callers;
mod exclusive;
mod losing;
mod order;
mod rendering;
mod sessions;
mod sizes;
mod starving;

use ks::Guid;
use stack::{Stack, pcm, sleep_ms};
use units::{Frames, HResult, Hns, WaveFormat};
use vtime::sim::Cx;
use wasapi::com::{AudioClient, DataFlow, Device, DeviceEnumerator, Role, ShareMode, stream_flags};

/// The default endpoint of that direction.
fn endpoint(enumerator: &DeviceEnumerator<Cx>, flow: DataFlow) -> Device<Cx> {
    enumerator
        .default_audio_endpoint(flow, Role::Console)
        .unwrap()
}

/// A client of the loudspeaker, of process 1.
fn client(cx: &Cx, enumerator: &DeviceEnumerator<Cx>) -> AudioClient<Cx> {
    let speaker = endpoint(enumerator, DataFlow::Render);
    speaker.activate(cx, 1).unwrap()
}

fn recorder(cx: &Cx, enumerator: &DeviceEnumerator<Cx>) -> AudioClient<Cx> {
    let microphone = endpoint(enumerator, DataFlow::Capture);
    microphone.activate(cx, 1).unwrap()
}

/// Shared, of the mix format.
fn share(client: &AudioClient<Cx>, flags: u32, millis: u64) -> Result<(), HResult> {
    let duration = Hns::new(millis * 10_000);
    let (mode, mix) = (ShareMode::SHARED, client.mix_format());
    client.initialize(mode, flags, duration, Hns::new(0), mix, None)
}

fn share_in(client: &AudioClient<Cx>, flags: u32, session: Guid) -> Result<(), HResult> {
    let (mode, mix) = (ShareMode::SHARED, client.mix_format());
    client.initialize(mode, flags, Hns::new(0), Hns::new(0), mix, Some(session))
}

/// Exclusive and event-driven.
fn own(client: &AudioClient<Cx>, hns: u64, format: WaveFormat) -> Result<(), HResult> {
    let (mode, flags) = (ShareMode::EXCLUSIVE, stream_flags::EVENT_CALLBACK);
    client.initialize(mode, flags, Hns::new(hns), Hns::new(hns), format, None)
}

/// Exclusive and timer-driven, with these times.
fn own_by_timer(client: &AudioClient<Cx>, hns: u64, period: u64) -> Result<(), HResult> {
    let (duration, period) = (Hns::new(hns), Hns::new(period));
    let mode = ShareMode::EXCLUSIVE;
    client.initialize(mode, 0, duration, period, pcm(48_000, 2), None)
}

/// Takes and releases `frames` frames of that sample.
fn play(client: &AudioClient<Cx>, frames: u64, sample: f32) {
    let render = client.render_client().unwrap();
    render.get_buffer(Frames::new(frames)).unwrap();
    render.fill(|memory| {
        for place in memory.chunks_exact_mut(4) {
            place.copy_from_slice(&sample.to_le_bytes());
        }
    });
    render.release_buffer(Frames::new(frames), 0).unwrap();
}

fn padding(client: &AudioClient<Cx>) -> u64 {
    client.current_padding().unwrap().get()
}
