use std::path::Path;

use super::*;
use crate::link::check;

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

fn imported(text: &str) -> (Vec<Value>, Tally) {
    let mut out = Vec::new();
    let mut rows = Rows::new(&mut out);
    Petrarch::default().read(text.as_bytes(), Path::new("d.txt"), &mut rows).unwrap();
    let tally = rows.finish().unwrap();
    (lines(&out), tally)
}

fn lines(out: &[u8]) -> Vec<Value> {
    let report = check::check(&[("t.jsonl", out)]);
    assert_eq!(report.count(check::Severity::Error), 0, "{:?}", report.findings);
    std::str::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_belongs_to_a_state_is_no_alias_of_it() {
    let (rows, tally) = imported(DICTIONARY);
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        ["loc/syria", "misc/syrian", "loc/damascus", "per/mohammad-zahir-shah", "org/syrian-national-army"]
    );
    assert_eq!(rows[0]["aliases"], json!(["Syrian Arab Republic of Syria"]));
    assert_eq!(rows[1]["relations"], json!([{"type": "demonym_of", "target": "loc/syria"}]));
    assert_eq!(rows[2]["relations"], json!([{"type": "located_in", "target": "loc/syria"}]));
    assert_eq!(rows[3]["description"], "elite of syria 1932-01-01 to 1933-11-08; government of syria from 1933-11-08");
    assert_eq!(rows[4]["aliases"], json!([{"text": "SNA", "case": "exact"}]));
    let skipped: Vec<(&str, u64)> = tally.skipped.iter().map(|(reason, (count, _))| (*reason, *count)).collect();
    assert_eq!(
        skipped,
        [("bad_role", 1), ("common_word", 1), ("no_code", 1), ("office_not_name", 1), ("too_short", 1)]
    );
    assert_eq!(tally.skipped["bad_role"].1, "d.txt:13");
}

fn from_list(text: &str, kind: Option<&str>) -> (Vec<Value>, Tally) {
    let mut out = Vec::new();
    let mut rows = Rows::new(&mut out);
    delimited(text.as_bytes(), Path::new("l.csv"), kind, &mut rows).unwrap();
    let tally = rows.finish().unwrap();
    (lines(&out), tally)
}

#[test]
fn lists_become_entities_with_all_their_aliases() {
    let text = "alias,entity,name,type,valid_from\n\"Assad, B.\",per/a,Bashar al-Assad,PER,2000\nAsad,per/a,,,\n,per/a,,,\nX,per/b,,PER,June\nSNC,org/s,,,\nAssad,per/a,,,\n";
    let (rows, tally) = from_list(text, None);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["aliases"], json!([{"text": "Assad, B.", "valid_from": "2000"}, "Asad", "Assad"]));
    let skipped: Vec<&str> = tally.skipped.keys().copied().collect();
    assert_eq!(skipped, ["bad_date", "no_alias", "no_name", "no_type"]);
    assert_eq!(from_list("alias\tentity\nSNC\torg/s\n", Some("ORG")).0[0]["name"], "SNC");
    // A name that a table would refuse is left out, and the first alias that it takes stands in for it.
    let text = "alias,entity,name\n(x),org/q,\u{2014}\nQuay Board,org/q,\n- (y),org/r,\n";
    let (rows, tally) = from_list(text, Some("ORG"));
    assert_eq!((rows.len(), &rows[0]["name"], &rows[0]["aliases"]), (1, &json!("(x)"), &json!(["Quay Board"])));
    assert_eq!(tally.skipped["no_name"], (1, "org/r".to_owned()));
    let mut rows = Rows::new(Vec::new());
    let error = delimited(&b"name,entity\n"[..], Path::new("l.csv"), None, &mut rows).unwrap_err().to_string();
    assert!(error.contains("l.csv:1: the first line has no column `alias`"), "{error}");
}
