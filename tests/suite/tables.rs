//! `namewire tables` over the sample articles and over hostile names.

use serde_json::{Value, json};

use crate::common::{Desk, namewire, seeds_run};

/// The rows of a CSV file as objects.
fn table(desk: &Desk, name: &str) -> Vec<Value> {
    let mut reader = csv::Reader::from_path(desk.path(name)).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| Value::Object(header.iter().map(str::to_owned).zip(row.iter().map(|cell| json!(cell))).collect()))
        .collect()
}

fn count(row: &Value, column: &str) -> u64 {
    row[column].as_str().unwrap().parse().unwrap()
}

/// Mentions and articles of the sample articles, as files.
fn seeds(desk: &Desk) -> [String; 2] {
    let run = seeds_run();
    [desk.write_lines("m.jsonl", &run.mentions), desk.write_lines("a.jsonl", &run.articles)]
}

#[test]
fn tables_agree_with_the_summary_of_the_run() {
    let desk = Desk::new();
    let [mentions, articles] = seeds(&desk);
    let out = desk.path("tables");
    let run = namewire(&["tables", &mentions, "--articles", &articles, "--with-copies", "--out", &out]).exits(0);
    run.says(&["articles  17"]);
    let entities = table(&desk, "tables/entities.csv");
    let top = &seeds_run().summary["written"]["top_entities"];
    for top in top.as_array().unwrap() {
        let row = entities.iter().find(|row| row["entity_id"] == top["entity_id"]).unwrap();
        assert_eq!(count(row, "mentions"), top["mentions"].as_u64().unwrap(), "{row}");
    }
    let linked: u64 = entities.iter().map(|row| count(row, "mentions")).sum();
    let unlinked: u64 = table(&desk, "tables/unlinked.csv").iter().map(|row| count(row, "mentions")).sum();
    let written = &seeds_run().summary["written"];
    assert_eq!(json!([linked, linked + unlinked]), json!([written["linked"], written["mentions"]]));
    let summary = desk.json("tables/tables.json");
    assert_eq!(summary["totals"]["articles"], 17);
    assert_eq!(summary["dropped"]["pairs"], 0);
    assert_eq!(table(&desk, "tables/co_mentions.csv").len() as u64, summary["pairs"].as_u64().unwrap());
    assert!(table(&desk, "tables/entity_source.csv").is_empty(), "no source field was named");
}

#[test]
fn a_directory_of_shards_and_its_files_give_the_same_tables() {
    let desk = Desk::new();
    let records: Vec<Value> = (0..6)
        .map(|id| {
            let text = if id == 5 { "Merkel met Hollande in Paris." } else { "Assad met Erdogan in Geneva." };
            json!({"id": id, "text": format!("{text} {}", id % 5), "date": format!("2014-06-{}", 10 + id), "paper": "a"})
        })
        .collect();
    let input = desk.write_lines("in.jsonl", &records);
    let (shards, single, articles) = (desk.path("run/"), desk.path("m.jsonl.gz"), desk.path("a.jsonl.zst"));
    let common = ["--keep", "paper", "--quiet"];
    namewire(&[&["extract", &input, "--out", &shards, "--shard-size", "2"], &common[..]].concat()).exits(0);
    namewire(&[&["extract", &input, "--out", &single, "--articles", &articles], &common[..]].concat()).exits(0);
    let (first, second) = (desk.path("first"), desk.path("second"));
    namewire(&["tables", &shards, "--source-field", "paper", "--out", &first, "--quiet"]).exits(0);
    let files = ["tables", &single, "--articles", &articles, "--source-field", "paper", "--out", &second, "--quiet"];
    namewire(&files).exits(0);
    for name in ["entities.csv", "entity_day.csv", "entity_source.csv", "co_mentions.csv", "graph.gexf", "tables.json"]
    {
        let read = |dir: &str| std::fs::read_to_string(desk.path(&format!("{dir}/{name}"))).unwrap();
        assert_eq!(read("first"), read("second"), "{name}");
        assert!(read("first").lines().count() > 1, "{name}");
    }
    assert_eq!(table(&desk, "first/daily.csv").len(), 6);
    assert_eq!(table(&desk, "first/entity_source.csv")[0]["rate"], "0.833333");
}

#[test]
fn parquet_and_json_lines_give_the_same_tables_and_reports() {
    let desk = Desk::new();
    let text =
        "The Syrian National Coalition (SNC) met in Geneva. Davutoğlu said so. Zyx Qwertson did not, nor did Barzani.";
    let records = ["2014-06-29", "2014-07", "2014", "", "2014-07-02"].map(|date| {
        json!({"id": format!("a{date}"), "title": "Talks in Geneva", "text": format!("{text} {date}"), "date": date,
            "paper": "a|b"})
    });
    let input = desk.write_lines("in.jsonl", &records);
    for end in ["jsonl", "parquet"] {
        let (mentions, articles) = (desk.path(&format!("m.{end}")), desk.path(&format!("a.{end}")));
        let flags = ["--context", "--keep", "paper", "--quiet"];
        namewire(&[&["extract", &input, "--out", &mentions, "--articles", &articles], &flags[..]].concat()).exits(0);
        let (out, page) = (desk.path(end), desk.path(&format!("{end}.html")));
        let read = [&*mentions, "--articles", &articles, "--source-field", "paper", "--quiet", "--out"];
        namewire(&[&["tables"], &read[..], &[&out, "--by", "month"]].concat()).exits(0);
        namewire(&[&["report"], &read[..], &[&page, "--input", &input]].concat()).exits(0);
        let alone = desk.path(&format!("{end}-alone"));
        namewire(&["tables", &mentions, "--out", &alone, "--format", "parquet", "--quiet"]).exits(0);
    }
    let read = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    for name in
        ["entities.csv", "entity_day.csv", "entity_source.csv", "co_mentions.csv", "unlinked.csv", "tables.json"]
    {
        assert_eq!(read(&format!("parquet/{name}")), read(&format!("jsonl/{name}")), "{name}");
    }
    assert_eq!(read("parquet.html"), read("jsonl.html"));
    assert_eq!(table(&desk, "jsonl/entity_day.csv")[0]["day"], "2014-06-01");
    // Rows of Parquet have the dates, so that they are known without an articles file.
    assert_eq!(desk.json("parquet-alone/tables.json")["totals"]["undated_articles"], 3);
    assert_eq!(desk.json("jsonl-alone/tables.json")["totals"]["undated_articles"], 5);
    let bytes = std::fs::read(desk.path("jsonl-alone/entities.parquet")).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    let wrong = desk.path("a.parquet");
    namewire(&["tables", &wrong, "--out", &desk.path("x")]).exits(2).says(&["a.parquet", "row 1", "mentions"]);
}

#[test]
fn what_is_read_is_not_replaced() {
    let desk = Desk::new();
    let mentions = desk.write_lines("tables/entities.csv", &seeds_run().mentions);
    let run = namewire(&["tables", &mentions, "--out", &desk.path("tables")]).exits(2);
    run.says(&["would replace", "entities.csv"]);
    let run = namewire(&["tables", &desk.path("tables"), "--out", &desk.path("x")]).exits(2);
    run.says(&["no manifest"]);
    assert!(!desk.has("x"));
    let articles = desk.write("a.jsonl", "");
    let run = namewire(&["tables", &mentions, "--articles", &articles, "--out", &desk.path("x")]).exits(2);
    run.says(&["entities.csv:1", "same run"]);
}

#[test]
fn hostile_names_are_text_in_tables_and_graphs() {
    const NAMES: [&str; 4] = ["</node>\"'<&>", "=cmd|' /C calc'!A0", "a\u{1}b\u{2028}c\nd", "שָׁלוֹם"];
    let desk = Desk::new();
    let mentions = NAMES.map(|name| {
        json!({"doc_id": "d", "field": "text", "start": 0, "end": 1, "text": name, "type": "PER", "score": 0.5,
            "sentence": 0, "entity_id": format!("per/{name}"), "entity_name": name, "entity_type": "PER",
            "link": {"status": "linked", "method": "alias"}, "meta": {"date": "2014-06-29"}})
    });
    let mentions = desk.write_lines("m.jsonl", &mentions);
    namewire(&["tables", &mentions, "--out", &desk.path("tables"), "--quiet"]).exits(0);
    let rows = table(&desk, "tables/co_mentions.csv");
    assert_eq!((rows.len(), &rows[0]["first_day"]), (6, &json!("2014-06-29")));
    let mut found =
        table(&desk, "tables/entities.csv").iter().map(|row| row["entity_name"].clone()).collect::<Vec<_>>();
    found.sort_by_key(|name| NAMES.iter().position(|known| name == known));
    assert_eq!(json!(found), json!(NAMES));
    for file in ["tables/graph.gexf", "tables/graph.graphml"] {
        let text = std::fs::read_to_string(desk.path(file)).unwrap();
        assert_eq!(text.matches("<node ").count(), 4, "{file}");
        assert_eq!(text.matches("<edge ").count(), 6, "{file}");
        assert!(text.contains("&lt;/node&gt;&quot;'&lt;&amp;&gt;") && !text.contains('\u{1}'), "{file}: {text}");
    }
}
