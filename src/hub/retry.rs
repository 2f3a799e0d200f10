//! Retrying failed requests: which failures are transient, how long to wait, and when to stop.

use std::time::{Duration, SystemTime};

use ureq::http::HeaderMap;

use super::{FetchEvent, RetryPolicy};
use crate::error::{Error, ErrorKind};

/// The result of a request.
pub(super) type Attempt<T> = std::result::Result<T, Failure>;

/// Why a request failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may succeed the next time.
    Transient {
        why: String,
        /// The wait that the hub requests.
        wait: Option<Duration>,
    },
    /// It will fail again.
    Permanent(Error),
}

impl Failure {
    pub(super) fn transient(why: impl Into<String>) -> Self {
        Self::Transient { why: why.into(), wait: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Permanent(error)
    }
}

/// The consecutive failures so far.
pub(super) struct Retry {
    retries: RetryPolicy,
    failures: u32,
}

impl Retry {
    pub(super) fn new(retries: RetryPolicy) -> Self {
        Self { retries, failures: 0 }
    }

    /// Data arrived: earlier failures no longer count.
    pub(super) fn progressed(&mut self) {
        self.failures = 0;
    }

    /// Waits after a transient failure; fails after a permanent one or too many.
    pub(super) fn pause(
        &mut self,
        failure: Failure,
        subject: &str,
        watch: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Result<(), Error> {
        let (why, asked) = match failure {
            Failure::Transient { why, wait } => (why, wait),
            Failure::Permanent(error) => return Err(error),
        };
        self.failures += 1;
        let stop = |what: String| {
            Error::new(ErrorKind::Hub, what).help("try again later: the download is kept and will be resumed")
        };
        if self.failures >= self.retries.attempts {
            return Err(stop(format!("{subject}: {why}, {} times in a row", self.failures)));
        }
        let wait = asked.unwrap_or_else(|| self.retries.first_wait * (1 << (self.failures - 1).min(16)));
        if asked.is_some() && wait > self.retries.max_wait {
            return Err(stop(format!("{subject}: {why}, and the hub asks to wait {} s", wait.as_secs())));
        }
        let wait = wait.min(self.retries.max_wait);
        watch(FetchEvent::Waiting { why: &format!("{subject}: {why}"), wait });
        std::thread::sleep(wait);
        Ok(())
    }
}

/// The wait that a response requests: `Retry-After` in seconds or as a date, or the rest of the rate limit's window
/// (`RateLimit: "api";r=0;t=55`).
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
    fn waits_double_until_the_last_attempt() {
        let millisecond = Duration::from_millis(1);
        let retries = RetryPolicy { attempts: 4, first_wait: millisecond, ..RetryPolicy::default() };
        let mut waits = Vec::new();
        let mut retry = Retry::new(retries);
        let error = loop {
            let mut watch = |event: FetchEvent<'_>| {
                if let FetchEvent::Waiting { wait, .. } = event {
                    waits.push(wait);
                }
            };
            if let Err(error) = retry.pause(Failure::transient("500"), "it", &mut watch) {
                break error.to_string();
            }
        };
        assert_eq!(waits, [1, 2, 4].map(|count| millisecond * count));
        assert!(error.contains("it: 500, 4 times in a row"), "{error}");
    }

    #[test]
    fn a_requested_wait_that_is_too_long_is_an_error() {
        let mut retry = Retry::new(RetryPolicy::default());
        let failure = Failure::Transient { why: "429".to_owned(), wait: Some(Duration::from_secs(4000)) };
        assert!(retry.pause(failure, "it", &mut |_| {}).unwrap_err().to_string().contains("asks to wait 4000 s"));
    }

    #[test]
    fn the_requested_wait_is_parsed() {
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
