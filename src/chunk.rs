//! A chunk: consecutive records that are encoded, batched and linked together.
//!
//! Chunks are cut by count and bytes of the records alone, so that the same input gives the same chunks,
//! batches and scores, however many threads work on them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use crate::article::Article;
use crate::batch::{BatchPlan, plan};
use crate::config::{ChunkLimits, Config};
use crate::counters::{Counters, Stage};
use crate::decode::Rule;
use crate::encode::EncodedArticle;
use crate::language::language_of;
use crate::model::Model;
use crate::outcome::{Outcome, Skipped};
use crate::read::{RawRecord, Reject, RejectReason, check_article};
use crate::repeat::{Repeats, ScoreCache};

use crate::window::{Window, cut};

/// What enters the pipeline: a record that is still to be parsed, or an article that a program has in hand.
#[derive(Debug)]
pub enum Record {
    /// Bytes of an input.
    Raw(RawRecord),
    /// A ready article.
    Article(Box<Article>),
}

impl Record {
    /// The bytes that count towards the size of a chunk.
    fn bytes(&self) -> usize {
        match self {
            Self::Raw(record) => record.bytes.len(),
            Self::Article(article) => article.text_bytes(),
        }
    }
}

impl From<RawRecord> for Record {
    fn from(record: RawRecord) -> Self {
        Self::Raw(record)
    }
}

impl From<Article> for Record {
    fn from(article: Article) -> Self {
        Self::Article(Box::new(article))
    }
}

/// The records of a chunk, as they were read.
pub type RawChunk = Vec<std::result::Result<Record, Reject>>;

/// A chunk whose articles are encoded and whose batches are planned.
#[derive(Debug, Default)]
pub struct Chunk {
    /// What became of each record, in the order of the input.
    pub records: Vec<Outcome<Encoded>>,
    /// The articles that go through the model.
    pub articles: Vec<EncodedArticle>,
    /// Their windows.
    pub windows: Vec<Window>,
    /// Which windows are computed, and which are copies.
    pub repeats: Repeats,
    /// The batches of the windows that are computed.
    pub plans: Vec<BatchPlan>,
}

/// An article of a chunk.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// Index into [`Chunk::articles`].
    pub article: usize,
    /// The detected or declared language, an ISO 639-1 code.
    pub language: Option<String>,
}

/// Groups records into chunks.
pub fn chunks<R: Into<Record>>(
    records: impl Iterator<Item = std::result::Result<R, Reject>>,
    limits: ChunkLimits,
) -> impl Iterator<Item = RawChunk> {
    let mut records = records.map(|record| record.map(Into::into)).peekable();
    let size = |record: &std::result::Result<Record, Reject>| record.as_ref().map_or(0, Record::bytes);
    let mut taken = 0;
    std::iter::from_fn(move || {
        let mut chunk = vec![records.next()?];
        let mut bytes = size(&chunk[0]);
        let left_of_shard = limits.shard.map_or(u64::MAX, |shard| shard - taken % shard);
        let max_records = limits.articles.min(usize::try_from(left_of_shard).unwrap_or(usize::MAX));
        while chunk.len() < max_records {
            let Some(next) = records.next_if(|next| bytes + size(next) <= limits.bytes) else { break };
            bytes += size(&next);
            chunk.push(next);
        }
        taken += chunk.len() as u64;
        Some(chunk)
    })
}

/// An article before it has its place in a chunk, and its language.
type Prepared = (Box<EncodedArticle>, Option<String>);

impl Chunk {
    /// Parses and encodes the records on the current rayon pool, and plans their batches.
    pub fn prepare(
        raw: RawChunk,
        model: &Model,
        config: &Config,
        cache: Option<&ScoreCache>,
        counters: &Counters,
    ) -> Self {
        let one = |record| match counters.time(Stage::Parse, || parse(record, config)) {
            Ok((article, bytes)) => counters.time(Stage::Encode, || encode(article, &bytes, model, config)),
            Err(reject) => Outcome::Rejected(reject),
        };
        let prepared = raw.into_par_iter().map(one).collect();
        counters.time(Stage::Batch, || Self::assemble(prepared, model, config, cache))
    }

    /// The path of the input that a record is from.
    pub(crate) fn input_of<'c>(&'c self, record: &'c Outcome<Encoded>) -> &'c Arc<str> {
        match record {
            Outcome::Processed(encoded) => &self.articles[encoded.article].article.origin.path,
            Outcome::Rejected(reject) => &reject.origin.path,
            Outcome::Skipped(skipped) => &skipped.article.origin.path,
        }
    }

    /// How many of `records`, from the first, have at most `bytes` bytes of text together; at least one.
    pub(crate) fn records_within(&self, records: &[Outcome<Encoded>], bytes: usize) -> usize {
        let size = |record: &Outcome<Encoded>| match record {
            Outcome::Processed(encoded) => self.articles[encoded.article].article.text_bytes(),
            Outcome::Rejected(_) | Outcome::Skipped(_) => 0,
        };
        let mut sum = 0usize;
        let fitting = records.iter().take_while(|record| {
            sum = sum.saturating_add(size(record));
            sum <= bytes
        });
        fitting.count().max(1)
    }

    fn assemble(prepared: Vec<Outcome<Prepared>>, model: &Model, config: &Config, cache: Option<&ScoreCache>) -> Self {
        let mut chunk = Self::default();
        for record in prepared {
            let record = record.map(|(article, language)| {
                chunk.articles.push(*article);
                Encoded { article: chunk.articles.len() - 1, language }
            });
            chunk.records.push(record);
        }
        let limit = model.content_window();
        for (index, article) in chunk.articles.iter().enumerate() {
            let windows = article.sentence_tokens.iter().flat_map(|tokens| cut(index as u32, tokens.clone(), limit));
            chunk.windows.extend(windows);
        }
        chunk.repeats = if config.dedup {
            Repeats::find(&chunk.windows, &chunk.articles, cache)
        } else {
            Repeats::ignored(&chunk.windows)
        };
        chunk.plans = plan(&chunk.windows, &chunk.repeats.fresh, model.tokenizer.special_tokens(), config.batch);
        chunk
    }
}

/// The article of a record, and the bytes of a raw one.
fn parse(
    record: std::result::Result<Record, Reject>,
    config: &Config,
) -> std::result::Result<(Article, Vec<u8>), Reject> {
    match record? {
        Record::Raw(raw) => Ok((raw.parse(&config.read)?, raw.bytes)),
        Record::Article(article) => Ok((check_article(*article, &config.read)?, Vec::new())),
    }
}

/// Encodes an article whose record is `bytes`, unless its language is left out.
fn encode(article: Article, bytes: &[u8], model: &Model, config: &Config) -> Outcome<Prepared> {
    let language = language_of(&article);
    let only = &config.languages.only;
    if !only.is_empty() && language.as_ref().is_some_and(|language| !only.contains(language)) {
        return Outcome::Skipped(Skipped { article, language });
    }
    let (id, origin) = (article.id.clone(), article.origin.clone());
    // A text that breaks the tokenizer is one bad article, not the end of the run.
    let encode = || {
        let truecase = model.card.truecase && matches!(config.rule, Rule::Words { .. });
        EncodedArticle::with(article, &model.tokenizer, config.segmentation, truecase)
    };
    let failure = match catch_unwind(AssertUnwindSafe(encode)) {
        Ok(Ok(encoded)) => return Outcome::Processed((Box::new(encoded), language)),
        Ok(Err(error)) => error,
        Err(_) => "the tokenizer panicked".to_owned(),
    };
    let message = format!("the article cannot be tokenized: {failure}");
    let reject = Reject::new(origin, RejectReason::Internal, message, bytes);
    Outcome::Rejected(Reject { id: Some(id.into()), ..reject })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::Origin;
    use crate::read::Format;

    fn sizes(lengths: &[usize], shard: Option<u64>) -> Vec<usize> {
        let record = |bytes: usize| {
            Ok::<_, Reject>(RawRecord {
                origin: Origin::default(),
                name: "".into(),
                format: Format::Text,
                is_abridged: false,
                bytes: vec![0; bytes],
            })
        };
        let limits = ChunkLimits { articles: 3, bytes: 10, shard };
        chunks(lengths.iter().map(|&length| record(length)), limits).map(|chunk| chunk.len()).collect()
    }

    proptest! {
        /// A run that is resumed at a shard cuts the same chunks as one that was never interrupted.
        #[test]
        fn chunks_never_cross_shards(lengths in prop::collection::vec(0usize..12, 0..40), shard in 1usize..9) {
            let apart: Vec<usize> = lengths.chunks(shard).flat_map(|lengths| sizes(lengths, None)).collect();
            prop_assert_eq!(sizes(&lengths, Some(shard as u64)), apart);
        }
    }

    #[test]
    fn chunks_depend_on_count_and_bytes_alone() {
        let sizes = |lengths: &[usize]| sizes(lengths, None);
        assert_eq!(sizes(&[1, 1, 1, 1]), [3, 1]);
        assert_eq!(sizes(&[4, 6, 1]), [2, 1]);
        assert_eq!(sizes(&[1, 50, 1]), [1, 1, 1]);
        assert_eq!(sizes(&[]), [0usize; 0]);
    }
}
