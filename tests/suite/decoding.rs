//! Mentions are names alone: they begin and end where the name does, not where the white space is.

use serde_json::{Value, json};

use super::common::{extract_records, extract_with, seeds_run, surfaces};

#[track_caller]
fn check(entities: &str, cases: &[(&str, &[&str])]) {
    let records: Vec<Value> =
        cases.iter().enumerate().map(|(at, (text, _))| json!({"id": at.to_string(), "text": text})).collect();
    let mentions = extract_records(&records, entities);
    for (at, (text, expected)) in cases.iter().enumerate() {
        assert_eq!(surfaces(&mentions, &at.to_string()), *expected, "{text}");
    }
}

#[test]
fn punctuation_is_no_part_of_a_name() {
    let cases: &[(&str, &[&str])] = &[
        ("The minister rejected Assad’s offer.", &["Assad"]),
        ("The minister rejected Assad's offer.", &["Assad"]),
        ("They asked for “Davutoglu,” who had left.", &["Davutoglu"]),
        ("They met anti-Assad fighters near the town.", &["Assad"]),
        ("He flew to Geneva/Zurich on Monday.", &["Geneva", "Zurich"]),
        ("Talks between Merkel–Hollande aides ended.", &["Merkel", "Hollande"]),
        ("He lives in Berlin… for now.", &["Berlin"]),
        ("She works for the BBC, he said.", &["BBC"]),
        ("The ship left (Tripoli) at noon.", &["Tripoli"]),
    ];
    check("none", cases);
    check("seeds/entities.jsonl", cases);
}

#[test]
fn in_text_with_capitals_a_name_has_one() {
    let cases: &[(&str, &[&str])] = &[
        ("Farmers in Ohio sold more turkey, and turkey exports to Mexico rose.", &["Ohio", "Mexico"]),
        ("the president flew to turkey and then to iraq", &["turkey", "iraq"]),
    ];
    check("none", cases);
    check("seeds/entities.jsonl", cases);
}

/// The model reads title case; the mentions are those of the text as it is written.
#[test]
fn text_without_case_has_its_names() {
    let cases: &[(&str, &[&str])] = &[
        ("FLOODS CUT OFF VILLAGES NEAR MOSUL AS WATER RISES IN NORTHERN IRAQ", &["MOSUL", "IRAQ"]),
        ("MERKEL AND MACRON MEET IN BERLIN TO DISCUSS THE BUDGET", &["MERKEL", "MACRON", "BERLIN"]),
        (
            "angela merkel flew from berlin to ankara, where she met a delegation",
            &["angela merkel", "berlin", "ankara"],
        ),
    ];
    check("none", cases);
    check("seeds/entities.jsonl", cases);
}

/// Al-Monitor, and Surprise in Arizona: where a capital proves nothing, the table alone does not make a word a name.
#[test]
fn common_words_are_no_names_at_the_start_of_a_sentence_or_in_a_headline() {
    let cases = [
        ("Monitor groups counted the dead. Surprise was the reaction in Ankara.", "Ankara"),
        ("War Monitor Says Strikes Kill Twelve in Idlib", "Idlib"),
    ];
    let mentions = extract_with(&cases.map(|(text, _)| json!({"id": text, "text": text})), &[]);
    for (text, expected) in cases {
        assert_eq!(surfaces(&mentions, text), [expected], "{text}");
    }
}

/// The model was taught to call "US-backed" one name.
#[test]
fn the_small_half_of_a_hyphened_word_is_no_part_of_a_name() {
    let cases: &[(&str, &[&str])] = &[
        ("A US-backed plan failed on Friday.", &["US"]),
        ("A Norway-backed plan and a Merkel-led group failed.", &["Norway", "Merkel"]),
        ("The French-speaking crowd left.", &["French"]),
        ("“Merkel’s” was the name on the door, in London.", &["Merkel", "London"]),
    ];
    check("none", cases);
    check("seeds/entities.jsonl", cases);
}

#[test]
fn a_mention_never_begins_or_ends_inside_a_word() {
    for mention in &seeds_run().mentions {
        let (context, text) = (mention["context"].as_str().unwrap(), mention["text"].as_str().unwrap());
        let free = |before: &str, after: &str| {
            !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
        };
        let mut places = context.match_indices(text);
        assert!(places.any(|(at, _)| free(&context[..at], &context[at + text.len()..])), "{mention}");
    }
}

/// A firm's name in a headline, which says little, and where it is introduced.
#[test]
fn the_places_of_a_name_have_a_say_in_each_others_labels() {
    let headline = "Phoenix rises.";
    let story = "The firm Phoenix Ltd reported a profit. Phoenix said sales grew. Phoenix has 40 shops.";
    let records =
        [json!({"id": "both", "text": format!("{headline}\n\n{story}")}), json!({"id": "alone", "text": headline})];
    let kinds = |flags: &[&str]| {
        let mentions = extract_with(&records, &[&["--entities", "none"], flags].concat());
        let first = |id: &str| mentions.iter().find(|mention| mention["doc_id"] == id).map(|it| it["type"].clone());
        (first("both"), first("alone"))
    };
    let (both, alone) = kinds(&["--no-consistency"]);
    assert_eq!(both, alone);
    assert_ne!(alone, Some(json!("ORG")), "the headline alone no longer says little");
    assert_eq!(kinds(&[]), (Some(json!("ORG")), alone));
}
