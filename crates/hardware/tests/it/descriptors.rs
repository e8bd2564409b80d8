//! Descriptor lists: what a stream makes of good ones, and of broken ones.

use hardware::{
    BdlEntry, ControllerConfig, DescriptorError, Extent, Note, RegisterError, RunError,
    StreamConfig, StreamFormatError, spec,
};
use spec::{ctl, sts};
use units::{Bytes, Frames, Moment, Phase, SimTime};

use crate::rig::{BUFFER, CONTROL, LIST, Plan, Rig, STREAM, ms};

const START: Moment = SimTime::ZERO.commit();

/// What was written into memory and registers, and what the stream finds.
#[test]
fn a_broken_descriptor_list_sets_dese_and_clears_run() {
    let good = Plan::k0().list();
    let entry = |address, length| BdlEntry {
        address,
        length: Bytes::new(length),
        interrupt_on_completion: true,
    };
    let cases = [
        (
            good[..1].to_vec(),
            1,
            DescriptorError::NoList {
                address: LIST,
                entries: 2,
            },
        ),
        (good.clone(), 0, DescriptorError::TooShort),
        (
            vec![good[0], entry(BUFFER, 0)],
            1,
            DescriptorError::Empty { entry: 1 },
        ),
        (
            vec![entry(0x99, 1920), good[1]],
            1,
            DescriptorError::Unmapped { entry: 0 },
        ),
        (
            vec![good[0], entry(BUFFER, 3844)],
            1,
            DescriptorError::Unmapped { entry: 1 },
        ),
        (
            vec![good[0], entry(u64::MAX, 4)],
            1,
            DescriptorError::Unmapped { entry: 1 },
        ),
        (
            vec![good[0], entry(BUFFER, 1916)],
            1,
            DescriptorError::Sum {
                sum: Bytes::new(3836),
                cyclic: Bytes::new(3840),
            },
        ),
    ];
    for (list, last_index, reason) in cases {
        let mut rig = Rig::k0();
        rig.controller.write_bdl(START, LIST, &list);
        rig.write(START, STREAM + spec::SD_LVI, last_index);
        rig.write(START, STREAM + spec::SD_CTL, CONTROL | ctl::DEIE);
        rig.write(START, STREAM + spec::SD_CTL, CONTROL | ctl::DEIE | ctl::RUN);
        assert!(!rig.is_running(START), "{reason}");
        assert_eq!(rig.status(START), sts::DESE, "{reason}");
        assert!(rig.controller.interrupt_line(), "DEIE was set");
        let notes: Vec<_> = rig.controller.take_notes().collect();
        assert_eq!(notes[0], Note::DescriptorError { stream: 0, reason });
        assert_eq!(rig.controller.next_event(), None);
        // Repaired and cleared, it runs.
        rig.write(START, STREAM + spec::SD_STS, sts::DESE);
        assert!(!rig.controller.interrupt_line());
        rig.controller.write_bdl(START, LIST, &good);
        rig.write(START, STREAM + spec::SD_LVI, 1);
        rig.run(START);
        assert!(rig.is_running(START));
    }
}

#[test]
fn a_stream_that_cannot_run_is_refused_and_left_as_it_was() {
    let refused = |rig: &mut Rig| {
        let before = rig.read(START, STREAM + spec::SD_CTL);
        let Err(RegisterError::CannotRun { stream: 0, reason }) = rig.try_run(START) else {
            panic!("it runs");
        };
        assert_eq!(rig.read(START, STREAM + spec::SD_CTL), before);
        reason
    };
    let mut rig = Rig::k0();
    let untagged = rig.controller.write(START, STREAM + spec::SD_CTL, ctl::RUN);
    assert_eq!(
        untagged,
        Err(RegisterError::CannotRun {
            stream: 0,
            reason: RunError::NoTag
        })
    );

    rig.write(START, STREAM + spec::SD_FMT, 0x8011);
    let format = StreamFormatError::Reserved(0x8011);
    assert_eq!(refused(&mut rig), RunError::Format(format));

    // Frames of 8 bytes in memory that holds frames of 4.
    rig.write(START, STREAM + spec::SD_FMT, 0x0031);
    assert_eq!(
        refused(&mut rig),
        RunError::CutFrame {
            frame: Bytes::new(8)
        }
    );

    let shallow = StreamConfig {
        fifo: Extent::Bytes(Bytes::new(32)),
        burst: Extent::Frames(Frames::new(9)),
        ..StreamConfig::k0()
    };
    let mut rig = Rig::set_up(&ControllerConfig::with_output(shallow), Plan::k0());
    let (fifo, burst, demand) = (Bytes::new(32), Bytes::new(36), Bytes::new(4));
    assert_eq!(
        refused(&mut rig),
        RunError::FifoTooSmall {
            fifo,
            burst,
            demand
        }
    );
}

#[test]
fn a_first_descriptor_may_move_every_interrupt_behind_its_period() {
    // One frame with IOC, then a period, then a period less one frame without.
    let lengths = [(4, true), (1920, true), (1916, false)];
    let mut address = BUFFER;
    let list = lengths.map(|(length, interrupt_on_completion)| {
        let entry = BdlEntry {
            address,
            length: Bytes::new(length),
            interrupt_on_completion,
        };
        address += length;
        entry
    });
    let mut rig = Rig::k0();
    rig.controller.write_bdl(START, LIST, &list);
    rig.write(START, STREAM + spec::SD_LVI, 2);
    rig.run(START);
    let frames: Vec<_> = rig
        .interrupts(5)
        .iter()
        .map(|event| event.time.ticks() / 9_187_500)
        .collect();
    assert_eq!(frames, [1, 481, 961, 1441, 1921]);
}

#[test]
fn a_list_may_jump_about_in_memory() {
    let mut rig = Rig::k0();
    let mut list = Plan::k0().list();
    list.reverse();
    rig.controller.write_bdl(START, LIST, &list);
    rig.store_packet(START, 0);
    rig.store_packet(START, 1);
    rig.run(START);
    rig.controller.settle(ms(25).commit());
    assert_eq!(
        rig.heard(),
        [
            (0, 480, Some(480)),
            (480, 480, Some(0)),
            (960, 240, Some(480))
        ]
    );
}

#[test]
fn a_list_may_leave_out_parts_of_a_buffer() {
    let mut rig = Rig::k0();
    let entry = |first: u64, frames: u64| BdlEntry {
        address: BUFFER + 4 * first,
        length: Bytes::new(4 * frames),
        interrupt_on_completion: false,
    };
    rig.controller.write_bdl(
        START,
        LIST,
        &[entry(0, 100), entry(200, 50), entry(250, 50)],
    );
    rig.write(START, STREAM + spec::SD_LVI, 2);
    rig.write(START, STREAM + spec::SD_CBL, 800);
    rig.store_packet(START, 0);
    rig.run(START);
    assert_eq!(
        rig.controller.next_event(),
        None,
        "no descriptor asks for an interrupt"
    );
    rig.controller
        .settle(SimTime::from_ticks(210 * 9_187_500).commit());
    assert_eq!(
        rig.heard(),
        [(0, 100, Some(0)), (100, 100, Some(200)), (200, 10, Some(0))]
    );
    assert_eq!(rig.controller.next_event(), None);
}

#[test]
fn a_buffer_stays_with_the_stream_that_was_started_on_it() {
    let mut rig = Rig::k0();
    rig.run(START);
    rig.controller.unmap_memory(BUFFER);
    rig.pause(ms(5).commit());
    rig.run(ms(6).commit());
    assert_eq!(rig.position(ms(7).at(Phase::Move)), 288);
    rig.pause(ms(8).commit());
    rig.reset(ms(8).commit());
    rig.stream_set_up(8_000_000);
    rig.run(ms(8).commit());
    assert!(
        !rig.is_running(ms(8).commit()),
        "nothing is mapped any more"
    );
}
