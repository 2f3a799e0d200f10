//! An opened model with its tables.

use std::sync::{Arc, Mutex, PoisonError};

use namewire::batch::Batch;
use namewire::engine::DeviceChoice;
use namewire::explanation::ExplanationView;
use namewire::infer::{Backend, Logits};
use namewire::run::engine_identity;
use namewire::{EngineOptions, Error, Namewire};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pythonize::pythonize;

use crate::arrow::{ColumnNames, Extraction, Shape};
use crate::article::Parts;
use crate::error::{Failure, forked};
use crate::feed::Feed;
use crate::log::detached;
use crate::outcome::{nothing_found, processed};
use crate::process::OfProcess;
use crate::settings;
use crate::spans::{PythonSpan, in_bytes};
use crate::stream::Stream;

/// A model, its sessions and an entity table. In a forked process it opens again on first use.
#[pyclass(frozen, module = "namewire._namewire")]
pub(crate) struct Engine {
    options: EngineOptions,
    /// Locked for moments only, and never without the GIL, so that no fork finds it locked.
    opened: Mutex<Arc<OfProcess<Namewire>>>,
}

impl Engine {
    fn current(&self) -> Arc<OfProcess<Namewire>> {
        Arc::clone(&self.opened.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// The opened library, in this process, with sessions.
    pub(crate) fn with_sessions(&self, py: Python<'_>) -> PyResult<Namewire> {
        if self.only_links() {
            return Err(Failure::from(no_sessions()).into());
        }
        self.namewire(py)
    }

    fn only_links(&self) -> bool {
        self.options.workers == Some(0)
    }

    /// The opened library, in this process.
    fn namewire(&self, py: Python<'_>) -> PyResult<Namewire> {
        if let Some(namewire) = self.current().get() {
            return Ok(namewire.clone());
        }
        if !matches!(self.options.device, DeviceChoice::Exactly(namewire::device::Device::Cpu) | DeviceChoice::Stub) {
            return Err(forked("the GPU"));
        }
        let namewire = detached(py, || open(&self.options))?;
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(OfProcess::new(namewire.clone()));
        Ok(namewire)
    }
}

fn open(options: &EngineOptions) -> Result<Namewire, Failure> {
    let mut options = options.clone();
    let builder = Namewire::builder();
    if options.workers == Some(0) {
        options.workers = None;
        return Ok(builder.options(options).backends(vec![Box::new(LinksOnly)]).build()?);
    }
    Ok(builder.options(options).build()?)
}

/// Stands for the sessions of an engine that only links: ONNX Runtime is not loaded.
struct LinksOnly;

impl Backend for LinksOnly {
    fn infer(&mut self, _: &Batch) -> namewire::Result<Logits> {
        Err(no_sessions())
    }
}

fn no_sessions() -> Error {
    Error::config("with `workers=0` there are no sessions, and nothing but `link` works").with_setting("workers")
}

#[pymethods]
impl Engine {
    /// Opens everything. `settings` are fields of `EngineOptions`.
    #[new]
    fn new(py: Python<'_>, settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        let options: EngineOptions = settings::options(settings)?;
        let namewire = detached(py, || open(&options))?;
        Ok(Self { options, opened: Mutex::new(Arc::new(OfProcess::new(namewire))) })
    }

    /// Sessions that infer at the same time.
    #[getter]
    fn workers(&self, py: Python<'_>) -> PyResult<usize> {
        if self.only_links() { Ok(0) } else { Ok(self.namewire(py)?.engine().pipeline.sessions()) }
    }

    /// The device in use.
    #[getter]
    fn device(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.namewire(py)?.engine().device.clone())
    }

    /// The version of ONNX Runtime.
    #[getter]
    fn onnxruntime(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(self.namewire(py)?.engine().onnxruntime.clone())
    }

    /// The types of the model, without those of the table.
    #[getter]
    fn types(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        Ok(self.namewire(py)?.model().labels.types().iter().map(|kind| kind.to_string()).collect())
    }

    /// Versions, settings, and the hashes of model and tables.
    #[getter]
    fn made_with<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let namewire = self.namewire(py)?;
        let identity = engine_identity(&self.options, namewire.engine()).map_err(Failure::from)?;
        Ok(pythonize(py, &identity)?)
    }

    /// One article, processed on the calling thread.
    #[pyo3(signature = (text, title=None, date=None, id=None, language=None))]
    fn extract<'py>(
        &self,
        py: Python<'py>,
        text: Bound<'py, PyAny>,
        title: Option<Bound<'py, PyAny>>,
        date: Option<Bound<'py, PyAny>>,
        id: Option<Bound<'py, PyAny>>,
        language: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let article = Parts { text, title, date, id, language }.article().map_err(Failure::Article)?;
        if article.is_blank() {
            return nothing_found(py);
        }
        let namewire = self.with_sessions(py)?;
        let extracted = detached(py, || namewire.extract_article(article)).map_err(Failure::from)?;
        processed(py, &Ok(extracted))
    }

    /// The spans of another recogniser, linked.
    #[pyo3(signature = (spans, text, title=None, date=None, id=None, language=None))]
    #[allow(clippy::too_many_arguments)] // The parts of an article, as elsewhere.
    fn link<'py>(
        &self,
        py: Python<'py>,
        spans: Vec<PythonSpan>,
        text: Bound<'py, PyAny>,
        title: Option<Bound<'py, PyAny>>,
        date: Option<Bound<'py, PyAny>>,
        id: Option<Bound<'py, PyAny>>,
        language: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let article = Parts { text, title, date, id, language }.article().map_err(Failure::Article)?;
        if article.is_blank() {
            return nothing_found(py);
        }
        let spans = in_bytes(&article, spans).map_err(Failure::Article)?;
        let namewire = self.namewire(py)?;
        let linked = detached(py, || namewire.link_article(article, spans)).map_err(Failure::from)?;
        processed(py, &Ok(linked))
    }

    /// Why each mention of an article is linked as it is: as text, and as a dictionary.
    #[pyo3(signature = (text, title=None, date=None, id=None, language=None))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        text: Bound<'py, PyAny>,
        title: Option<Bound<'py, PyAny>>,
        date: Option<Bound<'py, PyAny>>,
        id: Option<Bound<'py, PyAny>>,
        language: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(String, Bound<'py, PyAny>)> {
        let article = Parts { text, title, date, id, language }.article().map_err(Failure::Article)?;
        let namewire = self.with_sessions(py)?;
        let explanation = detached(py, || namewire.explain_article(article.clone())).map_err(Failure::from)?;
        let Some((explanation, table)) = explanation.zip(namewire.table()) else {
            return Err(Failure::Config("there is nothing to explain without a table".to_owned()).into());
        };
        let view = ExplanationView { article: &article, table };
        Ok((view.text(&explanation), pythonize(py, &view.json(&explanation))?))
    }

    /// A stream of articles through the pipeline.
    fn stream(&self, py: Python<'_>) -> PyResult<Stream> {
        let namewire = self.with_sessions(py)?;
        Ok(Stream::new(detached(py, || Feed::new(&namewire))))
    }

    /// A table through the pipeline: `table` exports an Arrow stream.
    fn extract_table(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        columns: ColumnNames,
        nested: bool,
        raises: bool,
    ) -> PyResult<Extraction> {
        let namewire = self.with_sessions(py)?;
        let feed = detached(py, || Feed::new(&namewire));
        let shape = if nested { Shape::Articles } else { Shape::Mentions };
        Extraction::new(table, columns, shape, raises, feed)
    }
}
