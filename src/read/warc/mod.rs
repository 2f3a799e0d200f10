//! Web archives: WARC, the WET files of Common Crawl, and ARC.
//!
//! [`WarcRecords`] cuts them by the lengths in their headers; [`parse`] undoes what HTTP has done to a page.

mod cut;
mod kind;
mod parse;
mod record;

pub(super) use cut::WarcRecords;
pub(super) use parse::parse;
