//! Records two seconds through a buffer of one second, woken by a timer at half of it.
//!
//! `cargo run -p wavert-wasapi --example capturing_a_stream`. The steps are those of
//! *Capturing a Stream* in the Win32 documentation.
mod stack;

use units::{Frames, HResult, Hns};
use vtime::sim::Cx;
use wasapi::Got;
use wasapi::com::{AudioClient, DataFlow, DeviceEnumerator, Role, ShareMode};

async fn listen(cx: Cx, enumerator: DeviceEnumerator<Cx>) -> Result<(), HResult> {
    let device = enumerator.default_audio_endpoint(DataFlow::Capture, Role::Console)?;
    let client: AudioClient<Cx> = device.activate(&cx, 1)?;
    let (second, mix) = (Hns::new(10_000_000), client.mix_format());
    client.initialize(ShareMode::SHARED, 0, second, Hns::new(0), mix, None)?;
    let capture = client.capture_client()?;
    client.start()?;
    for _ in 0..4 {
        stack::sleep_ms(&cx, 500).await;
        let (padding, mut packets) = (client.current_padding()?, 0);
        while capture.next_packet_size()? != Frames::ZERO {
            let Got::Packet(packet) = capture.get_buffer()? else {
                break;
            };
            capture.release_buffer(packet.frames)?;
            packets += 1;
        }
        println!("padding {}: {packets} packets", padding.get());
    }
    client.stop()?;
    Ok(())
}

fn main() {
    let mut stack = stack::Stack::new();
    stack.client(|cx, enumerator| async { println!("{:?}", listen(cx, enumerator).await) });
    stack.run_until_ms(2100);
}
