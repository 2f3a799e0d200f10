//! `namewire doctor`: what this machine offers, and what to do about what is missing.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use namewire::config::available_cores;
use namewire::engine::DeviceChoice;
use namewire::error::Result;
use namewire::hub::HubCache;
use namewire::infer::{Device, OnnxBackend, OnnxOptions, Runtime};
use namewire::model::{Model, ModelOptions};

use super::{End, print};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namewire doctor
  namewire doctor --ort-lib /opt/onnxruntime-gpu/capi")]
pub(super) struct DoctorArgs {
    /// The ONNX Runtime library, or its folder.
    #[arg(long, value_name = "FILE")]
    ort_lib: Option<PathBuf>,
}

pub(super) fn run(args: &DoctorArgs) -> Result<End> {
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "{label:>12}  {value}"); // writing to a String cannot fail
    };
    line("namewire", env!("CARGO_PKG_VERSION").to_owned());
    line("processor", describe_processor());
    line("cores", available_cores().to_string());
    line("hub's cache", describe_cache());
    // The rest needs the library: what is known so far is worth printing even where it is missing.
    let runtime = Runtime::load(args.ort_lib.as_deref(), Device::Cpu.kind());
    if let Ok(runtime) = &runtime {
        line("ONNX Runtime", format!("{} at {}", runtime.version, runtime.library.path.display()));
        line("found by", runtime.library.source.describe().to_owned());
        line("built", runtime.build_info().to_owned());
        line("providers", runtime.providers().join(", "));
        if !runtime.providers().contains(&"CUDA") {
            line("GPU", "this ONNX Runtime is a CPU build; for CUDA, scripts/setup_gpu, then --device cuda".to_owned());
        } else {
            let (device, why) = runtime.best_device();
            line("GPU", format!("{}: {why}", DeviceChoice::Exactly(device)));
        }
        line("bundled", try_bundled(runtime));
    }
    print(&text)?;
    runtime.map(|_| End::Done)
}

/// Where models of the hub lie, and which of them namewire has fetched.
fn describe_cache() -> String {
    let cache = HubCache::from_environment();
    let names: Vec<String> = cache.fetched().iter().map(|name| name.repository()).collect();
    let fetched = if names.is_empty() { "no models fetched".to_owned() } else { names.join(", ") };
    format!("{} ({fetched})", cache.root().display())
}

fn try_bundled(runtime: &Runtime) -> String {
    let model = match Model::bundled(&ModelOptions::default()) {
        Ok(model) => model,
        Err(error) => return error.to_string(),
    };
    match OnnxBackend::new(runtime, &model, OnnxOptions { device: Device::Cpu, threads: 1, gpu_memory: None }) {
        Ok(_) => format!("{} runs", model.name),
        Err(error) => error.to_string(),
    }
}

/// The features that decide how fast 8-bit products are.
fn describe_processor() -> String {
    #[cfg(target_arch = "x86_64")]
    {
        let features = [
            ("AVX2", is_x86_feature_detected!("avx2")),
            ("AVX-512", is_x86_feature_detected!("avx512f")),
            ("AVX-512 VNNI", is_x86_feature_detected!("avx512vnni")),
            ("AVX VNNI", is_x86_feature_detected!("avxvnni")),
        ];
        let present: Vec<&str> = features.iter().filter(|(_, present)| *present).map(|(name, _)| *name).collect();
        let vnni = present.iter().any(|name| name.ends_with("VNNI"));
        let advice = if vnni { "8-bit models run at full speed" } else { "no VNNI: 8-bit models are slower here" };
        format!(
            "x86-64 with {} ({advice})",
            if present.is_empty() { "SSE2 only".to_owned() } else { present.join(", ") }
        )
    }
    #[cfg(not(target_arch = "x86_64"))]
    std::env::consts::ARCH.to_owned()
}
