use super::*;

/// `line code` of each finding.
fn found(text: &str) -> Vec<String> {
    let report = check(&[("t.jsonl", text.as_bytes())]);
    report.findings.iter().map(|finding| format!("{} {}", finding.line, finding.code)).collect()
}

fn line(id: &str, rest: &str) -> String {
    format!(r#"{{"id":"{id}","name":"Name {}","type":"ORG"{rest}}}"#, id.repeat(9))
}

#[test]
fn all_errors_are_found_also_where_loading_stops_at_the_first() {
    let text = [
        line("a", r#","alias":["x"]"#),
        line("b", r#","relations":[{"type":"part_of","target":"none"}]"#),
        line("b", r#","aliases":[{"text":"Bebe","prior":2},"’"]"#),
        "{".into(),
        line("c", r#","valid_from":"2014","valid_to":"2013""#),
        line("d", r#","aliases":[{"text":"Dede","valid_from":"June"}]"#),
        line("e", r#","relations":[{"type":"part_of","target":"f"}]"#),
        line("f", r#","relations":[{"type":"located_in","target":"e"}]"#),
    ];
    assert_eq!(
        found(&text.join("\n")),
        [
            "1 not_an_entity",
            "2 unknown_target",
            "3 bad_prior",
            "3 duplicate_id",
            "3 no_letters",
            "4 not_an_entity",
            "5 bad_period",
            "6 bad_date",
            "7 circle"
        ]
    );
    assert_eq!(found(""), ["0 empty"]);
    assert_eq!(check(&[("t", b"\xFF")]).findings[0].code, "not_utf8");
}

#[test]
fn doubtful_aliases_are_warned_of() {
    for (rest, codes) in [
        (r#","aliases":["Is"]"#, &["1 short_alias"][..]),
        (r#","aliases":[{"text":"IS","case":"exact"}]"#, &[]),
        (r#","aliases":["Hit"]"#, &["1 common_word"]),
        (r#","aliases":["some"]"#, &["1 common_word"]),
        (r#","aliases":["One / Two"]"#, &[]),
        (r#","aliases":[{"text":"Onetwo","requires":["x"],"excludes":["x"]}]"#, &["1 unreachable"]),
        (r#","aliases":["Onetwo","Onetwo"]"#, &["1 repeated_alias"]),
        (r#","aliases":["Name aaaaaaaaa"]"#, &["1 repeated_alias"]),
        (r#","aliases":[{"text":"Name aaaaaaaaa","requires":["x"]}]"#, &[]),
        (r#","aliases":[{"text":"Onetwo","prior":0.5},{"text":"Onetwo","valid_from":"2010"}]"#, &[]),
        (r#","aliases":["Onetwo",{"text":"Onetwo","requires":["x"]}]"#, &["1 repeated_alias"]),
        (r#","valid_to":"2000","aliases":[{"text":"Onetwo","valid_from":"2010"}]"#, &["1 date_gap"]),
        (r#","relations":[{"type":"part_of","target":"a"}]"#, &["1 self_relation"]),
    ] {
        assert_eq!(found(&line("a", rest)), codes, "{rest}");
    }
}

#[test]
fn shared_aliases_say_what_would_decide() {
    let both = |left: &str, right: &str| {
        let text = [line("a", &format!(r#","aliases":[{left}]"#)), line("b", &format!(r#","aliases":[{right}]"#))];
        let report = check(&[("t.jsonl", text.join("\n").as_bytes())]);
        report
            .findings
            .into_iter()
            .map(|finding| format!("{} {}", finding.code, finding.what))
            .collect::<Vec<_>>()
            .join("\n")
    };
    for (left, right, expected) in [
        (r#""Snc""#, r#""SNC""#, "without it, mentions are ambiguous"),
        (r#"{"text":"Snc","prior":0.9}"#, r#"{"text":"Snc","prior":0.1}"#, "the prior decides (0.9 against 0.1)"),
        (r#"{"text":"Snc","prior":0.9}"#, r#"{"text":"Snc","prior":0.8}"#, "add up to 1.70"),
        (r#"{"text":"Snc","requires":["x"]}"#, r#""Snc""#, "words of the article decide"),
        (r#"{"text":"Snc","valid_to":"2011"}"#, r#"{"text":"Snc","valid_from":"2012"}"#, "the article's date decides"),
        (r#"{"text":"Snc","valid_to":"2011"}"#, r#"{"text":"Snc","valid_from":"2014"}"#, "nobody between 2011-12-31"),
        (r#"{"text":"Snc","valid_from":"2010"}"#, r#"{"text":"Snc","valid_from":"2014"}"#, "overlap"),
    ] {
        assert!(both(left, right).contains(expected), "{expected}: {}", both(left, right));
    }
}

fn letters(name: &str) -> usize {
    name.chars().count()
}

#[test]
fn entities_that_may_be_one_are_named() {
    let entity = |id: &str, name: &str| {
        format!(r#"{{"id":"{id}","name":"{name}","type":"PER","wikidata":"Q{}"}}"#, letters(name))
    };
    assert_eq!(
        found(&[entity("a", "Ahmet Davutoğlu"), entity("b", "Ahmet Davutoglou")].join("\n")),
        ["2 near_duplicate"]
    );
    assert_eq!(
        found(&[entity("a", "Ali Hasan"), entity("b", "ALI HASAN")].join("\n")),
        ["1 shared_alias", "2 same_name", "2 same_wikidata"]
    );
}

#[test]
fn unknown_types_are_named_once_with_their_cost() {
    let entity = |id: &str, kind: &str| format!(r#"{{"id":"{id}","name":"Name {}","type":"{kind}"}}"#, id.repeat(9));
    let known: Vec<String> = ["PER", "person", "Organization", "GPE", "MISC", "NORP"]
        .iter()
        .enumerate()
        .map(|(at, kind)| entity(&format!("k{at}"), kind))
        .collect();
    assert_eq!(found(&known.join("\n")), [""; 0]);
    let text = [entity("a", "Politician"), entity("b", "Politician"), entity("c", "PER")].join("\n");
    let report = check(&[("t.jsonl", text.as_bytes())]);
    let [finding] = &report.findings[..] else { panic!("{:?}", report.findings) };
    assert_eq!((finding.line, finding.code), (1, "unknown_type"));
    assert!(finding.what.contains("`Politician` (2 of the table)"), "{}", finding.what);
}
