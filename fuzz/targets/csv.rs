#![no_main]

use namewire_fuzz::csv;

libfuzzer_sys::fuzz_target!(|data: &[u8]| csv(data));
