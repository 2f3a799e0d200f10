//! Which names of the background are worth having: a table of millions has a name for nearly every word.

use ahash::AHashSet;

use super::spelling::Spelling;
use crate::link::text::lists;
use crate::link::text::words::Case;

/// The least letters and digits of a name.
const MIN_LETTERS: usize = 3;

/// What becomes of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is left out, by the rule of this name.
    Dropped(&'static str),
    /// It links in its own case only, and never by itself.
    Weak,
    /// It is a name like any other.
    Full,
}

/// Judges a name of an entity of the background. `is_name` is true for its canonical name; `common` are folded words
/// that are no names, beside those of English.
pub(super) fn judge(spelling: &Spelling, kind: &str, is_name: bool, common: &AHashSet<String>) -> Admission {
    let words = &spelling.words;
    let count = words.content_len();
    let first = words.get(words.content(0));
    let is_word = |at: usize| words.get(words.content(at)).case != Case::Digit;
    if !(0..count).any(is_word) {
        Admission::Dropped("digits")
    } else if starts_small(&spelling.text) {
        Admission::Dropped("lower_case")
    } else if spelling.key.chars().filter(|char| char.is_alphanumeric()).count() < MIN_LETTERS {
        Admission::Dropped("short")
    } else if count == 1 && (is_common(&spelling.key) || common.contains(&spelling.key)) {
        Admission::Dropped("common_word")
    } else if count == 1 && ((lists::is_person(kind) && !is_name) || first.case == Case::Upper) {
        Admission::Weak
    } else {
        Admission::Full
    }
}

/// True for "US", which is as good a name as any where the source lets it match in its case only.
pub(super) fn is_acronym(spelling: &Spelling) -> bool {
    let words = &spelling.words;
    words.content_len() == 1 && words.get(words.content(0)).case == Case::Upper
}

fn is_common(word: &str) -> bool {
    lists::is_common_word(word) || lists::is_calendar_word(word)
}

/// True for a name that begins in lower case; in scripts without cases, false.
fn starts_small(text: &str) -> bool {
    text.chars().find(|char| char.is_alphanumeric()).is_some_and(char::is_lowercase)
        // "iPhone", "al-Qaeda", "van der Bellen" have their capital later.
        && !text.chars().any(char::is_uppercase)
}

/// A body's name without its legal form: "Siemens AG", "Toyota Motor Co., Ltd."
pub(super) fn without_legal_form(name: &str) -> Option<&str> {
    let mut rest = name;
    loop {
        let trimmed = rest.trim_end_matches([' ', ',', '.']);
        let Some(space) = trimmed.rfind([' ', ',']) else { break };
        let last: String = trimmed[space + 1..].chars().filter(|char| !matches!(char, '.' | '/')).collect();
        let before = trimmed[..space].trim_end_matches([' ', ',']);
        if before.is_empty() || !LEGAL_FORMS.contains(&&*last.to_lowercase()) {
            break;
        }
        rest = before.strip_suffix(" &").unwrap_or(before);
    }
    (rest.len() < name.len() && !rest.trim().is_empty()).then_some(rest)
}

/// Abbreviations of legal forms, without full stops.
const LEGAL_FORMS: [&str; 52] = [
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "ltd",
    "limited",
    "llc",
    "llp",
    "lp",
    "plc",
    "gmbh",
    "mbh",
    "ag",
    "se",
    "kg",
    "kgaa",
    "ev",
    "eg",
    "sa",
    "sas",
    "sarl",
    "spa",
    "srl",
    "sl",
    "slu",
    "nv",
    "bv",
    "ab",
    "as",
    "asa",
    "aps",
    "oy",
    "oyj",
    "aş",
    "aŞ",
    "pty",
    "pte",
    "bhd",
    "sdn",
    "jsc",
    "pjsc",
    "ojsc",
    "oao",
    "ooo",
    "zao",
    "pao",
    "kk",
    "ltda",
    "tbk",
    "saoc",
    "pcl",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_are_no_part_of_a_name() {
        for (name, bare) in [
            ("Siemens AG", Some("Siemens")),
            ("Toyota Motor Co., Ltd.", Some("Toyota Motor")),
            ("Apple Inc.", Some("Apple")),
            ("Türk Hava Yolları A.Ş.", Some("Türk Hava Yolları")),
            ("Merck & Co", Some("Merck")),
            ("Bank of America", None),
            ("Ltd", None),
        ] {
            assert_eq!(without_legal_form(name), bare, "{name}");
        }
    }

    #[test]
    fn names_that_mean_anything_are_left_out_or_weak() {
        let common = AHashSet::from_iter(["welt".to_owned()]);
        let judged = |name: &str, kind, is_name| judge(&Spelling::of(name.to_owned()), kind, is_name, &common);
        assert_eq!(judged("the will", "MISC", false), Admission::Dropped("lower_case"));
        assert_eq!(judged("1984", "MISC", true), Admission::Dropped("digits"));
        assert_eq!(judged("Au", "LOC", true), Admission::Dropped("short"));
        assert_eq!(judged("March", "LOC", true), Admission::Dropped("common_word"));
        assert_eq!(judged("Welt", "ORG", true), Admission::Dropped("common_word"));
        assert_eq!(judged("Smith", "PER", false), Admission::Weak);
        assert_eq!(judged("SPD", "ORG", false), Admission::Weak);
        assert!(["US", "U.S."].iter().all(|name| is_acronym(&Spelling::of((*name).to_owned()))));
        for (name, kind) in
            [("Dayton", "LOC"), ("al-Qaeda", "ORG"), ("Pelé", "PER"), ("John Smith", "PER"), ("北京市", "LOC")]
        {
            assert_eq!(judged(name, kind, true), Admission::Full, "{name}");
        }
    }
}
