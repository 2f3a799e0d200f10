//! The starter table: what its generator makes, without errors, and of the size that the documentation states.

use std::path::Path;
use std::process::Command;

use super::common::run;

fn repository(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// "12623" as prose writes it.
fn grouped(number: usize) -> String {
    format!("{},{:03}", number / 1000, number % 1000)
}

#[test]
fn the_generated_part_is_up_to_date() {
    let build = Command::new("python3").arg(repository("scripts/starter_table/build")).arg("--check").output().unwrap();
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
}

#[test]
fn the_documentation_states_its_size() {
    let lines = |path: &str| std::fs::read_to_string(repository(path)).unwrap().lines().count();
    let (written, generated) = (lines("seeds/entities.jsonl"), lines("seeds/world.jsonl"));
    let text = |path: &str| std::fs::read_to_string(repository(path)).unwrap();
    for (path, number) in [
        ("README.md", written + generated),
        ("docs/tables.md", written + generated),
        ("seeds/README.md", written),
        ("seeds/README.md", generated),
    ] {
        let number = format!("{} entities", grouped(number));
        assert!(text(path).contains(&number), "{path} does not say {number:?}");
    }
}

#[test]
fn it_has_no_errors_and_no_repeated_aliases() {
    let files = ["seeds/entities.jsonl", "seeds/world.jsonl"].map(|path| repository(path).display().to_string());
    let report = run(&["entities", "check", &files[0], &files[1]]).exits(0).stdout;
    assert!(report.contains("0 errors") && !report.contains("repeated_alias"), "{report}");
}
