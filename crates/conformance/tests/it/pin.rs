//! The whole pin against the model.

mod mutant;

use conformance::pin::{PinHistory, check_pins};
use conformance::reference::Reference;
use mutant::Mutation;

/// The sample driver is left out: it breaks rules, and the kit names them.
#[test]
fn the_pins_of_the_reference_miniports_do_what_the_rules_allow() {
    for reference in [
        Reference::Ideal,
        Reference::HdAudio,
        Reference::HdAudioCapture,
        Reference::VirtualExact,
        Reference::VirtualExactCapture,
    ] {
        let pins = reference.pins().expect("it has a miniport");
        match check_pins(&*pins, 1, 1500) {
            Ok(granted) => assert!(granted > 10_000, "{} asks too little", pins.name()),
            Err(failure) => panic!("{}\n{failure}", pins.name()),
        }
    }
}

/// Each defect is found, by the rule that forbids it, in a history that is as short as it can be.
#[test]
fn the_model_names_the_rule_that_a_miniport_breaks() {
    for (mutation, rule, steps_max) in [
        (Mutation::KeepsCount, "R117", 7),
        (Mutation::AcceptsAll, "R120", 3),
        (Mutation::IgnoresFlags, "R122", 3),
        (Mutation::ForgetsEnd, "R123", 4),
        (Mutation::RegistersTwice, "R85", 4),
        (Mutation::UnregistersAny, "R85", 3),
        (Mutation::AnyCount, "R62", 2),
        (Mutation::ShowsEnd, "R88", 4),
        (Mutation::KeepsPosition, "R41", 7),
        (Mutation::ReadsAgain, "R131", 6),
        (Mutation::ReadsInStop, "R131", 3),
        (Mutation::StaleCounter, "R108", 4),
    ] {
        let Err(failure) = check_pins(&mutant::pins(mutation), 1, 4000) else {
            panic!("{mutation:?} was not found");
        };
        assert_eq!(failure.rule, rule, "{mutation:?}\n{failure}");
        let steps = failure.history.steps.len();
        assert!(steps <= steps_max, "{mutation:?}\n{failure}");
    }
}

#[test]
fn a_history_is_read_as_it_was_written() {
    let text = "wavert-pin 1\nformat 44100 6 S24\npacket 441\npackets 1\nstart 7\nppb -5\n0 open\n\
                10 open wrong\n0 close\n0 state Pause\n0 get-state\n0 format\n0 format wrong\n\
                0 get-format\n0 buffer 7 2\n0 buffer 7\n0 register 1\n0 unregister 2\n\
                0 notification-support\n0 hw-latency\n0 map-position\n0 map-clock\n0 map-packets\n\
                0 position\n0 presentation\n0 packet-count\n0 write -3 512 9\n0 read\n\
                0 power D3\n0 remove\n";
    let history = PinHistory::parse(text).unwrap();
    assert_eq!(history.to_string(), text);
    for (wrong, why) in [
        ("wavert-history 1\n", "wavert-pin 1"),
        ("wavert-pin 1\n0 dance\n", "line 2"),
        ("wavert-pin 1\n0 power D9\n", "D0, D1, D2 and D3"),
        ("wavert-pin 1\nx open\n", "whole numbers"),
    ] {
        let refused = PinHistory::parse(wrong).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}
