//! What ONNX Runtime needs to compute on a CUDA device: its provider, its libraries, pinned memory.

use std::path::Path;

use ort::ep::{self, ArenaExtendStrategy, ExecutionProviderDispatch};
use ort::memory::{AllocationDevice, Allocator, AllocatorType, MemoryInfo, MemoryType};
use ort::session::{IoBinding, Session};
use ort::value::{PrimitiveTensorElementType, Tensor};

use crate::error::Remedy;

/// The libraries that the CUDA provider links to or opens by name, each after its own dependencies. cuDNN finds its parts
/// in its own folder.
const LIBRARIES: [&str; 8] = [
    "libcudart.so.13",
    "libnvJitLink.so.13",
    "libnvrtc.so.13",
    "libcublasLt.so.13",
    "libcublas.so.13",
    "libcurand.so.10",
    "libcufft.so.12",
    "libcudnn.so.9",
];

/// The provider, which must load or fail. The arena grows by what is requested, not by powers of two.
/// `memory` is the maximum size of the arena in bytes.
pub(super) fn provider(device: u32, memory: Option<usize>) -> ExecutionProviderDispatch {
    let cuda = ep::CUDA::default()
        .with_device_id(device as i32)
        .with_arena_extend_strategy(ArenaExtendStrategy::SameAsRequested);
    let cuda = match memory {
        Some(bytes) => cuda.with_memory_limit(bytes),
        None => cuda,
    };
    cuda.build().error_on_failure()
}

/// Opens the CUDA libraries in the folder of ONNX Runtime, so that the loader finds them without `LD_LIBRARY_PATH`.
/// Those that are not there are the system's.
#[cfg(unix)]
#[allow(unsafe_code)] // Loading a library runs its initialisers.
pub(super) fn open_libraries(folder: &Path) {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LAZY};
    for path in LIBRARIES.iter().map(|name| folder.join(name)).filter(|path| path.is_file()) {
        // SAFETY: these are the vendor's libraries, in the folder of the runtime that the user chose to run.
        match unsafe { Library::open(Some(&path), RTLD_LAZY | RTLD_GLOBAL) } {
            // Stays open as long as the process: the provider links to it.
            Ok(library) => std::mem::forget(library),
            // The provider's own failure will say what is missing.
            Err(error) => tracing::debug!("{}: {error}", path.display()),
        }
    }
}

#[cfg(not(unix))]
pub(super) fn open_libraries(_: &Path) {}

/// What to do about a message of ONNX Runtime that the provider cannot be used, where it is known.
pub(super) fn advice(message: &str) -> Option<(String, Option<Remedy>)> {
    if let Some(library) = missing_library(message) {
        return Some(match library {
            "libcuda.so.1" => {
                ("libcuda.so.1 comes with NVIDIA's driver: install the driver of the GPU".to_owned(), None)
            }
            _ => {
                let help =
                    format!("{library} is missing: the CUDA libraries must be beside ONNX Runtime or the system's");
                (help, Some(Remedy::InstallGpuRuntime))
            }
        });
    }
    let device = ["no CUDA-capable device", "CUDA driver version is insufficient", "invalid device ordinal"];
    let device = device.iter().any(|mark| message.contains(mark));
    let help = "`nvidia-smi` lists the GPUs and the driver's version; CUDA 13 needs driver 580 or newer";
    device.then(|| (help.to_owned(), None))
}

/// The library that the loader did not find: "… error: libcublasLt.so.13: cannot open shared object file …".
fn missing_library(message: &str) -> Option<&str> {
    let before = &message[..message.find(": cannot open shared object file")?];
    before.rsplit([' ', '/']).next().filter(|name| !name.is_empty())
}

/// Whether a message of ONNX Runtime says that memory ran out.
pub(super) fn is_out_of_memory(message: &str) -> bool {
    let marks = [
        "Failed to allocate memory",
        "CUDA_ERROR_OUT_OF_MEMORY",
        "CUBLAS_STATUS_ALLOC_FAILED",
        "BFCArena",
        "bfc_arena",
        "out of memory",
        "std::bad_alloc",
    ];
    marks.iter().any(|mark| message.contains(mark))
}

/// Tensors bound to a session: inputs and output are in memory that the device reads and writes directly.
#[derive(Debug)]
pub(super) struct Bound {
    binding: IoBinding,
    allocator: Allocator,
    memory: MemoryInfo<'static>,
    output: String,
}

impl Bound {
    /// Binds `output` to the pinned memory of a CUDA device.
    pub(super) fn pinned(session: &Session, device: u32, output: &str) -> ort::Result<Self> {
        Self::new(session, &AllocationDevice::CUDA_PINNED, device as i32, output)
    }

    fn new(session: &Session, place: &AllocationDevice<'static>, device: i32, output: &str) -> ort::Result<Self> {
        let memory = || MemoryInfo::new(place.clone(), device, AllocatorType::Device, MemoryType::CPUOutput);
        let allocator = Allocator::new(session, memory()?)?;
        Ok(Self { binding: session.create_binding()?, allocator, memory: memory()?, output: output.to_owned() })
    }

    /// Copies an input into memory of the allocator's arena and binds it in place of the last one.
    pub(super) fn set<T>(&mut self, name: &str, shape: [usize; 2], data: impl Iterator<Item = T>) -> ort::Result<()>
    where
        T: PrimitiveTensorElementType + std::fmt::Debug + Clone + 'static,
    {
        let mut tensor = Tensor::<T>::new(&self.allocator, shape)?;
        let (_, cells) = tensor.try_extract_tensor_mut::<T>()?;
        cells.iter_mut().zip(data).for_each(|(cell, value)| *cell = value);
        self.binding.bind_input(name, &tensor)
    }

    /// Runs the session on what is bound, and has `take` read the output.
    pub(super) fn run<R>(
        &mut self,
        session: &mut Session,
        take: impl FnOnce(&ort::value::DynValue) -> ort::Result<R>,
    ) -> ort::Result<R> {
        // Bound again for each run: else the output of the last run is returned, whose shape may differ.
        self.binding.bind_output_to_device(self.output.as_str(), &self.memory)?;
        let outputs = session.run_binding(&self.binding)?;
        take(&outputs[self.output.as_str()])
    }
}

#[cfg(test)]
impl Bound {
    /// As [`Bound::pinned`], in ordinary memory, for tests on machines without a GPU.
    pub(super) fn unpinned(session: &Session, output: &str) -> ort::Result<Self> {
        Self::new(session, &AllocationDevice::CPU, 0, output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSING: &str = "provider_bridge_ort.cc:2043 Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library \
        /opt/ort/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared object file: No \
        such file or directory";

    #[test]
    fn a_missing_library_is_named() {
        assert_eq!(missing_library(MISSING), Some("libcublasLt.so.13"));
        assert_eq!(advice(MISSING).unwrap().1, Some(Remedy::InstallGpuRuntime));
        assert!(advice(&MISSING.replace("libcublasLt.so.13", "libcuda.so.1")).unwrap().0.contains("driver"));
        assert!(advice("CUDA failure 100: no CUDA-capable device is detected").unwrap().0.contains("nvidia-smi"));
        assert_eq!(advice("the graph has a cycle"), None);
    }

    #[test]
    fn out_of_memory_is_recognised_by_its_message() {
        for message in [
            "bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory \
             for requested buffer of size 38654705664",
            "CUDA failure 2: out of memory ; GPU=0",
            "CUDA_ERROR_OUT_OF_MEMORY",
        ] {
            assert!(is_out_of_memory(message), "{message}");
        }
        assert!(!is_out_of_memory("indices element out of data bounds, idx=30522"));
    }
}
