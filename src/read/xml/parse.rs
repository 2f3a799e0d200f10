//! One record of a document, as a JSON object of the fields that make an article.

use serde_json::{Map, Value};

use super::super::fault::Fault;
use super::super::options::ReadOptions;
use super::super::web_page;
use super::article::{Body, Parts};
use super::element::{Document, Element};
use super::preset::Preset;
use super::text::text_of;
use super::{feed, mediawiki, newsml, nitf};

/// Maximum number of elements whose names are kept for messages.
const MAX_OTHER_NAMES: usize = 100;

/// Reads a record with the start tags of the elements around it.
///
/// The object has the fields that `options` ask for, each under its dotted path: what the format of news has for them,
/// or else the text of the elements to which the path leads. The last part of a path may be an attribute, `@name`.
pub(in super::super) fn parse(source: &str, options: &ReadOptions) -> Result<String, Fault> {
    let document = Document::parse(source).map_err(|error| Fault::new(error.reason(), error.to_string()))?;
    let record = document.record();
    let preset = Preset::of_root(document.root().name().as_bytes()).filter(|_| options.record.is_none());
    let mut object = Map::new();
    if let Some(preset) = preset {
        insert_parts(&mut object, preset.parts(&document), options)?;
    }
    let fields = &options.fields;
    let paths = if preset.is_some() { fields.named().collect() } else { fields.paths() };
    for path in paths.into_iter().chain(options.keep.iter().map(String::as_str)) {
        if !object.contains_key(path) {
            object.extend(value_at(record, path).map(|value| (path.to_owned(), value)));
        }
    }
    if preset.is_none() && fields.text.is_empty() && record.is_plain() {
        object.insert("text".to_owned(), record.text().into());
    }
    // Other names are what a message shows where the text is missing.
    for child in record.children().take(MAX_OTHER_NAMES) {
        object.entry(child.name()).or_insert(Value::Null);
    }
    Ok(Value::Object(object).to_string())
}

impl Preset {
    fn parts(self, document: &Document<'_>) -> Parts {
        match self {
            Self::Feed => feed::parts(document),
            Self::MediaWiki => mediawiki::parts(document),
            Self::NewsMl => newsml::parts(document),
            Self::Nitf => nitf::parts(document),
        }
    }
}

/// Adds what a format of news has, under the usual names of the fields that the user did not name.
fn insert_parts(object: &mut Map<String, Value>, parts: Parts, options: &ReadOptions) -> Result<(), Fault> {
    let fields = &options.fields;
    let optional = [
        ("id", &fields.id, parts.id),
        ("title", &fields.title, parts.title),
        ("date", &fields.date, parts.date),
        ("lang", &fields.lang, parts.language),
    ];
    for (usual, named, found) in optional {
        if named.is_none() {
            object.insert(usual.to_owned(), found.map_or(Value::Null, |found| found.trim().into()));
        }
    }
    if fields.text.is_empty() {
        let text = match parts.body {
            Body::Text(text) => text,
            Body::Html(markup) => web_page::text(&markup)?,
        };
        object.insert("text".to_owned(), text.into());
    }
    Ok(())
}

/// The text at a dotted path, or several where the path leads to several elements.
fn value_at(record: Element<'_>, path: &str) -> Option<Value> {
    let mut values = Vec::new();
    collect(record, path, &mut values);
    match values.len() {
        0 => None,
        1 => values.pop(),
        _ => Some(Value::Array(values)),
    }
}

/// An element whose name contains the dots itself takes precedence.
fn collect(element: Element<'_>, path: &str, values: &mut Vec<Value>) {
    if let Some(name) = path.strip_prefix('@') {
        values.extend(element.attribute(name).map(Value::String));
        return;
    }
    let before = values.len();
    let named = |name| element.children().filter(move |child| child.name() == name || child.local_name() == name);
    values.extend(named(path).map(|child| text_of(child).into()));
    for (dot, _) in path.match_indices('.') {
        if values.len() > before {
            return;
        }
        let (outer, inner) = (&path[..dot], &path[dot + 1..]);
        named(outer).for_each(|child| collect(child, inner, values));
    }
}
