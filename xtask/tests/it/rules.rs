use xtask::rules::family::FAMILIES;
use xtask::rules::{Rules, table, table_path};

#[test]
fn the_table_of_rules_is_current() {
    let shipped = std::fs::read_to_string(table_path()).unwrap_or_default();
    assert!(
        shipped == table().unwrap(),
        "docs/rules.md is stale: run `cargo xtask rules`"
    );
}

#[test]
fn lists_and_tests_fit_together() {
    let wrong = Rules::of_the_repository().unwrap().wrong();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a driver engineer asks first is what the kernel side keeps to.
#[test]
fn of_what_the_kernel_side_keeps_to_95_in_100_are_held() {
    let rules = Rules::of_the_repository().unwrap();
    let families = FAMILIES.iter();
    for family in families.filter(|family| ["R", "V", "F"].contains(&family.name)) {
        let share = rules.tally(family).share();
        assert!(share >= 9_500, "{}: {share} of 10000", family.name);
    }
}
