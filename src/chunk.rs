//! A chunk: consecutive records that are encoded, batched and finished together.
//!
//! Chunks are cut by count and bytes of the records alone, so that the same input gives the same chunks,
//! batches and scores, however many threads work on them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use crate::article::Article;
use crate::batch::{BatchPlan, plan};
use crate::config::{ChunkLimits, Config};
use crate::encode::EncodedArticle;
use crate::error::{Error, ErrorKind, Result};
use crate::language::language_of;
use crate::model::Model;
use crate::read::{RawRecord, Reject, RejectReason};
use crate::repeat::{Repeats, ScoreCache};
use crate::report::{Counters, Stage};
use crate::window::{Window, cut};

/// Records of a chunk, as they were read.
pub type RawChunk = Vec<std::result::Result<RawRecord, Reject>>;

/// A chunk whose articles are encoded and whose batches are planned.
#[derive(Debug, Default)]
pub struct Chunk {
    /// What became of each record, in the order of the input.
    pub items: Vec<Item>,
    /// The articles that go through the model.
    pub articles: Vec<EncodedArticle>,
    /// Their windows.
    pub windows: Vec<Window>,
    /// Which of them are computed, and which are copies.
    pub repeats: Repeats,
    /// The batches of those that are computed.
    pub plans: Vec<BatchPlan>,
}

/// What became of one record before inference.
#[derive(Debug)]
pub enum Item {
    /// It is article number `article` of the chunk.
    Encoded {
        /// Index into [`Chunk::articles`].
        article: usize,
        /// The language that it seems to be in.
        language: Option<String>,
    },
    /// It was set aside.
    Rejected(Reject),
    /// It was left out by a rule.
    Skipped {
        /// The article.
        article: Article,
        /// The language that it seems to be in.
        language: Option<String>,
    },
}

/// Groups records into chunks.
pub fn chunks<I>(records: I, limits: ChunkLimits) -> impl Iterator<Item = RawChunk>
where
    I: Iterator<Item = std::result::Result<RawRecord, Reject>>,
{
    let mut records = records.peekable();
    let size = |record: &std::result::Result<RawRecord, Reject>| record.as_ref().map_or(0, |record| record.bytes.len());
    let mut taken = 0;
    std::iter::from_fn(move || {
        let mut chunk = vec![records.next()?];
        let mut bytes = size(&chunk[0]);
        let left_of_shard = limits.shard.map_or(u64::MAX, |shard| shard - taken % shard);
        let most = limits.articles.min(usize::try_from(left_of_shard).unwrap_or(usize::MAX));
        while chunk.len() < most {
            let Some(next) = records.next_if(|next| bytes + size(next) <= limits.bytes) else { break };
            bytes += size(&next);
            chunk.push(next);
        }
        taken += chunk.len() as u64;
        Some(chunk)
    })
}

enum Prepared {
    Encoded(Box<EncodedArticle>, Option<String>),
    Rejected(Reject),
    Skipped(Article, Option<String>),
}

impl Chunk {
    /// Parses and encodes the records on the current rayon pool, and plans their batches.
    pub fn prepare(
        raw: RawChunk,
        model: &Model,
        config: &Config,
        memory: Option<&ScoreCache>,
        counters: &Counters,
    ) -> Self {
        let one = |record| counters.time(Stage::Encode, || prepare(record, model, config));
        let prepared = raw.into_par_iter().map(one).collect();
        counters.time(Stage::Batch, || Self::assemble(prepared, model, config, memory))
    }

    /// A chunk of one article. Fails where the tokenizer does.
    pub fn of_article(article: Article, model: &Model, config: &Config) -> Result<Self> {
        let encoded = encode(article, model, config).map_err(|message| Error::new(ErrorKind::Internal, message))?;
        Ok(Self::assemble(vec![Prepared::Encoded(encoded, None)], model, config, None))
    }

    /// The input that a record is from.
    pub(crate) fn input_of<'c>(&'c self, item: &'c Item) -> &'c Arc<str> {
        match item {
            Item::Encoded { article, .. } => &self.articles[*article].article.origin.path,
            Item::Rejected(reject) => &reject.origin.path,
            Item::Skipped { article, .. } => &article.origin.path,
        }
    }

    /// How many of `items`, from the first, have at most `bytes` bytes of text together; at least one.
    pub(crate) fn items_within(&self, items: &[Item], bytes: usize) -> usize {
        let size = |item: &Item| match item {
            Item::Encoded { article, .. } => self.articles[*article].article.text_bytes(),
            Item::Rejected(_) | Item::Skipped { .. } => 0,
        };
        let mut sum = 0usize;
        let fitting = items.iter().take_while(|item| {
            sum = sum.saturating_add(size(item));
            sum <= bytes
        });
        fitting.count().max(1)
    }

    fn assemble(prepared: Vec<Prepared>, model: &Model, config: &Config, memory: Option<&ScoreCache>) -> Self {
        let mut chunk = Self::default();
        for record in prepared {
            let item = match record {
                Prepared::Encoded(article, language) => {
                    chunk.articles.push(*article);
                    Item::Encoded { article: chunk.articles.len() - 1, language }
                }
                Prepared::Rejected(reject) => Item::Rejected(reject),
                Prepared::Skipped(article, language) => Item::Skipped { article, language },
            };
            chunk.items.push(item);
        }
        let limit = model.content_window();
        for (index, article) in chunk.articles.iter().enumerate() {
            let windows = article.sentence_tokens.iter().flat_map(|tokens| cut(index as u32, tokens.clone(), limit));
            chunk.windows.extend(windows);
        }
        chunk.repeats = match config.dedup {
            true => Repeats::find(&chunk.windows, &chunk.articles, memory),
            false => Repeats::ignored(&chunk.windows),
        };
        chunk.plans = plan(&chunk.windows, &chunk.repeats.fresh, model.tokenizer.special_tokens(), config.batch);
        chunk
    }
}

fn prepare(record: std::result::Result<RawRecord, Reject>, model: &Model, config: &Config) -> Prepared {
    let record = match record {
        Ok(record) => record,
        Err(reject) => return Prepared::Rejected(reject),
    };
    let article = match record.parse(&config.read) {
        Ok(article) => article,
        Err(reject) => return Prepared::Rejected(reject),
    };
    let language = language_of(&article);
    let only = &config.languages.only;
    if !only.is_empty() && language.as_ref().is_some_and(|language| !only.contains(language)) {
        return Prepared::Skipped(article, language);
    }
    let id = article.id.clone();
    match encode(article, model, config) {
        Ok(encoded) => Prepared::Encoded(encoded, language),
        Err(message) => Prepared::Rejected(record.reject(Some(id), RejectReason::Internal, message)),
    }
}

fn encode(article: Article, model: &Model, config: &Config) -> std::result::Result<Box<EncodedArticle>, String> {
    // A text that breaks the tokenizer is one bad article, not the end of the run.
    let encode = || EncodedArticle::segmented(article, &model.tokenizer, config.segmentation);
    let failure = match catch_unwind(AssertUnwindSafe(encode)) {
        Ok(Ok(encoded)) => return Ok(Box::new(encoded)),
        Ok(Err(error)) => error,
        Err(_) => "the tokenizer panicked".to_owned(),
    };
    Err(format!("the article cannot be tokenized: {failure}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::Origin;
    use crate::read::Format;

    fn sizes(lengths: &[usize], shard: Option<u64>) -> Vec<usize> {
        let record = |bytes: usize| {
            Ok(RawRecord { origin: Origin::default(), name: "".into(), format: Format::Text, bytes: vec![0; bytes] })
        };
        let limits = ChunkLimits { articles: 3, bytes: 10, shard };
        chunks(lengths.iter().map(|&length| record(length)), limits).map(|chunk| chunk.len()).collect()
    }

    proptest! {
        /// A run that goes on from a shard cuts the same chunks as one that came from the start.
        #[test]
        fn shards_are_cut_alone(lengths in prop::collection::vec(0usize..12, 0..40), shard in 1usize..9) {
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
