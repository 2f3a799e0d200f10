//! How a vocabulary marks its pieces.

use tokenizers::models::ModelWrapper;

use super::Tokenizer;

impl Tokenizer {
    /// Whether pieces that continue a word are marked (`##ing`).
    pub fn marks_continuation(&self) -> bool {
        match self.inner.get_model() {
            ModelWrapper::WordPiece(model) => !model.continuing_subword_prefix.is_empty(),
            ModelWrapper::BPE(model) => model.continuing_subword_prefix.as_ref().is_some_and(|mark| !mark.is_empty()),
            ModelWrapper::Unigram(_) | ModelWrapper::WordLevel(_) => false,
        }
    }

    /// The id of text that is not in the vocabulary. A tokenizer of bytes has none: then that of `[UNK]` or `<unk>`.
    pub fn unknown(&self) -> Option<u32> {
        let named = match self.inner.get_model() {
            ModelWrapper::WordPiece(model) => Some(&model.unk_token),
            ModelWrapper::WordLevel(model) => Some(&model.unk_token),
            ModelWrapper::BPE(model) => model.unk_token.as_ref(),
            // The crate does not expose the number.
            ModelWrapper::Unigram(_) => None,
        };
        let usual = ["[UNK]", "<unk>"];
        named.map(String::as_str).into_iter().chain(usual).find_map(|token| self.inner.token_to_id(token))
    }
}
