//! Spans of another recogniser, in code points.

use namewire::Article;
use namewire::article::Field;
use namewire::decode::NerSpan;
use namewire::span::Span;
use pyo3::prelude::*;

/// A span as Python has it.
#[derive(FromPyObject)]
pub(crate) struct PythonSpan {
    #[pyo3(item)]
    field: String,
    #[pyo3(item)]
    start: usize,
    #[pyo3(item)]
    end: usize,
    #[pyo3(item("type"))]
    kind: String,
    #[pyo3(item)]
    score: f32,
}

/// The spans in bytes, or the first that is not within the text.
pub(crate) fn in_bytes(article: &Article, spans: Vec<PythonSpan>) -> Result<Vec<NerSpan>, String> {
    let fields = Field::ALL.map(|field| boundaries(article.field(field)));
    let one = |PythonSpan { field: name, start, end, kind, score }: PythonSpan| {
        let field = if name == "title" { Field::Title } else { Field::Text };
        let boundaries = &fields[field as usize];
        match (boundaries.get(start), boundaries.get(end)) {
            (Some(&first), Some(&last)) if start < end => {
                Ok(NerSpan { field, span: Span::new(first, last), kind: kind.as_str().into(), score, sentence: 0 })
            }
            _ => {
                let length = boundaries.len() - 1;
                Err(format!("the span {start}..{end} is not within the {name}, which has {length} code points"))
            }
        }
    };
    spans.into_iter().map(one).collect()
}

/// The byte at which each code point begins, and the end.
fn boundaries(text: &str) -> Vec<usize> {
    text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect()
}
