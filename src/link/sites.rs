//! One list of mentions from the model's and the table's.
//!
//! The rules of overlap, in this order: equal spans are one mention; a table name that contains the model's
//! span wins (a longer official name); a model span that contains table names wins unless it is made of
//! nothing else ("Syria-Iraq", "Sunni Arab") or adds only titles and small words; where two cross, the
//! leftmost wins.

use std::ops::Range;
use std::sync::Arc;

use super::choose;
use super::join;
use super::lists;
use super::outcome::{FoundBy, Reason};
use super::page::{Body, Page};
use super::regions;
use super::scan::{self, Doubt, Hit, Match, Voucher};
use super::table::EntityTable;
use super::trim::{self, lookup};
use super::words::Case;
use crate::article::Field;
use crate::decode::NerSpan;
use crate::span::Span;

/// A place in the article that will be one mention.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) field: Field,
    pub(super) span: Span,
    pub(super) words: Range<usize>,
    pub(super) sentence: u32,
    /// The model's type, where its span is this one.
    pub(super) label: Option<Arc<str>>,
    pub(super) score: Option<f32>,
    pub(super) found_by: FoundBy,
    pub(super) hits: Vec<Hit>,
    /// Why rows of this name were turned away.
    pub(super) refused: Option<Reason>,
    /// Why it may be no mention at all.
    pub(super) doubt: Option<Doubt>,
}

/// A model mention after trimming.
struct Proposal {
    words: Range<usize>,
    mention: NerSpan,
}

/// All sites, in order of field and start, none overlapping another.
pub(super) fn collect(table: &EntityTable, page: &Page<'_>, found: Vec<NerSpan>, add_missed: bool) -> Vec<Site> {
    let mut sites = Vec::with_capacity(found.len() * 2);
    let mut found = found;
    found.sort_by_key(|mention| (mention.field, mention.span.start, std::cmp::Reverse(mention.span.end)));
    for body in &page.bodies {
        let from = sites.len();
        let mut matches = leftmost_longest(scan::scan(table, page, body));
        regions::apply(table, page, body, &mut matches);
        let mut proposals: Vec<Proposal> = Vec::new();
        let whole = join::join(body, found.iter().filter(|mention| mention.field == body.field));
        for mention in &whole {
            let words = trim::trim(table, page, body, mention);
            let clear = proposals
                .last()
                .is_none_or(|last| last.words.end <= words.start && last.mention.span.end <= mention.span.start);
            if clear {
                proposals.push(Proposal { words, mention: mention.clone() });
            }
        }
        // What the article's other words refuse is no rival of the model's span: "The National" of Abu Dhabi has no
        // part in the "National Army". A name out of its time is still that name.
        let refused_by_words = |hit: &Hit| {
            matches!(choose::refusal(table, page, hit.row), Some(Reason::RequiresMissing | Reason::ExcludedWord))
        };
        let has_rival = |found: &Match| {
            // Proposals are in order and apart, so those that overlap stand together.
            let first = proposals.partition_point(|proposal| proposal.words.end <= found.words.start);
            let overlapping = proposals[first..].iter().take_while(|proposal| proposal.words.start < found.words.end);
            overlapping.into_iter().any(|proposal| proposal.words != found.words)
        };
        matches.retain(|found| !(has_rival(found) && found.hits.iter().all(refused_by_words)));
        merge(table, page, body, proposals, matches, add_missed, &mut sites);
        sites[from..].sort_by_key(|site| site.span.start);
    }
    sites
}

/// Keeps the matches that no earlier or longer one overlaps.
fn leftmost_longest(matches: Vec<Match>) -> Vec<Match> {
    let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
    for found in matches {
        match kept.last_mut() {
            Some(last) if found.words.start < last.words.end => {
                // A certain name is not lost to a doubtful word before it.
                if last.doubt.is_some() && found.doubt.is_none() {
                    *last = found;
                }
            }
            _ => kept.push(found),
        }
    }
    kept
}

fn merge(
    table: &EntityTable,
    page: &Page<'_>,
    body: &Body<'_>,
    proposals: Vec<Proposal>,
    matches: Vec<Match>,
    add_missed: bool,
    sites: &mut Vec<Site>,
) {
    let mut taken = vec![Taken::No; matches.len()];
    for proposal in proposals {
        let words = &proposal.words;
        // Matches are in order and apart, so those that overlap stand together.
        let first = matches.partition_point(|found| found.words.end <= words.start);
        let end = matches.partition_point(|found| found.words.start < words.end);
        let overlapping = first..end.max(first);
        let covered = |at: &usize| matches[*at].words.start <= words.start && words.end <= matches[*at].words.end;
        if let Some(at) = overlapping.clone().find(|at| covered(at)) {
            if let Taken::No = taken[at] {
                sites.push(both(body, &matches[at], &proposal, matches[at].words == *words));
                taken[at] = Taken::Used;
            }
            continue;
        }
        let usable: Vec<usize> = overlapping.clone().filter(|&at| matches!(taken[at], Taken::No)).collect();
        let inside: Vec<&Match> = usable.iter().map(|&at| &matches[at]).collect();
        if !inside.is_empty() && names_win(table, page, body, &proposal, &inside) {
            for &at in &usable {
                taken[at] = Taken::Used;
                let found = with_number(body, &matches[at], words);
                sites.push(both(body, &found, &proposal, false));
            }
            continue;
        }
        if overlapping.clone().any(|at| matches!(taken[at], Taken::Used)) {
            continue;
        }
        for at in overlapping {
            taken[at] = Taken::Lost;
        }
        let site = model_site(table, page, body, proposal);
        if !site.hits.is_empty() || is_name(body, &site) {
            sites.push(site);
        }
    }
    for (found, taken) in matches.into_iter().zip(taken) {
        if add_missed && matches!(taken, Taken::No) {
            sites.push(table_site(body, found));
        }
    }
}

/// False for what a model takes for a name but English does not: small letters alone, a single letter, common nouns
/// in capitals ("IED").
fn is_name(body: &Body<'_>, site: &Site) -> bool {
    let mut words = site.words.clone().filter(|&at| !body.words.get(at).is_article);
    let only = words.clone().count() == 1;
    let small = |at: usize| {
        let word = body.words.get(at);
        word.case == Case::Lower && word.span.slice(body.text).chars().any(char::is_lowercase)
    };
    if only
        && words
            .clone()
            .any(|at| body.words.get(at).case == Case::Single || lists::is_common_acronym(body.words.key(at)))
    {
        return false;
    }
    !words.all(small)
}

/// What became of a table match.
#[derive(Clone, Copy)]
enum Taken {
    No,
    Used,
    Lost,
}

/// "Exercise Eager Lion 16": the number that the model took with the rest of the name.
fn with_number(body: &Body<'_>, found: &Match, model: &Range<usize>) -> Match {
    let mut found = found.clone();
    let crosses = found.words.start < model.start && found.words.end + 1 == model.end;
    if crosses && body.words.get(found.words.end).case == Case::Digit {
        found.words.end += 1;
    }
    found
}

/// True where the table's names inside or across a model span stand in its place.
fn names_win(table: &EntityTable, page: &Page<'_>, body: &Body<'_>, proposal: &Proposal, matches: &[&Match]) -> bool {
    let words = &proposal.words;
    if matches.iter().any(|found| found.words.end > words.end) {
        return false;
    }
    if matches.iter().any(|found| found.words.start < words.start) {
        return true;
    }
    if !lookup(table, page, body, words, Voucher::Model).is_empty() {
        return false;
    }
    let is_person = &*proposal.mention.kind == "PER";
    // Matches are in order and apart.
    let covered = |at: usize| {
        matches.get(matches.partition_point(|found| found.words.end <= at)).is_some_and(|found| found.words.start <= at)
    };
    let mut rest = words.clone().filter(|&at| !covered(at) && !body.words.get(at).is_article);
    let small = |at: usize| {
        let word = body.words.get(at);
        // A year is small too: "Iran-Iraq War of 1980-88".
        matches!(word.case, Case::Lower | Case::Digit) && !lists::is_ordinal(body.words.key(at))
            || lists::is_title(body.words.key(at))
            || lists::is_compass(body.words.key(at))
    };
    if !rest.all(small) {
        return false;
    }
    let full_name = |found: &&&Match| body.words.content_of(found.words.clone()).len() > 1;
    let added = words.clone().any(|at| !covered(at) && !body.words.get(at).is_article);
    !is_person || added || matches.iter().any(|found| full_name(&found))
}

fn both(body: &Body<'_>, found: &Match, proposal: &Proposal, whole: bool) -> Site {
    let mention = &proposal.mention;
    Site {
        label: whole.then(|| mention.kind.clone()),
        score: Some(mention.score),
        found_by: FoundBy::Both,
        doubt: None,
        ..table_site(body, found.clone())
    }
}

fn table_site(body: &Body<'_>, found: Match) -> Site {
    Site {
        field: body.field,
        span: body.words.span(&found.words),
        sentence: body.words.get(found.words.start).sentence,
        words: found.words,
        label: None,
        score: None,
        found_by: FoundBy::Table,
        hits: found.hits,
        refused: None,
        doubt: found.doubt,
    }
}

fn model_site(table: &EntityTable, page: &Page<'_>, body: &Body<'_>, proposal: Proposal) -> Site {
    let Proposal { words, mention } = proposal;
    let hits = trim::hits_of_mention(table, page, body, &words, &mention.kind);
    let refused = hits.is_empty().then(|| trim::refusal(table, body, &words)).flatten();
    Site {
        field: body.field,
        span: if words.is_empty() { mention.span } else { body.words.span(&words) },
        sentence: mention.sentence,
        words,
        label: Some(mention.kind),
        score: Some(mention.score),
        found_by: if hits.is_empty() { FoundBy::Model } else { FoundBy::Both },
        hits,
        refused,
        doubt: None,
    }
}
