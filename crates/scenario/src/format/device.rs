//! `[device]` and `[engine]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use units::{SampleFormat, SampleRate};

use super::dma::Dma;
use super::offload::Offload;
use crate::quantity::{Drift, FrameCount, Rate, Time};

/// A render endpoint: an HD Audio output stream, or another device, behind its miniport and port
/// driver.
///
/// Without a preset it is the reference device: evenly spaced frames, no prefetch, bursts of one
/// frame, packets counted at the link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
pub struct Device {
    /// What the endpoint is called in reports.
    pub name: String,
    /// What stands behind the driver.
    pub kind: Kind,
    /// What carries audio from its client to it.
    pub transport: DeviceTransport,
    /// How long the ring of a `WaveCyclic` device is. Default: 80 ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dma_buffer: Option<FrameCount>,
    /// How a virtual driver counts. Default: `exact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<VirtualMode>,
    /// Figures of a real device; keys that are given beside it override it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// What the device plays: 8 to 192 kHz, `u8`, `s16`, `s24in32` or `s32`; a virtual one `s24`, too.
    pub format: Format,
    /// Frames that the device takes out of the buffer ahead of the one it plays. Default: none,
    /// or what the preset says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefetch: Option<FrameCount>,
    /// Frames that the device fetches at once. Default: one, or what the preset says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<FrameCount>,
    /// Where the device counts packets. Default: at the link, or what the preset says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count_on: Option<CountOn>,
    /// How long each burst waits for the bus. Longer than the FIFO bears, and it runs dry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_latency: Option<Time>,
    /// What the device does when its FIFO has run dry.
    pub fifo_underrun: FifoUnderrun,
    /// How fast the crystal of the device is.
    pub drift: Drift,
    /// How far its rate strays from that, a little further or back each second. Default: not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wander: Option<Drift>,
    /// Figures of its DMA engine, its bus and its codec.
    #[serde(skip_serializing_if = "Dma::says_nothing")]
    pub dma: Dma,
    /// What a device that mixes is like.
    #[serde(skip_serializing_if = "Offload::says_nothing")]
    pub offload: Offload,
    /// A kind of device whose positions it has: they move as those of that kind do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Faults that real devices have together, beside those of `[[fault]]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<Suite>,
    /// What the driver counts packets by.
    pub position_source: PositionSource,
    /// Whether the device has a position register that clients can map. A virtual one never has.
    pub position_register: bool,
    /// Whether the DMA engine goes around the buffer by itself. If not, the ISR has to send it back.
    pub looping: bool,
    /// When the ISR sends a DMA engine back that does not loop. Default: `at-end`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rearm: Option<Rearm>,
    /// Whether positions and packets have a lock of their own in the driver (`UsePositionLock`). Otherwise they
    /// wait for whatever else is asked of it, see `device-lock` of `[[fault]]`.
    pub position_lock: bool,
    /// Lets a buffer have up to 8 packets; Windows knows 1 or 2.
    pub more_packets: bool,
    /// Which packet the driver takes before RUN and ahead of time.
    pub packet_window: PacketWindow,
    /// What lies behind the end of a stream that has ended.
    pub end_of_stream: EndFill,
}

/// What stands behind a driver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An HD Audio controller.
    #[default]
    HdAudio,
    /// A timer, and no hardware.
    Virtual,
    /// A device that mixes: it adds streams of clients to that of the software engine.
    Offload,
}

/// What carries audio from a client to a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceTransport {
    /// The cyclic buffer that client and device share.
    #[default]
    #[serde(rename = "wavert")]
    WaveRt,
    /// Packets that the port copies into a ring of the device, each 10 ms.
    WaveCyclic,
}

/// How a virtual driver counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VirtualMode {
    /// As the sample driver does: in lumps, by a timer of a millisecond, in packets of whole
    /// milliseconds.
    Sample,
    /// As it should: one notification at each boundary, everything from one clock.
    Exact,
}

/// Figures of a real device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// An HD Audio controller: a FIFO of 192 bytes, bursts of 32, packets counted as the device
    /// fetches them, frames in the 48 kHz grid of the link.
    HdAudio,
}

/// A kind of device. What of it an engine of this shape leaves out is said in
/// `crates/hardware/src/class.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The stream engine of the ACX samples: exact positions.
    AcxSample,
    /// The dummy device of Linux: positions move every 4 ms.
    LinuxDummy,
    /// The loopback cable of Linux: the same.
    LinuxLoopback,
    /// The test device of Linux: positions move five times a second.
    LinuxPcmtest,
    /// HD Audio in QEMU: everything moves once a millisecond, by multiples of four bytes.
    QemuHda,
    /// HD Audio in `VirtualBox`: positions move by whole packets.
    VirtualboxHda,
    /// An ES1370: exact positions.
    Es1370,
    /// USB at full speed: everything moves once a millisecond, and 8 ms are taken ahead.
    UsbFullSpeed,
    /// USB at high speed: everything moves each 125 µs, and a millisecond is taken ahead.
    UsbHighSpeed,
    /// I²S with a DMA controller that knows of whole packets only.
    I2sBatch,
    /// I²S with a DMA controller that knows of bursts of 16 frames.
    I2sBurst,
    /// A `SoundWire` link behind HD Audio: exact positions.
    Soundwire,
    /// A signal processor: everything moves once a millisecond, and 10 ms are taken at the start.
    Dsp,
    /// An AES67 device: positions move by 48 frames.
    Aes67,
}

/// Faults that real devices have together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Suite {
    /// An Intel controller of 2009: interrupts one frame early.
    #[serde(rename = "intel-2009")]
    Intel2009,
    /// An AMD controller: positions 32 frames behind, in bursts; playback stands still for a
    /// millisecond when another stream starts.
    Amd,
    /// NVIDIA, or the HDMI half of another controller: interrupts 64 frames early, one in a
    /// thousand missing.
    Nvidia,
    /// A virtual machine: the device moves once a millisecond, and waits for each acknowledgement.
    VmGuest,
}

/// What a driver counts packets by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PositionSource {
    /// The counters of the stream.
    #[default]
    Lpib,
    /// The record of the stream in the DMA position buffer; the counters, if at the first
    /// interrupt it is dead.
    PositionBuffer,
    /// The record, whatever it shows.
    PositionBufferOnly,
}

/// Where a device counts packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CountOn {
    /// When its last frame has been played.
    Link,
    /// When its last frame has been fetched.
    Memory,
}

/// What a device does when its FIFO has run dry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FifoUnderrun {
    /// It plays zeros, and goes on with what is due when the bus is there again.
    #[default]
    Zeros,
    /// It stands still, and goes on with what was due.
    Freeze,
}

/// When an ISR sends a DMA engine back to the beginning of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rearm {
    /// When the buffer is done: from then on the FIFO is all that there is to play.
    AtEnd,
    /// When the last packet of the buffer begins.
    Ahead,
}

/// Which packet a driver takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PacketWindow {
    /// As documented: any packet that the buffer has room for.
    #[default]
    Documented,
    /// As the sample driver does: before RUN the current one only, in RUN the next one only.
    Sample,
}

/// What a driver does behind the end of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndFill {
    /// Nothing: the device plays again what lies in the buffer.
    #[default]
    Replay,
    /// It clears what has been played.
    Silence,
}

/// Rate, channels and samples of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Format {
    /// Frames per second.
    pub rate: Rate,
    /// Samples in a frame.
    #[schemars(range(min = 1, max = 8))]
    pub channels: u8,
    /// What a sample is.
    pub sample: Sample,
}

/// What a sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sample {
    /// 8-bit PCM, unsigned.
    U8,
    /// 16-bit PCM.
    S16,
    /// 24-bit PCM in three bytes.
    S24,
    /// 24-bit PCM in four bytes.
    #[serde(rename = "s24in32")]
    S24In32,
    /// 32-bit PCM.
    S32,
    /// 32-bit float.
    F32,
}

/// The audio engine: mixes the shared clients and keeps the cyclic buffer of the device filled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Engine {
    /// Frames that one pass makes. Default: the maker's period, or 10 ms, at the rate of the device,
    /// rounded up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<FrameCount>,
    /// The period that the maker of the device has set in the place of 10 ms: 5 to 9 ms, in whole
    /// milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oem_period: Option<Time>,
    /// Packets in the cyclic buffer.
    pub packets: u32,
    /// What the engine does after it was late.
    pub policy: Policy,
    /// Which content follows what was lost.
    pub content: Content,
    /// Time that a pass takes per packet.
    pub service: Time,
    /// Whether the peak limiter is in the path. Below full scale it changes nothing.
    pub limiter: bool,
}

/// What a producer does after it was late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Asks for the packet count and goes on with the packet behind the one that plays.
    #[default]
    Resync,
    /// Writes one packet per wake-up, counts up and ignores the status.
    Blind,
}

/// Which content follows what was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// What belongs to the device frame: what was lost stays lost.
    #[default]
    Drop,
    /// What comes next: everything is later from then on.
    Delay,
}

impl Default for Device {
    fn default() -> Self {
        Self {
            name: "speaker".into(),
            kind: Kind::default(),
            transport: DeviceTransport::default(),
            dma_buffer: None,
            mode: None,
            preset: None,
            format: Format::default(),
            prefetch: None,
            burst: None,
            count_on: None,
            grant_latency: None,
            fifo_underrun: FifoUnderrun::default(),
            drift: Drift::default(),
            wander: None,
            dma: Dma::default(),
            offload: Offload::default(),
            class: None,
            faults: None,
            position_source: PositionSource::default(),
            position_register: true,
            looping: true,
            rearm: None,
            position_lock: false,
            more_packets: false,
            packet_window: PacketWindow::default(),
            end_of_stream: EndFill::default(),
        }
    }
}

impl Default for Format {
    fn default() -> Self {
        Self {
            rate: Rate::new(SampleRate::HZ_48000),
            channels: 2,
            sample: Sample::S16,
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            period: None,
            oem_period: None,
            packets: 2,
            policy: Policy::default(),
            content: Content::default(),
            service: Time::default(),
            limiter: true,
        }
    }
}

impl Sample {
    /// As the model counts it.
    pub const fn to_format(self) -> SampleFormat {
        match self {
            Self::U8 => SampleFormat::U8,
            Self::S16 => SampleFormat::S16,
            Self::S24 => SampleFormat::S24,
            Self::S24In32 => SampleFormat::S24In32,
            Self::S32 => SampleFormat::S32,
            Self::F32 => SampleFormat::F32,
        }
    }
}
