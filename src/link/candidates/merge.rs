//! Merges the model's spans and the table's matches into one list of candidate mentions.
//!
//! The rules for overlaps, in this order: equal spans are one mention; a match that contains the model's span wins (a
//! longer official name); a model span that contains matches wins, unless it consists of nothing else ("Syria-Iraq",
//! "Sunni Arab") or adds only titles and lower-case words; where two cross, the leftmost wins.

use std::ops::Range;

use ahash::AHashSet;

use super::join;
use super::mention::{AliasMatch, CandidateMention, Hit, MatchKind, MatchSource};
use super::states::is_abbreviated_state;
use crate::decode::NerSpan;
use crate::link::context::LinkContext;
use crate::link::outcome::FoundBy;
use crate::link::steps::national::is_common_name;
use crate::link::text::addresses::Addresses;
use crate::link::text::lists;
use crate::link::text::normalise::fold;
use crate::link::text::view::FieldView;
use crate::link::text::words::{Case, Gap};
use crate::span::Span;

/// A model mention after trimming.
struct Proposal {
    words: Range<usize>,
    ner_span: NerSpan,
}

impl LinkContext<'_> {
    /// All mentions, in order of field and start, none overlapping another.
    pub(crate) fn collect(&self, mut found: Vec<NerSpan>) -> Vec<CandidateMention> {
        let mut mentions = Vec::with_capacity(found.len() * 2);
        found.sort_by_key(|mention| (mention.field, mention.span.start, std::cmp::Reverse(mention.span.end)));
        for field in &self.view.fields {
            let from = mentions.len();
            let mut matches = leftmost_longest(self.scan(field));
            self.choose_regions(field, &mut matches);
            let mut proposals: Vec<Proposal> = Vec::new();
            let whole = join::join(field, found.iter().filter(|mention| mention.field == field.field));
            for mention in &whole {
                let words = self.trim(field, mention);
                let clear = proposals
                    .last()
                    .is_none_or(|last| last.words.end <= words.start && last.ner_span.span.end <= mention.span.start);
                if clear {
                    proposals.push(Proposal { words, ner_span: mention.clone() });
                }
            }
            // What the article's other words refuse is no rival of the model's span: "The National" of Abu Dhabi has no
            // part in the "National Army". A name out of its time is still that name.
            let has_rival = |found: &AliasMatch| {
                // Proposals are in order and apart, so those that overlap stand together.
                let first = proposals.partition_point(|proposal| proposal.words.end <= found.words.start);
                let overlapping =
                    proposals[first..].iter().take_while(|proposal| proposal.words.start < found.words.end);
                overlapping.into_iter().any(|proposal| proposal.words != found.words)
            };
            matches.retain(|found| !(has_rival(found) && found.hits.iter().all(|hit| self.is_refused_by_words(hit))));
            self.merge(field, proposals, matches, &mut mentions);
            mentions[from..].iter_mut().for_each(|mention| self.add_background(field, mention));
            mentions[from..].iter_mut().for_each(|mention| self.keep_possessive(field, mention));
            if !self.options.keep_addresses {
                let addresses = Addresses::find(field.text);
                let of_field = mentions.split_off(from);
                mentions.extend(of_field.into_iter().filter(|mention| !addresses.hold(mention.span)));
            }
            mentions[from..].sort_by_key(|mention| mention.span.start);
            self.share_surnames(field, &mut mentions[from..]);
        }
        mentions
    }

    fn merge(
        &self,
        field: &FieldView<'_>,
        proposals: Vec<Proposal>,
        matches: Vec<AliasMatch>,
        mentions: &mut Vec<CandidateMention>,
    ) {
        let mut taken = vec![Taken::No; matches.len()];
        for proposal in proposals {
            let words = &proposal.words;
            // Matches are in order and apart, so those that overlap stand together.
            let first = matches.partition_point(|found| found.words.end <= words.start);
            let end = matches.partition_point(|found| found.words.start < words.end);
            let overlapping = first..end.max(first);
            let covered = |at: &usize| matches[*at].words.start <= words.start && words.end <= matches[*at].words.end;
            let is_lost = |at: &usize| matches!(taken[*at], Taken::Lost);
            if let Some(at) = overlapping.clone().find(|at| covered(at) && !is_lost(at)) {
                if let Taken::No = taken[at] {
                    mentions.push(both(field, &matches[at], &proposal, matches[at].words == *words));
                    taken[at] = Taken::Used;
                }
                continue;
            }
            let usable: Vec<usize> = overlapping.clone().filter(|&at| matches!(taken[at], Taken::No)).collect();
            let inside: Vec<&AliasMatch> = usable.iter().map(|&at| &matches[at]).collect();
            if !inside.is_empty() && self.names_win(field, &proposal, &inside) {
                if let Some(joined) = self.joined_name(field, &proposal, &inside) {
                    usable.iter().for_each(|&at| taken[at] = Taken::Used);
                    mentions.push(joined);
                    continue;
                }
                for &at in &usable {
                    taken[at] = Taken::Used;
                    let found = with_number(field, &matches[at], words);
                    mentions.push(both(field, &found, &proposal, false));
                }
                continue;
            }
            if overlapping.clone().any(|at| matches!(taken[at], Taken::Used)) {
                continue;
            }
            for at in overlapping {
                taken[at] = Taken::Lost;
            }
            let mention = self.model_mention(field, proposal);
            if !mention.hits.is_empty() || is_name(field, &mention) {
                mentions.push(mention);
            }
        }
        for (found, taken) in matches.into_iter().zip(taken) {
            if self.options.add_missed && matches!(taken, Taken::No) {
                mentions.push(table_mention(field, found));
            }
        }
    }

    /// "Sheikh Tamim | bin Hamad Al Thani": an alias of a person that crosses the start of a longer name is part of it.
    fn joined_name(
        &self,
        field: &FieldView<'_>,
        proposal: &Proposal,
        matches: &[&AliasMatch],
    ) -> Option<CandidateMention> {
        let [found] = matches else { return None };
        let is_person = |hit: &Hit| lists::is_person(self.table.kind(self.table.row_entity(hit.row)));
        let crosses = found.words.start < proposal.words.start && found.words.end < proposal.words.end;
        let adds_name = (found.words.end..proposal.words.end).any(|at| field.words.get(at).case == Case::Title);
        if !crosses || !adds_name || !lists::is_person(&proposal.ner_span.kind) || !found.hits.iter().all(is_person) {
            return None;
        }
        let mut words = found.words.start..proposal.words.end;
        while words.start + 1 < found.words.end && lists::is_title(field.words.key(words.start)) {
            words.start += 1;
        }
        let mut hits = self.lookup(field, &words, MatchSource::Model);
        if hits.is_empty() {
            // The alias may be another person's title and given name: two names must agree.
            let agrees = |hit: &&Hit| {
                let name = fold(self.table.entity(self.table.row_entity(hit.row)).name);
                let is_common = |&word: &&str| {
                    let is_at = |at: usize| field.words.get(at).case == Case::Title && field.words.key(at) == word;
                    words.clone().any(is_at)
                };
                let common: AHashSet<&str> = name.split(' ').filter(is_common).collect();
                common.len() > 1
            };
            hits = found.hits.iter().filter(agrees).map(|hit| Hit { match_kind: MatchKind::Folded, ..*hit }).collect();
        }
        let whole = AliasMatch { words, hits, ambiguity: None };
        let found_by = if whole.hits.is_empty() { FoundBy::Model } else { FoundBy::Both };
        Some(CandidateMention { found_by, ..both(field, &whole, proposal, true) })
    }

    /// True where the table's names inside or across a model span stand in its place.
    fn names_win(&self, field: &FieldView<'_>, proposal: &Proposal, matches: &[&AliasMatch]) -> bool {
        let words = &proposal.words;
        if matches.iter().any(|found| found.words.end > words.end) {
            return false;
        }
        if matches.iter().any(|found| found.words.start < words.start) {
            return true;
        }
        if !self.lookup(field, words, MatchSource::Model).is_empty() {
            return false;
        }
        if words.len() == 2 && lists::is_compass_name([field.words.key(words.start), field.words.key(words.start + 1)])
        {
            return false;
        }
        if self.is_local_body(proposal, matches) {
            return false;
        }
        let is_person = lists::is_person(&proposal.ner_span.kind);
        let in_list = self.follows_place(field, words.start) || self.begins_with_places(proposal, matches);
        // Matches are in order and apart.
        let covered = |at: usize| {
            matches
                .get(matches.partition_point(|found| found.words.end <= at))
                .is_some_and(|found| found.words.start <= at)
        };
        let mut rest = words.clone().filter(|&at| !covered(at) && !field.words.get(at).is_article);
        let small = |at: usize| {
            let word = field.words.get(at);
            // A year is small too: "Iran-Iraq War of 1980-88".
            matches!(word.case, Case::Lower | Case::Digit) && !lists::is_ordinal(field.words.key(at))
                || lists::is_title(field.words.key(at))
                || lists::is_compass(field.words.key(at))
                || (in_list && lists::is_common_word(field.words.key(at)))
        };
        if !rest.all(small) {
            return false;
        }
        let full_name = |found: &&&AliasMatch| field.words.content_of(found.words.clone()).len() > 1;
        let added = words.clone().any(|at| !covered(at) && !field.words.get(at).is_article);
        !is_person || added || matches.iter().any(|found| full_name(&found))
    }

    /// "Dhaka Metropolitan Police" is one body of a city; "Saudi Royal Court" names a country and its court.
    fn is_local_body(&self, proposal: &Proposal, matches: &[&AliasMatch]) -> bool {
        let [place, bodies @ ..] = matches else { return false };
        let row = |hit: &Hit| self.table.row(hit.row);
        let is_city = |hit: &Hit| {
            let entity = row(hit).entity;
            lists::is_place(self.table.row_kind(&row(hit))) && !self.table.is_country(entity)
        };
        lists::is_organisation(&proposal.ner_span.kind)
            && !bodies.is_empty()
            && place.words.start == proposal.words.start
            && place.hits.iter().all(is_city)
            && bodies.iter().all(|body| body.hits.iter().all(|hit| is_common_name(row(hit).text)))
    }

    /// True right after the name of a place: "Syria Palestine Mali World" is a list of tags.
    fn follows_place(&self, field: &FieldView<'_>, start: usize) -> bool {
        if start == 0 || field.words.get(start).gap != Gap::Space || !field.words.get(start - 1).case.is_capital() {
            return false;
        }
        self.are_places(&self.lookup(field, &(start - 1..start), MatchSource::Model))
    }

    /// True for a span that is such a list by itself, and not a body: "Syria Libya Council".
    fn begins_with_places(&self, proposal: &Proposal, matches: &[&AliasMatch]) -> bool {
        let [first, second, ..] = matches else { return false };
        lists::is_place(&proposal.ner_span.kind)
            && first.words.start == proposal.words.start
            && second.words.start == first.words.end
            && self.are_places(&first.hits)
            && self.are_places(&second.hits)
    }

    fn are_places(&self, hits: &[Hit]) -> bool {
        let is_place = |hit: &Hit| lists::is_place(self.table.row_kind(&self.table.row(hit.row)));
        !hits.is_empty() && hits.iter().all(is_place)
    }

    fn model_mention(&self, field: &FieldView<'_>, proposal: Proposal) -> CandidateMention {
        let Proposal { words, ner_span: mention } = proposal;
        let hits = self.hits_of_mention(field, &words, &mention.kind);
        let refused = hits.is_empty().then(|| self.case_refusal(field, &words)).flatten();
        CandidateMention {
            field: field.field,
            span: if words.is_empty() { mention.span } else { marked_span(field, &words, mention.span) },
            sentence: mention.sentence,
            words,
            kind: Some(mention.kind),
            score: Some(mention.score),
            found_by: if hits.is_empty() { FoundBy::Model } else { FoundBy::Both },
            hits,
            refused,
            ambiguity: None,
        }
    }
}

/// Keeps the matches that no earlier or longer one overlaps.
fn leftmost_longest(matches: Vec<AliasMatch>) -> Vec<AliasMatch> {
    let mut kept: Vec<AliasMatch> = Vec::with_capacity(matches.len());
    for found in matches {
        match kept.last_mut() {
            Some(last) if found.words.start < last.words.end => {
                // A certain name is not lost to a doubtful word before it.
                if last.ambiguity.is_some() && found.ambiguity.is_none() {
                    *last = found;
                }
            }
            _ => kept.push(found),
        }
    }
    kept
}

/// False for what a model takes for a name but English does not: a single letter, common nouns in capitals ("IED").
fn is_name(field: &FieldView<'_>, mention: &CandidateMention) -> bool {
    let word = |at: usize| field.words.get(at);
    let words: Vec<usize> = mention.words.clone().filter(|&at| !word(at).is_article).collect();
    match words[..] {
        [only] => {
            let key = field.words.key(only);
            !(lists::is_common_acronym(key) || (word(only).case == Case::Single && key.len() == 1))
        }
        _ => !is_party_mark(field, &mention.words),
    }
}

/// "R-Ariz", "D-Minn": the party and state of a member of Congress.
fn is_party_mark(field: &FieldView<'_>, words: &Range<usize>) -> bool {
    let start = words.start;
    words.len() == 2
        && field.words.get(start).case == Case::Single
        && matches!(field.words.key(start), "r" | "d" | "i")
        && field.words.get(start + 1).gap == Gap::Hyphen
        && field.words.get(start + 1).case.is_capital()
}

/// The bytes of a mention's words, with the marks that the model took for a part of the name: the full stop of "Inc.",
/// the sign of a handle.
fn marked_span(field: &FieldView<'_>, words: &Range<usize>, by_model: Span) -> Span {
    let (inner, all) = (name_span(field, words), field.words.in_span(by_model));
    let between = |start: usize, end: usize| field.text.get(start..end).unwrap_or_default();
    let is_sign = words.start == all.start && matches!(between(by_model.start, inner.start), "@" | "#");
    let is_end = words.end == all.end && between(inner.end, by_model.end) == ".";
    Span::new(if is_sign { by_model.start } else { inner.start }, if is_end { by_model.end } else { inner.end })
}

/// The bytes of the words of a name, with the full stop of "Jr." and "Fla." and the bracket that closes "JD(S)".
fn name_span(field: &FieldView<'_>, words: &Range<usize>) -> Span {
    let span = field.words.span(words);
    let rest = &field.text[span.end..];
    let is_abbreviated = rest.starts_with('.')
        && (matches!(field.words.key(words.end - 1), "jr" | "sr") || is_abbreviated_state(field, words));
    let marks = |mark: char| span.slice(field.text).matches(mark).count();
    let is_open = rest.starts_with(')') && marks('(') > marks(')');
    Span::new(span.start, span.end + usize::from(is_abbreviated || is_open))
}

/// What became of a table match.
#[derive(Clone, Copy)]
enum Taken {
    No,
    Used,
    Lost,
}

/// "Exercise Eager Lion 16": the number that the model took with the rest of the name.
fn with_number(field: &FieldView<'_>, found: &AliasMatch, model: &Range<usize>) -> AliasMatch {
    let mut found = found.clone();
    let crosses = found.words.start < model.start && found.words.end + 1 == model.end;
    if crosses && field.words.get(found.words.end).case == Case::Digit {
        found.words.end += 1;
    }
    found
}

fn both(field: &FieldView<'_>, found: &AliasMatch, proposal: &Proposal, whole: bool) -> CandidateMention {
    let mention = &proposal.ner_span;
    let span = if whole { marked_span(field, &found.words, mention.span) } else { name_span(field, &found.words) };
    CandidateMention {
        span,
        kind: whole.then(|| mention.kind.clone()),
        score: Some(mention.score),
        found_by: FoundBy::Both,
        ambiguity: found.ambiguity.filter(|ambiguity| ambiguity.is_final()),
        ..table_mention(field, found.clone())
    }
}

fn table_mention(field: &FieldView<'_>, found: AliasMatch) -> CandidateMention {
    CandidateMention {
        field: field.field,
        span: name_span(field, &found.words),
        sentence: field.words.get(found.words.start).sentence,
        words: found.words,
        kind: None,
        score: None,
        found_by: FoundBy::Table,
        hits: found.hits,
        refused: None,
        ambiguity: found.ambiguity,
    }
}
