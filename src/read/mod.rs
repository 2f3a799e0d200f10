//! Inputs to articles.
//!
//! [`discover`] turns what the user named into [`Input`]s, and fails at once where the request itself is
//! wrong. [`Records`] cuts them, one after another, into [`RawRecord`]s: cheap work, for one thread.
//! [`RawRecord::parse`] makes each an [`Article`](crate::article::Article): expensive work, for many
//! threads. Nothing stops reading once it has begun: what cannot be read becomes a [`Reject`], and reading continues
//! after it.

mod discover;
mod expand;
mod fields;
mod format;
mod input;
mod ledger;
mod lines;
mod options;
mod parse;
mod prune;
mod record;
mod records;
mod reject;
mod retry;
mod select;
mod source;

pub use discover::{discover, discover_listed};
pub use expand::ExpansionLimits;
pub use fields::FieldNames;
pub use format::{Compression, Format};
pub use input::Input;
pub use ledger::{Followed, InputRead, Ledger, Position, RecordIterator};
pub use options::{MAX_ARTICLE_BYTES, ReadOptions};
pub(crate) use parse::check_article;
pub use record::RawRecord;
pub use records::Records;
pub use reject::{Reject, RejectReason};
pub use retry::Retry;
pub use select::{Sample, Selection};
pub use source::{ReadProgress, open_stored};
pub(crate) use source::{Reader, Source};
