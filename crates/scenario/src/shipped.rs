//! The scenarios that are compiled in, and the sounds that they name.

/// A scenario that is compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// What it is called on the command line: the stem of its file.
    pub name: &'static str,
    /// Its path below `scenarios/`.
    pub path: &'static str,
    /// What it says.
    pub text: &'static str,
}

/// A sound file that a scenario of ours names, compiled in as well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShippedSound {
    /// The path that scenarios name it with.
    pub path: &'static str,
    /// The file.
    pub bytes: &'static [u8],
}

macro_rules! scenarios {
    ($($folder:literal: $($name:literal)*;)*) => {
        &[$($(Shipped {
            name: $name,
            path: concat!($folder, $name, ".toml"),
            text: include_str!(concat!("../../../scenarios/", $folder, $name, ".toml")),
        },)*)*]
    };
}

static SHIPPED: &[Shipped] = scenarios! {
    "":
        "bus-stall"
        "exclusive-minimum-period"
        "format-change"
        "hd-audio"
        "jack-unplugged"
        "laptop-long-packets"
        "laptop-short-packets"
        "late-client"
        "late-wake-up"
        "long-dpc"
        "no-looping"
        "no-looping-late-isr"
        "no-position-register"
        "offload"
        "offload-last-buffer"
        "offload-late"
        "rebalance"
        "sleep"
        "surprise-removal"
        "two-clients"
        "virtual-exact"
        "virtual-microphone-exact"
        "virtual-microphone-sample"
        "wave-cyclic-late"
        "who-notices"
        "who-notices-coarse"
        "who-notices-prefetch"
        "who-notices-starvation"
    ;
    "transports/":
        "ls01-start-with-5-ms"
        "ls02-ring-of-30-ms"
        "ls03-8-bit"
        "x-service-wave-cyclic"
        "x14-wave-cyclic"
        "x30-wave-cyclic"
        "x31-wave-cyclic"
        "x35-wave-cyclic"
        "x60-wave-cyclic"
    ;
    "regression/":
        "s01-baseline"
        "s02-inside-the-slack"
        "s03-exactly-at-the-deadline"
        "s04-a-microsecond-late"
        "s05-14-ms-on-the-ring"
        "s06a-20-ms"
        "s06b-19-999-ms"
        "s07-21-ms-on-the-ring"
        "s08-21-ms-blind"
        "s09-client-14-ms-late"
        "s10-client-21-ms-late"
        "s11-client-30-ms-late"
        "s12-44100-hz"
        "s13-small-period"
        "s14a-three-packets-19-ms"
        "s14b-three-packets-21-ms"
        "s15a-four-packets-29-ms"
        "s15b-four-packets-31-ms"
        "s16-60-ms-stall"
        "s17-prefetch-hides-the-error"
        "s18-bursty-prefetch"
        "s19a-prefetch-8-666-ms"
        "s19b-prefetch-8-667-ms"
        "s21a-lost-notification"
        "s21b-lost-notification-blind"
        "s22a-dpc-coalescing"
        "s22b-dpc-coalescing-blind"
        "s23a-thread-delayed-resync"
        "s23b-thread-delayed-blind"
        "s24a-spurious-wake"
        "s24b-forced-early-write"
        "s24c-spurious-wake-blind"
        "s25-duplicate-announcement"
        "s26-truncated-period-448"
        "s27-truncated-period-128"
        "s28-tick-stall-34-ms"
        "s29-tick-stall-14-ms"
        "s30a-exact-periods-48000"
        "s30b-exact-periods-44100"
        "s31-capture-inside-the-slack"
        "s32-capture-overrun"
        "s33-longer-capture-overrun"
        "s34a-oldest-first-driver"
        "s34b-newest-only-driver"
        "s35-torn-capture"
        "s36a-reading-too-early"
        "s36b-a-spurious-wake-up-too-early"
        "s37a-position-steps-back"
        "s37b-half-ring-check"
        "s38a-coarse-position"
        "s38b-coarse-position-guarded"
        "s39a-dac-position"
        "s39b-dac-position-guarded"
        "s40a-32-bits-at-192000-bytes"
        "s40b-32-bits-at-1536000-bytes"
        "s40c-32-bits-as-plain-numbers"
        "s41a-detector-false-alarm"
        "s41b-older-detector"
        "s42a-no-priming-drop"
        "s42b-no-priming-delay"
        "s43-stale-priming"
        "s44-second-packet-before-run"
        "s45a-end-of-stream-without-fill"
        "s45b-end-of-stream-with-fill"
        "s46-stop-too-early"
        "s47-write-after-the-end"
        "s48-pause"
        "s49a-stop-then-run"
        "s49b-stopped"
        "s50a-a-dpc-of-4-ms"
        "s50b-a-dpc-of-4-ms-and-short-packets"
        "s51-a-dpc-on-another-core"
        "s52-a-dpc-of-16-ms"
        "s53-a-long-dpc-and-short-packets"
        "s54a-a-periodic-dpc-in-a-bad-phase"
        "s54b-a-periodic-dpc-in-a-good-phase"
        "s55a-a-hog-of-equal-priority"
        "s55b-the-boost-of-a-wake-up"
        "s55c-a-real-time-priority"
        "s56-beyond-the-budget"
        "s57-a-pass-longer-than-a-packet"
        "s58a-a-page-fault"
        "s58b-locked-memory"
        "s59a-the-lock-of-the-device"
        "s59b-a-position-lock"
        "s60a-deep-idle"
        "s60b-shallow-idle"
        "s61a-firmware"
        "s61b-firmware-on-whatever-core"
        "s65-a-timer-against-100-ppm"
        "s66a-a-timer-against-50-ppm"
        "s66b-a-timer-against-54-ppm"
        "s67-drift-and-an-event"
        "s74a-round-trip"
        "s74b-short-round-trip"
    ;
    "faults/":
        "class-i2s-batch"
        "f01-lpib-lag"
        "f02-lpib-lead"
        "f03-posbuf-stale"
        "f04-posbuf-dead"
        "f05-irq-early"
        "f06-one-frame-early"
        "f07-burst-grain"
        "f08-backwards"
        "f09a-irq-lost"
        "f09b-msi-edge-lost"
        "f09c-irq-coalesce"
        "f10-irq-spurious"
        "f11-wallclk-zero"
        "f12-fifo-size-off-by-one"
        "f13-stuck-after-resume"
        "f14-posbuf-wrong-slot"
        "f15-linear-not-reset"
        "f16-pos-at-or-above-cbl"
        "f17-run-sticky"
        "f18-reads-all-ones"
        "f19-srst-slow"
        "f20-start-burst"
        "f21-stale-status-at-start"
        "f22-stall-until-ack"
        "f23a-bdl-live"
        "f23b-bdl-snapshot"
        "f24-cbl-mismatch"
        "f25-delay-other-timebase"
        "f26-mem-passes-link"
        "f27-read-moves-engine"
        "f28-capture-data-late"
        "f29-playback-stalls"
        "f30-pause-adds-delay"
        "suite-amd"
        "suite-skylake-capture"
        "suite-vm-guest"
    ;
};

static SOUNDS: &[ShippedSound] = &[ShippedSound {
    path: "sounds/melody.wav",
    bytes: include_bytes!("../../../scenarios/sounds/melody.wav"),
}];

/// All scenarios that are compiled in: the ones told as stories first, then one for each row of
/// the regression table, then one for each fault of the device.
pub fn shipped() -> &'static [Shipped] {
    SHIPPED
}

/// All sounds that are compiled in.
pub fn shipped_sounds() -> &'static [ShippedSound] {
    SOUNDS
}

impl std::fmt::Debug for ShippedSound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShippedSound")
            .field("path", &self.path)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}
