//! Words of dates.

/// Months and days that are also names: doubtful wherever they stand.
pub(crate) fn is_calendar_word(word: &str) -> bool {
    matches!(word, "april" | "august" | "friday" | "june" | "march" | "may")
}

/// Months by name or abbreviation.
pub(crate) fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    MONTHS.contains(&word)
}

/// Words after which a month and a day are a date.
pub(crate) fn is_date_cue(word: &str) -> bool {
    const CUES: [&str; 14] = [
        "on", "by", "since", "until", "till", "from", "before", "after", "last", "next", "of", "to", "through", "dated",
    ];
    CUES.contains(&word)
}

/// Words before a month or a day that make it a time.
pub(crate) fn is_time_cue(word: &str) -> bool {
    matches!(word, "in" | "since" | "until" | "during" | "last" | "next" | "early" | "late" | "mid" | "this")
}
