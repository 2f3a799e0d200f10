//! `--check` estimates a run.

use super::common::{Desk, namewire, namewire_with_input, tiny};
use super::sharded_run::{dump, shards};

#[test]
fn check_prints_an_estimate_and_writes_nothing() {
    let desk = Desk::new();
    let (tiny, text) = (tiny(), dump(1000));
    let plain = desk.write("in.jsonl", &text);
    let packed = desk.write("in.jsonl.zst", zstd::encode_all(text.as_bytes(), 3).unwrap());
    for input in [&plain, &packed] {
        let run = namewire(&shards(input, &tiny, &desk.path("out"), &["--check"])).exits(0);
        let value = |label: &str| {
            let line = run.stdout.lines().find(|line| line.trim_start().starts_with(label));
            line.unwrap_or_else(|| panic!("no {label} in\n{}", run.stdout)).to_owned()
        };
        assert!(value("sample").contains("the first 100 records"));
        let digits: String = value("records").chars().filter(char::is_ascii_digit).collect();
        let records: f64 = digits.parse().unwrap();
        assert!((900.0..1100.0).contains(&records), "{}", run.stdout);
        for label in ["model", "table", "time", "mentions", "articles", "spans"] {
            value(label);
        }
        for (flags, expected) in [(["--limit", "300"], 300.0..301.0), (["--sample", "0.3"], 240.0..360.0)] {
            let run = namewire(&shards(input, &tiny, &desk.path("out"), &[&["--check"][..], &flags].concat())).exits(0);
            let line = run.stdout.lines().find(|line| line.trim_start().starts_with("records")).unwrap().to_owned();
            let digits: String = line.chars().filter(char::is_ascii_digit).collect();
            assert!(expected.contains(&digits.parse::<f64>().unwrap()), "{flags:?}: {line}");
        }
    }
    let run = namewire_with_input(&shards("-", &tiny, &desk.path("out"), &["--check"]), dump(150).as_bytes()).exits(0);
    assert!(run.stdout.contains("records/s"), "{}", run.stdout);
    assert_eq!(desk.files(), ["in.jsonl", "in.jsonl.zst"]);
}
