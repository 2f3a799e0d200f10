#![no_main]

use namewire_fuzz::xml;

libfuzzer_sys::fuzz_target!(|data: &[u8]| xml(data));
