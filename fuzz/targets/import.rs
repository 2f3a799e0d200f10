#![no_main]

use namewire_fuzz::import;

libfuzzer_sys::fuzz_target!(|data: &[u8]| import(data));
