//! Addresses: escaping, redirects, and comparing hosts.

use ureq::http::Uri;

/// One part of a path with all special characters escaped.
pub(super) fn escape(part: &str) -> String {
    let mut escaped = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// A path with each of its parts escaped.
pub(super) fn escape_path(path: &str) -> String {
    path.split('/').map(escape).collect::<Vec<_>>().join("/")
}

/// The target of a `Location` header in a response from `address`. `None` where it is invalid, or unencrypted after an
/// encrypted connection.
pub(super) fn follow(from: &str, location: &str) -> Option<String> {
    let base: Uri = from.parse().ok()?;
    let (scheme, authority) = (base.scheme_str()?, base.authority()?);
    let target = if location.starts_with("http://") || location.starts_with("https://") {
        location.to_owned()
    } else if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else {
        let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{location}")
    };
    let downgraded = scheme == "https" && !target.starts_with("https://");
    target.parse::<Uri>().ok().filter(|target| target.host().is_some() && !downgraded).map(|_| target)
}

/// Whether two addresses have the same scheme, host and port.
pub(super) fn same_origin(one: &str, other: &str) -> bool {
    let origin = |address: &str| {
        let uri: Uri = address.parse().ok()?;
        let scheme = uri.scheme_str()?.to_owned();
        let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        Some((scheme, uri.host()?.to_ascii_lowercase(), port))
    };
    origin(one).is_some_and(|one| Some(one) == origin(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_targets_are_resolved() {
        let from = "https://hub.org:444/a/b?c";
        for (location, target) in [
            ("https://cdn.org/x?y", Some("https://cdn.org/x?y")),
            ("//cdn.org/x", Some("https://cdn.org/x")),
            ("/api/x", Some("https://hub.org:444/api/x")),
            ("x", Some("https://hub.org:444/a/x")),
            ("http://cdn.org/x", None),
            ("https://", None),
        ] {
            assert_eq!(follow(from, location).as_deref(), target, "{location}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert!(same_origin("https://Hub.org/a", "https://hub.org:443/b"));
        for other in
            ["http://hub.org/a", "https://hub.org:444/a", "https://hub.org.evil.net/a", "https://ahub.org/a", "x"]
        {
            assert!(!same_origin("https://hub.org/a", other), "{other}");
        }
        assert!(!same_origin("nonsense", "nonsense"));
    }

    #[test]
    fn parts_of_an_address_are_escaped() {
        assert_eq!(escape("refs/pr/1"), "refs%2Fpr%2F1");
        assert_eq!(escape_path("onnx/a b#?%.onnx"), "onnx/a%20b%23%3F%25.onnx");
    }
}
