//! Inputs to articles.
//!
//! [`discover`] turns what the user named into [`Input`]s, and fails at once where the request itself is
//! wrong. [`Records`] cuts them, one after another, into [`RawRecord`]s: cheap work, for one thread.
//! [`RawRecord::parse`] makes each an [`Article`](crate::article::Article): expensive work, for many
//! threads. Nothing stops reading once it has begun: what cannot be read becomes a [`Reject`], and reading continues
//! after it.

mod abridge;
mod archive;
mod concatenated;
mod csv;
mod cut;
mod decompress;
mod discover;
mod elasticsearch;
mod encoding;
mod expand;
mod fault;
mod fields;
mod format;
mod headers;
mod http;
mod input;
mod json;
mod json_records;
mod json_scan;
mod json_values;
mod json_write;
mod ledger;
mod lenient;
mod lines;
mod lz4_frames;
mod member_reader;
mod member_starts;
mod names;
mod options;
mod own_outputs;
mod parquet;
mod parse;
mod paths;
mod recognise;
mod record;
mod records;
mod reject;
mod retry;
mod select;
mod sniff;
mod source;
mod stored_file;
mod stream;
mod text;
mod unread;
mod warc;
mod web_page;
mod wide;
mod xml;
mod zstd_frames;

pub use discover::{Found, discover, find_inputs};
pub use encoding::TextEncoding;
pub use expand::ExpansionLimits;
pub use fields::FieldNames;
pub use format::{Compression, Format};
pub use input::Input;
pub use ledger::{Followed, InputRead, Ledger, Position, RecordIterator};
pub use options::{CsvOptions, MAX_ARTICLE_BYTES, ReadOptions};
pub(crate) use parse::check_article;
pub(crate) use paths::{path_of, shown};
pub use record::RawRecord;
pub use records::Records;
pub use reject::{Reject, RejectReason};
pub use retry::Retry;
pub use select::{Part, Sample, Selection};
pub(crate) use source::Source;
pub use source::{ReadProgress, open_stored};
pub(crate) use stream::Reader;
pub use unread::Unread;
