//! ONNX Runtime itself: loaded once, and what it can do.

use std::path::Path;
use std::sync::OnceLock;

use ort::ep::{self, ExecutionProvider};
use ort::session::Session;

use super::cuda;
use super::library::{Library, find_library, open_library};
use crate::device::{Device, DeviceKind};
use crate::error::{Error, ErrorKind, Remedy, Result};

/// ONNX Runtime, loaded. A process can load it once.
#[derive(Debug)]
pub struct Runtime {
    pub(super) environment: ort::environment::Environment,
    /// Which library it is.
    pub library: Library,
    /// Its version, such as `1.31.1`.
    pub version: String,
}

static RUNTIME: OnceLock<std::result::Result<Runtime, String>> = OnceLock::new();

impl Runtime {
    /// Finds the library as [`find_library`] does and loads it; later calls return what the first one loaded. All
    /// use of ONNX Runtime starts from this value.
    pub fn load(library: Option<&Path>, device: DeviceKind) -> Result<&'static Self> {
        let library = find_library(library, device)?;
        let path = library.path.clone();
        let loaded = RUNTIME.get_or_init(|| Self::load_now(library).map_err(|error| with_causes(&*error)));
        loaded.as_ref().map_err(|message| {
            Error::new(ErrorKind::Runtime, format!("ONNX Runtime cannot be loaded: {message}"))
                .at(path)
                .help("`pip install onnxruntime==1.31.1` installs a version that works; ort_library names it")
                .with_setting("ort_library")
                .with_remedy(Remedy::InstallRuntime)
        })
    }

    fn load_now(library: Library) -> std::result::Result<Self, Box<dyn std::error::Error>> {
        // Kept until `ort` has opened the same library, which otherwise would be loaded twice.
        let (_opened, version) = open_library(&library.path)?;
        library.path.parent().into_iter().for_each(cuda::open_libraries);
        let environment = ort::init_from(&library.path)?.with_name("namewire").with_telemetry(false).build()?;
        environment.set_log_level(ort::logging::LogLevel::Error);
        Ok(Self { environment, library, version })
    }

    /// The execution providers that this build of ONNX Runtime offers, best first.
    pub fn providers(&self) -> Vec<&'static str> {
        let cuda = ep::CUDA::default().is_listed().then_some("CUDA");
        cuda.into_iter().chain(["CPU"]).collect()
    }

    /// Fails where this build cannot compute on `device`; it never falls back to another device.
    pub(super) fn check(&self, device: Device) -> Result<()> {
        if device == Device::Cpu || ep::CUDA::default().is_listed() {
            return Ok(());
        }
        let what = format!("this ONNX Runtime ({}) is a build for the CPU, without CUDA", self.version);
        Err(Error::new(ErrorKind::Runtime, what)
            .at(&self.library.path)
            .help(format!("name the library of onnxruntime-gpu {} in ort_library, or compute on the CPU", self.version))
            .with_setting("ort_library")
            .with_remedy(Remedy::InstallGpuRuntime))
    }

    /// How the library was built, in its own words.
    pub fn build_info(&self) -> &'static str {
        ort::info()
    }

    /// The device for `auto`: the first GPU where this library can use one, else the CPU, and why.
    pub fn best_device(&self) -> (Device, String) {
        if !ep::CUDA::default().is_listed() {
            return (Device::Cpu, "this ONNX Runtime is a build for the CPU".to_owned());
        }
        let registered = || -> ort::Result<()> {
            Session::builder(&self.environment)?.with_execution_providers([cuda::provider(0, None)])?;
            Ok(())
        };
        match registered() {
            Ok(()) => (Device::Cuda(0), "its provider loads".to_owned()),
            Err(error) => (Device::Cpu, format!("CUDA cannot be used: {error}")),
        }
    }
}

/// An error with its causes, which the loader's own message leaves out.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

trait Listed {
    fn is_listed(&self) -> bool;
}

impl<P: ExecutionProvider> Listed for P {
    fn is_listed(&self) -> bool {
        P::is_available().unwrap_or(false)
    }
}
