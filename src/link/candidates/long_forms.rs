//! Long forms in pieces: in "Kurdistan Democratic Party of Syria (KDPS)" the letters say that the name before the
//! bracket is longer than the piece that model or table saw.

use super::acronym::{is_short_form, letters_fit};
use super::mention::{CandidateMention, MatchSource};
use crate::link::context::LinkContext;
use crate::link::outcome::FoundBy;
use crate::link::text::lists;
use crate::link::text::view::FieldView;
use crate::link::text::words::Gap;

/// Pieces of one name that are tried: no more than a short form has letters.
const MAX_PIECES: usize = 10;

impl LinkContext<'_> {
    /// Puts the pieces of each such name together.
    pub(crate) fn join_long_forms(&self, mentions: &mut Vec<CandidateMention>) {
        let mut joined: Vec<CandidateMention> = Vec::with_capacity(mentions.len());
        for mention in mentions.drain(..) {
            joined.push(mention);
            let short = joined.len() - 1;
            if short > 0
                && let Some(first) = self.first_piece(&joined, short)
            {
                let whole = self.joined_mention(&joined, first, short);
                let short = joined.pop();
                joined.truncate(first);
                joined.push(whole);
                joined.extend(short);
            }
        }
        *mentions = joined;
    }

    /// The first of two or more mentions before a bracketed short form whose capitals, together, are its letters.
    fn first_piece(&self, mentions: &[CandidateMention], short: usize) -> Option<usize> {
        let (mention, last) = (&mentions[short], &mentions[short - 1]);
        let field = self.view.field(mention.field);
        if mention.words.is_empty() || mention.sentence != last.sentence || !is_short_form(field, mention) {
            return None;
        }
        let between = field.text.get(last.span.end..mention.span.start).unwrap_or_default().trim();
        let letters = mention.span.slice(field.text);
        if !matches!(between, "(" | "[") || letters_fit(last.span.slice(field.text), letters) {
            return None;
        }
        let pieces =
            (0..short - 1).rev().take(MAX_PIECES).take_while(|&at| is_joined(field, &mentions[at], &mentions[at + 1]));
        pieces.filter(|&at| self.is_organisation(&mentions[at])).find(|&at| {
            let words = mentions[at].words.start..last.words.end;
            let capitals = words.filter(|&word| field.words.get(word).case.is_capital());
            let initials = capitals.filter_map(|word| field.words.key(word).chars().next());
            initials.eq(letters.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase))
        })
    }

    /// "Iraq and Syria (IS)" is no name: it begins with a place.
    fn is_organisation(&self, mention: &CandidateMention) -> bool {
        let by_table = mention.hits.first().map(|hit| {
            let row = self.table.row(hit.row);
            self.table.row_kind(&row)
        });
        let kind = by_table.or(mention.kind.as_deref());
        kind.is_some_and(|kind| !lists::is_person(kind) && !lists::is_place(kind))
    }

    fn joined_mention(&self, mentions: &[CandidateMention], first: usize, short: usize) -> CandidateMention {
        let pieces = &mentions[first..short];
        let field = self.view.field(pieces[0].field);
        let words = pieces[0].words.start..mentions[short - 1].words.end;
        let hits = self.lookup(field, &words, MatchSource::Model);
        let found_by = if pieces.iter().all(|piece| piece.score.is_none()) {
            FoundBy::Table
        } else if hits.is_empty() {
            FoundBy::Model
        } else {
            FoundBy::Both
        };
        CandidateMention {
            span: field.words.span(&words),
            words,
            kind: Some("ORG".into()),
            score: pieces.iter().filter_map(|piece| piece.score).reduce(f32::min),
            found_by,
            hits,
            refused: None,
            ambiguity: None,
            ..pieces[0].clone()
        }
    }
}

/// True where only small words of a name stand between two mentions.
fn is_joined(field: &FieldView<'_>, left: &CandidateMention, right: &CandidateMention) -> bool {
    left.field == right.field
        && left.sentence == right.sentence
        && !right.words.is_empty()
        && (left.words.end..=right.words.start).all(|at| field.words.get(at).gap <= Gap::Hyphen)
        && (left.words.end..right.words.start).all(|at| lists::joins_names(field.words.key(at)))
}
