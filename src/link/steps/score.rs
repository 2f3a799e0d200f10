//! What speaks for or against a candidate, each thing a factor of its weight.

use ahash::AHashMap;

use crate::link::candidates::mention::{CandidateMention, Hit, MatchKind};
use crate::link::codes::codes;
use crate::link::context::LinkContext;
use crate::link::table::{Entity, EntityIx, EntityTable, Texts};
use crate::link::text::lists;
use crate::link::text::words::{Case, Gap};

/// An entity that a mention may mean, by its best row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) entity: EntityIx,
    pub(crate) row: u32,
    pub(crate) match_kind: MatchKind,
}

/// The prior of an alias that states none.
pub(crate) const DEFAULT_PRIOR: f32 = 0.5;
/// The article names the candidate elsewhere, beyond doubt.
const NAMED_ELSEWHERE: f32 = 8.0;
/// And does so before the name in question.
const NAMED_BEFORE: f32 = 2.0;
/// For each entity of the article, up to three, to which the candidate is related.
const RELATED: f32 = 1.0;
/// For each word of the candidate's description, up to four, that stands in the article.
const DESCRIBED: f32 = 0.25;
/// The model's type is the candidate's.
const TYPE_AGREES: f32 = 2.0;
/// A person against something else, and a place against an organisation.
const PERSON_DISAGREES: f32 = 0.1;
const TYPE_DISAGREES: f32 = 0.2;
/// The place right before, after a comma, lies in the candidate: "Seattle, Washington".
const CONTAINS_PREVIOUS: f32 = 1000.0;
/// For each other US state, and each city or governor of the candidate itself, up to two, where it is a US state.
const AMONG_STATES: f32 = 3.0;
/// The article is from before the candidate began, or after it ended.
const NOT_YET: f32 = 0.1;
const NO_LONGER: f32 = 0.3;
/// The words around the name say that a language is meant, or that none is.
const LANGUAGE_CUE: f32 = 1000.0;
const NO_LANGUAGE_CUE: f32 = 0.05;
/// "Aleppo" for the governorate, where the city of that name is in the table and nothing says province.
const BARE_REGION: f32 = 0.05;

/// The entities of an article that are beyond doubt.
#[derive(Debug, Default)]
pub(crate) struct NamedEntities {
    /// The first mention of each.
    named: AHashMap<EntityIx, usize>,
}

impl NamedEntities {
    pub(crate) fn add(&mut self, entity: EntityIx, at: usize) {
        let first = self.named.entry(entity).or_insert(at);
        *first = at.min(*first);
    }

    fn names_before(&self, entity: EntityIx, at: usize) -> bool {
        self.named.get(&entity).is_some_and(|&first| first < at)
    }

    pub(crate) fn names(&self, entity: EntityIx) -> bool {
        self.named.contains_key(&entity)
    }

    /// Those of them that are related to an entity, in order. A country has thousands of neighbours, and an article
    /// names few: work is bounded by the smaller number.
    pub(crate) fn related(&self, table: &EntityTable, entity: EntityIx) -> Vec<EntityIx> {
        if table.neighbours(entity).nth(self.named.len().max(16)).is_none() {
            return table.neighbours(entity).filter(|&other| self.names(other)).collect();
        }
        let mut related: Vec<EntityIx> =
            self.named.keys().copied().filter(|&other| table.is_neighbour(entity, other)).collect();
        related.sort_unstable();
        related
    }

    /// Those of them with a relation to an entity.
    pub(crate) fn relating_to(&self, table: &EntityTable, entity: EntityIx) -> usize {
        let states = |&&other: &&EntityIx| table.relations(other).any(|(_, target)| target == entity);
        self.named.keys().filter(states).count()
    }
}

/// What speaks for or against a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Factor {
    /// How closely the text agrees with the alias.
    Match,
    /// The article names the entity elsewhere beyond doubt.
    NamedElsewhere,
    /// It does so before this place.
    NamedBefore,
    /// The entity is related to others that the article names.
    Related,
    /// Words of the entity's description stand in the article.
    Described,
    /// The model's type is the table's.
    TypeAgrees,
    /// The types of model and table contradict each other.
    TypeDisagrees,
    /// The place named right before lies in the candidate.
    ContainsPrevious,
    /// The candidate is a US state, another is abroad, and the article names other states or something in this one.
    AmongStates,
    /// The article is from before the entity began.
    NotYet,
    /// The article is from after it ended.
    NoLonger,
    /// The words around the name say that a language is meant.
    LanguageCue,
    /// No words around the name say so.
    NoLanguageCue,
    /// A name that a city and its region share, without a word for the region.
    BareRegion,
    /// Other names of the article are of places in the same region or country.
    SameRegion,
}

codes!(Factor {
    Match => "match",
    NamedElsewhere => "named_elsewhere",
    NamedBefore => "named_before",
    Related => "related",
    Described => "described",
    TypeAgrees => "type_agrees",
    TypeDisagrees => "type_disagrees",
    ContainsPrevious => "contains_previous",
    AmongStates => "among_states",
    NotYet => "not_yet",
    NoLonger => "no_longer",
    LanguageCue => "language_cue",
    NoLanguageCue => "no_language_cue",
    BareRegion => "bare_region",
    SameRegion => "same_region",
});

/// What the factors of one place are taken from.
#[derive(Clone, Copy)]
pub(crate) struct Scorer<'w> {
    pub(crate) context: &'w LinkContext<'w>,
    pub(crate) at: usize,
    pub(crate) mention: &'w CandidateMention,
    pub(crate) named: &'w NamedEntities,
}

impl Scorer<'_> {
    /// Everything but the prior, each with the words for it.
    pub(crate) fn factors(
        &self,
        option: Candidate,
        bare_region: bool,
        note: &mut impl FnMut(Factor, f32, &dyn Fn() -> String),
    ) {
        let kind = match option.match_kind {
            MatchKind::Exact => 1.0,
            MatchKind::Folded => 0.6,
            MatchKind::Shortened => 0.5,
            MatchKind::Misspelt => 0.4,
        };
        note(Factor::Match, kind, &|| format!("{:?}", option.match_kind).to_lowercase());
        let entity = self.context.table.entity(option.entity);
        self.company(&entity, note);
        self.kind_and_time(option, &entity, note);
        if bare_region {
            note(Factor::BareRegion, BARE_REGION, &String::new);
        }
        self.places(option, &entity, note);
        if is_language(entity.described_by) {
            if self.context.names_language(self.mention) {
                note(Factor::LanguageCue, LANGUAGE_CUE, &String::new);
            } else {
                note(Factor::NoLanguageCue, NO_LANGUAGE_CUE, &String::new);
            }
        }
    }

    /// The rest of the article: itself, what it is related to, words of its description.
    fn company(&self, entity: &Entity<'_>, note: &mut impl FnMut(Factor, f32, &dyn Fn() -> String)) {
        if self.named.names(entity.ix) {
            note(Factor::NamedElsewhere, NAMED_ELSEWHERE, &String::new);
            if self.named.names_before(entity.ix, self.at) {
                note(Factor::NamedBefore, NAMED_BEFORE, &String::new);
            }
        }
        let mut related = self.named.related(self.context.table, entity.ix);
        related.truncate(3);
        let described = || entity.described_by.iter().filter(|word| self.context.view.has_words(word)).take(4);
        match related.len() {
            0 => {}
            count => note(Factor::Related, 1.0 + RELATED * count as f32, &|| {
                let ids = related.iter().map(|&other| self.context.table.entity(other).id);
                ids.collect::<Vec<_>>().join(", ")
            }),
        }
        match described().count() {
            0 => {}
            count => {
                note(Factor::Described, 1.0 + DESCRIBED * count as f32, &|| described().collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Where the candidate is among the places around it.
    fn places(&self, option: Candidate, entity: &Entity<'_>, note: &mut impl FnMut(Factor, f32, &dyn Fn() -> String)) {
        if !lists::is_place(entity.kind) || self.mention.hits.len() < 2 {
            return;
        }
        if self.context.follows_part_of(self.mention, option.entity) {
            note(Factor::ContainsPrevious, CONTAINS_PREVIOUS, &String::new);
        }
        if !self.context.table.row(option.row).is_curated()
            && let Some((factor, region)) = self.context.region_factor(self.at, option.entity)
        {
            note(Factor::SameRegion, factor, &|| self.context.table.entity(region).id.to_owned());
        }
        // The capital against the state is another matter.
        let lies_abroad = |hit: &Hit| !self.context.lies_in(self.context.table.row(hit.row).entity, "united states");
        if self.mention.hits.iter().any(lies_abroad) && self.context.is_us_state(entity) {
            let others = self.context.other_states() + self.context.named_in(option.entity, self.named);
            if others > 0 {
                note(Factor::AmongStates, 1.0 + AMONG_STATES * others.min(2) as f32, &String::new);
            }
        }
    }

    fn kind_and_time(
        &self,
        option: Candidate,
        entity: &Entity<'_>,
        note: &mut impl FnMut(Factor, f32, &dyn Fn() -> String),
    ) {
        let kind = self.context.table.row_kind(&self.context.table.row(option.row));
        if let Some(by_model) = &self.mention.kind {
            let disagrees = |factor| (Factor::TypeDisagrees, factor);
            let known = |kind: &str| lists::is_place(kind) || lists::is_organisation(kind);
            let (factor, value) = if lists::is_same_kind(by_model, kind) {
                (Factor::TypeAgrees, TYPE_AGREES)
            } else if lists::is_person(by_model) || lists::is_person(kind) {
                disagrees(PERSON_DISAGREES)
            } else if known(by_model) && known(kind) {
                disagrees(TYPE_DISAGREES)
            } else {
                disagrees(1.0)
            };
            if value != 1.0 {
                note(factor, value, &|| {
                    if factor == Factor::TypeAgrees { kind.to_string() } else { format!("{by_model} is not {kind}") }
                });
            }
        }
        if let Some(date) = self.context.view.document.date {
            if !date.may_lie_in(entity.valid_from, None) {
                note(Factor::NotYet, NOT_YET, &|| entity.valid_from.map(|day| day.to_string()).unwrap_or_default());
            } else if !date.may_lie_in(None, entity.valid_to) {
                note(Factor::NoLonger, NO_LONGER, &|| entity.valid_to.map(|day| day.to_string()).unwrap_or_default());
            }
        }
    }
}

fn is_language(mut description: Texts<'_>) -> bool {
    description.any(|word| matches!(word, "language" | "languages" | "dialect"))
}

impl LinkContext<'_> {
    /// "in Turkish", "Kurdish-speaking", "Arabic:", "the Kurdish language"; but not "in Turkish territory".
    fn names_language(&self, mention: &CandidateMention) -> bool {
        let field = self.view.field(mention.field);
        let words = &field.words;
        let (start, end) = (mention.words.start, mention.words.end);
        let next = (end < words.len() && words.get(end).sentence == mention.sentence)
            .then(|| (words.key(end), words.get(end)));
        if next.is_some_and(|(key, _)| {
            matches!(
                key,
                "language" | "languages" | "speaking" | "speaker" | "speakers" | "dialect" | "word" | "phrase"
            )
        }) {
            return true;
        }
        if field.text[mention.span.end..].starts_with(':') {
            return true;
        }
        let stands_alone = next.is_none_or(|(key, word)| {
            word.gap >= Gap::Comma
                || (word.case == Case::Lower
                    && matches!(
                        key,
                        "and"
                            | "or"
                            | "as"
                            | "to"
                            | "for"
                            | "with"
                            | "at"
                            | "but"
                            | "well"
                            | "fluently"
                            | "means"
                            | "meaning"
                    ))
        });
        let before = (start > 0 && words.get(start).gap == Gap::Space).then(|| words.key(start - 1));
        stands_alone
            && before.is_some_and(|key| {
                matches!(
                    key,
                    "in" | "from"
                        | "into"
                        | "speak"
                        | "speaks"
                        | "spoke"
                        | "speaking"
                        | "spoken"
                        | "fluent"
                        | "written"
                        | "to"
                )
            })
    }
}
