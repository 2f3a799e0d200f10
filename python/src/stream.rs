//! A feed of Python objects, for `Namewire.pipe`.

use std::task::Poll;
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::article::Parts;
use crate::error::{Failure, forked};
use crate::feed::Feed;
use crate::log::detached;
use crate::outcome::processed;
use crate::process::OfProcess;

/// Articles under way, with the objects that they came with.
#[pyclass(module = "namewire._namewire")]
pub(crate) struct Stream {
    feed: OfProcess<Feed>,
}

impl Stream {
    pub(crate) fn new(feed: Feed) -> Self {
        Self { feed: OfProcess::new(feed) }
    }

    fn feed(&mut self) -> PyResult<&mut Feed> {
        self.feed.get_mut().ok_or_else(|| forked("the stream"))
    }
}

#[pymethods]
impl Stream {
    /// Passes an article in.
    #[pyo3(signature = (text, title=None, date=None, id=None, language=None))]
    fn push<'py>(
        &mut self,
        text: Bound<'py, PyAny>,
        title: Option<Bound<'py, PyAny>>,
        date: Option<Bound<'py, PyAny>>,
        id: Option<Bound<'py, PyAny>>,
        language: Option<Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let article = Parts { text, title, date, id, language }.article();
        self.feed()?.push(article);
        Ok(())
    }

    /// Whether results should be taken before more articles are passed in.
    #[getter]
    fn is_full(&mut self) -> PyResult<bool> {
        Ok(self.feed()?.is_full())
    }

    /// There are no more articles.
    fn finish(&mut self) -> PyResult<()> {
        self.feed()?.finish();
        Ok(())
    }

    /// The results that are ready, in order; waits up to `seconds` for the first. `None` where no article is under way.
    fn take<'py>(&mut self, py: Python<'py>, seconds: f64) -> PyResult<Option<Bound<'py, PyList>>> {
        let feed = self.feed()?;
        let results = PyList::empty(py);
        let until = Instant::now() + Duration::from_secs_f64(seconds);
        loop {
            let timeout =
                if results.is_empty() { until.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
            match detached(py, || feed.poll(timeout)) {
                Poll::Pending => return Ok(Some(results)),
                Poll::Ready(done) => match done.map_err(Failure::from)? {
                    None if results.is_empty() => return Ok(None),
                    None => return Ok(Some(results)),
                    Some(done) => results.append(processed(py, &done)?)?,
                },
            }
        }
    }
}
