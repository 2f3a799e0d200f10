//! Countries and their divisions, by their codes: "US", "US.IL", "US.IL.031".

use std::path::Path;

use ahash::{AHashMap, AHashSet};

use super::columns::{FileKind, Place};
use super::names::{Names, write_names};
use super::{Bits, Lines, Row, Rows, id_of};
use crate::error::Result;

/// The ids of countries and divisions, and the rows that the files of codes make.
#[derive(Debug, Default)]
pub(super) struct Divisions {
    ids: AHashMap<String, u32>,
    /// Code, name and population of those that files of codes name.
    stated: Vec<(String, String, u64)>,
    /// The inhabitants of the cities and villages of each first-level division, for those without a stated population.
    inhabitants: AHashMap<String, u64>,
}

impl Divisions {
    /// Reads a file of codes; of other files, nothing.
    pub(super) fn read(&mut self, kind: FileKind, path: &Path, rows: &mut Rows) -> Result<()> {
        // The columns of code, name, id and population.
        let (name, id, population) = match kind {
            FileKind::Divisions => (1, 3, usize::MAX),
            FileKind::Countries => (4, 16, 7),
            FileKind::Places | FileKind::AlternateNames => return Ok(()),
        };
        let mut lines = Lines::open(path)?;
        while let Some(line) = lines.next(&mut rows.tally)? {
            let columns: Vec<&str> = line.split('\t').collect();
            let number = columns.get(id).and_then(|text| text.parse().ok());
            match number.filter(|_| FileKind::of(line) == Some(kind)) {
                Some(number) => {
                    let population = columns.get(population).and_then(|text| text.parse().ok()).unwrap_or(0);
                    self.ids.insert(columns[0].to_owned(), number);
                    self.stated.push((columns[0].to_owned(), columns[name].to_owned(), population));
                }
                None if line.is_empty() || line.starts_with('#') => {}
                None => rows.tally.skip("unreadable_line", || lines.place()),
            }
        }
        Ok(())
    }

    /// The ids of those that files of codes name.
    pub(super) fn stated_ids(&self) -> impl Iterator<Item = u32> {
        self.stated.iter().filter_map(|(code, ..)| self.ids.get(code).copied())
    }

    /// Learns the code of a country or division from its own line, and counts the inhabitants of places in it.
    pub(super) fn add_place(&mut self, place: &Place) {
        if place.class == "P" {
            *self.inhabitants.entry(format!("{}.{}", place.country, place.admin1)).or_default() += place.population;
        }
        let code = match place.code {
            _ if place.is_country() && !place.country.is_empty() => place.country.to_owned(),
            "ADM1" => format!("{}.{}", place.country, place.admin1),
            "ADM2" => format!("{}.{}.{}", place.country, place.admin1, place.admin2),
            _ => return,
        };
        self.ids.entry(code).or_insert(place.id);
    }

    /// Writes the countries and divisions of files of codes that no file of places has. Second-level divisions are
    /// written with their places only.
    pub(super) fn write_missing(&self, placed: &Bits, names: &Names, rows: &mut Rows) -> Result<()> {
        let mut written = AHashSet::new();
        for (code, name, population) in &self.stated {
            let Some(&number) = self.ids.get(code) else { continue };
            if placed.contains(number as usize) || code.matches('.').count() > 1 || !written.insert(number) {
                continue;
            }
            let mut row = Row::new(id_of(number), name, "LOC");
            row.popularity =
                if *population > 0 { *population } else { self.inhabitants.get(code).copied().unwrap_or(0) };
            write_names(names.of(number), &mut row);
            match code.split_once('.') {
                Some((country, _)) => {
                    let state = if country == "US" { "state of the United States" } else { "state or province" };
                    row.description = Some(state.into());
                    self.relate_to(country, &mut row);
                }
                None => row.description = Some("country".into()),
            }
            rows.write_new(row, || code.clone())?;
        }
        Ok(())
    }

    /// Says where a place lies: in its state, or in its country where it is in none.
    pub(super) fn relate(&self, place: &Place, row: &mut Row) {
        if place.is_country() || place.country.is_empty() {
            return;
        }
        let state = self.ids.get(&format!("{}.{}", place.country, place.admin1));
        if let Some(state) = state.filter(|state| **state != place.id) {
            row.relate("located_in", &id_of(*state));
        }
        self.relate_to(place.country, row);
    }

    fn relate_to(&self, country: &str, row: &mut Row) {
        if let Some(country) = self.ids.get(country) {
            row.relate(if row.relations.is_empty() { "located_in" } else { "country" }, &id_of(*country));
        }
    }
}
