//! Commands and their flags. Each file turns the flags of one command into options of the library, runs it, and prints
//! the result.

mod advice;
mod bench;
mod doctor;
mod engine;
mod entities;
mod estimate;
mod eval;
mod explain;
mod extract;
mod fetch;
mod html_report;
mod inference;
mod inspect;
mod interrupt;
mod limits;
mod list;
mod log;
mod progress;
mod reading;
mod relink;
mod report;
mod results;
mod run;
mod selection;
mod sentences;
mod show;
mod size;
mod tables;
mod target;
mod terminal;

use std::ffi::OsString;
use std::sync::OnceLock;

use clap::{Parser, Subcommand};
use namewire::error::{Error, ErrorKind};
use namewire::write::escaped;

/// Maximum width of help, in columns.
const WIDTH: usize = 100;

/// Named entities of large news dumps, found with an ONNX model and linked to your own alias table.
#[derive(Debug, Parser)]
#[command(name = "namewire", version, max_term_width = WIDTH, propagate_version = true)]
#[command(after_help = "Examples:
  namewire extract news/ --out mentions.jsonl
  zcat dump.jsonl.gz | namewire extract - --out - | head
  namewire extract dump.jsonl.zst --model models/my-ner --entities my.jsonl --out mentions.jsonl
  namewire doctor

Exit status: 0 all articles were processed; 1 some were rejected; 2 the run was not possible;
130 and 143 Ctrl-C or SIGTERM has stopped it.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Print more: once for progress, twice for details.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// How logs, errors and the closing report are written to standard error.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    log_format: log::LogFormat,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find and link the named entities of articles.
    Extract(Box<extract::ExtractArgs>),
    /// Show why each mention of an article is linked as it is.
    Explain(Box<explain::ExplainArgs>),
    /// Print articles with their mentions in colour.
    Show(Box<show::ShowArgs>),
    /// Check, import and extend entity tables.
    #[command(subcommand)]
    Entities(entities::EntitiesCommand),
    /// Link again with another table, without inference.
    Relink(Box<relink::RelinkArgs>),
    /// Count entities, days, sources and pairs of a run: tables and graphs.
    Tables(tables::TablesArgs),
    /// Write a page that shows a run: entities, trends, who is named with whom, sentences.
    Report(html_report::ReportArgs),
    /// Print the sentences that articles are cut into.
    Sentences(sentences::SentencesArgs),
    /// Measure the pipeline against the ceiling of its runtime.
    Bench(Box<bench::BenchArgs>),
    /// Score mentions and links against a gold standard.
    #[command(mut_arg("model", |arg| arg.num_args(0..=1).default_missing_value(eval::BUNDLED)))]
    Eval(Box<eval::EvalArgs>),
    /// List, fetch and look at models.
    #[command(
        subcommand,
        after_help = "Examples:
  namewire model list
  namewire model fetch dslim/bert-base-NER
  namewire model inspect models/bert-base-NER"
    )]
    Model(ModelCommand),
    /// Show which ONNX Runtime was found, and what this machine can do.
    Doctor(doctor::DoctorArgs),
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// Show the known models, and which are on this machine.
    List(list::ListArgs),
    /// Download a model from the Hugging Face hub.
    Fetch(fetch::FetchArgs),
    /// Print a model's labels, tensors, tokenizer, window, variants and hashes.
    Inspect(inspect::InspectArgs),
}

/// How a command ends that does not fail.
enum End {
    /// Everything was done.
    Done,
    /// Done, but some articles were rejected, or a check found errors.
    WithRejects,
    /// A signal has stopped it in good order; the exit status says which.
    Interrupted(u8),
}

impl End {
    fn of_rejects(rejected: u64) -> Self {
        if rejected > 0 { Self::WithRejects } else { Self::Done }
    }
}

/// The command line of this process: that of the program, or of the Python package.
static COMMAND_LINE: OnceLock<Vec<OsString>> = OnceLock::new();

/// Runs a command, once in a process, and returns its exit status. The first argument is the name of the program.
/// `ORT_DISABLE_TELEMETRY` should be set.
pub fn main(args: Vec<OsString>) -> u8 {
    let cli = Cli::parse_from(COMMAND_LINE.get_or_init(|| args));
    log::start(cli.verbose, cli.log_format);
    let result = match &cli.command {
        Command::Extract(args) => extract::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Show(args) => show::run(args),
        Command::Entities(command) => entities::run(command),
        Command::Relink(args) => relink::run(args),
        Command::Model(ModelCommand::List(args)) => list::run(args),
        Command::Model(ModelCommand::Fetch(args)) => fetch::run(args),
        Command::Tables(args) => tables::run(args),
        Command::Report(args) => html_report::run(args),
        Command::Sentences(args) => sentences::run(args),
        Command::Model(ModelCommand::Inspect(args)) => inspect::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Doctor(args) => doctor::run(args),
    };
    match result {
        Ok(End::Done) => 0,
        Ok(End::WithRejects) => 1,
        Ok(End::Interrupted(status)) => status,
        // The reader of the output has closed it, which is not an error.
        Err(error) if error.kind() == ErrorKind::ClosedPipe => 0,
        Err(error) => {
            log::print_error(&error);
            2
        }
    }
}

/// Prints JSON, in which nothing but line feeds ends a line.
fn print_json(json: &str) -> namewire::error::Result<End> {
    print(&escaped(json))
}

/// Prints to standard output; a closed pipe is reported as such.
fn print(text: &str) -> namewire::error::Result<End> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    printed.map(|()| End::Done).map_err(|error| Error::writing("-", error))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// A line that is broken by the terminal's width cannot be copied.
    #[test]
    fn examples_fit_the_width_of_help() {
        let mut commands = vec![Cli::command()];
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands().cloned());
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let wide = help.lines().find(|line| line.chars().count() > WIDTH);
            assert_eq!(wide, None, "{}", command.get_name());
        }
    }
}
