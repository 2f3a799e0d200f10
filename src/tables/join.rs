//! Mentions joined with their articles.
//!
//! Both are in the order of the run, and an article says how many mentions it has, so the join needs no memory, and
//! articles may share an id. Mentions that were filtered since, keeping their order, still join.

use crate::date::DateRange;
use crate::error::{Error, ErrorKind, Result};

use super::files::RunFiles;
use super::read::{Articles, each_mention};
use super::rows::{ArticleRow, MentionRow};

/// The field of `meta` that gives an article's date where there are no articles.
const DATE_FIELD: &str = "date";

/// What is known of an article.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ArticleFacts {
    /// Its row; where there are no articles, one that has only an id.
    pub row: ArticleRow,
    /// Its date.
    pub date: Option<DateRange>,
    /// The value of the source field, if one is named.
    pub source: Option<String>,
}

impl ArticleFacts {
    /// Whether the article was processed and is not a copy, unless copies count.
    pub fn is_counted(&self, with_copies: bool) -> bool {
        self.row.status == "ok" && (with_copies || self.row.copy_of.is_none())
    }
}

/// Receives articles and their mentions.
pub trait Visitor {
    /// An article starts.
    fn begin(&mut self, article: &ArticleFacts) -> Result<()>;
    /// A mention of that article.
    fn mention(&mut self, mention: &MentionRow<'_>) -> Result<()>;
    /// The article ends.
    fn end(&mut self) -> Result<()>;
}

/// Reads all files and passes every article to the visitor, also those without mentions.
///
/// # Errors
///
/// Fails where a file cannot be read, or where mentions and articles do not belong together; and as the visitor does.
pub fn visit(files: &RunFiles, source_field: Option<&str>, visitor: &mut dyn Visitor) -> Result<()> {
    let articles = (!files.articles.is_empty()).then(|| Articles::new(&files.articles));
    let mut join = Join { articles, source_field, visitor, open: None };
    for path in &files.mentions {
        each_mention(path, |mention, line| {
            if !join.advance_to(mention)? {
                let what = format!("no article `{}` is left for this mention", mention.doc_id);
                return Err(Error::new(ErrorKind::Input, what)
                    .at(path)
                    .line(line)
                    .help("give the articles of the same run, files in the order of the run"));
            }
            join.visitor.mention(mention)
        })?;
    }
    join.finish()
}

struct Join<'j> {
    articles: Option<Articles>,
    source_field: Option<&'j str>,
    visitor: &'j mut dyn Visitor,
    /// The article that mentions are added to, and how many it may still have.
    open: Option<(String, u64)>,
}

impl Join<'_> {
    /// Makes the mention's article the open one. Returns false where there is none.
    fn advance_to(&mut self, mention: &MentionRow<'_>) -> Result<bool> {
        if let Some((id, left)) = &mut self.open
            && *id == mention.doc_id
            && *left > 0
        {
            *left -= 1;
            return Ok(true);
        }
        self.close()?;
        let Some(articles) = &mut self.articles else {
            let row =
                ArticleRow { doc_id: Some(mention.doc_id.to_string()), status: "ok".into(), ..ArticleRow::default() };
            self.open(row, u64::MAX, Some(mention))?;
            return Ok(true);
        };
        while let Some(row) = articles.next_article()? {
            if row.mentions > 0 && row.doc_id.as_deref() == Some(&mention.doc_id) {
                let left = row.mentions - 1;
                self.open(row, left, Some(mention))?;
                return Ok(true);
            }
            self.visitor.begin(&facts(row, None, self.source_field))?;
            self.visitor.end()?;
        }
        Ok(false)
    }

    fn open(&mut self, row: ArticleRow, left: u64, first: Option<&MentionRow<'_>>) -> Result<()> {
        self.open = Some((row.doc_id.clone().unwrap_or_default(), left));
        self.visitor.begin(&facts(row, first, self.source_field))
    }

    fn close(&mut self) -> Result<()> {
        if self.open.take().is_some() {
            self.visitor.end()?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.close()?;
        while let Some(row) = self.articles.as_mut().map_or(Ok(None), Articles::next_article)? {
            self.visitor.begin(&facts(row, None, self.source_field))?;
            self.visitor.end()?;
        }
        Ok(())
    }
}

fn facts(row: ArticleRow, first: Option<&MentionRow<'_>>, source_field: Option<&str>) -> ArticleFacts {
    let meta: serde_json::Map<String, serde_json::Value> = first
        .and_then(|mention| mention.meta)
        .and_then(|meta| serde_json::from_str(meta.get()).ok())
        .unwrap_or_default();
    let value = |name: &str| {
        meta.get(name).and_then(|value| match value {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Null => None,
            other => Some(other.to_string()),
        })
    };
    let text = row.date.clone().or_else(|| value(DATE_FIELD));
    let date = text.and_then(|date| DateRange::parse(&date)).or_else(|| first.and_then(|mention| mention.date));
    let source = source_field.and_then(value);
    ArticleFacts { date, source, row }
}
