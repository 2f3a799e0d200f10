#![no_main]

use namewire_fuzz::archive;

libfuzzer_sys::fuzz_target!(|data: &[u8]| archive(data));
