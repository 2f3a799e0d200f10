use super::*;

fn mention(doc: &str, text: &str, kind: &str, rest: &str) -> String {
    format!(
        r#"{{"doc_id":"{doc}","text":"{text}","type":"{kind}","entity_id":null,"link":{{"reason":"no_alias"{rest}}},"context":"About {text}."}}"#
    )
}

#[test]
fn groups_are_ranked_and_named() {
    let table = r#"{"id":"per/a","name":"Ahmet Davutoglu","type":"PER"}"#;
    let table = EntityTable::parse(&[("t", table)]).unwrap();
    let lines = [
        mention("1", "Jaish al-Islam", "ORG", ""),
        mention("1", "jaish al Islam", "ORG", ""),
        mention("2", "Jaish al-Islam", "ORG", ""),
        mention("2", "Davutoglu", "PER", ""),
        mention(
            "2",
            "SNC",
            "ORG",
            r#","candidates":[{"entity_id":"org/x","score":0.6},{"entity_id":"org/y","score":0.4}]"#,
        ),
        mention("2", "Linked", "ORG", "").replace("null", "\"org/z\""),
    ];
    let mut suggestions = Suggestions::default();
    suggestions.read(lines.join("\n").as_bytes(), Path::new("m.jsonl")).unwrap();
    let groups = suggestions.groups(Some(&table), 1);
    let names: Vec<_> = groups.iter().map(|group| (group.name.as_str(), group.mentions, group.articles)).collect();
    assert_eq!(names, [("Jaish al-Islam", 3, 2), ("Davutoglu", 1, 1), ("SNC", 1, 1)]);
    assert_eq!(groups[0].examples.len(), 2);
    assert_eq!(groups[0].row()["aliases"], json!(["jaish al Islam"]));
    assert_eq!((groups[1].probable[0].entity_id.as_str(), groups[1].probable[0].why), ("per/a", "part_of_name"));
    assert_eq!((groups[2].probable.len(), groups[2].probable[0].why), (2, "candidate"));
    let row = groups[1].added_to(r#"{"id":"per/a","name":"Ahmet Davutoglu","type":"PER"}"#).unwrap();
    assert_eq!(row["aliases"], json!(["Davutoglu"]));
    assert!(
        Suggestions::default().read(&b"{}"[..], Path::new("m.jsonl")).unwrap_err().to_string().contains("m.jsonl:1")
    );
}
