#![no_main]

use namewire_fuzz::link;

libfuzzer_sys::fuzz_target!(|data: &[u8]| link(data));
