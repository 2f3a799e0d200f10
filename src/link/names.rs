//! Names without a table: a model's spans, cut and joined as a linker does where its table has no part in it.

use std::sync::LazyLock;

use super::context::LinkContext;
use super::document::Document;
use super::options::LinkOptions;
use super::table::EntityTable;
use crate::decode::NerSpan;

static NO_TABLE: LazyLock<EntityTable> = LazyLock::new(EntityTable::empty);

/// The names that a model found in an article, in the order of field and start, none overlapping another.
pub(crate) fn names(document: &Document<'_>, found: Vec<NerSpan>, keep_addresses: bool) -> Vec<NerSpan> {
    let options = LinkOptions { keep_addresses, ..LinkOptions::default() };
    let context = LinkContext::new(&NO_TABLE, &options, document);
    let mut mentions = context.collect(found);
    context.join_long_forms(&mut mentions);
    let name = |mention: super::candidates::mention::CandidateMention| {
        let (kind, score) = mention.kind.zip(mention.score)?;
        Some(NerSpan { field: mention.field, span: mention.span, kind, score, sentence: mention.sentence })
    };
    mentions.into_iter().filter_map(name).collect()
}
