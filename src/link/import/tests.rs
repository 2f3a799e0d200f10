use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::*;
use crate::link::EntityTable;
use crate::link::Tier;
use crate::link::check;

/// Imports files, and checks that the result is a table.
fn imported_with(source: Source, files: &[PathBuf], options: &ImportOptions) -> (Vec<Value>, Tally) {
    let mut out = Vec::new();
    let tally = import(source, files, options, &mut |row| {
        out.push(serde_json::to_string(row).unwrap());
        Ok(())
    })
    .unwrap();
    let text = out.join("\n");
    let report = check::check(&[("t.jsonl", text.as_bytes())]);
    assert_eq!(report.count(check::Severity::Error), 0, "{:?}", report.findings);
    if !out.is_empty() {
        assert_eq!(EntityTable::parse(&[("t.jsonl", &text)]).unwrap().len() as u64, tally.entities);
    }
    (out.iter().map(|line| serde_json::from_str(line).unwrap()).collect(), tally)
}

fn imported(source: Source, files: &[&str]) -> (Vec<Value>, Tally) {
    imported_with(source, &fixtures(files), &ImportOptions::default())
}

fn fixtures(files: &[&str]) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import");
    files.iter().map(|file| folder.join(file)).collect()
}

fn skipped(tally: &Tally) -> Vec<(&'static str, u64)> {
    tally.skipped.iter().map(|(reason, (count, _))| (*reason, *count)).collect()
}

fn row<'r>(rows: &'r [Value], id: &str) -> &'r Value {
    rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("no row {id}: {rows:?}"))
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

/// Each relation of a row as "kind target".
fn relations(row: &Value) -> Vec<String> {
    let relations = row["relations"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    relations.map(|relation| text(&relation["type"]) + " " + &text(&relation["target"])).collect()
}

fn from_text(source: Source, text: &str, options: &ImportOptions) -> (Vec<Value>, Tally) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.txt");
    std::fs::write(&path, text).unwrap();
    imported_with(source, &[path], options)
}

const DICTIONARY: &str = "# a comment
SYRIA_  [SYR]
+SYRIAN_
+DAMASCUS_ # its capital
+SYRIAN_ARAB_REPUBLIC_OF_SYRIA

+XX
\u{20}
MOHAMMAD_ZAHIR_SHAH_  # with roles
+KING_ZAHIR
\t[SYRELI 320101-331108]
\t[SYRGOV >331108]
\t[SYRGOV 2004017-20061201]
SYRIAN_NATIONAL_ARMY_(SNA)_ [SYRMIL]
UN_SECRETARY_GENERAL [IGOUNO]
NOBODY_KNOWN_
MARCH [IGO]
";

#[test]
fn what_belongs_to_a_state_is_no_alias_of_it() {
    let (rows, tally) = from_text(Source::Petrarch, DICTIONARY, &ImportOptions::default());
    assert_eq!(
        ids(&rows),
        ["loc/syria", "misc/syrian", "loc/damascus", "per/mohammad-zahir-shah", "org/syrian-national-army"]
    );
    assert_eq!(rows[0]["aliases"], json!(["Syrian Arab Republic of Syria"]));
    assert_eq!(rows[1]["relations"], json!([{"type": "demonym_of", "target": "loc/syria"}]));
    assert_eq!(relations(&rows[2]), ["located_in loc/syria"]);
    assert_eq!(rows[3]["description"], "elite of syria 1932-01-01 to 1933-11-08; government of syria from 1933-11-08");
    assert_eq!(rows[4]["aliases"], json!([{"text": "SNA", "case": "exact"}]));
    assert_eq!((&rows[4]["tier"], &rows[4]["source"]), (&Value::Null, &json!("list.txt")));
    assert_eq!(
        skipped(&tally),
        [("bad_role", 1), ("common_word", 1), ("no_code", 1), ("office_not_name", 1), ("too_short", 1)]
    );
    assert!(tally.skipped["bad_role"].1.ends_with("list.txt:13"));
}

#[test]
fn lists_become_entities_with_all_their_aliases() {
    let list = |text: &str, kind: Option<&str>| {
        from_text(Source::Csv, text, &ImportOptions { kind: kind.map(str::to_owned), ..ImportOptions::default() })
    };
    let text = "alias,entity,name,type,valid_from\n\"Assad, B.\",per/a,Bashar al-Assad,PER,2000\nAsad,per/a,,,\n,per/a,,,\nX,per/b,,PER,June\nSNC,org/s,,,\nAssad,per/a,,,\n";
    let (rows, tally) = list(text, None);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["aliases"], json!([{"text": "Assad, B.", "valid_from": "2000"}, "Asad", "Assad"]));
    assert_eq!(skipped(&tally), [("bad_date", 1), ("no_alias", 1), ("no_name", 1), ("no_type", 1)]);
    assert_eq!(list("alias\tentity\nSNC\torg/s\n", Some("ORG")).0[0]["name"], "SNC");
    // A name that a table would refuse is left out, and the first alias that it takes stands in for it.
    let text = "alias,entity,name\n(x),org/q,\u{2014}\nQuay Board,org/q,\n- (y),org/r,\n";
    let (rows, tally) = list(text, Some("ORG"));
    assert_eq!((rows.len(), &rows[0]["name"], &rows[0]["aliases"]), (1, &json!("(x)"), &json!(["Quay Board"])));
    assert_eq!(tally.skipped["no_name"], (1, "org/r".to_owned()));
}

#[test]
fn rows_state_their_tier_source_and_licence() {
    let options = ImportOptions {
        licence: Some("ODbL".into()),
        tier: Some(Tier::Background),
        kind: Some("ORG".into()),
        ..ImportOptions::default()
    };
    let (rows, _) = from_text(Source::Csv, "alias,entity\nSNC,org/s\n", &options);
    assert!(rows[0]["source"].as_str().unwrap().ends_with("list.txt, ODbL") && rows[0]["tier"] == "background");
    let (rows, _) = imported(Source::Gleif, &["lei.csv"]);
    assert_eq!((&rows[0]["source"], &rows[0]["tier"]), (&json!("GLEIF, CC0 1.0"), &json!("background")));
}

#[test]
fn places_of_geonames_lie_in_their_states_and_countries() {
    let (rows, tally) = imported(Source::Geonames, &["places.txt", "admin1CodesASCII.txt", "countryInfo.txt"]);
    let springfield = row(&rows, "geonames/4250542");
    assert_eq!(relations(springfield), ["located_in geonames/4896861", "country geonames/6252001"]);
    assert_eq!((&springfield["popularity"], &springfield["type"]), (&json!(116_250), &json!("LOC")));
    // Massachusetts is known from the file of codes alone.
    assert_eq!(relations(row(&rows, "geonames/4951788"))[0], "located_in geonames/6254926");
    let massachusetts = row(&rows, "geonames/6254926");
    assert_eq!(relations(massachusetts), ["located_in geonames/6252001"]);
    assert_eq!(massachusetts["popularity"], 155_929);
    assert_eq!(relations(row(&rows, "geonames/745044")), ["located_in geonames/298795"]);
    assert_eq!(row(&rows, "geonames/2657896")["aliases"], json!(["Zurich", "Turicum", "Zuerich", "Цюрих"]));
    assert_eq!(row(&rows, "geonames/2658434")["popularity"], 8_516_543);
    assert_eq!(
        skipped(&tally),
        [("abandoned_place", 1), ("lower_case_name", 2), ("other_feature_class", 1), ("unreadable_line", 1)]
    );
    assert!(tally.skipped["unreadable_line"].1.ends_with("places.txt:9"));
    let waters = ImportOptions { feature_classes: vec!['H'], ..ImportOptions::default() };
    let (rows, _) = imported_with(Source::Geonames, &fixtures(&["places.txt"]), &waters);
    assert_eq!(ids(&rows), ["geonames/2657895"]);
}

#[test]
fn alternate_names_of_geonames_are_taken_by_language_and_use() {
    let files = fixtures(&["alternateNamesV2.txt", "countryInfo.txt", "places.txt"]);
    let options = ImportOptions { languages: vec!["en".into(), "de".into()], ..ImportOptions::default() };
    let (rows, tally) = imported_with(Source::Geonames, &files, &options);
    let zurich = row(&rows, "geonames/2657896");
    assert_eq!((&zurich["aliases"], &zurich["wikidata"]), (&json!(["Zurich"]), &json!("Q72")));
    let constantinople = json!([{"text": "Constantinople", "valid_from": "0330", "valid_to": "1930"}]);
    let istanbul = row(&rows, "geonames/745044");
    assert!(istanbul["aliases"].as_array().unwrap().contains(&constantinople[0]), "{istanbul}");
    let illinois = json!([{"text": "IL", "case": "exact"}, {"text": "Land of Lincoln", "weak": true}]);
    assert_eq!(row(&rows, "geonames/4896861")["aliases"], illinois);
    let reasons = ["code_not_name", "name_of_other_place", "other_language"];
    assert!(reasons.iter().all(|reason| tally.skipped.contains_key(reason)), "{tally:?}");
    let error = import(Source::Geonames, &files[2..], &options, &mut |_| Ok(())).unwrap_err().to_string();
    assert!(error.contains("languages"), "{error}");
}

#[test]
fn items_of_wikidata_become_rows_by_their_classes() {
    let options = ImportOptions { languages: vec!["en".into(), "de".into()], ..ImportOptions::default() };
    let (rows, tally) = imported_with(Source::Wikidata, &fixtures(&["wikidata.json"]), &options);
    let scotland = row(&rows, "Q22");
    assert_eq!((&scotland["type"], &scotland["popularity"]), (&json!("LOC"), &json!(5)));
    assert_eq!(
        scotland["aliases"],
        json!(["Schottland", "Alba", "Scotland, United Kingdom", {"text": "SCT", "case": "exact"}])
    );
    assert_eq!(relations(scotland), ["country Q145", "located_in Q145"]);
    assert_eq!(relations(row(&rows, "Q22/people")), ["demonym_of Q22"]);
    let washington = row(&rows, "Q23");
    assert_eq!((&washington["valid_from"], &washington["valid_to"]), (&json!("1732-02-22"), &json!("1799-12-14")));
    // A class of rank deprecated says nothing.
    assert_eq!(row(&rows, "Q306")["type"], "PER");
    assert!(
        tally.skipped["without_class"].1.contains("Q44") && tally.skipped.contains_key("relation_to_missing_entity")
    );
    let popular = ImportOptions { min_sitelinks: 3, ..ImportOptions::default() };
    let (rows, tally) = imported_with(Source::Wikidata, &fixtures(&["wikidata.json"]), &popular);
    assert!(!ids(&rows).contains(&"Q262") && tally.skipped["few_sitelinks"].0 == 1);
}

#[test]
fn items_of_wikidata_read_the_same_with_spaces_and_without_brackets() {
    let options = ImportOptions::default();
    let compact = std::fs::read_to_string(&fixtures(&["wikidata.json"])[0]).unwrap();
    let lines = compact.lines().map(|line| line.trim_end_matches(',')).filter(|line| line.len() > 1);
    let spaced = lines.map(|line| line.replace(r#"":"#, r#"": "#)).collect::<Vec<_>>().join("\r\n");
    let (rows, _) = imported(Source::Wikidata, &["wikidata.json"]);
    assert_eq!(from_text(Source::Wikidata, &spaced, &options).0, rows);
    let (same, tally) = from_text(Source::Wikidata, &format!("{compact}{{\"id\":\"Q1\",\"P31\n"), &options);
    assert_eq!((same, tally.skipped["unreadable_line"].0), (rows, 1));
}

#[test]
fn links_of_follow_the_money_become_relations() {
    let (rows, tally) = imported(Source::Ftm, &["entities.ftm.json"]);
    let mira = row(&rows, "own-p1");
    assert_eq!(mira["aliases"], json!(["HALDEN Mira", "Мира Хальден", {"text": "Mira", "weak": true}]));
    assert_eq!(relations(mira), ["owner_of own-c1", "family_of own-p2"]);
    assert_eq!((&mira["valid_from"], &mira["wikidata"]), (&json!("1961-04"), &json!("Q999999001")));
    assert_eq!(mira["description"], "Minister of Harbours; no; role.pep");
    assert_eq!(
        (&row(&rows, "own-p2")["valid_from"], &row(&rows, "own-p2")["valid_to"]),
        (&Value::Null, &json!("1990"))
    );
    assert_eq!(row(&rows, "own-c1")["aliases"], json!(["Dorvale Lines", {"text": "DSL", "case": "exact"}]));
    assert_eq!(
        skipped(&tally),
        [("relation_to_missing_entity", 1), ("schema_without_names", 1), ("unreadable_line", 1)]
    );
}

#[test]
fn registers_of_organisations_become_rows() {
    let (rows, tally) = imported(Source::Gleif, &["lei.csv"]);
    assert_eq!(ids(&rows), ["lei/5299000000000DORVAL1", "lei/5299000000000DORVAL2"]);
    assert_eq!(
        (&rows[0]["aliases"], &rows[0]["description"]),
        (&json!(["Dorvale Lines"]), &json!("legal entity in GB"))
    );
    assert_eq!(skipped(&tally), [("annulled_or_duplicate", 1), ("automatic_transliteration", 1), ("no_lei", 1)]);
    for (file, aliases) in [
        ("ror-v2.json", json!(["Universität Dorvale"])),
        ("ror-v1.json", json!(["University of Dorvale", "Universität Dorvale"])),
    ] {
        let (rows, tally) = imported(Source::Ror, &[file]);
        let university = row(&rows, "ror/00dorvale");
        let acronym = json!({"text": "DU", "case": "exact"});
        let (acronyms, names): (Vec<&Value>, Vec<&Value>) =
            university["aliases"].as_array().unwrap().iter().partition(|alias| alias.is_object());
        assert_eq!((acronyms, json!(names)), (vec![&acronym], aliases));
        assert_eq!(university["description"], "university or school in Dorvale, United Kingdom");
        assert_eq!((&university["valid_from"], &university["wikidata"]), (&json!("1895"), &json!("Q999999002")));
        assert_eq!(tally.skipped["relation_to_missing_entity"].0, 1);
        assert_eq!(relations(university).len(), usize::from(file == "ror-v2.json"));
    }
}

#[test]
fn territories_of_cldr_have_names_in_all_languages() {
    let files = fixtures(&["cldr/de/territories.json", "cldr/en/territories.json"]);
    let (rows, tally) = imported_with(Source::Cldr, &files, &ImportOptions::default());
    assert_eq!(ids(&rows), ["cldr/150", "cldr/GB", "cldr/MM"]);
    assert_eq!(rows[1]["aliases"], json!([{"text": "UK", "case": "exact"}, "Vereinigtes Königreich"]));
    assert_eq!((&rows[2]["name"], &rows[2]["aliases"]), (&json!("Myanmar (Burma)"), &json!(["Myanmar"])));
    assert_eq!(skipped(&tally), [("no_territory", 3)]);
}

#[test]
fn a_file_of_another_format_fails_at_once_and_says_what_is_expected() {
    for (source, file, expected) in [
        (Source::Geonames, "lei.csv", "allCountries.txt"),
        (Source::Wikidata, "lei.csv", "latest-all.json"),
        (Source::Wikidata, "entities.ftm.json", "latest-all.json"),
        (Source::Ftm, "wikidata.json", "entities.ftm.json"),
        (Source::Gleif, "places.txt", "Entity.LegalName"),
        (Source::Ror, "entities.ftm.json", "ror-data.json"),
        (Source::Ror, "wikidata.json", "ror-data.json"),
        (Source::Cldr, "ror-v1.json", "territories.json"),
        (Source::Csv, "places.txt", "alias"),
    ] {
        let files = fixtures(&[file]);
        let error = import(source, &files, &ImportOptions::default(), &mut |_| Ok(())).unwrap_err().to_string();
        assert!(error.contains(expected) && error.contains(file), "{source:?} {file}: {error}");
    }
}
