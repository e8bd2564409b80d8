use xtask::rules::{table, table_path};

#[test]
fn the_table_of_rules_is_current() {
    let shipped = std::fs::read_to_string(table_path()).unwrap_or_default();
    assert!(
        shipped == table().unwrap(),
        "docs/rules/README.md is stale: run `cargo xtask rules`"
    );
}
