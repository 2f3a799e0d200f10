//! What to do about failures: which pass, how long to wait, and when to give up.

use std::time::{Duration, SystemTime};

use ureq::http::HeaderMap;

use super::{FetchEvent, Patience};
use crate::error::{Error, ErrorKind};

/// What a request came to.
pub(super) type Attempt<T> = std::result::Result<T, Failure>;

/// Why a request came to nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may go better next time.
    Passing {
        why: String,
        /// How long the hub asks to wait.
        wait: Option<Duration>,
    },
    /// It will go no better.
    Lasting(Error),
}

impl Failure {
    pub(super) fn passing(why: impl Into<String>) -> Self {
        Self::Passing { why: why.into(), wait: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Lasting(error)
    }
}

/// The patience that is left.
pub(super) struct Retry {
    patience: Patience,
    failures: u32,
}

impl Retry {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, failures: 0 }
    }

    /// Something arrived: failures before that do not count.
    pub(super) fn progressed(&mut self) {
        self.failures = 0;
    }

    /// Waits after a failure that may pass; fails where it will not, or where patience has ended.
    pub(super) fn pause(
        &mut self,
        failure: Failure,
        subject: &str,
        watch: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Result<(), Error> {
        let (why, asked) = match failure {
            Failure::Passing { why, wait } => (why, wait),
            Failure::Lasting(error) => return Err(error),
        };
        self.failures += 1;
        let give_up = |what: String| {
            Error::new(ErrorKind::Hub, what).help("try again later: what has been downloaded is kept, and continued")
        };
        if self.failures >= self.patience.attempts {
            return Err(give_up(format!("{subject}: {why}, {} times in a row", self.failures)));
        }
        let wait = asked.unwrap_or_else(|| self.patience.first_wait * (1 << (self.failures - 1).min(16)));
        if asked.is_some() && wait > self.patience.longest_wait {
            return Err(give_up(format!("{subject}: {why}, and the hub asks to wait {} s", wait.as_secs())));
        }
        let wait = wait.min(self.patience.longest_wait);
        watch(FetchEvent::Waiting { why: &format!("{subject}: {why}"), wait });
        std::thread::sleep(wait);
        Ok(())
    }
}

/// How long an answer asks to wait: `Retry-After` in seconds or as a date, or the rest of the window in which the
/// hub counts requests (`RateLimit: "api";r=0;t=55`).
pub(super) fn asked_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let retry_after = || {
        let value = text("retry-after")?;
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let date: SystemTime = jiff::fmt::rfc2822::parse(value).ok()?.timestamp().into();
        Some(date.duration_since(now).unwrap_or_default())
    };
    let window = || text("ratelimit")?.split(';').find_map(|part| part.trim().strip_prefix("t="))?.parse().ok();
    retry_after().or_else(|| window().map(Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        let millisecond = Duration::from_millis(1);
        let patience = Patience { attempts: 4, first_wait: millisecond, ..Patience::default() };
        let mut waits = Vec::new();
        let mut retry = Retry::new(patience);
        let error = loop {
            let mut watch = |event: FetchEvent<'_>| {
                if let FetchEvent::Waiting { wait, .. } = event {
                    waits.push(wait);
                }
            };
            if let Err(error) = retry.pause(Failure::passing("500"), "it", &mut watch) {
                break error.to_string();
            }
        };
        assert_eq!(waits, [1, 2, 4].map(|count| millisecond * count));
        assert!(error.contains("it: 500, 4 times in a row"), "{error}");
    }

    #[test]
    fn a_wait_that_is_too_long_is_not_waited() {
        let mut retry = Retry::new(Patience::default());
        let failure = Failure::Passing { why: "429".to_owned(), wait: Some(Duration::from_secs(4000)) };
        assert!(retry.pause(failure, "it", &mut |_| {}).unwrap_err().to_string().contains("asks to wait 4000 s"));
    }

    #[test]
    fn the_wait_that_the_hub_asks_for_is_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_470); // 2015-10-21T07:27:50Z
        for (name, value, seconds) in [
            ("retry-after", "7", Some(7)),
            ("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT", Some(10)),
            ("retry-after", "Wed, 21 Oct 2015 07:27:00 GMT", Some(0)),
            ("retry-after", "soon", None),
            ("ratelimit", "\"api\";r=0;t=55", Some(55)),
            ("x-other", "7", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            assert_eq!(asked_wait(&headers, now), seconds.map(Duration::from_secs), "{name}: {value}");
        }
    }
}
