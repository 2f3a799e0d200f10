//! Step 3: shorter names for what the article names more fully: "Erdogan", "the Observatory".
//!
//! A short name takes the entity of the full one that it abbreviates, anywhere in the article, before or after. Where
//! several bear the name, the table's priors, titles, and who the article is about decide; what is close stays
//! ambiguous. Where nobody is named in full, the table's choice stands. A headline is read with its article.

mod choice;
mod index;
mod names;

use ahash::AHashMap;

use crate::article::Field;
use crate::link::candidates::mention::CandidateMention;
use crate::link::context::LinkContext;
use crate::link::outcome::{Evidence, Link, Method, Reason, Status};
use crate::link::text::lists;
use choice::Bearer;
use index::{Index, Query};
use names::{Holder, MAX_WORDS, Name};

/// Short names that the table linked before anyone of the name was introduced, by their words.
type Introduced = AHashMap<Vec<String>, usize>;

impl LinkContext<'_> {
    /// Links short names by their full ones; returns the pairs of mentions that are one, short name first.
    pub(crate) fn link_short_names(&self, mentions: &[CandidateMention], links: &mut [Link]) -> Vec<(usize, usize)> {
        let full = self.full_names(mentions, links);
        let mut same = full.variants;
        for &(variant, first) in &same {
            if links[variant].entity.is_none() && links[first].entity.is_some() {
                links[variant] = self.coreferent(&mentions[first], &links[first]);
            }
        }
        if full.names.is_empty() {
            return same;
        }
        let mut index = Index::new(&full.names);
        let mut introduced = Introduced::new();
        // The headline comes last: its names are those of the story.
        let titles = mentions.iter().take_while(|mention| mention.field == Field::Title).count();
        let mut first_in_text: AHashMap<Vec<String>, usize> = AHashMap::new();
        for at in (titles..mentions.len()).chain(0..titles) {
            if self.view.is_boilerplate(mentions[at].sentence) || self.is_own_name(&mentions[at], &links[at]) {
                continue;
            }
            let short = self.name(&mentions[at]);
            if short.words.is_empty() || short.words.len() > MAX_WORDS {
                continue;
            }
            if at >= titles {
                first_in_text.entry(short.words.clone()).or_insert(at);
            } else if let Some(&first) = first_in_text.get(&short.words) {
                links[at] = self.as_in_text(&mentions[first], &links[first]);
                same.push((at, first));
                continue;
            }
            let found = index.find(&short, self.query(&mentions[at], &links[at]));
            let position = if at < titles { mentions.len() } else { at };
            let bearers = self.bearers(&full.names, &found, position);
            same.extend(self.link_to_bearer(mentions, links, (at, position), &short, bearers, &mut introduced));
        }
        same
    }

    /// An alias of several words, title included, is no part of someone else's name: "King Salman".
    fn is_own_name(&self, mention: &CandidateMention, link: &Link) -> bool {
        let is_surely_linked = link.entity.is_some() && link.candidates.is_empty();
        let words = &self.view.field(mention.field).words;
        is_surely_linked && words.content_of(mention.words.clone()).len() > 1
    }

    /// What decides whom a mention may abbreviate, besides its words.
    fn query(&self, mention: &CandidateMention, link: &Link) -> Query {
        let by_table = link.entity.map(|entity| self.table.kind(entity));
        let by_model = mention.kind.as_deref();
        let is_place = by_model.is_some_and(lists::is_place);
        let is_person = by_model.is_some_and(lists::is_person);
        let words = &self.view.field(mention.field).words;
        let has_the = mention.words.start > 0
            && words.key(mention.words.start - 1) == "the"
            && words.get(mention.words.start - 1).is_article;
        Query {
            // A place or body of that name is not the person, unless model and table disagree about what it is.
            is_person: is_person || by_table.is_some_and(lists::is_person),
            is_nameless: by_table.is_none() && !is_place,
            // "Hong Kong" is no short form of "Hong Kong Police Force".
            is_free: by_table.is_none() && !is_person && !is_place,
            has_the,
        }
    }

    /// Links a short name to its bearer, or leaves it ambiguous; returns the mention that it goes with.
    fn link_to_bearer(
        &self,
        mentions: &[CandidateMention],
        links: &mut [Link],
        (at, position): (usize, usize),
        short: &Name,
        mut bearers: Vec<Bearer<'_>>,
        introduced: &mut Introduced,
    ) -> Option<(usize, usize)> {
        let unknown = |bearer: &Bearer<'_>| matches!(bearer.holder, Holder::Unknown(_));
        if let (Some(entity), false) = (links[at].entity, bearers.is_empty())
            && bearers.iter().all(unknown)
            && let Some(first) = bearers.iter().map(|bearer| bearer.first).min()
        {
            if position < first {
                introduced.entry(short.words.clone()).or_insert(at);
                return None;
            }
            if let Some(&first) = introduced.get(&short.words) {
                bearers.push(Bearer::introduced(entity, first));
            }
        }
        let bearer = match &bearers[..] {
            [] => return None,
            [only] => only,
            _ => match self.choose_bearer(&bearers, short, position) {
                Ok(bearer) => bearer,
                Err(link) => {
                    links[at] = link;
                    return None;
                }
            },
        };
        let is_settled = bearers.len() == 1 && links[at].candidates.is_empty();
        match &bearer.holder {
            Holder::Entity(entity) if links[at].entity == Some(*entity) && is_settled => {}
            Holder::Entity(_) => links[at] = self.coreferent(&mentions[bearer.first], &links[bearer.first]),
            Holder::Unknown(_) => {
                links[at] = Link { status: Status::Unknown, reason: Some(Reason::UnknownHolder), ..Link::default() };
            }
        }
        if bearers.len() > 1 && links[at].entity.is_some() {
            links[at].reason = Some(Reason::ContextDecided);
        }
        Some((at, bearer.first))
    }

    /// The link of a name that stands for a fuller one.
    fn coreferent(&self, full: &CandidateMention, link: &Link) -> Link {
        let text = full.span.slice(self.view.field(full.field).text).to_owned();
        Link {
            status: Status::Linked,
            entity: link.entity,
            method: Some(Method::Coreference),
            alias: link.alias.clone(),
            score: link.score.map(|score| score * 0.95),
            evidence: Some(Evidence::Text { field: full.field, span: full.span, text }),
            ..Link::default()
        }
    }

    /// The link of a name in the headline that the text uses too.
    fn as_in_text(&self, in_text: &CandidateMention, link: &Link) -> Link {
        match link.entity {
            Some(_) if link.method == Some(Method::Coreference) => self.coreferent(in_text, link),
            _ => link.clone(),
        }
    }
}
