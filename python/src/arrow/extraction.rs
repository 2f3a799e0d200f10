//! The way of a table through the pipeline.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::SchemaRef;
use pyo3::prelude::*;

use super::capsule::import;
use super::input::{ColumnNames, Rows};
use super::output::{Shape, Source};
use super::table::Table;
use crate::error::{Failure, forked};
use crate::feed::{Done, Feed};
use crate::log::detached;
use crate::process::OfProcess;

/// A table on its way through the pipeline. The lock is only there because streams of Arrow are not `Sync`.
#[pyclass(module = "namewire._namewire")]
pub(crate) struct Extraction(Mutex<OfProcess<State>>);

struct State {
    feed: Feed,
    names: ColumnNames,
    shape: Shape,
    /// Whether an article that cannot be processed ends it.
    raises: bool,
    schema: SchemaRef,
    kept: Vec<usize>,
    batches: RecordBatchStreamReader,
    reading: Reading,
    /// Rows under way, in parts that are returned together.
    parts: VecDeque<Part>,
    /// Rows passed in so far.
    rows: u64,
    done: Vec<RecordBatch>,
}

/// Where the rows come from that are passed in next.
enum Reading {
    /// The next batch.
    Next,
    /// A batch, from this row on.
    Batch { columns: Rows, kept: RecordBatch, row: usize },
    /// There are no more.
    End,
}

/// Rows that are returned together.
struct Part {
    /// Their kept columns.
    kept: RecordBatch,
    /// Those that were passed in and are not done.
    under_way: VecDeque<Source>,
    done: Vec<(Source, Done)>,
}

/// What ended a step.
enum Step {
    /// So many rows are done.
    Done(usize),
    /// The time is over.
    Waiting,
    /// All rows are done.
    End,
}

impl Extraction {
    pub(crate) fn new(
        table: &Bound<'_, PyAny>,
        names: ColumnNames,
        shape: Shape,
        raises: bool,
        feed: Feed,
    ) -> PyResult<Self> {
        let batches = import(table)?;
        let kept = names.kept(&batches.schema())?;
        let schema = batches.schema().project(&kept).map_err(Failure::from)?;
        let schema = shape.schema(&schema)?;
        Ok(Self(Mutex::new(OfProcess::new(State {
            feed,
            names,
            shape,
            raises,
            schema,
            kept,
            batches,
            reading: Reading::Next,
            parts: VecDeque::new(),
            rows: 0,
            done: Vec::new(),
        }))))
    }

    fn state(&mut self) -> PyResult<&mut State> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).get_mut().ok_or_else(|| forked("the table"))
    }
}

#[pymethods]
impl Extraction {
    /// Works for about `seconds`. Returns how many rows were done since the last call, or `None` when all are.
    fn step(&mut self, py: Python<'_>, seconds: f64) -> PyResult<Option<usize>> {
        let state = self.state()?;
        let until = Instant::now() + Duration::from_secs_f64(seconds);
        let mut rows = 0;
        loop {
            match detached(py, || state.step(until))? {
                Step::Done(more) => rows += more,
                Step::End if rows == 0 => return Ok(None),
                Step::Waiting | Step::End => return Ok(Some(rows)),
            }
            if Instant::now() > until {
                return Ok(Some(rows));
            }
        }
    }

    /// The rows that are done and were not taken yet.
    fn take(&mut self) -> PyResult<Table> {
        let state = self.state()?;
        Ok(Table::new(state.schema.clone(), std::mem::take(&mut state.done)))
    }
}

impl State {
    fn step(&mut self, until: Instant) -> Result<Step, Failure> {
        loop {
            self.pass_in()?;
            let Some(part) = self.parts.front_mut() else { return Ok(Step::End) };
            let done = match self.feed.poll(until.saturating_duration_since(Instant::now())) {
                Poll::Pending => return Ok(Step::Waiting),
                Poll::Ready(done) => done?,
            };
            if let (true, Some(Err(fault))) = (self.raises, &done) {
                return Err(Failure::Article(fault.clone()));
            }
            part.done.extend(part.under_way.pop_front().zip(done));
            if part.done.len() == part.kept.num_rows() {
                let rows = part.done.len();
                self.done.push(self.shape.batch(&self.schema, &part.done, &part.kept)?);
                self.parts.pop_front();
                return Ok(Step::Done(rows));
            }
        }
    }

    /// Passes in rows until enough are under way.
    fn pass_in(&mut self) -> Result<(), Failure> {
        while !self.feed.is_full() {
            match &mut self.reading {
                Reading::End => return Ok(()),
                Reading::Next => self.next_batch()?,
                Reading::Batch { kept, row, .. } if *row == kept.num_rows() => self.reading = Reading::Next,
                Reading::Batch { columns, kept, row } => {
                    // The last part is complete as soon as it has as many sources as rows.
                    let is_complete = |part: &Part| part.under_way.len() + part.done.len() == part.kept.num_rows();
                    if self.parts.back().is_none_or(is_complete) {
                        let together = columns.together(*row, kept.num_rows());
                        let kept = kept.slice(*row, together);
                        self.parts.push_back(Part { kept, under_way: VecDeque::new(), done: Vec::new() });
                    }
                    let article = columns.article(*row, self.rows);
                    let source = Source { id: article.id.clone(), date: article.date };
                    self.parts.back_mut().into_iter().for_each(|part| part.under_way.push_back(source.clone()));
                    self.feed.push(Ok(article));
                    *row += 1;
                    self.rows += 1;
                }
            }
        }
        Ok(())
    }

    fn next_batch(&mut self) -> Result<(), Failure> {
        self.reading = match self.batches.next() {
            None => {
                self.feed.finish();
                Reading::End
            }
            Some(batch) => {
                let batch = batch?;
                Reading::Batch { columns: self.names.of(&batch)?, kept: batch.project(&self.kept)?, row: 0 }
            }
        };
        Ok(())
    }
}
