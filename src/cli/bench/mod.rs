//! `namewire bench`: the whole pipeline against a bare loop around the same runtime, turn by turn.

mod figures;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use namewire::bench::{Ceiling, find_layout, generate};
use namewire::chunk::{Chunk, chunks};
use namewire::config::{Config, available_cores};
use namewire::counters::Counters;
use namewire::engine::{Engine, EngineOptions, Parts, open_runtime, open_sessions};
use namewire::error::{Error, Result};
use namewire::infer::{Backend, CapitalsBackend, Device, OnnxOptions};
use namewire::link::Linker;
use namewire::pipeline::Pipeline;
use namewire::read::{Input, RawRecord, Records, Reject, discover};
use namewire::report::RunReport;
use namewire::write::{Destination, FileAccess, LineOptions, OutputPaths, Outputs, render};

use self::figures::{Figures, Round};
use super::engine::{LinkingArgs, ModelArgs};
use super::inference::InferenceArgs;
use super::reading::ReadingArgs;
use super::selection::SelectionArgs;
use super::{End, print};

#[derive(Debug, Args)]
#[command(after_help = "The ceiling is what ONNX Runtime alone does with the same token sequences, already encoded, in
the best layout of sessions, threads and batches that a short search finds. Pipeline and ceiling
take turns, so that a machine that slows down slows both; ratios are of neighbours in time.

Examples:
  namewire bench
  namewire bench dump.jsonl.gz --rounds 5 --json today.json
  namewire bench --compare yesterday.json")]
pub(super) struct BenchArgs {
    /// Articles to run on [default: a generated corpus with the sentence lengths of news].
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// How many articles to generate where no input is given.
    #[arg(long, value_name = "N", default_value_t = 300)]
    articles: usize,
    /// Seed of the generated corpus, and of --sample.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many times pipeline and ceiling take turns.
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Write all figures as one JSON object.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Show the figures of an earlier --json beside these.
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    #[command(flatten)]
    linking: LinkingArgs,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    inference: InferenceArgs,
}

type Source = Box<dyn Iterator<Item = std::result::Result<RawRecord, Reject>> + Send>;

pub(super) fn run(args: &BenchArgs) -> Result<End> {
    let mut config = Config { read: args.reading.options(), ..Config::default() };
    config.read.selection = args.selection.selection(args.seed);
    let mut options = EngineOptions::default();
    args.model.apply(&mut options)?;
    args.linking.apply(&mut options);
    args.inference.apply(&mut options)?;
    let compared = args.compare.as_deref().map(Figures::read).transpose()?;
    let inputs = if args.inputs.is_empty() { Vec::new() } else { discover(&args.inputs, &config.read)? };
    let mut access = FileAccess::default();
    options.add_files(&mut access);
    access.read_all("input", inputs.iter().map(|input| &input.path)).read_all("figures", &args.compare);
    access.write_all("figures", &args.json).check()?;
    if args.rounds == 0 {
        return Err(Error::config("--rounds must be at least 1"));
    }
    let engine = Engine::open(&options, Parts::default(), config)?;
    let (runtime, device) = open_runtime(&options)?;
    let (pipeline, ceiling_model) = (&engine.pipeline, options.open_model(device)?);
    let workers = pipeline.sessions();

    let ceiling = Ceiling::new(&ceiling_model, encode_all(source(args, &inputs, pipeline), pipeline));
    let open = |sessions, threads| {
        open_sessions(
            runtime,
            &ceiling_model,
            OnnxOptions { device, threads, gpu_memory: options.gpu_memory },
            sessions,
        )
    };
    let cores = if device == Device::Cpu { available_cores() } else { workers };
    // Padded tokens a batch: what fits a core's cache, or what fills a GPU.
    let budgets = if device == Device::Cpu { [128, 256, 512, 1024] } else { [4096, 8192, 16384, 65536] };
    let (layout, _) = find_layout(&ceiling, cores, &budgets, Duration::from_millis(1500), &open)?;
    let mut bare = open(layout.sessions, layout.threads)?;

    let mut rounds = Vec::with_capacity(args.rounds);
    for _ in 0..args.rounds {
        let report = run_once(source(args, &inputs, pipeline), pipeline)?;
        let span = Duration::from_secs_f64(report.seconds.clamp(2.0, 30.0));
        let ceiling = ceiling.measure(&mut bare, layout.batch_tokens, span)?;
        rounds.push(Round { report, ceiling });
    }
    let mut figures = Figures::new(&rounds, layout, &engine, &runtime.version);
    figures.host_tokens_per_second = host_alone(args, &inputs, pipeline)?;
    if let Some(path) = &args.json {
        figures.write(path)?;
    }
    print(&figures.table(compared.as_ref()))
}

fn source(args: &BenchArgs, inputs: &[Input], pipeline: &Pipeline) -> Source {
    match inputs {
        [] => Box::new(generate(args.articles, args.seed).map(Ok)),
        inputs => Box::new(Records::new(inputs.to_vec(), &pipeline.config().read)),
    }
}

/// Tokens per second of all stages but inference: what they could feed to a device that computes in no time.
fn host_alone(args: &BenchArgs, inputs: &[Input], pipeline: &Pipeline) -> Result<f64> {
    let model = pipeline.model();
    let instant = |_| Box::new(CapitalsBackend::new(&model.tokenizer, &model.labels)) as Box<dyn Backend>;
    let backends = (0..pipeline.sessions()).map(instant).collect();
    pipeline.replace_backends(backends)?;
    Ok(run_once(source(args, inputs, pipeline), pipeline)?.tokens_per_second())
}

/// The token sequences of all windows, as the pipeline makes them.
fn encode_all(records: Source, pipeline: &Pipeline) -> Vec<Vec<u32>> {
    let (config, counters) = (pipeline.config(), Counters::default());
    let windows_of = |raw| {
        let chunk = Chunk::prepare(raw, pipeline.model(), config, None, &counters);
        chunk.windows.iter().map(|window| window.token_ids(&chunk.articles).to_vec()).collect::<Vec<_>>()
    };
    chunks(records, config.chunk).flat_map(windows_of).collect()
}

/// Files to linked JSONL: the lines go to a file that is deleted afterwards.
fn run_once(records: Source, pipeline: &Pipeline) -> Result<RunReport> {
    let path = std::env::temp_dir().join(format!("namewire-bench-{}.jsonl", std::process::id()));
    let mentions = Destination::File(path.clone());
    let mut outputs = Outputs::create(&OutputPaths::of(mentions))?;
    let table = pipeline.linker().map(Linker::table);
    let lines = LineOptions::default();
    pipeline.clear_cache();
    let report = pipeline.run(
        records,
        &pipeline.handle(),
        |outcome| render(outcome, table, &lines),
        |rendered| outputs.write(&rendered),
    );
    let finished = outputs.publish();
    let _ = std::fs::remove_file(&path); // a failed run has left none
    let report = report?;
    finished.map(|_| report)
}
