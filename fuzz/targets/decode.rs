#![no_main]

use namewire_fuzz::decode_scores;

libfuzzer_sys::fuzz_target!(|data: &[u8]| decode_scores(data));
