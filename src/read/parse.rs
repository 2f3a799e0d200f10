//! One raw record to an article.

use std::str::Utf8Error;

use serde_json::{Map, Value};

use super::fields::{DATE, ID, LANG, TITLE, find_text, kind_of, lookup};
use super::format::Format;
use super::options::ReadOptions;
use super::prune::parse;
use super::record::RawRecord;
use super::reject::{Reject, RejectReason};
use crate::article::{Article, Origin};
use crate::date::DateRange;

impl RawRecord {
    /// Makes the article. The record stays, so that a later stage can still reject it.
    ///
    /// A field other than the text that cannot be read, or that the user named and the record lacks, is left
    /// out and noted in [`Article::warnings`]. A JSON record without an id is called `path#line`.
    ///
    /// # Errors
    ///
    /// A record that is no article, or one over [`ReadOptions::max_article_bytes`], gives a [`Reject`].
    pub fn parse(&self, options: &ReadOptions) -> Result<Article, Reject> {
        let article = match (std::str::from_utf8(&self.bytes), self.format) {
            (Err(error), _) => Err(Fault::not_utf8(&self.bytes, error, &self.origin)),
            (Ok(text), Format::Text) => {
                Ok(Article { id: self.name.to_string(), text: text.into(), ..Article::default() })
            }
            (Ok(line), Format::Jsonl) => from_json(line, &self.origin, options),
        };
        match article.and_then(|article| checked(article, options)) {
            Ok(article) => Ok(Article { origin: self.origin.clone(), ..article }),
            Err(Fault { reason, message, id }) => {
                let id = id.or_else(|| (self.format == Format::Text).then(|| self.name.to_string()));
                Err(self.reject(id, reason, message))
            }
        }
    }
}

/// Checks an article that did not come from an input as [`RawRecord::parse`] checks those that do.
pub(crate) fn check_article(article: Article, options: &ReadOptions) -> Result<Article, Reject> {
    let origin = article.origin.clone();
    checked(article, options)
        .map_err(|Fault { reason, message, id }| Reject { id, ..Reject::new(origin, reason, message, &[]) })
}

/// A reject before it knows its record.
struct Fault {
    reason: RejectReason,
    message: String,
    id: Option<String>,
}

impl Fault {
    fn new(reason: RejectReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), id: None }
    }

    fn not_utf8(bytes: &[u8], error: Utf8Error, origin: &Origin) -> Self {
        let within = error.valid_up_to();
        let byte = origin.byte + within as u64;
        let help = match bytes {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "; it looks like UTF-16: convert with `iconv -f UTF-16 -t UTF-8`",
            _ => "",
        };
        let message = format!("invalid UTF-8 at byte {byte} of the input (byte {within} of the record){help}");
        Self::new(RejectReason::InvalidUtf8, message)
    }

    fn not_json(error: &serde_json::Error, origin: &Origin) -> Self {
        let what = error.to_string();
        let what = what.rsplit_once(" at line ").map_or(&*what, |(what, _)| what);
        let help = if error.is_eof() { "; each object must be whole on one line" } else { "" };
        let (line, column) = (origin.line.unwrap_or(1), error.column());
        Self::new(RejectReason::InvalidJson, format!("invalid JSON at line {line}, column {column}: {what}{help}"))
    }

    fn not_an_object(value: &Value) -> Self {
        let help = if value.is_array() { " (`jq -c '.[]'` converts an array)" } else { "" };
        let message = format!("{} where an object is expected: write one object a line{help}", kind_of(value));
        Self::new(RejectReason::InvalidJson, message)
    }
}

fn from_json(line: &str, origin: &Origin, options: &ReadOptions) -> Result<Article, Fault> {
    let fields = &options.fields;
    let pruned = parse(line, &fields.paths(), &options.keep).map_err(|error| Fault::not_json(&error, origin))?;
    let Value::Object(record) = pruned.value else { return Err(Fault::not_an_object(&pruned.value)) };
    let mut warnings = Vec::new();
    let id = ID.find(&record, fields.id.as_deref(), &mut warnings, id).unwrap_or_else(|| origin.to_string());
    let text = match find_text(&record, fields.text.as_deref()) {
        Ok(text) => text.to_owned(),
        Err(message) => return Err(Fault { id: Some(id), ..Fault::new(RejectReason::MissingText, message) }),
    };
    if !pruned.keeps {
        warnings.push("keep_too_large");
    }
    Ok(Article {
        id,
        title: TITLE.find(&record, fields.title.as_deref(), &mut warnings, string),
        text,
        date: DATE.find(&record, fields.date.as_deref(), &mut warnings, date),
        lang: LANG.find(&record, fields.lang.as_deref(), &mut warnings, string),
        meta: if pruned.keeps { kept(&record, &options.keep) } else { Map::new() },
        origin: Origin::default(),
        warnings,
    })
}

fn checked(article: Article, options: &ReadOptions) -> Result<Article, Fault> {
    let (size, limit) = (article.text_bytes(), options.max_article_bytes);
    let fault = if size > limit {
        Fault::new(RejectReason::TooLarge, format!("an article of {size} bytes is over the limit of {limit}"))
    } else if article.is_blank() {
        Fault::new(RejectReason::EmptyArticle, "neither text nor title hold anything but white space")
    } else {
        return Ok(article);
    };
    Err(Fault { id: Some(article.id), ..fault })
}

fn string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Maximum length of an id: each mention is written with that of its article.
const MAX_ID_BYTES: usize = 2048;

/// A string, or a whole number. Other numbers have lost digits, and could name two articles alike.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => string(value).filter(|id| id.len() <= MAX_ID_BYTES),
    }
}

fn date(value: &Value) -> Option<DateRange> {
    match value {
        Value::Number(number) => DateRange::from_number(number.as_f64()?),
        Value::String(text) => DateRange::parse(text).or_else(|| DateRange::from_number(whole_number(text)?)),
        _ => None,
    }
}

/// Unix time that was written as a string.
fn whole_number(text: &str) -> Option<f64> {
    text.trim().parse::<i64>().ok().map(|number| number as f64)
}

fn kept(record: &Map<String, Value>, keep: &[String]) -> Map<String, Value> {
    keep.iter().filter_map(|path| Some((path.clone(), lookup(record, path)?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn record(format: Format, bytes: impl AsRef<[u8]>) -> RawRecord {
        let line = (format == Format::Jsonl).then_some(7);
        let origin = Origin { path: "dump/a.in".into(), line, byte: 1000, ..Origin::default() };
        RawRecord { origin, name: "a.in".into(), format, bytes: bytes.as_ref().to_vec() }
    }

    fn parse(json: impl AsRef<[u8]>) -> Result<Article, Reject> {
        record(Format::Jsonl, json).parse(&ReadOptions::default())
    }

    #[test]
    fn a_record_becomes_an_article() {
        let json = r#"{"id": "n1", "title": "Vote", "text": "Kyiv\u0000 \ud83d\ude00", "date": "2014-06-29", "lang": "en",
            "source": {"name": "Post"}, "page": null, "id": "n2"}"#;
        let keep = ["source.name", "page", "absent"].map(str::to_owned).to_vec();
        let options = ReadOptions { keep, ..ReadOptions::default() };
        let article = record(Format::Jsonl, json).parse(&options).unwrap();
        assert_eq!((&*article.id, article.title.as_deref(), article.lang.as_deref()), ("n2", Some("Vote"), Some("en")));
        assert_eq!(article.text, "Kyiv\0 😀");
        assert_eq!(article.date, DateRange::parse("2014-06-29"));
        assert_eq!(Value::Object(article.meta), json!({"source.name": "Post", "page": null}));
        assert_eq!((article.origin.byte, article.warnings), (1000, vec![]));
    }

    #[test]
    fn a_text_is_an_article_as_it_stands() {
        let article = record(Format::Text, " Kyiv\0\r\n").parse(&ReadOptions::default()).unwrap();
        assert_eq!((&*article.id, &*article.text, article.title), ("a.in", " Kyiv\0\r\n", None));
    }

    #[test]
    fn ids_are_strings_or_whole_numbers() {
        for (field, id, warnings) in [
            (r#""id": 17"#, "17", &[][..]),
            (r#""id": 18446744073709551615"#, "18446744073709551615", &[]),
            (r#""id": "", "url": "http://x""#, "http://x", &[]),
            (r#""id": 184467440737095516150"#, "dump/a.in#7", &["id_unreadable"]),
            (r#""id": {"$oid": "5"}"#, "dump/a.in#7", &["id_unreadable"]),
            (r#""id": null"#, "dump/a.in#7", &[]),
        ] {
            let article = parse(format!(r#"{{"text": "x", {field}}}"#)).unwrap();
            assert_eq!((&*article.id, &*article.warnings), (id, warnings), "{field}");
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
            ("1404036000123456", None),
            (r#""yesterday""#, None),
            ("true", None),
        ] {
            let article = parse(format!(r#"{{"text": "x", "date": {date}}}"#)).unwrap();
            assert_eq!(article.date, day.and_then(DateRange::parse), "{date}");
            assert_eq!(article.warnings.contains(&"date_unreadable"), day.is_none(), "{date}");
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
            (b"\xFF\xFE{\0", InvalidUtf8, "convert with `iconv -f UTF-16 -t UTF-8`"),
            (br#"{"text": "x",}"#, InvalidJson, "invalid JSON at line 7, column 14: trailing comma"),
            (br#"{"text": "#, InvalidJson, "EOF while parsing a value; each object must be whole on one line"),
            (br#"{"text": "x"} {"#, InvalidJson, "column 15: trailing characters"),
            (br#"{"text": "\ud800"}"#, InvalidJson, "unexpected end of hex escape"),
            (br#"{"text": "\udc00"}"#, InvalidJson, "lone leading surrogate"),
            (deep.as_bytes(), InvalidJson, "recursion limit exceeded"),
            (
                br#"[{"text": "x"}]"#,
                InvalidJson,
                "an array where an object is expected: write one object a line (`jq -c '.[]'`",
            ),
            (br#""x""#, InvalidJson, "a string where an object is expected: write one object a line"),
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
        let parse = |json: &str| record(Format::Jsonl, json).parse(&options);
        assert_eq!(parse(r#"{"title": "é", "text": "\u00e9x", "more": "xxxxxx"}"#).unwrap().text_bytes(), 5);
        let reject = parse(r#"{"id": 3, "title": "é", "text": "\u00e9xx"}"#).unwrap_err();
        assert_eq!((reject.reason, reject.id.as_deref()), (RejectReason::TooLarge, Some("3")));
        assert_eq!(reject.message, "an article of 6 bytes is over the limit of 5");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), date in "\\PC{0,20}") {
            for format in [Format::Text, Format::Jsonl] {
                let _ = record(format, &bytes).parse(&ReadOptions::default());
            }
            let dated = json!({"text": "x", "date": date});
            prop_assert!(parse(dated.to_string()).is_ok());
        }
    }
}
