//! Requests to the hub: what a repository holds, and the bytes of its files.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, SystemTime};

use ureq::http::{HeaderMap, Method, Request, Response, header};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, BodyReader};

use super::address::{escape, escape_path, follow, same_origin};
use super::digest::Digest;
use super::repository::Repository;
use super::retry::{Attempt, Failure, Retry, asked_wait};
use super::{FetchEvent, HubName, HubSettings};
use crate::error::{Error, ErrorKind, Result};

/// Most bytes of an answer that lists files: repositories with ten thousand of them need a quarter.
const LONGEST_ANSWER: u64 = 16 << 20;
const MOST_REDIRECTS: usize = 8;

/// Asks the hub about one repository.
pub(super) struct Client<'s> {
    agent: Agent,
    settings: &'s HubSettings,
    name: &'s HubName,
    /// Whether any answer has come: before that, a connection that fails is no passing trouble.
    reached: Cell<bool>,
}

/// The rest of a file, as the hub sends it.
pub(super) struct Rest {
    /// The byte of the file that comes first.
    pub(super) start: u64,
    pub(super) bytes: BodyReader<'static>,
}

impl<'s> Client<'s> {
    pub(super) fn new(settings: &'s HubSettings, name: &'s HubName) -> Result<Self> {
        let silence = settings.patience.silence;
        let mut config = Agent::config_builder()
            // Redirects are followed here, where it is known who may see the token.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("namewire/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_connect(Some(silence.min(Duration::from_secs(15))))
            .timeout_recv_response(Some(silence))
            .timeout_per_read(Some(silence));
        if let Some(file) = &settings.certificates {
            config = config.tls_config(TlsConfig::builder().root_certs(certificates(file)?).build());
        }
        Ok(Self { agent: config.build().new_agent(), settings, name, reached: Cell::new(false) })
    }

    /// What the repository holds at the revision that was asked for.
    pub(super) fn repository(&self, watch: &mut dyn FnMut(FetchEvent<'_>)) -> Result<Repository> {
        let (endpoint, revision) = (&self.settings.endpoint, escape(self.name.revision_or_main()));
        let address = format!("{endpoint}/api/models/{}/revision/{revision}?blobs=true", self.name.repository());
        let answer = self.patiently(&self.name.to_string(), watch, || {
            let response = self.send(&Method::GET, &address, 0, |_| true)?;
            let mut body = response.into_body();
            body.with_config().limit(LONGEST_ANSWER).read_to_vec().map_err(|error| match error {
                ureq::Error::BodyExceedsLimit(_) => Failure::Lasting(self.error(format!(
                    "the hub's answer is longer than {} MB, which no list of a model's files is",
                    LONGEST_ANSWER >> 20
                ))),
                error => Failure::passing(error.to_string()),
            })
        })?;
        Repository::parse(self.name, &answer)
    }

    /// Size and hash of a file, for mirrors whose list of files has neither.
    pub(super) fn describe(
        &self,
        commit: &str,
        path: &str,
        watch: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Result<(Option<u64>, Option<Digest>)> {
        let address = self.address_of(commit, path);
        self.patiently(path, watch, || {
            // What stores the file knows its hash only by other names: the hub's own answer says.
            let unlinked = |headers: &HeaderMap| !headers.contains_key("x-linked-etag");
            let response = self.send(&Method::HEAD, &address, 0, unlinked)?;
            let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
            let size = text("x-linked-size").or_else(|| text("content-length")).and_then(|size| size.parse().ok());
            let digest = text("x-linked-etag").or_else(|| text("etag")).and_then(Digest::from_tag);
            Ok((size, digest))
        })
    }

    /// The bytes of a file from a place on. The answer may start earlier than asked.
    pub(super) fn open(&self, commit: &str, path: &str, from: u64) -> Attempt<Rest> {
        let response = self.send(&Method::GET, &self.address_of(commit, path), from, |_| true)?;
        let start = match response.status().as_u16() {
            206 => range_start(response.headers())
                .ok_or_else(|| Failure::passing("the hub sent a part of the file without saying which"))?,
            _ => 0,
        };
        Ok(Rest { start, bytes: response.into_body().into_reader() })
    }

    /// Tries until it works, patience ends, or it is clear that it never will.
    fn patiently<T>(
        &self,
        subject: &str,
        watch: &mut dyn FnMut(FetchEvent<'_>),
        attempt: impl Fn() -> Attempt<T>,
    ) -> Result<T> {
        let mut retry = Retry::new(self.settings.patience);
        loop {
            match attempt() {
                Ok(value) => return Ok(value),
                Err(failure) => retry.pause(failure, subject, watch)?,
            }
        }
    }

    fn address_of(&self, commit: &str, path: &str) -> String {
        format!("{}/{}/resolve/{commit}/{}", self.settings.endpoint, self.name.repository(), escape_path(path))
    }

    /// One request, through its redirects while `goes_on` says so of their headers.
    fn send(
        &self,
        method: &Method,
        address: &str,
        from: u64,
        goes_on: impl Fn(&HeaderMap) -> bool,
    ) -> Attempt<Response<Body>> {
        let mut address = address.to_owned();
        for _ in 0..MOST_REDIRECTS {
            let response = self.send_once(method, &address, from)?;
            match response.status().as_u16() {
                200..=299 => return Ok(response),
                301 | 302 | 303 | 307 | 308 if !goes_on(response.headers()) => return Ok(response),
                301 | 302 | 303 | 307 | 308 => {
                    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                    let target = location.and_then(|location| follow(&address, location));
                    address = target.ok_or_else(|| {
                        self.error(format!(
                            "a redirect of the hub leads to {:?}, where nothing is fetched from",
                            location.unwrap_or_default()
                        ))
                    })?;
                }
                status => return Err(self.refused(status, &address, response.headers())),
            }
        }
        Err(self.error(format!("more than {MOST_REDIRECTS} redirects")).into())
    }

    fn send_once(&self, method: &Method, address: &str, from: u64) -> Attempt<Response<Body>> {
        let mut request = Request::builder().method(method).uri(address);
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        // Whoever stores the files for the hub is told by the address what to send, and not who asks.
        if let Some(token) = self.settings.token.as_ref().filter(|_| same_origin(address, &self.settings.endpoint)) {
            request = request.header(header::AUTHORIZATION, token.header());
        }
        let request = request.body(()).map_err(|error| self.error("the request cannot be made").because(error))?;
        let response = self.agent.run(request).map_err(|error| self.unreachable(error))?;
        self.reached.set(true);
        Ok(response)
    }

    /// What a status that is no success means.
    fn refused(&self, status: u16, address: &str, headers: &HeaderMap) -> Failure {
        let code = headers.get("x-error-code").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let at_hub = same_origin(address, &self.settings.endpoint);
        match status {
            408 | 425 | 429 | 500..=599 => Failure::Passing {
                why: format!("the hub answered with status {status}"),
                wait: asked_wait(headers, SystemTime::now()),
            },
            // An address that was signed for a while may have outlived it.
            403 if !at_hub => Failure::passing("where the hub keeps the file, the answer has status 403"),
            _ if !at_hub => self.error(format!("where the hub keeps the file, the answer has status {status}")).into(),
            401 | 403 => self.not_let_in(status).into(),
            404 if code == "EntryNotFound" => self.error("a file that the hub lists is not there").into(),
            404 if code == "RevisionNotFound" => self.no_revision().into(),
            404 => self.no_model().into(),
            status => self.error(format!("the hub answered with status {status}")).into(),
        }
    }

    fn not_let_in(&self, status: u16) -> Error {
        let (name, endpoint) = (self.name.repository(), &self.settings.endpoint);
        let what = format!("the hub does not give out {name} (status {status})");
        let help = match self.settings.token {
            None => format!(
                "check the name; if the model is private or gated, accept its terms at {endpoint}/{name} and set HF_TOKEN"
            ),
            Some(_) => format!(
                "check the name; the token of HF_TOKEN was sent: it must be valid and may read this model, \
                 whose terms may have to be accepted at {endpoint}/{name}"
            ),
        };
        Error::new(ErrorKind::Hub, what).help(help)
    }

    fn no_revision(&self) -> Error {
        let (name, revision) = (self.name.repository(), self.name.revision_or_main());
        Error::new(ErrorKind::Hub, format!("{name} has no revision {revision:?} (status 404)"))
            .help(format!("{}/{name}/tree/main lists branches, tags and commits", self.settings.endpoint))
    }

    fn no_model(&self) -> Error {
        let revision = if self.name.revision().is_some() { ", or it has no such revision" } else { "" };
        Error::new(ErrorKind::Hub, format!("the hub has no model {}{revision} (status 404)", self.name))
            .help(format!("check owner, name and revision at {}/models", self.settings.endpoint))
    }

    fn unreachable(&self, error: ureq::Error) -> Failure {
        let passing = matches!(
            error,
            ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed
        );
        if passing && self.reached.get() {
            return Failure::passing(error.to_string());
        }
        let what = format!("{} cannot be reached", self.settings.endpoint);
        let help = "check the network, HTTPS_PROXY, SSL_CERT_FILE and HF_ENDPOINT; models in the cache open without it";
        Error::new(ErrorKind::Hub, what).because(error).help(help).into()
    }

    fn error(&self, what: impl std::fmt::Display) -> Error {
        Error::new(ErrorKind::Hub, format!("{}: {what}", self.name))
    }
}

/// The first byte that a partial answer holds: `Content-Range: bytes 5-9/10`.
fn range_start(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.trim().strip_prefix("bytes")?.trim().split_once('-')?.0.parse().ok()
}

/// The certificates to trust in place of the built-in ones.
fn certificates(file: &Path) -> Result<RootCerts> {
    let pem = std::fs::read(file).map_err(|error| Error::opening(file, error))?;
    let items = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let certificates: Vec<_> = items.collect();
    if certificates.is_empty() {
        let what = "SSL_CERT_FILE names a file without a certificate";
        return Err(Error::config(what).at(file).help("a file in PEM format, as curl and OpenSSL take it"));
    }
    Ok(RootCerts::from(certificates))
}
