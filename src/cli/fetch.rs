//! `namewire model fetch`: a model of the hub into the cache of this machine.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::{DecimalBytes, ProgressBar, ProgressStyle};
use namewire::engine::DeviceChoice;
use namewire::error::{Error, Result};
use namewire::hub::{FetchEvent, FetchOptions, Fetched, HubCache, HubName, HubSettings, fetch};
use namewire::infer::{DeviceKind, Runtime};
use serde_json::json;

use super::engine::read_labels;
use super::log::inform;
use super::{End, print, print_json};

#[derive(Debug, Args)]
#[command(
    after_help = "The files go into the cache that Hugging Face's own tools use, and what these have downloaded is
used. An interrupted download is resumed. Every file is compared with the hash that the
hub states. Afterwards, --model takes the name; it never downloads by itself.

Environment: HF_HOME, HF_HUB_CACHE (the cache), HF_ENDPOINT (another hub), HF_TOKEN (for private and
gated models), HF_HUB_OFFLINE (only check what is there), HF_HUB_DOWNLOAD_TIMEOUT, HTTPS_PROXY,
SSL_CERT_FILE; NAMEWIRE_HUB_WAIT (seconds before the first new attempt).

Examples:
  namewire model fetch dslim/bert-base-NER
  namewire model fetch dslim/bert-base-NER@main --device cuda
  namewire model fetch my-team/news-ner --variant model_fp16
  namewire extract news/ --model dslim/bert-base-NER --out mentions.jsonl"
)]
pub(super) struct FetchArgs {
    /// The model as the hub names it, owner/name, with @ and a branch, tag or commit where it is to be another
    /// than the newest.
    #[arg(value_name = "NAME[@REVISION]")]
    name: String,
    /// The device that it is for: 8-bit integers for cpu, half precision for cuda, where the repository has
    /// them. cpu, cuda, cuda:N, or auto.
    #[arg(long, default_value_t)]
    device: DeviceChoice,
    /// Which ONNX file of the repository, by name.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// The BIO labels, where its config.json does not name them: O,B-PER,I-PER,… or a file of them.
    #[arg(long, value_name = "LIST")]
    labels: Option<String>,
    /// Print what was fetched as one JSON object.
    #[arg(long)]
    json: bool,
    /// No progress bar.
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(args: &FetchArgs) -> Result<End> {
    let name: HubName = args.name.parse()?;
    let settings = HubSettings::from_environment()?;
    if let Some(labels) = &args.labels {
        check_labels_file(Path::new(labels), &HubCache::new(&settings.cache).folder_of(&name))?;
    }
    let labels = args.labels.as_deref().map(read_labels).transpose()?;
    let options = FetchOptions { variant: args.variant.clone(), device: device_kind(args.device)?, labels };
    let mut bar = Bar::new(args.quiet);
    let fetched = fetch(&name, &options, &settings, &mut |event| bar.show(event));
    bar.clear();
    let fetched = fetched?;
    if args.json { print_json(&as_json(&fetched)?) } else { print(&describe(&name, &fetched)) }
}

/// Fails if the labels are read from a file that the download may replace.
fn check_labels_file(labels: &Path, folder: &Path) -> Result<()> {
    let paths = labels.canonicalize().ok().zip(folder.canonicalize().ok());
    match paths.filter(|(file, folder)| file.starts_with(folder)) {
        Some((_, folder)) => Err(Error::config(format!(
            "the labels are read from {}, which the download into {} may replace",
            labels.display(),
            folder.display()
        ))
        .help("copy the file to another folder")),
        None => Ok(()),
    }
}

fn device_kind(device: DeviceChoice) -> Result<DeviceKind> {
    Ok(match device {
        DeviceChoice::Exactly(device) => device.kind(),
        DeviceChoice::Auto => Runtime::load(None, DeviceKind::Gpu)?.best_device().0.kind(),
        _ => DeviceKind::Cpu,
    })
}

fn describe(name: &HubName, fetched: &Fetched) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "{label:>9}  {value}"); // writing to a String cannot fail
    };
    let (snapshot, manifest) = (&fetched.snapshot, &fetched.manifest);
    line("name", snapshot.name.clone());
    line("commit", snapshot.commit.clone());
    line("licence", manifest.licence.clone().unwrap_or_else(|| "not stated".to_owned()));
    line("variant", fetched.variant.clone());
    let size: u64 = manifest.files.iter().map(|file| file.size).sum();
    let (files, size, came) = (manifest.files.len(), DecimalBytes(size), DecimalBytes(fetched.downloaded));
    line("files", format!("{files}, {size}, all checked; {came} downloaded"));
    line("folder", snapshot.folder.display().to_string());
    if let Some(path) = &fetched.manifest_path {
        line("manifest", path.display().to_string());
    }
    line("use", format!("--model {name}"));
    text
}

fn as_json(fetched: &Fetched) -> Result<String> {
    let value = json!({
        "name": fetched.snapshot.name,
        "commit": fetched.snapshot.commit,
        "licence": fetched.manifest.licence,
        "variant": fetched.variant,
        "folder": path_text(&fetched.snapshot.folder)?,
        "manifest": fetched.manifest_path.as_ref().map(path_text).transpose()?,
        "downloaded_bytes": fetched.downloaded,
        "files": fetched.manifest.files,
    });
    Ok(format!("{value:#}\n"))
}

fn path_text(path: &PathBuf) -> Result<&str> {
    path.to_str().ok_or_else(|| Error::config(format!("{path:?} cannot be written as JSON: it is not Unicode")))
}

/// The bar on standard error; without a terminal, only what went wrong on the way is said.
struct Bar {
    bar: Option<ProgressBar>,
    path: String,
}

impl Bar {
    fn new(quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(0);
            // The template is a constant; if it were wrong the default style would show instead.
            if let Ok(style) =
                ProgressStyle::with_template("{bar:30} {decimal_bytes}/{decimal_total_bytes} ETA {eta}  {msg}")
            {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { bar, path: String::new() }
    }

    fn show(&mut self, event: FetchEvent<'_>) {
        match event {
            FetchEvent::File { path, size } => {
                tracing::info!("{path}, {}", DecimalBytes(size));
                self.path = path.to_owned();
                self.draw(|bar| {
                    bar.set_length(size);
                    bar.set_position(0);
                    bar.reset_eta();
                });
                self.message("");
            }
            FetchEvent::Reached(bytes) => self.draw(|bar| bar.set_position(bytes)),
            FetchEvent::Checking => self.message("checking "),
            FetchEvent::Locked => {
                let text = format!("{}: somebody else is downloading it; waiting for them", self.path);
                self.note(&text);
            }
            FetchEvent::Waiting { why, wait } => {
                self.note(&format!("{why}; trying again in {:.1} s", wait.as_secs_f64()));
            }
        }
    }

    fn message(&self, what: &str) {
        self.draw(|bar| bar.set_message(format!("{what}{}", self.path)));
    }

    fn draw(&self, change: impl Fn(&ProgressBar)) {
        self.bar.iter().for_each(change);
    }

    fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => inform(&format!("namewire: {text}\n")),
        }
    }

    fn clear(&self) {
        self.draw(ProgressBar::finish_and_clear);
    }
}
