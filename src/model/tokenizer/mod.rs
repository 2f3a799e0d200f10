//! The tokenizer of a model, and the special tokens that frame each window.

mod pieces;
mod word_cache;

use std::sync::{Mutex, PoisonError};

use tokenizers::models::wordpiece::WordPiece;
use tokenizers::{DecoderWrapper, NormalizerWrapper, PostProcessorWrapper, PreTokenizerWrapper};

use crate::error::{Error, ErrorKind, Result};
use crate::span::Span;
use word_cache::{IndependentWords, WordCache};

/// Text to token ids, without padding, truncation or special tokens, which batches add.
#[derive(Debug)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    prefix: Vec<u32>,
    suffix: Vec<u32>,
    pad: u32,
    highest: u32,
    /// Only where the tokens of a text are those of its words.
    independent_words: Option<IndependentWords>,
    /// The caches that no encoder uses.
    caches: Mutex<Vec<WordCache>>,
}

/// Encodes texts with a cache of words; each thread has its own.
#[derive(Debug)]
pub struct Encoder<'t> {
    tokenizer: &'t Tokenizer,
    cache: WordCache,
}

impl Tokenizer {
    /// Reads `tokenizer.json`. `padding` returns the padding id, from the tokenizer as it is in the file.
    pub(super) fn new(json: &[u8], padding: impl FnOnce(&tokenizers::Tokenizer) -> u32) -> Result<Self> {
        let failed = |what: &str| Error::new(ErrorKind::Model, format!("tokenizer.json {what}"));
        let mut inner = parse(json).map_err(|error| failed("cannot be read").because(error.to_string()))?;
        let pad = padding(&inner);
        inner.with_padding(None);
        inner
            .with_truncation(None)
            .map_err(|error| failed("cannot be used without truncation").because(error.to_string()))?;
        let (prefix, suffix) = frame(&inner).ok_or_else(|| failed("adds special tokens in an unknown way"))?;
        let highest = highest_id(&inner).ok_or_else(|| failed("has no vocabulary"))?;
        let independent_words = IndependentWords::of(&inner);
        Ok(Self { inner, prefix, suffix, pad, highest, independent_words, caches: Mutex::default() })
    }

    /// Token ids and byte offsets of a text, without special tokens.
    pub fn encode(&self, text: &str) -> std::result::Result<tokenizers::Encoding, String> {
        self.inner.encode(text, false).map_err(|error| error.to_string())
    }

    /// An encoder with a cache of the words that earlier encoders have seen.
    pub fn encoder(&self) -> Encoder<'_> {
        let cache = self.caches.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Encoder { tokenizer: self, cache: cache.unwrap_or_default() }
    }

    /// The ids before the text (`[CLS]`).
    pub fn prefix(&self) -> &[u32] {
        &self.prefix
    }

    /// The ids after the text (`[SEP]`).
    pub fn suffix(&self) -> &[u32] {
        &self.suffix
    }

    /// Number of special tokens of a window.
    pub fn special_tokens(&self) -> usize {
        self.prefix.len() + self.suffix.len()
    }

    /// The id that fills the rest of a row.
    pub fn pad(&self) -> u32 {
        self.pad
    }

    /// The text of a token, as the vocabulary writes it.
    pub fn token(&self, id: u32) -> Option<String> {
        self.inner.id_to_token(id)
    }

    /// The highest id that it can produce.
    pub fn highest_id(&self) -> u32 {
        self.highest
    }

    /// The type of its model: `WordPiece`, `BPE`, `Unigram`, `WordLevel`.
    pub fn kind(&self) -> &'static str {
        use tokenizers::models::ModelWrapper;
        match self.inner.get_model() {
            ModelWrapper::WordPiece(_) => "WordPiece",
            ModelWrapper::BPE(_) => "BPE",
            ModelWrapper::Unigram(_) => "Unigram",
            ModelWrapper::WordLevel(_) => "WordLevel",
        }
    }
}

impl Encoder<'_> {
    /// Passes token ids and byte offsets of a text, without special tokens, to `add`: the same as
    /// [`Tokenizer::encode`] returns.
    pub fn encode(&mut self, text: &str, mut add: impl FnMut(u32, Span)) -> std::result::Result<(), String> {
        let tokenizer = self.tokenizer;
        if let Some(words) = tokenizer.independent_words.as_ref().filter(|words| words.hold_for(text)) {
            let encode = |word: &str| words.encode(&tokenizer.inner, word);
            return self.cache.encode(text, encode, add).map_err(|error| error.to_string());
        }
        let encoding = tokenizer.encode(text)?;
        for (&id, &(start, end)) in encoding.get_ids().iter().zip(encoding.get_offsets()) {
            add(id, Span::new(start, end));
        }
        Ok(())
    }
}

impl Drop for Encoder<'_> {
    fn drop(&mut self) {
        let cache = std::mem::take(&mut self.cache);
        self.tokenizer.caches.lock().unwrap_or_else(PoisonError::into_inner).push(cache);
    }
}

/// Parses `tokenizer.json`.
fn parse(json: &[u8]) -> tokenizers::Result<tokenizers::Tokenizer> {
    type WithModel<M> =
        tokenizers::TokenizerImpl<M, NormalizerWrapper, PreTokenizerWrapper, PostProcessorWrapper, DecoderWrapper>;
    // Of a model of unknown type the crate parses the vocabulary three times.
    match serde_json::from_slice::<WithModel<WordPiece>>(json) {
        Ok(tokenizer) => Ok(tokenizer.into()),
        Err(_) => tokenizers::Tokenizer::from_bytes(json),
    }
}

/// The highest id of a vocabulary; `None` where it is empty.
fn highest_id(tokenizer: &tokenizers::Tokenizer) -> Option<u32> {
    // Without gaps it follows from the number of tokens, which spares a copy of the vocabulary.
    let tokens = u32::try_from(tokenizer.get_vocab_size(true)).ok()?;
    if (0..tokens).all(|id| tokenizer.id_to_token(id).is_some()) {
        return tokens.checked_sub(1);
    }
    tokenizer.get_vocab(true).values().copied().max()
}

/// The special ids before and after a text, from the encoding of a short text.
fn frame(tokenizer: &tokenizers::Tokenizer) -> Option<(Vec<u32>, Vec<u32>)> {
    let encoding = tokenizer.encode("a", true).ok()?;
    let special = encoding.get_special_tokens_mask();
    let first = special.iter().position(|&flag| flag == 0)?;
    let last = special.iter().rposition(|&flag| flag == 0)?;
    let ids = encoding.get_ids();
    Some((ids[..first].to_vec(), ids[last + 1..].to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokenizers of all types, as they are in the repository.
    fn files() -> impl Iterator<Item = std::path::PathBuf> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let families = std::fs::read_dir(root.join("families")).unwrap().map(|entry| entry.unwrap().path());
        families.chain([root.join("tiny")]).map(|folder| folder.join("tokenizer.json")).filter(|file| file.exists())
    }

    #[test]
    fn a_parsed_tokenizer_is_that_of_the_crate() {
        let mut count = 0;
        for json in files().map(|file| std::fs::read(file).unwrap()) {
            let expected = tokenizers::Tokenizer::from_bytes(&json).unwrap();
            assert_eq!(parse(&json).unwrap().to_string(false).unwrap(), expected.to_string(false).unwrap());
            assert_eq!(highest_id(&expected), expected.get_vocab(true).values().copied().max());
            count += 1;
        }
        assert!(count > 5);
        assert!(parse(b"{\"model\": {}}").is_err());
    }
}
