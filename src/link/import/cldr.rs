//! Unicode CLDR: the names of countries and regions of the world, in a file `territories.json` for each language.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::lines::open;
use super::options::ImportOptions;
use super::row::Row;
use super::rows::Rows;
use crate::error::{Error, ErrorKind, Result};

/// The whole world is no place that news names.
const WORLD: &str = "001";
/// Codes that stand for none.
const PSEUDO: &[&str] = &["ZZ", "XA", "XB", "EZ", "QO", WORLD];

/// The names in one language, by code: "GB", "GB-alt-short", "150".
struct Language {
    code: String,
    names: Vec<(String, String)>,
}

pub(super) fn read(files: &[PathBuf], options: &ImportOptions, rows: &mut Rows) -> Result<()> {
    let mut languages = Vec::new();
    for path in files {
        let language = read_file(path)?;
        if options.takes_language(&language.code) {
            languages.push(language);
        } else {
            rows.tally.skip("other_language", || format!("{} {}", path.display(), language.code));
        }
    }
    // Canonical names are those of the first language asked for, or English.
    let rank = |code: &str| {
        let asked = options.languages.iter().position(|language| language == code);
        asked.unwrap_or(if code == "en" { usize::MAX - 1 } else { usize::MAX })
    };
    languages.sort_by(|left, right| (rank(&left.code), &left.code).cmp(&(rank(&right.code), &right.code)));
    let mut territories: BTreeMap<String, Row> = BTreeMap::new();
    for (key, name) in languages.iter().flat_map(|language| &language.names) {
        let code = key.split_once("-alt-").map_or(&**key, |(code, _)| code);
        if PSEUDO.contains(&code) {
            rows.tally.skip("no_territory", || format!("{code} {name}"));
            continue;
        }
        let row = territories.entry(code.into()).or_insert_with(|| {
            let mut row = Row::new(format!("cldr/{code}"), name, "LOC");
            let is_country = !code.starts_with(|first: char| first.is_ascii_digit());
            row.description = Some(if is_country { "country or territory" } else { "region of the world" }.into());
            row
        });
        row.add_alias(name, false);
    }
    territories.into_values().try_for_each(|row| {
        let id = row.id.clone();
        rows.write_new(row, || id.clone())
    })
}

fn read_file(path: &Path) -> Result<Language> {
    let not_cldr = || {
        Error::new(ErrorKind::Input, "the file has no names of territories")
            .at(path)
            .help("give files main/LANGUAGE/territories.json of cldr-localenames-full")
    };
    let json: Value = serde_json::from_reader(open(path)?).map_err(|error| not_cldr().because(error))?;
    let (code, names) = json["main"].as_object().and_then(|main| main.iter().next()).ok_or_else(not_cldr)?;
    let names = names["localeDisplayNames"]["territories"].as_object().ok_or_else(not_cldr)?;
    let mut names: Vec<(String, String)> =
        names.iter().filter_map(|(key, name)| Some((key.clone(), name.as_str()?.to_owned()))).collect();
    // The plain name before its variants, which are shorter or longer.
    names.sort();
    Ok(Language { code: code.clone(), names })
}
