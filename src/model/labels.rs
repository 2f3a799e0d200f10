//! A model's label set: what its tags mean and which may follow which.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};

/// The error of a model whose labels have no meaningful names.
pub(super) fn name_them(what: String) -> Error {
    Error::new(ErrorKind::Model, what)
        .help("name the labels in the order of the logits (O, B-PER, I-PER, …), or write them into `id2label` of config.json")
        .with_setting("labels")
}

/// How a tag sequence marks where mentions begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `B-` begins every mention, `I-` continues it (also called IOB2).
    Bio,
    /// `I-` begins and continues; `B-` only separates two adjacent mentions of one type.
    Iob1,
    /// `B-`, `I-`, `E-` for longer mentions and `S-` for single words (BILOU: `L-`, `U-`).
    Bioes,
    /// Types alone: adjacent words of one type are one mention.
    Io,
}

/// The position of a word in a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Begin,
    Inside,
    End,
    Single,
}

/// One tag: outside, or a position in a mention of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Outside,
    Within(Position, u16),
}

/// The labels of a model, in the order of its logits.
#[derive(Clone, Debug)]
pub struct LabelSet {
    names: Vec<String>,
    tags: Vec<Tag>,
    types: Vec<Arc<str>>,
    scheme: Scheme,
    /// `follows[previous * len + label]`: whether `label` may follow `previous`.
    follows: Vec<bool>,
}

impl LabelSet {
    /// Reads label names such as `B-PER`, `I_LOC`, `PER-B`, `PER` or `O`. Fails on names without meaning
    /// (`LABEL_0`), on a set without `O`, and on a set without types.
    pub fn new(names: Vec<String>) -> Result<Self> {
        let says_nothing = |name: &&String| name.strip_prefix("LABEL_").is_some_and(|id| id.parse::<usize>().is_ok());
        if let Some(name) = names.iter().find(says_nothing) {
            return Err(name_them(format!("the label {name:?} says nothing about its meaning")));
        }
        let mut types: Vec<Arc<str>> = Vec::new();
        let style = Style::of(&names);
        let parsed: Vec<_> = names.iter().map(|name| style.parse(name)).collect();
        let tags: Vec<Tag> = parsed
            .iter()
            .map(|tag| match tag {
                None => Tag::Outside,
                Some((position, kind)) => {
                    let known = types.iter().position(|known| **known == **kind).unwrap_or_else(|| {
                        types.push(Arc::from(*kind));
                        types.len() - 1
                    });
                    Tag::Within(position.unwrap_or(Position::Inside), known as u16)
                }
            })
            .collect();
        if types.is_empty() || !tags.contains(&Tag::Outside) {
            let what = format!("the labels {names:?} are no tag set: an \"O\" and at least one type are needed");
            return Err(Error::new(ErrorKind::Model, what));
        }
        let scheme = guess_scheme(&parsed, &tags, types.len());
        let mut set = Self { names, tags, types, scheme, follows: Vec::new() };
        set.follows = set.transitions();
        Ok(set)
    }

    /// Number of labels: the length of the last axis of the logits.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True for a set without labels, which [`LabelSet::new`] never makes.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Label names in the order of the logits.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The entity types, in order of first appearance.
    pub fn types(&self) -> &[Arc<str>] {
        &self.types
    }

    /// How mentions are marked.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The type index of a label, or `None` for "outside".
    pub fn type_of(&self, label: usize) -> Option<usize> {
        match self.tags[label] {
            Tag::Outside => None,
            Tag::Within(_, kind) => Some(kind as usize),
        }
    }

    /// Whether a sentence may begin with this label.
    pub fn may_start(&self, label: usize) -> bool {
        let outside = self.tags.iter().position(|tag| *tag == Tag::Outside);
        outside.is_none_or(|outside| self.may_follow(outside, label))
    }

    /// Whether a sentence may end with this label.
    pub fn may_end(&self, label: usize) -> bool {
        let open = matches!(self.tags[label], Tag::Within(Position::Begin | Position::Inside, _));
        self.scheme != Scheme::Bioes || !open
    }

    /// Whether `label` may follow `previous` directly.
    pub fn may_follow(&self, previous: usize, label: usize) -> bool {
        self.follows[previous * self.len() + label]
    }

    /// Whether a word labelled `label` begins a new mention after one labelled `previous` (`None` at the
    /// start). For sequences that are not legal this is the repair rule: a label that cannot continue begins a mention.
    pub fn begins(&self, previous: Option<usize>, label: usize) -> bool {
        let Tag::Within(position, kind) = self.tags[label] else { return false };
        let Some(Tag::Within(before, kind_before)) = previous.map(|previous| self.tags[previous]) else { return true };
        let closed = self.scheme == Scheme::Bioes && matches!(before, Position::End | Position::Single);
        kind != kind_before || closed || matches!(position, Position::Begin | Position::Single)
    }

    fn transitions(&self) -> Vec<bool> {
        let pairs = self.tags.iter().flat_map(|&from| self.tags.iter().map(move |&to| (from, to)));
        pairs.map(|(from, to)| self.is_legal(from, to)).collect()
    }

    fn is_legal(&self, from: Tag, to: Tag) -> bool {
        use Position::{Begin, End, Inside, Single};
        let same = matches!((from, to), (Tag::Within(_, a), Tag::Within(_, b)) if a == b);
        match (self.scheme, from, to) {
            (Scheme::Io, _, _) => true,
            (Scheme::Bio, _, Tag::Within(Inside, _)) => same,
            (Scheme::Bio, _, _) => true,
            (Scheme::Iob1, _, Tag::Within(Begin, _)) => same,
            (Scheme::Iob1, _, _) => true,
            (Scheme::Bioes, Tag::Within(Begin | Inside, _), to) => same && matches!(to, Tag::Within(Inside | End, _)),
            (Scheme::Bioes, _, Tag::Within(position, _)) => matches!(position, Begin | Single),
            (Scheme::Bioes, _, Tag::Outside) => true,
        }
    }
}

/// `None` for "outside", else the position (where the tag has one, before its type) and the type.
pub(crate) fn parse_tag(tag: &str) -> Option<(Option<Position>, &str)> {
    Style::Before.parse(tag)
}

/// Where label names have the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// `B-PER`.
    Before,
    /// `PER-B`.
    After,
    /// `PER`: none.
    Bare,
}

impl Style {
    /// `B` and `I` are in every set with positions, so that a type `E-MAIL` among bare names stays a type.
    fn of(names: &[String]) -> Self {
        let uses = |style: Self| {
            let position = |name: &String| style.split(name).map(|(position, _)| position);
            names.iter().any(|name| matches!(position(name), Some(Position::Begin | Position::Inside)))
        };
        [Self::Before, Self::After].into_iter().find(|&style| uses(style)).unwrap_or(Self::Bare)
    }

    /// The position and the type, where the name has both.
    fn split(self, name: &str) -> Option<(Position, &str)> {
        let (position, kind) = match self {
            Self::Before => name.split_once(['-', '_'])?,
            Self::After => name.rsplit_once(['-', '_']).map(|(kind, position)| (position, kind))?,
            Self::Bare => return None,
        };
        let position = match position {
            "B" | "b" => Position::Begin,
            "I" | "M" | "i" | "m" => Position::Inside,
            "E" | "L" | "e" | "l" => Position::End,
            "S" | "U" | "s" | "u" => Position::Single,
            _ => return None,
        };
        (!kind.is_empty()).then_some((position, kind))
    }

    /// `None` for "outside", else the position (where the name has one) and the type.
    fn parse(self, name: &str) -> Option<(Option<Position>, &str)> {
        // Some training scripts have separate labels for special tokens and for the later pieces of a word.
        let of_special_tokens =
            matches!(name, "X" | "PAD") || (name.starts_with(['[', '<']) && name.ends_with([']', '>']));
        if of_special_tokens || matches!(name, "O" | "o" | "OUT" | "NONE" | "None" | "0") {
            return None;
        }
        Some(self.split(name).map_or((None, name), |(position, kind)| (Some(position), kind)))
    }
}

fn guess_scheme(parsed: &[Option<(Option<Position>, &str)>], tags: &[Tag], types: usize) -> Scheme {
    let has = |wanted: Position| parsed.iter().flatten().any(|(position, _)| *position == Some(wanted));
    if has(Position::End) || has(Position::Single) {
        return Scheme::Bioes;
    }
    if !has(Position::Begin) {
        return Scheme::Io;
    }
    // Under BIO a mention of a type with I- only could not begin: such sets were trained on IOB1.
    let opened = |kind: usize| tags.contains(&Tag::Within(Position::Begin, kind as u16));
    if (0..types).all(opened) { Scheme::Bio } else { Scheme::Iob1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &str) -> LabelSet {
        LabelSet::new(names.split(' ').map(str::to_owned).collect()).unwrap()
    }

    #[test]
    fn schemes_are_told_by_their_labels() {
        assert_eq!(set("O B-PER I-PER").scheme(), Scheme::Bio);
        assert_eq!(set("B-LOC B-MISC B-ORG I-LOC I-MISC I-ORG I-PER O").scheme(), Scheme::Iob1);
        assert_eq!(set("O B-PER I-PER E-PER S-PER").scheme(), Scheme::Bioes);
        assert_eq!(set("O U-PER B-PER I-PER L-PER").scheme(), Scheme::Bioes);
        assert_eq!(set("O PER LOC").scheme(), Scheme::Io);
        assert_eq!(set("O I-PER I-LOC").scheme(), Scheme::Io);
        let types: Vec<_> = set("O B-MISC I-MISC B-PER I-PER").types().iter().map(|kind| kind.to_string()).collect();
        assert_eq!(types, ["MISC", "PER"]);
    }

    #[test]
    fn positions_are_read_in_any_style() {
        let types = |names: &str| set(names).types().iter().map(|kind| kind.to_string()).collect::<Vec<_>>();
        for names in ["I-PER O B-PER", "B_PER I_PER O", "O PER-B PER-I", "o b-PER i-PER", "B-PER I-PER X [CLS] <pad> O"]
        {
            assert_eq!((set(names).scheme(), types(names)), (Scheme::Bio, vec!["PER".to_owned()]), "{names}");
        }
        assert_eq!(types("O B-event-date I-event-date"), ["event-date"]);
        assert_eq!(
            (set("O PER E-MAIL").scheme(), types("O PER E-MAIL")),
            (Scheme::Io, vec!["PER".into(), "E-MAIL".into()])
        );
        assert_eq!(types("O PER_S PER_B PER_I PER_E"), ["PER"]);
        assert_eq!(set("O PER_S PER_B PER_I PER_E").scheme(), Scheme::Bioes);
    }

    #[test]
    fn transitions_are_the_fields_own() {
        let bio = set("O B-PER I-PER B-LOC I-LOC");
        assert!(bio.may_follow(1, 2) && bio.may_follow(2, 2) && bio.may_follow(2, 1) && bio.may_follow(1, 3));
        assert!(!bio.may_follow(0, 2) && !bio.may_follow(3, 2) && !bio.may_start(2));
        let bioes = set("O B-PER I-PER E-PER S-PER");
        assert!(bioes.may_follow(1, 3) && bioes.may_follow(3, 4) && bioes.may_end(3) && bioes.may_end(0));
        assert!(!bioes.may_follow(1, 0) && !bioes.may_follow(0, 3) && !bioes.may_end(1) && !bioes.may_follow(4, 2));
        let iob1 = set("O I-PER B-LOC I-LOC");
        assert!(iob1.may_follow(0, 3) && iob1.may_follow(3, 2) && !iob1.may_follow(0, 2) && !iob1.may_follow(1, 2));
    }

    #[test]
    fn unusable_names_are_refused_with_advice() {
        let refused = |names: &[&str]| LabelSet::new(names.iter().map(|name| name.to_string()).collect()).unwrap_err();
        let refusal = refused(&["LABEL_0", "LABEL_1"]);
        assert!(refusal.to_string().contains("id2label") && refusal.setting() == Some("labels"), "{refusal}");
        assert!(refused(&["B-PER", "I-PER"]).to_string().contains("\"O\""));
        assert!(refused(&["O"]).to_string().contains("at least one type"));
    }
}
