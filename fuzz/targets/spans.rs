#![no_main]

use namewire_fuzz::spans;

libfuzzer_sys::fuzz_target!(|data: &[u8]| spans(data));
