//! The facade: [`Namewire`] finds and links mentions in texts and articles that a program has in hand.

use std::path::PathBuf;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::article::Article;
use crate::config::Config;
use crate::decode::NerSpan;
use crate::engine::{DeviceChoice, Engine, EngineOptions, Parts, Tables};
use crate::error::{Error, ErrorKind, Result};
use crate::infer::Backend;
use crate::link::{EntityTable, Explanation, Linker};
use crate::mention::Mention;
use crate::mentions::RecordOutcome;
use crate::model::Model;
use crate::outcome::Outcome;
use crate::pipeline::Stop;
use crate::read::Reject;
use crate::write::mention_lines;

/// Results that [`Namewire::extract_all`] holds for a caller that is slower than the pipeline.
const MAX_WAITING: usize = 64;

/// A model, its sessions and an entity table, ready to find and link mentions. Cheap to clone; any number of threads
/// may use it at the same time.
#[derive(Clone)]
pub struct Namewire {
    engine: Arc<Engine>,
}

/// The settings of a [`Namewire`], and parts that a program brings itself.
#[derive(Default)]
pub struct Builder {
    options: EngineOptions,
    parts: Parts,
}

/// An article and its mentions.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ExtractedArticle {
    /// The id of the article.
    pub id: String,
    /// The detected or declared language, an ISO 639-1 code.
    pub language: Option<String>,
    /// Its mentions, in the order of field and start, none overlapping another.
    pub mentions: Vec<Mention>,
}

impl Builder {
    /// A model folder, or a model of the hub that was fetched, by name: `owner/name[@revision]`. Default: the bundled
    /// model for English news.
    pub fn model(mut self, model: impl Into<PathBuf>) -> Self {
        self.options.model = Some(model.into());
        self
    }

    /// An entity table to link to; called again, several files are one table. Default: the starter table.
    pub fn entities(mut self, table: impl Into<PathBuf>) -> Self {
        match &mut self.options.tables {
            Tables::Files(files) => files.push(table.into()),
            tables => *tables = Tables::Files(vec![table.into()]),
        }
        self
    }

    /// Leaves mentions without links.
    pub fn without_entities(mut self) -> Self {
        self.options.tables = Tables::None;
        self
    }

    /// Where to compute. Default: the CPU.
    pub fn device(mut self, device: DeviceChoice) -> Self {
        self.options.device = device;
        self
    }

    /// How many sessions infer at the same time. Default: one per core on a CPU, two on a GPU.
    pub fn workers(mut self, workers: usize) -> Self {
        self.options.workers = Some(workers);
        self
    }

    /// Every setting at once.
    pub fn options(mut self, options: EngineOptions) -> Self {
        self.options = options;
        self
    }

    /// A model that is open already.
    pub fn opened_model(mut self, model: Model) -> Self {
        self.parts.model = Some(model);
        self
    }

    /// A table in memory.
    pub fn table(mut self, table: EntityTable) -> Self {
        self.parts.table = Some(table);
        self
    }

    /// Backends of the program's own, one per worker; ONNX Runtime is then never loaded.
    pub fn backends(mut self, backends: Vec<Box<dyn Backend>>) -> Self {
        self.parts.backends = backends;
        self
    }

    /// Opens everything.
    ///
    /// # Errors
    ///
    /// Fails where a setting is impossible, or where ONNX Runtime, the model, a table or the device cannot be used.
    pub fn build(self) -> Result<Namewire> {
        let engine = Engine::open(&self.options, self.parts, Config::default())?;
        Ok(Namewire { engine: Arc::new(engine) })
    }
}

impl Namewire {
    /// Settings to start from.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The mentions of one text. Texts in number go faster through [`Namewire::extract_all`].
    ///
    /// # Errors
    ///
    /// Fails where the text is over 16 MiB, or where inference fails.
    pub fn extract(&self, text: impl Into<String>) -> Result<Vec<Mention>> {
        let article = Article { text: text.into(), ..Article::default() };
        if article.is_blank() {
            return Ok(Vec::new());
        }
        self.extract_article(article).map(|extracted| extracted.mentions)
    }

    /// The mentions of one article, its headline included. A date helps to link names that changed hands.
    ///
    /// # Errors
    ///
    /// As [`Namewire::extract`]; also where the article has no text.
    pub fn extract_article(&self, article: Article) -> Result<ExtractedArticle> {
        self.engine.pipeline.with_article(article, |outcome| extracted(&outcome, self.table()))
    }

    /// Links the spans that another recogniser found in an article, and adds the names of the table that it missed, as
    /// with spans of the model. Spans are bytes of the raw text.
    ///
    /// # Errors
    ///
    /// As [`Namewire::extract_article`]; also where a span is not a piece of the text.
    pub fn link_article(&self, article: Article, spans: Vec<NerSpan>) -> Result<ExtractedArticle> {
        self.engine.pipeline.with_spans(article, spans, |outcome| extracted(&outcome, self.table()))
    }

    /// Why each mention of an article is linked as it is; `None` without a table.
    ///
    /// # Errors
    ///
    /// As [`Namewire::extract_article`].
    pub fn explain_article(&self, article: Article) -> Result<Option<Explanation>> {
        let pipeline = &self.engine.pipeline;
        pipeline.with_article(article, |outcome| match outcome {
            Outcome::Processed(done) => Ok(pipeline.explain(done)),
            Outcome::Rejected(reject) => Err(rejected(reject)),
            Outcome::Skipped(_) => Ok(None),
        })
    }

    /// The mentions of all articles, through the whole pipeline: batched, on all cores, in order, one result for each.
    /// An article that cannot be processed is an error of kind [`ErrorKind::Article`], and the next one follows; any
    /// other error is the last result. Dropping the iterator stops the work.
    pub fn extract_all<I>(&self, articles: I) -> ExtractAll
    where
        I: IntoIterator<Item: Into<Article>>,
        I::IntoIter: Send + 'static,
    {
        let articles = articles.into_iter().map(|article| Ok::<Article, Reject>(article.into()));
        let engine = Arc::clone(&self.engine);
        let handle = engine.pipeline.handle();
        let stop = handle.stop().clone();
        let (send, results) = bounded(MAX_WAITING);
        let failure = send.clone();
        let run = move || {
            let table = engine.pipeline.linker().map(Linker::table);
            let render = |outcome: &RecordOutcome<'_>| Ok(extracted(outcome, table));
            let done = engine.pipeline.run(articles, &handle, render, |result| deliver(&send, result));
            // Where the caller has dropped the iterator, nobody is left to tell.
            if let Err(error) = done {
                let _ = send.send(Err(error));
            }
        };
        if let Err(error) = std::thread::Builder::new().name("extract-all".to_owned()).spawn(run) {
            let error = Error::new(ErrorKind::Internal, "cannot start a thread").because(error);
            let _ = failure.send(Err(error)); // the channel is empty, and its receiver is below
        }
        ExtractAll { results, stop }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        self.engine.pipeline.model()
    }

    /// The entity table; `None` where mentions are not linked.
    pub fn table(&self) -> Option<&EntityTable> {
        self.engine.pipeline.linker().map(Linker::table)
    }

    /// The opened engine, for everything else.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// The results of [`Namewire::extract_all`], in the order of the articles.
pub struct ExtractAll {
    results: Receiver<Result<ExtractedArticle>>,
    stop: Stop,
}

impl ExtractAll {
    /// The next result as [`Iterator::next`] returns it, or `Pending` where there is none after `timeout`: for callers that
    /// must attend to other things, such as signals.
    pub fn poll(&mut self, timeout: Duration) -> Poll<Option<Result<ExtractedArticle>>> {
        match self.results.recv_timeout(timeout) {
            Ok(result) => Poll::Ready(Some(result)),
            Err(RecvTimeoutError::Disconnected) => Poll::Ready(None),
            Err(RecvTimeoutError::Timeout) => Poll::Pending,
        }
    }
}

impl Iterator for ExtractAll {
    type Item = Result<ExtractedArticle>;

    fn next(&mut self) -> Option<Self::Item> {
        self.results.recv().ok()
    }
}

impl Drop for ExtractAll {
    fn drop(&mut self) {
        self.stop.request();
    }
}

fn deliver(results: &Sender<Result<ExtractedArticle>>, result: Result<ExtractedArticle>) -> Result<()> {
    results.send(result).map_err(|_| Error::new(ErrorKind::ClosedPipe, "the results were dropped"))
}

/// What programs get of an outcome.
fn extracted(outcome: &RecordOutcome<'_>, table: Option<&EntityTable>) -> Result<ExtractedArticle> {
    match outcome {
        Outcome::Processed(done) => {
            let mut mentions = Vec::with_capacity(done.mentions.len());
            mention_lines(done, table, |line| mentions.push(Mention::from(line)))?;
            let language = done.language.map(str::to_owned);
            Ok(ExtractedArticle { id: done.article.id.clone(), language, mentions })
        }
        Outcome::Rejected(reject) => Err(rejected(reject)),
        Outcome::Skipped(skipped) => Ok(ExtractedArticle {
            id: skipped.article.id.clone(),
            language: skipped.language.clone(),
            mentions: Vec::new(),
        }),
    }
}

fn rejected(reject: &Reject) -> Error {
    let id = reject.id.as_deref().filter(|id| !id.is_empty()).map(|id| format!("article {id:?}: "));
    Error::new(ErrorKind::Article, id.unwrap_or_default() + &reject.message)
}
