//! The shipped sound: an arpeggio on plucked strings, made of whole numbers only.
//!
//! A string is a delay line, filled with noise and smoothed a little on each round, as Karplus
//! and Strong found. Two seconds of stereo at 48 kHz and 16 bits.

const RATE: u32 = 48_000;
const FRAMES: usize = 96_000;

/// When a string is plucked, its length in frames, and how far to the right it sounds (of 8).
const NOTES: &[(usize, usize, i32)] = &[
    (0, 218, 2),      // A3
    (0, 366, 4),      // C3
    (12_000, 183, 3), // C4
    (24_000, 145, 5), // E4
    (36_000, 122, 6), // G4
    (48_000, 109, 2), // A4
    (60_000, 122, 5), // G4
    (72_000, 145, 3), // E4
    (84_000, 92, 4),  // C5
];

/// The whole WAV file.
pub fn melody() -> Vec<u8> {
    let mut mix = vec![[0_i32; 2]; FRAMES];
    for (seed, &(begins, length, right)) in NOTES.iter().enumerate() {
        let mut string = pluck(length, seed as u64 + 1);
        for (n, frame) in mix[begins..].iter_mut().enumerate() {
            let at = n % length;
            let sample = string[at];
            let next = string[(at + 1) % length];
            string[at] = (sample + next) * 2_039 / 4_096;
            frame[0] += sample * (8 - right) / 8;
            frame[1] += sample * right / 8;
        }
    }
    let bytes = mix.iter().enumerate().flat_map(|(n, frame)| {
        // The last 50 ms fade out, so that the sound can be repeated without a click.
        let left = i32::try_from((FRAMES - n).min(2_400)).expect("at most 2400");
        frame.map(|sample| narrowed(sample * left / 2_400).to_le_bytes())
    });
    let bytes: Vec<u8> = bytes.flatten().collect();
    let mut file = header(bytes.len());
    file.extend(bytes);
    file
}

fn narrowed(sample: i32) -> i16 {
    i16::try_from(sample.clamp(i32::from(i16::MIN), i32::from(i16::MAX))).expect("clamped")
}

/// A string just plucked: noise, made softer by a running mean of four.
fn pluck(length: usize, seed: u64) -> Vec<i32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let noise: Vec<i32> = (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            i32::try_from(state % 28_001).expect("below 28001") - 14_000
        })
        .collect();
    (0..length)
        .map(|n| (0..4).map(|k| noise[(n + k) % length]).sum::<i32>() / 4)
        .collect()
}

fn header(data: usize) -> Vec<u8> {
    let data = u32::try_from(data).expect("two seconds");
    let mut header = b"RIFF".to_vec();
    header.extend((data + 36).to_le_bytes());
    header.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    header.extend(RATE.to_le_bytes());
    header.extend((RATE * 4).to_le_bytes());
    header.extend(b"\x04\0\x10\0data");
    header.extend(data.to_le_bytes());
    header
}
