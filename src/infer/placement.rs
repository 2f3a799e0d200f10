//! The nodes of a graph that run on the CPU in a GPU session, from ONNX Runtime's profile of a run.
//!
//! No call returns where a node runs. The session option `session.disable_cpu_ep_fallback` rejects every node on the CPU,
//! even the arithmetic on shapes that belongs there, so that no BERT would load with it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// The operators that take the time of a model. A GPU session with one of these on the CPU copies whole activations back
/// and forth.
const HEAVY: [&str; 16] = [
    "Attention",
    "BiasGelu",
    "BiasSoftmax",
    "EmbedLayerNormalization",
    "FastGelu",
    "FusedMatMul",
    "Gelu",
    "Gemm",
    "LayerNormalization",
    "MatMul",
    "MultiHeadAttention",
    "PackedAttention",
    "PackedMultiHeadAttention",
    "SimplifiedLayerNormalization",
    "SkipLayerNormalization",
    "Softmax",
];

const CPU: &str = "CPUExecutionProvider";
const SHOWN: usize = 5;

/// The placement of heavy nodes in a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Placement {
    /// Heavy nodes on any provider.
    heavy: usize,
    /// Those on the CPU, as `name (operator)`.
    on_cpu: Vec<String>,
}

impl Placement {
    /// Reads a profile: a JSON array of events, those of nodes with their operator and provider.
    pub(super) fn read(profile: &str) -> std::result::Result<Self, String> {
        let events: Vec<Value> =
            serde_json::from_str(profile).map_err(|error| format!("ONNX Runtime's profile cannot be read: {error}"))?;
        let mut placement = Self::default();
        for event in events.iter().filter(|event| event["cat"] == "Node") {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (operator, provider) = (text(&event["args"]["op_name"]), text(&event["args"]["provider"]));
            // Operators without a provider are events around a node, not its run.
            if provider.is_empty() || HEAVY.binary_search(&operator.as_str()).is_err() {
                continue;
            }
            placement.heavy += 1;
            if provider == CPU {
                let name = text(&event["name"]);
                placement.on_cpu.push(format!("{} ({operator})", name.trim_end_matches("_kernel_time")));
            }
        }
        Ok(placement)
    }

    /// Fails where a heavy node ran on the CPU, or where the profile has none at all.
    pub(super) fn check(&self) -> std::result::Result<(), String> {
        if self.heavy == 0 {
            return Err("ONNX Runtime's profile has no matrix product, so that their device is unknown".to_owned());
        }
        if self.on_cpu.is_empty() {
            return Ok(());
        }
        let (count, all) = (self.on_cpu.len(), self.heavy);
        let shown = self.on_cpu.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if count > SHOWN { format!(" and {} more", count - SHOWN) } else { String::new() };
        Err(format!("{count} of its {all} heavy nodes were placed on the CPU: {shown}{more}"))
    }
}

/// A temporary folder for ONNX Runtime's profile.
#[derive(Debug)]
pub(super) struct Profile(PathBuf);

impl Profile {
    pub(super) fn new() -> Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Relaxed);
        let folder = std::env::temp_dir().join(format!("namewire-profile-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| {
            Error::new(
                ErrorKind::Output,
                "the placement of the model's nodes cannot be checked: no folder for a profile",
            )
            .at(&folder)
            .because(error)
        })?;
        Ok(Self(folder))
    }

    /// The prefix of the profile's path.
    pub(super) fn prefix(&self) -> PathBuf {
        self.0.join("trial")
    }

    pub(super) fn remove(&self) {
        // A folder that stays only takes space.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, operator: &str, provider: &str) -> String {
        format!(
            r#"{{"cat": "Node", "dur": 38, "ph": "X", "name": "{name}_kernel_time",
                "args": {{"provider": "{provider}", "node_index": "31", "op_name": "{operator}"}}}}"#
        )
    }

    fn profile(events: &[String]) -> String {
        let session = r#"{"cat": "Session", "dur": 701, "ph": "X", "name": "model_loading_uri", "args": {}}"#;
        // Older versions write events before and after a node, without a provider.
        let fence = r#"{"cat": "Node", "name": "m_fence_before", "args": {"op_name": "MatMul"}}"#;
        format!("[{}]", [&[session.to_owned(), fence.to_owned()], events].concat().join(",\n"))
    }

    #[test]
    fn operators_are_sorted_for_the_binary_search() {
        assert!(HEAVY.is_sorted());
    }

    #[test]
    fn shape_arithmetic_may_run_on_the_cpu() {
        let events = [event("Shape_1", "Shape", CPU), event("a", "MatMul", "CUDAExecutionProvider")];
        let placement = Placement::read(&profile(&events)).unwrap();
        assert_eq!((placement.heavy, placement.on_cpu.len()), (1, 0));
        placement.check().unwrap();
    }

    #[test]
    fn a_heavy_node_on_the_cpu_is_named() {
        let mut events = vec![event("a", "MatMul", "CUDAExecutionProvider"), event("soft", "Softmax", CPU)];
        let message = Placement::read(&profile(&events)).unwrap().check().unwrap_err();
        assert_eq!(message, "1 of its 2 heavy nodes were placed on the CPU: soft (Softmax)");
        events.extend((0..6).map(|index| event(&format!("n{index}"), "LayerNormalization", CPU)));
        let message = Placement::read(&profile(&events)).unwrap().check().unwrap_err();
        assert!(message.contains("7 of its 8") && message.ends_with("n3 (LayerNormalization) and 2 more"), "{message}");
    }

    #[test]
    fn a_profile_without_heavy_nodes_is_an_error() {
        assert!(Placement::read(&profile(&[])).unwrap().check().unwrap_err().contains("no matrix product"));
        assert!(Placement::read("[{\"cat\":").unwrap_err().contains("cannot be read"));
    }
}
