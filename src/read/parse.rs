//! One raw record to an article.

use serde_json::value::RawValue;

use super::elasticsearch::{Parts, Record};
use super::encoding::{Decoded, TextEncoding};
use super::fault::Fault;
use super::fields::{DATE, ID, LANG, TITLE};
use super::format::Format;
use super::json::{Object, kind_of, string_of};
use super::lenient;
use super::options::ReadOptions;
use super::record::RawRecord;
use super::reject::{Reject, RejectReason};
use super::{warc, web_page, xml};
use crate::article::{Article, Meta, Origin, Warning};
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
        let article = self.article(options);
        match article.and_then(|article| checked(article, options)) {
            Ok(article) => Ok(Article { origin: self.origin.clone(), ..article }),
            Err(Fault { reason, message, id }) => {
                let id =
                    id.or_else(|| matches!(self.format, Format::Text | Format::Html).then(|| self.name.to_string()));
                Err(self.reject(id, reason, message))
            }
        }
    }

    fn article(&self, options: &ReadOptions) -> Result<Article, Fault> {
        let named = |article| Article { id: self.name.to_string(), ..article };
        match self.format {
            Format::Warc => return self.of_warc(options),
            Format::Html => return web_page::read(&self.bytes, options).map(named),
            _ => {}
        }
        let Decoded { text, guess } = self.decoded(options)?;
        let article = match self.format {
            Format::Text | Format::Html => named(Article::from(text.into_owned())),
            Format::Tar | Format::Zip => {
                return Err(Fault::new(RejectReason::UnsupportedFormat, "an archive is not a record"));
            }
            Format::Xml => with_html(from_json(&xml::parse(&text, options)?, &self.origin, options)?, options)?,
            Format::Json | Format::Csv | Format::Parquet | Format::Warc => {
                with_html(from_json(&text, &self.origin, options)?, options)?
            }
        };
        Ok(with_guess(article, guess))
    }

    fn decoded(&self, options: &ReadOptions) -> Result<Decoded<'_>, Fault> {
        // XML says itself how it is encoded: as it was opened, it became UTF-8. Text in Parquet is UTF-8, but for that of
        // columns which are not marked as text.
        if matches!(self.format, Format::Xml | Format::Parquet)
            && let Ok(text) = std::str::from_utf8(&self.bytes)
        {
            return Ok(Decoded { text: text.into(), guess: None });
        }
        options.encoding.decode(&self.bytes).map_err(|at| Fault::not_decoded(at, self, options))
    }

    fn of_warc(&self, options: &ReadOptions) -> Result<Article, Fault> {
        let article = warc::parse(&self.bytes, options)?;
        let place = || format!("{}@{}", self.origin.path, self.origin.byte);
        let id = Some(article.id).filter(|id| !id.is_empty() && id.len() <= MAX_ID_BYTES).unwrap_or_else(place);
        Ok(Article { id, ..article })
    }
}

/// Checks an article that did not come from an input as [`RawRecord::parse`] checks those that do.
pub(crate) fn check_article(article: Article, options: &ReadOptions) -> Result<Article, Reject> {
    let origin = article.origin.clone();
    checked(article, options).map_err(|Fault { reason, message, id }| {
        let reject = Reject::new(origin, reason, message, &[]);
        Reject { id: id.map(Into::into), ..reject }
    })
}

impl Fault {
    fn not_decoded(within: usize, record: &RawRecord, options: &ReadOptions) -> Self {
        let start = record.origin.byte;
        let (encoding, help) = match options.encoding {
            TextEncoding::Utf8 => ("UTF-8".to_owned(), "; set `encoding` to that of the text, or to `auto`"),
            encoding => (format!("text in the encoding `{encoding}`"), ""),
        };
        let place = match record.format {
            // The bytes are those of the row as JSON.
            Format::Csv | Format::Parquet => format!("in the row at byte {start} of the input"),
            _ => format!("at byte {} of the input (byte {within} of the record)", start + within as u64),
        };
        let message = format!("invalid {encoding} {place}{help}");
        Self::new(RejectReason::InvalidUtf8, message)
    }

    fn not_json(error: &serde_json::Error, parts: &Parts<'_>, origin: &Origin) -> Self {
        if parts.action.is_some() && parts.object.trim().is_empty() {
            return Self::new(RejectReason::MissingText, "an action of Elasticsearch, without a document");
        }
        let what = error.to_string();
        let what = what.rsplit_once(" at line ").map_or(&*what, |(what, _)| what);
        let help = if error.is_eof() { "; the object is not whole" } else { "" };
        let lines_before = parts.lines_before + error.line().saturating_sub(1);
        let (line, column) = (origin.line.unwrap_or(1) + lines_before as u64, error.column());
        Self::new(RejectReason::InvalidJson, format!("invalid JSON at line {line}, column {column}: {what}{help}"))
    }

    /// For JSON that is valid, but no object.
    fn not_an_object(json: &str) -> Option<Self> {
        let value: &RawValue = serde_json::from_str(json).ok()?;
        (kind_of(value) != "an object")
            .then(|| Self::new(RejectReason::InvalidJson, format!("{} where an object is expected", kind_of(value))))
    }
}

fn with_guess(mut article: Article, guess: Option<&'static str>) -> Article {
    article.warnings.extend(guess.map(|encoding| Warning::new("encoding_guessed", Some(encoding.to_owned()))));
    article
}

fn from_json(json: &str, origin: &Origin, options: &ReadOptions) -> Result<Article, Fault> {
    let relaxed;
    let paths = options.paths();
    let parts = Parts::of(json);
    let record = match Record::parse(&parts, &paths) {
        Ok(record) => record,
        Err(error) => {
            relaxed = lenient::relaxed(json);
            let again = relaxed.as_ref().and_then(|relaxed| Record::parse(&Parts::of(relaxed), &paths).ok());
            again
                .ok_or_else(|| Fault::not_an_object(json).unwrap_or_else(|| Fault::not_json(&error, &parts, origin)))?
        }
    };
    let fields = &options.fields;
    let mut warnings = Vec::new();
    let id = ID.find(&record, fields.id.as_deref(), &mut warnings, id).unwrap_or_else(|| origin.to_string());
    let body = fields
        .body(&record)
        .map_err(|what| Fault { id: Some(id.clone()), ..Fault::new(RejectReason::MissingText, what) })?;
    let title = TITLE.find(&record, fields.title.as_deref(), &mut warnings, string_of).unwrap_or_default();
    if body.is_repaired || title.is_repaired {
        warnings.push(Warning::new("surrogate_replaced", None));
    }
    Ok(Article {
        id,
        title: Some(title.text).filter(|title| !title.is_empty()),
        text: body.text,
        date: DATE.find(&record, fields.date.as_deref(), &mut warnings, date),
        lang: LANG.find(&record, fields.lang.as_deref(), &mut warnings, string),
        meta: kept(&record, &options.keep, &mut warnings),
        origin: Origin::default(),
        page: None,
        warnings,
    })
}

/// Resolves HTML where the text is that; else counts the texts that look like it.
fn with_html(mut article: Article, options: &ReadOptions) -> Result<Article, Fault> {
    if !options.fields.html.is_empty() {
        let id = article.id.clone();
        return web_page::resolved(article, options).map_err(|fault| fault.of(Some(id)));
    }
    if let Some(markup) = web_page::markup(&article.text) {
        article.warnings.push(Warning::new("html_in_text", Some(markup.to_owned())));
    }
    Ok(article)
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

fn string(value: &RawValue) -> Option<String> {
    string_of(value).map(|string| string.text)
}

/// Maximum length of an id: each mention is written with that of its article.
const MAX_ID_BYTES: usize = 2048;

/// A string, or a number as it is written; MongoDB writes an object with one member.
fn id(value: &RawValue) -> Option<String> {
    let id = match kind_of(value) {
        "a number" => Some(value.get().to_owned()),
        "an object" => wrapped(value, &["$oid", "$numberLong", "$numberInt"]).and_then(string),
        _ => string(value),
    };
    id.filter(|id| id.len() <= MAX_ID_BYTES)
}

fn date(value: &RawValue) -> Option<DateRange> {
    match kind_of(value) {
        "a number" => DateRange::from_number(value.get().parse().ok()?),
        "a string" => {
            let text = string(value)?;
            DateRange::parse(&text).or_else(|| DateRange::from_number(unix_time(&text)?))
        }
        "an object" => date(wrapped(value, &["$date", "$numberLong"])?),
        _ => None,
    }
}

/// Unix time that was written as a string.
fn unix_time(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    text.parse().ok().filter(|_| is_number)
}

/// The value that MongoDB writes as an object with one member, whose name tells the type.
fn wrapped<'j>(value: &'j RawValue, names: &[&str]) -> Option<&'j RawValue> {
    let object = Object::parse(value.get(), names).ok()?;
    names.iter().find_map(|name| object.get(name))
}

/// Maximum number of bytes of all fields that a record may have copied to its mentions.
const MAX_KEPT_BYTES: usize = 64 << 10;

/// The fields to be copied to mentions; none where they are too large or nested too deeply.
fn kept(record: &Record<'_>, keep: &[String], warnings: &mut Vec<Warning>) -> Meta {
    let present: Vec<_> = keep.iter().filter_map(|path| Some((path, record.get(path)?))).collect();
    let mut meta = Meta::default();
    let size: usize = present.iter().map(|(_, value)| value.get().len()).sum();
    if size > MAX_KEPT_BYTES || !present.into_iter().all(|(path, value)| meta.insert_raw(path, value)) {
        warnings.push(Warning::new("keep_too_large", None));
        return Meta::default();
    }
    meta
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
