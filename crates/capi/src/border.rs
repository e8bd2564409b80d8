//! The structs and numbers of `include/wavert.h`, which says what each is.

#![expect(missing_docs, reason = "include/wavert.h says what each field is")]

use std::ffi::{c_char, c_void};

pub const ABI_VERSION: u32 = 2;

pub const OK: i32 = 0;
pub const NULL_POINTER: i32 = 1;
pub const BAD_SIZE: i32 = 2;
pub const BAD_VERSION: i32 = 3;
pub const NO_RULE: i32 = 4;
pub const BAD_TEXT: i32 = 5;
pub const PANICKED: i32 = 6;

pub const CAPTURES: u32 = 1;
pub const INSIDE_FRAMES: u32 = 2;
pub const COUNTS_IN_MEMORY: u32 = 4;

pub const NOBODY: u32 = 0;
pub const RECORDED: u32 = u32::MAX;

pub const HELD: u32 = 0;
pub const BROKEN: u32 = 1;
pub const NOT_APPLICABLE: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub size: u32,
    pub rate_hz: u32,
    pub channels: u32,
    pub frame_bytes: u32,
    pub packet_frames: u64,
    pub packets: u32,
    pub reserved: u32,
    pub start: u64,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadPacket {
    pub packet: u32,
    pub flags: u32,
    pub performance_counter: u64,
    pub more_data: u32,
    pub reserved: u32,
}

pub type Stream = *mut c_void;

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub size: u32,
    pub abi_version: u32,
    pub name: *const c_char,
    pub context: *mut c_void,
    pub flags: u32,
    pub grain_frames: u32,
    pub lag: u64,
    pub delay_frames: u64,
    pub make: Option<unsafe extern "C" fn(*mut c_void, *const Setup) -> Stream>,
    pub destroy: Option<unsafe extern "C" fn(Stream)>,
    pub set_state: Option<unsafe extern "C" fn(Stream, u64, u32) -> u32>,
    pub allocate_buffer: Option<unsafe extern "C" fn(Stream, u64, u64, *mut u64) -> u32>,
    pub allocate_buffer_with_notification:
        Option<unsafe extern "C" fn(Stream, u64, u32, u64, *mut u64) -> u32>,
    pub set_format: Option<unsafe extern "C" fn(Stream, u64, *const Setup, *mut u64) -> u32>,
    pub register_event: Option<unsafe extern "C" fn(Stream, u64, u32) -> u32>,
    pub unregister_event: Option<unsafe extern "C" fn(Stream, u64, u32) -> u32>,
    pub get_position: Option<unsafe extern "C" fn(Stream, u64, *mut u64, *mut u64) -> u32>,
    pub get_linear_position: Option<unsafe extern "C" fn(Stream, u64, *mut u64) -> u32>,
    pub get_presentation_position:
        Option<unsafe extern "C" fn(Stream, u64, *mut u64, *mut u64) -> u32>,
    pub get_packet_count: Option<unsafe extern "C" fn(Stream, u64, *mut u32) -> u32>,
    pub set_write_packet: Option<unsafe extern "C" fn(Stream, u64, u32, u32, u32) -> u32>,
    pub get_read_packet: Option<unsafe extern "C" fn(Stream, u64, *mut ReadPacket) -> u32>,
    pub get_delay: Option<unsafe extern "C" fn(Stream, u64, u64, *mut u64) -> u32>,
    pub store: Option<unsafe extern "C" fn(Stream, u64, u64, u64, u32) -> u32>,
    pub load: Option<unsafe extern "C" fn(Stream, u64, u64, *mut u32) -> u32>,
    pub heard: Option<unsafe extern "C" fn(Stream, u64, u64, *mut u64, *mut u32) -> u32>,
    pub timer_due: Option<unsafe extern "C" fn(Stream) -> u64>,
    pub timer: Option<unsafe extern "C" fn(Stream, u64) -> u64>,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub size: u32,
    pub cases: u32,
    pub seed: u64,
    pub rule: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    pub size: u32,
    pub rules: u32,
    pub held: u32,
    pub broken: u32,
    pub not_applicable: u32,
    pub reserved: u32,
    pub histories: u64,
    pub calls: u64,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub size: u32,
    pub verdict: u32,
    pub histories: u64,
    pub number: *const c_char,
    pub group: *const c_char,
    pub says: *const c_char,
    pub text: *const c_char,
    pub history: *const c_char,
}

/// The size of a struct, as its first field holds it.
pub(crate) fn size_of_struct<T>() -> u32 {
    u32::try_from(size_of::<T>()).expect("structs of the border are small")
}
