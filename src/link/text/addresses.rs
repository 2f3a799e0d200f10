//! Web and e-mail addresses and handles, whose parts are no names of the text.

use crate::span::Span;

/// The addresses of a text, in order.
#[derive(Debug, Default)]
pub(crate) struct Addresses(Vec<Address>);

#[derive(Debug)]
struct Address {
    span: Span,
    is_handle: bool,
}

impl Addresses {
    pub(crate) fn find(text: &str) -> Self {
        if !text.contains('@') && !text.contains("://") && !text.contains("www.") {
            return Self::default();
        }
        let mut found = Vec::new();
        for token in text.split_whitespace() {
            let start = token.as_ptr() as usize - text.as_ptr() as usize;
            let is_url = token.contains("://") || token.trim_start_matches(is_mark).starts_with("www.");
            let is_email = token
                .find('@')
                .is_some_and(|at| at > 0 && token[at..].contains('.') && !token[..at].ends_with(is_mark));
            if is_url || is_email {
                let first = token
                    .find("://")
                    .map_or(0, |at| token[..at].rfind(|char: char| !char.is_alphanumeric()).map_or(0, |at| at + 1));
                found.push(Address { span: Span::new(start + first, start + token.len()), is_handle: false });
                continue;
            }
            let Some(at) = token.find('@') else { continue };
            let name = &token[at + 1..];
            let len = name.find(|char: char| !(char.is_alphanumeric() || char == '_')).unwrap_or(name.len());
            let from = start + at + 1;
            found.push(Address { span: Span::new(from, from + len), is_handle: true });
        }
        Self(found)
    }

    /// True for a span inside an address, but for a whole handle: "@UNHCR".
    pub(crate) fn hold(&self, span: Span) -> bool {
        let first = self.0.partition_point(|address| address.span.end <= span.start);
        self.0[first..].iter().take_while(|address| address.span.start < span.end).any(|address| {
            let is_whole = address.is_handle && span.start <= address.span.start && span.end >= address.span.end;
            !is_whole
        })
    }
}

fn is_mark(char: char) -> bool {
    matches!(char, '(' | '[' | '"' | '“' | '‘' | '\'' | '<')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_addresses_are_held_and_whole_handles_are_not() {
        let text = "Write to kerry@state.gov, see https://turkey.example/Syria or (www.nato.example); @UNHCR and \
            @Assad_Syria met in Syria, said @AP.";
        let addresses = Addresses::find(text);
        let held = |name: &str| {
            let spans = text.match_indices(name).map(|(at, _)| Span::new(at, at + name.len()));
            spans.map(|span| addresses.hold(span)).collect::<Vec<_>>()
        };
        assert_eq!(held("kerry"), [true]);
        assert_eq!(held("turkey"), [true]);
        assert_eq!(held("Syria"), [true, true, false]);
        assert_eq!(
            (held("nato"), held("UNHCR"), held("Assad"), held("AP")),
            (vec![true], vec![false], vec![true], vec![false])
        );
    }
}
