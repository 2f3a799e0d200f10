//! The end of an article's way: its scores to mentions, its mentions to entities.

use std::sync::Arc;

use ahash::AHashMap;

use crate::article::Article;
use crate::chunk::{Chunk, Item};
use crate::config::{Config, LanguageRule};
use crate::decode::{NerSpan, decode};
use crate::encode::EncodedArticle;
use crate::error::{Error, ErrorKind, Result};
use crate::link::{Document, FoundBy, Link, LinkedMention, Linker, Reason, Status};
use crate::model::Model;
use crate::read::{Reject, RejectReason};
use crate::report::{Counters, RunReport, Stage};
use crate::segment::Sentence;
use crate::stitch::Scores;

/// What became of one record.
#[derive(Debug)]
pub enum Outcome<'c> {
    /// An article with its mentions.
    Finished(Box<Finished<'c>>),
    /// Set aside, with the reason.
    Rejected(&'c Reject),
    /// Left out by a rule of the configuration.
    Skipped {
        /// The article.
        article: &'c Article,
        /// The language that it seems to be in.
        language: Option<&'c str>,
    },
}

/// An article with its mentions.
#[derive(Debug)]
pub struct Finished<'c> {
    /// The article as it came.
    pub article: &'c Article,
    /// The language that it seems to be in.
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

/// What decoding and linking an article needs besides it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finisher<'p> {
    pub(crate) model: &'p Model,
    pub(crate) config: &'p Config,
    /// Without one, mentions stay as the model found them.
    pub(crate) linker: Option<&'p Linker>,
    pub(crate) counters: &'p Counters,
}

/// Decodes and links one article of a chunk. Fails where a token was never inferred, or where a span does
/// not fit the text that it is of: faults of the program that must not reach an output.
pub(crate) fn finish<'c>(
    item: &'c Item,
    chunk: &'c Chunk,
    scores: &[Scores],
    finisher: Finisher<'_>,
) -> Result<Outcome<'c>> {
    let (index, language) = match item {
        Item::Rejected(reject) => return Ok(Outcome::Rejected(reject)),
        Item::Skipped { article, language } => {
            return Ok(Outcome::Skipped { article, language: language.as_deref() });
        }
        Item::Encoded { article, language } => (*article, language.as_deref()),
    };
    let (encoded, scores) = (&chunk.articles[index], &scores[index]);
    let article = &encoded.article;
    let fault = |what: String| Error::new(ErrorKind::Internal, format!("article {:?}: {what}", article.id));
    if scores.missing() > 0 {
        return Err(fault(format!("{} of {} tokens were not inferred", scores.missing(), encoded.ids.len())));
    }
    let Finisher { model, config, linker, counters } = finisher;
    let found = counters.time(Stage::Decode, || decode(encoded, scores, model, config.rule));
    link(encoded, language, found, linker, counters).map(|done| Outcome::Finished(Box::new(done)))
}

/// Links what was found in an article.
pub(crate) fn link<'c>(
    encoded: &'c EncodedArticle,
    language: Option<&'c str>,
    found: Vec<NerSpan>,
    linker: Option<&Linker>,
    counters: &Counters,
) -> Result<Finished<'c>> {
    let (article, sentences) = (&encoded.article, encoded.raw_sentences());
    let mentions = counters.time(Stage::Link, || match linker {
        Some(linker) => linker.link(&Document::of(article, &sentences), found.clone()),
        None => without_table(article, &found),
    });
    if let Some(mention) = mentions.iter().find(|mention| mention.span.get(article.field(mention.field)).is_none()) {
        let what = format!("the mention at {:?} of its {:?} is no piece of it", mention.span, mention.field);
        return Err(Error::new(ErrorKind::Internal, format!("article {:?}: {what}", article.id)));
    }
    Ok(Finished { article, language, sentences, tokens: encoded.ids.len(), found, mentions })
}

/// Mentions as the model found them; those of one name and type are one entity of the article.
fn without_table(article: &Article, found: &[NerSpan]) -> Vec<LinkedMention> {
    let mut numbers: AHashMap<(&str, &str), u32> = AHashMap::new();
    let one = |mention: &NerSpan| LinkedMention {
        field: mention.field,
        span: mention.span,
        label: mention.kind.clone(),
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
            let name = mention.span.slice(article.field(mention.field));
            let local_id = *numbers.entry((name, &mention.kind)).or_insert(next);
            LinkedMention { local_id, ..one(mention) }
        })
        .collect()
}

/// What one outcome adds to the report.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    rejected: Option<RejectReason>,
    skipped: bool,
    foreign: Option<String>,
    warnings: Vec<&'static str>,
    sentences: usize,
    tokens: usize,
    mentions: usize,
    linked: usize,
}

impl Outcome<'_> {
    pub(crate) fn tally(&self, rule: &LanguageRule) -> Tally {
        let foreign = |language: Option<&str>| language.filter(|code| rule.is_foreign(code)).map(str::to_owned);
        match self {
            Self::Rejected(reject) => Tally { rejected: Some(reject.reason), ..Tally::default() },
            Self::Skipped { language, .. } => Tally { skipped: true, foreign: foreign(*language), ..Tally::default() },
            Self::Finished(done) => Tally {
                foreign: foreign(done.language),
                warnings: done.article.warnings.clone(),
                sentences: done.sentences.len(),
                tokens: done.tokens,
                mentions: done.mentions.len(),
                linked: done.mentions.iter().filter(|mention| mention.link.status == Status::Linked).count(),
                ..Tally::default()
            },
        }
    }
}

impl Tally {
    pub(crate) fn add_to(self, input: &Arc<str>, report: &mut RunReport) {
        report.inputs.add(input, self.rejected.is_some(), self.tokens);
        match self.rejected {
            Some(reason) => report.count_reject(reason),
            None if self.skipped => report.skipped += 1,
            None => report.articles += 1,
        }
        self.foreign.into_iter().for_each(|language| *report.foreign.entry(language).or_default() += 1);
        self.warnings.iter().for_each(|&warning| *report.warnings.entry(warning.to_owned()).or_default() += 1);
        report.sentences += self.sentences as u64;
        report.tokens_encoded += self.tokens as u64;
        report.mentions += self.mentions as u64;
        report.linked += self.linked as u64;
    }
}
