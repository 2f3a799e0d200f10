//! The program: the command line of the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    silence_telemetry();
    namewire::cli::main(std::env::args_os().collect()).into()
}

/// ONNX Runtime keeps a database of telemetry in the user's cache folder, even where its API is told to send nothing;
/// only this variable prevents it.
#[allow(unsafe_code)] // Changing the environment is unsafe beside threads that read it.
fn silence_telemetry() {
    // SAFETY: this runs first; there is no other thread.
    unsafe { std::env::set_var("ORT_DISABLE_TELEMETRY", "1") };
}
