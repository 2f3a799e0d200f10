//! A graph in memory whose large weights stay where they are.
//!
//! ONNX Runtime copies the weights of a graph while it reads it, for each session. Weights that are external data can be
//! given to it in place instead: sessions open in a third of the time, and all of them share one copy of the weights.

use super::protobuf::{Value, fields, push_bytes, push_number, varint};

/// A graph without its large weights, and these.
#[derive(Clone, Debug)]
pub struct EmbeddedGraph {
    /// The ONNX model; the weights are named as external data.
    pub model: Vec<u8>,
    /// What the sessions of the model are given.
    pub weights: Vec<Weight>,
}

/// A tensor of 8-bit integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Its name in the graph.
    pub name: String,
    /// Its axes.
    pub shape: Vec<i64>,
    /// Whether its integers have a sign.
    pub is_signed: bool,
    /// Its integers, as many as the product of the axes.
    pub bytes: &'static [u8],
}

/// Minimum length of a weight that is separated, in bytes.
const MIN_BYTES: usize = 1 << 12;

/// Field numbers of `onnx.proto`.
mod field {
    pub(super) const MODEL_GRAPH: u64 = 7;
    pub(super) const GRAPH_INITIALIZER: u64 = 5;
    pub(super) const TENSOR_DIMS: u64 = 1;
    pub(super) const TENSOR_TYPE: u64 = 2;
    pub(super) const TENSOR_NAME: u64 = 8;
    pub(super) const TENSOR_RAW_DATA: u64 = 9;
    pub(super) const TENSOR_EXTERNAL_DATA: u64 = 13;
    pub(super) const TENSOR_DATA_LOCATION: u64 = 14;
}

/// Values of `TensorProto.DataType` and `TensorProto.DataLocation`.
const UINT8: u64 = 2;
const INT8: u64 = 3;
const EXTERNAL: u64 = 1;

impl EmbeddedGraph {
    /// Separates the large 8-bit weights of an ONNX model from it. Fails where it is no ONNX model.
    pub(super) fn new(model: &'static [u8]) -> Result<Self, &'static str> {
        let mut embedded = Self { model: Vec::new(), weights: Vec::new() };
        for field in fields(model) {
            let field = field?;
            match field.value {
                Value::Bytes(graph) if field.number == field::MODEL_GRAPH => {
                    let graph = embedded.without_weights(graph)?;
                    push_bytes(&mut embedded.model, field.number, &graph);
                }
                _ => embedded.model.extend_from_slice(field.bytes),
            }
        }
        Ok(embedded)
    }

    fn without_weights(&mut self, graph: &'static [u8]) -> Result<Vec<u8>, &'static str> {
        let mut rest = Vec::new();
        for field in fields(graph) {
            let field = field?;
            let weight = match field.value {
                Value::Bytes(tensor) if field.number == field::GRAPH_INITIALIZER => Weight::of(tensor)?,
                _ => None,
            };
            match weight {
                Some(weight) => {
                    push_bytes(&mut rest, field.number, &weight.as_external());
                    self.weights.push(weight);
                }
                None => rest.extend_from_slice(field.bytes),
            }
        }
        Ok(rest)
    }
}

impl Weight {
    /// The weight that a tensor is; `None` for a small one, or one of another type.
    fn of(tensor: &'static [u8]) -> Result<Option<Self>, &'static str> {
        let mut weight = Self { name: String::new(), shape: Vec::new(), is_signed: false, bytes: &[] };
        let mut element = 0;
        for field in fields(tensor) {
            let field = field?;
            match (field.number, field.value) {
                (field::TENSOR_DIMS, Value::Number(axis)) => weight.shape.push(axis as i64),
                (field::TENSOR_DIMS, Value::Bytes(mut axes)) => {
                    while !axes.is_empty() {
                        weight.shape.push(varint(&mut axes)? as i64);
                    }
                }
                (field::TENSOR_TYPE, Value::Number(number)) => element = number,
                (field::TENSOR_NAME, Value::Bytes(name)) => {
                    weight.name = std::str::from_utf8(name).map_err(|_| "a name in it is not UTF-8")?.to_owned();
                }
                (field::TENSOR_RAW_DATA, Value::Bytes(bytes)) => weight.bytes = bytes,
                _ => {}
            }
        }
        weight.is_signed = element == INT8;
        let product = weight.shape.iter().try_fold(1i64, |product, &axis| product.checked_mul(axis));
        let is_whole = product == i64::try_from(weight.bytes.len()).ok();
        let is_weight = matches!(element, UINT8 | INT8) && weight.bytes.len() >= MIN_BYTES && is_whole;
        Ok(is_weight.then_some(weight))
    }

    /// The tensor as one whose data is elsewhere. The place is never looked at, but must be given.
    fn as_external(&self) -> Vec<u8> {
        let mut tensor = Vec::new();
        self.shape.iter().for_each(|&axis| push_number(&mut tensor, field::TENSOR_DIMS, axis as u64));
        push_number(&mut tensor, field::TENSOR_TYPE, if self.is_signed { INT8 } else { UINT8 });
        push_bytes(&mut tensor, field::TENSOR_NAME, self.name.as_bytes());
        for (key, value) in [("location", "memory"), ("offset", "0"), ("length", &self.bytes.len().to_string())] {
            let mut entry = Vec::new();
            push_bytes(&mut entry, 1, key.as_bytes());
            push_bytes(&mut entry, 2, value.as_bytes());
            push_bytes(&mut tensor, field::TENSOR_EXTERNAL_DATA, &entry);
        }
        push_number(&mut tensor, field::TENSOR_DATA_LOCATION, EXTERNAL);
        tensor
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BYTES: &[u8] = &[7; MIN_BYTES];
    const AXES: [u64; 2] = [MIN_BYTES as u64 / 4, 4];

    fn tensor(name: &str, element: u64, axes: &[u64], bytes: &[u8]) -> Vec<u8> {
        let mut tensor = Vec::new();
        axes.iter().for_each(|&axis| push_number(&mut tensor, field::TENSOR_DIMS, axis));
        push_number(&mut tensor, field::TENSOR_TYPE, element);
        push_bytes(&mut tensor, field::TENSOR_NAME, name.as_bytes());
        push_bytes(&mut tensor, field::TENSOR_RAW_DATA, bytes);
        tensor
    }

    /// A model with these tensors, the graph's name before them and a version after the graph.
    fn model(tensors: &[Vec<u8>]) -> &'static [u8] {
        let (mut graph, mut model) = (Vec::new(), Vec::new());
        push_bytes(&mut graph, 2, b"name");
        tensors.iter().for_each(|tensor| push_bytes(&mut graph, field::GRAPH_INITIALIZER, tensor));
        push_bytes(&mut model, field::MODEL_GRAPH, &graph);
        push_number(&mut model, 1, 10);
        model.leak()
    }

    #[test]
    fn large_integer_weights_are_separated() {
        let embedded =
            EmbeddedGraph::new(model(&[tensor("u", UINT8, &AXES, BYTES), tensor("i", INT8, &AXES, BYTES)])).unwrap();
        let found = embedded.weights.iter().map(|weight| (&*weight.name, weight.is_signed, weight.bytes));
        assert!(found.eq([("u", false, BYTES), ("i", true, BYTES)]));
        assert!(embedded.weights.iter().all(|weight| weight.shape == [MIN_BYTES as i64 / 4, 4]));
        assert!(embedded.model.len() < 300);
        // What is left names external data, so that it is a whole model only together with the weights.
        let locations = super::super::onnx_file::OnnxFile::read(&embedded.model).unwrap().locations;
        assert!(locations.iter().eq(["memory"]), "{locations:?}");
    }

    #[test]
    fn other_tensors_stay_in_the_graph() {
        let float = 1;
        let tensors = [
            tensor("float", float, &AXES, BYTES),
            tensor("small", UINT8, &[4], &BYTES[..4]),
            tensor("wrong length", UINT8, &[MIN_BYTES as u64 * 2], BYTES),
        ];
        let model = model(&tensors);
        let embedded = EmbeddedGraph::new(model).unwrap();
        assert!(embedded.weights.is_empty());
        assert_eq!(embedded.model, model);
    }

    proptest! {
        #[test]
        fn damaged_models_do_not_panic(at in 0usize..80, byte: u8) {
            let mut bytes = model(&[tensor("u", UINT8, &AXES, BYTES)]).to_vec();
            bytes[at] = byte;
            let _ = EmbeddedGraph::new(bytes.leak());
        }
    }
}
