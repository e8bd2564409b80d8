//! The rules, one by one.
//!
//! P: invariants of buffer positions. R: rules of the WaveRT contract, as `docs/rules/wavert-ks.md`
//! has them. Which defect breaks which is in `docs/conformance-matrix.md`.

use crate::kit::compare;
use crate::kit::rule::{Group, Judge, LeftOut, Need, Rule};

const fn by_model(
    number: &'static str,
    group: Group,
    needs: &'static [Need],
    says: &'static str,
    why: &'static str,
) -> Rule {
    Rule {
        number,
        group,
        says,
        why,
        needs,
        judge: Judge::Model,
    }
}

const fn by_comparing(
    number: &'static str,
    group: Group,
    needs: &'static [Need],
    compare: compare::Compare,
    says: &'static str,
    why: &'static str,
) -> Rule {
    Rule {
        number,
        group,
        says,
        why,
        needs,
        judge: Judge::Compare(compare),
    }
}

use Need::{
    Buffer, Clock, Controller, Delay, Format, Guard, Heard, Hold, Leg, Linear, Loop, MapClock,
    MapPosition, Memory, PacketCount, Position, Presentation, Read, Register, Signal, State, Write,
};

/// Every rule of the kit.
#[rustfmt::skip]
pub static RULES: &[Rule] = &[
    by_comparing("P1", Group::Clock, &[Clock], compare::monotone, "a clock does not run backwards", "every difference of two times becomes huge"),
    by_comparing("P2", Group::Clock, &[Clock], compare::inverse, "a count is complete at its instant and not before", "a wake-up comes a tick early and finds nothing, over and over"),
    by_comparing("P3", Group::Clock, &[Clock], compare::sums, "how often a clock is read changes nothing", "rounding adds up: the stream drifts with the rate of polling"),
    by_comparing("P4", Group::Clock, &[Clock], compare::exact_rate, "a clock is never ahead and less than one count behind, after a second, a day, a year", "a rounded period is a wrong rate, and buffers run over or dry"),
    by_comparing("P5", Group::Clock, &[Clock], compare::ppm_law, "parts per 10^9 make the difference that they say", "drift that is simulated or corrected wrongly is never seen in tests"),
    by_comparing("P6", Group::Clock, &[Clock, Leg], compare::legs, "where the rate changes nothing is lost: counts and parts of counts go on", "each change of rate shifts the stream, and the sum is a drift that no rate explains"),
    by_comparing("P7", Group::Clock, &[Clock], compare::cadence, "a stretch of whole frames has that many frames wherever it lies", "link frames with a sample too many or too few are heard as clicks"),
    by_comparing("P8", Group::Clock, &[Clock], compare::domain_lock, "two rates of one crystal keep their ratio for ever", "streams of one device drift apart"),
    by_model("P9", Group::Position, &[Position], "a position is below the size of the buffer", "a client that writes there writes behind the buffer"),
    by_model("P10", Group::Position, &[Position, Linear], "the position is the linear one modulo the buffer", "two views of one stream disagree about what is safe to write"),
    by_model("P11", Group::Position, &[Position, Linear], "steps between readings add up to the linear position", "a client that follows the ring loses frames at each turn"),
    by_model("P12", Group::Position, &[Position], "a position does not go back but at the wrap", "one step back reads as almost a whole buffer of progress"),
    by_model("P13", Group::Position, &[Position], "between two readings the position moves by what time allows", "a client that writes up to a jump overwrites what is playing"),
    by_model("P14", Group::Position, &[Position], "two readings of one instant are equal", "padding and delay, read one after the other, contradict each other"),
    by_comparing("P15", Group::Position, &[Position], compare::observer, "what is read does not depend on how often was read", "the stream runs at another rate for another client"),
    by_model("P16", Group::Position, &[Position], "the position is where the device is, within what it declares", "data is overwritten before it is fetched, or read before it is there"),
    by_model("P17", Group::Position, &[Position], "what plays is never ahead of what was fetched", "the region that belongs to the device is the whole buffer by mistake"),
    by_model("P18", Group::Position, &[Position, Memory], "what a position says is done is done: recorded frames are in memory, played ones can be overwritten", "a recording has old sound in it, or a client is heard over itself"),
    by_model("P19", Group::Position, &[Heard], "what is heard is what lay in memory when it was fetched", "a client that writes in time is not heard, or one that is late is"),
    by_comparing("P20", Group::Position, &[Position], compare::wrap, "the wrap of the buffer changes nothing but the offset", "a frame is lost or repeated at every turn"),
    by_model("P21", Group::Position, &[Position], "positions are whole frames where the device says so", "a client splits frames and swaps channels"),
    by_comparing("P22", Group::Position, &[Position], compare::size, "the size of packet and buffer changes nothing but the offset", "the rate depends on the buffer that the client asked for"),
    by_comparing("P49", Group::Position, &[Position], compare::units, "frames do not depend on the bytes of a frame", "positions are right in stereo and wrong in surround"),
    by_model("P50", Group::Position, &[Position], "nothing changes when a counter leaves 31, 32 or 53 bits", "the stream breaks after some hours, and nobody can repeat it"),
    by_comparing("P66", Group::Position, &[Position], compare::oracle, "a hundred readings lie near a line: 1 % of rate, 1 ms of deviation, 4 ms at most", "the public conformance test of positions fails"),
    by_model("R106", Group::Position, &[Linear], "the linear position counts all bytes since Stop and does not wrap", "a client that maps it to frames loses its place"),
    by_model("P36", Group::State, &[Position, State], "in Pause the position stands still", "time that passed in Pause counts as played"),
    by_model("P37", Group::State, &[Position, State], "after Pause the position goes on from where it was", "sound jumps after each pause"),
    by_model("P38", Group::State, &[Position, State], "any number of pauses adds nothing to the position", "latency grows with every pause"),
    by_comparing("P39", Group::State, &[Position, State], compare::second_epoch, "after Stop everything is as at first", "the second song begins with the rest of the first"),
    by_model("P40", Group::State, &[Position], "a stream starts from 0", "the first reading says that a buffer has been played"),
    by_model("P41", Group::State, &[Buffer, State], "what is not allowed is refused and has no effect", "hardware is programmed while it runs"),
    by_comparing("P43", Group::State, &[Format, Position, State], compare::format_change, "a format applies from Stop on, and nothing of the one before is left", "the stream plays at the rate of the one before it"),
    by_model("R38", Group::State, &[Position], "nothing moves before the first Run", "the client primes a buffer that is playing"),
    by_model("R39", Group::State, &[Position, State], "Pause freezes the position where it is", "what was played after the last update is played again"),
    by_model("R41", Group::State, &[Position, State], "Stop takes the position to 0", "the next stream begins in the middle"),
    by_model("R42", Group::State, &[PacketCount, State], "Stop takes the packet count to 0", "the first packets of the next stream are late"),
    by_model("R44", Group::State, &[PacketCount, State], "Pause and Acquire leave the packet count alone", "packets are announced for the wrong slot"),
    by_model("R45", Group::State, &[State], "Run and Pause may alternate for ever", "a player can be paused only so often"),
    by_model("R46", Group::State, &[Buffer, State], "without a buffer there is no Run", "the engine fetches from address 0"),
    by_model("R53", Group::Buffer, &[Buffer], "a buffer of moderate size can be had", "no stream can be opened"),
    by_model("R54", Group::Buffer, &[Buffer], "a buffer is not smaller than asked for", "the audio engine refuses the stream"),
    by_model("R55", Group::Buffer, &[Buffer], "a buffer is whole frames", "frames straddle the wrap"),
    by_model("R60", Group::Buffer, &[Buffer], "less than a frame is no buffer", "positions are taken modulo nothing"),
    by_model("R62", Group::Buffer, &[Buffer], "one and two notifications per buffer are accepted, none and more are not", "a division by 0, or packets that nobody expects"),
    by_model("R63", Group::Buffer, &[Buffer], "packets are whole frames", "a packet begins in the middle of a frame"),
    by_model("R64", Group::Buffer, &[Buffer], "a pin has one buffer", "the first one is lost while the device reads it"),
    by_model("R65", Group::Buffer, &[Buffer, State], "a buffer is made in Stop", "memory changes under a running engine"),
    by_model("P24", Group::Notification, &[Signal], "each packet is notified once", "the client skips a packet or writes one twice"),
    by_model("P25", Group::Notification, &[Signal], "a notification comes when its packet is done, within what is declared", "the client has less time than it counts on"),
    by_model("P26", Group::Notification, &[Signal], "a notification does not come before its packet is done", "the client overwrites what is still to be fetched"),
    by_model("P27", Group::Notification, &[Signal], "a late notification does not make the next one later", "the client falls behind for good"),
    by_model("P65", Group::Notification, &[Signal], "while the device moves, notifications come", "the client hangs"),
    by_model("R75", Group::Notification, &[Register], "an event needs a buffer with notifications", "the event is never set"),
    by_model("R77", Group::Notification, &[Signal], "one packet: one signal per turn", "the client runs at the wrong rate"),
    by_model("R78", Group::Notification, &[Signal], "two packets: two signals per turn", "the client runs at the wrong rate"),
    by_model("R79", Group::Notification, &[Signal, State], "no signal outside Run", "the client writes to a stream that stands"),
    by_model("R80", Group::Notification, &[Signal], "every registered event is set", "one of two clients hangs"),
    by_model("R81", Group::Notification, &[Signal], "an unregistered event is not set", "memory that was freed is written"),
    by_model("R83", Group::Notification, &[Signal, Write], "signals go on when nobody writes", "a client that was late once never wakes again"),
    by_model("R84", Group::Notification, &[Signal, State], "after Pause the interrupted packet is notified when it is done", "the client is off by part of a packet after each pause"),
    by_model("R85", Group::Notification, &[Register], "an event is registered once, and unregistered if it was", "an event is set twice, or after it is gone"),
    by_model("P23", Group::Packet, &[PacketCount], "the packet count is the position divided by the packet", "the client writes into the packet that plays"),
    by_model("P28", Group::Packet, &[PacketCount, State], "a pause inside a packet loses nothing of it", "each pause shifts packets against positions"),
    by_model("P29", Group::Packet, &[PacketCount, State], "Stop forgets the begun packet", "the first packet of the next stream is done early"),
    by_model("P30", Group::Packet, &[PacketCount, Hold], "after a stall the packet count is right at once", "the client writes into slots that were passed long ago, and is told that all is well"),
    by_model("P34", Group::Packet, &[Heard, Write], "behind the end of the stream nothing is heard", "the last packet is followed by what was played before it"),
    by_model("P35", Group::Packet, &[PacketCount, Write], "the packet count goes on when nobody writes", "a client that was late cannot find its place again"),
    by_model("P31", Group::Packet, &[Read], "a captured packet is stamped with its first frame, and stamps rise", "sound and picture drift apart by a packet"),
    by_model("P32", Group::Packet, &[Read], "captured packets are neither repeated nor withheld nor lost while they are there", "a recording stutters"),
    by_model("P33", Group::Packet, &[Write], "a packet is accepted exactly if it fits and is not in transfer", "a client that is right is told that it is wrong"),
    by_model("R118", Group::Packet, &[Write], "the packet after the one in transfer is accepted", "every stream with events is broken"),
    by_model("R119", Group::Packet, &[Write], "a packet in transfer or done is late", "a glitch is not reported"),
    by_model("R120", Group::Packet, &[Write], "a packet that does not fit yet is an overrun", "what is playing is overwritten"),
    by_model("R121", Group::Packet, &[Write], "before Run the buffer can be filled from packet 0 on", "every stream begins with silence"),
    by_model("R122", Group::Packet, &[Write], "an unknown flag is refused", "a client of the future is misunderstood"),
    by_model("R123", Group::Packet, &[Write], "after the end of the stream no packet is accepted", "sound after the end"),
    by_model("R124", Group::Packet, &[Write], "the length counts with the end-of-stream flag only, and 0 is one", "the last packet is refused"),
    by_model("R125", Group::Packet, &[Write], "a last packet is no longer than a packet", "the end lies in the next packet"),
    by_model("R126", Group::Packet, &[Write, State], "Stop clears the end of the stream", "a stream can be played once"),
    by_model("R129", Group::Packet, &[PacketCount, Write], "writing does not change the packet count", "the clock of the client depends on the client"),
    by_model("R131", Group::Packet, &[Read], "what is not complete cannot be read", "half a packet of old sound"),
    by_model("R132", Group::Packet, &[Read], "the first captured packet is packet 0", "a client takes the start for a loss"),
    by_model("R133", Group::Packet, &[Read], "a captured packet has no flags", "a client of the future is misled"),
    by_model("R134", Group::Packet, &[Read], "the stamp is the counter at the first frame", "echo cancellation is off by a packet"),
    by_model("R135", Group::Packet, &[Read], "stamps are a packet apart", "the client corrects a drift that is not there"),
    by_model("R136", Group::Packet, &[Read], "more data means that a packet can be read at once", "the client loops for nothing, or sleeps on data"),
    by_model("R141", Group::Packet, &[Buffer], "without notifications there are no packets", "a division by 0"),
    by_model("P44", Group::Latency, &[Presentation], "what is presented has been on the link", "the clock of the client runs ahead of the sound"),
    by_model("P45", Group::Latency, &[Presentation], "presentation is behind the link by the declared delay, and 0 before", "sound and picture are apart, or a huge number at the start"),
    by_model("P46", Group::Latency, &[Delay], "the delay is what was written and is not presented, and never below 0", "a player believes in hours of delay, or in the delay of the codec twice"),
    by_model("P47", Group::Latency, &[Presentation], "position and counter of a pair belong together", "rates measured from pairs jitter"),
    by_model("P48", Group::Latency, &[Presentation], "counters handed out do not go back", "a client divides by a negative time"),
    by_model("R107", Group::Latency, &[Presentation, State], "Stop takes the presentation position to 0", "the next stream begins in the middle"),
    by_model("R108", Group::Latency, &[Presentation], "the counter is of the request", "a position of the past passes as one of now"),
    by_model("R111", Group::Latency, &[Presentation], "the presentation position does not go back", "the clock of the client stands until it catches up"),
    by_model("R94", Group::Register, &[MapPosition], "the position register never reads as the size of the buffer", "a client that writes there writes behind the buffer"),
    by_model("R95", Group::Register, &[MapPosition], "the position register does not go back but at the wrap", "one step back reads as almost a whole buffer"),
    by_model("R96", Group::Register, &[MapPosition], "the position register is less off than it declares", "data is overwritten before it is fetched"),
    by_model("R97", Group::Register, &[MapPosition], "a register has 32 or 64 bits", "the client reads beside it"),
    by_model("R98", Group::Register, &[MapPosition, Buffer], "a register is mapped once", "two clients read what one owns"),
    by_model("R101", Group::Register, &[MapClock, State], "the clock register runs in every state", "drift measured over a pause is nonsense"),
    by_model("R102", Group::Register, &[MapClock], "the clock register runs at the rate it declares, also over its wrap", "drift between devices is measured wrongly"),
    by_comparing("P51", Group::Controller, &[Controller], compare::together, "streams that one write releases are at one place of the link for ever", "what is to be heard together is not"),
    by_comparing("P53", Group::Controller, &[Controller], compare::slots, "record n of the position buffer is of stream n", "a driver that reads records sees its stream stand, or another one move"),
    by_comparing("P54", Group::Controller, &[Controller], compare::status_algebra, "the interrupt status follows from what streams ask for, and ones that are written clear those bits and no others", "an interrupt is lost, or comes for ever"),
    by_comparing("P55", Group::Controller, &[Controller], compare::wall_clock, "the wall clock counts 500 cycles in a link frame, also over its wrap", "guards that measure the time between interrupts reject good ones"),
    by_comparing("P56", Group::Controller, &[Controller], compare::underruns, "a late client is not noticed and hears old bytes, a FIFO that starves is an error", "a driver waits for an error that never comes, or does not see one that did"),
    by_comparing("P60", Group::Consumer, &[Guard], compare::transparent, "a guard believes a device that is right", "a program that mistrusts good devices glitches on them, and only there"),
    by_comparing("P61", Group::Consumer, &[Guard], compare::contained, "a guard is misled by what it absorbs within bounds, and not for long", "one wrong reading and the program is out of step for good"),
    by_comparing("P62", Group::Consumer, &[Loop], compare::amplifies_nothing, "one bad reading moves the rate by what the gains say, and leaves what they say", "one late wake-up is heard as a change of pitch"),
    by_comparing("P63", Group::Consumer, &[Loop], compare::unbiased, "jitter of mean zero comes to nothing", "the program drifts until its buffer is full or empty"),
    by_comparing("P64", Group::Consumer, &[Loop], compare::starts_clean, "a new quantum and a resynchronisation are no errors of rate, and leave nothing behind", "each change of latency is followed by seconds of wrong rate"),
    by_comparing("P52", Group::Determinism, &[Position], compare::isolation, "another stream changes nothing", "counters of one stream go to another"),
    by_comparing("P57", Group::Determinism, &[], compare::reproducible, "a fresh stream answers the same", "what failed once cannot be found again"),
    by_comparing("P58", Group::Determinism, &[Position], compare::query_order, "the order of readings of one instant changes nothing", "a client that asks in another order fails"),
    by_comparing("P59", Group::Determinism, &[Position], compare::shift, "the time of the start changes nothing", "the stream breaks when the machine has been up for two days"),
];

const fn left_out(number: &'static str, why: &'static str) -> LeftOut {
    LeftOut { number, why }
}

/// Rules that no subject of the kit can be asked about.
pub const LEFT_OUT: &[LeftOut] = &[left_out(
    "P42",
    "sleep is asked of a whole pin, with --pins",
)];

/// The rule of that number.
pub fn rule(number: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .find(|rule| rule.number.eq_ignore_ascii_case(number))
}
