//! Rows of a table as articles.

use std::borrow::Cow;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use namewire::Article;
use pyo3::prelude::*;

use super::values::Values;
use crate::error::Failure;

/// Rows that are returned together, and bytes of text after which there are fewer.
const MAX_ROWS: usize = 1024;
const MAX_BYTES: usize = 64 << 20;

/// Which columns hold what.
#[derive(Clone, FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ColumnNames {
    text: String,
    title: Option<String>,
    date: Option<String>,
    id: Option<String>,
    language: Option<String>,
    /// Columns that are copied to the result.
    keep: Vec<String>,
}

impl ColumnNames {
    /// The kept columns of a table of this schema.
    ///
    /// # Errors
    ///
    /// Fails where a column does not exist.
    pub(super) fn kept(&self, schema: &Schema) -> Result<Vec<usize>, Failure> {
        let named =
            [Some(&self.text), self.title.as_ref(), self.date.as_ref(), self.id.as_ref(), self.language.as_ref()];
        for name in named.into_iter().flatten().chain(&self.keep) {
            if schema.index_of(name).is_err() {
                let known: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
                return Err(Failure::Config(format!("there is no column `{name}`; there are {}", known.join(", "))));
            }
        }
        Ok(self.keep.iter().filter_map(|name| schema.index_of(name).ok()).collect())
    }

    /// The columns of a batch.
    ///
    /// # Errors
    ///
    /// Fails where the type of a column is unsuitable.
    pub(super) fn of(&self, batch: &RecordBatch) -> Result<Rows, Failure> {
        let values = |name: &String| {
            let column =
                batch.column_by_name(name).ok_or_else(|| Failure::Config(format!("there is no column `{name}`")))?;
            Values::new(column).map_err(|what| Failure::Config(format!("column `{name}` {what}")))
        };
        Ok(Rows {
            text: values(&self.text)?,
            title: self.title.as_ref().map(values).transpose()?,
            date: self.date.as_ref().map(values).transpose()?,
            id: self.id.as_ref().map(values).transpose()?,
            language: self.language.as_ref().map(values).transpose()?,
        })
    }
}

/// The columns of a batch that articles are made of.
pub(super) struct Rows {
    text: Values,
    title: Option<Values>,
    date: Option<Values>,
    id: Option<Values>,
    language: Option<Values>,
}

impl Rows {
    /// The article of a row. `number` is its id where the table has none.
    pub(super) fn article(&self, row: usize, number: u64) -> Article {
        let text = |values: &Option<Values>| values.as_ref()?.text(row).map(Cow::into_owned);
        Article {
            id: text(&self.id).unwrap_or_else(|| number.to_string()),
            title: text(&self.title),
            text: self.text.text(row).map(Cow::into_owned).unwrap_or_default(),
            date: self.date.as_ref().and_then(|values| values.date(row)),
            lang: text(&self.language),
            ..Article::default()
        }
    }

    /// How many rows after `start`, of `rows` in all, are returned together.
    pub(super) fn together(&self, start: usize, rows: usize) -> usize {
        let mut bytes = 0;
        let fits = |&row: &usize| {
            bytes += self.text.bytes(row);
            bytes < MAX_BYTES
        };
        (start..rows.min(start + MAX_ROWS)).take_while(fits).count().max(1)
    }
}
