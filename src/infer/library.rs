//! Finding the ONNX Runtime library on this machine.

use std::path::{Path, PathBuf};

use crate::device::DeviceKind;
use crate::error::{Error, ErrorKind, Result};

/// The folder of the repository that the set-up scripts install ONNX Runtime into.
const INSTALLED: &str = ".onnxruntime";
/// The same for GPUs, with the CUDA libraries beside it.
const INSTALLED_FOR_GPU: &str = ".onnxruntime-gpu";

/// A library file, and why this one.
#[derive(Clone, Debug)]
pub struct Library {
    /// The shared library.
    pub path: PathBuf,
    /// Which place named it.
    pub found_by: LibrarySource,
}

/// The places that are searched, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LibrarySource {
    /// `--ort-lib`.
    Flag,
    /// The environment variable `ORT_DYLIB_PATH`.
    Environment,
    /// The `.onnxruntime` folder that `scripts/setup` makes, or that of `scripts/setup_gpu`, here or above.
    Installed,
    /// The folder of the executable.
    BesideExecutable,
    /// The `onnxruntime` package of the active Python.
    Python,
}

impl LibrarySource {
    /// In words, for reports.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Flag => "--ort-lib",
            Self::Environment => "ORT_DYLIB_PATH",
            Self::Installed => "the .onnxruntime folder that scripts/setup makes (.onnxruntime-gpu: scripts/setup_gpu)",
            Self::BesideExecutable => "the folder of the executable",
            Self::Python => "the onnxruntime package of the active Python",
        }
    }
}

/// Searches for the library. A place that is named but empty is an error, never a reason to go on.
/// For a GPU, the folder of `scripts/setup_gpu` goes before that of `scripts/setup`.
pub fn find_library(flag: Option<&Path>, device: DeviceKind) -> Result<Library> {
    if let Some(path) = flag {
        return named(path, LibrarySource::Flag);
    }
    if let Some(path) = std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
        return named(Path::new(&path), LibrarySource::Environment);
    }
    let executable = std::env::current_exe().ok();
    let beside = executable.as_deref().and_then(Path::parent);
    let here = std::env::current_dir().ok();
    let folders: &[&str] = match device {
        DeviceKind::Cpu => &[INSTALLED],
        DeviceKind::Gpu => &[INSTALLED_FOR_GPU, INSTALLED],
    };
    let starts: Vec<&Path> = here.iter().map(PathBuf::as_path).chain(beside).collect();
    let installed = folders.iter().find_map(|folder| starts.iter().find_map(|start| installed_above(start, folder)));
    installed
        .map(|path| Library { path, found_by: LibrarySource::Installed })
        .or_else(|| Some(Library { path: library_in(beside?)?, found_by: LibrarySource::BesideExecutable }))
        .or_else(|| Some(Library { path: library_of_python()?, found_by: LibrarySource::Python }))
        .ok_or_else(|| {
            Error::new(ErrorKind::Runtime, "ONNX Runtime was not found").help(
                "run `scripts/setup` in the repository, or `pip install onnxruntime==1.31.1`, \
                 or name the library with --ort-lib or ORT_DYLIB_PATH",
            )
        })
}

/// A file, or a folder that holds the library.
fn named(path: &Path, found_by: LibrarySource) -> Result<Library> {
    let file = if path.is_dir() { library_in(path) } else { path.is_file().then(|| path.to_owned()) };
    file.map(|path| Library { path, found_by }).ok_or_else(|| {
        Error::new(ErrorKind::Runtime, format!("{} names no ONNX Runtime library", found_by.describe()))
            .at(path)
            .help("give the path of libonnxruntime.so (or .dylib, onnxruntime.dll) or its folder")
    })
}

fn installed_above(start: &Path, name: &str) -> Option<PathBuf> {
    start.ancestors().find_map(|folder| library_in(&folder.join(name)))
}

/// The library in a folder: `libonnxruntime.so`, or with a version at its end, or the names of other systems.
fn library_in(folder: &Path) -> Option<PathBuf> {
    let is_library = |name: &str| {
        name == "onnxruntime.dll"
            || name.starts_with("libonnxruntime.so")
            || (name.starts_with("libonnxruntime.") && name.ends_with(".dylib"))
    };
    let entries = std::fs::read_dir(folder).ok()?;
    let names = entries.flatten().map(|entry| entry.path());
    names.filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_library)).min()
}

fn library_of_python() -> Option<PathBuf> {
    // `find_spec` finds the package without running it.
    let script = "import importlib.util as u; print(u.find_spec('onnxruntime').submodule_search_locations[0])";
    let output = ["python3", "python"].iter().find_map(|python| {
        let output = std::process::Command::new(python).args(["-c", script]).output().ok()?;
        output.status.success().then_some(output.stdout)
    })?;
    library_in(&Path::new(String::from_utf8(output).ok()?.trim()).join("capi"))
}

/// The version that a library says it has. Fails where it is no ONNX Runtime.
#[allow(unsafe_code)] // Foreign functions of a fixed, documented shape; see the comments at each call.
pub(super) fn library_version(path: &Path) -> std::result::Result<String, libloading::Error> {
    /// The head of `OrtApiBase` in onnxruntime_c_api.h, unchanged since the first release.
    #[repr(C)]
    struct ApiBase {
        get_api: *const std::ffi::c_void,
        get_version_string: unsafe extern "C" fn() -> *const std::ffi::c_char,
    }
    // SAFETY: loading runs the library's initialisers; the user named this library to be run.
    let library = unsafe { libloading::Library::new(path) }?;
    // SAFETY: the symbol has this signature in every ONNX Runtime.
    let base: libloading::Symbol<'_, unsafe extern "C" fn() -> *const ApiBase> =
        unsafe { library.get(b"OrtGetApiBase")? };
    // SAFETY: the function takes nothing and returns a pointer to a static table, whose second entry
    // returns a static, NUL-terminated string. The text is copied before `library` is let go.
    let version = unsafe { std::ffi::CStr::from_ptr(((*base()).get_version_string)()) };
    Ok(version.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_place_must_hold_the_library() {
        let folder = tempfile::tempdir().unwrap();
        let error = find_library(Some(folder.path()), DeviceKind::Cpu).unwrap_err();
        assert!(error.to_string().contains("--ort-lib names no ONNX Runtime library"), "{error}");
        let file = folder.path().join("libonnxruntime.so.1.31.1");
        std::fs::write(&file, "").unwrap();
        assert_eq!(find_library(Some(folder.path()), DeviceKind::Cpu).unwrap().path, file);
        assert_eq!(find_library(Some(&file), DeviceKind::Cpu).unwrap().found_by, LibrarySource::Flag);
    }

    #[test]
    fn the_installed_folder_is_found_from_below() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("a/b")).unwrap();
        std::fs::create_dir(root.path().join(INSTALLED)).unwrap();
        let file = root.path().join(INSTALLED).join("libonnxruntime.so.1");
        std::fs::write(&file, "").unwrap();
        assert_eq!(installed_above(&root.path().join("a/b"), INSTALLED), Some(file));
    }
}
