//! Days, weeks and months that articles are counted in.

use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::date::DateRange;
use crate::error::{Error, Result};

/// The length of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Period {
    /// A day.
    #[default]
    Day,
    /// A week that starts on Monday.
    Week,
    /// A month.
    Month,
}

impl Period {
    /// Its name: `day`, `week` or `month`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The first day of the period that holds `day`.
    pub fn start(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                let since_monday = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(since_monday.days()).unwrap_or(day)
            }
            Self::Month => day.first_of_month(),
        }
    }

    /// The period of a date; `None` where the date is less precise than the period.
    pub fn of(self, date: DateRange) -> Option<Date> {
        let first = self.start(date.first);
        (self.start(date.last) == first).then_some(first)
    }

    /// The first day of the next period.
    pub fn next(self, start: Date) -> Date {
        let next = match self {
            Self::Day => start.tomorrow(),
            Self::Week => start.checked_add(1.week()),
            Self::Month => start.checked_add(1.month()),
        };
        next.unwrap_or(start)
    }
}

impl FromStr for Period {
    type Err = Error;

    /// Reads `day`, `week` or `month`.
    fn from_str(name: &str) -> Result<Self> {
        let all = [Self::Day, Self::Week, Self::Month];
        all.into_iter()
            .find(|period| period.name() == name)
            .ok_or_else(|| Error::config(format!("unknown period `{name}`")).help("known are day, week and month"))
    }
}

/// The first and the last day of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days(Option<(Date, Date)>);

impl Days {
    /// Adds the days of an article.
    pub fn add(&mut self, date: DateRange) {
        let (first, last) = self.0.unwrap_or((date.first, date.last));
        self.0 = Some((first.min(date.first), last.max(date.last)));
    }

    /// The first day.
    pub fn first(&self) -> Option<Date> {
        self.0.map(|(first, _)| first)
    }

    /// The last day.
    pub fn last(&self) -> Option<Date> {
        self.0.map(|(_, last)| last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_a_period_if_it_is_precise_enough() {
        for (date, day, week, month) in [
            ("2014-06-29", Some("2014-06-29"), Some("2014-06-23"), Some("2014-06-01")),
            ("2014-06-30", Some("2014-06-30"), Some("2014-06-30"), Some("2014-06-01")),
            ("2014-06", None, None, Some("2014-06-01")),
            ("2014", None, None, None),
        ] {
            let range = DateRange::parse(date).unwrap();
            let of = |period: Period| period.of(range).map(|day| day.to_string());
            let expected = [day, week, month].map(|day| day.map(str::to_owned));
            assert_eq!([of(Period::Day), of(Period::Week), of(Period::Month)], expected, "{date}");
        }
        assert_eq!("week".parse::<Period>().unwrap(), Period::Week);
        assert!("year".parse::<Period>().unwrap_err().to_string().contains("known are day"));
    }
}
