//! Requests to the hub: the files of a repository and their bytes.

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

/// Maximum size of a response that lists files; ten thousand files take a quarter of it.
const MAX_RESPONSE_BYTES: u64 = 16 << 20;
const MAX_REDIRECTS: usize = 8;

/// A client for one repository.
pub(super) struct Client<'s> {
    agent: Agent,
    settings: &'s HubSettings,
    name: &'s HubName,
    /// Whether the hub has responded: before that, a failed connection is a permanent failure.
    reached: Cell<bool>,
}

/// The rest of a file, from an offset.
pub(super) struct Rest {
    /// Offset of the first byte.
    pub(super) start: u64,
    pub(super) bytes: BodyReader<'static>,
}

impl<'s> Client<'s> {
    pub(super) fn new(settings: &'s HubSettings, name: &'s HubName) -> Result<Self> {
        let timeout = settings.retries.timeout;
        let mut config = Agent::config_builder()
            // Redirects are followed in `send`, so that only the hub itself gets the token.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("namewire/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_connect(Some(timeout.min(Duration::from_secs(15))))
            .timeout_recv_response(Some(timeout))
            .timeout_per_read(Some(timeout));
        if let Some(file) = &settings.certificates {
            config = config.tls_config(TlsConfig::builder().root_certs(certificates(file)?).build());
        }
        Ok(Self { agent: config.build().new_agent(), settings, name, reached: Cell::new(false) })
    }

    /// The repository at the requested revision.
    pub(super) fn repository(&self, watch: &mut dyn FnMut(FetchEvent<'_>)) -> Result<Repository> {
        let (endpoint, revision) = (&self.settings.endpoint, escape(self.name.revision_or_main()));
        let address = format!("{endpoint}/api/models/{}/revision/{revision}?blobs=true", self.name.repository());
        let response = self.with_retries(&self.name.to_string(), watch, || {
            let response = self.send(&Method::GET, &address, 0, |_| true)?;
            let mut body = response.into_body();
            body.with_config().limit(MAX_RESPONSE_BYTES).read_to_vec().map_err(|error| match error {
                ureq::Error::BodyExceedsLimit(_) => Failure::Permanent(self.error(format!(
                    "the hub's response is longer than {} MB, too long for a list of files",
                    MAX_RESPONSE_BYTES >> 20
                ))),
                error => Failure::transient(error.to_string()),
            })
        })?;
        Repository::parse(self.name, &response)
    }

    /// Size and hash of a file, for mirrors whose list of files has neither.
    pub(super) fn describe(
        &self,
        commit: &str,
        path: &str,
        watch: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Result<(Option<u64>, Option<Digest>)> {
        let address = self.address_of(commit, path);
        self.with_retries(path, watch, || {
            // The storage behind a redirect does not have the hash: it is in the hub's own response.
            let follows = |headers: &HeaderMap| !headers.contains_key("x-linked-etag");
            let response = self.send(&Method::HEAD, &address, 0, follows)?;
            let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
            let size = text("x-linked-size").or_else(|| text("content-length")).and_then(|size| size.parse().ok());
            let digest = text("x-linked-etag").or_else(|| text("etag")).and_then(Digest::from_tag);
            Ok((size, digest))
        })
    }

    /// The bytes of a file from an offset. The response may start earlier.
    pub(super) fn open(&self, commit: &str, path: &str, from: u64) -> Attempt<Rest> {
        let response = self.send(&Method::GET, &self.address_of(commit, path), from, |_| true)?;
        let start = match response.status().as_u16() {
            206 => range_start(response.headers())
                .ok_or_else(|| Failure::transient("the hub sent a part of the file without its offset"))?,
            _ => 0,
        };
        Ok(Rest { start, bytes: response.into_body().into_reader() })
    }

    /// Retries transient failures as often as the policy allows.
    fn with_retries<T>(
        &self,
        subject: &str,
        watch: &mut dyn FnMut(FetchEvent<'_>),
        attempt: impl Fn() -> Attempt<T>,
    ) -> Result<T> {
        let mut retry = Retry::new(self.settings.retries);
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

    /// Sends a request and follows redirects while `follows` returns true for their headers.
    fn send(
        &self,
        method: &Method,
        address: &str,
        from: u64,
        follows: impl Fn(&HeaderMap) -> bool,
    ) -> Attempt<Response<Body>> {
        let mut address = address.to_owned();
        for _ in 0..MAX_REDIRECTS {
            let response = self.send_once(method, &address, from)?;
            match response.status().as_u16() {
                200..=299 => return Ok(response),
                301 | 302 | 303 | 307 | 308 if !follows(response.headers()) => return Ok(response),
                301 | 302 | 303 | 307 | 308 => {
                    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                    let target = location.and_then(|location| follow(&address, location));
                    address = target.ok_or_else(|| {
                        self.error(format!(
                            "the hub redirects to {:?}, which is not followed",
                            location.unwrap_or_default()
                        ))
                    })?;
                }
                status => return Err(self.refused(status, &address, response.headers())),
            }
        }
        Err(self.error(format!("more than {MAX_REDIRECTS} redirects")).into())
    }

    fn send_once(&self, method: &Method, address: &str, from: u64) -> Attempt<Response<Body>> {
        let mut request = Request::builder().method(method).uri(address);
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        // The storage of the hub's files gets a signed address, not the token.
        if let Some(token) = self.settings.token.as_ref().filter(|_| same_origin(address, &self.settings.endpoint)) {
            request = request.header(header::AUTHORIZATION, token.header());
        }
        let request = request.body(()).map_err(|error| self.error("the request cannot be made").because(error))?;
        let response = self.agent.run(request).map_err(|error| self.unreachable(error))?;
        self.reached.set(true);
        Ok(response)
    }

    /// The error of a status other than success.
    fn refused(&self, status: u16, address: &str, headers: &HeaderMap) -> Failure {
        let code = headers.get("x-error-code").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let at_hub = same_origin(address, &self.settings.endpoint);
        match status {
            408 | 425 | 429 | 500..=599 => Failure::Transient {
                why: format!("the hub answered with status {status}"),
                wait: asked_wait(headers, SystemTime::now()),
            },
            // A signed address may have expired.
            403 if !at_hub => Failure::transient("the hub's file storage answered with status 403"),
            _ if !at_hub => self.error(format!("the hub's file storage answered with status {status}")).into(),
            401 | 403 => self.denied(status).into(),
            404 if code == "EntryNotFound" => self.error("a file that the hub lists does not exist").into(),
            404 if code == "RevisionNotFound" => self.no_revision().into(),
            404 => self.no_model().into(),
            status => self.error(format!("the hub answered with status {status}")).into(),
        }
    }

    fn denied(&self, status: u16) -> Error {
        let (name, endpoint) = (self.name.repository(), &self.settings.endpoint);
        let what = format!("the hub denies access to {name} (status {status})");
        let help = match self.settings.token {
            None => format!(
                "check the name; if the model is private or gated, accept its licence at {endpoint}/{name} and set HF_TOKEN"
            ),
            Some(_) => format!(
                "check the name; HF_TOKEN was sent: it must be valid and allowed to read this model, \
                 whose licence may have to be accepted at {endpoint}/{name}"
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
        let transient = matches!(
            error,
            ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed
        );
        if transient && self.reached.get() {
            return Failure::transient(error.to_string());
        }
        let what = format!("{} cannot be reached", self.settings.endpoint);
        let help = "check the network, HTTPS_PROXY, SSL_CERT_FILE and HF_ENDPOINT; models in the cache open without it";
        Error::new(ErrorKind::Hub, what).because(error).help(help).into()
    }

    fn error(&self, what: impl std::fmt::Display) -> Error {
        Error::new(ErrorKind::Hub, format!("{}: {what}", self.name))
    }
}

/// The offset of a partial response: `Content-Range: bytes 5-9/10`.
fn range_start(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.trim().strip_prefix("bytes")?.trim().split_once('-')?.0.parse().ok()
}

/// The certificates to trust instead of the built-in ones.
fn certificates(file: &Path) -> Result<RootCerts> {
    let pem = std::fs::read(file).map_err(|error| Error::opening(file, error))?;
    let items = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let certificates: Vec<_> = items.collect();
    if certificates.is_empty() {
        let what = "the file named by SSL_CERT_FILE has no certificate";
        return Err(Error::config(what).at(file).help("it must be in PEM format, as for curl and OpenSSL"));
    }
    Ok(RootCerts::from(certificates))
}
