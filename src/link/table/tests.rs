use super::*;

fn error_of(sources: &[(&str, &str)]) -> String {
    EntityTable::parse(sources).map(|_| ()).unwrap_err().to_string()
}

const ISIS: &str = r#"{"id":"org/islamic-state","name":"Islamic State","type":"ORG","aliases":["ISIS",{"text":"IS","case":"exact","prior":0.9,"lang":"en"}]}"#;

#[test]
fn several_files_are_one_table() {
    let al_qaeda = r#"{"id":"org/al-qaeda","name":"al-Qaeda","type":"ORG","relations":[{"type":"rival","target":"org/islamic-state"}]}"#;
    let table = EntityTable::parse(&[("a.jsonl", &format!("{ISIS}\n\n")), ("b.jsonl", al_qaeda)]).unwrap();
    assert_eq!((table.len(), table.alias_count()), (2, 4));
    let ix = table.find("org/al-qaeda").unwrap();
    assert_eq!(table.relations(ix).next(), Some(("rival", table.find("org/islamic-state").unwrap())));
    assert_eq!(table.origin(ix), RowOrigin { file: "b.jsonl".into(), line: 1 });
    assert_eq!(table.sha256().len(), 64);
}

#[test]
fn what_cannot_stand_is_named_with_file_and_line() {
    let twice = format!("{ISIS}\n\n{ISIS}");
    let line = |extra: &str| format!(r#"{{"id":"x","name":"X","type":"ORG",{extra}}}"#);
    for (text, messages) in [
        (twice, ["t.jsonl:3", "org/islamic-state", "first at t.jsonl:1"]),
        (format!("{ISIS}\n{{\"id\":\"x\",\"name\""), ["t.jsonl:2", "not an entity", "EOF"]),
        (line(r#""alias":["Y"]"#), ["t.jsonl:1", "unknown field `alias`", "`aliases`"]),
        (
            line(r#""aliases":[{"text":"Y","requries":["z"]}]"#),
            ["t.jsonl:1", "alias: unknown field `requries`", "`requires`"],
        ),
        (
            line(r#""relations":[{"type":"part_of","target":"org/none"}]"#),
            ["t.jsonl:1", "org/none", "not in the table"],
        ),
        (line(r#""aliases":[" ’ "]"#), ["t.jsonl:1", "no letter", "alias"]),
        (line(r#""valid_from":"June 2014""#), ["t.jsonl:1", "June 2014", "YYYY-MM"]),
        (line(r#""valid_from":"2015","valid_to":"2014""#), ["t.jsonl:1", "after", "2014-12-31"]),
        (line(r#""aliases":[{"text":"Y","prior":0}]"#), ["t.jsonl:1", "prior 0", "(0, 1]"]),
        (line(r#""aliases":[{"text":"Y","case":"lower"}]"#), ["t.jsonl:1", "`lower`", "`exact`"]),
        (" \n".into(), ["t.jsonl", "no entity", "one entity per line"]),
    ] {
        let shown = error_of(&[("t.jsonl", &text)]);
        for message in messages {
            assert!(shown.contains(message), "{message:?} is not in {shown:?}");
        }
    }
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.jsonl");
    assert!(EntityTable::load(std::slice::from_ref(&path)).unwrap_err().to_string().contains("cannot read"));
    std::fs::write(&path, [ISIS.as_bytes(), b"\n\xFF"].concat()).unwrap();
    let shown = EntityTable::load(&[path]).unwrap_err().to_string();
    assert!(shown.contains("table.jsonl:2") && shown.contains("UTF-8"), "{shown}");
}
