//! The kinds of devices, one constant each.

use units::{Bytes, Frames, SimDuration};

use super::{AtEnd, ClockDomain, DeviceClass, Granule, Notify, Publish, Round};

/// As fine as model time is.
const TICK: SimDuration = SimDuration::from_ticks(1);
const NANO: SimDuration = SimDuration::from_nanos(1);
const HNS: SimDuration = SimDuration::from_nanos(100);
const MICRO: SimDuration = SimDuration::from_micros(1);
const MILLI: SimDuration = SimDuration::from_millis(1);
/// A kernel timer of 250 Hz, a usual figure for Linux.
const JIFFY: SimDuration = SimDuration::from_millis(4);

/// What most devices do, to be overridden.
const PLAIN: DeviceClass = DeviceClass {
    name: "plain",
    clock: ClockDomain::Device,
    publish: Publish::Always,
    grain: Granule::Frame,
    round: Round::Down(TICK),
    notify: Notify::Position,
    lead: SimDuration::ZERO,
    lag: SimDuration::ZERO,
    at_end: AtEnd::GoesOn,
};

impl DeviceClass {
    /// A virtual device as the SYSVAD sample: positions in whole milliseconds of the performance
    /// counter, what is played is what is written, at most one packet per tick of 1 ms.
    ///
    /// Source: microsoft/Windows-driver-samples
    /// `audio/sysvad/EndpointsCommon/minwavertstream.cpp`.
    pub const SYSVAD: Self = Self {
        name: "sysvad",
        clock: ClockDomain::Qpc,
        round: Round::DownToBytes(MILLI),
        notify: Notify::OnePerTick(MILLI),
        ..PLAIN
    };

    /// The stream engine of the ACX and `SoundWire` samples: positions to the byte from each look
    /// at the performance counter, packets due at absolute times.
    ///
    /// Source: microsoft/Windows-driver-samples `audio/Acx/Samples/Common/StreamEngine.cpp`.
    pub const ACX_SAMPLE: Self = Self {
        name: "acx-sample",
        clock: ClockDomain::Qpc,
        round: Round::DownToBytes(HNS),
        notify: Notify::Absolute(HNS),
        ..PLAIN
    };

    /// The dummy device of Linux on the kernel timer, here of 250 Hz: exact, tick by tick.
    ///
    /// Source: torvalds/linux `sound/drivers/dummy.c`, systimer.
    pub const LINUX_DUMMY: Self = Self {
        name: "linux-dummy",
        clock: ClockDomain::KernelTimer,
        publish: Publish::Ticks(JIFFY),
        ..PLAIN
    };

    /// The dummy device of Linux on a high-resolution timer: positions rounded up from whole
    /// microseconds, a timer whose period is rounded up to whole nanoseconds.
    ///
    /// Source: torvalds/linux `sound/drivers/dummy.c`, hrtimer.
    pub const LINUX_DUMMY_HRTIMER: Self = Self {
        name: "linux-dummy-hrtimer",
        clock: ClockDomain::KernelTimer,
        round: Round::Up(MICRO),
        notify: Notify::Periodic(NANO),
        ..PLAIN
    };

    /// The loopback cable of Linux at nominal pitch, on a kernel timer of 250 Hz.
    ///
    /// Source: torvalds/linux `sound/drivers/aloop.c`.
    pub const LINUX_LOOPBACK: Self = Self {
        name: "linux-loopback",
        ..Self::LINUX_DUMMY
    };

    /// The test device of Linux: five times a second.
    ///
    /// Source: torvalds/linux `sound/drivers/pcmtest.c`.
    pub const LINUX_PCMTEST: Self = Self {
        name: "linux-pcmtest",
        clock: ClockDomain::KernelTimer,
        publish: Publish::Ticks(SimDuration::from_millis(200)),
        ..PLAIN
    };

    /// HD Audio in QEMU: a timer of 1 ms, whole multiples of 4 bytes.
    ///
    /// Source: qemu/qemu `hw/audio/hda-codec.c`.
    pub const QEMU_HDA: Self = Self {
        name: "qemu-hda",
        clock: ClockDomain::Qpc,
        publish: Publish::Ticks(MILLI),
        grain: Granule::Bytes(Bytes::new(4)),
        round: Round::DownToBytes(NANO),
        ..PLAIN
    };

    /// HD Audio in `VirtualBox`: data moves in portions that end where a descriptor asks for an
    /// interrupt, and the position always before the interrupt.
    ///
    /// Source: `VirtualBox`, `src/VBox/Devices/Audio/DevHdaStream.cpp`.
    pub const VIRTUALBOX_HDA: Self = Self {
        name: "virtualbox-hda",
        clock: ClockDomain::Qpc,
        publish: Publish::Packets,
        grain: Granule::Packet,
        ..PLAIN
    };

    /// AC'97 of the ICH family: positions to the sample; the engine halts behind the last valid
    /// descriptor.
    ///
    /// Source: qemu/qemu `hw/audio/ac97.c`.
    pub const AC97_ICH: Self = Self {
        name: "ac97-ich",
        at_end: AtEnd::Halts,
        ..PLAIN
    };

    /// An ES1370: a counter of the frames that are left, exact, in a loop.
    ///
    /// Source: qemu/qemu `hw/audio/es1370.c`.
    pub const ES1370: Self = Self {
        name: "es1370",
        ..PLAIN
    };

    /// USB at full speed: frames of 1 ms, requests of 8 ms between which the frame number tells
    /// where the stream is.
    ///
    /// Source: torvalds/linux `sound/usb/pcm.c` and `endpoint.c`.
    pub const USB_FULL_SPEED: Self = Self {
        name: "usb-full-speed",
        clock: ClockDomain::UsbHost,
        publish: Publish::Ticks(MILLI),
        notify: Notify::OnePerTick(SimDuration::from_millis(8)),
        lead: SimDuration::from_millis(8),
        ..PLAIN
    };

    /// USB at high speed: microframes of 125 µs, otherwise as at full speed.
    ///
    /// Source: torvalds/linux `sound/usb/pcm.c` and `endpoint.c`.
    pub const USB_HIGH_SPEED: Self = Self {
        name: "usb-high-speed",
        publish: Publish::Ticks(SimDuration::from_micros(125)),
        notify: Notify::OnePerTick(MILLI),
        lead: MILLI,
        ..Self::USB_FULL_SPEED
    };

    /// I²S behind a DMA controller that knows what is left of a period and no more: a *batch*
    /// device.
    ///
    /// Source: torvalds/linux `sound/core/pcm_dmaengine.c`.
    pub const I2S_BATCH: Self = Self {
        name: "i2s-batch",
        clock: ClockDomain::AudioPll,
        publish: Publish::Packets,
        grain: Granule::Packet,
        ..PLAIN
    };

    /// I²S behind a DMA controller that counts bursts, here of 16 frames.
    ///
    /// Source: torvalds/linux `sound/core/pcm_dmaengine.c`.
    pub const I2S_BURST: Self = Self {
        name: "i2s-burst",
        clock: ClockDomain::AudioPll,
        grain: Granule::Frames(Frames::new(16)),
        ..PLAIN
    };

    /// A `SoundWire` link: its counters are those of the HD Audio host in front of it.
    ///
    /// Source: torvalds/linux `drivers/soundwire/stream.c` and `intel_auxdevice.c`.
    pub const SOUNDWIRE: Self = Self {
        name: "soundwire",
        clock: ClockDomain::Link,
        ..PLAIN
    };

    /// A signal processor between host DMA and link: at the start it takes 10 ms at once.
    ///
    /// Source: torvalds/linux `sound/soc/sof/intel/hda-pcm.c` and `hda-stream.c`.
    pub const DSP: Self = Self {
        name: "dsp",
        clock: ClockDomain::Link,
        publish: Publish::Ticks(MILLI),
        lead: SimDuration::from_millis(10),
        ..PLAIN
    };

    /// An AES67 device: network packets of 48 frames, a playout delay of one of them at 48 kHz.
    ///
    /// Source: bondagit/aes67-linux-daemon `README.md`.
    pub const AES67: Self = Self {
        name: "aes67",
        clock: ClockDomain::Ptp,
        grain: Granule::Frames(Frames::new(48)),
        lag: MILLI,
        ..PLAIN
    };

    /// A software receiver of RTP with its default target of 100 ms; too much is dropped.
    ///
    /// Source: `PipeWire`, `src/modules/module-rtp/stream.c`.
    pub const RTP_RECEIVER: Self = Self {
        name: "rtp-receiver",
        clock: ClockDomain::Ptp,
        grain: Granule::Frames(Frames::new(48)),
        lag: SimDuration::from_millis(100),
        at_end: AtEnd::Drops,
        ..PLAIN
    };

    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::SYSVAD,
        Self::ACX_SAMPLE,
        Self::LINUX_DUMMY,
        Self::LINUX_DUMMY_HRTIMER,
        Self::LINUX_LOOPBACK,
        Self::LINUX_PCMTEST,
        Self::QEMU_HDA,
        Self::VIRTUALBOX_HDA,
        Self::AC97_ICH,
        Self::ES1370,
        Self::USB_FULL_SPEED,
        Self::USB_HIGH_SPEED,
        Self::I2S_BATCH,
        Self::I2S_BURST,
        Self::SOUNDWIRE,
        Self::DSP,
        Self::AES67,
        Self::RTP_RECEIVER,
    ];
}
