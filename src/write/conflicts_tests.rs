use std::fs::{self, create_dir};

use super::*;

/// Checks one file that is read against one output, in `dir`.
fn check(dir: &Path, read: &str, write: &str) -> Result<()> {
    FileAccess::default().read("input", dir.join(read)).write("mentions", dir.join(write)).check()
}

#[test]
fn an_output_cannot_be_a_file_that_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    create_dir(dir.join("news")).unwrap();
    for name in ["a.jsonl", "b.jsonl", "b.jsonl.part", "news/c.jsonl"] {
        fs::write(dir.join(name), "{}").unwrap();
    }
    for (read, write) in [
        ("a.jsonl", "a.jsonl"),
        ("a.jsonl", "news/../a.jsonl"),
        ("news/./c.jsonl", "news/c.jsonl"),
        ("b.jsonl.part", "b.jsonl"),
        // Files that do not exist.
        ("new.jsonl", "news/../new.jsonl"),
        ("new.jsonl.part", "new.jsonl"),
        ("later/new.jsonl", "later/new.jsonl"),
    ] {
        let error = check(dir, read, write).unwrap_err().to_string();
        let names = [format!("the mentions {}", dir.join(write).display()), dir.join(read).display().to_string()];
        assert!(names.iter().all(|name| error.contains(name)), "{error}");
    }
    for (read, write) in
        [("a.jsonl", "a.jsonl.gz"), ("a.jsonl", "news/a.jsonl"), ("a.jsonl", "b.jsonl"), ("news/c.jsonl", "c.jsonl")]
    {
        check(dir, read, write).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    create_dir(dir.join("news")).unwrap();
    fs::write(dir.join("news/a.jsonl"), "{}").unwrap();
    fs::hard_link(dir.join("news/a.jsonl"), dir.join("hard.jsonl")).unwrap();
    symlink("news/a.jsonl", dir.join("soft.jsonl")).unwrap();
    symlink("soft.jsonl", dir.join("softer.jsonl")).unwrap();
    symlink("news", dir.join("today")).unwrap();
    symlink("news/new.jsonl", dir.join("dangling.jsonl")).unwrap();
    symlink("news/a.jsonl", dir.join("out.jsonl.part")).unwrap();
    for (read, write) in [
        ("news/a.jsonl", "hard.jsonl"),
        ("news/a.jsonl", "soft.jsonl"),
        ("news/a.jsonl", "softer.jsonl"),
        ("softer.jsonl", "news/a.jsonl"),
        ("softer.jsonl", "soft.jsonl"),
        ("news/a.jsonl", "today/a.jsonl"),
        ("today/new.jsonl", "news/new.jsonl"),
        ("news/new.jsonl", "dangling.jsonl"),
        ("out.jsonl.part", "out.jsonl"),
    ] {
        assert!(check(dir, read, write).is_err(), "{read} and {write}");
    }
    assert_eq!(follow_links(&dir.join("softer.jsonl")), dir.join("news/a.jsonl"));
}

#[cfg(unix)]
#[test]
fn devices_and_standard_input_do_not_conflict() {
    FileAccess::default()
        .read_all("input", ["-", "/dev/null"])
        .write("mentions", "/dev/null")
        .write("articles", "/dev/null")
        .check()
        .unwrap();
}

#[test]
fn two_outputs_cannot_be_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    for (mentions, articles) in [("m", "m"), ("m", "x/../m"), ("m", "m.part"), ("m.part", "m")] {
        fs::create_dir_all(path("x")).unwrap();
        let error = FileAccess::default()
            .write("mentions", path(mentions))
            .write("articles", path(articles))
            .check()
            .unwrap_err()
            .to_string();
        assert!(error.contains("same file: the mentions") && error.contains("and the articles"), "{error}");
    }
}

#[test]
fn shards_replace_only_files_of_a_run() {
    let dir = tempfile::tempdir().unwrap();
    let shards = dir.path().join("news/../news");
    create_dir(dir.path().join("news")).unwrap();
    let check = |read: &str| {
        let mut access = FileAccess::default();
        access.read("rejects", dir.path().join("news").join(read)).write_shards(&shards).check()
    };
    for name in ["a.jsonl", "mentions.jsonl", "old/rejects-00000.jsonl"] {
        check(name).unwrap();
    }
    for name in ["rejects-00000.jsonl", "mentions-00012.jsonl.zst", "manifest.json", "spans-00000.jsonl.part"] {
        let error = check(name).unwrap_err().to_string();
        assert!(error.contains("the directory of shards") && error.contains(name), "{error}");
    }
    let mut access = FileAccess::default();
    let error =
        access.write("summary", dir.path().join("news/manifest.json")).write_shards(&shards).check().unwrap_err();
    assert!(error.to_string().contains("two outputs are the same file"), "{error}");
}

#[test]
fn all_files_of_a_directory_are_protected() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("model/onnx")).unwrap();
    fs::write(dir.path().join("model/onnx/model.onnx"), "").unwrap();
    let mut access = FileAccess::default();
    access.read_directory("model", &dir.path().join("model"));
    access.write("mentions", dir.path().join("model/mentions.jsonl")).check().unwrap();
    access.write("articles", dir.path().join("model/onnx/model.onnx")).check().unwrap_err();
}
