//! Whatever a process sends, it gets a status.

use ks::wire::{DataFormat, Wire};
use ks::{
    GENERIC_WRITE, Guid, IOCTL_KS_DISABLE_EVENT, IOCTL_KS_ENABLE_EVENT, IOCTL_KS_PROPERTY,
    KSPROPSETID_AUDIO, KSPROPSETID_AUDIO_ENGINE, KSPROPSETID_AUDIO_SIGNAL_PROCESSING,
    KSPROPSETID_CONNECTION, KSPROPSETID_PIN, KSPROPSETID_RT_AUDIO, KSPROPSETID_TOPOLOGY,
};
use proptest::prelude::*;
use units::NtStatus;

use super::client::{RawClient, connect, head};
use super::questioned::{RENDER, plain};
use crate::support::cd;

fn any_set() -> impl Strategy<Value = Guid> {
    prop::sample::select(vec![
        KSPROPSETID_PIN,
        KSPROPSETID_TOPOLOGY,
        KSPROPSETID_CONNECTION,
        KSPROPSETID_AUDIO,
        KSPROPSETID_RT_AUDIO,
        KSPROPSETID_AUDIO_ENGINE,
        KSPROPSETID_AUDIO_SIGNAL_PROCESSING,
        Guid::new(1),
    ])
}

proptest! {
    #[test]
    fn no_bytes_make_a_request_panic(
        set in any_set(),
        id in 0..60_u32,
        flags in prop::sample::select(vec![1, 2, 0x100, 0x200, 0x1000_0001, 0x1000_0002, 0]),
        behind in prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..120),
        end in 0..150_usize,
        mut output in prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..160),
        code in prop::sample::select(vec![
            IOCTL_KS_PROPERTY, IOCTL_KS_PROPERTY, IOCTL_KS_ENABLE_EVENT, IOCTL_KS_DISABLE_EVENT,
        ]),
        on_pin: bool,
    ) {
        let (filter, _) = plain();
        let mut client = RawClient::new(&filter);
        let pin = client.open(RENDER, &DataFormat::of(cd()).to_bytes()).unwrap();
        let handle = if on_pin { pin } else { client.filter };
        let mut input = [head(set, id, flags).to_bytes(), behind].concat();
        input.truncate(end);
        let before = output.clone();
        let cx = client.cx.clone();
        let done = client.process.control(&cx, handle, code, &input, &mut output);
        if done.status == NtStatus::SUCCESS {
            prop_assert!(done.information <= output.len());
            prop_assert_eq!(&output[done.information..], &before[done.information..]);
        } else {
            prop_assert_eq!(output, before);
        }
    }

    #[test]
    fn no_bytes_make_the_making_of_a_pin_panic(
        damage in prop::collection::vec((0..200_usize, any::<u8>()), 0..6),
        end in 0..200_usize,
    ) {
        let (filter, _) = plain();
        let mut client = RawClient::new(&filter);
        let mut bytes = connect(RENDER, &DataFormat::of(cd()).in_mode(Guid::new(0xA0)).to_bytes());
        for (at, value) in damage {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        bytes.truncate(end);
        let cx = client.cx.clone();
        let _ = client.process.create_pin(&cx, client.filter, &bytes, GENERIC_WRITE);
    }
}
