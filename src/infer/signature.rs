//! The inputs and the output of a graph, read once and checked.

use ort::session::Session;
use ort::value::{Outlet, TensorElementType, ValueType};

/// Inputs and output of a graph.
#[derive(Debug)]
pub(super) struct Signature {
    /// In the graph's own order.
    pub(super) inputs: Vec<Input>,
    /// The name of the logits.
    pub(super) output: String,
}

/// An input of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) kind: InputKind,
    /// 32-bit integers, not 64.
    pub(super) narrow: bool,
}

/// What an input holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputKind {
    Ids,
    Mask,
    Types,
}

impl InputKind {
    const ALL: [(InputKind, &'static str); 3] =
        [(Self::Ids, "input_ids"), (Self::Mask, "attention_mask"), (Self::Types, "token_type_ids")];

    fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    pub(super) fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// Why a graph cannot be used, and what to do about it.
pub(super) type Refusal = (String, &'static str);

const EXPORT: &str = "export the model to ONNX again";

impl Signature {
    pub(super) fn read(session: &Session, labels: usize) -> Result<Self, Refusal> {
        let inputs = session.inputs().iter().map(read_input).collect::<Result<_, _>>()?;
        Ok(Self { inputs, output: find_logits(session.outputs(), labels)?.to_owned() })
    }
}

fn read_input(input: &Outlet) -> Result<Input, Refusal> {
    let name = input.name();
    let Some(kind) = InputKind::of(name) else {
        let known = InputKind::ALL.map(|(_, name)| name).join(", ");
        return Err((format!("it has an input {name:?}; only {known} are supported"), EXPORT));
    };
    let (element, shape) = tensor(input).ok_or_else(|| (format!("its input {name} is not a tensor"), EXPORT))?;
    let narrow = match element {
        TensorElementType::Int64 => false,
        TensorElementType::Int32 => true,
        other => return Err((format!("its input {name} is of {other}, not int64 or int32"), EXPORT)),
    };
    if shape.iter().any(|&size| size >= 0) {
        let what = format!("its input {name} is fixed to the shape {shape:?}: [batch, token] must both be free");
        return Err((what, "export the model with dynamic axes"));
    }
    Ok(Input { kind, narrow })
}

/// The output called "logits", or the only one, or the only one with a score per label.
fn find_logits(outputs: &[Outlet], labels: usize) -> Result<&str, Refusal> {
    if let Some(output) = outputs.iter().find(|output| output.name() == "logits") {
        return Ok(output.name());
    }
    let scores =
        |output: &&Outlet| tensor(output).is_some_and(|(_, shape)| shape.len() == 3 && shape[2] == labels as i64);
    let [only] = outputs else {
        let mut found = outputs.iter().filter(scores);
        return match (found.next(), found.next()) {
            (Some(output), None) => Ok(output.name()),
            _ => {
                let names: Vec<&str> = outputs.iter().map(Outlet::name).collect();
                let what = format!("none of its outputs ({}) is called \"logits\"", names.join(", "));
                Err((what, "export a token-classification model: \"logits\" must be [batch, token, label]"))
            }
        };
    };
    Ok(only.name())
}

fn tensor(outlet: &Outlet) -> Option<(TensorElementType, &[i64])> {
    match outlet.dtype() {
        ValueType::Tensor { ty, shape, .. } => Some((*ty, shape)),
        _ => None,
    }
}
