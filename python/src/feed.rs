//! Articles on their way through the pipeline.
//!
//! The caller's thread passes articles in and takes results out, so that whatever makes the articles (a generator, a
//! database cursor) runs on the thread that owns it. Enough articles are under way at any time to keep all sessions busy.

use std::collections::VecDeque;
use std::sync::mpsc::{Sender, channel};
use std::task::Poll;
use std::time::Duration;

use namewire::{Article, Error, ErrorKind, ExtractAll, ExtractedArticle, Namewire};

/// Chunks under way: in the reader, the queues of the sessions, and the collector.
const CHUNKS: usize = 6;

/// An article after the pipeline, or why it could not be processed.
pub(crate) type Done = Result<ExtractedArticle, String>;

/// Articles under way, in order.
pub(crate) struct Feed {
    /// Closed when there are no more articles.
    articles: Option<Sender<Article>>,
    results: ExtractAll,
    /// Of each article under way its size, or why it never entered the pipeline.
    under_way: VecDeque<Result<usize, String>>,
    bytes: usize,
    max_articles: usize,
    max_bytes: usize,
}

impl Feed {
    pub(crate) fn new(namewire: &Namewire) -> Self {
        let (articles, receiver) = channel::<Article>();
        let chunk = namewire.engine().pipeline.config().chunk;
        Self {
            articles: Some(articles),
            results: namewire.extract_all(receiver),
            under_way: VecDeque::new(),
            bytes: 0,
            max_articles: CHUNKS * chunk.articles,
            max_bytes: CHUNKS * chunk.bytes,
        }
    }

    /// True where more articles would only wait. Two must be under way, since a chunk ends where the next article begins.
    pub(crate) fn is_full(&self) -> bool {
        self.under_way.len() >= self.max_articles || (self.bytes >= self.max_bytes && self.under_way.len() > 1)
    }

    /// Passes in the next article, or why it is none.
    pub(crate) fn push(&mut self, article: Result<Article, String>) {
        let size = article.and_then(|article| {
            let bytes = article.text_bytes();
            let sent = self.articles.as_ref().is_some_and(|articles| articles.send(article).is_ok());
            // A pipeline that failed says so in its last result.
            if sent { Ok(bytes) } else { Err("the pipeline has ended".to_owned()) }
        });
        self.bytes += size.as_ref().copied().unwrap_or(0);
        self.under_way.push_back(size);
    }

    /// There are no more articles.
    pub(crate) fn finish(&mut self) {
        self.articles = None;
    }

    /// The next result, in the order of the articles; `None` where no article is under way.
    ///
    /// # Errors
    ///
    /// Fails where the pipeline fails.
    pub(crate) fn poll(&mut self, timeout: Duration) -> Poll<namewire::Result<Option<Done>>> {
        let bytes = match self.under_way.front() {
            None => return Poll::Ready(Ok(None)),
            Some(Err(_)) => {
                let fault = self.under_way.pop_front().and_then(Result::err).unwrap_or_default();
                return Poll::Ready(Ok(Some(Err(fault))));
            }
            Some(Ok(bytes)) => *bytes,
        };
        let result = match self.results.poll(timeout) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => return Poll::Ready(Err(Error::inference("the pipeline has ended early"))),
            Poll::Ready(Some(result)) => result,
        };
        self.under_way.pop_front();
        self.bytes -= bytes;
        Poll::Ready(match result {
            Ok(extracted) => Ok(Some(Ok(extracted))),
            Err(error) if error.kind() == ErrorKind::Article => Ok(Some(Err(error.to_string()))),
            Err(error) => Err(error),
        })
    }
}
