//! Rows: one alias of one entity, with what limits it, and their records in a compiled table.

use std::sync::Arc;

use jiff::civil::Date;

use super::entity::EntityIx;
use super::image::cursor::{Cursor, Texts, push_date, push_number, push_text, push_texts};
use super::record::Tier;
use crate::date::DateRange;
use crate::link::text::words::{Case, Gap, Words};

/// The longest alias, in words, that a scan looks for.
pub(crate) const MAX_WORDS: usize = 63;

/// One alias of one entity, in the form that is compared with a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'t> {
    pub(crate) entity: EntityIx,
    /// As the table writes it, with even quote marks and white space.
    pub(crate) alias: &'t str,
    /// The spelling that the key was made of: the alias, or one derived from it.
    pub(crate) text: &'t str,
    pub(crate) exact_case: bool,
    /// Not written in the table, but following from a row of it.
    pub(crate) derived: bool,
    /// A name of many, which never links by itself.
    pub(crate) is_weak: bool,
    pub(crate) tier: Tier,
    pub(crate) lead: Lead,
    pub(crate) cases: Cases<'t>,
    pub(crate) prior: Option<f32>,
    rules: Cursor<'t>,
    kinds: &'t [Arc<str>],
}

/// What few rows say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules<'t> {
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_to: Option<Date>,
    /// The type of mention that it makes, where that is not its entity's.
    pub(crate) kind: Option<&'t str>,
    pub(crate) requires: Texts<'t>,
    pub(crate) excludes: Texts<'t>,
}

impl<'t> Row<'t> {
    pub(crate) fn rules(&self) -> Rules<'t> {
        let mut cursor = self.rules;
        Rules {
            valid_from: cursor.date(),
            valid_to: cursor.date(),
            kind: cursor.number().checked_sub(1).and_then(|kind| self.kinds.get(kind as usize)).map(|kind| &**kind),
            requires: cursor.texts(),
            excludes: cursor.last_texts(),
        }
    }

    /// True for a row whose alias is a mention wherever a text has it.
    pub(crate) const fn is_curated(&self) -> bool {
        matches!(self.tier, Tier::Curated)
    }
}

impl Rules<'_> {
    /// False where the article was surely written outside the alias's time; without a date, true.
    pub(crate) fn is_current(&self, date: Option<DateRange>) -> bool {
        date.is_none_or(|date| date.may_lie_in(self.valid_from, self.valid_to))
    }
}

/// What an alias has to do with a leading article, which its key leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    /// The alias has none; a text may.
    Free,
    /// "Al Gore", "El Salvador": the capital article may be a name, and without it the rest is another one.
    Needed,
}

/// How an alias capitalises the words of its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cases<'t>(&'t [u8]);

impl Cases<'_> {
    const ALL: [Case; 5] = [Case::Lower, Case::Title, Case::Upper, Case::Single, Case::Digit];

    pub(crate) const fn len(self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Case> {
        self.0.iter().map(|&case| Self::ALL.get(usize::from(case)).copied().unwrap_or(Case::Lower))
    }
}

/// A row on its way into a compiled table.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowDraft<'d> {
    pub(crate) entity: EntityIx,
    pub(crate) alias: &'d str,
    pub(crate) text: &'d str,
    pub(crate) exact_case: bool,
    pub(crate) derived: bool,
    pub(crate) is_weak: bool,
    pub(crate) tier: Tier,
    pub(crate) popularity: f32,
    pub(crate) prior: Option<f32>,
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_to: Option<Date>,
    /// One more than the number of a type of mention.
    pub(crate) kind: u32,
    pub(crate) requires: &'d [String],
    pub(crate) excludes: &'d [String],
}

const EXACT: u8 = 1;
const DERIVED: u8 = 2;
const WEAK: u8 = 4;
const BACKGROUND: u8 = 8;
const LEAD: u8 = 16;
const PRIOR: u8 = 32;
const OTHER_TEXT: u8 = 64;
const RULES: u8 = 128;

impl RowDraft<'_> {
    /// The record, but for its length.
    pub(super) fn write(&self, words: &Words, out: &mut Vec<u8>) {
        let count = words.content_len().min(MAX_WORDS);
        let has_rules = self.valid_from.is_some()
            || self.valid_to.is_some()
            || self.kind > 0
            || !self.requires.is_empty()
            || !self.excludes.is_empty();
        let flags = [
            (self.exact_case, EXACT),
            (self.derived, DERIVED),
            (self.is_weak, WEAK),
            (self.tier == Tier::Background, BACKGROUND),
            (lead_of(words) == Lead::Needed, LEAD),
            (self.prior.is_some(), PRIOR),
            (self.text != self.alias, OTHER_TEXT),
            (has_rules, RULES),
        ];
        out.push(flags.iter().map(|&(is_set, flag)| u8::from(is_set) * flag).sum());
        push_number(out, self.entity.0);
        out.push(count as u8);
        out.extend((0..count).map(|at| words.get(words.content(at)).case as u8));
        push_text(out, self.alias);
        self.prior.iter().for_each(|prior| out.extend(prior.to_le_bytes()));
        if self.text != self.alias {
            push_text(out, self.text);
        }
        if has_rules {
            push_date(out, self.valid_from);
            push_date(out, self.valid_to);
            push_number(out, self.kind);
            push_texts(out, self.requires.iter().map(String::as_str));
            push_texts(out, self.excludes.iter().map(String::as_str));
        }
    }

    /// Bytes in whose order the rows of one key stand: what is named most comes first, then the order of entities;
    /// everything but the line counts, so that the order of the lines of a table does not.
    pub(super) fn write_order(&self, out: &mut Vec<u8>) {
        out.extend((!self.popularity.to_bits()).to_be_bytes());
        out.extend(self.entity.0.to_be_bytes());
        out.push(u8::from(self.derived));
        push_date(out, self.valid_from);
        push_date(out, self.valid_to);
        out.push(u8::from(self.exact_case));
        out.extend(self.alias.bytes().chain([0]).chain(self.text.bytes()));
    }
}

/// Reads the record of a row.
pub(super) fn read<'t>(bytes: &'t [u8], kinds: &'t [Arc<str>]) -> Row<'t> {
    let mut cursor = Cursor::new(bytes);
    let flags = cursor.byte();
    let is_set = |flag| flags & flag != 0;
    let entity = EntityIx(cursor.number());
    let count = usize::from(cursor.byte());
    let cases = Cases(cursor.bytes(count));
    let alias = cursor.text();
    let prior = is_set(PRIOR).then(|| cursor.f32());
    let text = if is_set(OTHER_TEXT) { cursor.text() } else { alias };
    Row {
        entity,
        alias,
        text,
        exact_case: is_set(EXACT),
        derived: is_set(DERIVED),
        is_weak: is_set(WEAK),
        tier: tier(flags),
        lead: if is_set(LEAD) { Lead::Needed } else { Lead::Free },
        cases,
        prior,
        rules: if is_set(RULES) { cursor } else { Cursor::default() },
        kinds,
    }
}

/// The tier of a row.
pub(super) fn read_tier(bytes: &[u8]) -> Tier {
    tier(Cursor::new(bytes).byte())
}

const fn tier(flags: u8) -> Tier {
    if flags & BACKGROUND != 0 { Tier::Background } else { Tier::Curated }
}

/// The entity of a row.
pub(super) fn read_entity(bytes: &[u8]) -> EntityIx {
    let mut cursor = Cursor::new(bytes);
    cursor.byte();
    EntityIx(cursor.number())
}

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
