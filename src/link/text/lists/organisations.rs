//! Words of the names of organisations and offices.

use std::sync::LazyLock;

use ahash::AHashSet;

/// Institutions that are no names of their own beside a country: "Government of Iraq", "UK Government".
pub(crate) fn is_institution(word: &str) -> bool {
    matches!(word, "government" | "regime" | "authorities" | "governments")
}

/// Offices and bodies that are named by what follows "of" or "for": the "Minister of Foreign Affairs".
pub(crate) fn is_office(word: &str) -> bool {
    const OFFICES: [&str; 18] = [
        "minister",
        "ministers",
        "ministry",
        "secretary",
        "department",
        "committee",
        "council",
        "office",
        "bureau",
        "board",
        "faculty",
        "school",
        "institute",
        "college",
        "commission",
        "directorate",
        "undersecretary",
        "commissioner",
    ];
    OFFICES.contains(&word)
}

/// Words with which the name of a military unit ends before that of the unit above it.
pub(crate) fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "battalion"
            | "battery"
            | "brigade"
            | "company"
            | "squadron"
            | "platoon"
            | "troop"
            | "regiment"
            | "wing"
            | "group"
    )
}

/// "1st", "32nd", "134th".
pub(crate) fn is_ordinal(word: &str) -> bool {
    let digits = word.trim_end_matches(|char: char| char.is_ascii_lowercase());
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(&word[digits.len()..], "st" | "nd" | "rd" | "th" | "d")
}

/// Words of which many countries' bodies make their names: "Supreme Court", "Environmental Protection Agency".
pub(crate) fn is_body_word(word: &str) -> bool {
    static WORDS: LazyLock<AHashSet<&str>> = LazyLock::new(|| {
        "academy action administration affairs agency agriculture air alliance appeal army arts assembly association \
        authorities authority aviation bank board border broadcasting bureau cabinet central centre center chamber chief \
        christian civil coalition coast command commerce commission committee common commons communication communications communist \
        congress conservative constitutional corporation council court courts customs defence defense democratic democrats \
        department development directorate drug education election elections electoral energy environmental exchange \
        federal federation finance food force forces foreign freedom front general government great green guard health \
        high home house human immigration independent industry information institute intelligence interior investigation \
        investment joint justice labor labour league legislative liberal liberation library lords marine marines \
        metropolitan military ministry movement museum national nationalist naval navy nuclear office opera parliament \
        parliamentary party people peoples police popular prison progressive protection public reform regulatory \
        representatives republican republicans research reserve revenue revolutionary rights royal safety school sciences \
        securities security senate service services social socialist society space special staff state statistics stock \
        supreme tax technology technologies telecommunications television trade transport transportation treasury union \
        united university weather women workers"
            .split_whitespace()
            .collect()
    });
    WORDS.contains(word)
}

/// Small words inside the names of organisations.
pub(crate) fn joins_names(word: &str) -> bool {
    matches!(word, "of" | "for" | "in" | "and" | "the" | "to" | "on" | "against")
}

/// Companies whose names end with a possessive.
pub(crate) fn is_possessive_brand(word: &str) -> bool {
    static BRANDS: LazyLock<AHashSet<&str>> = LazyLock::new(|| {
        "applebee arby barron bloomingdale carl christie denny domino dunkin harrod hardee jane kellogg kohl \
        levi lloyd lowe macy mcdonald mercer michael moody poor reese sainsbury sotheby starbuck tiffany \
        waitrose wendy zaxby"
            .split_whitespace()
            .collect()
    });
    BRANDS.contains(word)
}
