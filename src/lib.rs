//! namewire finds the named entities of news articles with an ONNX token-classification model, and links each mention
//! to an entity of your own alias table.
//!
//! ```no_run
//! # fn main() -> namewire::Result<()> {
//! use namewire::Namewire;
//!
//! let namewire = Namewire::builder().model("dslim/bert-base-NER").entities("my.jsonl").build()?;
//! for mention in namewire.extract("Davutoğlu met the YPG in Geneva.")? {
//!     println!("{} {:?}", mention.text, mention.entity_id);
//! }
//! # let articles = [""];
//! for result in namewire.extract_all(articles) {
//!     // Batched, on all cores, in order: one result for each article.
//!     println!("{} mentions", result?.mentions.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Without settings, the bundled model for English news and the starter table are used:
//!
//! ```
//! # fn main() -> namewire::Result<()> {
//! let namewire = namewire::Namewire::builder().build()?;
//! let text = "The Turkish foreign minister, Ahmet Davutoğlu, flew to Geneva on Monday.";
//! let mentions = namewire.extract(text)?;
//! let names: Vec<_> = mentions.iter().map(|mention| (&*mention.text, &*mention.kind)).collect();
//! assert_eq!(names, [("Turkish", "MISC"), ("Ahmet Davutoğlu", "PER"), ("Geneva", "LOC")]);
//! assert_eq!(mentions[0].entity_id.as_deref(), Some("loc/turkey"));
//! # Ok(())
//! # }
//! ```
//!
//! # Where to start
//!
//! | for | see |
//! |---|---|
//! | texts and articles in memory | [`Namewire`] |
//! | files in, files out, with shards, resume and a summary | [`run::Run`] with [`RunOptions`] |
//! | linking the mentions of another recogniser | [`Linker`], [`link`] |
//! | a model's scores from elsewhere | [`Backend`], [`Builder::backends`] |
//! | measuring against a gold standard | [`eval`] |
//!
//! Set the environment variable `ORT_DISABLE_TELEMETRY=1` before the first use: ONNX Runtime otherwise keeps a database
//! of telemetry in the user's cache folder.
//!
//! # The flow
//!
//! Each stage is a file or folder of its name in `src/`, and defines the type that the next one takes:
//!
//! | stage | from | to |
//! |---|---|---|
//! | 1 `read` | files, archives, standard input | `RawRecord`, then [`Article`] |
//! | 2 `clean` | raw text | `CleanText`, and the way back to raw offsets |
//! | 3 `segment` | clean text | `Sentence` |
//! | 4 `encode` | sentences | `EncodedArticle`: token ids with offsets |
//! | 5 `window` | tokens of a sentence | `Window`: what the model sees at once |
//! | 6 `repeat` | windows of a chunk | `Repeats`: which are computed, and which are copies |
//! | 7 `batch` | windows to compute | `Batch`, bounded by padded tokens |
//! | 8 `infer` | batches | [`infer::Logits`], `[batch, token, label]` |
//! | 9 `stitch` | logits of windows | `TokenScores` of articles, `[token, label]` |
//! | 10 `decode` | scores | [`decode::NerSpan`] |
//! | 11 `link` | spans | [`link::LinkedMention`] |
//! | 12 `write` | linked mentions | JSON Lines, or [`Mention`] |
//!
//! `mentions` runs stages 10 and 11 for one article, and checks every span. `chunk` is the unit of work that travels
//! through the stages, `outcome` says what became of a record, and `pipeline` is the one place that knows threads,
//! channels and order. [`engine`] opens everything, [`run`] makes a run durable, and the facade and the command line are
//! built on these two.

// The command line names the library as other programs do.
#[cfg(feature = "cli")]
extern crate self as namewire;

pub mod article;
#[doc(hidden)]
pub mod batch;
#[doc(hidden)]
pub mod bench;
#[doc(hidden)]
pub mod chunk;
#[doc(hidden)]
pub mod clean;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod counters;
pub mod date;
pub mod decode;
pub mod device;
#[doc(hidden)]
pub mod encode;
pub mod engine;
pub mod error;
pub mod eval;
pub mod explanation;
mod facade;
#[doc(hidden)]
pub mod hash;
pub mod html_report;
pub mod hub;
pub mod infer;
#[doc(hidden)]
pub mod language;
pub mod link;
mod linked_text;
mod mapped_file;
mod mention;
#[doc(hidden)]
pub mod mentions;
mod meta;
pub mod model;
#[doc(hidden)]
pub mod outcome;
pub mod page;
#[doc(hidden)]
pub mod pipeline;
pub mod read;
#[doc(hidden)]
pub mod repeat;
#[doc(hidden)]
pub mod report;
pub mod run;
#[doc(hidden)]
pub mod segment;
#[doc(hidden)]
pub mod span;
#[doc(hidden)]
pub mod stitch;
pub mod tables;
mod truecase;
#[doc(hidden)]
pub mod window;
#[doc(hidden)]
pub mod words;
pub mod write;

pub use article::Article;
pub use engine::EngineOptions;
pub use error::{Error, ErrorKind, Result};
pub use facade::{Builder, ExtractAll, ExtractedArticle, Namewire};
pub use infer::Backend;
pub use link::{EntityTable, Linker};
pub use mention::{Mention, MentionEvidence, MentionLink};
pub use run::{Run, RunOptions};
