//! The page for driver engineers is true.

use conformance::kit::{Declared, Function, Kit, Setup, table};
use units::{Bytes, Hns};

#[path = "../../examples/my_position.rs"]
#[expect(dead_code, reason = "its main function is another program's")]
mod my_position;

/// A guard as the page shows it.
mod policy;
/// The test that the page tells its readers to write.
mod position;

const PAGE: &str = include_str!("../../../../docs/conformance.md");

fn mine() -> Function<impl Fn(&Setup) -> Box<dyn FnMut(Hns) -> Bytes>> {
    Function::new("mine", |setup: &Setup| {
        let setup = *setup;
        Box::new(move |now: Hns| my_position::my_position(&setup, now))
            as Box<dyn FnMut(Hns) -> Bytes>
    })
}

#[test]
fn the_page_shows_the_program_and_what_it_prints() {
    assert!(PAGE.contains(include_str!("../../examples/my_position.rs")));
    assert!(PAGE.contains(include_str!("page/position.rs")));
    assert!(PAGE.contains(include_str!("page/policy.rs")));
    let report = Kit::new(1).check(&mine());
    let wide = report
        .failures()
        .find(|failure| failure.rule.number == "P50");
    let wide = table(wide.expect("a 32-bit product is found"));
    assert!(PAGE.contains(&wide), "{wide}");
}

#[test]
fn a_lag_that_is_declared_is_not_blamed_and_a_product_of_32_bits_is() {
    let declared = Declared {
        lag: Hns::new(10_000),
        aligned: false,
        ..Declared::default()
    };
    let report = Kit::new(1).check(&mine().declares(declared));
    let broken: Vec<_> = report
        .failures()
        .map(|failure| failure.rule.number)
        .collect();
    assert!(broken.contains(&"P50"), "{report}");
    assert!(
        !broken.contains(&"P12") && !broken.contains(&"P36"),
        "{report}"
    );
}
