//! Content rights, as far as they touch streams.

use ks::{ContentId, DrmRights, KsState};
use miniport::{OffloadMiniport, OffloadOptions};
use units::NtStatus;

use super::lab::{config, run};

const HOST: u32 = OffloadMiniport::HOST_PIN;
const LOOPBACK: u32 = OffloadMiniport::LOOPBACK_PIN;

const NO_COPY: DrmRights = DrmRights {
    copy_protect: true,
    digital_output_disable: false,
};
const NO_DIGITAL: DrmRights = DrmRights {
    copy_protect: false,
    digital_output_disable: true,
};

#[test]
fn content_that_must_not_be_copied_keeps_the_loopback_silent() {
    run(config(), OffloadOptions::default(), |client| async move {
        let [host, loopback] = [HOST, LOOPBACK].map(|pin| client.stream(pin));
        client.store(&host, 0, 960, 700);
        for stream in [&host, &loopback] {
            client.set_state(stream, KsState::Run);
        }
        client.at(2).await;
        ks::set_content_id(&client.cx, &host.pin, ContentId::new(1), NO_COPY).unwrap();
        client.at(4).await;
        let free = DrmRights::default();
        ks::set_content_id(&client.cx, &host.pin, ContentId::new(0), free).unwrap();
        client.at(6).await;
        let back = client.load(&loopback, 0, 287);
        assert!(back[..95].iter().all(|sample| *sample == 700));
        assert!(back[97..190].iter().all(|sample| *sample == 0));
        assert!(back[193..].iter().all(|sample| *sample == 700));
    });
}

#[test]
fn rights_that_cannot_be_enforced_are_refused_and_those_before_stay() {
    let options = OffloadOptions {
        digital_output: true,
        ..OffloadOptions::default()
    };
    run(config(), options, |client| async move {
        let [host, loopback] = [HOST, LOOPBACK].map(|pin| client.stream(pin));
        client.store(&host, 0, 960, 700);
        ks::set_content_id(&client.cx, &host.pin, ContentId::new(1), NO_COPY).unwrap();
        let refused = ks::set_content_id(&client.cx, &host.pin, ContentId::new(2), NO_DIGITAL);
        assert_eq!(refused, Err(NtStatus::NOT_IMPLEMENTED));
        for stream in [&host, &loopback] {
            client.set_state(stream, KsState::Run);
        }
        client.at(4).await;
        // The first content is still in force.
        assert_eq!(client.load(&loopback, 0, 180), [0; 180]);
        let refused = ks::set_content_id(&client.cx, &loopback.pin, ContentId::new(2), NO_COPY);
        assert_eq!(refused, Err(NtStatus::NOT_SUPPORTED));
    });
}
