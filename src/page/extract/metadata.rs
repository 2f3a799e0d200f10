//! Title, date, language, address and authors of a page, from what its head says and from its headline.

use std::ops::Range;

use super::blocks::Block;
use super::hints::Hints;
use super::json_ld::{self, ArticleData};
use super::pieces::Pieces;
use super::scan::Head;
use super::tags::Tag;
use super::text::{collapsed, plain_text, text};
use super::tree::Tree;
use crate::date::DateRange;

/// What a page says of its article.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) title: Pieces,
    pub(super) date: Option<DateRange>,
    pub(super) lang: Option<String>,
    pub(super) url: Option<String>,
    pub(super) authors: Vec<String>,
}

/// Reads the metadata; `main` are the blocks of the main text.
pub(super) fn metadata(tree: &Tree, head: &Head, blocks: &[Block], main: &[bool]) -> Metadata {
    let data = json_ld::article(&head.json_ld);
    let first = main.iter().position(|&is_main| is_main).unwrap_or(blocks.len());
    let headline = headline(tree, head, blocks, first);
    Metadata {
        title: title(head, &data, headline),
        date: date(tree, head, &data, blocks, first),
        lang: lang(head, &data),
        url: url(head, &data),
        authors: authors(head, data.authors),
    }
}

/// The value of the first of `names` that a `<meta>` element gives.
fn meta<'h>(head: &'h Head, names: &[&str]) -> Option<&'h Pieces> {
    let find = |name: &&str| head.metas.iter().find(|(known, value)| known == name && !value.text.trim().is_empty());
    names.iter().find_map(find).map(|(_, value)| value)
}

/// What the page says that its article is about, in a sentence or two.
pub(super) fn description(head: &Head) -> &str {
    meta(head, &["og:description", "description", "twitter:description"]).map_or("", |value| &value.text)
}

/// The first-level heading that is most like the title of the page; of equal ones, the last before the text.
fn headline(tree: &Tree, head: &Head, blocks: &[Block], first: usize) -> Pieces {
    let title = head.title.text.to_lowercase();
    let words = |text: &str| text.to_lowercase().split_whitespace().filter(|word| title.contains(*word)).count();
    let headings = blocks.iter().enumerate().filter(|(_, block)| block.tag == Tag::H1);
    let likeness = |&(at, block): &(usize, &Block)| (words(&plain_text(tree, block)), at <= first, at);
    let best = headings.max_by_key(likeness);
    best.map(|(_, block)| text(tree, std::iter::once(block))).unwrap_or_default()
}

/// The title as it is meant for other sites, else the headline, without the name of the site.
fn title(head: &Head, data: &ArticleData, headline: Pieces) -> Pieces {
    let site = meta(head, &["og:site_name", "application-name"]).map_or("", |value| value.text.trim());
    let whole = |value: &Pieces| collapsed(value, 0..value.text.len());
    let shared = meta(head, &["og:title", "twitter:title"]).map(whole).unwrap_or_default();
    let page = whole(&head.title);
    let of_data = data.headline.as_str();
    let others = [of_data, &*headline.text, &*shared.text, &*page.text];
    for candidate in [&shared, &headline] {
        let range = without_site(&candidate.text, site, &others);
        if !range.is_empty() {
            let mut title = Pieces::default();
            title.push_part(candidate, range);
            return title;
        }
    }
    if of_data.is_empty() {
        let mut title = Pieces::default();
        title.push_part(&page, without_site(&page.text, site, &others));
        return title;
    }
    // The same words where the page shows them have bytes of their own.
    let mut title = Pieces::default();
    match page.text.find(of_data) {
        Some(start) => title.push_part(&page, start..start + of_data.len()),
        None => title.push_added(of_data),
    }
    title
}

/// What sites put between a title and their name.
const SEPARATORS: &[char] = &['|', '-', '–', '—', '•', '·', ':', '»', '*', '：', 'ㅣ', '｜', '/', '<', '«'];

/// A title up to a separator after which the name of the site follows, or all that another title lacks.
fn without_site(title: &str, site: &str, others: &[&str]) -> Range<usize> {
    let title = title.trim_end();
    let key = letters(title);
    for other in others.iter().map(|other| letters(other)).filter(|other| other.chars().count() >= 8) {
        if key.starts_with(&other) && key.len() > other.len() {
            let end = end_of(title, other.chars().count());
            if title[end..].trim_start_matches(|char: char| !is_separator_or_letter(char)).starts_with(SEPARATORS) {
                return 0..end;
            }
        }
    }
    let site = letters(site);
    let mut end = title.len();
    while let Some(at) = title[..end].rfind(SEPARATORS) {
        let tail = letters(&title[at..end]);
        let names_site =
            tail.chars().count() > 2 && (site.contains(&tail) || (!site.is_empty() && tail.contains(&site)));
        if !names_site {
            break;
        }
        end = title[..at].trim_end().len();
    }
    0..end
}

fn is_separator_or_letter(char: char) -> bool {
    char.is_alphanumeric() || SEPARATORS.contains(&char)
}

/// Where the first `count` letters of a text end, with the closing signs after them.
fn end_of(text: &str, count: usize) -> usize {
    let mut letters = text.char_indices().filter(|(_, char)| char.is_alphanumeric());
    let end = letters.nth(count.saturating_sub(1)).map_or(0, |(at, char)| at + char.len_utf8());
    let closing = |char: &char| matches!(char, '"' | '”' | '“' | '’' | '\'' | '»' | '?' | '!' | '.' | '…' | ')' | '」');
    end + text[end..].chars().take_while(closing).map(char::len_utf8).sum::<usize>()
}

fn letters(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Names of `<meta>` elements that tell when an article was published.
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "article:published:time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date.created",
    "sailthru.date",
    "parsely-pub-date",
    "article.published",
    "published_time",
    "published",
    "article:created",
    "cxenseparse:recs:publishtime",
    "cxense:publishtime",
    "last-modified",
];

/// When it was published, as exactly as the page says.
fn date(tree: &Tree, head: &Head, data: &ArticleData, blocks: &[Block], first: usize) -> Option<DateRange> {
    let from_meta = |names: &[&'static str]| names.iter().find_map(|name| DateRange::parse(&meta(head, &[name])?.text));
    DateRange::parse(&data.published)
        .or_else(|| from_meta(PUBLISHED))
        .or_else(|| time_element(tree, head))
        .or_else(|| visible_date(tree, blocks, first))
        .or_else(|| DateRange::parse(&data.modified))
        .or_else(|| from_meta(&["article:modified_time", "og:updated_time", "datemodified"]))
}

/// The first `<time>` that is not part of a list of other articles.
fn time_element(tree: &Tree, head: &Head) -> Option<DateRange> {
    let dated = |(element, time): &(u32, String)| Some((*element, DateRange::parse(time)?));
    let times: Vec<(u32, DateRange)> = head.times.iter().filter_map(dated).collect();
    let is_apart = |&&(element, _): &&(u32, DateRange)| {
        tree.ancestors(element)
            .all(|outer| !tree.elements[outer as usize].hints.has(Hints::RELATED.with(Hints::COMMENTS)))
    };
    times.iter().find(is_apart).or(times.first()).map(|&(_, date)| date)
}

/// Blocks around the headline among which a date is sought.
const NEAR: usize = 15;

/// A date in a short line near the beginning of the text.
fn visible_date(tree: &Tree, blocks: &[Block], first: usize) -> Option<DateRange> {
    let start = first.saturating_sub(NEAR);
    let end = (first + NEAR).min(blocks.len());
    // The line nearest to the text comes first.
    (start..first).rev().chain(first..end).filter(|&at| blocks[at].chars <= 80).find_map(|at| {
        let text = plain_text(tree, &blocks[at]);
        let digit = text.find(|char: char| char.is_numeric())?;
        [&*text, &text[digit..]].into_iter().find_map(day)
    })
}

fn day(text: &str) -> Option<DateRange> {
    DateRange::parse(text).filter(|range| range.first == range.last)
}

fn lang(head: &Head, data: &ArticleData) -> Option<String> {
    let metas = ["content-language", "language", "og:locale", "dc.language"];
    let declared = head.lang.as_deref().into_iter().chain(meta(head, &metas).map(|value| &*value.text));
    let named = declared.chain([&*data.language]).map(|lang| lang.trim().replace('_', "-"));
    named.into_iter().find(|lang| !lang.is_empty() && lang.len() <= 35)
}

fn url(head: &Head, data: &ArticleData) -> Option<String> {
    let metas = meta(head, &["og:url", "twitter:url"]).map(|value| &*value.text);
    let named = head.canonical.as_deref().into_iter().chain(metas).chain([&*data.url]).map(str::trim);
    let is_address = |url: &&str| url.starts_with("http://") || url.starts_with("https://");
    named.into_iter().find(is_address).map(str::to_owned)
}

fn authors(head: &Head, of_data: Vec<String>) -> Vec<String> {
    let is_name = |name: &String| !name.contains("://") && name.chars().count() <= 100;
    let mut authors: Vec<String> = of_data.into_iter().filter(is_name).collect();
    if authors.is_empty() {
        let named = meta(head, &["author", "article:author", "dc.creator", "parsely-author", "sailthru.author"]);
        authors.extend(named.map(|value| value.text.trim().to_owned()).filter(is_name));
    }
    let mut known = std::collections::HashSet::new();
    authors.retain(|name| known.insert(name.clone()));
    authors
}
