//! Plays a second and a quarter through a buffer of one second, woken by a timer at half of it.
//!
//! `cargo run -p wavert-wasapi --example rendering_a_stream`. The steps are those of
//! *Rendering a Stream* in the Win32 documentation.
mod stack;

use units::{Frames, HResult, Hns};
use vtime::sim::Cx;
use wasapi::SILENT;
use wasapi::com::{AudioClient, DataFlow, DeviceEnumerator, Role, ShareMode};

async fn play(cx: Cx, enumerator: DeviceEnumerator<Cx>) -> Result<(), HResult> {
    let device = enumerator.default_audio_endpoint(DataFlow::Render, Role::Console)?;
    let client: AudioClient<Cx> = device.activate(&cx, 1)?;
    let (second, mix) = (Hns::new(10_000_000), client.mix_format());
    client.initialize(ShareMode::SHARED, 0, second, Hns::new(0), mix, None)?;
    let render = client.render_client()?;
    let mut rest = Frames::new(60_000);
    let mut write = |frames: Frames| -> Result<u32, HResult> {
        render.get_buffer(frames)?;
        let real = rest.min(frames);
        rest = rest - real;
        let bytes = usize::try_from(mix.bytes_of(real).get()).unwrap_or(0);
        render.fill(|memory| {
            memory.fill(0);
            memory[..bytes].fill(0x3e);
        });
        let flags = if real.is_zero() { SILENT } else { 0 };
        render.release_buffer(frames, flags)?;
        Ok(flags)
    };
    let frames = client.buffer_size()?;
    write(frames)?;
    client.start()?;
    loop {
        stack::sleep_ms(&cx, 500).await;
        let padding = client.current_padding()?;
        println!("padding {}", padding.get());
        if write(frames - padding)? == SILENT {
            break;
        }
    }
    stack::sleep_ms(&cx, 500).await;
    client.stop()?;
    let (clock, padding) = (client.audio_clock()?, client.current_padding()?.get());
    let (position, frequency) = (clock.position()?.position, clock.frequency()?);
    println!("padding {padding}, position {position}, {frequency} in a second");
    Ok(())
}

fn main() {
    let mut stack = stack::Stack::new();
    stack.client(|cx, enumerator| async { println!("{:?}", play(cx, enumerator).await) });
    stack.run_until_ms(2000);
}
