//! A cache of words and their tokens in front of the tokenizer.
//!
//! For BERT tokenizers the tokens of a text are those of its words one after another, so that the tokens of a word that
//! was encoded before need not be computed again. Words end at white space and at punctuation, where the tokenizer
//! itself splits. Texts with characters that the tokenizer may remove or that may change their neighbours (control
//! characters, combining marks), and texts that may contain a special token, are left to the tokenizer.

use ahash::AHashMap;
use tokenizers::{Model as _, NormalizerWrapper, PostProcessorWrapper, PreTokenizerWrapper, models::ModelWrapper};

use crate::span::Span;

/// Maximum number of words in a cache: three megabytes of news.
const MAX_WORDS: usize = 1 << 15;
/// Maximum length of a cached word in bytes, so that offsets fit into a byte.
const MAX_WORD_BYTES: usize = 64;

/// The tokens of words, for one thread at a time.
#[derive(Debug, Default)]
pub(super) struct WordCache {
    /// The tokens of each word, as a range of `tokens`.
    words: AHashMap<Box<str>, (u32, u32)>,
    tokens: Vec<Token>,
}

/// A token with its bytes in the word.
#[derive(Clone, Copy, Debug)]
struct Token {
    id: u32,
    start: u8,
    end: u8,
}

/// The properties of a tokenizer whose words are encoded independently.
#[derive(Debug)]
pub(super) struct IndependentWords {
    /// The bytes of texts whose tokens are those of their words: of no ASCII character that is not plain, and not the
    /// first of an added token, which is found before words are.
    holds: [bool; 256],
    /// Whether normalisation leaves letters as they are.
    keeps_letters: bool,
}

impl IndependentWords {
    /// `None` where the tokens of a text may not be those of its words.
    pub(super) fn of(tokenizer: &tokenizers::Tokenizer) -> Option<Self> {
        let Some(NormalizerWrapper::BertNormalizer(normalizer)) = tokenizer.get_normalizer() else { return None };
        let is_bert = matches!(tokenizer.get_model(), ModelWrapper::WordPiece(_))
            && matches!(tokenizer.get_pre_tokenizer(), Some(PreTokenizerWrapper::BertPreTokenizer(_)))
            && matches!(
                tokenizer.get_post_processor(),
                None | Some(PostProcessorWrapper::Template(_) | PostProcessorWrapper::Bert(_))
            );
        let added = tokenizer.get_added_tokens_decoder();
        if !is_bert || added.values().any(|token| token.normalized) {
            return None;
        }
        let mut holds = std::array::from_fn(|byte| {
            let char = char::from(byte as u8);
            !char.is_ascii() || is_separator(char) || is_plain(char)
        });
        added
            .values()
            .filter_map(|token| token.content.bytes().next())
            .for_each(|byte| holds[usize::from(byte)] = false);
        let keeps_letters = !normalizer.lowercase && !normalizer.strip_accents.unwrap_or(false);
        Some(Self { holds, keeps_letters })
    }

    /// Whether the tokens of `text` are those of its words.
    pub(super) fn hold_for(&self, text: &str) -> bool {
        text.bytes().all(|byte| self.holds[usize::from(byte)])
            && (text.is_ascii() || text.chars().all(|char| char.is_ascii() || is_separator(char) || is_plain(char)))
    }

    /// The tokens of one word, with their bytes in it. Where normalisation changes nothing, the model is asked directly,
    /// which takes a third of the time.
    pub(super) fn encode(&self, tokenizer: &tokenizers::Tokenizer, word: &str) -> tokenizers::Result<Vec<(u32, Span)>> {
        if self.keeps_letters && word.chars().all(char::is_alphanumeric) {
            let tokens = tokenizer.get_model().tokenize(word)?;
            return Ok(tokens.iter().map(|token| (token.id, Span::new(token.offsets.0, token.offsets.1))).collect());
        }
        let encoding = tokenizer.encode(word, false)?;
        let spans = encoding.get_offsets().iter().map(|&(start, end)| Span::new(start, end));
        Ok(encoding.get_ids().iter().copied().zip(spans).collect())
    }
}

impl WordCache {
    /// Passes the tokens of a text that [`IndependentWords`] hold for, with their bytes in the text, to `add`. `encode`
    /// computes those of a word.
    pub(super) fn encode(
        &mut self,
        text: &str,
        encode: impl Fn(&str) -> tokenizers::Result<Vec<(u32, Span)>>,
        mut add: impl FnMut(u32, Span),
    ) -> tokenizers::Result<()> {
        for (start, word) in words(text) {
            if word.len() > MAX_WORD_BYTES {
                encode(word)?.into_iter().for_each(|(id, span)| add(id, span.shifted(start)));
                continue;
            }
            let (first, end) = match self.words.get(word) {
                Some(&tokens) => tokens,
                None => self.insert(word, &encode(word)?),
            };
            for token in &self.tokens[first as usize..end as usize] {
                add(token.id, Span::new(start + usize::from(token.start), start + usize::from(token.end)));
            }
        }
        Ok(())
    }

    /// Adds a word of at most [`MAX_WORD_BYTES`]; a full cache is emptied first.
    fn insert(&mut self, word: &str, tokens: &[(u32, Span)]) -> (u32, u32) {
        if self.words.len() == MAX_WORDS {
            self.words.clear();
            self.tokens.clear();
        }
        let first = self.tokens.len() as u32;
        self.tokens.extend(tokens.iter().map(|&(id, span)| Token { id, start: span.start as u8, end: span.end as u8 }));
        let range = (first, self.tokens.len() as u32);
        self.words.insert(word.into(), range);
        range
    }
}

/// The words of a text with their offsets: runs between separators, and punctuation by itself.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (mut kind, mut length) = kind_at(text, at)?;
        while kind == Kind::Separator {
            at += length;
            (kind, length) = kind_at(text, at)?;
        }
        let start = at;
        at += length;
        while kind == Kind::Letter
            && let Some((Kind::Letter, length)) = kind_at(text, at)
        {
            at += length;
        }
        Some((start, &text[start..at]))
    })
}

/// What a character is to the words of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Separator,
    Punctuation,
    /// And all that makes words.
    Letter,
}

/// The kinds of the characters that nearly all texts are made of.
const ASCII: [Kind; 128] = {
    let mut kinds = [Kind::Letter; 128];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = kind_of(byte as u8 as char);
        byte += 1;
    }
    kinds
};

/// The kind of the character at byte `at`, and its length.
fn kind_at(text: &str, at: usize) -> Option<(Kind, usize)> {
    match ASCII.get(usize::from(*text.as_bytes().get(at)?)) {
        Some(&kind) => Some((kind, 1)),
        None => text[at..].chars().next().map(|char| (kind_of(char), char.len_utf8())),
    }
}

const fn kind_of(char: char) -> Kind {
    if is_separator(char) {
        Kind::Separator
    } else if is_punctuation(char) {
        Kind::Punctuation
    } else {
        Kind::Letter
    }
}

/// White space that the tokenizer neither removes nor keeps.
const fn is_separator(char: char) -> bool {
    matches!(char, ' ' | '\n' | '\t' | '\r' | '\u{a0}')
}

/// Frequent characters that the tokenizer makes tokens of their own. Others are parts of words here, which costs entries
/// of the cache.
const fn is_punctuation(char: char) -> bool {
    char.is_ascii_punctuation() || matches!(char, '‘' | '’' | '“' | '”' | '–' | '—' | '…' | '«' | '»')
}

/// Characters that normalisation keeps or replaces by themselves: letters, digits, punctuation and symbols of European
/// languages, Arabic and Persian. A conservative list: a text with any other character is encoded without the cache.
fn is_plain(char: char) -> bool {
    matches!(char,
        '!'..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{24f}' | '\u{400}'..='\u{481}' | '\u{48a}'..='\u{4ff}'
        | '\u{621}'..='\u{64a}' | '\u{660}'..='\u{66d}' | '\u{671}'..='\u{6d3}'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '€')
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use crate::model::{Model, ModelOptions, Tokenizer};
    use crate::span::Span;

    fn models() -> Vec<(&'static str, Model)> {
        let names = ["tiny", "families/bert-cased", "families/bert-uncased", "families/electra", "families/distilbert"];
        let others = ["families/modernbert", "families/roberta", "families/xlm-roberta", "families/deberta-v3"];
        let open = |name: &'static str| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
            let options = ModelOptions { variant: Some("model.onnx".to_owned()), ..ModelOptions::default() };
            (name, Model::open(folder, &options).unwrap())
        };
        names.into_iter().chain(others).map(open).collect()
    }

    /// Ids and spans by the tokenizer alone, and by the cache.
    fn both(tokenizer: &Tokenizer, text: &str) -> [Vec<(u32, Span)>; 2] {
        let encoding = tokenizer.encode(text).unwrap();
        let spans = encoding.get_offsets().iter().map(|&(start, end)| Span::new(start, end));
        let mut cached = Vec::new();
        tokenizer.encoder().encode(text, |id, span| cached.push((id, span))).unwrap();
        [encoding.get_ids().iter().copied().zip(spans).collect(), cached]
    }

    #[test]
    fn the_tokens_are_those_of_the_tokenizer_alone() {
        let long = "x".repeat(super::MAX_WORD_BYTES + 1);
        let texts = [
            "The Turkish foreign minister, Ahmet Davutoğlu, met the YPG’s “commander” in Şanlıurfa—twice.",
            "(Reuters) – U.S.-backed forces\nsaid $1,000…\tIt's €5\u{a0}now. АНКАРА, İstanbul, حلب،",
            "[CLS] is not [MASK]ed; a[SEP]b",
            "soft\u{ad}hyphen e\u{301}te\u{301} \u{200b}zero \u{fffd} 北京 a\u{85}b \u{301} x",
            "",
            "  ",
            &long,
            &format!("{long} {long}."),
        ];
        for (name, model) in models() {
            for _ in 0..2 {
                for text in texts {
                    let [expected, cached] = both(&model.tokenizer, text);
                    assert_eq!(cached, expected, "{name}: {text:?}");
                }
            }
        }
    }

    #[test]
    fn a_full_cache_is_emptied() {
        let (_, model) = models().swap_remove(0);
        for number in 0..super::MAX_WORDS + 9 {
            let text = format!("w{number:x}x .");
            let [expected, cached] = both(&model.tokenizer, &text);
            assert_eq!(cached, expected, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_has_the_tokens_of_the_tokenizer_alone(
            text in "([A-Za-zÀ-ɏЀ-ӿء-ي0-9.,’“”—'\\[\\]$# \t\n\u{a0}\u{85}\u{ad}\u{301}\u{200b}\u{2028}é北İßﬁ]|\\PC|the |Ankara ){0,40}"
        ) {
            use std::sync::OnceLock;
            static MODELS: OnceLock<Vec<(&'static str, Model)>> = OnceLock::new();
            for (name, model) in MODELS.get_or_init(models) {
                let [expected, cached] = both(&model.tokenizer, &text);
                prop_assert_eq!(cached, expected, "{}", name);
            }
        }
    }
}
