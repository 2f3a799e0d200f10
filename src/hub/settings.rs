//! Settings of the hub from the environment, by the variables of Hugging Face's own tools.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Result};

/// Address, cache and access of the hub.
#[derive(Clone, Debug)]
pub struct HubSettings {
    /// Address of the hub, without a trailing slash (`HF_ENDPOINT`).
    pub endpoint: String,
    /// Folder of the cache (`HF_HUB_CACHE`, or `hub` in `HF_HOME`).
    pub cache: PathBuf,
    /// The access token (`HF_TOKEN`, or the file `token` in `HF_HOME`).
    pub token: Option<Token>,
    /// Send no requests (`HF_HUB_OFFLINE`).
    pub offline: bool,
    /// Certificates to trust instead of the built-in ones (`SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE`).
    pub certificates: Option<PathBuf>,
    /// When failed requests are tried again.
    pub retries: RetryPolicy,
}

/// An access token, which is never printed.
#[derive(Clone)]
pub struct Token(String);

/// When failed requests are tried again.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// Maximum number of consecutive failures without a byte received.
    pub attempts: u32,
    /// Wait after the first failure, doubled after each further one (`NAMEWIRE_HUB_WAIT`, in seconds).
    pub first_wait: Duration,
    /// Maximum wait, also where the hub requests one.
    pub max_wait: Duration,
    /// Timeout of a connection without data (`HF_HUB_DOWNLOAD_TIMEOUT`, in seconds).
    pub timeout: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_wait: Duration::from_secs(1),
            // The hub's rate limit is per five minutes.
            max_wait: Duration::from_secs(300),
            timeout: Duration::from_secs(30),
        }
    }
}

impl HubSettings {
    /// The settings of the environment. Fails on an invalid value.
    pub fn from_environment() -> Result<Self> {
        Self::read(&from_process)
    }

    fn read(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self> {
        let token_file = variable("HF_TOKEN_PATH");
        let token_file = token_file.map_or_else(|| hub_home(variable).join("token"), |path| expand(path, variable));
        let token = match text(variable, "HF_TOKEN")?.or(text(variable, "HUGGING_FACE_HUB_TOKEN")?) {
            Some(token) => Some(token),
            None => std::fs::read_to_string(token_file).ok(),
        };
        let mut retries = RetryPolicy::default();
        if let Some(seconds) = seconds(variable, "HF_HUB_DOWNLOAD_TIMEOUT")? {
            retries.timeout = seconds;
        }
        if let Some(seconds) = seconds(variable, "NAMEWIRE_HUB_WAIT")? {
            retries.first_wait = seconds;
        }
        let offline = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"];
        Ok(Self {
            endpoint: endpoint(text(variable, "HF_ENDPOINT")?)?,
            cache: cache(variable),
            token: token.map(Token::new).transpose()?.flatten(),
            certificates: ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"].into_iter().find_map(variable).map(PathBuf::from),
            offline: offline.into_iter().find_map(variable).is_some_and(is_true),
            retries,
        })
    }
}

impl Token {
    /// A token without surrounding white space; `None` where it is empty.
    fn new(text: String) -> Result<Option<Self>> {
        let text = text.trim();
        if text.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return Err(Error::config("HF_TOKEN has characters that a token cannot have"));
        }
        Ok(Some(text).filter(|text| !text.is_empty()).map(|text| Self(text.to_owned())))
    }

    /// The value of its header.
    #[cfg(feature = "hub")]
    pub(super) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Token({} characters)", self.0.len())
    }
}

fn endpoint(asked: Option<String>) -> Result<String> {
    let endpoint = asked.unwrap_or_else(|| "https://huggingface.co".to_owned());
    if !endpoint.starts_with("https://") && !endpoint.starts_with("http://") {
        return Err(Error::config(format!("HF_ENDPOINT is {endpoint:?}, which is not an address"))
            .help("it begins with https://, for example https://huggingface.co"));
    }
    Ok(endpoint.trim_end_matches('/').to_owned())
}

/// The folder of the cache that the environment names.
pub(super) fn cache_from_environment() -> PathBuf {
    cache(&from_process)
}

fn from_process(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn cache(variable: &dyn Fn(&str) -> Option<OsString>) -> PathBuf {
    let named = variable("HF_HUB_CACHE").or_else(|| variable("HUGGINGFACE_HUB_CACHE"));
    named.map_or_else(|| hub_home(variable).join("hub"), |path| expand(path, variable))
}

/// The folder of Hugging Face's tools for cache and token.
fn hub_home(variable: &dyn Fn(&str) -> Option<OsString>) -> PathBuf {
    let path = |name: &str| variable(name).map(|path| expand(path, variable));
    let cache = || path("XDG_CACHE_HOME").unwrap_or_else(|| home(variable).join(".cache"));
    path("HF_HOME").unwrap_or_else(|| cache().join("huggingface"))
}

fn home(variable: &dyn Fn(&str) -> Option<OsString>) -> PathBuf {
    variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from).unwrap_or_default()
}

/// A path whose `~` is the home folder, as shells and Hugging Face's tools read it.
fn expand(path: OsString, variable: &dyn Fn(&str) -> Option<OsString>) -> PathBuf {
    let path = PathBuf::from(path);
    path.strip_prefix("~").map(|below| home(variable).join(below)).unwrap_or(path)
}

fn text(variable: &dyn Fn(&str) -> Option<OsString>, name: &str) -> Result<Option<String>> {
    let readable = |value: OsString| value.into_string().map_err(|_| Error::config(format!("{name} is not readable")));
    variable(name).map(readable).transpose()
}

fn seconds(variable: &dyn Fn(&str) -> Option<OsString>, name: &str) -> Result<Option<Duration>> {
    let parse = |value: String| {
        let seconds = value.trim().parse().ok().filter(|seconds| (0.0..=3600.0).contains(seconds));
        let what = || Error::config(format!("{name} is {value:?}; it is a number of seconds, 3600 at most"));
        seconds.map(Duration::from_secs_f64).ok_or_else(what)
    };
    text(variable, name)?.map(parse).transpose()
}

fn is_true(value: OsString) -> bool {
    matches!(value.to_string_lossy().to_ascii_uppercase().as_str(), "1" | "ON" | "YES" | "TRUE")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<HubSettings> {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        HubSettings::read(&find)
    }

    #[test]
    fn the_cache_is_that_of_the_hubs_own_tools() {
        for (variables, cache) in [
            (&[("HOME", "/me")][..], "/me/.cache/huggingface/hub"),
            (&[("HOME", "/me"), ("XDG_CACHE_HOME", "/c")], "/c/huggingface/hub"),
            (&[("HOME", "/me"), ("HF_HOME", "~/hf")], "/me/hf/hub"),
            (&[("HF_HOME", "/hf"), ("HF_HUB_CACHE", "/hc")], "/hc"),
            (&[("HF_HOME", "/hf"), ("HUGGINGFACE_HUB_CACHE", "/old")], "/old"),
        ] {
            assert_eq!(read(variables).unwrap().cache, PathBuf::from(cache), "{variables:?}");
        }
    }

    #[test]
    fn the_token_is_read_and_not_printed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), "hf_file\n").unwrap();
        let home = folder.path().to_str().unwrap();
        let token = |variables: &[(&str, &str)]| read(variables).unwrap().token.map(|token| token.0);
        assert_eq!(token(&[("HF_HOME", home)]).as_deref(), Some("hf_file"));
        assert_eq!(token(&[("HF_HOME", home), ("HF_TOKEN", " hf_own ")]).as_deref(), Some("hf_own"));
        assert_eq!(token(&[("HOME", "/nowhere")]), None);
        assert!(read(&[("HF_TOKEN", "two words")]).is_err());
        let settings = read(&[("HF_TOKEN", "hf_secret")]).unwrap();
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn invalid_values_are_errors() {
        assert_eq!(read(&[("HF_ENDPOINT", "http://mirror:8080/hf/")]).unwrap().endpoint, "http://mirror:8080/hf");
        assert!(read(&[("HF_ENDPOINT", "mirror")]).unwrap_err().to_string().contains("HF_ENDPOINT"));
        assert!(read(&[("NAMEWIRE_HUB_WAIT", "soon")]).unwrap_err().to_string().contains("NAMEWIRE_HUB_WAIT"));
        assert!(read(&[("HF_HUB_OFFLINE", "yes")]).unwrap().offline);
        assert!(!read(&[("HF_HUB_OFFLINE", "0")]).unwrap().offline);
    }
}
