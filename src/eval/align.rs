//! Predictions assigned to the documents of a gold standard.

use std::sync::Arc;

use ahash::AHashSet;

use super::corpus::{AnnotatedSentence, Annotation, Corpus};
use super::text::Text;
use crate::error::{Error, ErrorKind, Result};

/// Predictions, by document of the gold standard.
#[derive(Debug)]
pub struct Aligned {
    /// One list for each document of the gold standard, in the order of the predictions' file.
    pub mentions: Vec<Vec<Annotation>>,
    /// Predictions in documents that the gold standard does not have; they are not counted.
    pub outside: u64,
    /// Predictions that begin or end within a token of the gold standard, so that they cannot be correct.
    pub inside_tokens: u64,
}

impl Corpus {
    /// Sets the texts of a gold standard of spans; exactly these documents are scored, with mentions or without.
    ///
    /// # Errors
    ///
    /// Fails where a mention is outside its document's text or its surface differs from the text.
    pub fn set_documents(&mut self, documents: Vec<(Arc<str>, Text)>) -> Result<()> {
        if self.is_tagged() {
            let what = "a gold standard of tokens has its own texts: documents cannot be given";
            return Err(Error::config(what).with_setting("docs"));
        }
        let mut index = self.index();
        let mut own: Vec<Option<super::AnnotatedDocument>> =
            std::mem::take(&mut self.documents).into_iter().map(Some).collect();
        for (id, text) in documents {
            let mentions = index.remove(&id).and_then(|at| own[at].take()).map(|own| own.mentions).unwrap_or_default();
            self.documents.push(super::AnnotatedDocument {
                id,
                text: Some(text),
                mentions,
                ..super::AnnotatedDocument::default()
            });
        }
        self.documents.iter().try_for_each(|document| document.mentions.iter().try_for_each(|it| document.check(it)))
    }

    /// Checks that no two mentions of a gold standard have one span.
    pub fn check_gold(&self) -> Result<()> {
        for document in &self.documents {
            let mut seen = AHashSet::new();
            if let Some(twice) = document.mentions.iter().find(|mention| !seen.insert(mention.span())) {
                let what = format!("two gold mentions at {}..{} of `{}`", twice.start, twice.end, document.id);
                return Err(twice.place.error(what).help("keep one: a span has one type and one entity"));
            }
        }
        if self.documents.is_empty() {
            return Err(Error::new(ErrorKind::Input, "the gold standard has no documents"));
        }
        Ok(())
    }

    /// Assigns predictions to the documents of this gold standard. Entities outside `catalogue` count as NIL.
    ///
    /// # Errors
    ///
    /// Fails, with the first difference, where the two have different tokens; where they have no document in common;
    /// and where a prediction does not match the text.
    pub fn align(&self, predicted: Corpus, catalogue: Option<&AHashSet<String>>) -> Result<Aligned> {
        let mut aligned = match (self.is_tagged(), predicted.is_tagged()) {
            (true, true) => self.align_tokens(&predicted)?,
            (false, true) => {
                let what = "the predictions are tagged tokens, the gold standard is spans";
                return Err(Error::new(ErrorKind::Input, what).help("give predictions as mentions with offsets"));
            }
            (_, false) => self.align_spans(predicted)?,
        };
        for mention in aligned.mentions.iter_mut().flatten() {
            mention.entity = mention.entity.take().filter(|id| catalogue.is_none_or(|known| known.contains(&**id)));
        }
        Ok(aligned)
    }

    fn align_spans(&self, predicted: Corpus) -> Result<Aligned> {
        let index = self.index();
        let mut aligned = Aligned { mentions: vec![Vec::new(); self.documents.len()], outside: 0, inside_tokens: 0 };
        let (mut unknown, mut any) = (None, false);
        for document in predicted.documents {
            let Some(&at) = index.get(&document.id) else {
                aligned.outside += document.mentions.len() as u64;
                unknown = unknown.or(document.mentions.into_iter().next().map(|mention| (document.id, mention)));
                continue;
            };
            any = true;
            let gold = &self.documents[at];
            document.mentions.iter().try_for_each(|mention| gold.check(mention))?;
            aligned.inside_tokens += inside_tokens(&gold.sentences, &document.mentions);
            aligned.mentions[at] = document.mentions;
        }
        match unknown {
            Some((id, mention)) if !any => {
                let what = format!("gold standard and predictions have no document in common: this one is `{id}`");
                let first = &self.documents[0].id;
                Err(mention.place.error(what).help(format!("the first document of the gold standard is `{first}`")))
            }
            _ => Ok(aligned),
        }
    }

    /// Sentences are compared one after another; documents need not be marked in both.
    fn align_tokens(&self, predicted: &Corpus) -> Result<Aligned> {
        if self.has_ids && predicted.has_ids {
            let ids = self.documents.iter().zip(&predicted.documents);
            if let Some((gold, other)) = ids.into_iter().find(|(gold, other)| gold.id != other.id) {
                let what = format!("document `{}` where the gold standard has `{}`", other.id, gold.id);
                let place = other.sentences.first().map(|sentence| &sentence.place);
                return Err(place.map_or_else(|| Error::new(ErrorKind::Input, &*what), |place| place.error(&*what)));
            }
        }
        let mut others = predicted
            .documents
            .iter()
            .flat_map(|document| document.sentences.iter().map(move |sentence| (document.text.as_ref(), sentence)));
        let mut mentions = Vec::with_capacity(self.documents.len());
        let mut last = None;
        for document in &self.documents {
            let mut own = Vec::new();
            for sentence in &document.sentences {
                let Some((text, other)) = others.next() else {
                    let what = "the predictions end before the gold standard does".to_owned();
                    return Err(differs(last.unwrap_or(sentence), sentence, what));
                };
                check_tokens((document.text.as_ref(), sentence), (text, other))?;
                own.extend(other.mentions(&sentence.tokens));
                last = Some(other);
            }
            mentions.push(own);
        }
        match (others.next(), last) {
            (Some((_, more)), Some(last)) => {
                Err(differs(more, last, "the gold standard ends before the predictions do".into()))
            }
            _ => Ok(Aligned { mentions, outside: 0, inside_tokens: 0 }),
        }
    }
}

type InText<'s> = (Option<&'s Text>, &'s AnnotatedSentence);

fn check_tokens((gold_text, gold): InText<'_>, (text, other): InText<'_>) -> Result<()> {
    let surface = |text: Option<&'_ Text>, token: Option<&(u32, u32)>| {
        let found = token.and_then(|&(start, end)| text?.slice(start, end));
        found.unwrap_or("the end of the sentence").to_owned()
    };
    for index in 0..gold.tokens.len().max(other.tokens.len()) {
        let expected = surface(gold_text, gold.tokens.get(index));
        let found = surface(text, other.tokens.get(index));
        if expected != found {
            return Err(differs(
                other,
                gold,
                format!("token {index} of the sentence is {found:?}, in the gold standard {expected:?}"),
            ));
        }
    }
    Ok(())
}

fn differs(other: &AnnotatedSentence, gold: &AnnotatedSentence, what: String) -> Error {
    let help = format!(
        "gold standard and predictions must have the same tokens; the sentence of the gold standard begins at {}",
        gold.place
    );
    other.place.error(what).help(help)
}

/// How many mentions begin or end within a token.
fn inside_tokens(sentences: &[AnnotatedSentence], mentions: &[Annotation]) -> u64 {
    let tokens: Vec<(u32, u32)> = sentences.iter().flat_map(|sentence| sentence.tokens.iter().copied()).collect();
    let is_within = |edge: u32| {
        let at = tokens.partition_point(|&(start, _)| start < edge);
        at > 0 && edge < tokens[at - 1].1
    };
    mentions.iter().filter(|mention| is_within(mention.start) || is_within(mention.end)).count() as u64
}
