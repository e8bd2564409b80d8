//! What the targets over histories share: they are mutated as histories, so that all that is tried can be
//! read, and called.

use conformance::kit::{HistoryOf, Limits, Recorded, Setup, StepOf};
use conformance::reference::Reference;
use libfuzzer_sys::fuzzer_mutate;
use proptest::strategy::{BoxedStrategy, Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use units::Hns;

/// No history with more calls is tried …
const STEPS_MAX: usize = 64;
/// … nor one that takes longer, in packets.
const PACKETS_MAX: u64 = 400;

/// True if it is worth its time.
pub fn is_short<C>(history: &HistoryOf<C>) -> bool {
    let packet = history
        .setup
        .time_of(history.setup.packet.get())
        .get()
        .max(1);
    let all = history
        .steps
        .iter()
        .map(|step| u128::from(step.after.get()))
        .sum::<u128>();
    history.steps.len() <= STEPS_MAX && all <= u128::from(packet) * u128::from(PACKETS_MAX)
}

/// Another history in `data`, which holds one: with parts of one that `drawn` draws, without some of its
/// own, at other times. Sometimes its text is damaged.
pub fn mutate<C: Recorded + std::fmt::Debug>(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    drawn: &dyn Fn(&Limits) -> BoxedStrategy<HistoryOf<C>>,
) -> usize {
    let text = std::str::from_utf8(&data[..size]).ok();
    let history = text.and_then(|text| HistoryOf::<C>::parse(text).ok());
    let mut dice = Dice(u64::from(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mutated = match history {
        Some(_) if dice.one_in(32) => return fuzzer_mutate(data, size, max_size),
        Some(history) => change(history, &mut dice, drawn),
        None => draw(&mut dice, drawn),
    };
    let text = mutated.to_string();
    if text.len() > max_size {
        return fuzzer_mutate(data, size, max_size);
    }
    data[..text.len()].copy_from_slice(text.as_bytes());
    text.len()
}

fn draw<C: Recorded + std::fmt::Debug>(
    dice: &mut Dice,
    drawn: &dyn Fn(&Limits) -> BoxedStrategy<HistoryOf<C>>,
) -> HistoryOf<C> {
    let references = Reference::ALL;
    let bench = references[dice.below(references.len())].bench();
    let mut seed = [0; 32];
    for chunk in seed.chunks_mut(8) {
        chunk.copy_from_slice(&dice.next().to_le_bytes());
    }
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let tree = drawn(&bench.limits()).new_tree(&mut runner);
    tree.expect("the strategies reject nothing").current()
}

fn change<C: Recorded + std::fmt::Debug>(
    mut history: HistoryOf<C>,
    dice: &mut Dice,
    drawn: &dyn Fn(&Limits) -> BoxedStrategy<HistoryOf<C>>,
) -> HistoryOf<C> {
    for _ in 0..=dice.below(3) {
        let steps = &mut history.steps;
        let at = dice.below(steps.len() + 1);
        match dice.below(6) {
            0 => {
                let end = (at + 1 + dice.below(4)).min(steps.len());
                steps.drain(at.min(end)..end);
            }
            1 => {
                if let Some(step) = steps.get_mut(at) {
                    step.after = other_time(step.after, &history.setup, dice);
                }
            }
            2 => {
                if let Some(step) = steps.get(at).copied() {
                    let to = dice.below(steps.len() + 1);
                    steps.insert(to, step);
                }
            }
            3 => history.setup = draw(dice, drawn).setup,
            _ => {
                let others: Vec<StepOf<C>> = draw(dice, drawn).steps;
                let first = dice.below(others.len() + 1);
                let few = others.into_iter().skip(first).take(1 + dice.below(4));
                steps.splice(at..at, few);
            }
        }
        history.steps.truncate(STEPS_MAX);
    }
    history
}

/// Shorter, a little longer, a packet, or what a packet lacks.
fn other_time(time: Hns, setup: &Setup, dice: &mut Dice) -> Hns {
    let packet = setup.time_of(setup.packet.get()).get();
    let time = time.get();
    Hns::new(match dice.below(5) {
        0 => 0,
        1 => time / 2,
        2 => time.saturating_add(1),
        3 => packet,
        _ => packet.saturating_sub(time % packet.max(1)),
    })
}

/// What chance comes from: the seed of the fuzzer.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).expect("few");
        usize::try_from(self.next() % end).expect("few")
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}
