//! One record, checked and written as the bytes of its entity and of its rows.

use ahash::AHashSet;
use jiff::civil::Date;

use super::super::entity::{EntityDraft, EntityIx, RowOrigin};
use super::super::image::index::hash;
use super::super::record::{AliasRecord, CaseRule, EntityRecord, Tier};
use super::super::row::RowDraft;
use super::super::{bare_name, read_date, table_error};
use super::admission::{Admission, is_acronym, judge, without_legal_form};
use super::lists::Numbers;
use super::spelling::Spelling;
use crate::error::Result;
use crate::link::text::lists;
use crate::link::text::normalise::{exact, fold};
use crate::link::text::words::{Gap, separator};

/// The bytes of a record.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) entity: Vec<u8>,
    pub(super) rows: Vec<DraftRow>,
    /// What the entity has a relation to; the second is true for its country.
    pub(super) targets: Vec<(EntityIx, bool)>,
    /// Relations to entities that are nowhere.
    pub(super) missing: u32,
    /// Aliases as the record gives them, its name included.
    pub(super) given: u32,
    /// Names of the background that were left out, each with the rule.
    pub(super) dropped: Vec<(&'static str, String)>,
    /// Names of the background that were made weak.
    pub(super) weak: u64,
    pub(super) longest: u32,
    pub(super) has_breaks: bool,
}

/// A row with its order among all rows: the hash of its key, the key, a zero, and its order within the key.
#[derive(Debug)]
pub(super) struct DraftRow {
    pub(super) order: Vec<u8>,
    pub(super) record: Vec<u8>,
}

/// What drafting has to know beside the record.
pub(super) struct Drafting<'a> {
    /// The number of the entity with an id.
    pub(super) find: &'a (dyn Fn(&str) -> Option<EntityIx> + Sync),
    /// Whether a relation to an entity that is nowhere is an error.
    pub(super) strict: bool,
    /// Folded words that are no names of the background.
    pub(super) common: &'a AHashSet<String>,
}

impl Drafting<'_> {
    pub(super) fn draft(
        &self,
        record: &EntityRecord,
        numbers: &Numbers,
        ix: EntityIx,
        origin: &RowOrigin,
    ) -> Result<Draft> {
        let mut draft = Draft::default();
        let relations = self.relations(record, numbers, origin, &mut draft)?;
        let (valid_from, valid_to) = period(record.valid_from.as_deref(), record.valid_to.as_deref(), origin)?;
        let described_by = content_words(record.description.as_deref().unwrap_or_default());
        let entity = EntityDraft {
            id: &record.id,
            name: &record.name,
            valid_from,
            valid_to,
            description: record.description.as_deref(),
            wikidata: record.wikidata.as_deref(),
            source: numbers.source,
            popularity: record.popularity.unwrap_or_default(),
            tier: record.tier.unwrap_or_default(),
            origin: numbers.origin,
            described_by: &described_by.iter().map(String::as_str).collect::<Vec<_>>(),
            relations: &relations,
        };
        entity.write(&mut draft.entity);
        draft.add_rows(record, numbers, ix, origin, self.common)?;
        Ok(draft)
    }

    fn relations(
        &self,
        record: &EntityRecord,
        numbers: &Numbers,
        origin: &RowOrigin,
        draft: &mut Draft,
    ) -> Result<Vec<(u32, EntityIx)>> {
        let mut relations = Vec::with_capacity(record.relations.len());
        for (relation, &kind) in record.relations.iter().zip(&numbers.relations) {
            let Some(target) = (self.find)(&relation.target) else {
                if self.strict {
                    let what =
                        format!("`{}` has a relation to `{}`, which is not in the table", record.id, relation.target);
                    return Err(
                        table_error(&*origin.file, origin.line, what).help("add that entity, or take the relation out")
                    );
                }
                draft.missing += 1;
                continue;
            };
            relations.push((kind, target));
            draft.targets.push((target, relation.kind == "country"));
        }
        Ok(relations)
    }
}

impl Draft {
    fn add_rows(
        &mut self,
        record: &EntityRecord,
        numbers: &Numbers,
        ix: EntityIx,
        origin: &RowOrigin,
        common: &AHashSet<String>,
    ) -> Result<()> {
        // The name is an alias too; a qualifier in brackets ("Dabiq (magazine)") is not part of what news writes.
        let name = Spelling::of(exact(bare_name(&record.name)));
        let aliases: Vec<Spelling> = record.aliases.iter().map(|alias| Spelling::of(exact(&alias.text))).collect();
        let of_name = RowDraft {
            entity: ix,
            tier: record.tier.unwrap_or_default(),
            popularity: record.popularity.unwrap_or_default(),
            ..RowDraft::default()
        };
        // An alias that repeats the name gives it rules: then the name is no alias by itself. Large sources repeat it
        // without, in all kinds of capitals.
        let is_wide = of_name.tier == Tier::Background;
        let repeats = |alias: &AliasRecord| is_wide && !alias.has_rules();
        let replaces = |(alias, spelling): (&AliasRecord, &Spelling)| spelling.key == name.key && !repeats(alias);
        if !record.aliases.iter().zip(&aliases).any(replaces) {
            check_letters(bare_name(&record.name), &name, origin)?;
            self.add_row(of_name.clone(), &name, (&record.kind, true), common);
        }
        for ((alias, spelling), &kind) in record.aliases.iter().zip(&aliases).zip(&numbers.alias_kinds) {
            check_letters(&alias.text, spelling, origin)?;
            if spelling.key == name.key && repeats(alias) {
                continue;
            }
            if let Some(prior) = alias.prior.filter(|prior| !(*prior > 0.0 && *prior <= 1.0)) {
                let what = format!("the prior {prior} of alias `{}` is not in (0, 1]", alias.text);
                return Err(table_error(&*origin.file, origin.line, what)
                    .help("a prior is the share of uses of this alias that mean this entity"));
            }
            let (valid_from, valid_to) = period(alias.valid_from.as_deref(), alias.valid_to.as_deref(), origin)?;
            let row = RowDraft {
                exact_case: alias.case == CaseRule::Exact || alias.is_weak,
                is_weak: alias.is_weak,
                prior: alias.prior,
                valid_from,
                valid_to,
                kind,
                requires: &folded_words(&alias.requires),
                excludes: &folded_words(&alias.excludes),
                ..of_name.clone()
            };
            self.add_row(row, spelling, (&record.kind, spelling.key == name.key), common);
        }
        Ok(())
    }

    /// Adds a row, and those that follow from it, unless it is a name that the background does without.
    fn add_row<'d>(
        &mut self,
        row: RowDraft<'d>,
        spelling: &'d Spelling,
        (kind, is_name): (&str, bool),
        common: &AHashSet<String>,
    ) {
        self.given += 1;
        let mut row = RowDraft { alias: &spelling.text, ..row };
        let mut derived = derived_spellings(row.alias, kind);
        if row.tier == Tier::Background {
            let is_stated = row.exact_case && !row.is_weak && is_acronym(spelling);
            let admission = if is_stated { Admission::Full } else { judge(spelling, kind, is_name, common) };
            match admission {
                Admission::Dropped(rule) => return self.dropped.push((rule, spelling.text.clone())),
                Admission::Weak => {
                    self.weak += u64::from(!row.is_weak);
                    (row.is_weak, row.exact_case) = (true, true);
                }
                Admission::Full => {}
            }
            let bare = without_legal_form(row.alias).filter(|_| lists::is_organisation(kind));
            derived.extend(bare.map(str::to_owned));
        }
        for text in derived {
            let spelling = Spelling::of(text);
            let mut row = RowDraft { derived: true, text: &spelling.text, ..row.clone() };
            if row.tier == Tier::Background {
                match judge(&spelling, kind, false, common) {
                    Admission::Dropped(_) => continue,
                    // The bare name of a firm is that of many things.
                    _ if spelling.words.content_len() == 1 => (row.is_weak, row.exact_case) = (true, true),
                    _ => {}
                }
            }
            self.add_spelling(&row, &spelling);
        }
        self.add_spelling(&RowDraft { text: row.alias, ..row.clone() }, spelling);
    }

    fn add_spelling(&mut self, row: &RowDraft<'_>, spelling: &Spelling) {
        let Spelling { words, key, .. } = spelling;
        let count = words.content_len();
        if count == 0 {
            return;
        }
        self.longest = self.longest.max(count as u32);
        self.has_breaks |= key.contains(separator(Gap::Break));
        let mut order = hash(key).to_be_bytes().to_vec();
        order.extend(key.bytes().chain([0]));
        row.write_order(&mut order);
        let mut record = Vec::with_capacity(row.alias.len() + 16);
        row.write(words, &mut record);
        self.rows.push(DraftRow { order, record });
    }
}

fn folded_words(words: &[String]) -> Vec<String> {
    words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect()
}

fn check_letters(alias: &str, spelling: &Spelling, origin: &RowOrigin) -> Result<()> {
    if !spelling.key.is_empty() {
        return Ok(());
    }
    Err(table_error(&*origin.file, origin.line, format!("the alias `{alias}` has no letter or digit"))
        .help("take it out"))
}

/// Folded words of a description that could tell one entity from another, sorted.
fn content_words(description: &str) -> Vec<String> {
    let folded = fold(description);
    let tells = |word: &&str| {
        word.len() >= 4 && !lists::is_filler(word) && !word.starts_with(|first: char| first.is_ascii_digit())
    };
    let mut words: Vec<&str> = folded.split([' ', ',', '|']).filter(tells).collect();
    words.sort_unstable();
    words.dedup();
    words.into_iter().map(str::to_owned).collect()
}

fn period(from: Option<&str>, to: Option<&str>, origin: &RowOrigin) -> Result<(Option<Date>, Option<Date>)> {
    let read = |key: &str, text: Option<&str>| {
        text.map(|text| {
            read_date(text).ok_or_else(|| {
                table_error(&*origin.file, origin.line, format!("`{key}` is not a date: `{text}`"))
                    .help("write YYYY, YYYY-MM or YYYY-MM-DD")
            })
        })
        .transpose()
    };
    let first = read("valid_from", from)?.map(|range| range.first);
    let last = read("valid_to", to)?.map(|range| range.last);
    match (first, last) {
        (Some(first), Some(last)) if first > last => {
            Err(table_error(&*origin.file, origin.line, format!("`valid_from` {first} is after `valid_to` {last}")))
        }
        period => Ok(period),
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
