//! The compiled aliases: from a folded key to the rows that bear it.
//!
//! A scan asks, for each word of an article, which lengths of key begin with that word at all; most words
//! begin none. Work on an article therefore does not grow with the table.

use std::sync::{Arc, LazyLock};

use jiff::civil::Date;

use super::entity::{Entity, EntityIx};
use super::keys::Keys;
use crate::date::DateRange;
use crate::link::text::lists;
use crate::link::text::words::{Case, Gap, Words, separator};

/// The longest alias, in words, that a scan looks for.
pub(crate) const MAX_WORDS: usize = 63;

/// One alias of one entity, in the form that scans compare with a text.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) entity: EntityIx,
    /// As the table writes it, with even quote marks and white space.
    pub(crate) alias: Arc<str>,
    /// The spelling that the key was made of: the alias, or one derived from it.
    pub(crate) text: Arc<str>,
    pub(crate) exact_case: bool,
    /// Not written in the table, but following from a row of it.
    pub(crate) derived: bool,
    pub(crate) lead: Lead,
    pub(crate) cases: Cases,
    rules: Option<Box<Rules>>,
}

/// What few rows say: kept apart, so that the others do not pay for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rules {
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_to: Option<Date>,
    pub(crate) prior: Option<f32>,
    pub(crate) requires: Box<[Box<str>]>,
    pub(crate) excludes: Box<[Box<str>]>,
    pub(crate) kind: Option<Arc<str>>,
}

static NO_RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

impl Row {
    /// A row as the table gives it.
    pub(crate) fn new(entity: EntityIx, alias: Arc<str>, exact_case: bool, rules: Rules) -> Self {
        Self {
            entity,
            text: alias.clone(),
            alias,
            exact_case,
            derived: false,
            lead: Lead::Free,
            cases: Cases::default(),
            rules: (rules != Rules::default()).then(|| Box::new(rules)),
        }
    }

    pub(crate) fn rules(&self) -> &Rules {
        self.rules.as_deref().unwrap_or(&NO_RULES)
    }

    /// False where the article was surely written outside the alias's time; without a date, true.
    pub(crate) fn is_current(&self, date: Option<DateRange>) -> bool {
        let Some((date, rules)) = date.zip(self.rules.as_deref()) else { return true };
        date.may_lie_in(rules.valid_from, rules.valid_to)
    }
}

/// Whether a text must have the article with which an alias begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    /// The alias has none; a text may.
    Free,
    /// "Al Gore", "El Salvador": the capital article may be a name, and without it the rest is another one.
    Needed,
}

/// The capitals of the words of an alias, four bits each. Words beyond the 32nd are taken for small ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cases {
    packed: [u64; 2],
    len: u8,
}

impl Cases {
    const ALL: [Case; 5] = [Case::Lower, Case::Title, Case::Upper, Case::Single, Case::Digit];

    fn of(cases: impl ExactSizeIterator<Item = Case>) -> Self {
        let mut packed = Self { len: cases.len().min(MAX_WORDS) as u8, ..Self::default() };
        for (at, case) in cases.take(32).enumerate() {
            packed.packed[at / 16] |= (case as u64) << (at % 16 * 4);
        }
        packed
    }

    pub(crate) fn len(self) -> usize {
        usize::from(self.len)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Case> {
        let case = move |at: usize| if at < 32 { self.packed[at / 16] >> (at % 16 * 4) & 15 } else { 0 };
        (0..self.len()).map(move |at| Self::ALL[case(at) as usize])
    }
}

/// All rows by key.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// In the order of their keys' numbers; those of one key together.
    rows: Vec<Row>,
    keys: Keys,
    /// The first row of each key, and one past the last row of all.
    firsts: Vec<u32>,
    first_words: Keys,
    /// For the first word of a key: bit `n` is set where some key has `n` words.
    lengths: Vec<u64>,
    /// Words of the longest key: what is longer need not be looked up.
    longest: usize,
    /// Whether some key holds punctuation that names seldom hold.
    has_breaks: bool,
    given: usize,
}

impl Lexicon {
    pub(crate) fn new(rows: Vec<Row>, entities: &[Entity]) -> Self {
        let mut lexicon = Self { given: rows.len(), ..Self::default() };
        let mut keyed: Vec<(u32, Row)> = Vec::with_capacity(rows.len());
        for row in rows {
            let kind = &entities[row.entity.0 as usize].kind;
            for text in derived_spellings(&row.alias, kind) {
                keyed.extend(lexicon.keyed(Row { derived: true, text: text.into(), ..row.clone() }));
            }
            keyed.extend(lexicon.keyed(row));
        }
        // Everything but the line, so that the order of the table's lines does not matter; rows that the
        // table gives come before those that only follow from one. Keys have their numbers from entities
        // that are in the order of their ids.
        keyed.sort_by(|(left_key, left), (right_key, right)| {
            let order =
                |row: &Row| (row.entity, row.derived, row.rules().valid_from, row.rules().valid_to, row.exact_case);
            (left_key, order(left), &left.alias, &left.text).cmp(&(right_key, order(right), &right.alias, &right.text))
        });
        lexicon.rows.reserve_exact(keyed.len());
        for (key, row) in keyed {
            if key as usize == lexicon.firsts.len() {
                lexicon.firsts.push(lexicon.rows.len() as u32);
            }
            lexicon.rows.push(row);
        }
        lexicon.firsts.push(lexicon.rows.len() as u32);
        lexicon.keys.shrink_to_fit();
        lexicon.first_words.shrink_to_fit();
        lexicon
    }

    /// Rows that the table gives, without the derived ones.
    pub(crate) fn given_rows(&self) -> usize {
        self.given
    }

    /// How many rows there are, derived ones included.
    #[cfg(test)]
    pub(crate) fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// The numbers of the rows of a key.
    pub(crate) fn find(&self, key: &str) -> std::ops::Range<u32> {
        let number = self.keys.find(key).map(|number| number as usize);
        number.map_or(0..0, |number| self.firsts[number]..self.firsts[number + 1])
    }

    /// True where some key holds punctuation other than commas and hyphens.
    pub(crate) fn has_breaks(&self) -> bool {
        self.has_breaks
    }

    /// Words of the longest key.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    pub(crate) fn row(&self, number: u32) -> &Row {
        &self.rows[number as usize]
    }

    /// All keys, each with the numbers of its rows.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, std::ops::Range<u32>)> {
        (0..self.keys.len()).map(|at| (self.keys.get(at as u32), self.firsts[at]..self.firsts[at + 1]))
    }

    /// Which lengths of key begin with this word, as bits.
    pub(crate) fn lengths(&self, first_word: &str) -> u64 {
        self.first_words.find(first_word).map_or(0, |number| self.lengths[number as usize])
    }

    /// The row with its form, and the number of its key.
    fn keyed(&mut self, row: Row) -> Option<(u32, Row)> {
        let words = Words::of_name(&row.text);
        let count = words.content_len();
        if count == 0 {
            return None;
        }
        self.longest = self.longest.max(count);
        let mut key = String::new();
        words.push_key(0, count, &mut key);
        self.has_breaks |= key.contains(separator(Gap::Break));
        if count <= MAX_WORDS {
            let first = self.first_words.insert(words.key(words.content(0))) as usize;
            self.lengths.resize(self.lengths.len().max(first + 1), 0);
            self.lengths[first] |= 1 << count;
        }
        let cases = Cases::of((0..count).map(|at| words.get(words.content(at)).case));
        Some((self.keys.insert(&key), Row { lead: lead_of(&words), cases, ..row }))
    }
}

/// A leading article may be left out where its writing shows that it is one ("al-Nusra", "the Gulf").
fn lead_of(words: &Words) -> Lead {
    let first = words.get(0);
    if !first.is_article || words.key(0) == "the" || first.case == Case::Lower {
        return Lead::Free;
    }
    match words.get(1).gap {
        Gap::Hyphen => Lead::Free,
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
    if lists::is_place(kind) {
        for (head, other) in [("Governorate", "Province"), ("Province", "Governorate")] {
            if let Some(name) = alias.strip_suffix(head).filter(|name| name.ends_with(' ') && name.len() > 1) {
                spellings.push(format!("{name}{other}"));
            }
        }
    }
    spellings
}
