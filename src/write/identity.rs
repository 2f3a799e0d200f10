//! What a run's output depends on, and how two runs differ.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Everything that a run's output depends on. A run can only be resumed with an equal identity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// Settings, model, tables, versions: objects of any shape, compared key by key.
    pub made_with: Map<String, Value>,
    /// The inputs, in order.
    pub inputs: Vec<InputIdentity>,
}

/// Path, size and time of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputIdentity {
    /// Its path, bytes that are not UTF-8 as `\\xHH`; `-` for standard input.
    pub path: String,
    /// Size in bytes; null for a pipe.
    pub size: Option<u64>,
    /// Modification time; null for a pipe.
    pub modified: Option<String>,
}

/// Describes the differences between two identities, one a line, up to `max` of them.
pub(super) fn differences(was: &Identity, is: &Identity, max: usize) -> Vec<String> {
    let mut all = Vec::new();
    compare("", &Value::Object(was.made_with.clone()), &Value::Object(is.made_with.clone()), &mut all);
    if was.inputs.len() != is.inputs.len() {
        all.push(format!("inputs: was {} of them, is {}", was.inputs.len(), is.inputs.len()));
    }
    for (number, (was, is)) in was.inputs.iter().zip(&is.inputs).enumerate() {
        if was.path != is.path {
            all.push(format!("input {}: was {}, is {}", number + 1, was.path, is.path));
        } else if was != is {
            let describe = |input: &InputIdentity| {
                let size = input.size.map_or("a pipe".to_owned(), |size| format!("{size} bytes"));
                input.modified.as_ref().map_or(size.clone(), |time| format!("{size} of {time}"))
            };
            all.push(format!("input {}: was {}, is {}", is.path, describe(was), describe(is)));
        }
    }
    let more = all.len().saturating_sub(max);
    all.truncate(max);
    all.extend((more > 0).then(|| format!("and {more} more")));
    all
}

fn compare(name: &str, was: &Value, is: &Value, differences: &mut Vec<String>) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            let added = is.iter().filter(|(key, _)| !was.contains_key(*key)).map(|(key, _)| key);
            for key in was.keys().chain(added) {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                let nothing = Value::Null;
                compare(&name, was.get(key).unwrap_or(&nothing), is.get(key).unwrap_or(&nothing), differences);
            }
        }
        _ if was == is => {}
        _ => differences.push(format!("{name}: was {was}, is {is}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn identity(made_with: Value, inputs: &[(&str, u64)]) -> Identity {
        let input = |&(path, size): &(&str, u64)| InputIdentity {
            path: path.into(),
            size: Some(size),
            modified: Some("then".into()),
        };
        Identity { made_with: made_with.as_object().unwrap().clone(), inputs: inputs.iter().map(input).collect() }
    }

    #[test]
    fn differences_name_both_values() {
        let was = identity(
            json!({"model": {"sha256": {"m.onnx": "aa"}}, "settings": {"types": ["PER"], "x": 1}}),
            &[("a", 1), ("b", 2)],
        );
        assert!(differences(&was, &was, 9).is_empty());
        let is = identity(
            json!({"model": {"sha256": {"m.onnx": "bb"}}, "settings": {"types": ["PER"], "y": "2"}}),
            &[("a", 3)],
        );
        assert_eq!(
            differences(&was, &is, 9),
            [
                "model.sha256.m.onnx: was \"aa\", is \"bb\"",
                "settings.x: was 1, is null",
                "settings.y: was null, is \"2\"",
                "inputs: was 2 of them, is 1",
                "input a: was 1 bytes of then, is 3 bytes of then",
            ]
        );
        assert_eq!(differences(&was, &is, 1)[1], "and 4 more");
        let is = identity(Value::Object(was.made_with.clone()), &[("a", 1), ("c", 2)]);
        assert_eq!(differences(&was, &is, 9), ["input 2: was b, is c"]);
    }
}
