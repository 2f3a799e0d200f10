//! Entities of the background: what the model found, and nothing else.

use super::shown;
use crate::link::{EntityTable, LinkOptions, Linker};

const TABLE: &str = r#"
{"id":"c/springfield-il","name":"Springfield","type":"LOC","aliases":[{"text":"Springfield","requires":["Illinois"]}]}
{"id":"c/aleppo","name":"Aleppo","type":"LOC"}
{"id":"c/powell","name":"Colin Powell","type":"PER"}
{"id":"b/aleppo-pa","name":"Aleppo","type":"LOC","tier":"background","popularity":1900}
{"id":"b/springfield-mo","name":"Springfield","type":"LOC","tier":"background","popularity":169000}
{"id":"b/springfield-or","name":"Springfield","type":"LOC","tier":"background","popularity":60000}
{"id":"b/salem-or","name":"Salem","type":"LOC","tier":"background","popularity":170000}
{"id":"b/salem-in","name":"Salem","type":"LOC","tier":"background","popularity":1050000}
{"id":"b/ludlow","name":"Ludlow","type":"LOC","tier":"background","popularity":200000}
{"id":"b/will","name":"Will Price","type":"PER","aliases":["Price","will price of"],"tier":"background"}
{"id":"b/powell","name":"Jane Powell","type":"PER","aliases":["Powell"],"tier":"background"}
{"id":"b/siemens","name":"Siemens AG","type":"ORG","tier":"background"}
{"id":"b/army","name":"Aleppo Army Command","type":"ORG","tier":"background"}
"#;

fn expect(marked: &str, expected: &[&str]) {
    let table = EntityTable::parse(&[("table.jsonl", TABLE)]).unwrap();
    let linker = Linker::new(table, LinkOptions::default());
    assert_eq!(shown(&linker, marked, None), expected, "{marked}");
}

#[test]
fn the_background_links_what_the_model_found() {
    expect("{PER:Will Price} left {LOC:Ludlow}.", &["Will Price=will", "Ludlow=ludlow"]);
    // No mention of its own, not of another type, not in other capitals.
    expect("Will Price left Ludlow.", &[]);
    expect("{ORG:Ludlow} won.", &["Ludlow?no_alias"]);
    expect("{LOC:ludlow} was fun.", &["ludlow?no_alias"]);
    // A whole name only: no misspelling, no part of a longer one.
    expect("{PER:Will Prics} left.", &["Will Prics?no_alias"]);
    expect("{ORG:Ludlow Council} left.", &["Ludlow Council?no_alias"]);
}

#[test]
fn curated_rows_go_before_the_background() {
    expect("Rain in {LOC:Aleppo}.", &["Aleppo=aleppo"]);
    expect("The {ORG:Aleppo Army Command} left {LOC:Aleppo}.", &["Aleppo Army Command=army", "Aleppo=aleppo"]);
    // Unless their own words refuse them.
    expect("{LOC:Springfield} voted.", &["Springfield=springfield-mo"]);
    expect("{LOC:Springfield} in Illinois voted.", &["Springfield=springfield-il"]);
}

#[test]
fn counts_choose_among_the_background() {
    expect("{LOC:Salem} is dry.", &["Salem=salem-in"]);
}

#[test]
fn a_surname_of_the_background_never_links_alone() {
    expect("{PER:Powell} spoke.", &["Powell?no_alias"]);
    expect("{PER:Jane Powell} came. {PER:Powell} spoke.", &["Jane Powell=powell", "Powell=powell"]);
    // Nor does the bare name of a firm, before its whole name is there.
    expect("{ORG:Siemens} grew.", &["Siemens?no_alias"]);
    expect("{ORG:Siemens AG} grew. {ORG:Siemens} said so.", &["Siemens AG=siemens", "Siemens=siemens"]);
}
