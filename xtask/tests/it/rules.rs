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
