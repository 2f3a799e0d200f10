//! Tagged tokens to documents with text, sentences and mentions.

use std::sync::Arc;

use super::corpus::{AnnotatedDocument, AnnotatedSentence, Corpus, Kinds, Place, TokenSpan};
use super::tags::{Tag, TagScheme};
use super::text::Text;
use crate::error::Result;

/// How files of tokens are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct TagOptions {
    /// The scheme of the tags; `None` detects it.
    pub scheme: Option<TagScheme>,
    /// Which column is the tag, from 1; `None` is the last.
    pub tag_column: Option<usize>,
    /// Which column is the token, from 1; `None` is the first.
    pub token_column: Option<usize>,
}

/// What separates sentences in a text: a blank line, which every segmenter treats as a boundary.
const GAP: &str = "\n\n";

/// A file of tokens.
pub(super) struct Tagged {
    pub(super) documents: Vec<TaggedDocument>,
    pub(super) by_sentence: bool,
    pub(super) has_ids: bool,
}

#[derive(Default)]
pub(super) struct TaggedDocument {
    pub(super) id: String,
    pub(super) sentences: Vec<TaggedSentence>,
}

/// A sentence with one tag for each token.
#[derive(Default)]
pub(super) struct TaggedSentence {
    pub(super) text: String,
    /// Code points of each token in `text`.
    pub(super) tokens: Vec<(u32, u32)>,
    pub(super) tags: Vec<String>,
    /// The line of each token.
    pub(super) lines: Vec<u64>,
    pub(super) place: Option<Place>,
    /// Code points of `text`.
    pub(super) len: u32,
}

impl TaggedSentence {
    /// Adds a token, separated from the one before by a space.
    pub(super) fn push(&mut self, token: &str, tag: String, place: &Place) {
        if !self.tokens.is_empty() {
            self.text.push(' ');
            self.len += 1;
        }
        let start = self.len;
        self.text.push_str(token);
        self.len += token.chars().count() as u32;
        self.tokens.push((start, self.len));
        self.tags.push(tag);
        self.lines.push(place.line);
        self.place.get_or_insert_with(|| place.clone());
    }

    fn tags(&self) -> Vec<Option<Tag<'_>>> {
        self.tags.iter().map(|tag| Tag::parse(tag)).collect()
    }
}

impl Tagged {
    /// Reads the tags by the given scheme, else by the detected one.
    pub(super) fn into_corpus(self, scheme: Option<TagScheme>, kinds: &mut Kinds) -> Result<Corpus> {
        let scheme = match scheme {
            Some(scheme) => scheme,
            None => {
                let tags: Vec<_> =
                    self.documents.iter().flat_map(|it| &it.sentences).map(TaggedSentence::tags).collect();
                TagScheme::detect(tags.iter().map(|tags| &**tags))
            }
        };
        let Self { documents, by_sentence, has_ids } = self;
        let mut corpus = Corpus { schemes: vec![scheme], by_sentence, has_ids, ..Corpus::default() };
        for document in documents {
            let document = corpus.read_document(document, scheme, kinds)?;
            corpus.documents.push(document);
        }
        Ok(corpus)
    }
}

impl Corpus {
    fn read_document(
        &mut self,
        tagged: TaggedDocument,
        scheme: TagScheme,
        kinds: &mut Kinds,
    ) -> Result<AnnotatedDocument> {
        let (mut text, mut len) = (String::new(), 0);
        let mut document = AnnotatedDocument { id: tagged.id.into(), ..AnnotatedDocument::default() };
        for sentence in tagged.sentences {
            if !text.is_empty() {
                text.push_str(GAP);
                len += GAP.len() as u32;
            }
            let entities = self.entities(&sentence, scheme, kinds)?;
            let tokens = sentence.tokens.iter().map(|&(start, end)| (start + len, end + len)).collect();
            text.push_str(&sentence.text);
            len += sentence.len;
            let Some(place) = sentence.place else { continue };
            document.sentences.push(AnnotatedSentence { tokens, entities, place });
        }
        let mentions = document.sentences.iter().flat_map(|sentence| sentence.mentions(&sentence.tokens));
        document.mentions = mentions.collect();
        document.text = Some(Text::new(text));
        Ok(document)
    }

    fn entities(&mut self, sentence: &TaggedSentence, scheme: TagScheme, kinds: &mut Kinds) -> Result<Vec<TokenSpan>> {
        let tags = sentence.tags();
        let place = |index: usize| {
            let path = sentence.place.as_ref().map(|place| Arc::clone(&place.path));
            path.map(|path| Place { path, line: sentence.lines[index] })
        };
        if let Some(index) = tags.iter().position(|tag| tag.is_some_and(|tag| !scheme.allows(tag)))
            && let Some(place) = place(index)
        {
            let help = "tag_scheme says how tags are written, tag_column which column they are";
            let error = place.error(format!("`{}` is not a tag of {scheme}", sentence.tags[index]));
            return Err(error.help(help).with_setting("tag_scheme"));
        }
        let chunks = scheme.chunks(&tags);
        let mut within = vec![false; tags.len()];
        chunks.iter().for_each(|chunk| within[chunk.first..chunk.end].fill(true));
        for (index, _) in tags.iter().enumerate().filter(|&(index, tag)| tag.is_some() && !within[index]) {
            self.stray_tags.0 += 1;
            self.stray_tags.1 = self.stray_tags.1.take().or_else(|| place(index));
        }
        let entity = |chunk: &super::tags::Chunk<'_>| {
            let kind = kinds.get(chunk.kind)?;
            let (first, end) = (chunk.first as u32, chunk.end as u32);
            Some(TokenSpan { first, end, kind, line: sentence.lines[chunk.first] })
        };
        Ok(chunks.iter().filter_map(entity).collect())
    }
}
