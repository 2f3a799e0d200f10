//! What a vocabulary says of its pieces.

use tokenizers::models::ModelWrapper;

use super::Tokenizer;

impl Tokenizer {
    /// True where pieces that go on with a word are marked as such (`##ing`).
    pub fn marks_continuation(&self) -> bool {
        match self.inner.get_model() {
            ModelWrapper::WordPiece(model) => !model.continuing_subword_prefix.is_empty(),
            ModelWrapper::BPE(model) => model.continuing_subword_prefix.as_ref().is_some_and(|mark| !mark.is_empty()),
            ModelWrapper::Unigram(_) | ModelWrapper::WordLevel(_) => false,
        }
    }

    /// The id that stands for text that the vocabulary cannot spell. Where the tokenizer names none, as one that
    /// knows every byte, the vocabulary's `[UNK]` or `<unk>`.
    pub fn unknown(&self) -> Option<u32> {
        let named = match self.inner.get_model() {
            ModelWrapper::WordPiece(model) => Some(&model.unk_token),
            ModelWrapper::WordLevel(model) => Some(&model.unk_token),
            ModelWrapper::BPE(model) => model.unk_token.as_ref(),
            // It keeps the number to itself.
            ModelWrapper::Unigram(_) => None,
        };
        let usual = ["[UNK]", "<unk>"];
        named.map(String::as_str).into_iter().chain(usual).find_map(|token| self.inner.token_to_id(token))
    }
}
