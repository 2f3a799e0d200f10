//! What an ONNX file says of itself: its operators, and the files that its weights are in.
//!
//! ONNX Runtime opens any file that a graph names for its weights, so the names are checked before, to keep a model from
//! opening arbitrary files. The walk through the messages enters those that lead to operators and tensors and skips all
//! others, weights above all, so that of a mapped file little is read.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use super::protobuf::{Value, fields};

/// What is found in an ONNX file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OnnxFile {
    /// The types of its operators.
    pub(super) operators: BTreeSet<String>,
    /// The external files that it names.
    pub(super) locations: BTreeSet<String>,
}

/// A message that may hold operators or tensors, or is one.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Function,
    Attribute,
    Training,
    Sparse,
    Tensor,
    Entry,
}

impl Message {
    /// The message of a field that is entered, by the field numbers of `onnx.proto`.
    fn field(self, number: u64) -> Option<Self> {
        match (self, number) {
            (Self::Model, 7) | (Self::Training, 1 | 2) | (Self::Attribute, 6 | 11) => Some(Self::Graph),
            (Self::Model, 20) => Some(Self::Training),
            (Self::Model, 25) => Some(Self::Function),
            (Self::Graph, 1) | (Self::Function, 7) => Some(Self::Node),
            (Self::Graph, 5) | (Self::Attribute, 5 | 10) | (Self::Sparse, 1 | 2) => Some(Self::Tensor),
            (Self::Graph, 15) | (Self::Attribute, 22 | 23) => Some(Self::Sparse),
            (Self::Node, 5) | (Self::Function, 11) => Some(Self::Attribute),
            (Self::Tensor, 13) => Some(Self::Entry),
            _ => None,
        }
    }
}

/// Maximum depth of nested messages, as in graphs within graphs; that of protobuf itself.
const MAX_DEPTH: usize = 100;

impl OnnxFile {
    /// Reads the bytes of a file, or says why it is not an ONNX file.
    pub(super) fn read(file: &[u8]) -> Result<Self, &'static str> {
        let mut found = Self::default();
        found.walk(file, Message::Model, MAX_DEPTH)?;
        Ok(found)
    }

    fn walk(&mut self, bytes: &[u8], message: Message, depth: usize) -> Result<(), &'static str> {
        let depth = depth.checked_sub(1).ok_or("its messages are nested too deeply")?;
        let (mut key, mut value) = (&b""[..], &b""[..]);
        for field in fields(bytes) {
            let field = field?;
            let Value::Bytes(part) = field.value else { continue };
            match (message, field.number) {
                (Message::Entry, 1) => key = part,
                (Message::Entry, 2) => value = part,
                (Message::Node, 4) => {
                    self.operators.insert(text(part));
                }
                (_, number) => message.field(number).map_or(Ok(()), |inner| self.walk(part, inner, depth))?,
            }
        }
        if matches!(message, Message::Entry) && key == b"location" {
            self.locations.insert(text(value));
        }
        Ok(())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether a name is that of a file below the folder of the ONNX file.
pub(super) fn stays_below(location: &str) -> bool {
    let is_plain = |component| matches!(component, Component::Normal(_) | Component::CurDir);
    // A name that is harmless on this system may not be on another.
    let foreign = location.contains(['\\', ':', '\0']);
    !location.is_empty() && !foreign && Path::new(location).components().all(is_plain)
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use proptest::prelude::*;

    use super::super::protobuf::{ENDS, push_bytes, push_varint};
    use super::*;
    use crate::mapped_file::MappedFile;

    fn field(number: u64, part: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        push_bytes(&mut bytes, number, part);
        bytes
    }

    fn locations(file: &[u8]) -> Result<Vec<String>, &'static str> {
        OnnxFile::read(file).map(|found| found.locations.into_iter().collect())
    }

    /// A model whose tensor, at the end of these fields, names a file.
    fn model(path: &[u64], location: &str) -> Vec<u8> {
        let entry = [field(1, b"location"), field(2, location.as_bytes())].concat();
        let other = [field(1, b"offset"), field(2, b"4096")].concat();
        let tensor = [field(8, b"weights"), field(13, &entry), field(13, &other), vec![14 << 3, 1]].concat();
        path.iter().rev().fold(tensor, |part, &number| field(number, &part))
    }

    #[test]
    fn tensors_are_found_at_every_level() {
        for path in
            [&[7, 5][..], &[7, 15, 1], &[7, 1, 5, 5], &[7, 1, 5, 6, 5], &[7, 1, 5, 10], &[25, 7, 5, 5], &[20, 1, 5]]
        {
            assert_eq!(locations(&model(path, "w.data")).unwrap(), ["w.data"], "{path:?}");
        }
        let both = [model(&[7, 5], "b"), model(&[7, 5], "a"), model(&[7, 5], "a")].concat();
        assert_eq!(locations(&both).unwrap(), ["a", "b"]);
        assert!(locations(&model(&[7, 9], "no tensor")).unwrap().is_empty());
    }

    #[test]
    fn operators_are_found_at_every_level() {
        let node = |name: &str| field(4, name.as_bytes());
        let nested =
            |path: &[u64], name: &str| path.iter().rev().fold(node(name), |part, &number| field(number, &part));
        let file = [nested(&[7, 1], "If"), nested(&[7, 1, 5, 6, 1], "Gather"), nested(&[25, 7], "Erf")].concat();
        // The name of a tensor, and its data.
        let tensor = [field(8, b"MatMulInteger"), field(9, &node("MatMulInteger"))].concat();
        let file = [file, field(7, &field(5, &tensor))].concat();
        let operators = OnnxFile::read(&file).unwrap().operators;
        assert_eq!(operators.into_iter().collect::<Vec<_>>(), ["Erf", "Gather", "If"]);
    }

    #[test]
    fn a_model_without_external_data() {
        let graph = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tiny/model.onnx"));
        assert_eq!(locations(graph), Ok(vec![]));
        assert!(OnnxFile::read(graph).unwrap().operators.contains("Gather"));
        assert_eq!(locations(&graph[..graph.len() / 2]), Err(ENDS));
    }

    #[test]
    fn weights_are_not_read() {
        const WEIGHTS: u64 = 40 << 30;
        let (mut start, node) = (vec![9 << 3 | 2], field(1, &field(4, b"Gather")));
        push_varint(&mut start, WEIGHTS);
        // A graph of a tensor that ends with its weights, and of a node.
        for (number, after) in [(5, 0), (7, node.len())] {
            let mut outer = vec![number << 3 | 2];
            push_varint(&mut outer, start.len() as u64 + WEIGHTS + after as u64);
            start.splice(..0, outer);
        }
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&start).unwrap();
        file.as_file().set_len(start.len() as u64 + WEIGHTS).unwrap();
        file.seek(SeekFrom::End(0)).unwrap();
        file.write_all(&node).unwrap();
        let found = OnnxFile::read(&MappedFile::open(file.path()).unwrap()).unwrap();
        assert!(found.operators.iter().eq(["Gather"]));
        // An interrupted download may be all zeros.
        file.as_file().set_len(0).unwrap();
        file.as_file().set_len(WEIGHTS).unwrap();
        assert_eq!(OnnxFile::read(&MappedFile::open(file.path()).unwrap()), Err(ENDS));
    }

    #[test]
    fn deep_nesting_is_rejected() {
        let deep: Vec<u64> = [7].into_iter().chain([1, 5, 6].into_iter().cycle().take(600)).collect();
        assert_eq!(locations(&model(&deep, "x")), Err("its messages are nested too deeply"));
    }

    #[test]
    fn names_outside_the_folder_are_recognised() {
        for (location, below) in [
            ("model.onnx_data", true),
            ("parts/./w.bin", true),
            ("a..b", true),
            ("", false),
            ("/etc/passwd", false),
            ("../w.bin", false),
            ("a/../../w.bin", false),
            ("..\\w.bin", false),
            ("C:w.bin", false),
        ] {
            assert_eq!(stays_below(location), below, "{location:?}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_do_not_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..200, byte: u8) {
            let _ = locations(&bytes);
            bytes = model(&[7, 1, 5, 6, 5], "w.data");
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = locations(&bytes);
        }
    }
}
