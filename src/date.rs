//! Dates as newsrooms write them, as exact as they are and no more.

use jiff::Timestamp;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// The days that a date may mean: one day, or a whole month or year where only that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateRange {
    /// First possible day.
    pub first: Date,
    /// Last possible day.
    pub last: Date,
}

impl DateRange {
    /// How exact it is: `day`, `month` or `year`.
    pub fn precision(self) -> &'static str {
        match (self.first == self.last, self.first.month() == self.last.month()) {
            (true, _) => "day",
            (_, true) => "month",
            _ => "year",
        }
    }

    /// A single day.
    pub const fn day(day: Date) -> Self {
        Self { first: day, last: day }
    }

    /// Reads ISO dates (`2014-06-29`, `2014-06-29T10:00:00Z`, `20140629`, `2014-06`, `2014`, `2014-W26-7`, `2014-180`),
    /// RFC 2822 (`Sun, 29 Jun 2014 10:00:00 +0000`), the common forms with a month's name (`June 29th, 2014`,
    /// `29 Jun. 2014`, `Published: Sunday 29 June 2014`, `Sun Jun 29 10:00:00 +0000 2014`; in some more languages,
    /// `29. Juni 2014`), and numbers (`29.06.2014`, `2014/6/29`, `06/29/2014`) where only one reading is a date.
    ///
    /// Returns `None` for anything else: a wrong date would silently choose wrong aliases. So it does for the first and
    /// last moments that programs write for "unknown", `1970-01-01T00:00:00Z` and `9999-12-31`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.starts_with("1970-01-01T00:00:00") || text.starts_with("9999-") {
            return None;
        }
        Self::parse_iso(text)
            .or_else(|| parse_week_or_ordinal(text).map(Self::day))
            .or_else(|| {
                let zoned = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_zoned(text);
                zoned.ok().map(|zoned| Self::day(zoned.date()))
            })
            .or_else(|| parse_numeric(text).map(Self::day))
            .or_else(|| parse_with_month(text).map(Self::day))
    }

    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, `YYYYMMDD`, or a day followed by a time (`T10:00:00Z`, or the
    /// six digits of `YYYYMMDDhhmmss`), and takes the day as written.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let digits = |range: std::ops::Range<usize>| -> Option<i16> {
            let part = text.get(range)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
        };
        let year = digits(0..4)?;
        let month = |at: usize| digits(at..at + 2).and_then(|month| i8::try_from(month).ok());
        let rest = &text[4..];
        if rest.is_empty() {
            return Some(Self { first: Date::new(year, 1, 1).ok()?, last: Date::new(year, 12, 31).ok()? });
        }
        let stamp = text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
        let compact = text.len() == 8 || stamp || matches!(text.as_bytes().get(8), Some(b'T' | b't'));
        if compact && digits(4..8).is_some() {
            return Date::new(year, month(4)?, month(6)?).ok().map(Self::day);
        }
        if !rest.starts_with(['-', '/']) {
            return None;
        }
        if text.len() == 7 {
            let first = Date::new(year, month(5)?, 1).ok()?;
            return Some(Self { first, last: first.last_of_month() });
        }
        let separated = text.as_bytes().get(7) == text.as_bytes().get(4);
        let ends = text.as_bytes().get(10).is_none_or(|byte| matches!(byte, b'T' | b't' | b' '));
        (separated && ends).then(|| Date::new(year, month(5)?, month(8)?).ok()).flatten().map(Self::day)
    }

    /// Reads a number: digits that are a date as text (`2014`, `20140629`, `20140629100000`), else Unix time,
    /// its day being that of UTC.
    ///
    /// Unix time has 9 or 10 digits in seconds, 12 or 13 in milliseconds, 15 or 16 in microseconds: 1973 to 2286, and
    /// before 1966, where none can be mistaken for another or for a date. Returns `None` for anything else, so also for the
    /// 0 that means "unknown".
    pub fn from_number(number: f64) -> Option<Self> {
        let whole = number.floor();
        let seconds = match whole.abs() {
            1e8..1e10 => whole,
            1e11..1e13 => (whole / 1e3).floor(),
            1e14..1e16 => (whole / 1e6).floor(),
            _ => return Self::parse_iso(&whole.to_string()),
        };
        let moment = Timestamp::from_second(seconds as i64).ok()?;
        Some(Self::day(moment.to_zoned(TimeZone::UTC).date()))
    }

    /// True where some possible day lies in `from..=to`; an open end does not limit.
    pub fn may_lie_in(self, from: Option<Date>, to: Option<Date>) -> bool {
        from.is_none_or(|from| self.last >= from) && to.is_none_or(|to| self.first <= to)
    }
}

/// `2014-W26-7` and `2014-180`.
fn parse_week_or_ordinal(text: &str) -> Option<Date> {
    let (year, rest) = text.split_at_checked(4)?;
    let (year, rest) = (year.parse().ok()?, rest.strip_prefix('-')?);
    if let Some(week) = rest.strip_prefix('W') {
        let (week, day) = week.split_once('-')?;
        let day = Weekday::from_monday_one_offset(day.parse().ok()?).ok()?;
        return ISOWeekDate::new(year, week.parse().ok()?, day).ok().map(ISOWeekDate::date);
    }
    let is_day = rest.len() == 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    let day = rest.parse().ok().filter(|_| is_day)?;
    Date::new(year, 1, 1).ok()?.with().day_of_year(day).build().ok()
}

/// The names of the months, from January on, in lower case. Abbreviations of three letters or more stand for those that
/// they begin, where that is one month of all.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janvier", "enero", "gennaio", "janeiro", "januari", "ocak", "يناير", "كانون الثاني"],
    &["february", "februar", "février", "febrero", "febbraio", "fevereiro", "februari", "şubat", "فبراير", "شباط"],
    &["march", "märz", "mars", "marzo", "março", "maart", "mart", "مارس", "آذار"],
    &["april", "avril", "abril", "aprile", "nisan", "أبريل", "ابريل", "نيسان"],
    &["may", "mai", "mayo", "maggio", "maio", "mei", "mayıs", "مايو", "أيار"],
    &["june", "juni", "juin", "junio", "giugno", "junho", "haziran", "يونيو", "حزيران"],
    &["july", "juli", "juillet", "julio", "luglio", "julho", "temmuz", "يوليو", "تموز"],
    &["august", "août", "agosto", "augustus", "ağustos", "أغسطس", "اغسطس", "آب"],
    &["september", "septembre", "septiembre", "settembre", "setembro", "eylül", "سبتمبر", "أيلول"],
    &["october", "oktober", "octobre", "octubre", "ottobre", "outubro", "ekim", "أكتوبر", "اكتوبر"],
    &["november", "novembre", "noviembre", "novembro", "kasım", "نوفمبر"],
    &["december", "dezember", "décembre", "diciembre", "dicembre", "dezembro", "aralık", "ديسمبر"],
];

fn month_of(word: &str) -> Option<i8> {
    let numbered = || (1i8..).zip(MONTHS);
    if let Some((month, _)) = numbered().find(|(_, names)| names.contains(&word)) {
        return Some(month);
    }
    let is_abbreviated = |names: &[&str]| names.iter().any(|name| name.starts_with(word));
    let mut months = numbered().filter(|(_, names)| word.chars().count() >= 3 && is_abbreviated(names));
    match (months.next(), months.next()) {
        (Some((month, _)), None) => Some(month),
        _ => None,
    }
}

/// A word of a date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Day(i8),
    Month(i8),
    Year(i16),
    Other,
}

/// A date with the name of a month: day and month side by side, the year beside them or at the very end.
fn parse_with_month(text: &str) -> Option<Date> {
    let text: String = text.chars().map(western_digit).collect::<String>().to_lowercase();
    let parts: Vec<Part> =
        text.split([' ', ',', '-', '.', '\u{a0}']).filter(|word| !word.is_empty()).map(part_of).collect();
    let is_month = |part: &Part| matches!(part, Part::Month(_));
    let at = parts.iter().position(is_month)?;
    if parts.iter().filter(|part| is_month(part)).count() > 1 {
        return None;
    }
    let Part::Month(month) = parts[at] else { return None };
    let part = |index: Option<usize>| index.and_then(|index| parts.get(index)).copied().unwrap_or(Part::Other);
    let (before, after) = (part(at.checked_sub(1)), part(at.checked_add(1)));
    let (day, year) = match (before, after) {
        (Part::Day(day), Part::Year(year)) | (Part::Year(year), Part::Day(day)) => (day, year),
        (before, Part::Day(day)) if !matches!(before, Part::Day(_)) => match (part(at.checked_add(2)), parts.last()?) {
            (Part::Year(year), _) | (_, &Part::Year(year)) => (day, year),
            _ => return None,
        },
        _ => return None,
    };
    Date::new(year, month, day).ok()
}

fn part_of(word: &str) -> Part {
    let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    match (number.len(), number.parse::<i16>()) {
        (1 | 2, Ok(day @ 1..=31)) => Part::Day(day as i8),
        (4, Ok(year @ 1000..)) if number == word => Part::Year(year),
        _ => month_of(word).map_or(Part::Other, Part::Month),
    }
}

/// Arabic and Persian digits as those of ASCII.
fn western_digit(char: char) -> char {
    let zero = match char {
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        _ => return char,
    };
    char::from_digit(u32::from(char) - u32::from(zero), 10).unwrap_or(char)
}

/// `29.06.2014`, `29-06-2014`, `06/29/2014`, `2014.6.29`; where day and month could be exchanged, dots mean day first
/// and others are refused.
fn parse_numeric(text: &str) -> Option<Date> {
    let text: String = text.split([' ', 'T', ',']).next()?.chars().map(western_digit).collect();
    let separator = ['.', '/', '-'].into_iter().find(|&separator| text.matches(separator).count() == 2)?;
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, second, third] = parts[..] else { return None };
    let small = |part: &str| part.parse::<i8>().ok().filter(|_| part.len() <= 2);
    let (one, two) = match (first.len(), third.len()) {
        (4, _) => return Date::new(first.parse().ok()?, small(second)?, small(third)?).ok(),
        (_, 4) => (small(first)?, small(second)?),
        _ => return None,
    };
    let year = third.parse().ok()?;
    let day_first = Date::new(year, two, one).ok();
    let month_first = if separator == '.' { None } else { Date::new(year, one, two).ok() };
    match (day_first, month_first) {
        (Some(a), Some(b)) if a != b => None,
        (Some(date), _) | (None, Some(date)) => Some(date),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_newsrooms() {
        let day = |text: &str| DateRange::parse(text).map(|range| format!("{}..{}", range.first, range.last));
        let june = Some("2014-06-29..2014-06-29".to_owned());
        for form in [
            "2014-06-29",
            "2014-06-29T23:10:00Z",
            "2014-06-29 10:00:00+02:00",
            "20140629",
            "2014/06/29",
            "Sun, 29 Jun 2014 10:00:00 +0000",
            "June 29, 2014",
            "29 June 2014",
            "Jun. 29, 2014",
            "29 Jun 2014",
            "Sunday, June 29, 2014",
            "Sunday 29 June 2014 10:42 BST",
            "29 Haziran 2014",
            "٢٩ حزيران ٢٠١٤",
            "29 يونيو 2014",
            "Sun Jun 29 10:00:00 +0000 2014",
            "29-06-2014",
            "29-Jun-2014",
            "2014.06.29",
            "Sun Jun 29 2014 10:00:00 GMT+0000 (UTC)",
            "June 29th, 2014",
            "29 juin 2014",
            "29. Juni 2014",
            "Published: June 29, 2014",
            "2014-W26-7",
            "2014-180",
            "2014-6-29",
            "6/29/2014 10:00 AM",
            "2014/6/29",
            "Jun 29, 2014, 10:00am EDT",
            "Jun 29 2014 10:00AM",
            "  2014-06-29\n",
            "29.06.2014",
            "06/29/2014",
            "29/06/2014",
            "June 29, 2014 10:42 am",
            " 2014-06-29 ",
            "20140629T231000Z",
            "20140629231000",
        ] {
            assert_eq!(day(form), june, "{form}");
        }
        assert_eq!(day("Sept. 3, 2014"), Some("2014-09-03..2014-09-03".into()));
        assert_eq!(day("2014-02"), Some("2014-02-01..2014-02-28".into()));
        assert_eq!(day("2014"), Some("2014-01-01..2014-12-31".into()));
    }

    #[test]
    fn refuses_what_could_mean_two_days_or_none() {
        for form in [
            "",
            "yesterday",
            "03/04/2014",
            "03-04-2014",
            "29/06/14",
            "0000-00-00 00:00:00",
            "1970-01-01T00:00:00Z",
            "9999-12-31",
            "June 29, 2014 - July 3, 2014",
            "29 June",
            "2014-13-01",
            "2014-02-30",
            "14-06-29",
            "20140a29",
            "June 2014 29 x",
            "2014-06-2é",
        ] {
            assert_eq!(DateRange::parse(form), None, "{form}");
        }
    }

    #[test]
    fn numbers_are_dates_or_unix_time() {
        let day = |number: f64| DateRange::from_number(number).map(|range| range.first.to_string());
        let june = Some("2014-06-29".to_owned());
        for number in [
            20_140_629.0,
            20_140_629_231_000.0,
            1_404_036_000.0,
            1_404_036_000.9,
            1_404_036_000_999.0,
            1_404_036_000_000_999.0,
        ] {
            assert_eq!(day(number), june, "{number}");
        }
        assert_eq!(day(2014.0), Some("2014-01-01".into()));
        let midnight = -149_990_400.0;
        assert_eq!(day(midnight), Some("1965-04-01".into()));
        for number in [midnight - 0.5, midnight * 1e3 - 1.0] {
            assert_eq!(day(number), Some("1965-03-31".into()), "{number}");
        }
        for number in [0.0, -1.0, 20_141_329.0, 1e10, 1e13, 1_404_036_000_000_000_000.0, 1e300, f64::NAN, f64::INFINITY]
        {
            assert_eq!(day(number), None, "{number}");
        }
    }

    #[test]
    fn validity_is_judged_by_what_is_possible() {
        let month = DateRange::parse("2014-06").unwrap();
        let (start, end) = (Date::constant(2014, 6, 29), Date::constant(2014, 5, 31));
        assert!(month.may_lie_in(Some(start), None));
        assert!(!month.may_lie_in(None, Some(end)));
    }
}
