use proptest::prelude::*;
use serde_json::json;

use super::*;

fn record(format: Format, bytes: impl AsRef<[u8]>) -> RawRecord {
    let line = (format == Format::Json).then_some(7);
    let origin = Origin { path: "dump/a.in".into(), line, byte: 1000, ..Origin::default() };
    RawRecord { origin, name: "a.in".into(), format, is_abridged: false, bytes: bytes.as_ref().to_vec() }
}

fn parse(json: impl AsRef<[u8]>) -> Result<Article, Reject> {
    record(Format::Json, json).parse(&ReadOptions::default())
}

#[test]
fn a_record_becomes_an_article() {
    let json = r#"{"id": "n1", "title": "Vote", "text": "Kyiv\u0000 \ud83d\ude00", "date": "2014-06-29", "lang": "en",
        "source": {"name": "Post"}, "page": null, "id": "n2"}"#;
    let keep = ["source.name", "page", "absent"].map(str::to_owned).to_vec();
    let options = ReadOptions { keep, ..ReadOptions::default() };
    let article = record(Format::Json, json).parse(&options).unwrap();
    assert_eq!((&*article.id, article.title.as_deref(), article.lang.as_deref()), ("n2", Some("Vote"), Some("en")));
    assert_eq!(article.text, "Kyiv\0 😀");
    assert_eq!(article.date, DateRange::parse("2014-06-29"));
    assert_eq!(serde_json::to_value(&article.meta).unwrap(), json!({"source.name": "Post", "page": null}));
    assert_eq!((article.origin.byte, article.warnings), (1000, vec![]));
}

#[test]
fn a_text_is_an_article_as_it_stands() {
    let article = record(Format::Text, " Kyiv\0\r\n").parse(&ReadOptions::default()).unwrap();
    assert_eq!((&*article.id, &*article.text, article.title), ("a.in", " Kyiv\0\r\n", None));
}

#[test]
fn ids_are_strings_or_numbers_as_written() {
    for (field, id, warnings) in [
        (r#""id": 17"#, "17", &[][..]),
        (r#""id": 18446744073709551615"#, "18446744073709551615", &[]),
        (r#""id": "", "url": "http://x""#, "http://x", &[]),
        (r#""id": 184467440737095516150"#, "184467440737095516150", &[]),
        (r#""id": 12345.0"#, "12345.0", &[]),
        (r#""id": 007"#, "007", &[]),
        (r#""id": {"$oid": "53af"}"#, "53af", &[]),
        (r#""id": {"x": 1}"#, "dump/a.in#7", &["id_unreadable"]),
        (r#""id": true, "url": "http://x""#, "http://x", &[]),
        (r#""id": null"#, "dump/a.in#7", &[]),
    ] {
        let article = parse(format!(r#"{{"text": "x", {field}}}"#)).unwrap();
        let kinds: Vec<_> = article.warnings.iter().map(|warning| warning.kind).collect();
        assert_eq!((&*article.id, &*kinds), (id, warnings), "{field}");
    }
}

#[test]
fn faults_that_can_be_repaired_cost_no_article() {
    for (json, title, text, warnings) in [
        (&br#"{"text": "a\ud83d"}"#[..], None, "a\u{FFFD}", &["surrogate_replaced"][..]),
        (br#"{"title": "\udc00b", "text": "c"}"#, Some("\u{FFFD}b"), "c", &["surrogate_replaced"]),
        (br#"{"text": "a", "x": "\ud83d", "y": 1e999, "z": [NaN, -Infinity]}"#, None, "a", &[]),
        (br#"{"text": "a", "title": NaN, "headline": "b"}"#, Some("b"), "a", &[]),
        (b"{\"text\": \"a\tb\"}", None, "a\tb", &[]),
    ] {
        let article = parse(json).unwrap();
        let kinds: Vec<_> = article.warnings.iter().map(|warning| warning.kind).collect();
        assert_eq!((article.title.as_deref(), &*article.text, &*kinds), (title, text, warnings));
    }
}

#[test]
fn dates_are_strings_or_numbers() {
    let june = Some("2014-06-29");
    for (date, day) in [
        (r#""29 June 2014""#, june),
        (r#""1404036000""#, june),
        ("1404036000", june),
        ("1404036000.25", june),
        ("1404036000123", june),
        ("20140629", june),
        ("20140629100000", june),
        (r#""20140629T100000Z""#, june),
        ("-150000000", Some("1965-03-31")),
        ("0", None),
        ("20141329", None),
        ("1404036000123456", june),
        (r#""1404036000.5""#, june),
        (r#"{"$date": "2014-06-29T10:00:00Z"}"#, june),
        (r#"{"$date": {"$numberLong": "1404036000000"}}"#, june),
        ("1404036000123456789", None),
        (r#""yesterday""#, None),
        ("true", None),
    ] {
        let article = parse(format!(r#"{{"text": "x", "date": {date}}}"#)).unwrap();
        assert_eq!(article.date, day.and_then(DateRange::parse), "{date}");
        assert_eq!(article.warnings.iter().any(|warning| warning.kind == "date_unreadable"), day.is_none(), "{date}");
    }
}

#[test]
fn what_is_no_article_says_why() {
    use RejectReason::*;
    let deep = format!(r#"{{"text": {}"#, "[".repeat(100_000));
    for (bytes, reason, message) in [
        (
            &b"{\"text\": \"caf\xE9\"}"[..],
            InvalidUtf8,
            "invalid UTF-8 at byte 1013 of the input (byte 13 of the record)",
        ),
        (b"\xFF\xFE{\0", InvalidUtf8, "set `encoding` to that of the text, or to `auto`"),
        (br#"{"text": "x",}"#, InvalidJson, "invalid JSON at line 7, column 14: trailing comma"),
        (br#"{"text": "#, InvalidJson, "EOF while parsing a value; the object is not whole"),
        (br#"{"text": "x"} {"#, InvalidJson, "column 15: trailing characters"),
        (deep.as_bytes(), InvalidJson, "EOF while parsing"),
        (br#"[{"text": "x"}]"#, InvalidJson, "an array where an object is expected"),
        (br#""x""#, InvalidJson, "a string where an object is expected"),
        (
            br#"{"headline": "x"}"#,
            MissingText,
            "no text field: tried `text`, `body`, `content`, `article`, `maintext`; the record has `headline`",
        ),
        (br#"{"text": 5}"#, MissingText, "the text field `text` is a number, not a string"),
        ("{\"text\": \" \u{3000}\", \"title\": \"\"}".as_bytes(), EmptyArticle, "neither text nor title"),
    ] {
        let reject = parse(bytes).unwrap_err();
        assert_eq!(reject.reason, reason, "{reject}");
        assert!(reject.message.contains(message), "{reject}");
        assert!(!reject.excerpt().is_empty() && reject.origin.line == Some(7));
    }
}

#[test]
fn an_article_needs_a_text_or_a_title() {
    assert_eq!(parse(r#"{"text": "", "title": "Kyiv falls"}"#).unwrap().title.as_deref(), Some("Kyiv falls"));
    let reject = record(Format::Text, " \n").parse(&ReadOptions::default()).unwrap_err();
    assert_eq!((reject.reason, reject.id.as_deref()), (RejectReason::EmptyArticle, Some("a.in")));
}

#[test]
fn a_rejected_text_is_known_by_its_name() {
    let reject = record(Format::Text, b"caf\xE9").parse(&ReadOptions::default()).unwrap_err();
    assert_eq!((reject.reason, reject.id.as_deref()), (RejectReason::InvalidUtf8, Some("a.in")));
}

#[test]
fn the_limit_is_that_of_title_and_text() {
    let options = ReadOptions { max_article_bytes: 5, ..ReadOptions::default() };
    let parse = |json: &str| record(Format::Json, json).parse(&options);
    assert_eq!(parse(r#"{"title": "é", "text": "\u00e9x", "more": "xxxxxx"}"#).unwrap().text_bytes(), 5);
    let reject = parse(r#"{"id": 3, "title": "é", "text": "\u00e9xx"}"#).unwrap_err();
    assert_eq!((reject.reason, reject.id.as_deref()), (RejectReason::TooLarge, Some("3")));
    assert_eq!(&*reject.message, "an article of 6 bytes is over the limit of 5");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), date in "\\PC{0,20}") {
        for format in [Format::Text, Format::Json] {
            let _ = record(format, &bytes).parse(&ReadOptions::default());
        }
        let dated = json!({"text": "x", "date": date});
        prop_assert!(parse(dated.to_string()).is_ok());
    }
}
