//! `namewire explain`: one article with the reasoning behind each of its links.

use std::path::PathBuf;

use clap::Args;
use namewire::article::Article;
use namewire::config::Config;
use namewire::engine::{Engine, EngineOptions, Parts, Tables};
use namewire::error::{Error, Result};
use namewire::explanation::ExplanationView;
use namewire::outcome::Outcome;
use namewire::read::{ReadOptions, Records, discover};

use super::engine::{LinkingArgs, ModelArgs};
use super::reading::ReadingArgs;
use super::{End, print, print_json};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire explain seeds/articles/01-davutoglu-geneva.txt
  namewire explain dump.jsonl.gz --id a-17 --entities my.jsonl --json
  echo 'Assad met Erdogan.' | namewire explain -")]
pub(super) struct ExplainArgs {
    /// A file with the article, or - for standard input.
    article: PathBuf,
    /// The id of the article, for an input of several [default: the first one].
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// One JSON object instead of text for people.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    linking: LinkingArgs,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    model: ModelArgs,
}

pub(super) fn run(args: &ExplainArgs) -> Result<End> {
    let read = args.reading.options();
    let mut options = EngineOptions::default();
    args.model.apply(&mut options)?;
    args.linking.apply(&mut options);
    options.workers = Some(1);
    if options.tables == Tables::None {
        return Err(Error::config("there is nothing to explain without a table: leave --entities none out"));
    }
    let article = find_article(args, &read)?;
    let config = Config { read, ..Config::default() };
    let engine = Engine::open(&options, Parts::default(), config)?;
    let pipeline = &engine.pipeline;
    let explanation = pipeline.with_article(article.clone(), |outcome| match outcome {
        Outcome::Processed(done) => Ok(pipeline.explain(done)),
        Outcome::Rejected(reject) => Err(Error::config(reject.to_string())),
        Outcome::Skipped(_) => Ok(None),
    })?;
    let Some((explanation, linker)) = explanation.zip(pipeline.linker()) else { return Ok(End::Done) };
    let view = ExplanationView { article: &article, table: linker.table() };
    if args.json {
        return print_json(&format!("{:#}\n", view.json(&explanation)));
    }
    print(&view.text(&explanation))
}

/// The first article of the input, or the one with the id.
fn find_article(args: &ExplainArgs, read: &ReadOptions) -> Result<Article> {
    let inputs = discover(std::slice::from_ref(&args.article), read)?;
    let mut seen = 0;
    for record in Records::new(inputs, read) {
        seen += 1;
        match (record.and_then(|record| record.parse(read)), &args.id) {
            (Ok(article), Some(id)) if article.id != *id => {}
            (Ok(article), _) => return Ok(article),
            (Err(reject), None) => return Err(Error::config(format!("the article cannot be read: {reject}"))),
            (Err(reject), Some(id)) if reject.id.as_deref() == Some(id.as_str()) => {
                return Err(Error::config(format!("the article cannot be read: {reject}")));
            }
            (Err(_), Some(_)) => {}
        }
    }
    let input = args.article.display();
    Err(Error::config(match &args.id {
        Some(id) => format!("none of the {seen} records of {input} has the id `{id}`"),
        None => format!("{input} holds no article"),
    }))
}
