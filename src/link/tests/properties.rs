//! Properties of linking on random articles of table names and traps, with model spans anywhere.

use proptest::prelude::*;

use super::{TABLE, linker};
use crate::article::Field;
use crate::decode::NerSpan;
use crate::link::candidates::mention::MatchSource;
use crate::link::candidates::scan::with_article;
use crate::link::context::LinkContext;
use crate::link::normalise::fold;
use crate::link::text::view::FieldView;
use crate::link::text::words::Gap;
use crate::link::{Document, EntityIx, EntityTable, LinkOptions, Linker, names};
use crate::span::Span;

/// Texts of table names, traps and separators.
fn article() -> impl Strategy<Value = String> {
    let names: Vec<String> = TABLE
        .lines()
        .filter(|line| !line.is_empty())
        .flat_map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let aliases = value["aliases"].as_array().cloned().unwrap_or_default();
            let texts = aliases.into_iter().map(|alias| alias.as_str().or(alias["text"].as_str()).unwrap().to_owned());
            texts.chain([value["name"].as_str().unwrap().to_owned()]).collect::<Vec<_>>()
        })
        .collect();
    let word = prop_oneof![
        4 => prop::sample::select(names),
        2 => "(the|The|al|in|and|of|provinces|province|President|Is|said|\\(|\\)|, or|also known as|US-|’s|5|\\.|Omar|Islamic)",
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec((word, prop::sample::select(vec![" ", " ", " ", "-", ", ", "\n", "’s ", " ("])), 0..14)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap.to_owned()]).collect())
}

/// Model mentions at arbitrary places of a text.
fn mentions(text: &str, picks: &[(usize, usize, usize)]) -> Vec<NerSpan> {
    let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    picks
        .iter()
        .filter_map(|&(start, len, kind)| {
            let (from, to) = (start % bounds.len(), (start % bounds.len() + len).min(bounds.len() - 1));
            let sentence = text[..bounds[from]].matches('\n').count() as u32;
            let kind = ["PER", "ORG", "LOC", "MISC"][kind % 4].into();
            (from < to).then(|| NerSpan {
                field: Field::Text,
                span: Span::new(bounds[from], bounds[to]),
                kind,
                score: 0.5,
                sentence,
            })
        })
        .collect()
}

/// All that a link says, but for the line of the table.
fn told(linker: &Linker, text: &str, found: Vec<NerSpan>) -> Vec<String> {
    let document = Document { title: None, text, date: None, sentences: &[] };
    linker
        .link(&document, found)
        .iter()
        .map(|mention| {
            let link = &mention.link;
            let id = |entity: EntityIx| linker.table().entity(entity).id;
            let candidates: Vec<_> =
                link.candidates.iter().map(|candidate| (id(candidate.entity), candidate.score)).collect();
            format!(
                "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {candidates:?} {}",
                mention.span,
                mention.kind,
                mention.found_by,
                link.entity.map(id),
                link.method,
                link.reason,
                link.score,
                mention.local_id
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(400) })]

    #[test]
    fn mentions_are_in_order_and_apart(text in article(), picks in prop::collection::vec((0usize..200, 0usize..30, 0usize..4), 0..6)) {
        let document = Document { title: None, text: &text, date: None, sentences: &[] };
        let linked = linker().link(&document, mentions(&text, &picks));
        for mention in &linked {
            prop_assert!(mention.span.get(&text).is_some_and(|surface| !surface.is_empty()));
        }
        for pair in linked.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start, "{text:?} {pair:?}");
        }
    }

    #[test]
    fn the_order_of_lines_and_unrelated_entities_change_nothing(text in article(), picks in prop::collection::vec((0usize..200, 0usize..30, 0usize..4), 0..4), turn in 0usize..30) {
        let mut lines: Vec<String> = TABLE.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let plain = linker();
        let expected = told(&plain, &text, mentions(&text, &picks));
        lines.extend((0..50).map(|at| format!(r#"{{"id":"zz/{at}","name":"Qqzwx{at} Vvkjh","type":"ORG","aliases":["Wwxy{at}"]}}"#)));
        lines.rotate_left(turn);
        let other = Linker::new(EntityTable::parse(&[("table.jsonl", &lines.join("\n"))]).unwrap(), LinkOptions::default());
        prop_assert_eq!(told(&other, &text, mentions(&text, &picks)), expected);
    }

    /// A table that has nothing of a text changes no span of it.
    #[test]
    fn spans_without_a_table_are_those_of_a_table_of_other_names(text in article(), picks in prop::collection::vec((0usize..200, 0usize..30, 0usize..4), 0..6)) {
        let other = EntityTable::parse(&[("table.jsonl", r#"{"id":"zz","name":"Qqzwx Vvkjh","type":"ORG"}"#)]).unwrap();
        let document = Document { title: None, text: &text, date: None, sentences: &[] };
        let linked = Linker::new(other, LinkOptions::default()).link(&document, mentions(&text, &picks));
        let spans: Vec<(Field, Span)> = linked.iter().map(|mention| (mention.field, mention.span)).collect();
        let unlinked = names(&document, mentions(&text, &picks), false);
        prop_assert_eq!(spans, unlinked.iter().map(|mention| (mention.field, mention.span)).collect::<Vec<_>>());
    }

    #[test]
    fn the_scan_finds_what_a_naive_search_finds(text in article()) {
        let (linker, options) = (linker(), LinkOptions::default());
        let document = Document { title: None, text: &text, date: None, sentences: &[] };
        let context = LinkContext::new(linker.table(), &options, &document);
        let field = context.view.field(Field::Text);
        let found = context.scan(field);
        for start in 0..field.words.content_len() {
            let Some(end) = naive_longest(&context, field, start) else { continue };
            let first = with_article(field, start);
            let last = field.words.content(end - 1) + 1;
            // Only a longer alias whose small head is cut off ("Aleppo province") may end otherwise.
            let scanned = found.iter().find(|found| found.words.start == first);
            prop_assert!(scanned.is_some_and(|found| found.words.end == last), "{text:?} {first}..{last} {found:?}");
        }
    }
}

/// The end of the longest alias from a word on: every run of words against every row of the table.
fn naive_longest(context: &LinkContext<'_>, field: &FieldView<'_>, start: usize) -> Option<usize> {
    let table = context.table;
    let all: Vec<u32> = table.curated_keys().flat_map(|(_, rows)| rows).collect();
    let mut longest = None;
    for end in start + 1..=field.words.content_len() {
        if end > start + 1 && field.words.content_gap(end - 1) == Gap::Break {
            break;
        }
        let mut key = String::new();
        field.words.push_key(start, end, &mut key);
        let rows = all.iter().copied().filter(|&row| fold(table.row(row).text) == key);
        let fits = |row: u32| {
            let hits = context.hits(field, std::iter::once(row), &(start..end), MatchSource::Table);
            !hits.is_empty()
        };
        if rows.into_iter().any(fits) {
            longest = Some(end);
        }
    }
    longest
}
