//! Has the device for itself at its shortest period, woken by its notifications.
//!
//! `cargo run -p wavert-wasapi --example exclusive_stream`. The steps are those of *Exclusive-Mode
//! Streams* in the Win32 documentation, with the retry for a size that is not aligned.
mod stack;

use units::{HResult, Hns, SimDuration};
use vtime::sim::Cx;
use vtime::{Context, Event, Reset, Woken};
use wasapi::SILENT;
use wasapi::com::{AudioClient, DataFlow, DeviceEnumerator, Role, ShareMode, stream_flags};

async fn play(cx: Cx, enumerator: DeviceEnumerator<Cx>) -> Result<(), HResult> {
    let device = enumerator.default_audio_endpoint(DataFlow::Render, Role::Console)?;
    let client: AudioClient<Cx> = device.activate(&cx, 1)?;
    let format = stack::pcm(48_000, 2);
    let open = |period: Hns| {
        let (mode, flags) = (ShareMode::EXCLUSIVE, stream_flags::EVENT_CALLBACK);
        client.initialize(mode, flags, period, period, format, None)
    };
    let (_, mut period) = client.device_period();
    if open(period) == Err(HResult::BUFFER_SIZE_NOT_ALIGNED) {
        let aligned = client.buffer_size()?.get();
        period = Hns::new((10_000_000 * aligned + 24_000) / 48_000);
        println!(
            "not aligned; {aligned} frames would be: {} hns",
            period.get()
        );
        open(period)?;
    }
    let event = cx.event("buffer", Reset::Auto);
    client.set_event_handle(event.handle())?;
    let (render, frames) = (client.render_client()?, client.buffer_size()?);
    let write = |sample: u8, flags| {
        render.get_buffer(frames)?;
        render.fill(|memory| memory.fill(sample));
        render.release_buffer(frames, flags)
    };
    write(1, 0)?;
    client.start()?;
    for buffer in 2..=7 {
        let limit = cx.now() + SimDuration::from_millis(2000);
        if let Woken::Deadline = event.wait_until(Some(limit.commit())).await {
            break;
        }
        println!("{} ns: buffer {buffer}", cx.now().to_nanos_floor());
        write(buffer, if buffer == 7 { SILENT } else { 0 })?;
    }
    stack::sleep_ms(&cx, period.get() / 10_000).await;
    client.stop()?;
    Ok(())
}

fn main() {
    let mut stack = stack::Stack::new();
    stack.client(|cx, enumerator| async { println!("{:?}", play(cx, enumerator).await) });
    stack.run_until_ms(100);
}
