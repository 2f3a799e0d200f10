//! The actor dictionaries of PETRARCH and TABARI.
//!
//! ```text
//! SYRIA_  [SYR]                          a name, and codes of what it is
//! +DAMASCUS_                             called a synonym, but anything to do with it
//! MOHAMMAD_ZAHIR_SHAH_  # a comment
//!     [AFGGOV 331108-730717]             roles, with days as YYMMDD or YYYYMMDD
//! ```
//!
//! Synonyms of a state are mostly its cities, people and adjectives. Only spellings of its name stay aliases; the others
//! become entities of their own with a relation to the state. Entries are read and written one by one.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use ahash::AHashMap;
use jiff::civil::Date;

use super::lines::open;
use super::{Row, Rows};
use crate::error::{Error, Result};
use crate::link::suggest::slug;
use crate::link::table::spellings::is_near;
use crate::link::text::lists;
use crate::link::text::normalise::fold;

/// Reads dictionaries.
pub(super) fn read(files: &[PathBuf], rows: &mut Rows) -> Result<()> {
    let mut petrarch = Petrarch::default();
    files.iter().try_for_each(|path| petrarch.read(open(path)?, path, rows))
}

/// States that one dictionary defines are known to the next.
#[derive(Debug, Default)]
struct Petrarch {
    /// The ids of the states, by their three letters.
    states: AHashMap<String, String>,
}

/// A name with all that follows it.
#[derive(Debug, Default)]
struct Entry {
    line: u64,
    name: String,
    synonyms: Vec<String>,
    roles: Vec<Role>,
}

/// One code, and when it holds.
#[derive(Debug)]
struct Role {
    code: String,
    from: Option<Date>,
    to: Option<Date>,
}

impl Petrarch {
    /// Reads one dictionary.
    fn read(&mut self, mut input: impl BufRead, path: &Path, rows: &mut Rows) -> Result<()> {
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (mut bytes, mut number) = (Vec::new(), 0);
        let mut entry: Option<Entry> = None;
        loop {
            bytes.clear();
            let read = input.read_until(b'\n', &mut bytes).map_err(|error| Error::reading(path, error))?;
            number += 1;
            let place = || format!("{}:{number}", path.display());
            let Ok(line) = std::str::from_utf8(&bytes) else {
                rows.tally.skip("not_utf8", place);
                continue;
            };
            let is_new = read == 0 || !line.starts_with(['+', '#', '\t', ' ', '\n', '\r']);
            if is_new && let Some(done) = entry.take() {
                self.finish(&done, &source, path, rows)?;
            }
            if read == 0 {
                return Ok(());
            }
            let text = line.split('#').next().unwrap_or_default().trim();
            let (name, codes) = text.split_once('[').map_or((text, ""), |(name, _)| (name, &text[name.len()..]));
            let name = name.trim().trim_start_matches('+');
            if is_new {
                entry = Some(Entry { line: number, name: name.into(), ..Entry::default() });
            } else if text.is_empty() {
                continue;
            }
            let Some(entry) = entry.as_mut() else {
                rows.tally.skip("line_without_entry", place);
                continue;
            };
            if line.starts_with('+') && !name.is_empty() {
                entry.synonyms.push(name.into());
            }
            for code in codes.split('[').skip(1).map(|code| code.split(']').next().unwrap_or_default()) {
                match role(code) {
                    Some(role) => entry.roles.push(role),
                    None => rows.tally.skip("bad_role", place),
                }
            }
        }
    }

    fn finish(&mut self, entry: &Entry, source: &str, path: &Path, rows: &mut Rows) -> Result<()> {
        let place = || format!("{}:{}", path.display(), entry.line);
        let name = Name::read(&entry.name);
        if let Some(reason) = name.unfit() {
            rows.tally.skip(reason, place);
            return Ok(());
        }
        if entry.roles.is_empty() {
            rows.tally.skip("no_code", place);
            return Ok(());
        }
        let is_state = entry.roles.iter().all(|role| is_state_code(&role.code));
        let kind = if is_state { "LOC" } else { kind_of(&name, &entry.roles) };
        let state = entry.roles.iter().find_map(|role| role.code.get(..3)).unwrap_or_default().to_lowercase();
        let id = format!("{}/{}", kind.to_lowercase(), slug(&name.text));
        let Some(id) = [id.clone(), format!("{id}-{state}")].into_iter().find(|id| rows.take_id(id)) else {
            rows.tally.skip("repeated_name", place);
            return Ok(());
        };
        let mut row = Row::new(id, &*name.text, kind).with_source(source);
        name.acronym.iter().for_each(|acronym| row.add_alias(acronym, true));
        let mut related = Vec::new();
        for synonym in &entry.synonyms {
            let synonym = Name::read(synonym);
            match synonym.unfit() {
                Some(reason) => rows.tally.skip(reason, place),
                None if is_state && !is_spelling(&synonym.text, &name.text) => related.push(synonym),
                None => {
                    row.add_alias(&synonym.text, synonym.is_acronym() && kind == "ORG");
                    synonym.acronym.iter().for_each(|acronym| row.add_alias(acronym, true));
                }
            }
        }
        if is_state {
            for role in &entry.roles {
                self.states.entry(role.code.clone()).or_insert_with(|| row.id.clone());
            }
        } else {
            self.add_roles(&mut row, &entry.roles);
        }
        rows.write(row.clone())?;
        related.iter().try_for_each(|synonym| write_related(synonym, &row, source, rows, place))
    }

    /// Roles as relations to their states, and with their dates as the description.
    fn add_roles(&self, row: &mut Row, roles: &[Role]) {
        let mut told: Vec<String> = Vec::new();
        for role in roles {
            let (state, rest) = role.code.split_at_checked(3).unwrap_or((&role.code, ""));
            let what = office(rest);
            let of = self.states.get(state);
            if let Some(of) = of {
                row.relate(what.map_or("associated_with", |(_, relation)| relation), of);
            }
            let mut text = what.map_or(role.code.as_str(), |(text, _)| text).to_owned();
            if what.is_some() {
                let state = of.and_then(|id| id.split_once('/')).map_or(state, |(_, name)| name);
                text = format!("{text} of {state}");
            }
            match (role.from, role.to) {
                (Some(from), Some(to)) => text = format!("{text} {from} to {to}"),
                (Some(from), None) => text = format!("{text} from {from}"),
                (None, Some(to)) => text = format!("{text} to {to}"),
                (None, None) => {}
            }
            if !told.contains(&text) {
                told.push(text);
            }
        }
        row.description = (!told.is_empty()).then(|| told.join("; "));
    }
}

/// A city, a person, a people or an adjective of a state as an entity of its own.
fn write_related(
    name: &Name,
    state: &Row,
    source: &str,
    rows: &mut Rows,
    place: impl FnOnce() -> String,
) -> Result<()> {
    let (kind, relation) = relation_to_state(&name.text, &state.name);
    let id = format!("{}/{}", kind.to_lowercase(), slug(&name.text));
    let of_state = state.id.split_once('/').map_or("", |(_, name)| name);
    let Some(id) = [id.clone(), format!("{id}-{of_state}")].into_iter().find(|id| rows.take_id(id)) else {
        rows.tally.skip("repeated_name", place);
        return Ok(());
    };
    let mut row = Row::new(id, &*name.text, kind).with_source(source);
    row.relate(relation, &state.id);
    rows.write(row)
}

/// A name of a dictionary in ordinary writing.
struct Name {
    text: String,
    /// The letters in brackets after it.
    acronym: Option<String>,
}

impl Name {
    fn read(raw: &str) -> Self {
        let spaced = raw.replace('_', " ");
        let (name, brackets) = spaced.split_once('(').unwrap_or((&spaced, ""));
        let inside = brackets.split(')').next().unwrap_or_default().trim();
        let is_short = (2..=8).contains(&inside.len()) && !inside.contains(' ');
        let initials: String = name.split([' ', '-']).filter_map(|word| word.chars().next()).collect();
        let acronym = (is_short && inside.starts_with(initials.get(..1).unwrap_or("-"))).then(|| inside.to_owned());
        let words: Vec<&str> = name.split_whitespace().collect();
        let lone = words.len() == 1;
        let text = words.iter().enumerate().map(|(at, word)| cased(word, at == 0, lone)).collect::<Vec<_>>().join(" ");
        Self { text, acronym }
    }

    fn is_acronym(&self) -> bool {
        !self.text.contains(' ') && self.text.chars().all(|char| !char.is_lowercase())
    }

    /// Why the name cannot stand in a table.
    fn unfit(&self) -> Option<&'static str> {
        let key = fold(&self.text);
        let last = key.rsplit(' ').next().unwrap_or_default();
        if key.is_empty() {
            Some("no_name")
        } else if key.chars().count() < 3 {
            Some("too_short")
        } else if key.contains(" | ") {
            Some("punctuation")
        } else if !key.contains(' ') && (lists::is_common_word(&key) || lists::is_calendar_word(&key)) {
            Some("common_word")
        } else if lists::is_title(last) || lists::is_institution(last) {
            Some("office_not_name")
        } else {
            None
        }
    }
}

/// A word of capitals as news writes it. Short lone words and words without a vowel are letters of an acronym.
fn cased(word: &str, first: bool, lone: bool) -> String {
    let is_small = matches!(word, "OF" | "THE" | "AND" | "FOR" | "IN" | "ON" | "TO" | "AGAINST");
    let has_vowel = word.contains(['A', 'E', 'I', 'O', 'U', 'Y']);
    if word.chars().any(char::is_lowercase) || (!has_vowel && word.len() < 6) || (lone && word.len() < 4) {
        return word.to_owned();
    }
    if is_small && !first {
        return word.to_lowercase();
    }
    let mut start = true;
    let mut cased = String::with_capacity(word.len());
    for char in word.chars() {
        match start {
            true => cased.push(char),
            false => cased.extend(char.to_lowercase()),
        }
        start = matches!(char, '-' | '/' | '.');
    }
    cased
}

/// `CODE`, `CODE 890101-901231`, `CODE >890101`, `CODE <901231`.
fn role(text: &str) -> Option<Role> {
    let text = text.trim();
    let (code, time) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let time = time.trim();
    let (from, to) = match time.split_at_checked(1) {
        None | Some(("", _)) => (None, None),
        Some((">", from)) => (Some(day(from)?), None),
        Some(("<", to)) => (None, Some(day(to)?)),
        Some(_) => {
            let (from, to) = time.split_once('-')?;
            (Some(day(from)?), Some(day(to)?))
        }
    };
    let is_code = code.len() >= 3 && code.chars().all(|char| char.is_ascii_uppercase());
    (is_code && from.zip(to).is_none_or(|(from, to)| from <= to)).then(|| Role { code: code.into(), from, to })
}

/// `YYMMDD` or `YYYYMMDD`; two digits up to 20 are years of this century.
fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let (year, rest) = match text.len() {
        6 => {
            let short: i16 = text.get(..2)?.parse().ok()?;
            (if short <= 20 { 2000 + short } else { 1900 + short }, text.get(2..)?)
        }
        8 => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    Date::new(year, rest.get(..2)?.parse().ok()?, rest.get(2..)?.parse().ok()?).ok()
}

/// Three letters that are no kind of actor.
fn is_state_code(code: &str) -> bool {
    const ACTORS: [&str; 26] = [
        "NGO", "IGO", "MNC", "IMG", "INT", "MED", "ELI", "REB", "GOV", "MIL", "OPP", "NGM", "COP", "JUD", "SPY", "BUS",
        "CVL", "EDU", "REF", "LEG", "CHR", "MOS", "UAF", "CRM", "LAB", "PTY",
    ];
    code.len() == 3 && !ACTORS.contains(&code)
}

/// What the letters after a state's say: words, and a relation.
fn office(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code.get(..3)? {
        "GOV" => ("government", "government_of"),
        "MIL" => ("military", "military_of"),
        "ELI" => ("elite", "elite_of"),
        "OPP" => ("opposition", "opposition_in"),
        "REB" => ("rebels", "rebels_in"),
        "LEG" => ("legislature", "legislature_of"),
        "JUD" => ("judiciary", "judiciary_of"),
        "COP" => ("police", "police_of"),
        "SPY" => ("intelligence", "intelligence_of"),
        "PTY" => ("party", "party_in"),
        "BUS" => ("business", "business_in"),
        "MED" => ("media", "media_of"),
        _ => return None,
    })
}

/// People have dated roles or roles in a state; bodies say so in their names or are actors of their own.
fn kind_of(name: &Name, roles: &[Role]) -> &'static str {
    let key = fold(&name.text);
    let words = || key.split(' ');
    if words().any(is_body) || name.is_acronym() || words().count() > 5 {
        return "ORG";
    }
    let is_dated = roles.iter().any(|role| role.from.is_some() || role.to.is_some());
    let is_of_state = |role: &Role| {
        let (head, rest) = role.code.split_at_checked(3).unwrap_or(("", ""));
        is_state_code(head) && matches!(rest.get(..3), Some("GOV" | "ELI" | "MIL" | "LEG" | "JUD" | "OPP"))
    };
    let is_person = is_dated || (words().count() > 1 && roles.iter().all(is_of_state));
    if is_person { "PER" } else { "ORG" }
}

/// Words of the names of bodies.
fn is_body(word: &str) -> bool {
    const BODIES: &str = " academy administration agency air alliance armed army assembly association authority bank \
        battalion battalions brigade brigades broadcasting bureau cabinet center centre chamber coalition command \
        commission committee community company confederation conference congress consortium coordination corp corporation corps council \
        court department directorate division embassy federation fleet force forces foundation front fund group guard \
        guards headquarters house inc institute institution international islamic jihad league liberation ltd media \
        militia ministry mission movement national navy network news office opposition organisation organization \
        parliament party police press program programme radio regiment republican resistance revolutionary security senate service \
        services society task telecom television troops tv union united university wing ";
    BODIES.contains(&format!(" {word} "))
}

/// True for another spelling or the official form of a state's name: "Afganistan", "Republic of Iraq".
fn is_spelling(synonym: &str, name: &str) -> bool {
    let (synonym, name) = (fold(synonym), fold(name));
    let forms =
        ["republic of", "kingdom of", "state of", "republic of the", "commonwealth of", "sultanate of", "emirate of"];
    let is_official = synonym.strip_suffix(&*name).is_some_and(|form| {
        let form = form.trim();
        forms.iter().any(|known| form.ends_with(known)) && form.split(' ').count() <= 5
    });
    let tail = |text: &str| text.chars().rev().take(4).collect::<String>();
    // "Afganhistan": the same beginning, the same end, nearly as long.
    let is_slip = name.len() >= 8
        && name.len().abs_diff(synonym.len()) <= 2
        && name.get(..2) == synonym.get(..2)
        && tail(&name) == tail(&synonym);
    synonym == name || is_official || is_slip || (name.len() >= 6 && is_near(&synonym, &name))
}

/// What a synonym of a state is to it. Adjectives begin like the name and end like adjectives.
fn relation_to_state(synonym: &str, state: &str) -> (&'static str, &'static str) {
    let (synonym, state) = (fold(synonym), fold(state));
    let common = synonym.chars().zip(state.chars()).take_while(|(left, right)| left == right).count();
    let endings = ["n", "i", "ish", "ese", "ic", "ns", "is", "ans", "s"];
    let is_adjective = !synonym.contains(' ') && common >= 3 && endings.iter().any(|ending| synonym.ends_with(ending));
    let is_people = ["people", "citizens", "nationals", "army", "forces"].iter().any(|word| synonym.ends_with(word));
    if is_adjective || is_people {
        ("MISC", "demonym_of")
    } else if common >= 4 && synonym.split(' ').count() == state.split(' ').count() {
        // Some spelling of the name in another language: near, but nothing to build on.
        ("LOC", "variant_name_of")
    } else {
        ("LOC", "located_in")
    }
}
