//! Step 2: names that the article itself explains: "the People's Protection Units (YPG)".
//!
//! Where the letters of the short form fit the long one by the rules of Schwartz and Hearst, the two are one.
//! Where they do not (the letters may be those of another language), one of the two must be known to the table
//! and the other be a name of an organisation. A definition stays within a sentence and beats the table.

use ahash::{AHashMap, AHashSet};

use crate::link::candidates::acronym::{is_short_form, letters_fit};
use crate::link::candidates::mention::CandidateMention;
use crate::link::context::LinkContext;
use crate::link::outcome::{Evidence, Link, Method, Reason, Status};
use crate::link::table::{EntityIx, bare_name};
use crate::link::text::lists;
use crate::link::text::normalise::fold;
use crate::link::text::view::FieldView;

/// Bytes of the longest name that an article may define.
const MAX_BYTES: usize = 400;

/// Related entities whose names may support a definition; a country has thousands.
const MAX_RELATED: usize = 512;

/// Two mentions that the article equates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) long: usize,
    pub(crate) short: usize,
    /// The letters of the short form fit the long one.
    pub(crate) letters_fit: bool,
    /// The article says in words that the two are one ("also known as").
    pub(crate) told: bool,
}

impl LinkContext<'_> {
    /// Applies the article's definitions to the mentions that state them and to all others of the same name. Returns
    /// the pairs of mentions that are one, short form first.
    pub(crate) fn apply_definitions(&self, mentions: &[CandidateMention], links: &mut [Link]) -> Vec<(usize, usize)> {
        let definitions = self.definitions(mentions);
        let mut same = Vec::new();
        if definitions.is_empty() {
            return same;
        }
        let stated: AHashSet<usize> = definitions.iter().flat_map(|pair| [pair.short, pair.long]).collect();
        let keys = self.mention_keys(mentions);
        let mut by_key: AHashMap<&str, Vec<usize>> = AHashMap::new();
        for (at, key) in keys.iter().enumerate() {
            by_key.entry(key).or_default().push(at);
        }
        for definition in definitions {
            if !self.apply_definition(mentions, links, definition) {
                continue;
            }
            same.push((definition.short, definition.long));
            for defined in [definition.short, definition.long] {
                // The first definition of a name holds for the whole story, or for the whole boilerplate.
                let others = by_key.remove(&*keys[defined]).unwrap_or_default();
                let link = links[defined].clone();
                if link.method != Some(Method::Acronym) && link.reason != Some(Reason::DefinedOtherwise) {
                    continue;
                }
                for other in others.into_iter().filter(|other| !stated.contains(other)) {
                    let is_boilerplate = |at: usize| self.view.is_boilerplate(mentions[at].sentence);
                    if is_boilerplate(other) == is_boilerplate(defined) {
                        links[other] = link.clone();
                    }
                }
            }
        }
        same
    }

    /// All pairs of neighbouring mentions of a sentence that are put as definition and defined.
    pub(crate) fn definitions(&self, mentions: &[CandidateMention]) -> Vec<Definition> {
        let mut found = Vec::new();
        for at in 0..mentions.len() {
            // What stands in brackets between ("Qanbar (Arabic: …), also known as") is passed over.
            for next in at + 1..mentions.len().min(at + 4) {
                let (left, right) = (&mentions[at], &mentions[next]);
                if left.field != right.field || left.sentence != right.sentence {
                    break;
                }
                found.extend(self.definition_at(mentions, at, next));
            }
        }
        found
    }

    fn definition_at(&self, mentions: &[CandidateMention], at: usize, next: usize) -> Option<Definition> {
        let (left, right) = (&mentions[at], &mentions[next]);
        let field = self.view.field(left.field);
        // A definition is quoted as evidence for each mention of the short form: it must not be what fills an output.
        if left.words.is_empty() || right.words.is_empty() || left.span.len().max(right.span.len()) > MAX_BYTES {
            return None;
        }
        let connector = connector(field, left, right, next == at + 1)?;
        let (long, short) = match (is_short_form(field, left), is_short_form(field, right)) {
            (false, true) => (at, next),
            (true, false) => (next, at),
            (false, false) if connector == Connector::Alias => (at, next),
            _ => return None,
        };
        let letters = mentions[short].span.slice(field.text);
        let letters_fit = letters_fit(mentions[long].span.slice(field.text), letters);
        Some(Definition { long, short, letters_fit, told: connector == Connector::Alias })
    }

    /// Applies a definition to the links of its two mentions; true where it holds.
    pub(crate) fn apply_definition(
        &self,
        mentions: &[CandidateMention],
        links: &mut [Link],
        definition: Definition,
    ) -> bool {
        let Definition { long, short, letters_fit, told } = definition;
        let is_organisation = |at: usize| {
            let kind = links[at].entity.map(|entity| self.table.kind(entity));
            !kind.or(mentions[at].kind.as_deref()).is_some_and(|kind| lists::is_person(kind) || lists::is_place(kind))
        };
        let long_words = self.view.field(mentions[long].field).words.content_of(mentions[long].words.clone()).len();
        let candidate = |at: usize, entity| {
            links[at].entity == Some(entity) || links[at].candidates.iter().any(|candidate| candidate.entity == entity)
        };
        match (links[long].entity, links[short].entity) {
            // Even where the table would choose the same: the article says it, the table only guesses.
            (Some(entity), other) if other != Some(entity) || links[short].reason.is_some() => {
                let unknown = links[short].status == Status::Unknown && is_organisation(long) && long_words > 1;
                let holds = letters_fit || told || unknown || candidate(short, entity);
                if holds {
                    links[short] = self.defined(&mentions[long], &links[long]);
                }
                holds
            }
            (None, Some(entity)) if !told && self.is_rival(mentions, definition, entity) => {
                let is_body = mentions[long].kind.as_deref().is_some_and(lists::is_organisation);
                let is_other_kind = is_body && !lists::is_organisation(self.table.kind(entity));
                if !letters_fit && !is_other_kind {
                    return false;
                }
                links[short] = Link { reason: Some(Reason::DefinedOtherwise), ..Link::default() };
                true
            }
            (None, Some(entity)) => {
                let told = told && mentions[long].kind.as_deref() == Some(self.table.kind(entity));
                let named = links[long].status == Status::Unknown
                    && long_words > 1
                    && (told || (is_organisation(long) && is_organisation(short)));
                if named {
                    links[long] = self.defined(&mentions[short], &links[short]);
                }
                named
            }
            (None, None) => {
                if letters_fit && links[short].status == Status::Ambiguous {
                    links[short] = Link { reason: Some(Reason::DefinedOtherwise), ..Link::default() };
                }
                letters_fit || told
            }
            _ => true,
        }
    }

    /// True where a long form that the table does not know is another body than the entity of its short form: "Food
    /// Standards Agency (FSA)" is not the Free Syrian Army, nor "Young Patriots Group (YPG)" the Syrian militia. Where
    /// the letters do not fit, they may be those of another language, and something of the entity must support it.
    fn is_rival(&self, mentions: &[CandidateMention], definition: Definition, entity: EntityIx) -> bool {
        let long = &mentions[definition.long];
        let words = self.mention_key(long);
        if self.resembles_alias(&words, entity) {
            return false;
        }
        definition.letters_fit || !self.is_supported(&words, long, entity)
    }

    /// True where the long form is a spelling of an alias of the entity: the same number of words that begin alike.
    fn resembles_alias(&self, long: &str, entity: EntityIx) -> bool {
        let entity = self.table.entity(entity);
        let content = |name: &str| -> Vec<String> {
            let folded = fold(name);
            folded.split(' ').filter(|word| !lists::joins_names(word)).map(str::to_owned).collect()
        };
        let (name, long) = (content(bare_name(entity.name)), content(long));
        let begins_alike = |(left, right): (&String, &String)| left.chars().take(4).eq(right.chars().take(4));
        name.len() == long.len() && name.iter().zip(&long).all(begins_alike)
    }

    /// True where the long form has a word of the entity's name or description, and no name of a place that is neither.
    fn is_supported(&self, long: &str, mention: &CandidateMention, entity: EntityIx) -> bool {
        let by_model = mention.kind.as_deref();
        let entity = self.table.entity(entity);
        if by_model.is_some_and(|kind| !lists::is_same_kind(kind, entity.kind)) {
            return false;
        }
        let related = self.table.neighbours(entity.ix).take(MAX_RELATED);
        let related = related.map(|other| fold(self.table.entity(other).name));
        let known: Vec<String> = std::iter::once(fold(entity.name)).chain(related).collect();
        let is_known = |word: &str| {
            let begins = |other: &str| word.chars().take(4).eq(other.chars().take(4));
            let described = || entity.described_by.iter().any(&begins);
            known.iter().any(|name| name.split(' ').any(begins)) || described()
        };
        let is_place = |word: &str| {
            let rows = self.table.curated_rows(word).map(|row| self.table.row_entity(row));
            rows.into_iter().any(|entity| lists::is_place(self.table.kind(entity)))
        };
        let words = || long.split(' ').filter(|word| word.len() > 3);
        words().any(is_known) && words().all(|word| is_known(word) || !is_place(word))
    }

    /// The link of a name that stands for another one of the article.
    fn defined(&self, other: &CandidateMention, link: &Link) -> Link {
        let text = other.span.slice(self.view.field(other.field).text).to_owned();
        Link {
            status: Status::Linked,
            entity: link.entity,
            method: Some(Method::Acronym),
            alias: link.alias.clone(),
            score: link.score.map(|score| score * 0.95),
            evidence: Some(Evidence::Text { field: other.field, span: other.span, text }),
            candidates: Vec::new(),
            reason: None::<Reason>,
        }
    }
}

/// "(UFF and its allies)".
fn adds_others(after: &str) -> bool {
    after.starts_with(" and its ") && after.bytes().take(40).position(|byte| matches!(byte, b')' | b'\n')).is_some()
}

/// How a text puts two names as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connector {
    /// Brackets or "or": a definition only for a short form.
    Brackets,
    /// "also known as": another name of whatever shape.
    Alias,
}

/// The connector between two mentions, if the text between and after them is one.
fn connector(
    field: &FieldView<'_>,
    left: &CandidateMention,
    right: &CandidateMention,
    neighbours: bool,
) -> Option<Connector> {
    let between = field.text[left.span.end..right.span.start].trim_start_matches(['\'', '’', 's', '"', '”']).trim();
    let (between, had_brackets) = match between.split_once(')') {
        Some((inside, rest)) if inside.starts_with('(') => (rest.trim(), true),
        _ => (between, false),
    };
    if !neighbours && !had_brackets {
        return None;
    }
    let after = field.text[right.span.end..].trim_start_matches(['"', '”', '\'', '’']);
    let words = between
        .trim_start_matches(['(', '[', ','])
        .trim()
        .trim_end_matches(['"', '“', '‘', '\''])
        .trim()
        .to_ascii_lowercase();
    let words = words.strip_suffix("the").map_or(words.as_str(), str::trim_end);
    let connector = match words {
        "also known as" | "better known as" | "also called" | "aka" | "a.k.a." => Connector::Alias,
        "" | "or" | "known as" | "known by its acronym" | "known by the acronym" | "or simply" => Connector::Brackets,
        _ => return None,
    };
    let closes = match between.chars().next() {
        Some('(') => after.starts_with([')', ',', ';']) || adds_others(after),
        Some('[') => after.starts_with([']', ',', ';']),
        Some(',') => !words.is_empty(),
        _ => false,
    };
    (closes && !(had_brackets && connector == Connector::Brackets)).then_some(connector)
}
