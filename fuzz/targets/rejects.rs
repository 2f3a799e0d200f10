#![no_main]

use namewire_fuzz::rejects;

libfuzzer_sys::fuzz_target!(|data: &[u8]| rejects(data));
