//! `namewire report`: the data of the page, and texts that try to be markup.

use serde_json::{Value, json};

use crate::common::{Desk, namewire, seeds_run};

/// The data of a page. Its scripts are tested in a browser by `scripts/check_report`.
fn data(desk: &Desk, name: &str) -> (String, Value) {
    let page = std::fs::read_to_string(desk.path(name)).unwrap();
    let (_, rest) = page.split_once("id=\"data\">").unwrap();
    let data = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    (page, data)
}

/// The text of a mark, whose offsets are those of UTF-16.
fn marked(text: &str, mark: &Value) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let at = |number: usize| mark[number].as_u64().unwrap() as usize;
    String::from_utf16(&units[at(0)..at(1)]).unwrap()
}

#[test]
fn the_page_has_the_run_and_its_sentences() {
    let desk = Desk::new();
    let run = seeds_run();
    let mentions = desk.write_lines("m.jsonl", &run.mentions);
    let articles = desk.write_lines("a.jsonl", &run.articles);
    let summary = desk.write("s.json", run.summary.to_string());
    let out = desk.path("report.html");
    let files = ["report", &mentions, "--articles", &articles, "--summary", &summary, "--with-copies"];
    namewire(&[&files[..], &["--input", "seeds/articles", "--title", "Seeds", "--out", &out]].concat()).exits(0);
    let (page, data) = data(&desk, "report.html");
    assert!(page.contains("<title>Seeds</title>") && page.contains("default-src 'none'"));
    assert!(!page.contains("http://") || !page.contains("src=\"http"), "nothing is loaded");
    assert_eq!(data["totals"]["mentions"], run.summary["written"]["mentions"]);
    assert_eq!(data["run"]["model"]["name"], run.summary["model"]["name"]);
    let top = &run.summary["written"]["top_entities"][0];
    assert_eq!((&data["entities"][0]["id"], &data["entities"][0]["mentions"]), (&top["entity_id"], &top["mentions"]));
    // Every mark stands on a surface form, in sentences and in full articles.
    let surfaces: std::collections::HashSet<&str> =
        run.mentions.iter().map(|mention| mention["text"].as_str().unwrap()).collect();
    let sentences = data["sentences"].as_array().unwrap();
    assert!(sentences.len() > 100);
    for sentence in sentences {
        for mark in sentence["m"].as_array().unwrap() {
            let text = marked(sentence["t"].as_str().unwrap(), mark);
            assert!(surfaces.contains(&*text), "{text:?} in {sentence}");
        }
    }
    let full = data["full"].as_array().unwrap();
    let marks =
        full.iter().flat_map(|article| article["marks"][1].as_array().unwrap().iter().map(move |mark| (article, mark)));
    let texts: Vec<String> = marks.map(|(article, mark)| marked(article["text"].as_str().unwrap(), mark)).collect();
    let expected: Vec<&str> = run.mentions.iter().map(|mention| mention["text"].as_str().unwrap()).collect();
    assert_eq!(texts, expected);
    // Sentences of a pair name both.
    for pair in data["pairs"].as_array().unwrap() {
        for sentence in pair[7].as_array().unwrap() {
            let marks = data["sentences"][sentence.as_u64().unwrap() as usize]["m"].as_array().unwrap();
            assert!([&pair[0], &pair[1]].iter().all(|rank| marks.iter().any(|mark| mark[3] == **rank)), "{pair}");
        }
    }
}

#[test]
fn hostile_texts_stay_texts() {
    const HOSTILE: &str =
        "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u{2028}<!--'\"&amp;{{scripts}}";
    let desk = Desk::new();
    let mention = json!({"doc_id": HOSTILE, "field": "text", "start": 5, "end": 5 + HOSTILE.chars().count(),
        "text": HOSTILE, "type": HOSTILE, "score": 0.5, "sentence": 0, "entity_id": HOSTILE, "entity_name": HOSTILE,
        "entity_type": HOSTILE, "link": {"status": "linked", "method": HOSTILE, "alias": HOSTILE, "reason": HOSTILE,
        "evidence": {"table": HOSTILE, "line": 1, "alias": HOSTILE}}, "context": format!("Then {HOSTILE}"),
        "meta": {"date": "2014-06-29", "source": HOSTILE}});
    let mut unlinked = mention.clone();
    unlinked["entity_id"] = Value::Null;
    let mentions = desk.write_lines("m.jsonl", &[mention, unlinked]);
    let out = desk.path("r.html");
    namewire(&["report", &mentions, "--source-field", "source", "--title", HOSTILE, "--out", &out]).exits(0);
    let (page, data) = data(&desk, "r.html");
    assert_eq!((&data["entities"][0]["name"], &data["names"][0]["name"]), (&json!(HOSTILE), &json!(HOSTILE)));
    assert_eq!(data["sentences"][0]["t"], format!("Then {HOSTILE}"));
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "it is nowhere markup");
    // The page is a function of its inputs.
    let again = desk.path("again.html");
    namewire(&["report", &mentions, "--source-field", "source", "--title", HOSTILE, "--out", &again]).exits(0);
    assert_eq!(std::fs::read_to_string(&again).unwrap(), page);
}

#[test]
fn pairs_that_were_dropped_are_counted_in_the_page() {
    let desk = Desk::new();
    let mentions = desk.write_lines("m.jsonl", &seeds_run().mentions);
    for (limit, is_dropped) in [("1000000", false), ("20", true)] {
        namewire(&["report", &mentions, "--max-pairs", limit, "--out", &desk.path("r.html")]).exits(0);
        let (_, data) = data(&desk, "r.html");
        assert_eq!(data["counts"]["dropped_pairs"].as_u64().unwrap() > 0, is_dropped, "{}", data["counts"]);
        std::fs::remove_file(desk.path("r.html")).unwrap();
    }
}

#[test]
fn a_report_does_not_replace_its_inputs() {
    let desk = Desk::new();
    let mentions = desk.write_lines("m.jsonl", &seeds_run().mentions);
    namewire(&["report", &mentions, "--out", &mentions]).exits(2).says(&["would replace"]);
    let run = namewire(&["report", &mentions, "--summary", &mentions, "--out", &desk.path("r.html")]).exits(2);
    run.says(&["not the summary of a run"]);
    assert!(!desk.has("r.html"));
    // Nothing but an empty file is a page, too.
    let nothing = desk.write("none.jsonl", "");
    namewire(&["report", &nothing, "--out", &desk.path("r.html")]).exits(0);
}
