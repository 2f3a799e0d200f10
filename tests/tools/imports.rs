//! Tables imported from other people's files, through the built program.

use serde_json::{Value, json};

use crate::common::{jsonl, run, scratch};

#[test]
fn imported_tables_pass_the_check_and_link() {
    let scratch = scratch();
    let list =
        scratch.write("l.tsv", "alias\tentity\tname\ttype\nDavutoglu\tper/a\tAhmet Davutoglu\tPER\n\tper/b\t\t\n");
    let table = scratch.path("t.jsonl");
    let imported = run(&["entities", "import", "--from", "csv", &list, "--out", &table]).exits(0);
    assert!(imported.stderr.contains("1 entities") && imported.stderr.contains("no_alias"), "{}", imported.stderr);
    run(&["entities", "check", &table]).exits(0);
    let dictionary =
        scratch.write("d.txt", "SYRIA_ [SYR]\n+DAMASCUS_\nIRAQ_ [IRQ]\n+IRAQI_\nJOHN_DOE_\n\t[IRQGOV 010101-020202]\n");
    let rows = run(&["entities", "import", "--from", "petrarch", &dictionary]).exits(0).stdout;
    let table = scratch.write("p.jsonl", &rows);
    run(&["entities", "check", &table]).exits(0);
    let input = scratch.write("a.txt", "John Doe of Iraq flew to Damascus.");
    let out = scratch.path("out.jsonl");
    run(&["extract", &input, "--entities", &table, "--out", &out, "-q"]).exits(0);
    let ids: Vec<Value> = jsonl(&out).into_iter().map(|mention| mention["entity_id"].clone()).collect();
    assert_eq!(ids, [json!("per/john-doe"), json!("loc/iraq"), json!("loc/damascus")]);
}

#[test]
fn every_source_becomes_a_table_of_background_entities() {
    let scratch = scratch();
    let folder = "tests/fixtures/import";
    for (source, files, terms) in [
        (
            "geonames",
            &["places.txt", "alternateNamesV2.txt", "admin1CodesASCII.txt", "countryInfo.txt"][..],
            "CC BY 4.0",
        ),
        ("wikidata", &["wikidata.json"], "CC0"),
        ("ftm", &["entities.ftm.json"], "FollowTheMoney"),
        ("gleif", &["lei.csv"], "CC0"),
        ("ror", &["ror-v2.json"], "CC0"),
        ("cldr", &["cldr/en/territories.json", "cldr/de/territories.json"], "Unicode License"),
    ] {
        let out = scratch.path(&format!("{source}.jsonl"));
        let files: Vec<String> = files.iter().map(|file| format!("{folder}/{file}")).collect();
        let files = files.iter().map(String::as_str);
        let args: Vec<&str> =
            ["entities", "import", "--from", source, "--out", &out].into_iter().chain(files).collect();
        let imported = run(&args).exits(0);
        assert!(imported.stderr.contains(terms) && imported.stderr.contains("skipped"), "{}", imported.stderr);
        run(&["entities", "check", &out]).exits(0);
        let rows = jsonl(&out);
        let is_right = |row: &Value| row["tier"] == "background" && row["source"].as_str().unwrap().contains(terms);
        assert!(rows.len() > 1 && rows.iter().all(is_right), "{rows:?}");
    }
    let bad = ["entities", "import", "--from", "gleif", "tests/fixtures/import/lei.csv", "--min-sitelinks", "3"];
    assert!(run(&bad).exits(2).stderr.contains("--min-sitelinks"));
}

#[test]
fn compressed_dumps_give_the_same_rows() {
    let scratch = scratch();
    let plain = std::fs::read("tests/fixtures/import/wikidata.json").unwrap();
    let packed = scratch.path("dump.json.zst");
    std::fs::write(&packed, zstd::encode_all(&plain[..], 1).unwrap()).unwrap();
    let import = |file: &str| {
        let args = ["entities", "import", "--from", "wikidata", "--tier", "curated", "--licence", "CC0", file];
        run(&args).exits(0).stdout
    };
    let rows = import(&packed);
    assert!(rows == import("tests/fixtures/import/wikidata.json") && rows.lines().count() > 5);
    assert!(!rows.contains("background"));
}
