#![no_main]

use namewire_fuzz::warc;

libfuzzer_sys::fuzz_target!(|data: &[u8]| warc(data));
