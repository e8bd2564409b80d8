use xtask::rules::{held_by_nothing, table, table_path};

#[test]
fn the_table_of_rules_is_current() {
    let shipped = std::fs::read_to_string(table_path()).unwrap_or_default();
    assert!(
        shipped == table().unwrap(),
        "docs/rules/README.md is stale: run `cargo xtask rules`"
    );
}

#[test]
fn what_is_called_held_is_held_by_a_test_of_that_name() {
    assert_eq!(held_by_nothing().unwrap(), [""; 0]);
}
