//! The figures of a measurement: medians over its rounds, as a table and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use namewire::bench::Layout;
use namewire::config::available_cores;
use namewire::engine::Engine;
use namewire::error::{Error, Result};
use namewire::report::RunReport;
use namewire::write::AtomicFile;
use serde::{Deserialize, Serialize};

/// One turn of pipeline and ceiling.
pub(super) struct Round {
    pub report: RunReport,
    /// Real tokens per second of the bare loop.
    pub ceiling: f64,
}

/// Everything that was measured. Tokens are those of the text: special tokens and padding never count.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Figures {
    tokens_per_second: f64,
    articles_per_second: f64,
    ceiling_tokens_per_second: f64,
    /// Tokens that the pipeline computed per second, against the ceiling; repeated sentences do not count here.
    ceiling_ratio: f64,
    /// Lowest and highest ratio of a round.
    ceiling_ratio_range: [f64; 2],
    ceiling_layout: String,
    /// The same articles through all stages but inference.
    pub host_tokens_per_second: f64,
    /// Share of the process's time on the processor, by stage.
    cpu_share: BTreeMap<String, f64>,
    /// All of it but inference.
    host_cpu_share: f64,
    link_ms_per_article: f64,
    /// Share of the run that threads of a kind waited.
    waiting_share: BTreeMap<String, f64>,
    /// Computed positions that hold no token.
    padding_share: f64,
    /// Tokens answered by an equal sentence.
    repeated_share: f64,
    mean_batch_rows: f64,
    mean_batch_width: f64,
    peak_rss_mb: Option<f64>,
    articles: u64,
    tokens: u64,
    rounds: usize,
    bottleneck: String,
    model: String,
    device: String,
    workers: usize,
    processor: String,
    cores: usize,
    versions: BTreeMap<String, String>,
}

impl Figures {
    pub(super) fn new(rounds: &[Round], layout: Layout, engine: &Engine, runtime: &str) -> Self {
        let (pipeline, device) = (&engine.pipeline, engine.device.clone());
        let workers = pipeline.sessions();
        let of = |figure: &dyn Fn(&RunReport) -> f64| median(rounds.iter().map(|round| figure(&round.report)));
        let ratio = |round: &Round| computed(&round.report) / round.report.seconds / round.ceiling;
        let mut ratios: Vec<f64> = rounds.iter().map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        let last = &rounds[rounds.len() - 1].report;
        let names = last.stage_cpu_seconds.keys();
        let cpu_share: BTreeMap<String, f64> = names
            .map(|&name| (name.to_owned(), of(&|report| report.stage_cpu_seconds[name] / report.cpu_seconds)))
            .collect();
        let waiters = |name: &str| if name.starts_with("sessions") { workers as f64 } else { 1.0 };
        let names = last.waiting_seconds.keys();
        let waiting_share: BTreeMap<String, f64> = names
            .map(|&name| (name.to_owned(), of(&|report| report.waiting_seconds[name] / report.seconds / waiters(name))))
            .collect();
        let model = pipeline.model();
        let mut figures = Self {
            tokens_per_second: of(&RunReport::tokens_per_second),
            articles_per_second: of(&|report| report.articles as f64 / report.seconds),
            ceiling_tokens_per_second: median(rounds.iter().map(|round| round.ceiling)),
            ceiling_ratio: median(ratios.iter().copied()),
            ceiling_ratio_range: [ratios[0], ratios[ratios.len() - 1]],
            ceiling_layout: format!(
                "{} sessions of {} threads, {} tokens a batch",
                layout.sessions, layout.threads, layout.batch_tokens
            ),
            host_cpu_share: 1.0 - cpu_share["infer"],
            link_ms_per_article: of(&|report| 1e3 * report.stage_cpu_seconds["link"] / report.articles.max(1) as f64),
            padding_share: of(&|report| report.positions_padded as f64 / report.positions_computed.max(1) as f64),
            repeated_share: of(&|report| report.tokens_repeated as f64 / report.tokens_inferred.max(1) as f64),
            mean_batch_rows: of(&|report| report.windows_computed as f64 / report.batches.max(1) as f64),
            mean_batch_width: of(&|report| report.positions_computed as f64 / report.windows_computed.max(1) as f64),
            peak_rss_mb: peak_rss_mb(),
            articles: last.articles,
            tokens: last.tokens_inferred,
            rounds: rounds.len(),
            model: format!("{} ({})", model.name, model.graph.variant.file),
            device,
            workers,
            processor: processor(),
            cores: available_cores(),
            versions: BTreeMap::from([
                ("namewire".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
                ("onnxruntime".to_owned(), runtime.to_owned()),
            ]),
            cpu_share,
            waiting_share,
            ..Self::default()
        };
        figures.bottleneck = figures.name_bottleneck();
        figures
    }

    pub(super) fn read(path: &Path) -> Result<Self> {
        let failed = |error: String| Error::config(format!("{} is no file of --json: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| failed(error.to_string()))
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let json = serde_json::to_string_pretty(self).unwrap_or_default(); // plain numbers and strings
        AtomicFile::create(path)?.publish_json(&(json + "\n"))
    }

    fn name_bottleneck(&self) -> String {
        let (idle, host) = (self.waiting_share["sessions_for_preparer"], self.host_cpu_share);
        if idle < 0.1 {
            return format!(
                "Inference is the bottleneck: its sessions wait {:.1}% of the time, and all else takes {:.1}% of the processor.",
                100.0 * idle,
                100.0 * host
            );
        }
        let reading = self.waiting_share["preparer_for_reader"] > self.waiting_share["preparer_for_sessions"];
        let late = if reading { "reading" } else { "preparing and finishing articles" };
        format!("The sessions wait {:.1}% of the time, for {late}: the host is the bottleneck.", 100.0 * idle)
    }

    /// One row per figure; a second column for an earlier measurement, a third for the ratio.
    pub(super) fn table(&self, earlier: Option<&Self>) -> String {
        let mut text = String::new();
        let mut row = |label: &str, figure: &dyn Fn(&Self) -> f64, unit: &str| {
            let now = figure(self);
            let _ = write!(text, "{label:<34}{:>12} {unit:<10}", number(now)); // writing to a String cannot fail
            if let Some(before) = earlier.map(figure) {
                let _ = write!(text, "{:>12} {unit:<10}{:>7.3}", number(before), now / before);
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        };
        row("end to end", &|it| it.tokens_per_second, "tokens/s");
        row("", &|it| it.articles_per_second, "articles/s");
        row("ceiling of the runtime", &|it| it.ceiling_tokens_per_second, "tokens/s");
        row("ratio to the ceiling", &|it| it.ceiling_ratio, "");
        row("without inference", &|it| it.host_tokens_per_second, "tokens/s");
        for name in self.cpu_share.keys() {
            row(&format!("processor time: {name}"), &|it| 100.0 * at(&it.cpu_share, name), "%");
        }
        row("processor time: all but infer", &|it| 100.0 * it.host_cpu_share, "%");
        row("linking an article", &|it| it.link_ms_per_article, "ms");
        for name in self.waiting_share.keys() {
            row(&format!("waiting: {}", name.replace('_', " ")), &|it| 100.0 * at(&it.waiting_share, name), "%");
        }
        row("padding", &|it| 100.0 * it.padding_share, "%");
        row("repeated", &|it| 100.0 * it.repeated_share, "%");
        row("mean batch: rows", &|it| it.mean_batch_rows, "");
        row("mean batch: tokens a row", &|it| it.mean_batch_width, "");
        row("peak memory", &|it| it.peak_rss_mb.unwrap_or(f64::NAN), "MB");
        let _ = writeln!(
            text,
            "{} articles, {} tokens, {} rounds; ratio {:.3} to {:.3}; ceiling with {}",
            self.articles,
            self.tokens,
            self.rounds,
            self.ceiling_ratio_range[0],
            self.ceiling_ratio_range[1],
            self.ceiling_layout
        );
        let _ = writeln!(
            text,
            "{}, {} cores, {}, {} workers, {}\n{}",
            self.processor, self.cores, self.device, self.workers, self.model, self.bottleneck
        );
        text
    }
}

/// Tokens that went through the model.
fn computed(report: &RunReport) -> f64 {
    (report.tokens_inferred - report.tokens_repeated) as f64
}

fn at(shares: &BTreeMap<String, f64>, name: &str) -> f64 {
    shares.get(name).copied().unwrap_or(f64::NAN)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => (values[count / 2 - 1] + values[count / 2]) / 2.0,
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

/// Peak memory of this process, where the system reports it.
fn peak_rss_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
    model.map_or(std::env::consts::ARCH, str::trim).to_owned()
}
