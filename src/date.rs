//! Dates as newsrooms write them, as exact as they are and no more.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::{rfc2822, strtime};
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
    /// A single day.
    pub const fn day(day: Date) -> Self {
        Self { first: day, last: day }
    }

    /// Reads ISO dates (`2014-06-29`, `2014-06-29T10:00:00Z`, `20140629`, `2014-06`, `2014`), RFC 2822
    /// (`Sun, 29 Jun 2014 10:00:00 +0000`) and the common newsroom forms (`June 29, 2014`, `29 Jun. 2014`,
    /// `Sunday 29 June 2014`, `29.06.2014`, `06/29/2014` where only one reading is a date).
    /// Returns `None` for anything else: a wrong date would silently choose wrong aliases.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::parse_iso(text)
            .or_else(|| {
                let zoned = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_zoned(text);
                zoned.ok().map(|zoned| Self::day(zoned.date()))
            })
            .or_else(|| parse_newsroom(text))
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
    /// Unix time has 9 or 10 digits in seconds, 12 or 13 in milliseconds: 1973 to 2286, and before 1966, where
    /// neither can be mistaken for the other or for a date. Returns `None` for anything else, so also for the
    /// 0 that means "unknown".
    pub fn from_number(number: f64) -> Option<Self> {
        let whole = number.floor();
        let seconds = match whole.abs() {
            1e8..1e10 => whole,
            1e11..1e13 => (whole / 1e3).floor(),
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

fn parse_newsroom(text: &str) -> Option<DateRange> {
    const FORMS: [&str; 8] =
        ["%B %d %Y", "%d %B %Y", "%b %d %Y", "%d %b %Y", "%A %B %d %Y", "%A %d %B %Y", "%a %d %b %Y", "%a %b %d %Y"];
    let words = text.replace([',', '.'], " ");
    let words: Vec<&str> = words.split_whitespace().collect();
    // A time of day may follow; the form itself has at most four words.
    for count in (3..=words.len().min(4)).rev() {
        // "Sept" is the newsroom's, not the C library's.
        let head = words[..count].join(" ").replace("Sept ", "Sep ");
        for form in FORMS {
            if let Ok(date) = strtime::parse(form, &head).and_then(|parsed| parsed.to_date()) {
                return Some(DateRange::day(date));
            }
        }
    }
    parse_numeric(text)
}

/// `29.06.2014`, `29/06/2014` and `06/29/2014`; where day and month could be exchanged, dots mean
/// day first and slashes are refused.
fn parse_numeric(text: &str) -> Option<DateRange> {
    let text = text.split_whitespace().next()?;
    let dotted = text.contains('.');
    let parts: Vec<&str> = text.split(if dotted { '.' } else { '/' }).collect();
    let [first, second, year] = parts[..] else { return None };
    if year.len() != 4 {
        return None;
    }
    let (first, second, year): (i8, i8, i16) = (first.parse().ok()?, second.parse().ok()?, year.parse().ok()?);
    let day_first = Date::new(year, second, first).ok();
    let month_first = if dotted { None } else { Date::new(year, first, second).ok() };
    match (day_first, month_first) {
        (Some(date), None) | (None, Some(date)) => Some(DateRange::day(date)),
        (Some(a), Some(b)) if a == b => Some(DateRange::day(a)),
        _ => None,
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
        for number in [20_140_629.0, 20_140_629_231_000.0, 1_404_036_000.0, 1_404_036_000.9, 1_404_036_000_999.0] {
            assert_eq!(day(number), june, "{number}");
        }
        assert_eq!(day(2014.0), Some("2014-01-01".into()));
        let midnight = -149_990_400.0;
        assert_eq!(day(midnight), Some("1965-04-01".into()));
        for number in [midnight - 0.5, midnight * 1e3 - 1.0] {
            assert_eq!(day(number), Some("1965-03-31".into()), "{number}");
        }
        for number in [0.0, -1.0, 20_141_329.0, 1e10, 1e13, 1_404_036_000_000_000.0, 1e300, f64::NAN, f64::INFINITY] {
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
