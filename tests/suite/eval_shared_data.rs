//! `namewire eval` on data that is not part of the repository; where it is not at hand they say so and pass.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::common::{Desk, namewire};
use super::shared_data::shared;

/// The mentions that the bundled model and the starter table find in the development documents, with faults of
/// every kind put in.
fn predictions(folder: &Path, desk: &Desk) -> String {
    let documents = folder.join("docs_dev.jsonl").display().to_string();
    let found = desk.path("found.jsonl");
    namewire(&["extract", &documents, "--out", &found, "--quiet"]).exits(0);
    let mut lines = desk.lines("found.jsonl");
    for (number, line) in lines.iter_mut().enumerate() {
        match number {
            number if number % 50 == 0 => line["doc_id"] = json!("elsewhere"),
            number if number % 13 == 0 => line["entity_id"] = Value::Null,
            number if number % 11 == 0 => line["entity_id"] = json!("org/not-in-the-catalogue"),
            number if number % 7 == 0 => line["type"] = json!("misc"),
            number if number % 5 == 0 && line["text"].as_str().unwrap().chars().count() > 1 => {
                line["end"] = json!(line["end"].as_u64().unwrap() - 1)
            }
            _ => {}
        }
        line.as_object_mut().unwrap().remove("text"); // some have moved
    }
    let repeated: Vec<Value> = lines.iter().step_by(17).cloned().collect();
    lines.extend(repeated);
    desk.write_lines("predictions.jsonl", &lines)
}

#[test]
fn numbers_of_the_linking_scorer_on_the_development_documents() {
    let Some(folder) = shared("data/linking") else { return };
    let desk = Desk::new();
    let predictions = predictions(&folder, &desk);
    let file = |name: &str| folder.join(name).display().to_string();
    let (script, gold, docs) = (file("score.py"), file("gold_dev.jsonl"), file("docs_dev.jsonl"));
    let (zones, catalogue) = (file("ignore_dev.jsonl"), file("entities.jsonl"));
    for flags in [
        &[][..],
        &["--ignore", &zones],
        &["--ignore", &zones, "--catalogue", &catalogue, "--docs", &docs],
        &["--catalogue", &catalogue, "--typed-linking", "--typed-e2e"],
    ] {
        let files = ["--gold", &gold, "--pred", &predictions];
        let Ok(output) = Command::new("python3").arg("-B").arg(&script).arg("--json").args(files).args(flags).output()
        else {
            let _ = writeln!(std::io::stderr(), "\nSKIPPED: the linking scorer, since there is no python3\n");
            return;
        };
        let theirs: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("score.py failed:\n{}", String::from_utf8_lossy(&output.stderr)));
        let run = namewire(&[&["eval", "--json", "-", "--resamples", "20"], &files[..], flags].concat()).exits(0);
        let ours: Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(theirs["ner"]["micro"]["tp"].as_u64().unwrap() > 500, "{theirs}");
        compare(&theirs, &ours, flags);
    }
}

fn compare(theirs: &Value, ours: &Value, flags: &[&str]) {
    let renamed = |scores: &Value| {
        json!({"precision": scores["p"], "recall": scores["r"], "f1": scores["f1"],
               "tp": scores["tp"], "predicted": scores["pred"], "gold": scores["gold"]})
    };
    let same = |what: &str, theirs: Value, ours: &Value| assert_eq!(&theirs, ours, "{what} with {flags:?}");
    same("micro", renamed(&theirs["ner"]["micro"]), &ours["ner"]["micro"]);
    same("boundary", renamed(&theirs["ner"]["span_only"]), &ours["ner"]["boundary"]);
    let by_type = theirs["ner"]["by_type"].as_object().unwrap();
    assert_eq!(by_type.len(), ours["ner"]["by_type"].as_object().unwrap().len());
    by_type.iter().for_each(|(kind, scores)| same(kind, renamed(scores), &ours["ner"]["by_type"][kind]));
    same("linking", theirs["linking"].clone(), &ours["linking"]["accuracy"]);
    for measure in ["micro", "linked_only"] {
        same(measure, renamed(&theirs["end_to_end"][measure]), &ours["linking"]["end_to_end"][measure]);
    }
    let predictions = &ours["predictions"];
    same("documents", theirs["documents"].clone(), &ours["gold"]["documents"]);
    same("counted", theirs["predictions"].clone(), &predictions["counted"]);
    same("ignored", theirs["predictions_ignored"].clone(), &predictions["ignored"]);
    same("outside", theirs["predictions_outside_documents"].clone(), &predictions["outside_documents"]);
    for fault in ["type", "link", "duplicate"] {
        same(fault, theirs["error_totals"][fault].clone(), &ours["errors"]["totals"][fault]);
    }
}

/// The bundled model on annotated news: far from these scores something is wrong in reading, predicting or counting.
#[test]
fn the_bundled_model_on_annotated_sentences() {
    for (name, lowest) in [("ww_dev", 0.78), ("conll_dev", 0.90)] {
        let Some(gold) = shared(&format!("data/train/{name}.jsonl.gz")) else { return };
        let gold = gold.display().to_string();
        let run = namewire(&["eval", "--gold", &gold, "--model", "--json", "-", "--resamples", "50"]).exits(0);
        let figures: Value = serde_json::from_str(&run.stdout).unwrap();
        let f1 = figures["ner"]["micro"]["f1"].as_f64().unwrap();
        assert!(f1 > lowest, "F1 {f1} on {name}");
    }
}
