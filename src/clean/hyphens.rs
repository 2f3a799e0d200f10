//! Hyphens at the end of a line: "Damas-⏎cus" is Damascus, "US-⏎backed" is US-backed.
//!
//! Columns of print break words with a hyphen, and programs that wrap lines break compounds at theirs.

use ahash::AHashSet;
use unicode_normalization::char::is_combining_mark;

use super::compounds::{is_compound_tail, is_ending, is_given_name, is_joining_particle, is_prefix};
use crate::span::Span;

/// What stands on both sides of a hyphen at the end of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Halves<'t> {
    text: &'t str,
    left: Span,
    pub(super) hyphen: Span,
    right: Span,
}

impl<'t> Halves<'t> {
    /// The halves of a word that `gap`, the white space between two lines, divides.
    pub(super) fn at(text: &'t str, gap: Span) -> Option<Self> {
        let mark = text[..gap.start].chars().next_back().filter(|&char| is_line_hyphen(char))?;
        let hyphen = Span::new(gap.start - mark.len_utf8(), gap.start);
        let before = text[..hyphen.start].trim_end_matches(|char| is_letter(char) || char == '.');
        let after = text[gap.end..].trim_start_matches(is_letter);
        let left = Span::new(before.len(), hyphen.start);
        let halves = Self { text, left, hyphen, right: Span::new(gap.end, text.len() - after.len()) };
        halves.can_be_joined(after).then_some(halves)
    }

    fn can_be_joined(&self, after: &str) -> bool {
        let (left, right) = self.words();
        // "pre- and post-war"
        let is_coordination = matches!(right, "and" | "or" | "to" | "und" | "oder" | "et" | "ou" | "y" | "o");
        let is_list_number =
            right.starts_with(char::is_numeric) && [". ", ") "].iter().any(|mark| after.starts_with(mark));
        // "U.S.-⏎backed", but not "said.-⏎then"
        let is_word = left.ends_with(is_letter) || (left.len() > 1 && !left.chars().any(char::is_lowercase));
        is_word && !right.is_empty() && !is_coordination && !is_list_number
    }

    fn words(&self) -> (&'t str, &'t str) {
        (self.left.slice(self.text), self.right.slice(self.text))
    }

    /// Whether one of the halves begins in lower case: that line continues in any paragraph.
    pub(super) fn has_small_half(&self) -> bool {
        let (left, right) = self.words();
        left.starts_with(char::is_lowercase) || right.starts_with(char::is_lowercase)
    }

    /// Whether the hyphen is a compound's own, to judge by the rest of the text or else by the two halves.
    pub(super) fn are_compound<'w>(&self, known: impl Fn() -> &'w Words<'t>) -> bool
    where
        't: 'w,
    {
        if matches!(self.hyphen.slice(self.text), "\u{ad}" | "¬") {
            return false;
        }
        let (left, right) = self.words();
        if known().has(&format!("{left}{right}")) {
            return false;
        }
        if known().has(&format!("{left}-{right}")) {
            return true;
        }
        if !right.starts_with(char::is_lowercase) {
            return !(matches!(left, "Mc" | "Mac") || self.is_in_capitals());
        }
        // "Assad-⏎loving", but not "Kurd-⏎istan", "Kenya-⏎tta" or "He-⏎brew"
        let may_follow_name = left.len().min(right.len()) >= 4 && !is_ending(right);
        let follows_name = || may_follow_name && is_title_case(left) && known().has(left);
        self.is_compound_with_small_half(left, right) || follows_name()
    }

    fn is_compound_with_small_half(&self, left: &str, right: &str) -> bool {
        let length = left.chars().count();
        // "US-⏎backed", "20-⏎year", "T-⏎shirt"
        let is_code = length == 1 || !left.chars().any(char::is_lowercase);
        // "Port-⏎au-Prince"
        let is_middle = is_joining_particle(right) && self.text[self.right.end..].starts_with('-');
        // "Saudi-⏎backed", but "Mo-⏎hammed"
        let has_tail = is_compound_tail(right) && length >= 4;
        // "Park Geun-⏎hye"
        let is_given_name = is_title_case(left) && is_given_name(left, right) && self.follows_name();
        is_code || is_middle || has_tail || is_given_name || is_prefix(left, right)
    }

    /// Whether a capitalised word stands right before.
    fn follows_name(&self) -> bool {
        let Some(before) = self.text[..self.left.start].strip_suffix(' ') else { return false };
        let word = &before[before.trim_end_matches(is_letter).len()..];
        word.starts_with(char::is_uppercase)
    }

    /// Whether it stands in a headline in capitals: "WORLD CHAM-⏎PIONS".
    fn is_in_capitals(&self) -> bool {
        let is_capitals = |word: &str| word.len() > 1 && !word.chars().any(|char| !char.is_uppercase());
        let before = self.text[..self.left.start].split_ascii_whitespace().next_back().unwrap_or_default();
        let (left, right) = self.words();
        is_capitals(before) && is_capitals(left) && is_capitals(right)
    }
}

/// Hyphens, the soft hyphen, and the sign that text recognition has for it.
pub(super) const fn is_line_hyphen(char: char) -> bool {
    matches!(char, '-' | '\u{2010}' | '\u{ad}' | '¬')
}

fn is_letter(char: char) -> bool {
    char.is_alphanumeric() || is_combining_mark(char)
}

fn is_title_case(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && word.chars().any(char::is_lowercase)
}

/// The words of a text and its pairs of words with a hyphen, without the halves at the ends of lines.
pub(super) struct Words<'t>(AHashSet<&'t str>);

impl<'t> Words<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut words = AHashSet::new();
        for run in text.split(|char| !(is_letter(char) || char == '-')) {
            let whole = match run.strip_suffix('-') {
                Some(broken) => broken.rsplit_once('-').map_or("", |(whole, _)| whole),
                None => run,
            };
            words.extend(whole.split('-'));
            for (hyphen, _) in whole.match_indices('-') {
                let start = whole[..hyphen].rfind('-').map_or(0, |before| before + 1);
                let end = whole[hyphen + 1..].find('-').map_or(whole.len(), |after| hyphen + 1 + after);
                words.insert(&whole[start..end]);
            }
        }
        Self(words)
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

#[cfg(test)]
mod tests {
    use crate::clean::CleanText;

    /// The text as the end of a wrapped paragraph.
    fn joined(text: &str) -> String {
        let before = "these are the first lines of a paragraph\nthat has been wrapped by somebody, so that\n\
                      each of them is as long as the others and ";
        let text = format!("{before}{text}");
        let clean = CleanText::new(&text).text(&text).to_owned();
        clean[before.len()..].to_owned()
    }

    #[test]
    fn broken_words_lose_the_hyphen() {
        for (text, whole) in [
            ("to Damas-\ncus, the", "to Damascus, the"),
            ("to Damas-\r\n  cus", "to Damascus"),
            ("Damas\u{ad}\ncus, Damas¬\ncus", "Damascus, Damascus"),
            ("by Mo-\nhammed Morsi", "by Mohammed Morsi"),
            ("al-Bagh-\ndadi", "al-Baghdadi"),
            ("the Mc-\nDonald family", "the McDonald family"),
            ("WORLD CHAM-\nPIONS", "WORLD CHAMPIONS"),
            ("the govern-\nment", "the government"),
            ("in Iran. The Iran-\nian", "in Iran. The Iranian"),
            ("Syr-\nian-backed", "Syrian-backed"),
            ("Israeli Benja-\nmin Netanyahu", "Israeli Benjamin Netanyahu"),
            ("in Kenya by Uhuru Kenya-\ntta", "in Kenya by Uhuru Kenyatta"),
        ] {
            assert_eq!(joined(text), whole);
        }
    }

    #[test]
    fn compounds_keep_the_hyphen() {
        for (text, whole) in [
            ("the US-\nbacked", "the US-backed"),
            ("the Saudi-\nled", "the Saudi-led"),
            ("the al-\nAssad", "the al-Assad"),
            ("of Al-\nqaeda", "of Al-qaeda"),
            ("Jean-\nMarc", "Jean-Marc"),
            ("in Port-\nau-Prince", "in Port-au-Prince"),
            ("Park Geun-\nhye", "Park Geun-hye"),
            ("Su Tseng-\nchang", "Su Tseng-chang"),
            ("an F-\n16.", "an F-16."),
            ("Assad fled. An Assad-\nloving", "Assad fled. An Assad-loving"),
            ("a Gulf-\nwater and Gulf-water", "a Gulf-water and Gulf-water"),
            ("U.S.-\nIran talks", "U.S.-Iran talks"),
        ] {
            assert_eq!(joined(text), whole);
        }
    }

    #[test]
    fn other_hyphens_stay() {
        for text in ["pre-\nand post-war", "he said -\nand left", "so --\nthen", "one-\n2. two", "Assad\nfled"] {
            assert_eq!(joined(text), text.replace('\n', " "));
        }
    }

    #[test]
    fn lists_stay_lists() {
        for text in ["Saudi Arabia-\nIran", "a-\n\nb", "-\na"] {
            assert_eq!(CleanText::new(text).text(text), text);
        }
    }
}
