//! Rows as columns, for files that engines for analytics read: the flat form of mentions and articles.
//!
//! `docs/output.md` lists the columns. [`Columns`] holds rows column by column, [`flat`] says which columns there are and
//! where their values come from, [`parquet`] writes them, and [`check`] reads a finished file back.

mod check;
mod flat;
mod parquet;

pub(super) use self::check::{article_rows, count_rows, sum_articles};
use serde::{Deserialize, Serialize};

pub use self::flat::MentionColumns;
pub(super) use self::flat::{ArticleSource, MentionSource, article_schema, push_article};
pub(super) use self::parquet::ParquetEncoder;

/// The type of the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnType {
    Text,
    Int,
    /// 64 bits, for places in files.
    Long,
    Float,
    /// Days since 1970-01-01.
    Day,
    /// A list of entity ids with scores.
    Candidates,
}

/// Name and type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ColumnSpec {
    pub(super) name: String,
    pub(super) kind: ColumnType,
    /// Whether every row has a value.
    pub(super) is_required: bool,
}

/// What the Parquet files of a run hold besides their rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParquetContent {
    /// The columns of mentions.
    pub mentions: MentionColumns,
    /// Names and values for the footer of each file.
    pub footer: Vec<(String, String)>,
}

/// The columns of a file, in order.
pub(super) type Schema = Vec<ColumnSpec>;

/// Rows, column by column.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    rows: usize,
    columns: Vec<Column>,
}

/// The values of a column: of each row a level, 1 where it has a value, and the values that there are.
#[derive(Clone, Debug)]
enum Column {
    Text { levels: Vec<i16>, values: Texts },
    Int(Numbers<i32>),
    Long(Numbers<i64>),
    Float(Numbers<f32>),
    Candidates(Candidates),
}

/// Numbers, and the level of each row.
#[derive(Clone, Debug, Default)]
struct Numbers<T> {
    levels: Vec<i16>,
    values: Vec<T>,
}

/// Strings, one after another in one buffer.
#[derive(Clone, Debug, Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// Lists of entity ids with scores. `starts_list` is 0 for the first element of a row, or for its empty list.
#[derive(Clone, Debug, Default)]
struct Candidates {
    levels: Vec<i16>,
    starts_list: Vec<i16>,
    ids: Texts,
    scores: Vec<f32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
    }

    fn append(&mut self, other: &Self) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| start + end));
    }
}

impl<T: Copy> Numbers<T> {
    fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    fn append(&mut self, other: &Self) {
        self.levels.extend_from_slice(&other.levels);
        self.values.extend_from_slice(&other.values);
    }

    fn bytes(&self) -> usize {
        (size_of::<i16>() + size_of::<T>()) * self.levels.len()
    }
}

impl Column {
    fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Text => Self::Text { levels: Vec::new(), values: Texts::default() },
            ColumnType::Int | ColumnType::Day => Self::Int(Numbers::default()),
            ColumnType::Long => Self::Long(Numbers::default()),
            ColumnType::Float => Self::Float(Numbers::default()),
            ColumnType::Candidates => Self::Candidates(Candidates::default()),
        }
    }

    fn append(&mut self, other: &Self) {
        match (self, other) {
            (Self::Text { levels, values }, Self::Text { levels: more_levels, values: more }) => {
                levels.extend_from_slice(more_levels);
                values.append(more);
            }
            (Self::Int(numbers), Self::Int(more)) => numbers.append(more),
            (Self::Long(numbers), Self::Long(more)) => numbers.append(more),
            (Self::Float(numbers), Self::Float(more)) => numbers.append(more),
            (Self::Candidates(all), Self::Candidates(more)) => {
                all.levels.extend_from_slice(&more.levels);
                all.starts_list.extend_from_slice(&more.starts_list);
                all.ids.append(&more.ids);
                all.scores.extend_from_slice(&more.scores);
            }
            _ => debug_assert!(false, "columns of different schemas"),
        }
    }

    /// Bytes that it holds, about.
    fn bytes(&self) -> usize {
        match self {
            Self::Text { levels, values } => 2 * levels.len() + 8 * values.ends.len() + values.bytes.len(),
            Self::Int(numbers) => numbers.bytes(),
            Self::Long(numbers) => numbers.bytes(),
            Self::Float(numbers) => numbers.bytes(),
            Self::Candidates(lists) => 16 * lists.levels.len() + lists.ids.bytes.len(),
        }
    }
}

impl Columns {
    /// No rows of these columns.
    pub(super) fn new(schema: &Schema) -> Self {
        Self { rows: 0, columns: schema.iter().map(|column| Column::new(column.kind)).collect() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds rows of the same schema; to columns of no schema yet, with theirs.
    pub(crate) fn append(&mut self, other: &Self) {
        if self.columns.is_empty() {
            self.clone_from(other);
            return;
        }
        self.rows += other.rows;
        self.columns.iter_mut().zip(&other.columns).for_each(|(column, more)| column.append(more));
    }

    /// Takes the rows, and leaves none.
    fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    fn bytes(&self) -> usize {
        self.columns.iter().map(Column::bytes).sum()
    }
}
