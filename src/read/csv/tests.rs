use std::io::{BufReader, Cursor, Read};

use proptest::prelude::*;

use super::*;

fn cutter(table: &[u8], limit: usize) -> CsvRows {
    let reader = BufReader::with_capacity(5, Cursor::new(table.to_vec()));
    CsvRows::new(Box::new(reader), 0, limit, &ReadOptions::default())
}

/// What comes of a table: `line@byte row`, or the message of a reject.
fn rows(table: &str, limit: usize) -> Vec<String> {
    let mut cutter = cutter(table.as_bytes(), limit);
    std::iter::from_fn(|| cutter.next_cut())
        .map(|cut| {
            let cut = cut.unwrap();
            let what = match &cut.fault {
                Some(fault) => fault.message.clone(),
                None if cut.is_over(limit) => format!("{} bytes", cut.size),
                None => String::from_utf8(cut.bytes).unwrap(),
            };
            format!("{}@{} {what}", cut.line.unwrap(), cut.byte)
        })
        .collect()
}

#[test]
fn rows_come_with_their_places() {
    let expected =
        ["2@8 {\"id\":\"1\",\"text\":\"a\"}", "3@12 {\"id\":\"2\",\"text\":\"b\\nc\"}", "6@21 {\"id\":\"3\"}"];
    assert_eq!(rows("id,text\n1,a\n2,\"b\nc\"\n\n3\n", 1000), expected);
    for (table, place) in [
        ("sep=;\r\nid;text\r\n1;a\r\n", "3@16"),
        ("\r\nid\ttext\r\n1\ta", "3@11"),
        ("sep=|\nid|text\n1|a", "3@14"),
        ("id;text\r1;a\r", "2@8"),
    ] {
        assert_eq!(rows(table, 1000), [format!("{place} {{\"id\":\"1\",\"text\":\"a\"}}")], "{table:?}");
    }
    assert_eq!(rows("id,text\n", 1000), [""; 0]);
    assert_eq!(rows("", 1000), [""; 0]);
}

#[test]
fn a_broken_quote_costs_its_line_alone() {
    let table = "id,title,text\n1,a,b\n2,\"open,c\n3,\"d\",\"e\"\n4,\"say \"\"so\"\"\",\"f \"g\" h\"\n5,i,j\n";
    let found = rows(table, 1000);
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(found[1].starts_with("3@20 line 3 is not a row of the table"), "{found:#?}");
    assert!(found[2].ends_with("{\"id\":\"3\",\"title\":\"d\",\"text\":\"e\"}"), "{found:#?}");
    assert!(found[3].ends_with(r#"{"id":"4","title":"say \"so\"","text":"f \"g\" h"}"#), "{found:#?}");
    assert_eq!(found[4], "6@65 {\"id\":\"5\",\"title\":\"i\",\"text\":\"j\"}");
}

#[test]
fn a_quote_that_is_never_closed_costs_its_line_alone() {
    let rest = "2,plain text,x\n".repeat(200);
    for limit in [500, 1_000_000] {
        let found = rows(&format!("id,text,more\n1,\"open,x\n{rest}"), limit);
        assert_eq!(found.len(), 201, "{:?}", &found[..2]);
        assert!(found[0].contains("line 2 is not a row"), "{}", found[0]);
    }
}

#[test]
fn parts_of_a_broken_row_are_no_rows() {
    let found = rows("text,id\n\"one\nsays \"no\" here\ntwo\",1\nthree,2\n", 1000);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(found[1].contains("1 columns, the table has 2"), "{found:#?}");
    assert!(found[3].ends_with("{\"text\":\"three\",\"id\":\"2\"}"), "{found:#?}");
}

#[test]
fn a_row_with_more_columns_than_the_table_is_rejected_unless_they_are_empty() {
    let found = rows("id,text\n1,a,\n2,He came, saw\n", 1000);
    assert_eq!(found[0], "2@8 {\"id\":\"1\",\"text\":\"a\"}");
    assert!(found[1].contains("the row on line 3 has 3 columns, the table has 2"), "{found:?}");
}

#[test]
fn a_row_over_the_limit_is_measured_and_passed_over() {
    let long = "long \n line".repeat(1000);
    let found = rows(&format!("id,text\n1,\"{long}\"\n2,b\n"), 2000);
    assert_eq!(found, ["2@8 11004 bytes", "1003@11013 {\"id\":\"2\",\"text\":\"b\"}"]);
}

#[test]
fn a_failure_gives_what_came_before_it() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    let reader = BufReader::new(Cursor::new("id,text\n1,a\n2,\"b").chain(Broken));
    let mut cutter = CsvRows::new(Box::new(reader), 0, 1000, &ReadOptions::default());
    assert!(cutter.next_cut().unwrap().is_ok());
    let (cut, error) = cutter.next_cut().unwrap().unwrap_err();
    assert_eq!((cut.line, cut.byte, &*cut.bytes), (Some(3), 12, &b"2,\"b"[..]));
    assert_eq!(error.to_string(), "gone");
}

proptest! {
    /// The oracle is the crate `csv`.
    #[test]
    fn tables_give_the_rows_that_were_written(
        rows_of in prop::collection::vec(prop::collection::vec("[a-c,;\"\n\r é\\\\]{0,6}x", 2), 1..6),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "text"]).unwrap();
        rows_of.iter().for_each(|row| writer.write_record(row).unwrap());
        let mut cutter = cutter(&writer.into_inner().unwrap(), 1000);
        for row in &rows_of {
            let cut = cutter.next_cut().unwrap().unwrap();
            let json: serde_json::Value = serde_json::from_slice(&cut.bytes).unwrap();
            prop_assert_eq!(json, serde_json::json!({"id": row[0], "text": row[1]}));
        }
        prop_assert!(cutter.next_cut().is_none());
    }

    #[test]
    fn nothing_makes_it_panic_or_run_for_ever(table in "[a,;\"\n\r]{0,40}", limit in 1usize..30) {
        let mut cutter = cutter(table.as_bytes(), limit);
        let mut ends = 0;
        while let Some(cut) = cutter.next_cut() {
            let cut = cut.unwrap();
            prop_assert!(cut.byte >= ends && (cut.byte as usize) < table.len());
            ends = cut.byte + 1;
        }
    }
}
