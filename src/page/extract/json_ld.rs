//! What pages say of their article in JSON-LD, by the vocabulary of schema.org.

use serde_json::Value;

use super::scan::resolved;

/// Depth to which objects are searched for the article.
const MAX_DEPTH: u8 = 6;

/// The article that a page describes; what it leaves out is empty.
#[derive(Debug, Default)]
pub(super) struct ArticleData {
    pub(super) headline: String,
    pub(super) published: String,
    pub(super) modified: String,
    pub(super) language: String,
    pub(super) url: String,
    pub(super) authors: Vec<String>,
}

/// Reads the scripts of a page. The first article has the word; what it lacks is taken from the others.
pub(super) fn article(scripts: &[String]) -> ArticleData {
    let mut data = ArticleData::default();
    for value in scripts.iter().filter_map(|script| parsed(script)) {
        collect(&value, MAX_DEPTH, &mut data);
    }
    data
}

/// Line ends inside strings, which JSON does not allow and sites write, count as spaces.
fn parsed(script: &str) -> Option<Value> {
    let script = script.trim().trim_end_matches(';');
    serde_json::from_str(script).ok().or_else(|| {
        let repaired: String = script.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
        serde_json::from_str(&repaired).ok()
    })
}

fn collect(value: &Value, depth: u8, data: &mut ArticleData) {
    match value {
        Value::Array(items) if depth > 0 => items.iter().for_each(|item| collect(item, depth - 1, data)),
        Value::Object(object) if depth > 0 => {
            if is_article(&object.get("@type").map(strings).unwrap_or_default()) {
                read(value, data);
            }
            for key in ["@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"] {
                object.get(key).into_iter().for_each(|inner| collect(inner, depth - 1, data));
            }
        }
        _ => {}
    }
}

fn is_article(types: &[String]) -> bool {
    types.iter().any(|kind| {
        let kind = kind.rsplit('/').next().unwrap_or_default();
        kind.ends_with("Article") || kind.ends_with("BlogPosting") || kind == "Report" || kind == "Review"
    })
}

fn read(article: &Value, data: &mut ArticleData) {
    let fill = |field: &mut String, keys: &[&str]| {
        if field.is_empty() {
            let found = keys.iter().find_map(|key| article.get(key).map(strings)?.into_iter().next());
            *field = found.unwrap_or_default();
        }
    };
    fill(&mut data.headline, &["headline", "name"]);
    fill(&mut data.published, &["datePublished", "dateCreated", "uploadDate"]);
    fill(&mut data.modified, &["dateModified"]);
    fill(&mut data.language, &["inLanguage"]);
    fill(&mut data.url, &["url", "mainEntityOfPage"]);
    if data.authors.is_empty() {
        data.authors = article.get("author").or_else(|| article.get("creator")).map(strings).unwrap_or_default();
    }
}

/// A string, the name (or the address) of an object, or those of a list.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => Some(resolved(text)).filter(|text| !text.is_empty()).into_iter().collect(),
        Value::Array(items) => items.iter().filter(|item| !item.is_array()).flat_map(strings).collect(),
        Value::Object(object) => {
            let named = ["name", "@id", "url"].iter().find_map(|key| object.get(*key)?.as_str());
            named.map(resolved).filter(|text| !text.is_empty()).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
