//! What is made of the answers of callbacks, and when a timer is served.

use std::ffi::c_void;

use super::*;

/// A stream of the callbacks below: what its timer is set to, and every serving of it.
#[derive(Default)]
struct Timer {
    due: u64,
    period: u64,
    served: Vec<u64>,
}

unsafe extern "C" fn make(context: *mut c_void, _: *const border::Setup) -> Stream {
    context
}

unsafe extern "C" fn due(stream: Stream) -> u64 {
    // SAFETY: the context of these tests is a `Timer` that outlives the stream.
    unsafe { &*stream.cast::<Timer>() }.due
}

unsafe extern "C" fn serve(stream: Stream, now: u64) -> u64 {
    // SAFETY: as above, and nobody else looks at it meanwhile.
    let timer = unsafe { &mut *stream.cast::<Timer>() };
    timer.served.push(now);
    timer.due += timer.period;
    0b101
}

unsafe extern "C" fn refuse(_: Stream, _: u64, _: *mut u32) -> u32 {
    NtStatus::INVALID_DEVICE_STATE.value()
}

unsafe extern "C" fn linear(_: Stream, now: u64, bytes: *mut u64) -> u32 {
    // SAFETY: the place for the result is valid during the call.
    unsafe { *bytes = 2 * now };
    0
}

fn table(timer: &mut Timer) -> Table {
    let callbacks = border::Subject {
        size: border::size_of_struct::<border::Subject>(),
        abi_version: border::ABI_VERSION,
        name: c"callbacks".as_ptr(),
        context: std::ptr::from_mut(timer).cast(),
        flags: 0,
        grain_frames: 0,
        lag: 0,
        delay_frames: 0,
        make: Some(make),
        destroy: None,
        set_state: None,
        allocate_buffer: None,
        allocate_buffer_with_notification: None,
        set_format: None,
        register_event: None,
        unregister_event: None,
        get_position: None,
        get_linear_position: Some(linear),
        get_presentation_position: None,
        get_packet_count: Some(refuse),
        set_write_packet: None,
        get_read_packet: None,
        get_delay: None,
        store: None,
        load: None,
        heard: None,
        timer_due: Some(due),
        timer: Some(serve),
    };
    Table {
        name: "callbacks".to_owned(),
        callbacks,
    }
}

fn timer(due: u64, period: u64) -> Timer {
    Timer {
        due,
        period,
        served: Vec::new(),
    }
}

#[test]
fn an_answer_is_a_result_a_status_or_nothing() {
    let mut timer = timer(0, 0);
    let table = table(&mut timer);
    let mut stream = table.make(&Setup::plain());
    let mut ask = |call| stream.call(Hns::new(21), call);
    assert_eq!(ask(Call::Linear), Answer::Linear(42));
    let refused = Answer::Refused(NtStatus::INVALID_DEVICE_STATE);
    assert_eq!(ask(Call::PacketCount), refused);
    assert_eq!(ask(Call::Position), Answer::NotOffered);
}

#[test]
fn a_timer_is_served_when_it_is_due_and_not_before() {
    let mut timer = timer(100, 50);
    let table = table(&mut timer);
    let mut stream = table.make(&Setup::plain());
    assert_eq!(stream.pass(Hns::new(99)), []);
    let of = |at, event| Signal {
        at: Hns::new(at),
        event,
    };
    let both = [of(100, 0), of(100, 2), of(150, 0), of(150, 2)];
    assert_eq!(stream.pass(Hns::new(199)), both);
    drop(stream);
    assert_eq!(timer.served, [100, 150]);
}

#[test]
fn a_timer_that_was_held_back_is_served_late() {
    let mut timer = timer(100, 50);
    let table = table(&mut timer);
    let mut stream = table.make(&Setup::plain());
    assert_eq!(stream.hold(Hns::new(180)), Held::Yes);
    stream.pass(Hns::new(210));
    drop(stream);
    assert_eq!(timer.served, [180, 180, 200]);
}

#[test]
fn a_timer_that_does_not_move_on_is_served_once() {
    let mut timer = timer(100, 0);
    let table = table(&mut timer);
    let mut stream = table.make(&Setup::plain());
    stream.pass(Hns::new(500));
    drop(stream);
    assert_eq!(timer.served, [100]);
}
