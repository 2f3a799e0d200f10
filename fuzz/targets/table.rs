#![no_main]

use namewire_fuzz::table;

libfuzzer_sys::fuzz_target!(|data: &[u8]| table(data));
