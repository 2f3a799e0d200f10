//! What holds for every link, whatever the text: evidence, reasons, scores, local ids.

use std::collections::HashMap;

use serde_json::Value;

use super::common::{column, seeds_run};
use super::linking::{TABLE, linked, of_case};

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value[key].as_str()
}

/// Over the cases of `linking` and over the sample articles.
fn all() -> impl Iterator<Item = &'static Value> {
    linked().iter().chain(&seeds_run().mentions)
}

#[test]
fn every_mention_without_an_entity_says_why() {
    let mut seen = 0;
    for mention in all() {
        let link = &mention["link"];
        let status = text(link, "status").unwrap();
        if status == "linked" {
            assert!(
                ["entity_id", "entity_name", "entity_type"].iter().all(|key| mention[key].is_string()),
                "{mention}"
            );
            assert!(["method", "alias"].iter().all(|key| link[key].is_string()), "{mention}");
            assert!(link["evidence"].is_object(), "{mention}");
            assert!(link["score"].as_f64().is_some_and(|score| (0.0..=1.0).contains(&score)), "{mention}");
            continue;
        }
        seen += 1;
        assert!(["unknown", "ambiguous", "refused"].contains(&status), "{mention}");
        assert!(["entity_id", "entity_name", "entity_type"].iter().all(|key| mention[key].is_null()), "{mention}");
        assert!(link["reason"].is_string() && link["method"].is_null() && link["evidence"].is_null(), "{mention}");
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn evidence_names_the_line_of_the_table() {
    let lines: Vec<&str> = TABLE.lines().collect();
    let mut seen = 0;
    for mention in linked().iter().filter(|mention| mention["link"]["evidence"]["line"].is_number()) {
        let evidence = &mention["link"]["evidence"];
        let line = lines[evidence["line"].as_u64().unwrap() as usize - 1];
        let entity: Value = serde_json::from_str(line).unwrap();
        assert_eq!(entity["id"], mention["entity_id"]);
        assert!(text(evidence, "table").unwrap().ends_with("table.jsonl"), "{mention}");
        assert!(line.contains(text(evidence, "alias").unwrap()), "{mention}");
        seen += 1;
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn the_method_tells_how_it_was_found() {
    let method = |case: &str, surface: &str| {
        let mentions = of_case(case);
        let last = mentions.iter().rfind(|mention| mention["text"] == surface).unwrap();
        text(&last["link"], "method").unwrap().to_owned()
    };
    assert_eq!(method("names-of-is", "Daesh"), "alias");
    assert_eq!(method("folded", "JABHAT AL-NUSRA"), "folded");
    assert_eq!(method("defined", "SNC"), "acronym");
    assert_eq!(method("unknown-long-form", "Levant Liberation Committee"), "acronym");
    assert_eq!(method("one-in-full", "Assad"), "coreference");
    let antecedent = of_case("one-in-full").last().unwrap()["link"]["evidence"].clone();
    assert_eq!(text(&antecedent, "text"), Some("Hafez al-Assad"));
}

#[test]
fn ambiguous_names_list_their_candidates() {
    let mentions = of_case("shared");
    let ambiguous = mentions.iter().find(|mention| mention["link"]["status"] == "ambiguous").unwrap();
    let ids = column(ambiguous["link"]["candidates"].as_array().unwrap(), "entity_id");
    assert_eq!(ids, ["org/syrian-national-coalition", "org/syrian-national-council"]);
}

#[test]
fn what_the_table_alone_found_has_no_score() {
    let missed = of_case("missed");
    assert_eq!((missed.len(), text(missed[0], "found_by"), text(missed[0], "type")), (1, Some("table"), Some("LOC")));
    for mention in all() {
        assert_eq!(mention["found_by"] == "table", mention["score"].is_null(), "{mention}");
    }
    let by = |who: &str| all().filter(|mention| mention["found_by"] == who).count();
    assert!(by("model") > 50 && by("table") > 5 && by("both") > 200, "{} {} {}", by("model"), by("table"), by("both"));
}

#[test]
fn a_type_is_a_hint_and_not_a_filter() {
    let [syrian] = &of_case("demonym")[..] else { panic!("one mention is expected") };
    assert_eq!((text(syrian, "type"), text(syrian, "entity_type")), (Some("MISC"), Some("LOC")));
}

#[test]
fn one_entity_has_one_local_id_in_an_article() {
    let mut by_entity: HashMap<(&str, &str), u64> = HashMap::new();
    let mut by_local: HashMap<(&str, u64), &str> = HashMap::new();
    for mention in all() {
        let Some(entity) = text(mention, "entity_id") else { continue };
        let (article, local) = (text(mention, "doc_id").unwrap(), mention["local_id"].as_u64().unwrap());
        assert_eq!(*by_entity.entry((article, entity)).or_insert(local), local, "{mention}");
        assert_eq!(*by_local.entry((article, local)).or_insert(entity), entity, "{mention}");
    }
    // Linked or not: a name and its acronym are one, the stranger and his surname too.
    let [trust, acronym] = &of_case("unknown-acronym")[..] else { panic!("two mentions are expected") };
    assert_eq!(trust["local_id"], acronym["local_id"]);
    let stranger = of_case("stranger");
    let assads: Vec<_> = stranger.iter().filter(|mention| text(mention, "text").unwrap().ends_with("Assad")).collect();
    assert!(assads.len() == 2 && assads[0]["local_id"] == assads[1]["local_id"], "{stranger:?}");
}

#[test]
fn mentions_come_in_order_and_never_overlap() {
    for lines in [linked(), &seeds_run().mentions, &seeds_run().spans] {
        for pair in lines.windows(2).filter(|pair| pair[0]["doc_id"] == pair[1]["doc_id"]) {
            let [left, right] = pair else { continue };
            let title_first = left["field"] == "title" && right["field"] == "text";
            let apart = left["field"] == right["field"] && left["end"].as_u64() <= right["start"].as_u64();
            assert!(title_first || apart, "{left}\n{right}");
        }
    }
}
