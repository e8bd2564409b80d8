//! Who watches the calls between port and miniport: levels, violations, and what is told of them.

use std::collections::VecDeque;
use std::fmt;

use ks::PacketCells;
use machine::{InterruptRoutine, IsrOutcome};
use portcls::{Call, DevicePower, EtwEvent, Irql, Rule, Violation};
use units::{Moment, SimTime};
use vtime::{Descriptor, EventHandle, Field, Fork, Forker, Shared};

/// How many engine events are kept. A [`Witness`] is told all of them.
const EVENTS_KEPT: usize = 4_096;

/// Somebody broke a rule between port and miniport; see [`Violation::from_words`].
pub static VIOLATION: Descriptor = Descriptor::new(
    "port.violation",
    &[
        // Its place among the rules, the calls, the levels.
        Field::new("rule", "1"),
        Field::new("call", "1"),
        Field::new("irql", "1"),
    ],
);

/// A miniport told an event of its built-in engine.
pub static ENGINE_EVENT: Descriptor = Descriptor::new(
    "port.engine_event",
    &[
        // As `EPcMiniportEngineEvent` numbers them.
        Field::new("type", "1"),
        Field::new("linear_position", "byte"),
        Field::new("write_position", "byte"),
        Field::new("parameter3", "1"),
        Field::new("parameter4", "1"),
    ],
);

/// Whoever writes down what a [`Verifier`] is told: a history.
pub trait Witness: fmt::Debug {
    /// Writes an entry, as of now.
    fn record(&self, what: &'static Descriptor, words: &[u64]);

    /// Who writes down what stream `number` of pin factory `pin` tells, if somebody else does;
    /// streams are counted from 0, those that are open.
    fn of_stream(&self, pin: u32, number: u32) -> Option<Box<dyn Witness>> {
        let _ = (pin, number);
        None
    }

    /// The same witness of the twin world.
    fn fork_witness(&self, forker: &mut Forker) -> Box<dyn Witness>;
}

/// Watches what port and miniport ask of each other, as Driver Verifier does. Clones are the same.
///
/// It changes nothing: a call that breaks a rule goes on, and the [violation](Violation) is kept
/// and told to the [witness](Witness).
#[derive(Clone, Debug)]
pub struct Verifier(Shared<Core>);

#[derive(Debug)]
struct Core {
    irql: Irql,
    /// The moment of the latest call.
    now: Moment,
    violations: Vec<Violation>,
    /// The latest ones.
    events: VecDeque<(SimTime, EtwEvent)>,
    witness: Option<Box<dyn Witness>>,
    /// Cells that show the packets of whoever registered the event.
    cells: Vec<(EventHandle, Shared<PacketCells>)>,
    /// True if the interrupt is watched too.
    sees_interrupts: bool,
}

impl Default for Verifier {
    fn default() -> Self {
        Self(Shared::new(Core {
            irql: Irql::Passive,
            now: Moment::default(),
            violations: Vec::new(),
            events: VecDeque::new(),
            witness: None,
            cells: Vec::new(),
            sees_interrupts: false,
        }))
    }
}

impl Verifier {
    /// Tells `witness` from now on.
    pub fn set_witness(&self, witness: Box<dyn Witness>) {
        self.0.borrow_mut().witness = Some(witness);
    }

    /// The level that the processor runs at.
    pub fn irql(&self) -> Irql {
        self.0.borrow().irql
    }

    /// Does `what` at `irql`: what a DPC of somebody else's does with a pin, for example.
    #[doc(alias = "KeRaiseIrql")]
    pub fn at<R>(&self, irql: Irql, what: impl FnOnce() -> R) -> R {
        let before = std::mem::replace(&mut self.0.borrow_mut().irql, irql);
        let result = what();
        self.0.borrow_mut().irql = before;
        result
    }

    /// What was broken so far, in order.
    pub fn violations(&self) -> Vec<Violation> {
        self.0.borrow().violations.clone()
    }

    /// What miniports have told of their engines so far, in order: the latest 4096.
    pub fn engine_events(&self) -> Vec<(SimTime, EtwEvent)> {
        self.0.borrow().events.iter().copied().collect()
    }

    /// Watches `routine` too: its ISR runs at device level, its DPC at dispatch level, and the
    /// packet cells of a pin change before its event is set.
    pub fn interrupt_routine(
        &self,
        routine: Box<dyn InterruptRoutine>,
    ) -> Box<dyn InterruptRoutine> {
        self.0.borrow_mut().sees_interrupts = true;
        Box::new(WatchedRoutine {
            routine,
            verifier: self.clone(),
        })
    }

    pub(crate) fn sees_interrupts(&self) -> bool {
        self.0.borrow().sees_interrupts
    }

    pub(crate) fn broken(&self, now: Moment, rule: Rule, call: Call) {
        let mut core = self.0.borrow_mut();
        let violation = Violation {
            at: now.time,
            rule,
            call,
            irql: core.irql,
        };
        core.violations.push(violation);
        if let Some(witness) = &core.witness {
            witness.record(&VIOLATION, &violation.to_words());
        }
    }

    /// The same, at the moment of the latest call that carried one: those of a miniport to its
    /// port do not.
    pub(crate) fn broken_now(&self, rule: Rule, call: Call) {
        let now = self.0.borrow().now;
        self.broken(now, rule, call);
    }

    /// `call` of a miniport to its port begins: may it, at this level?
    pub(crate) fn enter_now(&self, call: Call) {
        let now = self.0.borrow().now;
        self.enter(now, call);
    }

    /// `call` begins: may it, at this level?
    pub(crate) fn enter(&self, now: Moment, call: Call) {
        self.0.borrow_mut().now = now;
        if self.irql() > call.irql_max() {
            self.broken(now, Rule::IrqlTooHigh, call);
        }
    }

    /// A stream is about to be made on a device with so much power.
    pub(crate) fn enter_new_stream(&self, now: Moment, power: DevicePower) {
        self.enter(now, Call::NewStream);
        if power != DevicePower::D0 {
            self.broken(now, Rule::NewStreamWithoutPower, Call::NewStream);
        }
    }

    /// Who writes down what stream `number` of `pin` tells, if it is not the witness itself.
    pub(crate) fn witness_of(&self, pin: u32, number: u32) -> Option<Box<dyn Witness>> {
        let core = self.0.borrow();
        core.witness.as_ref()?.of_stream(pin, number)
    }

    /// A stream told `event`; `own` is its witness, if it has one.
    pub(crate) fn told(&self, now: Moment, event: EtwEvent, own: Option<&dyn Witness>) {
        let mut core = self.0.borrow_mut();
        if core.events.len() == EVENTS_KEPT {
            core.events.pop_front();
        }
        core.events.push_back((now.time, event));
        if let Some(witness) = own.or(core.witness.as_deref()) {
            let EtwEvent {
                kind,
                linear_position,
                write_position,
                parameter3,
                parameter4,
            } = event;
            let words = [
                kind.value(),
                linear_position,
                write_position,
                parameter3,
                parameter4,
            ];
            witness.record(&ENGINE_EVENT, &words);
        }
    }

    /// Shows in `cells` the packets after which `event` is set.
    pub(crate) fn show(&self, event: EventHandle, cells: Shared<PacketCells>) {
        self.0.borrow_mut().cells.push((event, cells));
    }

    /// Stops doing so.
    pub(crate) fn hide(&self, cells: &Shared<PacketCells>) {
        self.0
            .borrow_mut()
            .cells
            .retain(|(_, shown)| !shown.is(cells));
    }

    fn completed(&self, now: Moment, event: &EventHandle, packets: u64) {
        for (registered, cells) in &self.0.borrow().cells {
            if registered == event {
                *cells.borrow_mut() = PacketCells::of(packets, now.time.to_hns_floor());
            }
        }
    }
}

/// An interrupt routine at the levels at which it runs.
#[derive(Debug)]
struct WatchedRoutine {
    routine: Box<dyn InterruptRoutine>,
    verifier: Verifier,
}

impl InterruptRoutine for WatchedRoutine {
    fn isr(&mut self, now: Moment) -> IsrOutcome {
        self.verifier.at(Irql::Device, || self.routine.isr(now))
    }

    fn dpc(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        let verifier = &self.verifier;
        let routine = &mut self.routine;
        verifier.at(Irql::Dispatch, || {
            routine.dpc(now, &mut |event, packets| {
                verifier.completed(now, event, packets);
                signal(event, packets);
            });
        });
    }

    fn fork_routine(&self, forker: &mut Forker) -> Box<dyn InterruptRoutine> {
        Box::new(Self {
            routine: self.routine.fork(forker),
            verifier: self.verifier.fork(forker),
        })
    }
}

impl Fork for Verifier {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Fork for Core {
    fn fork(&self, forker: &mut Forker) -> Self {
        let witness = self.witness.as_ref();
        Self {
            irql: self.irql,
            now: self.now,
            violations: self.violations.clone(),
            events: self.events.clone(),
            witness: witness.map(|witness| witness.fork_witness(forker)),
            cells: self.cells.fork(forker),
            sees_interrupts: self.sees_interrupts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DEVICE;

    #[test]
    fn every_kind_of_entry_has_a_name_of_its_own() {
        Descriptor::assert_distinct(&[&VIOLATION, &ENGINE_EVENT, &DEVICE]);
    }

    #[test]
    fn r32_a_stream_made_below_d0_is_found() {
        let verifier = Verifier::default();
        verifier.enter_new_stream(Moment::default(), DevicePower::D0);
        assert_eq!(verifier.violations(), []);
        for power in [DevicePower::D1, DevicePower::D2, DevicePower::D3] {
            verifier.at(Irql::Dispatch, || {
                verifier.enter_new_stream(Moment::default(), power);
            });
        }
        let found = verifier.violations();
        let of = |rule| found.iter().filter(|it| it.rule == rule).count();
        assert_eq!(of(Rule::NewStreamWithoutPower), 3);
        assert_eq!(of(Rule::IrqlTooHigh), 3);
        assert!(found.iter().all(|it| it.call == Call::NewStream));
        assert!(found.iter().all(|it| it.irql == Irql::Dispatch));
    }

    #[test]
    fn of_what_was_told_the_latest_is_kept() {
        let verifier = Verifier::default();
        let told = |linear_position| EtwEvent {
            kind: portcls::EngineEventKind::BufferComplete,
            linear_position,
            write_position: 0,
            parameter3: 0,
            parameter4: 0,
        };
        for place in 0..5_000 {
            verifier.told(Moment::default(), told(place), None);
        }
        let kept = verifier.engine_events();
        assert_eq!(kept.len(), EVENTS_KEPT);
        assert_eq!(kept.last().unwrap().1, told(4_999));
    }

    #[test]
    fn a_level_lasts_as_long_as_what_is_done_at_it() {
        let verifier = Verifier::default();
        let inner = verifier.at(Irql::Device, || {
            verifier.at(Irql::Dispatch, || verifier.irql())
        });
        assert_eq!((inner, verifier.irql()), (Irql::Dispatch, Irql::Passive));
    }
}
