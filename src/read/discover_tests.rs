use super::*;

fn tree(files: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "four").unwrap();
    }
    root
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    discover(paths, &ReadOptions::default()).unwrap().into_iter().map(|input| input.name).collect()
}

fn failure(paths: &[PathBuf]) -> String {
    discover(paths, &ReadOptions::default()).unwrap_err().to_string()
}

#[test]
fn directories_come_in_byte_order_without_hidden_and_unknown_files() {
    let root = tree(&["b.jsonl", "a/z.txt", "a-z.txt", "a/.hidden.txt", ".git/x.txt", "notes.md", "a/b/c.txt.gz"]);
    assert_eq!(names(&[root.path().into()]), ["a-z.txt", "a/b/c.txt.gz", "a/z.txt", "b.jsonl"]);
}

#[test]
fn what_is_not_read_is_counted() {
    let root = tree(&[
        "a.txt",
        "b.pdf",
        "c.PDF",
        "README",
        ".hidden.txt",
        ".git/x.txt",
        "out.jsonl",
        "m.jsonl",
        "s/k.jsonl",
        "named.txt",
    ]);
    fs::write(root.path().join("out.jsonl"), "").unwrap();
    fs::write(root.path().join("empty.jsonl"), "").unwrap();
    fs::write(root.path().join("named.txt"), r#"{"doc_id":"a","field":"text","start":0,"end":1}"#).unwrap();
    fs::write(root.path().join("m.jsonl"), r#"{"doc_id":"a","field":"text","start":0,"end":1}"#).unwrap();
    fs::write(root.path().join("s/manifest.json"), r#"{"shards": [{"files": [{"name": "k.jsonl"}]}]}"#).unwrap();
    let outputs = ["out.jsonl", "named.txt", "a.txt"].map(|name| root.path().join(name));
    let found = find_inputs(&[root.path().into()], &[], &outputs, &ReadOptions::default()).unwrap();
    assert_eq!(found.inputs.iter().map(|input| &*input.name).collect::<Vec<_>>(), ["a.txt"]);
    let by_extension = [(String::new(), 1), (".pdf".to_owned(), 2)].into();
    assert_eq!(found.unread, Unread { by_extension, hidden: 2, outputs: 5, empty: 1 });
    fs::create_dir(root.path().join("none")).unwrap();
    fs::write(root.path().join("none/empty.jsonl"), "").unwrap();
    assert_eq!(names(&[root.path().join("none")]), ["empty.jsonl"]);
}

#[test]
fn names_are_as_long_as_it_takes_to_tell_inputs_apart() {
    let root = tree(&["2014/01/index.txt", "2014/02/index.txt", "2014/02/other.txt", "a/x.txt", "b/x.txt"]);
    let at = |name: &str| root.path().join(name);
    let files = ["2014/01/index.txt", "2014/02/index.txt", "2014/02/other.txt"].map(at);
    assert_eq!(names(&files), ["01/index.txt", "02/index.txt", "other.txt"]);
    assert_eq!(names(&[at("a"), at("b")]), ["a/x.txt", "b/x.txt"]);
    assert_eq!(names(&[at("2014")]), ["01/index.txt", "02/index.txt", "02/other.txt"]);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_told_apart() {
    use std::os::unix::ffi::OsStrExt;
    let root = tempfile::tempdir().unwrap();
    for name in [&b"caf\xE8.txt"[..], b"caf\xE9.txt"] {
        fs::write(root.path().join(std::ffi::OsStr::from_bytes(name)), "A text.").unwrap();
    }
    assert_eq!(names(&[root.path().into()]), ["caf\\xE8.txt", "caf\\xE9.txt"]);
}

#[test]
fn what_is_no_text_is_refused_at_once() {
    let root = tree(&[]);
    for (name, content, message) in
        [("a.txt", "SQLite format 3\0", "an SQLite database"), ("c.jsonl", "%PDF-1.7", "a PDF file")]
    {
        fs::write(root.path().join(name), content).unwrap();
        let failure = failure(&[root.path().join(name)]);
        assert!(failure.contains(message) && failure.contains("help:"), "{failure}");
    }
}

#[test]
fn what_is_named_twice_is_read_twice() {
    let root = tree(&["a/b.txt"]);
    let file = root.path().join("a/b.txt");
    assert_eq!(names(&[file.clone(), root.path().into(), "-".into(), file]), ["b.txt", "a/b.txt", "-", "b.txt"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_once_and_broken_ones_are_kept_for_rejection() {
    use std::os::unix::fs::symlink;
    let (root, other) = (tree(&["a/x.txt"]), tree(&["y.txt"]));
    symlink(root.path(), root.path().join("a/loop")).unwrap();
    symlink(root.path().join("a"), root.path().join("again")).unwrap();
    symlink(other.path(), root.path().join("other")).unwrap();
    symlink("nowhere", root.path().join("gone.txt")).unwrap();
    assert_eq!(names(&[root.path().into()]), ["a/x.txt", "gone.txt", "other/y.txt"]);
}

#[test]
fn a_given_format_overrides_the_name_of_a_file_but_not_of_those_in_directories() {
    let root = tree(&["dump", "a.txt"]);
    let options = ReadOptions { format: Some(Format::Json), ..ReadOptions::default() };
    let paths = [root.path().join("dump"), root.path().join("a.txt"), "-".into(), root.path().into()];
    let formats: Vec<_> = discover(&paths, &options).unwrap().iter().map(|input| input.format.unwrap()).collect();
    assert_eq!(formats, [Format::Json, Format::Json, Format::Json, Format::Text]);
}

#[test]
fn a_request_that_cannot_stand_fails_at_once() {
    let root = tree(&["b.doc", "c.pdf", "empty/.keep"]);
    let at = |name: &str| root.path().join(name);
    for (paths, message) in [
        (vec![], "no input"),
        (vec![at("b.txt")], "b.txt: no such file or directory"),
        (vec![at("empty")], "empty: no articles in this directory\n  help: known are .txt"),
        (vec![at("b.doc")], "b.doc: unknown kind of file\n  help: known are .txt"),
        (vec![at("c.pdf")], "c.pdf: this is a PDF file, which is not read\n  help: make text of it"),
        (vec!["-".into(), "-".into()], "standard input can be read only once"),
    ] {
        let failure = failure(&paths);
        assert!(failure.contains(message), "{failure}");
    }
}
