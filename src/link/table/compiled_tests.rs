//! A compiled table under rows of JSON Lines is the table of all these rows.

use std::fs::File;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::link::normalise::fold;

const BASE_ROWS: &str = r#"{"id":"loc/iraq","name":"Iraq","type":"LOC","description":"Country in Asia","popularity":300}
{"id":"loc/mosul","name":"Mosul","type":"LOC","aliases":["Al-Mawsil"],"relations":[{"type":"country","target":"loc/iraq"},{"type":"located_in","target":"loc/nineveh"}],"popularity":80}
{"id":"loc/nineveh","name":"Nineveh Governorate","type":"LOC","relations":[{"type":"country","target":"loc/iraq"}],"popularity":40}
{"id":"loc/springfield-il","name":"Springfield","type":"LOC","tier":"background","popularity":114000}
{"id":"loc/springfield-mo","name":"Springfield","type":"LOC","tier":"background","popularity":169000}
{"id":"org/pkk","name":"Kurdistan Workers’ Party","type":"ORG","aliases":[{"text":"PKK","case":"exact","valid_from":"1978-11-27","requires":["Turkey"],"prior":0.9},"Syrian Republic (party)"],"source":"own"}
{"id":"per/smith","name":"John Smith","type":"PER","aliases":["Smith",{"text":"J. Smith","type":"MISC"}],"tier":"background","valid_from":"-0044","valid_to":"1999"}
"#;

const OWN_ROWS: &str = r#"{"id":"loc/nineveh","extends":true,"aliases":["Ninawa"],"description":"Province of Iraq"}
{"id":"loc/mosul","name":"Mosul City","type":"LOC","aliases":["Mosul"],"relations":[{"type":"country","target":"loc/iraq"}]}
{"id":"per/smith","removed":true}
{"id":"loc/kirkuk","name":"Kirkuk","type":"LOC","relations":[{"type":"country","target":"loc/iraq"}]}
{"id":"loc/springfield-or","name":"Springfield","type":"LOC","tier":"background","popularity":150000}
"#;

/// Builds a compiled table of rows.
fn build(folder: &Path, rows: &str, memory: usize) -> (PathBuf, Built) {
    let path = folder.join("base.nwt");
    let scratch = folder.join("scratch");
    std::fs::create_dir_all(&scratch).unwrap();
    let mut builder = TableBuilder::new(&scratch, BuildOptions { memory, ..BuildOptions::default() });
    builder.add("base.jsonl", rows.as_bytes()).unwrap();
    let built = builder.finish(File::create(&path).unwrap(), "base.nwt").unwrap();
    (path, built)
}

/// All that a table says, with ids instead of numbers.
fn contents(table: &EntityTable, ids: &[&str], names: &[&str]) -> Vec<String> {
    let id = |ix| table.entity(ix).id.to_owned();
    let mut lines = Vec::new();
    for text in ids {
        let Some(ix) = table.find(text) else {
            lines.push(format!("{text} is not there"));
            continue;
        };
        let Entity { name, kind, valid_from, valid_to, description, source, popularity, tier, .. } = table.entity(ix);
        let described: Vec<&str> = table.entity(ix).described_by.collect();
        let relations: Vec<String> = table.relations(ix).map(|(kind, other)| format!("{kind} {}", id(other))).collect();
        let mut neighbours: Vec<String> = table.neighbours(ix).map(id).collect();
        neighbours.sort();
        let neighbours_hold = table.neighbours(ix).all(|other| table.is_neighbour(ix, other));
        lines.push(format!(
            "{text} {name} {kind} {valid_from:?} {valid_to:?} {description:?} {source:?} {popularity} {tier:?} \
             {described:?} {relations:?} {neighbours:?} {neighbours_hold} {:?} {} {}",
            table.origin(ix),
            table.is_country(ix),
            table.kind(ix),
        ));
    }
    for name in names {
        for row in table.rows(&fold(name)) {
            let row = table.row(row);
            lines.push(format!(
                "{name}: {} {:?} {:?} {} {} {} {:?} {:?} {:?} {:?} {:?} {:?}",
                id(row.entity),
                row.alias,
                row.text,
                row.exact_case,
                row.derived,
                row.is_weak,
                row.lead,
                row.prior,
                row.rules().valid_from,
                row.rules().requires.collect::<Vec<_>>(),
                row.rules().kind,
                row.cases.iter().collect::<Vec<_>>(),
            ));
        }
    }
    lines
}

const IDS: [&str; 9] = [
    "loc/iraq",
    "loc/kirkuk",
    "loc/mosul",
    "loc/nineveh",
    "loc/springfield-il",
    "loc/springfield-mo",
    "loc/springfield-or",
    "org/pkk",
    "per/smith",
];
const NAMES: [&str; 12] = [
    "Iraq",
    "Mosul",
    "Mosul City",
    "al-Mawsil",
    "Nineveh Governorate",
    "Nineveh Province",
    "Ninawa",
    "Springfield",
    "PKK",
    "John Smith",
    "J. Smith",
    "Kirkuk",
];

#[test]
fn base_and_rows_over_it_are_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let (path, built) = build(folder.path(), BASE_ROWS, 1 << 20);
    assert_eq!((built.entities, built.missing, built.weak), (7, 0, 1));
    let own = folder.path().join("own.jsonl");
    std::fs::write(&own, OWN_ROWS).unwrap();
    let own_name = own.display().to_string();
    for (layered, whole) in [
        (EntityTable::load(std::slice::from_ref(&path)), EntityTable::parse(&[("base.jsonl", BASE_ROWS)])),
        (
            EntityTable::load(&[path.clone(), own.clone()]),
            EntityTable::parse(&[("base.jsonl", &without(BASE_ROWS, "loc/mosul")), (&own_name, OWN_ROWS)]),
        ),
    ] {
        let (layered, whole) = (layered.unwrap(), whole.unwrap());
        let strip = |lines: Vec<String>| -> Vec<String> {
            // The line of a row that was left out is missing from the numbering.
            lines.iter().map(|line| line.split("RowOrigin").next().unwrap_or_default().to_owned()).collect()
        };
        let [left, right] = [&layered, &whole].map(|table| strip(contents(table, &IDS, &NAMES)));
        for (left, right) in left.iter().zip(&right) {
            assert_eq!(left, right);
        }
        assert_eq!((left.len(), layered.len()), (right.len(), whole.len()));
        for name in NAMES {
            // Of what rows replace, lengths of keys stay.
            let first = fold(name).split(' ').next().unwrap_or_default().to_owned();
            let (layered, whole) = (layered.lengths(&first), whole.lengths(&first));
            assert_eq!(layered & whole, whole, "{first}");
        }
        assert_eq!(layered.longest(), whole.longest());
        // So do types.
        assert!(whole.kinds().iter().all(|kind| layered.has_kind(kind)));
    }
}

fn without(rows: &str, id: &str) -> String {
    rows.lines().filter(|line| !line.contains(&format!("{{\"id\":\"{id}\""))).map(|line| format!("{line}\n")).collect()
}

#[test]
fn sorting_on_disk_gives_the_same_file() {
    let rows: String = (0..3000)
        .map(|at| {
            let (near, far) = (at * 7 % 3000, at * 31 % 400);
            format!(
                "{{\"id\":\"e{at}\",\"name\":\"Name {far}\",\"type\":\"ORG\",\"aliases\":[\"Alias {near} of {far}\"],\
                 \"relations\":[{{\"type\":\"near\",\"target\":\"e{near}\"}}],\"popularity\":{near}}}\n"
            )
        })
        .collect();
    let [small, large] = [60_000, 1 << 26].map(|memory| {
        let folder = tempfile::tempdir().unwrap();
        let (path, built) = build(folder.path(), &rows, memory);
        assert_eq!(built.entities, 3000);
        std::fs::read(path).unwrap()
    });
    assert!(small == large);
}

#[test]
fn files_that_are_no_whole_table_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = build(folder.path(), BASE_ROWS, 1 << 20);
    let bytes = std::fs::read(&path).unwrap();
    let shown = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let error = EntityTable::load(std::slice::from_ref(&path)).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("base.nwt"), "{error}");
        error
    };
    for cut in [8, 9, 500, bytes.len() / 2, bytes.len() - 1] {
        assert!(shown(&bytes[..cut]).contains("compiled table"), "{cut}");
    }
    let mut newer = bytes.clone();
    let trailer = newer.len() - 1024;
    newer[trailer] = 9;
    assert!(shown(&newer).contains("damaged"));
    std::fs::write(&path, &bytes).unwrap();
    let shown = EntityTable::load(&[path.clone(), path.clone()]).unwrap_err().to_string();
    assert!(shown.contains("second compiled table"), "{shown}");
}

#[test]
fn rows_for_entities_that_are_nowhere_are_errors() {
    for (rows, message) in [
        (r#"{"id":"x","extends":true}"#, "no `x` to extend"),
        (r#"{"id":"x","removed":true}"#, "no `x` to remove"),
        (r#"{"id":"x","type":"ORG"}"#, "missing field `name`"),
        (r#"{"id":"x","name":"X","type":"ORG","popularity":-1}"#, "popularity"),
        (r#"{"id":"x","name":"X","type":"ORG","tier":"any"}"#, "`any`"),
    ] {
        let error = EntityTable::parse(&[("t.jsonl", rows)]).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(message) && error.contains("t.jsonl:1"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_sections_never_end_in_a_panic(changes in prop::collection::vec((0usize..1 << 16, any::<u8>()), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let (path, _) = build(folder.path(), BASE_ROWS, 1 << 20);
        let mut bytes = std::fs::read(&path).unwrap();
        let body = bytes.len() - 1024 - 8;
        for (at, byte) in changes {
            bytes[8 + at % body] = byte;
        }
        std::fs::write(&path, &bytes).unwrap();
        let table = EntityTable::load(&[path]).unwrap();
        let _ = contents(&table, &IDS, &NAMES);
        let _ = table.spellings().near("mosull");
    }
}
