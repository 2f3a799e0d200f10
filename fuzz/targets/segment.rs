#![no_main]

use namewire_fuzz::segment;

libfuzzer_sys::fuzz_target!(|data: &[u8]| segment(data));
