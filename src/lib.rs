//! namewire finds the named entities of news articles with an ONNX token-classification model, and links each
//! mention to an entity of the user's own alias table.
//!
//! # The flow
//!
//! Each stage is a module, and each defines the type that the next one takes:
//!
//! | stage | module | from | to |
//! |---|---|---|---|
//! | 1 read | [`read`] | files, archives, standard input | [`read::RawRecord`], then [`article::Article`] |
//! | 2 clean | [`clean`] | raw text | [`clean::CleanText`] and the way back |
//! | 3 segment | [`segment`] | clean text | [`segment::Sentence`] |
//! | 4 encode | [`encode`] | sentences | [`encode::EncodedArticle`]: token ids with offsets |
//! | 5 window | [`window`] | tokens of a sentence | [`window::Window`]: what the model sees at once |
//! | 6 repeat | [`repeat`] | windows of a chunk | [`repeat::Repeats`]: which are computed, which were seen |
//! | 7 batch | [`batch`] | windows to compute | [`batch::Batch`], bounded by padded tokens |
//! | 8 infer | [`infer`] | batches | [`infer::Logits`], `[batch, token, label]` |
//! | 9 stitch | [`stitch`] | logits of windows | [`stitch::TokenScores`] of articles, `[token, label]` |
//! | 10 decode | [`decode`], [`words`] | scores | [`decode::NerSpan`] |
//! | 11 link | [`link`] | mentions | [`link::LinkedMention`] |
//! | 12 write | [`mod@write`] | linked mentions | JSON Lines |
//!
//! [`pipeline`] is the one place that knows threads, channels and order; [`relink`] repeats the end of the flow on
//! spans that an earlier run has written. [`chunk`] is the unit that travels through them; [`finish`] takes an article
//! from its scores to its mentions. [`model`] opens model folders, [`hub`] fetches them, [`config`] holds every setting,
//! [`report`] counts, [`stop`] ends a run early. [`eval`] measures mentions and links against a gold standard.
//!
//! # Example
//!
//! ```
//! use namewire::article::Article;
//! use namewire::config::Config;
//! use namewire::infer::{Device, OnnxBackend, OnnxOptions, Runtime};
//! use namewire::link::{EntityTable, LinkOptions, Linker};
//! use namewire::model::{Model, ModelOptions};
//! use namewire::pipeline::Pipeline;
//!
//! # fn main() -> namewire::error::Result<()> {
//! let runtime = Runtime::load(None, Device::Cpu.kind())?;
//! let model = Model::bundled(&ModelOptions::default())?;
//! let session = OnnxBackend::new(runtime, &model, OnnxOptions { device: Device::Cpu, threads: 1, gpu_memory: None })?;
//! let table = EntityTable::parse(&[(
//!     "my table",
//!     r#"{"id": "loc/turkey", "name": "Turkey", "type": "LOC", "aliases": ["Turkish", "Türkiye"]}"#,
//! )])?;
//! let linker = Linker::new(table, LinkOptions::default());
//! let pipeline = Pipeline::new(model, Some(linker), vec![Box::new(session)], Config::default())?;
//!
//! let text = "The Turkish foreign minister, Ahmet Davutoğlu, flew to Geneva on Monday.";
//! let article = Article { id: "one".into(), text: text.into(), ..Article::default() };
//! let mentions = pipeline.extract(article)?;
//! let seen: Vec<_> = mentions.iter().map(|mention| (mention.span.slice(text), &*mention.kind)).collect();
//! assert_eq!(seen, [("Turkish", "MISC"), ("Ahmet Davutoğlu", "PER"), ("Geneva", "LOC")]);
//! let linker = pipeline.linker().expect("given above");
//! assert_eq!(&*linker.table().entity(mentions[0].link.entity.expect("an alias")).id, "loc/turkey");
//! # Ok(())
//! # }
//! ```

pub mod article;
pub mod batch;
pub mod bench;
pub mod chunk;
pub mod clean;
pub mod config;
pub mod counters;
pub mod date;
pub mod decode;
mod device;
pub mod encode;
pub mod error;
pub mod eval;
pub mod hash;
pub mod hub;
pub mod infer;
pub mod language;
pub mod link;
pub mod memory;
pub mod mentions;
pub mod model;
pub mod outcome;
pub mod pipeline;
pub mod read;
pub mod relink;
pub mod repeat;
pub mod report;
pub mod segment;
pub mod span;
pub mod stitch;
pub mod window;
pub mod words;
pub mod write;
