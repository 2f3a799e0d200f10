//! `scripts/install`, into a temporary prefix, and the program as it is found there.

use std::path::Path;
use std::process::Command;

use crate::common::scratch;

#[test]
fn the_installed_program_runs_in_any_directory() {
    let scratch = scratch();
    let prefix = scratch.path("prefix");
    let install = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/install"))
        .args(["--binary", env!("CARGO_BIN_EXE_namewire"), &prefix])
        .output()
        .unwrap();
    assert!(install.status.success(), "{}", String::from_utf8_lossy(&install.stderr));
    scratch.write("elsewhere/a.txt", "Angela Merkel met François Hollande in Paris.");
    let namewire = |args: &[&str]| {
        let mut command = Command::new(format!("{prefix}/bin/namewire"));
        command.args(args).current_dir(scratch.path("elsewhere")).env_remove("ORT_DYLIB_PATH");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(namewire(&["doctor"]).contains("/lib/namewire/libonnxruntime"));
    assert!(namewire(&["extract", "a.txt", "--out", "-", "--quiet"]).contains("Merkel"));
}
