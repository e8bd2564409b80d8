use xtask::sound::melody;

#[test]
fn the_shipped_sound_is_the_one_that_is_made_here() {
    let shipped = xtask::root().join("scenarios/sounds/melody.wav");
    assert!(
        std::fs::read(shipped).unwrap() == melody(),
        "run `cargo xtask sound`"
    );
}

#[test]
fn the_sound_is_loud_enough_to_hear_and_never_clips() {
    let melody = melody();
    let samples = melody[44..]
        .chunks_exact(2)
        .map(|b| i32::from(i16::from_le_bytes([b[0], b[1]])));
    let peak = samples.map(i32::abs).max().unwrap();
    assert!((8_000..32_000).contains(&peak), "peak {peak}");
}
