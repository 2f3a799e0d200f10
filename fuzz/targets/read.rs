#![no_main]

use namewire_fuzz::read;

libfuzzer_sys::fuzz_target!(|data: &[u8]| read(data));
