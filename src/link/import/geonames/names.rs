//! `alternateNamesV2.txt`: names with their languages and uses.

use std::path::Path;

use super::super::options::ImportOptions;
use super::super::rows::Tally;
use super::{Bits, Lines, Row};
use crate::date::DateRange;
use crate::error::Result;

/// Names of many places, by the ids of these. Texts are in one string, so that a name takes little more than its letters.
#[derive(Debug, Default)]
pub(super) struct Names {
    text: String,
    names: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    place: u32,
    /// Where its texts start: the name, and dates where they matter, with tabs between.
    start: u64,
    len: u16,
    usage: Usage,
}

/// How a name is used. The order is that of the aliases of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Usage {
    Preferred,
    Usual,
    Abbreviation,
    Colloquial,
    Dated,
    Wikidata,
}

/// Pseudo-languages: web pages, post codes, codes of airports and stations, transcriptions.
const CODES: &[&str] =
    &["link", "post", "iata", "icao", "faac", "tcid", "unlc", "phon", "piny", "uicn", "fr_1793", "nuts", "sort"];

impl Names {
    /// Reads the names of places among `ids`.
    pub(super) fn read(&mut self, path: &Path, options: &ImportOptions, ids: &Bits, tally: &mut Tally) -> Result<()> {
        let mut lines = Lines::open(path)?;
        let mut number = 0;
        while let Some(line) = lines.next(tally)? {
            number += 1;
            let at = || format!("{}:{number}", path.display());
            let columns: Vec<&str> = line.split('\t').collect();
            let (&[_, place, language, name], rest) = columns.split_first_chunk().unwrap_or((&[""; 4], &[]));
            let Ok(place) = place.parse::<u32>() else {
                tally.skip("unreadable_line", at);
                continue;
            };
            if !ids.contains(place as usize) {
                tally.skip("name_of_other_place", at);
            } else if CODES.contains(&language) {
                tally.skip("code_not_name", || format!("{} {name}", at()));
            } else if language == "wkdt" {
                self.add(place, name, &[], Usage::Wikidata);
            } else if !language.is_empty() && language != "abbr" && !options.takes_language(language) {
                tally.skip("other_language", || format!("{} {language}: {name}", at()));
            } else {
                match usage(language, rest) {
                    Some((usage, dates)) => self.add(place, name, &dates, usage),
                    None => tally.skip("historic_without_dates", || format!("{} {name}", at())),
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, place: u32, name: &str, dates: &[&str], usage: Usage) {
        let start = self.text.len();
        self.text.push_str(name);
        for date in dates {
            self.text.push('\t');
            self.text.push_str(date);
        }
        match u16::try_from(self.text.len() - start) {
            Ok(len) => self.names.push(Entry { place, start: start as u64, len, usage }),
            // No name is this long.
            Err(_) => self.text.truncate(start),
        }
    }

    /// Puts them into the order of places.
    pub(super) fn sort(&mut self) {
        self.names.sort_unstable_by_key(|entry| (entry.place, entry.usage, entry.start));
    }

    /// The names of a place, after [`sort`](Self::sort).
    pub(super) fn of(&self, place: u32) -> impl Iterator<Item = (Usage, &str)> {
        let first = self.names.partition_point(|entry| entry.place < place);
        let of_place = self.names[first..].iter().take_while(move |entry| entry.place == place);
        of_place.map(|entry| (entry.usage, &self.text[entry.start as usize..][..usize::from(entry.len)]))
    }
}

/// The use of a name, from the columns preferred, short, colloquial, historic, from, to; none for a name that was in use
/// at some unknown time.
fn usage<'l>(language: &str, columns: &[&'l str]) -> Option<(Usage, Vec<&'l str>)> {
    let column = |at: usize| columns.get(at).copied().unwrap_or_default();
    let dates: Vec<&str> =
        [4, 5].map(column).iter().map(|date| if DateRange::parse_iso(date).is_some() { date } else { "" }).collect();
    let is_dated = dates.iter().any(|date| !date.is_empty());
    Some(match () {
        () if column(3) == "1" && dates[1].is_empty() => return None,
        () if is_dated => (Usage::Dated, dates),
        () if column(2) == "1" => (Usage::Colloquial, Vec::new()),
        () if language == "abbr" => (Usage::Abbreviation, Vec::new()),
        () if column(0) == "1" => (Usage::Preferred, Vec::new()),
        () => (Usage::Usual, Vec::new()),
    })
}

/// Adds names to the row of their place.
pub(super) fn write_names<'n>(names: impl Iterator<Item = (Usage, &'n str)>, row: &mut Row) {
    for (usage, text) in names {
        match usage {
            Usage::Preferred | Usage::Usual => row.add_alias(text, false),
            Usage::Abbreviation => row.add_alias(text, true),
            Usage::Colloquial => row.add_weak_alias(text),
            Usage::Wikidata => row.wikidata = Some(text.into()),
            Usage::Dated => {
                let mut parts = text.split('\t');
                let name = parts.next().unwrap_or_default();
                let mut date = || parts.next().filter(|date| !date.is_empty());
                let (from, to) = (date(), date());
                // Dates in the wrong order say nothing.
                let range = [from, to].map(|date| date.and_then(DateRange::parse_iso));
                match range {
                    [Some(from), Some(to)] if from.first > to.last => {}
                    _ => row.add_dated_alias(name, from, to),
                }
            }
        }
    }
}
