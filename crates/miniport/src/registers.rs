//! The registers of one stream, as the miniport uses them.

use hardware::spec::{self, ctl, gctl, intctl, sts};
use hardware::{BdlEntry, Bus, RegisterError, RunError, StreamConfig, StreamFormat};
use ring::PositionReader;
use units::{Bytes, Frames, Moment, NtStatus, SimTime};
use vtime::{Fork, Forker};

/// Why no access below fails.
const KNOWN: &str = "the miniport uses registers that are there, when they can be used";

/// Where the position records lie, and how far apart.
const RECORDS: u32 = 0x1000;
const RECORD_BYTES: u64 = 8;

/// What a stream has to play, or to record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Programme {
    pub(crate) format: StreamFormat,
    pub(crate) cyclic_length: Bytes,
    pub(crate) descriptors: usize,
    pub(crate) list: u64,
}

/// The registers of one stream of a controller.
#[derive(Clone, Debug)]
pub(crate) struct StreamRegisters {
    bus: Bus,
    stream: u32,
    /// The direction bit, for a stream that needs it.
    direction: u32,
}

/// INTSTS.
pub(crate) fn interrupt_status(bus: &Bus, now: Moment) -> u32 {
    bus.read(now, spec::INTSTS).expect(KNOWN)
}

impl StreamRegisters {
    /// Takes the controller out of reset and lets `stream` interrupt.
    pub(crate) fn enable(now: Moment, bus: Bus, stream: u32) -> Self {
        let registers = Self {
            bus,
            stream,
            direction: 0,
        };
        registers.write(now, spec::GCTL, gctl::CRST);
        registers.enable_interrupts(now);
        registers
    }

    /// Lets the stream interrupt.
    pub(crate) fn enable_interrupts(&self, now: Moment) {
        let enabled = self.read(now, spec::INTCTL);
        self.write(
            now,
            spec::INTCTL,
            enabled | intctl::GLOBAL | intctl::stream(self.stream),
        );
    }

    /// The same for a stream that can go either way, to go out.
    pub(crate) fn going_out(self) -> Self {
        Self {
            direction: ctl::DIR,
            ..self
        }
    }

    /// The number of the stream descriptor.
    pub(crate) fn number(&self) -> u32 {
        self.stream
    }

    pub(crate) fn bus(&self) -> &Bus {
        &self.bus
    }

    /// The properties of the stream, as its data sheet tells them.
    pub(crate) fn data_sheet(&self) -> StreamConfig {
        self.bus.stream_config(self.stream)
    }

    /// Resets the stream: positions go to 0, and it forgets what it was to play.
    pub(crate) fn reset(&self, now: Moment) {
        self.write(now, self.descriptor(spec::SD_CTL), ctl::SRST);
        self.write(now, self.descriptor(spec::SD_CTL), 0);
    }

    /// Says what is to be played. The stream has been reset.
    pub(crate) fn program(&self, now: Moment, programme: Programme) {
        let Programme {
            format,
            cyclic_length,
            descriptors,
            list,
        } = programme;
        let cyclic_length = u32::try_from(cyclic_length.get()).expect("the size was limited");
        let last = u32::try_from(descriptors - 1).expect("the packets were limited");
        self.write(now, self.descriptor(spec::SD_FMT), format.encode().into());
        self.write(now, self.descriptor(spec::SD_CBL), cyclic_length);
        self.write(now, self.descriptor(spec::SD_LVI), last);
        self.write(now, self.descriptor(spec::SD_BDPL), low(list));
        self.write(now, self.descriptor(spec::SD_BDPU), low(list >> 32));
    }

    /// Has an engine that does not loop do the list at `list` once more.
    pub(crate) fn arm(&self, now: Moment, list: u64) {
        self.write(now, self.descriptor(spec::SD_BDPL), low(list));
    }

    /// Writes the descriptor list into memory.
    pub(crate) fn write_list(&self, now: Moment, address: u64, list: &[BdlEntry]) {
        self.bus.write_bdl(now, address, list);
    }

    /// Starts the DMA engine where it stands.
    ///
    /// # Errors
    /// [`NtStatus::INSUFFICIENT_RESOURCES`] if the link has no room for the stream.
    pub(crate) fn run(&self, now: Moment) -> Result<(), NtStatus> {
        // Tag 0 is reserved; of the others each stream of a kind gets one of its own.
        let tag = (self.stream % 15 + 1) << ctl::TAG_SHIFT;
        let control = tag | self.direction | ctl::IOCE | ctl::RUN;
        let done = self.bus.write(now, self.descriptor(spec::SD_CTL), control);
        match done {
            Err(RegisterError::CannotRun {
                reason: RunError::Bandwidth { .. },
                ..
            }) => Err(NtStatus::INSUFFICIENT_RESOURCES),
            done => {
                done.expect(KNOWN);
                Ok(())
            }
        }
    }

    /// Stops the DMA engine where it stands.
    pub(crate) fn pause(&self, now: Moment) {
        let control = self.read(now, self.descriptor(spec::SD_CTL));
        // A reset that is slow to show itself done is not to be asked for again.
        let control = control & !(ctl::RUN | ctl::SRST);
        self.write(now, self.descriptor(spec::SD_CTL), control);
    }

    /// Acknowledges what the stream interrupts for. True if it does, by what INTSTS showed.
    ///
    /// Source for a status of all ones, that of a device that is gone: torvalds/linux
    /// `sound/pci/hda/hda_controller.c`.
    pub(crate) fn acknowledge(&self, now: Moment, status: u32) -> bool {
        let asks = status != u32::MAX && status & intctl::stream(self.stream) != 0;
        if asks {
            self.write(now, self.descriptor(spec::SD_STS), sts::CLEARABLE);
        }
        asks
    }

    /// Size of the FIFO. The register holds one less.
    pub(crate) fn fifo_size(&self, now: Moment) -> Bytes {
        Bytes::new(u64::from(self.read(now, self.descriptor(spec::SD_FIFOS))) + 1)
    }

    /// Has the controller write its position records, if it does not yet.
    ///
    /// Model: the record has a page of its own that nothing else is given; as what lies there is
    /// derived, it is not allocated.
    pub(crate) fn enable_records(&self, now: Moment) {
        self.write(now, spec::DPLBASE, RECORDS | 1);
    }

    /// What the record of the stream shows.
    pub(crate) fn record(&self, now: Moment) -> u32 {
        let place = u64::from(RECORDS) + u64::from(self.stream) * RECORD_BYTES;
        self.bus.position_record(now, place).unwrap_or(0)
    }

    /// Bytes that went over the link since the reset.
    pub(crate) fn linked(&self, now: Moment) -> Bytes {
        self.linear(now, spec::LLPL, spec::LLPU)
    }

    /// Bytes that were fetched, or stored, since the reset.
    pub(crate) fn moved(&self, now: Moment) -> Bytes {
        self.linear(now, spec::LDPL, spec::LDPU)
    }

    /// When `frame` of the present run was at the converter.
    pub(crate) fn sampled_at(&self, now: Moment, frame: Frames) -> Option<SimTime> {
        self.bus.settle(now);
        self.bus.sampled_at(self.stream, frame)
    }

    /// Where the position can be read without seeing anything else; it moves by `accuracy`.
    pub(crate) fn map_position(&self, accuracy: Bytes) -> PositionReader {
        self.bus.map_position(self.stream, accuracy)
    }

    /// Reads a counter in two halves, again if the upper one moved on meanwhile.
    ///
    /// Model: that of a device that is gone, all ones, is taken for 0.
    fn linear(&self, now: Moment, low: u32, high: u32) -> Bytes {
        let base = spec::counters(self.stream);
        loop {
            let upper = self.read(now, base + high);
            let lower = self.read(now, base + low);
            if (upper, lower) == (u32::MAX, u32::MAX) {
                return Bytes::ZERO;
            }
            if self.read(now, base + high) == upper {
                return Bytes::new(u64::from(upper) << 32 | u64::from(lower));
            }
        }
    }

    fn descriptor(&self, register: u32) -> u32 {
        spec::descriptor(self.stream) + register
    }

    fn read(&self, now: Moment, offset: u32) -> u32 {
        self.bus.read(now, offset).expect(KNOWN)
    }

    fn write(&self, now: Moment, offset: u32, value: u32) {
        self.bus.write(now, offset, value).expect(KNOWN);
    }
}

/// The lower half.
fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).expect("32 bits")
}

impl Fork for StreamRegisters {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            bus: self.bus.fork(forker),
            stream: self.stream,
            direction: self.direction,
        }
    }
}
