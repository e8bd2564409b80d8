//! A stack taken up twice.

use hardware::StreamConfig;
use ks::{KsState, Mapping, PinConnect, PinHandle, PinReply, PinRequest, RtAudioRequest};
use miniport::{EndOfStream, HdAudioMiniport, HdAudioOptions};
use ring::{Kind, Whose};
use units::{Bytes, Frames, SimTime};
use vtime::{Event, Fork};

use super::lab::{Lab, s16, spans};

/// A stream that plays two packets over and over, with nobody who writes.
fn playing() -> (Lab, PinHandle, Mapping) {
    let options = HdAudioOptions {
        end_of_stream: EndOfStream::Silence,
        ..HdAudioOptions::default()
    };
    let lab = Lab::new(StreamConfig::hd_audio(), options);
    let now = lab.world.now();
    let format = s16(48_000);
    let connect = PinConnect::of(HdAudioMiniport::RENDER_PIN, format);
    let pin = lab.filter.create_pin(now, connect).expect("the pin opens");
    let ask = |request| pin.request(now, request).expect("it is granted");
    let requested = Bytes::new(3840);
    let buffer = RtAudioRequest::BufferWithNotification {
        requested,
        notification_count: 2,
        base: None,
    };
    let PinReply::Buffer(mapping) = ask(PinRequest::RtAudio(buffer)) else {
        panic!("a buffer is answered with a buffer");
    };
    let event = RtAudioRequest::RegisterNotificationEvent(lab.event.handle());
    ask(PinRequest::RtAudio(event));
    let whose = Whose {
        run: 0,
        kind: Kind::Audio,
        content: 0,
        intended: 0,
        write: 0,
    };
    mapping.store(now, Frames::ZERO, None, Frames::new(960), whose);
    ask(PinRequest::SetState(KsState::Run));
    (lab, pin, mapping)
}

#[test]
fn a_twin_of_the_stack_goes_on_as_the_original_would() {
    let run = |lab: &mut Lab, millis| lab.world.run_until(SimTime::from_millis(millis)).unwrap();
    let (mut unsplit, _, _) = playing();
    run(&mut unsplit, 60);
    for millis in [0, 9, 10, 33] {
        let (mut original, _, _) = playing();
        run(&mut original, millis);
        let mut twin = original.forked();
        run(&mut twin, 60);
        assert_eq!(
            twin.world.history().digest(),
            unsplit.world.history().digest()
        );
        assert_eq!(twin.heard(), unsplit.heard());
        run(&mut original, 60);
        assert_eq!(
            original.world.history().digest(),
            unsplit.world.history().digest()
        );
    }
}

#[test]
fn what_is_done_to_the_twin_is_not_done_to_the_original() {
    let (mut original, pin, mapping) = playing();
    original.world.run_until(SimTime::from_millis(15)).unwrap();

    let (mut world, mut forker) = original.world.fork();
    let twin_pin = pin.fork(&mut forker);
    let twin_mapping = mapping.fork(&mut forker);
    let now = world.now();
    let whose = Whose {
        run: 0,
        kind: Kind::Muted,
        content: 0,
        intended: 0,
        write: 1,
    };
    twin_mapping.store(now, Frames::ZERO, None, Frames::new(480), whose);
    twin_pin
        .request(now, PinRequest::SetState(KsState::Stop))
        .unwrap();
    let state = |pin: &PinHandle| match pin.request(now, PinRequest::GetState) {
        Ok(PinReply::State(state)) => state,
        other => panic!("{other:?} is no state"),
    };
    assert_eq!(
        (state(&pin), state(&twin_pin)),
        (KsState::Run, KsState::Stop)
    );
    let _ = world.step();

    original.world.run_until(SimTime::from_millis(40)).unwrap();
    let heard = spans(&original.heard());
    assert!(
        heard
            .iter()
            .all(|(_, _, whose)| matches!(whose, Some((_, Kind::Audio))))
    );
}

#[test]
fn the_registers_that_a_twin_has_mapped_are_its_own() {
    let (mut original, pin, _) = playing();
    let now = original.world.now();
    let registers = [
        RtAudioRequest::PositionRegister { base: None },
        RtAudioRequest::ClockRegister { base: None },
    ];
    let mapped = registers.map(
        |register| match pin.request(now, PinRequest::RtAudio(register)) {
            Ok(PinReply::Register(mapped)) => mapped,
            other => panic!("{other:?} is no register"),
        },
    );
    original.world.run_until(SimTime::from_millis(15)).unwrap();
    let (world, mut forker) = original.world.fork();
    let twins = mapped.each_ref().map(|register| register.fork(&mut forker));
    let twin_pin = pin.fork(&mut forker);
    original.world.run_until(SimTime::from_millis(18)).unwrap();
    let read =
        |registers: &[ks::MappedRegister; 2], now| registers.each_ref().map(|it| it.read(now));
    let millis = |millis: u64| [(millis * 48 * 4) % 3840, millis * 24_000];
    assert_eq!(read(&mapped, original.world.now()), millis(18));
    assert_eq!(read(&twins, world.now()), millis(15));
    twin_pin
        .request(world.now(), PinRequest::SetState(KsState::Stop))
        .unwrap();
    assert_eq!(read(&twins, world.now()), [0, 15 * 24_000]);
    assert_eq!(read(&mapped, original.world.now()), millis(18));
}
