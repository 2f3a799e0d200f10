//! Step 2: names that the article itself explains: "the People's Protection Units (YPG)".
//!
//! Where the letters of the short form fit the long one by the rules of Schwartz and Hearst, the two are one.
//! Where they do not (the letters may be those of another language), one of the two must be known to the table
//! and the other be a name of an organisation. A definition stays within a sentence and beats the table.

use super::normalise::fold;
use super::outcome::{Evidence, Link, Method, Reason, Status};
use super::page::{Body, Page};
use super::sites::Site;
use super::table::{EntityIx, EntityTable};
use super::words::Case;

/// Bytes of the longest name that an article may define.
const MOST_BYTES: usize = 400;

/// Two sites that the article equates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    pub(super) long: usize,
    pub(super) short: usize,
    /// The letters of the short form fit the long one.
    pub(super) letters_fit: bool,
    /// The article says in words that the two are one ("also known as").
    pub(super) told: bool,
}

/// All pairs of neighbouring sites of a sentence that are put as definition and defined.
pub(super) fn find(page: &Page<'_>, sites: &[Site]) -> Vec<Definition> {
    let mut found = Vec::new();
    for at in 0..sites.len() {
        // What stands in brackets between ("Qanbar (Arabic: …), also known as") is passed over.
        for next in at + 1..sites.len().min(at + 4) {
            let (left, right) = (&sites[at], &sites[next]);
            if left.field != right.field || left.sentence != right.sentence {
                break;
            }
            found.extend(definition(page, sites, at, next));
        }
    }
    found
}

fn definition(page: &Page<'_>, sites: &[Site], at: usize, next: usize) -> Option<Definition> {
    let (left, right) = (&sites[at], &sites[next]);
    let body = page.body(left.field);
    // A definition is quoted as evidence for each mention of the short form: it must not be what fills an output.
    if left.words.is_empty() || right.words.is_empty() || left.span.len().max(right.span.len()) > MOST_BYTES {
        return None;
    }
    let connector = connector(body, left, right, next == at + 1)?;
    let (long, short) = match (is_short_form(body, left), is_short_form(body, right)) {
        (false, true) => (at, next),
        (true, false) => (next, at),
        (false, false) if connector == Connector::Alias => (at, next),
        _ => return None,
    };
    let letters = sites[short].span.slice(body.text);
    let letters_fit = letters_fit(sites[long].span.slice(body.text), letters);
    Some(Definition { long, short, letters_fit, told: connector == Connector::Alias })
}

/// How a text puts two names as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connector {
    /// Brackets or "or": a definition only for a short form.
    Brackets,
    /// "also known as": another name of whatever shape.
    Alias,
}

/// The connector between two sites, if the text between and after them is one.
fn connector(body: &Body<'_>, left: &Site, right: &Site, neighbours: bool) -> Option<Connector> {
    let between = body.text[left.span.end..right.span.start].trim_start_matches(['\'', '’', 's', '"', '”']).trim();
    let (between, had_brackets) = match between.split_once(')') {
        Some((inside, rest)) if inside.starts_with('(') => (rest.trim(), true),
        _ => (between, false),
    };
    if !neighbours && !had_brackets {
        return None;
    }
    let after = body.text[right.span.end..].trim_start_matches(['"', '”', '\'', '’']);
    let words = between
        .trim_start_matches(['(', '[', ','])
        .trim()
        .trim_end_matches(['"', '“', '‘', '\''])
        .trim()
        .to_ascii_lowercase();
    let words = words.strip_suffix("the").map_or(words.as_str(), str::trim_end);
    let connector = match words {
        "also known as" | "better known as" | "also called" | "aka" | "a.k.a." => Connector::Alias,
        "" | "or" | "known as" | "known by its acronym" | "known by the acronym" | "or simply" => Connector::Brackets,
        _ => return None,
    };
    let closes = match between.chars().next() {
        Some('(') => after.starts_with([')', ',', ';']),
        Some('[') => after.starts_with([']', ',', ';']),
        Some(',') => !words.is_empty(),
        _ => false,
    };
    (closes && !(had_brackets && connector == Connector::Brackets)).then_some(connector)
}

/// One word in capitals, of two to ten letters: what a definition abbreviates to.
pub(super) fn is_short_form(body: &Body<'_>, site: &Site) -> bool {
    let letters = site.span.slice(body.text).chars().filter(|char| char.is_alphanumeric()).count();
    let capitals =
        site.words.clone().all(|at| matches!(body.words.get(at).case, Case::Upper | Case::Digit | Case::Single));
    capitals
        && (2..=10).contains(&letters)
        && site.words.len() <= 2
        && body.words.get(site.words.start).case != Case::Digit
}

/// Schwartz and Hearst's rule: each letter of the short form, from the last, stands in the long one in order, the
/// first at the beginning of a word. Beyond it, the long form must have two words or more, each capitalised word must
/// not be skipped twice over, and the first letter must be that of its first word.
pub(super) fn letters_fit(long: &str, short: &str) -> bool {
    let long_words: Vec<&str> = long
        .split(|char: char| !char.is_alphanumeric() && !super::normalise::is_apostrophe(char))
        .filter(|word| !word.is_empty())
        .collect();
    let letters: Vec<char> = short.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if long_words.len() < 2 || long_words.len() > letters.len() * 2 || letters.len() > long.chars().count() {
        return false;
    }
    let chars: Vec<char> = long.chars().flat_map(char::to_lowercase).collect();
    let first_of_word = |at: usize| at == 0 || !chars[at - 1].is_alphanumeric();
    let mut at = chars.len();
    for (position, letter) in letters.iter().enumerate().rev() {
        loop {
            if at == 0 {
                return false;
            }
            at -= 1;
            if chars[at] == *letter && (position > 0 || first_of_word(at)) {
                break;
            }
        }
    }
    at == 0
}

/// Applies a definition to the links of its two sites; true where it holds.
pub(super) fn apply(
    table: &EntityTable,
    page: &Page<'_>,
    sites: &[Site],
    links: &mut [Link],
    definition: Definition,
) -> bool {
    let Definition { long, short, letters_fit, told } = definition;
    let is_organisation = |at: usize| {
        let kind = links[at].entity.map(|entity| &*table.entity(entity).kind);
        !matches!(kind.or(sites[at].label.as_deref()), Some("PER" | "LOC"))
    };
    let long_words = page.body(sites[long].field).words.content_of(sites[long].words.clone()).len();
    let candidate = |at: usize, entity| {
        links[at].entity == Some(entity) || links[at].candidates.iter().any(|candidate| candidate.entity == entity)
    };
    match (links[long].entity, links[short].entity) {
        // Even where the table would choose the same: the article says it, the table only guesses.
        (Some(entity), other) if other != Some(entity) || links[short].reason.is_some() => {
            let unknown = links[short].status == Status::Unknown && is_organisation(long) && long_words > 1;
            let holds = letters_fit || told || unknown || candidate(short, entity);
            if holds {
                links[short] = defined(page, &sites[long], &links[long]);
            }
            holds
        }
        (None, Some(entity)) if letters_fit && !told && is_rival(table, page, sites, definition, entity) => {
            links[short] = Link { reason: Some(Reason::DefinedOtherwise), ..Link::default() };
            true
        }
        (None, Some(entity)) => {
            let told = told && sites[long].label.as_deref() == Some(&*table.entity(entity).kind);
            let named = links[long].status == Status::Unknown
                && long_words > 1
                && (told || (is_organisation(long) && is_organisation(short)));
            if named {
                links[long] = defined(page, &sites[short], &links[short]);
            }
            named
        }
        (None, None) => {
            if letters_fit && links[short].status == Status::Ambiguous {
                links[short] = Link { reason: Some(Reason::DefinedOtherwise), ..Link::default() };
            }
            letters_fit || told
        }
        _ => true,
    }
}

/// True where the letters fit the entity's own name too, and that name is not the long form in another spelling: "Food
/// Standards Agency (FSA)" is another FSA than the Free Syrian Army.
fn is_rival(table: &EntityTable, page: &Page<'_>, sites: &[Site], definition: Definition, entity: EntityIx) -> bool {
    let surface = |at: usize| sites[at].span.slice(page.body(sites[at].field).text);
    let name = &table.entity(entity).name;
    if !letters_fit(name, surface(definition.short)) {
        return false;
    }
    let (name, long) = (fold(name), fold(surface(definition.long)));
    let begins_alike = |(left, right): (&str, &str)| left.chars().take(4).eq(right.chars().take(4));
    let same_count = name.split(' ').count() == long.split(' ').count();
    !(same_count && name.split(' ').zip(long.split(' ')).all(begins_alike))
}

/// The link of a name that stands for another one of the article.
fn defined(page: &Page<'_>, other: &Site, link: &Link) -> Link {
    let text = other.span.slice(page.body(other.field).text).to_owned();
    Link {
        status: Status::Linked,
        entity: link.entity,
        method: Some(Method::Acronym),
        alias: link.alias.clone(),
        score: link.score.map(|score| score * 0.95),
        evidence: Some(Evidence::Text { field: other.field, span: other.span, text }),
        candidates: Vec::new(),
        reason: None::<Reason>,
    }
}

#[cfg(test)]
mod tests {
    use super::letters_fit;

    #[test]
    fn letters_fit_as_schwartz_and_hearst_say() {
        for (long, short) in [
            ("Syrian National Coalition", "SNC"),
            ("Islamic State of Iraq and the Levant", "ISIL"),
            ("Syrian Observatory for Human Rights", "SOHR"),
            ("Combined Joint Task Force", "CJTF"),
            ("Democratic Forces of Syria", "DFS"),
        ] {
            assert!(letters_fit(long, short), "{long} {short}");
        }
    }

    #[test]
    fn letters_that_fit_by_chance_do_not_count() {
        for (long, short) in [
            ("Kurdistan Workers’ Party", "PKK"),
            ("People’s Protection Units", "YPG"),
            ("Aleppo", "AP"),
            ("Damascus", "DS"),
            ("Agence France", "SANA"),
            ("the Islamic State", "IS"),
            ("Bashar al-Assad", "SANA"),
        ] {
            assert!(!letters_fit(long, short), "{long} {short}");
        }
    }
}
