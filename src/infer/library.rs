//! Finding the ONNX Runtime library on this machine.

use std::path::{Path, PathBuf};

use crate::device::DeviceKind;
use crate::error::{Error, ErrorKind, Remedy, Result};

/// The folder of the repository that its set-up script installs ONNX Runtime into.
const REPOSITORY: &str = ".onnxruntime";
/// The same for GPUs, with the CUDA libraries beside it.
const REPOSITORY_GPU: &str = ".onnxruntime-gpu";
/// Where an installation has it, from the folder of the executable: `PREFIX/bin`, `PREFIX/lib/namewire`.
const INSTALLED: &str = "../lib/namewire";

/// A library file, and which place had it.
#[derive(Clone, Debug)]
pub struct Library {
    /// The shared library.
    pub path: PathBuf,
    /// Where it was found.
    pub source: LibrarySource,
}

/// Where ONNX Runtime was found. [`find_library`] searches in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LibrarySource {
    /// The setting `ort_library`.
    Setting,
    /// The environment variable `ORT_DYLIB_PATH`.
    Environment,
    /// A folder `.onnxruntime` (for GPUs `.onnxruntime-gpu`) in a parent folder of the executable or in the current
    /// directory or above.
    Repository,
    /// The folder of the executable.
    BesideExecutable,
    /// The folder `lib/namewire` of the prefix that the executable is installed in.
    Installation,
    /// The `onnxruntime` package of the active Python.
    Python,
}

impl LibrarySource {
    /// In words, for reports.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Setting => "the setting ort_library",
            Self::Environment => "ORT_DYLIB_PATH",
            Self::Repository => "the .onnxruntime or .onnxruntime-gpu folder of the repository",
            Self::BesideExecutable => "the folder of the executable",
            Self::Installation => "lib/namewire of the installation",
            Self::Python => "the onnxruntime package of the active Python",
        }
    }
}

/// Finds the library: the given file or folder, else the places of [`LibrarySource`] in their order. For a GPU, a
/// repository's GPU build is preferred.
///
/// # Errors
///
/// Fails where none is found. A place that is named, by the argument or by `ORT_DYLIB_PATH`, must have it.
pub fn find_library(given: Option<&Path>, device: DeviceKind) -> Result<Library> {
    if let Some(path) = given {
        return named(path, LibrarySource::Setting);
    }
    if let Some(path) = std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
        return named(Path::new(&path), LibrarySource::Environment);
    }
    // Symbolic links are resolved, since the library is relative to the real file.
    let executable = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
    let directory = std::env::current_dir().ok();
    let places =
        Places { executable: executable.as_deref().and_then(Path::parent), directory: directory.as_deref(), device };
    places.search().or_else(|| Some(Library { path: library_of_python()?, source: LibrarySource::Python })).ok_or_else(
        || {
            Error::new(ErrorKind::Runtime, "ONNX Runtime was not found")
                .help(
                    "`pip install onnxruntime==1.31.1` installs it; ort_library or ORT_DYLIB_PATH names one elsewhere",
                )
                .with_setting("ort_library")
                .with_remedy(Remedy::InstallRuntime)
        },
    )
}

/// The places that are searched where none is named.
struct Places<'p> {
    /// The folder of the executable.
    executable: Option<&'p Path>,
    /// The current directory.
    directory: Option<&'p Path>,
    device: DeviceKind,
}

impl Places<'_> {
    fn search(&self) -> Option<Library> {
        let repositories: &[&str] = match self.device {
            DeviceKind::Cpu => &[REPOSITORY],
            DeviceKind::Gpu => &[REPOSITORY_GPU, REPOSITORY],
        };
        let above = |name: &str| {
            let starts = self.executable.into_iter().chain(self.directory);
            starts.flat_map(Path::ancestors).find_map(|folder| library_in(&folder.join(name)))
        };
        let find = |source: LibrarySource, path: Option<PathBuf>| path.map(|path| Library { path, source });
        find(LibrarySource::Repository, repositories.iter().find_map(|name| above(name)))
            .or_else(|| find(LibrarySource::BesideExecutable, library_in(self.executable?)))
            .or_else(|| find(LibrarySource::Installation, library_in(&self.executable?.join(INSTALLED))))
    }
}

/// A file, or a folder that holds the library.
fn named(path: &Path, source: LibrarySource) -> Result<Library> {
    let file = if path.is_dir() { library_in(path) } else { path.is_file().then(|| path.to_owned()) };
    file.map(|path| Library { path, source }).ok_or_else(|| {
        Error::new(ErrorKind::Runtime, format!("{} names no ONNX Runtime library", source.describe()))
            .at(path)
            .help("give the path of libonnxruntime.so (or .dylib, onnxruntime.dll) or its folder")
            .with_setting("ort_library")
    })
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

/// Opens a library, and returns it with the version that it states. Fails where it is not an ONNX Runtime.
#[allow(unsafe_code)] // Foreign functions of a fixed, documented shape; see the comments at each call.
pub(super) fn open_library(path: &Path) -> std::result::Result<(libloading::Library, String), libloading::Error> {
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
    // returns a static, NUL-terminated string. The text is copied before `library` is closed.
    let version = unsafe { std::ffi::CStr::from_ptr(((*base()).get_version_string)()) };
    let version = version.to_string_lossy().into_owned();
    Ok((library, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_place_must_hold_the_library() {
        let folder = tempfile::tempdir().unwrap();
        let error = find_library(Some(folder.path()), DeviceKind::Cpu).unwrap_err();
        assert_eq!((error.setting(), error.path()), (Some("ort_library"), Some(folder.path())));
        assert!(error.to_string().contains("ort_library names no ONNX Runtime library"), "{error}");
        let file = folder.path().join("libonnxruntime.so.1.31.1");
        std::fs::write(&file, "").unwrap();
        for given in [folder.path(), &file] {
            let library = find_library(Some(given), DeviceKind::Cpu).unwrap();
            assert_eq!((library.path, library.source), (file.clone(), LibrarySource::Setting));
        }
    }

    #[test]
    fn places_are_searched_in_their_order() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for folder in ["prefix/bin", "prefix/lib/namewire", "work/deep"] {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        let (executable, directory) = (at("prefix/bin"), at("work/deep"));
        let search = |device| {
            let library = Places { executable: Some(&executable), directory: Some(&directory), device }.search()?;
            Some((library.source, library.path.canonicalize().unwrap()))
        };
        assert_eq!(search(DeviceKind::Gpu), None);
        let add = |folder: &str| {
            std::fs::create_dir_all(at(folder)).unwrap();
            std::fs::write(at(folder).join("libonnxruntime.so.1"), "").unwrap();
            at(folder).join("libonnxruntime.so.1").canonicalize().unwrap()
        };
        let installed = add("prefix/lib/namewire");
        assert_eq!(search(DeviceKind::Cpu), Some((LibrarySource::Installation, installed)));
        let beside = add("prefix/bin");
        assert_eq!(search(DeviceKind::Cpu), Some((LibrarySource::BesideExecutable, beside)));
        let current = add("work/.onnxruntime");
        assert_eq!(search(DeviceKind::Gpu), Some((LibrarySource::Repository, current)));
        let above = add("prefix/.onnxruntime");
        assert_eq!(search(DeviceKind::Gpu), Some((LibrarySource::Repository, above.clone())));
        let gpu = add("work/.onnxruntime-gpu");
        assert_eq!(search(DeviceKind::Gpu), Some((LibrarySource::Repository, gpu)));
        assert_eq!(search(DeviceKind::Cpu), Some((LibrarySource::Repository, above)));
    }
}
