#![no_main]

use namewire_fuzz::html;

libfuzzer_sys::fuzz_target!(|data: &[u8]| html(data));
