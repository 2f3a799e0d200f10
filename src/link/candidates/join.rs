//! Names that a model broke in two: "Dayr" + "Az Zawr", "3rd Battalion" + "6th Marines".

use crate::decode::NerSpan;
use crate::link::text::lists;
use crate::link::text::view::FieldView;
use crate::link::text::words::Gap;
use crate::span::Span;

/// The mentions of one field, in order, with the pieces of one name put together.
pub(super) fn join<'m>(field: &FieldView<'_>, found: impl Iterator<Item = &'m NerSpan>) -> Vec<NerSpan> {
    let mut whole: Vec<NerSpan> = Vec::new();
    for mention in found {
        let mut mention = mention.clone();
        if lists::is_organisation(&mention.kind) {
            mention.span = with_ordinal(field, mention.span);
        }
        match whole.last_mut() {
            Some(last) if last.sentence == mention.sentence && is_one_name(field, last, &mention) => {
                last.span.end = last.span.end.max(mention.span.end);
                last.score = last.score.min(mention.score);
                if !last.kind.eq(&mention.kind) && lists::is_unit(last_key(field, last.span)) {
                    last.kind = mention.kind;
                }
            }
            _ => whole.push(mention),
        }
    }
    whole
}

fn is_one_name(field: &FieldView<'_>, left: &NerSpan, right: &NerSpan) -> bool {
    let (left_words, right_words) = (field.words.in_span(left.span), field.words.in_span(right.span));
    if left_words.is_empty() || right_words.is_empty() || left_words.end != right_words.start {
        return false;
    }
    let first = field.words.get(right_words.start);
    // The Arabic article inside a name, not "the".
    let article = first.is_article
        && field.words.key(right_words.start) != "the"
        && first.gap == Gap::Space
        && !field.words.get(right_words.start - 1).possessive;
    // John “J.D.” Dorrian.
    let between = field.text.get(left.span.end..right.span.start).unwrap_or_default();
    let nickname = lists::is_person(&left.kind)
        && between.contains(['”', '"'])
        && between.chars().all(|char| matches!(char, '”' | '"' | '.' | ' '))
        && left.span.get(field.text).is_some_and(|name| name.contains(['“', '"']));
    let unit = lists::is_unit(field.words.key(left_words.end - 1))
        && first.gap == Gap::Comma
        && lists::is_ordinal(field.words.key(right_words.start));
    // A line end inside a sentence: the model saw two names.
    let wrapped = first.gap == Gap::Space && between.contains('\n') && first.case.is_capital();
    // "Upper" + "Austria".
    let compass = left_words.len() == 1
        && first.gap == Gap::Space
        && lists::is_compass_name([field.words.key(left_words.start), field.words.key(right_words.start)]);
    (left.kind == right.kind && (article || nickname || wrapped || compass)) || unit
}

/// "134th" before the name of a unit is of the name.
fn with_ordinal(field: &FieldView<'_>, span: Span) -> Span {
    let words = field.words.in_span(span);
    let extends = !words.is_empty()
        && words.start > 0
        && field.words.get(words.start).gap == Gap::Space
        && lists::is_ordinal(field.words.key(words.start - 1))
        && words.clone().any(|at| lists::is_unit(field.words.key(at)));
    if extends { Span::new(field.words.get(words.start - 1).span.start, span.end) } else { span }
}

fn last_key<'b>(field: &'b FieldView<'_>, span: Span) -> &'b str {
    let words = field.words.in_span(span);
    if words.is_empty() { "" } else { field.words.key(words.end - 1) }
}
