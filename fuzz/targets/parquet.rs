#![no_main]

use namewire_fuzz::parquet;

libfuzzer_sys::fuzz_target!(|data: &[u8]| parquet(data));
