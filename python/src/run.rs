//! A durable run, from files to files.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use namewire::run::{Event, Observer, RunEnd, RunHandle, RunProgress, Written};
use namewire::{Error, RunOptions};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;
use serde_json::{Value, json};
use tracing::info;

use crate::engine::Engine;
use crate::error::{Failure, forked};
use crate::log::detached;
use crate::process::OfProcess;
use crate::settings;

/// A run on a thread of its own.
#[pyclass(module = "namewire._namewire")]
pub(crate) struct Run {
    /// The lock is only there because receivers are not `Sync`.
    end: Mutex<OfProcess<Receiver<Result<Value, Error>>>>,
    handle: RunHandle,
    progress: Shared,
}

/// The progress of the run, from its first record on.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Option<RunProgress>>>);

impl Observer for Shared {
    fn started(&self, progress: RunProgress) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }

    fn notify(&self, event: &Event<'_>) {
        match event {
            Event::NothingToResume { path } => {
                info!(target: "namewire", "{}: there is nothing to resume; starting from scratch", path.display());
            }
            Event::Resumed { path, shards, records } => {
                let path = path.display();
                info!(target: "namewire", "{path}: resuming after {shards} complete shards of {records} records");
            }
            Event::Resumable { shards } => info!(target: "namewire", "{shards} shards are complete; resume the run"),
            _ => {}
        }
    }
}

#[pymethods]
impl Run {
    /// Opens the inputs, and starts on the model and tables of `engine`. `settings` are fields of `RunOptions`.
    #[new]
    fn new(py: Python<'_>, engine: &Engine, settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut options: RunOptions = settings::options(settings)?;
        options.engine.clone_from(engine.options());
        let namewire = engine.with_sessions(py)?;
        let run = detached(py, || namewire::Run::open_on(namewire.engine(), options)).map_err(Failure::from)?;
        let (handle, progress, (send, end)) = (run.handle().clone(), Shared::default(), channel());
        let observer = progress.clone();
        std::thread::Builder::new().name("run".to_owned()).spawn(move || {
            // Where the caller was interrupted twice, nobody waits for the end.
            let _ = send.send(run.execute(&observer).map(|end| summary(&end)));
        })?;
        Ok(Self { end: Mutex::new(OfProcess::new(end)), handle, progress })
    }

    /// The summary, or `None` where the run goes on after `seconds`.
    fn wait<'py>(&mut self, py: Python<'py>, seconds: f64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let end = self.end.get_mut().unwrap_or_else(PoisonError::into_inner);
        let end = end.get_mut().ok_or_else(|| forked("the run"))?;
        let wait = move || (*end).recv_timeout(Duration::from_secs_f64(seconds));
        match detached(py, wait) {
            Ok(summary) => Ok(Some(pythonize(py, &summary.map_err(Failure::from)?)?)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                Err(Failure::from(Error::inference("the thread of the run has panicked")).into())
            }
        }
    }

    /// Bytes read, bytes of all inputs where they are known, and articles done.
    fn progress(&self) -> Option<(u64, Option<u64>, u64)> {
        let progress = self.progress.0.lock().unwrap_or_else(PoisonError::into_inner);
        let RunProgress { read, handle, .. } = progress.as_ref()?;
        Some((read.bytes.load(Relaxed), read.total, handle.counters().articles.load(Relaxed)))
    }

    /// Stops after the articles in flight, or after the shard in flight.
    fn stop(&self) {
        self.handle.stop().request();
    }
}

fn summary(end: &RunEnd) -> Value {
    match end {
        RunEnd::Complete(summary) => with_status("complete", summary.to_json()),
        RunEnd::AlreadyComplete(written) => with_status("already_complete", json!({"written": counts(written)})),
        _ => with_status("stopped", json!({})),
    }
}

fn with_status(status: &str, mut summary: Value) -> Value {
    summary["status"] = json!(status);
    summary
}

fn counts(Written { counts, .. }: &Written) -> Value {
    json!({"records": counts.records, "articles": counts.written, "rejected": counts.rejected,
           "skipped": counts.skipped, "mentions": counts.mentions, "linked": counts.linked})
}
