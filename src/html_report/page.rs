//! The page: one HTML file with its data, its scripts and its styles, which asks nothing of any network.
//!
//! The Content-Security-Policy allows the scripts and styles of the page by their hashes, and nothing else: neither
//! other scripts, should a text of an article ever be taken for markup, nor requests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

const TEMPLATE: &str = include_str!("assets/page.html");

/// Scripts in the order in which they run.
const SCRIPTS: [&str; 14] = [
    include_str!("vendor/uplot.min.js"),
    include_str!("vendor/d3-dispatch.min.js"),
    include_str!("vendor/d3-quadtree.min.js"),
    include_str!("vendor/d3-timer.min.js"),
    include_str!("vendor/d3-force.min.js"),
    include_str!("assets/dom.js"),
    include_str!("assets/marks.js"),
    include_str!("assets/overview.js"),
    include_str!("assets/entities.js"),
    include_str!("assets/trends.js"),
    include_str!("assets/network.js"),
    include_str!("assets/names.js"),
    include_str!("assets/articles.js"),
    include_str!("assets/main.js"),
];

const STYLES: [&str; 2] = [include_str!("vendor/uplot.min.css"), include_str!("assets/report.css")];

/// The page for these data.
pub(super) fn page(title: &str, data: &Value) -> String {
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hashes(&SCRIPTS),
        hashes(&STYLES)
    );
    let scripts: String = SCRIPTS.iter().map(|script| format!("<script>{script}</script>\n")).collect();
    let styles: String = STYLES.iter().map(|style| format!("<style>{style}</style>\n")).collect();
    let parts = [
        ("{{policy}}", policy),
        ("{{title}}", escaped(title)),
        ("{{styles}}", styles),
        ("{{data}}", json_for_script(data)),
        ("{{scripts}}", scripts),
    ];
    let mut page = String::new();
    let mut rest = TEMPLATE;
    // In the order of the template, so that a part is never searched for the name of another one.
    for (name, part) in parts {
        if let Some((before, after)) = rest.split_once(name) {
            page.push_str(before);
            page.push_str(&part);
            rest = after;
        }
    }
    page + rest
}

fn hashes(parts: &[&str]) -> String {
    let hash = |part: &&str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(part.as_bytes())));
    parts.iter().map(hash).collect::<Vec<_>>().join(" ")
}

/// JSON inside a `script` element: without `<`, which could end the element or start a comment in it, and without the
/// line separators that old scripts stumble over.
fn json_for_script(data: &Value) -> String {
    let json = data.to_string();
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_text_ends_the_data() {
        let hostile = "</script><!--<script>\u{2028}{{scripts}}";
        let page = page("<b>&", &json!({ "name": hostile }));
        let (_, rest) = page.split_once("id=\"data\">").unwrap();
        let data: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
        assert_eq!(data["name"], hostile);
        assert!(page.contains("<title>&lt;b&gt;&amp;"));
        assert_eq!(page.matches("{{").count(), 1, "every part is filled in");
    }

    #[test]
    fn assets_can_stand_in_a_page_and_are_small() {
        let own = |part: &&&str| !part.contains("uPlot=function") && !part.contains("d3js.org");
        assert!(SCRIPTS.iter().chain(&STYLES).all(|part| !part.contains("</script") && !part.contains("</style")));
        let vendored: usize = SCRIPTS[..5].iter().chain(&STYLES[..1]).map(|part| part.len()).sum();
        let ours: usize = SCRIPTS[5..].iter().chain(&STYLES[1..]).filter(own).map(|part| part.len()).sum();
        assert!(vendored < 80_000 && ours < 100_000, "{vendored} {ours}");
        let names = ["uplot.min.js", "d3-dispatch.min.js", "d3-quadtree.min.js", "d3-timer.min.js", "d3-force.min.js"];
        let sums = include_str!("vendor/SHA256SUMS");
        for (name, part) in names.iter().zip(SCRIPTS).chain([(&"uplot.min.css", STYLES[0])]) {
            assert!(sums.contains(&format!("{}  {name}\n", crate::hash::sha256(part.as_bytes()))), "{name}");
        }
    }
}
