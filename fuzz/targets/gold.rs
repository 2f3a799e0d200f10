#![no_main]

use namewire_fuzz::gold;

libfuzzer_sys::fuzz_target!(|data: &[u8]| gold(data));
