//! Tag sequences to entities, as seqeval reads them.
//!
//! Under a scheme (seqeval's strict mode) an entity counts only where its tags are well formed: `O I-PER` has none
//! under IOB2. [`TagScheme::Lenient`] is seqeval's default mode, that of the CoNLL evaluation script: a tag that cannot
//! continue an entity begins one.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::model::{Position, parse_tag};

/// How tags mark where entities begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagScheme {
    /// `I-` begins and continues; `B-` only separates adjacent entities of one type.
    Iob1,
    /// `B-` begins every entity, `I-` continues it (BIO).
    Iob2,
    /// `B-`, `I-`, `E-` for longer entities, `S-` for single tokens (also BILOU: `L-`, `U-`).
    Iobes,
    /// No prefixes: adjacent tokens of one type are one entity.
    Io,
    /// Any prefixes, read as the CoNLL evaluation script reads them.
    Lenient,
}

/// One tag: a position in an entity of a type. Outside is no tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    position: Option<Position>,
    pub(super) kind: &'t str,
}

/// A run of tokens, `first..end`, that is one entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk<'t> {
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) kind: &'t str,
}

impl TagScheme {
    const NAMES: [(&'static str, Self); 8] = [
        ("iob1", Self::Iob1),
        ("iob2", Self::Iob2),
        ("bio", Self::Iob2),
        ("iobes", Self::Iobes),
        ("bioes", Self::Iobes),
        ("bilou", Self::Iobes),
        ("io", Self::Io),
        ("lenient", Self::Lenient),
    ];

    /// Its name, as [`FromStr`] reads it.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, scheme)| *scheme == self).map_or("", |(name, _)| name)
    }

    /// Whether a tag may occur at all.
    pub(super) fn allows(self, tag: Tag<'_>) -> bool {
        match (self, tag.position) {
            (Self::Io, position) => matches!(position, None | Some(Position::Inside)),
            (_, None) => false,
            (Self::Iob1 | Self::Iob2, Some(position)) => matches!(position, Position::Begin | Position::Inside),
            (Self::Iobes | Self::Lenient, Some(_)) => true,
        }
    }

    /// The entities of one sentence.
    pub(super) fn chunks<'t>(self, tags: &[Option<Tag<'t>>]) -> Vec<Chunk<'t>> {
        match self {
            Self::Lenient => lenient(tags),
            Self::Io => strict(tags, Self::Iob1),
            scheme => strict(tags, scheme),
        }
    }

    /// Detects the scheme of tagged sentences. `E-` or `S-`: IOBES. An `I-` that begins an entity, and `B-` only after an
    /// entity of the same type: IOB1. No prefix other than `I-`: IO. All else: IOB2.
    pub(super) fn detect<'t>(sentences: impl Iterator<Item = &'t [Option<Tag<'t>>]>) -> Self {
        let (mut opens_inside, mut begins, mut begins_apart, mut bare) = (false, false, false, false);
        for tags in sentences {
            let mut before: Option<Tag<'_>> = None;
            for &tag in tags {
                let parts = |tag: Tag<'_>| before.is_some_and(|before| before.kind == tag.kind);
                match tag.map(|tag| (tag.position, parts(tag))) {
                    Some((Some(Position::End | Position::Single), _)) => return Self::Iobes,
                    Some((Some(Position::Begin), parts)) => {
                        begins = true;
                        begins_apart |= !parts;
                    }
                    Some((Some(Position::Inside), continues)) => opens_inside |= !continues,
                    Some((None, _)) => bare = true,
                    None => {}
                }
                before = tag;
            }
        }
        match (begins, opens_inside) {
            (false, inside) if inside || bare => Self::Io,
            (true, true) if !begins_apart => Self::Iob1,
            _ => Self::Iob2,
        }
    }
}

impl fmt::Display for TagScheme {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for TagScheme {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, scheme)| *scheme).ok_or_else(|| {
            Error::new(ErrorKind::Config, format!("unknown tag scheme `{name}`"))
                .help("known schemes are iob1, iob2 (bio), iobes (bioes, bilou), io and lenient")
        })
    }
}

impl<'t> Tag<'t> {
    /// Reads a tag; outside is `None`. A tag without a type (`B`) has the type `_`.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let bare = match text {
            "B" => Some(Position::Begin),
            "I" => Some(Position::Inside),
            "E" => Some(Position::End),
            "S" => Some(Position::Single),
            _ => None,
        };
        if bare.is_some() {
            return Some(Self { position: bare, kind: "_" });
        }
        let (position, kind) = parse_tag(text)?;
        Some(Self { position, kind: if kind.is_empty() { "_" } else { kind } })
    }

    /// A bare type counts as inside.
    fn place(self) -> Position {
        self.position.unwrap_or(Position::Inside)
    }
}

/// seqeval's strict mode: an entity starts, continues while its tags may follow, and counts only where it may end.
fn strict<'t>(tags: &[Option<Tag<'t>>], scheme: TagScheme) -> Vec<Chunk<'t>> {
    let at = |index: usize| tags.get(index).copied().flatten();
    let mut chunks = Vec::new();
    let (mut index, mut before) = (0, None);
    while index < tags.len() {
        let tag = tags[index];
        match tag.filter(|&tag| starts(before, tag, scheme)) {
            None => index += 1,
            Some(tag) => {
                let first = index;
                index += 1;
                while at(index).is_some_and(|next| continues(tags[index - 1], next)) {
                    index += 1;
                }
                if closes(tags[index - 1], at(index), scheme) {
                    chunks.push(Chunk { first, end: index, kind: tag.kind });
                }
            }
        }
        before = tags[index - 1];
    }
    chunks
}

fn starts(before: Option<Tag<'_>>, tag: Tag<'_>, scheme: TagScheme) -> bool {
    use Position::{Begin, Inside, Single};
    let same = before.is_some_and(|before| before.kind == tag.kind);
    match (scheme, tag.place()) {
        (TagScheme::Iob1, Inside) => before.is_none_or(|before| before.place() == Begin || !same),
        (TagScheme::Iob1, Begin) => same,
        (TagScheme::Iobes, Begin | Single) | (_, Begin) => true,
        _ => false,
    }
}

fn continues(before: Option<Tag<'_>>, tag: Tag<'_>) -> bool {
    use Position::{Begin, End, Inside};
    let open = before.is_some_and(|before| before.kind == tag.kind && matches!(before.place(), Begin | Inside));
    open && matches!(tag.place(), Inside | End)
}

/// Whether an entity may end between `last` and `next`, which does not continue it.
fn closes(last: Option<Tag<'_>>, next: Option<Tag<'_>>, scheme: TagScheme) -> bool {
    use Position::{Begin, End, Single};
    let Some(last) = last else { return false };
    match scheme {
        TagScheme::Iobes => matches!(last.place(), End | Single),
        // A `B-` that separates nothing makes the entity before it ill-formed as well.
        TagScheme::Iob1 => {
            let misplaced = |next: Tag<'_>| next.place() == Begin && next.kind != last.kind;
            last.place() != Begin || !next.is_some_and(misplaced)
        }
        _ => true,
    }
}

/// seqeval's default mode.
fn lenient<'t>(tags: &[Option<Tag<'t>>]) -> Vec<Chunk<'t>> {
    use Position::{Begin, End, Single};
    let mut chunks: Vec<Chunk<'t>> = Vec::new();
    let mut before: Option<Tag<'t>> = None;
    for (index, &tag) in tags.iter().enumerate() {
        if let Some(tag) = tag {
            let continues = before.is_some_and(|before| {
                before.kind == tag.kind
                    && !matches!(before.place(), End | Single)
                    && !matches!(tag.place(), Begin | Single)
            });
            match chunks.last_mut() {
                Some(chunk) if continues => chunk.end = index + 1,
                _ => chunks.push(Chunk { first: index, end: index + 1, kind: tag.kind }),
            }
        }
        before = tag;
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(tags: &'static str) -> Vec<Option<Tag<'static>>> {
        tags.split(' ').map(Tag::parse).collect()
    }

    fn chunks(tags: &'static str, scheme: TagScheme) -> String {
        let chunks = scheme.chunks(&parse(tags));
        let words: Vec<String> =
            chunks.iter().map(|chunk| format!("{}-{}{}", chunk.first, chunk.end, chunk.kind)).collect();
        words.join(" ")
    }

    #[test]
    fn strict_schemes_skip_ill_formed_entities() {
        use TagScheme::{Io, Iob1, Iob2, Iobes, Lenient};
        for (tags, scheme, expected) in [
            ("O I-P I-P B-P O", Iob2, "3-4P"),
            ("O I-P I-P B-P O", Iob1, "1-3P 3-4P"),
            ("O I-P I-P B-P O", Lenient, "1-3P 3-4P"),
            ("B-P I-L I-P", Iob2, "0-1P"),
            ("B-P I-L I-P", Lenient, "0-1P 1-2L 2-3P"),
            ("O B-P I-P", Iob1, "2-3P"),
            ("I-P B-P B-L", Iob1, "0-1P"),
            ("B-P I-P O S-P B-P E-P I-P E-P B-L", Iobes, "3-4P 4-6P"),
            ("B-P I-P O S-P B-P E-P I-P E-P B-L", Lenient, "0-2P 3-4P 4-6P 6-8P 8-9L"),
            ("U-P B-P L-P", Iobes, "0-1P 1-3P"),
            ("P P O L P", Io, "0-2P 3-4L 4-5P"),
            ("B I O B", Iob2, "0-2_ 3-4_"),
        ] {
            assert_eq!(chunks(tags, scheme), expected, "{tags} as {scheme}");
        }
    }

    #[test]
    fn schemes_are_detected_from_tags() {
        for (tags, expected) in [
            ("O B-P I-P O", TagScheme::Iob2),
            ("O I-P I-P B-P", TagScheme::Iob1),
            ("I-P B-L I-L", TagScheme::Iob2),
            ("O I-P I-L", TagScheme::Io),
            ("P O", TagScheme::Io),
            ("O S-P", TagScheme::Iobes),
            ("O O", TagScheme::Iob2),
        ] {
            assert_eq!(TagScheme::detect(std::iter::once(&*parse(tags))), expected, "{tags}");
        }
    }

    #[test]
    fn schemes_have_names() {
        for name in ["iob1", "BIO", "bilou", "io", "lenient"] {
            name.parse::<TagScheme>().unwrap();
        }
        assert!("ioe1".parse::<TagScheme>().unwrap_err().to_string().contains("known schemes are"));
    }
}
