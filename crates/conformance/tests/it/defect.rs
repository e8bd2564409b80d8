//! What can be wrong with a stream: each is one bug that somebody has had.

macro_rules! defects {
    ($($name:ident: $what:literal, $seen:literal;)*) => {
        /// One thing that is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Defect { $($name),* }

        impl Defect {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// What is wrong.
            pub(crate) const fn what(self) -> &'static str {
                match self { $(Self::$name => $what),* }
            }

            /// Where it was seen.
            pub(crate) const fn seen(self) -> &'static str {
                match self { $(Self::$name => $seen),* }
            }
        }
    };
}

defects! {
    ShowsEnd: "shows the size of the buffer at the wrap", "fault F16; torvalds/linux guards against it";
    LinearOfMillis: "counts bytes by the millisecond and positions by the frame", "defect D1, D6";
    ShortLap: "loses a frame per turn of the buffer", "torvalds/linux f0bd62b64016";
    GoesBack: "every fifth reading is three frames lower", "fault F08; alsa-project/alsa-lib#468";
    TwentyMillis: "moves every 20 ms", "fault F07; thesofproject/linux#1335";
    ReadingMoves: "each reading moves the device by a frame", "fault F27";
    ReadingRounds: "each reading drops the part of a frame", "naive accumulation of rounded steps";
    Lags: "is 32 frames behind", "fault F01; torvalds/linux c02f77d32d2c";
    Leads: "is 64 frames ahead of what is visible", "fault F02; torvalds/linux f87e7f25893d";
    PlaysAhead: "plays a frame that was not fetched", "fault F26; thesofproject/sof#9418";
    WrapForgets: "begins at 0 after each wrap", "PipeWire module-rtp, ring size";
    InsideFrames: "reports bytes inside a frame", "defect D2";
    PacketMillis: "has a rate of packet bytes over whole milliseconds", "defect D4";
    NarrowProduct: "multiplies rate and milliseconds in 32 bits", "defect D3; mozilla/cubeb e43ae6a";
    FourByteFrames: "takes every frame to have four bytes", "mozilla/cubeb ef5a1ff";
    LinearWraps: "wraps the linear position at 2^24", "mozilla/cubeb f9c118d";
    PauseCounts: "goes on counting in Pause", "mozilla/cubeb 0adfabf";
    ResumeJumps: "counts the pause when it goes on", "mozilla/cubeb 0adfabf";
    PauseAdds: "adds two frames at each pause", "fault F30; thesofproject/sof#8985";
    StopKeepsPart: "keeps the part of a millisecond over Stop", "defect D7";
    StopShowsOld: "shows the last position until it is read once", "thesofproject/linux#1049";
    StopKeeps: "keeps its position over Stop", "fault F15; torvalds/linux 1abc2642588e";
    MovesEarly: "moves in Pause, before the first Run", "fault F20, prefill";
    PauseRounds: "rounds the position to packets in Pause", "torvalds/linux skl-pcm, stale record";
    CountKept: "keeps the packet count over Stop", "thesofproject/sof PR #10023";
    PauseClearsCount: "begins packets anew at each pause", "carry reset at pause";
    AcquireClears: "shows no packets in Acquire", "resources given back too early";
    FourPauses: "cannot run a fifth time", "resources per start";
    RunsEmpty: "runs without a buffer", "HD Audio engine state page";
    NoPlainBuffer: "has no buffer without notifications", "untested path";
    RoundsDown: "rounds a buffer down to frames", "defect D15";
    OddSize: "makes a buffer of exactly the bytes asked for", "defect D15";
    EmptyBuffer: "makes a buffer of nothing", "missing check";
    AnyCount: "accepts any number of packets", "defect D14";
    OddPackets: "rounds the buffer and not the packet", "defect V11, D15";
    SecondBuffer: "makes a second buffer", "missing check";
    BufferAnytime: "makes a buffer in any state", "qemu/qemu intel-hda.c";
    LosesSignals: "loses each fifth interrupt", "fault F09";
    DoubleSignals: "interrupts twice for each fourth packet", "fault F10; alsa-project/alsa-lib#90";
    LateSignals: "looks once in a millisecond whether a packet is done", "defect D19";
    EarlySignals: "interrupts 32 frames early", "fault F05; linux-surface issue #39";
    DriftingSignals: "sets the timer anew after each late wake-up", "timer rearmed from now";
    StopsSignalling: "stops interrupting after three packets", "fault F22";
    OnePerTurn: "interrupts at the wrap only", "descriptor without interrupt";
    TwoPerTurn: "interrupts in the middle of a single packet, too", "two descriptors, two interrupts";
    SignalsInPause: "interrupts in Pause", "timer that is not cancelled, defect D20";
    FirstEventOnly: "sets the first event of its list alone", "list that is not walked";
    KeepsUnregistered: "sets an event after it was unregistered", "list that is not shortened";
    SignalsWritten: "interrupts only for packets that were written", "engine that stalls on underrun";
    ResumesAnew: "waits a whole packet after each pause", "SdcaVad StreamEngine, offload timer";
    RegistersAnytime: "takes an event without a buffer", "missing check";
    RegistersTwice: "takes an event twice", "missing check";
    WholeMillis: "counts packets by whole milliseconds", "defect D4; microsoft/Windows-driver-samples b9027f2b";
    PauseDropsPart: "forgets at a pause what of a packet was done", "microsoft/Windows-driver-samples b9027f2b";
    StopKeepsPacket: "keeps the begun packet over Stop", "defect D7";
    OnePerTick: "counts one packet per expiry after a stall", "defect D5";
    CountsWritten: "counts only packets that were written", "counter driven by SetWritePacket";
    StampsEnd: "stamps a packet with its end", "defect D8";
    StampsCall: "stamps a packet with the time of the call", "Chromium bug 1439283";
    RepeatsPackets: "returns the packet that was read", "flag that is not cleared";
    Withholds: "returns a packet when the next one is done", "one packet of delay";
    ReadsAhead: "returns the packet that is being filled", "off by one";
    FirstIsOne: "numbers captured packets from 1", "RustAudio/cpal cc9a2c25";
    Flagged: "flags the first captured packet", "RustAudio/cpal cc9a2c25";
    PromisesMore: "always says that there is more", "untested path";
    AcceptsLate: "accepts a packet in transfer", "counter that lags, defect D5";
    AcceptsAny: "accepts what the buffer has no room for", "missing check";
    StrictBefore: "accepts packet 0 alone before Run", "defect D12";
    RefusesNext: "refuses the packet after the one in transfer", "off by one";
    IgnoresFlags: "ignores unknown flags", "defect D13";
    AfterEnd: "accepts packets after the end", "missing check";
    NoEmptyEnd: "refuses a last packet of no bytes", "missing case";
    LongEnd: "accepts a last packet of more than a packet", "missing check";
    EndForever: "keeps the end of the stream over Stop", "missing reset";
    WritingCounts: "counts a packet when it is written", "counter driven by SetWritePacket";
    PacketsAlways: "has packets without notifications", "defect V13, D20";
    PresentsFetched: "presents what was only fetched", "thesofproject/sof#9418";
    DelayWraps: "subtracts the delay below 0", "mozilla/cubeb d60b441";
    NoDelay: "forgets the delay of the codec", "torvalds/linux, FIFO size read too early";
    PairOfMillis: "pairs the last millisecond with the exact counter", "defect D22";
    StaleCounter: "pairs the position with the counter of the last packet", "RustAudio/cpal #1246";
    CounterBack: "takes counters back when the delay changes", "RustAudio/cpal e219aaac";
    StopKeepsFrame: "keeps the presentation position over Stop", "mozilla/cubeb bbbe5bb";
    FrameBack: "every fourth presentation is two frames lower", "alsa-project/alsa-lib#469";
    RegisterEnd: "shows the size of the buffer in the register", "fault F16";
    RegisterBack: "every third register reading is lower", "fault F08, combined sources";
    RegisterLags: "updates the register per packet and declares frames", "fault F07";
    NarrowRegister: "declares a register of 24 bits", "typing error";
    MapsTwice: "maps a register twice", "missing check";
    ClockPauses: "stops the clock register outside Run", "clock gated with the stream";
    ClockDead: "has a clock register that reads 0", "fault F11; torvalds/linux, Loongson quirks";
    SharedCounter: "keeps a counter for all of its streams", "mozilla/cubeb f4c3197";
    Unrepeatable: "begins where the last stream began", "state outside the stream";
    CountMovesPosition: "is a frame on after packets are counted", "two caches";
    FormatKeepsRate: "keeps the rate of the format before", "torvalds/linux, SDxFIFOS polled after SDxFMT; mozilla/cubeb ef5a1ff";
    FormatAnytime: "takes a format while it runs", "qemu/qemu intel-hda.c";
    DelayTwice: "counts the delay of the codec twice", "PipeWire c4e3b5adb";
    DelayWrapsToo: "has a huge delay when the client is late", "alsa-project/alsa-lib#68; mozilla/cubeb d60b441";
    DelayOtherClock: "subtracts frames of a clock of 44.1 kHz from those of another", "torvalds/linux 0ea06680dfcb";
    StoresLate: "shows a position 8 frames before its frames are in memory", "torvalds/linux skl-pcm.c; fault F28";
    PlaysLate: "plays what lies in memory a packet later", "torvalds/linux 2fbaa44a5988, silence behind the wrong pointer";
    EndPlaysOn: "plays what lies behind the end", "flag that is ignored, EndOfStream replay";
    Uptime: "multiplies the counter in 64 bits", "defect D9, hazard 6; RustAudio/cpal #1137";
}
