//! What the bytes of an item show without parsing it. Quotes within strings are escaped, so that a key with its quotes is
//! always a key.

use memchr::memmem;

use super::classes::Classes;

/// Bytes within which an item says what it is.
const HEAD_BYTES: usize = 250;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// For this reason.
    Unwanted(&'static str),
    /// To be parsed, which decides.
    Perhaps,
}

/// Where dumps write spaces between tokens, nothing is unwanted: parsing decides.
pub(super) fn verdict(line: &[u8], classes: &Classes, min_sitelinks: u64) -> Verdict {
    let head = &line[..line.len().min(HEAD_BYTES)];
    if memmem::find(head, br#""type":"property""#).or_else(|| memmem::find(head, br#""type":"lexeme""#)).is_some() {
        return Verdict::Unwanted("no_item");
    }
    if !line.starts_with(b"{") || !line.ends_with(b"}") || memmem::find(head, br#""id":"Q"#).is_none() {
        return Verdict::Perhaps;
    }
    match memmem::find(line, br#""P31":[{"mainsnak":"#) {
        Some(start) => {
            let statements = array(&line[start + br#""P31":"#.len()..]);
            if !names_class(statements, classes) {
                return Verdict::Unwanted("other_class");
            }
        }
        None if memmem::find(line, br#""P31""#).is_none() => return Verdict::Unwanted("without_class"),
        None => {}
    }
    let sitelinks = memmem::rfind(line, br#""sitelinks":{""#).map(|start| &line[start..]);
    if min_sitelinks > 0
        && sitelinks
            .is_some_and(|sitelinks| (memmem::find_iter(sitelinks, br#""site":""#).count() as u64) < min_sitelinks)
    {
        return Verdict::Unwanted("few_sitelinks");
    }
    Verdict::Perhaps
}

/// The id of the item, for messages.
pub(super) fn id(line: &[u8]) -> Option<String> {
    let start = memmem::find(line, br#""id":""#)? + br#""id":""#.len();
    let end = memchr::memchr(b'"', &line[start..])?;
    std::str::from_utf8(&line[start..start + end]).ok().map(str::to_owned)
}

/// The array that `json` begins with.
fn array(json: &[u8]) -> &[u8] {
    let (mut depth, mut at) = (0usize, 0);
    while at < json.len() {
        match json[at] {
            b'[' => depth += 1,
            b']' if depth <= 1 => return &json[..at],
            b']' => depth -= 1,
            b'"' => at += string(&json[at..]),
            _ => {}
        }
        at += 1;
    }
    json
}

/// The length of the string that `json` begins with, without its last quote.
fn string(json: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &json[at.min(json.len())..]) {
        at += found;
        if json[at] == b'"' {
            return at;
        }
        at += 2;
    }
    json.len()
}

/// True where the statements, their references included, name a class that is wanted.
fn names_class(statements: &[u8], classes: &Classes) -> bool {
    let mut has_ids = false;
    for start in memmem::find_iter(statements, br#""id":"Q"#) {
        has_ids = true;
        if classes.has(number(&statements[start + br#""id":"Q"#.len()..])) {
            return true;
        }
    }
    // Old dumps have the number alone.
    let key = br#""numeric-id":"#;
    !has_ids && memmem::find_iter(statements, key).any(|start| classes.has(number(&statements[start + key.len()..])))
}

fn number(digits: &[u8]) -> u64 {
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}
