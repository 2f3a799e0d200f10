//! The tests that run the built program, or the library with a real model, as a user would.
//!
//! They need ONNX Runtime (`scripts/setup`), no GPU and no network. `scripts/make_test_models` wrote the model
//! with random weights in `tests/fixtures/tiny`.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod bad_articles;
mod bad_models;
mod bad_tables;
mod command_line;
mod common;
mod compiled_tables;
mod cost;
mod decoding;
mod determinism;
mod encodings;
mod estimate;
mod eval;
mod eval_shared_data;
mod facade;
mod families;
mod foreign_backend;
mod formats;
mod gold;
mod hostile;
#[cfg(feature = "hub")]
mod hub;
mod json_layouts;
mod languages;
mod linking;
mod linking_rules;
mod nothing_dropped;
mod offsets;
mod outputs;
mod pages;
mod parity;
mod parquet_output;
mod reading;
mod report_page;
mod resume;
mod resume_identity;
mod retry;
mod robust;
mod safe_files;
mod same_mentions;
mod schema;
mod selection;
mod sharded_run;
mod shared_data;
mod stopped_runs;
mod tables;
mod web_archives;
mod workers;
mod xml;
