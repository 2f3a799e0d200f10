//! The register of legal entity identifiers (LEI): the golden copy as CSV, or a list with some of its columns.

use std::path::Path;

use super::lines::open;
use super::row::Row;
use super::rows::Rows;
use crate::error::{Error, ErrorKind, Result};

/// The columns that are used, by number.
struct Columns {
    lei: usize,
    name: usize,
    /// Names in other languages or scripts, trading names and earlier names, each with its type.
    others: Vec<(usize, Option<usize>)>,
    country: Option<usize>,
    status: Option<usize>,
    registration: Option<usize>,
}

pub(super) fn read(path: &Path, rows: &mut Rows) -> Result<()> {
    let failed = |error: csv::Error| Error::new(ErrorKind::Input, "cannot read the list").at(path).because(error);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(open(path)?);
    let columns = Columns::find(reader.headers().map_err(failed)?, path)?;
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) if error.is_io_error() => return Err(failed(error)),
            Err(error) => {
                rows.tally.skip("unreadable_row", || format!("{}: {error}", path.display()));
                continue;
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        let place = || format!("{}:{line}", path.display());
        let get = |column: usize| record.get(column).map(str::trim).unwrap_or_default();
        let optional = |column: Option<usize>| column.map(get).filter(|text| !text.is_empty());
        let (lei, name) = (get(columns.lei), get(columns.name));
        if lei.len() != 20 || !lei.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            rows.tally.skip("no_lei", place);
        } else if matches!(optional(columns.registration), Some("ANNULLED" | "DUPLICATE")) {
            rows.tally.skip("annulled_or_duplicate", || format!("{} {name}", place()));
        } else {
            let mut row = Row::new(format!("lei/{lei}"), name, "ORG");
            for (column, kind) in &columns.others {
                if let Some(other) = optional(Some(*column)) {
                    // Generated: letter by letter, as nobody writes it.
                    if optional(*kind) == Some("AUTO_ASCII_TRANSLITERATED_LEGAL_NAME") {
                        rows.tally.skip("automatic_transliteration", || format!("{} {other}", place()));
                    } else {
                        row.add_alias(other, false);
                    }
                }
            }
            let inactive = (optional(columns.status) == Some("INACTIVE")).then_some("inactive ");
            let inactive = inactive.unwrap_or_default();
            row.description = optional(columns.country).map(|country| format!("{inactive}legal entity in {country}"));
            rows.write_new(row, place)?;
        }
    }
}

impl Columns {
    fn find(headers: &csv::StringRecord, path: &Path) -> Result<Self> {
        let names: Vec<&str> = headers.iter().map(|header| header.trim_start_matches('\u{FEFF}').trim()).collect();
        let column = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let needed = |wanted: &str, short: &str| {
            column(wanted).or_else(|| column(short)).ok_or_else(|| {
                Error::new(ErrorKind::Input, format!("the first line has no column `{wanted}`")).at(path).line(1).help(
                    "unzip the golden copy (LEI-CDF) and give its CSV, or a list with the columns LEI, \
                     Entity.LegalName and optionally Entity.LegalAddress.Country",
                )
            })
        };
        // "Entity.OtherEntityNames.OtherEntityName.1", with ".1.xmllang" and ".1.type" beside it.
        let is_other = |name: &&(usize, &str)| {
            let last = name.1.rsplit('.').next().unwrap_or_default();
            name.1.contains("OtherEntityNames.") && last.bytes().all(|byte| byte.is_ascii_digit())
        };
        let others = names.iter().copied().enumerate();
        let others = others.filter(|name| is_other(&name)).map(|(at, name)| (at, column(&format!("{name}.type"))));
        Ok(Self {
            lei: needed("LEI", "lei")?,
            name: needed("Entity.LegalName", "name")?,
            others: others.collect(),
            country: column("Entity.LegalAddress.Country").or_else(|| column("country")),
            status: column("Entity.EntityStatus"),
            registration: column("Registration.RegistrationStatus"),
        })
    }
}
