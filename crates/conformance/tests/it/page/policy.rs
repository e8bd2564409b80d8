use conformance::kit::{Kit, PolicyBench, PolicyReading, PolicySource, Setup};
use units::Frames;

/// Takes every step of more than a packet for nonsense.
struct Mine {
    packet: Frames,
    believed: Frames,
}

impl PolicySource for Mine {
    fn believe(&mut self, reading: PolicyReading) -> Option<Frames> {
        if reading.linear <= self.believed + self.packet {
            self.believed = reading.linear;
        }
        Some(self.believed)
    }
}

#[test]
fn my_guard_is_not_in_the_way() {
    let mine = PolicyBench::new("mine", |setup: &Setup| Mine {
        packet: setup.packet,
        believed: Frames::ZERO,
    });
    let report = Kit::new(1).check(&mine);
    let broken = report.failures().map(|failure| failure.rule.number);
    assert_eq!(broken.collect::<Vec<_>>(), ["P60"], "{report}");
}
