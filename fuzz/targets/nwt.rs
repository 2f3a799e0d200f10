#![no_main]

use namewire_fuzz::nwt;

libfuzzer_sys::fuzz_target!(|data: &[u8]| nwt(data));
