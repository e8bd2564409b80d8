//! What port and miniport must keep to, and what is told of who does not.

use ks::{KsState, PinHandle, PinRequest, RtAudioRequest};
use portcls::{Call, Irql, Rule};
use units::NtStatus;

use crate::rogue::{Fault, rogue};
use crate::support::{event, notifying_buffer, now, plain_buffer, register, set_state, status};

/// A client that asks for everything in the life of a pin.
fn whole_life(pin: &PinHandle, buffer: PinRequest) {
    let asks = || {
        for request in [
            RtAudioRequest::PacketCount,
            RtAudioRequest::PresentationPosition,
            RtAudioRequest::GetReadPacket,
            RtAudioRequest::HwLatency,
        ] {
            for _ in 0..2 {
                status(pin, PinRequest::RtAudio(request.clone()));
            }
        }
        status(pin, PinRequest::Position);
    };
    status(pin, buffer);
    status(
        pin,
        PinRequest::RtAudio(RtAudioRequest::PositionRegister { base: None }),
    );
    asks();
    set_state(pin, KsState::Run);
    asks();
    set_state(pin, KsState::Stop);
    asks();
    pin.close(now());
}

/// What is found in the life of a pin of a miniport with `fault`, each thing once.
fn found(fault: Fault) -> Vec<(Rule, Call)> {
    let mut all = Vec::new();
    for buffer in [plain_buffer(), notifying_buffer()] {
        let (pin, device) = rogue(fault);
        whole_life(&pin, buffer);
        for violation in device.verifier().violations() {
            assert_eq!(violation.irql, Irql::Passive);
            let found = (violation.rule, violation.call);
            if !all.contains(&found) {
                all.push(found);
            }
        }
    }
    all
}

#[test]
fn of_who_keeps_the_rules_nothing_is_told() {
    assert_eq!(found(Fault::None), []);
}

#[test]
fn each_rule_that_a_miniport_breaks_is_found() {
    use portcls::Call::{
        AllocateAudioBuffer as Plain, AllocateBufferWithNotification as Notifying,
        FreePagesFromMdl, GetOutputStreamPresentationPosition as GetPresentation, GetPacketCount,
        GetPosition, GetPositionRegister, GetReadPacket, Release, SetState,
    };
    let allocations = |rule| vec![(rule, Plain), (rule, Notifying)];
    for (fault, expected) in [
        (Fault::UnevenBuffer, allocations(Rule::UnevenBuffer)),
        (Fault::UnevenPackets, vec![(Rule::UnevenBuffer, Notifying)]),
        (Fault::BeyondPages, allocations(Rule::BeyondPages)),
        (Fault::ForeignPages, allocations(Rule::ForeignPages)),
        (Fault::KeepsPages, vec![(Rule::PagesLeft, Release)]),
        (
            Fault::KeepsMapping,
            vec![(Rule::FreedWhileMapped, FreePagesFromMdl)],
        ),
        (
            Fault::PositionOutside,
            vec![(Rule::PositionOutside, GetPosition)],
        ),
        (Fault::PositionInStop, vec![(Rule::NotReset, GetPosition)]),
        (
            Fault::CountInStop,
            [GetPacketCount, GetPresentation, GetReadPacket]
                .map(|call| (Rule::NotReset, call))
                .to_vec(),
        ),
        (
            Fault::CountGoesBack,
            vec![
                (Rule::WentBack, GetPacketCount),
                (Rule::WentBack, GetReadPacket),
            ],
        ),
        (
            Fault::PresentationGoesBack,
            vec![(Rule::WentBack, GetPresentation)],
        ),
        (
            Fault::OddRegister,
            vec![(Rule::BadRegister, GetPositionRegister)],
        ),
        (Fault::Flags, vec![(Rule::UnknownFlags, GetReadPacket)]),
    ] {
        assert_eq!(found(fault), expected, "{fault:?}");
    }
    let fails = found(Fault::FailsDownwards);
    assert!(fails.contains(&(Rule::DownwardFailed, SetState)));
    let empty = found(Fault::EmptyBuffer);
    assert_eq!(empty[0], (Rule::UnevenBuffer, Plain));
}

#[test]
fn r93_the_position_may_be_asked_for_at_dispatch_level_and_nothing_else() {
    let (pin, device) = rogue(Fault::None);
    assert_eq!(status(&pin, notifying_buffer()), NtStatus::SUCCESS);
    let verifier = device.verifier();
    verifier.at(Irql::Dispatch, || status(&pin, PinRequest::Position));
    assert_eq!(verifier.violations(), []);
    let answer = verifier.at(Irql::Dispatch, || set_state(&pin, KsState::Acquire));
    assert_eq!(answer, NtStatus::SUCCESS, "the verifier changes nothing");
    verifier.at(Irql::Device, || status(&pin, PinRequest::Position));
    let violations = verifier.violations();
    let found = violations.iter().map(|it| (it.rule, it.call, it.irql));
    let expected = [
        (Rule::IrqlTooHigh, Call::SetState, Irql::Dispatch),
        (Rule::IrqlTooHigh, Call::GetPosition, Irql::Device),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn events_that_a_client_leaves_are_told() {
    let (pin, device) = rogue(Fault::None);
    assert_eq!(status(&pin, notifying_buffer()), NtStatus::SUCCESS);
    assert_eq!(status(&pin, register(&event())), NtStatus::SUCCESS);
    pin.close(now());
    let violations = device.verifier().violations();
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].rule, Rule::EventsLeft);
    assert_eq!(
        violations[0].to_string(),
        "events-left in IUnknown::Release at PASSIVE_LEVEL: \
         events are unregistered before the close"
    );
}
