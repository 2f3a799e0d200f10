//! GeoNames: places, with the country and the state that they lie in.
//!
//! Columns between tabs, no header. The files are told apart by their first lines. Administrative codes are resolved in a
//! first pass, from `admin1CodesASCII.txt`, `admin2Codes.txt` and `countryInfo.txt` or from the places themselves.

mod columns;
mod divisions;
mod names;

use std::path::{Path, PathBuf};

use super::idset::Bits;
use super::lines::Lines;
use super::options::ImportOptions;
use super::row::Row;
use super::rows::{Rows, Tally};
use crate::error::{Error, ErrorKind, Result};
use columns::{FileKind, Place};
use divisions::Divisions;
use names::{Names, write_names};

pub(super) fn read(files: &[PathBuf], options: &ImportOptions, rows: &mut Rows) -> Result<()> {
    let kinds = files.iter().map(|path| kind_of(path)).collect::<Result<Vec<_>>>()?;
    let of_kind = |wanted: FileKind| {
        let files = files.iter().zip(&kinds).filter(move |(_, kind)| **kind == wanted);
        files.map(|(path, _)| path.as_path()).collect::<Vec<&Path>>()
    };
    let (places, alternates) = (of_kind(FileKind::Places), of_kind(FileKind::AlternateNames));
    if !options.languages.is_empty() && alternates.is_empty() {
        return Err(Error::config("the files of places do not state the languages of names")
            .help("give alternateNamesV2.txt too, or take names of all languages"));
    }
    let mut divisions = Divisions::default();
    for (kind, path) in kinds.iter().zip(files) {
        divisions.read(*kind, path, rows)?;
    }
    let wanted = Wanted { classes: classes(options), min_population: options.min_population };
    let (mut ids, mut first_pass) = (Bits::default(), Tally::default());
    for path in &places {
        each_place(path, &mut first_pass, |place, _, _| {
            divisions.add_place(&place);
            if wanted.reason_against(&place).is_none() {
                ids.insert(place.id as usize);
            }
            Ok(())
        })?;
    }
    let mut named = ids.clone();
    divisions.stated_ids().for_each(|id| {
        named.insert(id as usize);
    });
    let mut names = Names::default();
    for path in &alternates {
        names.read(path, options, &named, &mut rows.tally)?;
    }
    names.sort();
    divisions.write_missing(&ids, &names, rows)?;
    let mut tally = Tally::default();
    for path in &places {
        each_place(path, &mut tally, |place, line, tally| {
            if let Some(reason) = wanted.reason_against(&place) {
                tally.skip(reason, || format!("{} {}", line(), place.name));
                return Ok(());
            }
            rows.write_new(row(&place, &divisions, (!alternates.is_empty()).then_some(&names), tally), line)
        })?;
    }
    tally.skipped.into_iter().for_each(|(reason, (count, first))| rows.tally.skip_many(reason, count, || first));
    Ok(())
}

/// Which places become rows.
struct Wanted {
    classes: Vec<char>,
    min_population: u64,
}

impl Wanted {
    fn reason_against(&self, place: &Place) -> Option<&'static str> {
        if !place.class.chars().next().is_some_and(|class| self.classes.contains(&class)) {
            Some("other_feature_class")
        } else if place.is_abandoned() {
            Some("abandoned_place")
        } else if place.class == "P" && place.population < self.min_population {
            Some("below_min_population")
        } else {
            None
        }
    }
}

fn classes(options: &ImportOptions) -> Vec<char> {
    if options.feature_classes.is_empty() { vec!['A', 'P'] } else { options.feature_classes.clone() }
}

fn kind_of(path: &Path) -> Result<FileKind> {
    let mut lines = Lines::open(path)?;
    let mut tally = Tally::default();
    while let Some(line) = lines.next(&mut tally)? {
        if !line.is_empty() && !line.starts_with('#') {
            return FileKind::of(line).ok_or_else(|| not_geonames(path, lines.number));
        }
    }
    Err(not_geonames(path, 1))
}

fn not_geonames(path: &Path, line: u64) -> Error {
    Error::new(ErrorKind::Input, "the line is not of a file of GeoNames").at(path).line(line).help(
        "unzip the archive and give allCountries.txt or cities….txt (19 columns between tabs), and optionally \
         alternateNamesV2.txt, admin1CodesASCII.txt, admin2Codes.txt, countryInfo.txt",
    )
}

/// Reads the places of a file. Lines with other columns are counted.
fn each_place(
    path: &Path,
    tally: &mut Tally,
    mut each: impl FnMut(Place, &dyn Fn() -> String, &mut Tally) -> Result<()>,
) -> Result<()> {
    let mut lines = Lines::open(path)?;
    let mut number = 0;
    while let Some(line) = lines.next(tally)? {
        number += 1;
        let place = || format!("{}:{number}", path.display());
        match Place::read(line) {
            Some(parsed) => each(parsed, &place, tally)?,
            None if line.is_empty() || line.starts_with('#') => {}
            None => tally.skip("unreadable_line", place),
        }
    }
    Ok(())
}

fn id_of(number: u32) -> String {
    format!("geonames/{number}")
}

fn row(place: &Place, divisions: &Divisions, names: Option<&Names>, tally: &mut Tally) -> Row {
    let mut row = Row::new(id_of(place.id), place.name, place.kind());
    row.popularity = place.population;
    row.description = place.description().map(str::to_owned);
    if place.ascii_name != place.name {
        row.add_alias(place.ascii_name, false);
    }
    match names {
        Some(names) => write_names(names.of(place.id), &mut row),
        None => {
            for name in place.alternate_names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                // Transliterations that no text writes: "nyuyog", "n'yuyorka".
                if name.starts_with(char::is_lowercase) {
                    tally.skip("lower_case_name", || format!("{} {name}", row.id));
                } else if place.class != "A"
                    && name.len() <= 3
                    && name.bytes().all(|letter| letter.is_ascii_uppercase())
                {
                    // A code of an airport or, as "NYC", of people.
                    row.add_weak_alias(name);
                } else {
                    row.add_alias(name, false);
                }
            }
        }
    }
    divisions.relate(place, &mut row);
    row
}
