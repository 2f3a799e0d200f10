//! The mentions of an article: its scores are decoded, what was found is linked, and every span is checked.

use ahash::AHashMap;

use crate::article::Article;
use crate::chunk::{Chunk, Encoded};
use crate::config::Config;
use crate::counters::{Counters, Stage};
use crate::decode::{NerSpan, Rule, decode};
use crate::encode::EncodedArticle;
use crate::error::{Error, ErrorKind, Result};
use crate::link::{FoundBy, Link, LinkedMention, Linker, Reason, Status};
use crate::linked_text::LinkedText;
use crate::model::Model;
use crate::outcome::{Outcome, Skipped};
use crate::read::Reject;

use crate::segment::Sentence;
use crate::stitch::TokenScores;

/// What became of one record of a chunk.
pub type RecordOutcome<'c> = Outcome<ArticleMentions<'c>, &'c Reject, &'c Skipped>;

/// An article with its mentions.
#[derive(Debug)]
pub struct ArticleMentions<'c> {
    /// The article as it came.
    pub article: &'c Article,
    /// The detected or declared language, an ISO 639-1 code.
    pub language: Option<&'c str>,
    /// Its sentences, in raw offsets.
    pub sentences: Vec<Sentence>,
    /// Its tokens, without special tokens; all of them were inferred.
    pub tokens: usize,
    /// What the model alone found.
    pub found: Vec<NerSpan>,
    /// The mentions with their links, in the order of field and start, none overlapping another.
    pub mentions: Vec<LinkedMention>,
}

impl ArticleMentions<'_> {
    /// How many mentions have an entity.
    pub fn linked(&self) -> usize {
        self.mentions.iter().filter(|mention| mention.link.status == Status::Linked).count()
    }
}

/// What decoding and linking need besides the article.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extractor<'p> {
    pub(crate) model: &'p Model,
    pub(crate) config: &'p Config,
    /// Without one, mentions are the model's spans, cut to the names as with one.
    pub(crate) linker: Option<&'p Linker>,
    pub(crate) counters: &'p Counters,
}

impl Extractor<'_> {
    /// Decodes and links an article of a chunk, `scores` being those of all its articles.
    ///
    /// # Errors
    ///
    /// Fails where a token was never inferred, or where a span is not a piece of the article's text: faults of the
    /// program that must not reach an output.
    pub(crate) fn mentions<'c>(
        &self,
        encoded: &'c Encoded,
        chunk: &'c Chunk,
        scores: &[TokenScores],
    ) -> Result<ArticleMentions<'c>> {
        let (article, scores) = (&chunk.articles[encoded.article], &scores[encoded.article]);
        if scores.missing() > 0 {
            let what = format!("{} of {} tokens were not inferred", scores.missing(), article.ids.len());
            return Err(fault(&article.article, &what));
        }
        let found = self.counters.time(Stage::Decode, || decode(article, scores, self.model, self.config.rule));
        self.link(article, encoded.language.as_deref(), found)
    }

    /// Links what was found in an article. Fails where a mention is not a piece of its text.
    pub(crate) fn link<'c>(
        &self,
        encoded: &'c EncodedArticle,
        language: Option<&'c str>,
        found: Vec<NerSpan>,
    ) -> Result<ArticleMentions<'c>> {
        let (article, sentences) = (&encoded.article, encoded.raw_sentences());
        let text = LinkedText::new(encoded.clean(), &sentences);
        let mentions = self.counters.time(Stage::Link, || match (self.linker, self.config.rule) {
            (Some(linker), _) => text.link(linker, &found),
            // Promised to be exactly those of the pipeline.
            (None, Rule::Transformers(_)) => unlinked(encoded, &found),
            (None, Rule::Words { .. }) => unlinked(encoded, &text.names(&found, self.config.keep_addresses)),
        });
        if let Some(mention) = mentions.iter().find(|mention| mention.span.get(article.field(mention.field)).is_none())
        {
            let what = format!("the mention at bytes {:?} of its {:?} is no piece of it", mention.span, mention.field);
            return Err(fault(article, &what));
        }
        Ok(ArticleMentions { article, language, sentences, tokens: encoded.ids.len(), found, mentions })
    }
}

fn fault(article: &Article, what: &str) -> Error {
    Error::new(ErrorKind::Internal, format!("article {:?}: {what}", article.id))
}

/// Mentions without links; those of one name and type are one entity of the article.
fn unlinked(encoded: &EncodedArticle, found: &[NerSpan]) -> Vec<LinkedMention> {
    let mut numbers: AHashMap<(&str, &str), u32> = AHashMap::new();
    let one = |mention: &NerSpan| LinkedMention {
        field: mention.field,
        span: mention.span,
        kind: mention.kind.clone(),
        score: Some(mention.score),
        found_by: FoundBy::Model,
        sentence: mention.sentence,
        local_id: 0,
        link: Link { reason: Some(Reason::NoTable), ..Link::default() },
    };
    found
        .iter()
        .map(|mention| {
            let next = numbers.len() as u32;
            let clean = encoded.clean();
            let name = clean.to_clean(mention.field, mention.span).slice(clean.text(mention.field));
            let local_id = *numbers.entry((name, &mention.kind)).or_insert(next);
            LinkedMention { local_id, ..one(mention) }
        })
        .collect()
}
