//! What the library reports, as records of Python's `logging`.
//!
//! Threads of the library may report at any time, also while the caller's thread holds the GIL and waits for them. So events
//! are queued, and the caller's thread passes them on when its call is done.

use std::fmt::{Debug, Write};
use std::mem;
use std::sync::{Mutex, Once, PoisonError};

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// The logger that gets the records.
const LOGGER: &str = "namewire";

static STARTED: Once = Once::new();
static QUEUE: Mutex<Vec<(Level, String)>> = Mutex::new(Vec::new());

/// Works without the GIL, and then passes on what the library reported.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    // Not at import: the command has a log of its own. Whoever set another subscriber keeps it.
    STARTED.call_once(|| drop(tracing::subscriber::set_global_default(Queue)));
    let result = py.detach(work);
    deliver(py);
    result
}

fn deliver(py: Python<'_>) {
    // Handlers may call the library: the lock is not held while they work.
    let records = mem::take(&mut *QUEUE.lock().unwrap_or_else(PoisonError::into_inner));
    for (level, message) in records {
        if let Err(error) = record(py, level, &message) {
            not_lost(py, error);
        }
    }
}

/// Ctrl-C may come while a record is passed on: it is requested again, for the caller's next statement. The result of the
/// call is kept, and other errors of handlers are only reported.
fn not_lost(py: Python<'_>, error: PyErr) {
    let requested = error.is_instance_of::<PyKeyboardInterrupt>(py)
        && py.import("_thread").and_then(|thread| thread.call_method0("interrupt_main")).is_ok();
    if !requested {
        error.write_unraisable(py, None);
    }
}

fn record(py: Python<'_>, level: Level, message: &str) -> PyResult<()> {
    let logger = py.import("logging")?.call_method1("getLogger", (LOGGER,))?;
    let method = match level {
        Level::ERROR => "error",
        Level::WARN => "warning",
        _ => "info",
    };
    logger.call_method1(method, ("%s", message))?;
    Ok(())
}

/// Queues events: those of namewire from `INFO` on, and of other libraries as the command shows them.
struct Queue;

impl Subscriber for Queue {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let least = match metadata.target().split("::").next() {
            Some("namewire") => Level::INFO,
            Some("ort") => Level::ERROR,
            _ => Level::WARN,
        };
        metadata.is_event() && *metadata.level() <= least
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message::default();
        event.record(&mut message);
        QUEUE.lock().unwrap_or_else(PoisonError::into_inner).push((*event.metadata().level(), message.0));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1) // spans are not enabled
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The text of an event.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a String cannot fail.
        let _ =
            if field.name() == "message" { write!(self.0, "{value:?}") } else { write!(self.0, " {field}={value:?}") };
    }
}
