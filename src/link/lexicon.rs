//! The compiled aliases: from a folded key to the rows that bear it.
//!
//! A scan asks, for each word of an article, which lengths of key begin with that word at all; most words
//! begin none. Work on an article therefore does not grow with the table.

use std::sync::Arc;

use ahash::AHashMap;
use jiff::civil::Date;

use super::table::{Entity, EntityIx, RowOrigin};
use super::words::{Case, Words};
use crate::date::DateRange;

/// The longest alias, in words, that a scan looks for.
pub(super) const MAX_WORDS: usize = 63;

/// One alias of one entity.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) entity: EntityIx,
    /// As the table writes it, with even quote marks and white space.
    pub(super) alias: Arc<str>,
    pub(super) origin: RowOrigin,
    pub(super) exact_case: bool,
    pub(super) valid_from: Option<Date>,
    pub(super) valid_to: Option<Date>,
    pub(super) prior: Option<f32>,
    pub(super) requires: Box<[Box<str>]>,
    pub(super) excludes: Box<[Box<str>]>,
    pub(super) kind: Option<Arc<str>>,
    /// Not written in the table, but following from a row of it.
    pub(super) derived: bool,
}

impl Row {
    /// False where the article was surely written outside the alias's time; without a date, true.
    pub(super) fn is_current(&self, date: Option<DateRange>) -> bool {
        date.is_none_or(|date| date.may_lie_in(self.valid_from, self.valid_to))
    }
}

/// Whether a text must have the article with which an alias begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// The alias has none; a text may.
    Free,
    /// "Al Gore", "El Salvador": the capital article may be a name, and without it the rest is another one.
    Needed,
}

/// The form of a row that scans compare with a text: capitals of its words.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// The spelling that this form was made of: the alias or one derived from it.
    pub(super) text: Arc<str>,
    pub(super) lead: Lead,
    pub(super) cases: Box<[Case]>,
}

/// All rows by key.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    rows: Vec<(Row, Form)>,
    by_key: AHashMap<Box<str>, (u32, u32)>,
    /// For the first word of a key: bit `n` is set where some key has `n` words.
    lengths: AHashMap<Box<str>, u64>,
    given: usize,
}

impl Lexicon {
    pub(super) fn new(rows: Vec<Row>, entities: &[Entity]) -> Self {
        let given = rows.len();
        let mut keyed: Vec<(String, Row, Form)> = Vec::with_capacity(given);
        let mut lengths: AHashMap<Box<str>, u64> = AHashMap::new();
        for row in rows {
            let kind = &entities[row.entity.0 as usize].kind;
            for text in derived_spellings(&row.alias, kind) {
                let derived = Row { derived: true, ..row.clone() };
                keyed.extend(keyed_form(derived, text.into(), &mut lengths));
            }
            let text = row.alias.clone();
            keyed.extend(keyed_form(row, text, &mut lengths));
        }
        // Everything but the line, so that the order of the table's lines does not matter; rows that the
        // table gives come before those that only follow from one.
        keyed.sort_by(|(left_key, left, left_form), (right_key, right, right_form)| {
            let order = |row: &Row| (row.entity, row.derived, row.valid_from, row.valid_to, row.exact_case);
            (left_key, order(left), &left.alias, &left_form.text).cmp(&(
                right_key,
                order(right),
                &right.alias,
                &right_form.text,
            ))
        });
        let mut lexicon = Self { rows: Vec::with_capacity(keyed.len()), by_key: AHashMap::new(), lengths, given };
        for (key, row, form) in keyed {
            let at = lexicon.rows.len() as u32;
            lexicon.by_key.entry(key.into()).or_insert((at, at)).1 = at + 1;
            lexicon.rows.push((row, form));
        }
        lexicon
    }

    /// Rows that the table gives, without the derived ones.
    pub(super) fn given_rows(&self) -> usize {
        self.given
    }

    /// How many rows there are, derived ones included.
    #[cfg(test)]
    pub(super) fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// The numbers of the rows of a key.
    pub(super) fn find(&self, key: &str) -> std::ops::Range<u32> {
        self.by_key.get(key).map_or(0..0, |&(start, end)| start..end)
    }

    pub(super) fn row(&self, number: u32) -> &Row {
        &self.rows[number as usize].0
    }

    pub(super) fn form(&self, number: u32) -> &Form {
        &self.rows[number as usize].1
    }

    /// Which lengths of key begin with this word, as bits.
    pub(super) fn lengths(&self, first_word: &str) -> u64 {
        self.lengths.get(first_word).copied().unwrap_or(0)
    }
}

fn keyed_form(row: Row, text: Arc<str>, lengths: &mut AHashMap<Box<str>, u64>) -> Option<(String, Row, Form)> {
    let words = Words::of_name(&text);
    let count = words.content_len();
    if count == 0 {
        return None;
    }
    let mut key = String::new();
    words.push_key(0, count, &mut key);
    if count <= MAX_WORDS {
        let first = words.key(words.content(0));
        match lengths.get_mut(first) {
            Some(bits) => *bits |= 1 << count,
            None => drop(lengths.insert(first.into(), 1 << count)),
        }
    }
    let cases = (0..count).map(|at| words.get(words.content(at)).case).collect();
    Some((key, row, Form { lead: lead_of(&words), text, cases }))
}

/// A leading article may be left out where its writing shows that it is one ("al-Nusra", "the Gulf").
fn lead_of(words: &Words) -> Lead {
    let first = words.get(0);
    if !first.is_article || words.key(0) == "the" || first.case == Case::Lower {
        return Lead::Free;
    }
    match words.get(1).gap {
        super::words::Gap::Hyphen => Lead::Free,
        _ => Lead::Needed,
    }
}

/// Spellings that follow from a row by general knowledge of English news.
fn derived_spellings(alias: &str, kind: &str) -> Vec<String> {
    const SHORT_COUNTRIES: [(&str, &[&str]); 4] = [
        ("United States", &["U.S.", "US"]),
        ("United Kingdom", &["U.K.", "UK"]),
        ("United Nations", &["U.N.", "UN"]),
        ("European Union", &["E.U.", "EU"]),
    ];
    let mut spellings = Vec::new();
    for (long, shorts) in SHORT_COUNTRIES {
        let begins = |start: &str| alias.strip_prefix(start).filter(|rest| rest.starts_with(' '));
        if let Some(rest) = begins(long) {
            spellings.push(format!("{}{rest}", shorts[1]));
        }
        if let Some(rest) = shorts.iter().find_map(|short| begins(short)) {
            spellings.push(format!("{long}{rest}"));
        }
    }
    if kind == "LOC" {
        for (head, other) in [("Governorate", "Province"), ("Province", "Governorate")] {
            if let Some(name) = alias.strip_suffix(head).filter(|name| name.ends_with(' ') && name.len() > 1) {
                spellings.push(format!("{name}{other}"));
            }
        }
    }
    spellings
}
