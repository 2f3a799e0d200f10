//! A second pass over the mentions: sample sentences and aliases of the entities and pairs that a report shows, and the
//! mentions of the articles that it shows in full.

use ahash::AHashMap;
use serde::Serialize;

use super::choice::Choice;
use super::marks::{Mark, Texts};
use super::sentences::{Sentence, placed};
use crate::article::Field;
use crate::error::Result;
use crate::tables::{Aggregates, ArticleFacts, MentionRow, Tally, Visitor};

/// Maximum number of articles that are shown in full.
const MAX_ARTICLES: u64 = 100;

/// An article that something is shown of: its id, its date and its source.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ArticleName(pub(super) String, Option<String>, Option<String>);

/// The mentions of an article that is shown in full.
#[derive(Debug, Default)]
pub(super) struct FullArticle {
    /// Its number in the list of articles.
    pub(super) article: u32,
    /// Marks in the title and in the text, offsets in code points.
    pub(super) marks: [Vec<Mark>; 2],
    /// The field and the text of the first mention, by which the article is recognised.
    pub(super) first: Option<(Field, String)>,
}

/// What the second pass has found.
pub(super) struct Samples<'a> {
    all: &'a Aggregates,
    choice: &'a Choice,
    with_copies: bool,
    /// Every how many articles one is shown in full; 0 for none.
    every: u64,
    pub(super) texts: Texts,
    /// Reasons of the links of the current article, until it is known which are shown.
    reasons: Texts,
    pub(super) articles: Vec<ArticleName>,
    pub(super) sentences: Vec<Sentence>,
    /// Sentences of each entity and of each pair, by number.
    pub(super) of_entities: Vec<Vec<u32>>,
    pub(super) of_pairs: Vec<Vec<u32>>,
    /// Aliases of each entity, with the step that used them: `method|alias`.
    pub(super) aliases: Vec<Tally>,
    pub(super) full: Vec<FullArticle>,
    pairs: AHashMap<(u32, u32), usize>,
    counted: u64,
    article: Option<ArticleName>,
    number: Option<u32>,
    is_full: bool,
    sentence: Current,
}

/// The sentence whose mentions are being read.
#[derive(Default)]
struct Current {
    at: Option<(Field, u32)>,
    context: String,
    marks: Vec<Mark>,
    surfaces: Vec<String>,
}

impl<'a> Samples<'a> {
    pub(super) fn new(all: &'a Aggregates, choice: &'a Choice, with_copies: bool, with_texts: bool) -> Self {
        let entities = choice.entities.len();
        Self {
            all,
            choice,
            with_copies,
            every: if with_texts { all.totals.articles.div_ceil(MAX_ARTICLES).max(1) } else { 0 },
            texts: Texts::default(),
            reasons: Texts::default(),
            articles: Vec::new(),
            sentences: Vec::new(),
            of_entities: vec![Vec::new(); entities],
            of_pairs: vec![Vec::new(); choice.pairs.len()],
            aliases: vec![Tally::default(); entities],
            full: Vec::new(),
            pairs: choice.pairs.iter().enumerate().map(|(number, pair)| (pair.ranks, number)).collect(),
            counted: 0,
            article: None,
            number: None,
            is_full: false,
            sentence: Current::default(),
        }
    }

    /// Ends the sentence, and keeps it where an entity or a pair in it has too few.
    fn end_sentence(&mut self) {
        let Current { context, marks, surfaces, .. } = std::mem::take(&mut self.sentence);
        let mut ranks: Vec<u32> = marks.iter().filter_map(|mark| u32::try_from(mark.3).ok()).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let pairs = self.pairs_of(&ranks);
        let is_wanted =
            ranks.iter().any(|&rank| self.wants_entity(rank)) || pairs.iter().any(|&pair| self.wants_pair(pair));
        if !is_wanted || context.is_empty() {
            return;
        }
        let Some((text, marks)) = placed(&context, &marks, &surfaces) else { return };
        // A long sentence is clipped, and what is no longer in it is not named by it.
        let has = |rank: u32| marks.iter().any(|mark| mark.3 == rank as i32);
        let number = self.sentences.len() as u32;
        let entities: Vec<u32> = ranks.iter().copied().filter(|&rank| has(rank) && self.wants_entity(rank)).collect();
        let in_both = |pair: &usize| has(self.choice.pairs[*pair].ranks.0) && has(self.choice.pairs[*pair].ranks.1);
        let pairs: Vec<usize> = pairs.into_iter().filter(|pair| in_both(pair) && self.wants_pair(*pair)).collect();
        if entities.is_empty() && pairs.is_empty() {
            return;
        }
        entities.into_iter().for_each(|rank| self.of_entities[rank as usize].push(number));
        pairs.into_iter().for_each(|pair| self.of_pairs[pair].push(number));
        let article = self.article_number();
        let marks = marks.into_iter().map(|mark| mark.explained(&mut self.texts, &self.reasons)).collect();
        self.sentences.push(Sentence { article, text, marks });
    }

    fn pairs_of(&self, ranks: &[u32]) -> Vec<usize> {
        let mut pairs = Vec::new();
        for (at, &first) in ranks.iter().enumerate() {
            pairs.extend(ranks[at + 1..].iter().filter_map(|&second| self.pairs.get(&(first, second))));
        }
        pairs
    }

    /// The most frequent ones have more sentences, and each only one of an article.
    fn wants_entity(&self, rank: u32) -> bool {
        let most = if rank < 200 { 4 } else { 2 };
        self.wants(&self.of_entities[rank as usize], most)
    }

    fn wants_pair(&self, pair: usize) -> bool {
        let most = if pair < 500 { 2 } else { 1 };
        self.wants(&self.of_pairs[pair], most)
    }

    fn wants(&self, sentences: &[u32], most: usize) -> bool {
        let last = sentences.last().map(|&last| self.sentences[last as usize].article);
        sentences.len() < most && (last.is_none() || last != self.number)
    }

    fn article_number(&mut self) -> u32 {
        if let Some(number) = self.number {
            return number;
        }
        let number = self.articles.len() as u32;
        self.articles.extend(self.article.take());
        *self.number.insert(number)
    }

    fn add_to_full(&mut self, mention: &MentionRow<'_>, mark: Mark) {
        if self.is_full {
            let mark = mark.explained(&mut self.texts, &self.reasons);
            let article = self.article_number();
            if self.full.last().is_none_or(|full| full.article != article) {
                let first = Some((mention.field, mention.text.to_string()));
                self.full.push(FullArticle { article, first, ..FullArticle::default() });
            }
            if let Some(full) = self.full.last_mut() {
                full.marks[mention.field as usize].push(mark);
            }
        }
    }
}

impl Visitor for Samples<'_> {
    fn begin(&mut self, article: &ArticleFacts) -> Result<()> {
        self.number = None;
        self.reasons.clear();
        self.article = article.is_counted(self.with_copies).then(|| {
            let row = &article.row;
            ArticleName(row.doc_id.clone().unwrap_or_default(), row.date.clone(), article.source.clone())
        });
        if self.article.is_some() {
            self.is_full = self.every > 0 && self.counted.is_multiple_of(self.every);
            self.counted += 1;
        }
        Ok(())
    }

    fn mention(&mut self, mention: &MentionRow<'_>) -> Result<()> {
        if self.article.is_none() && self.number.is_none() {
            return Ok(());
        }
        let rank = mention.entity().and_then(|id| self.choice.rank(self.all, id));
        let mark = Mark::of(mention, rank, &mut self.texts, &mut self.reasons);
        let at = Some((mention.field, mention.sentence));
        let context = mention.context.as_ref().map_or("", |context| &context.0);
        if self.sentence.at != at || self.sentence.context != context {
            self.end_sentence();
            self.sentence.at = at;
            self.sentence.context.push_str(context);
        }
        self.sentence.marks.push(mark);
        self.sentence.surfaces.push(mention.text.to_string());
        if let Some(rank) = rank {
            let link = &mention.link;
            let (method, alias) = (link.method.as_ref(), link.alias.as_ref());
            let [method, alias] = [method, alias].map(|text| text.map_or("", |text| &*text.0));
            self.aliases[rank as usize].add(&format!("{method}|{alias}"));
        }
        self.add_to_full(mention, mark);
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.end_sentence();
        (self.article, self.number, self.is_full) = (None, None, false);
        Ok(())
    }
}
