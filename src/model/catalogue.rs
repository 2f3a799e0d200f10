//! Known models that namewire can use: short manifests, compiled in from `models/`.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// What is known of a model. `None` is unknown, not "no".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownModel {
    /// `owner/name` on the hub; for the bundled model, its name.
    pub name: String,
    /// The branch or commit that the other fields describe; `None` for the bundled model.
    pub revision: Option<String>,
    /// Whether it is the model that is compiled in.
    #[serde(default)]
    pub bundled: bool,
    /// The licence that the model card states.
    pub licence: Option<String>,
    /// The labels that the model card lists.
    pub labels: Vec<String>,
    /// ISO 639-1 codes of the languages that it was trained for.
    pub languages: Vec<String>,
    /// Number of weights in millions, rounded.
    pub million_weights: Option<u32>,
    /// The score that its card claims.
    pub claim: Option<Claim>,
    /// The encoder that it was fine-tuned from.
    pub base: Option<String>,
    /// Whether the repository has ONNX files.
    pub onnx: Option<bool>,
    /// Remarks for choosing it.
    pub notes: Option<String>,
}

/// A score that a model card claims, not measured by us.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Entity F1 in percent.
    pub f1: f64,
    /// The test set.
    pub test_set: String,
}

impl KnownModel {
    /// The entity types of its labels, in their order: `PER`, `ORG`.
    pub fn types(&self) -> Result<Vec<String>> {
        let labels = super::LabelSet::new(self.labels.clone())?;
        Ok(labels.types().iter().map(|kind| kind.to_string()).collect())
    }
}

macro_rules! manifests {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/", $name, ".json")))),+]
    };
}

/// Manifests by file name, the bundled model first.
const MANIFESTS: [(&str, &str); 10] = manifests![
    "minilm-l6-news-ner",
    "bert-base-NER",
    "bert-large-NER",
    "distilbert-NER",
    "distilbert-base-multilingual-cased-ner-hrl",
    "roberta-large-ner-english",
    "roberta-large-ontonotes5",
    "wikineural-multilingual-ner",
    "xlm-roberta-base-ner-hrl",
    "xlm-roberta-large-finetuned-conll03-english",
];

/// All known models, the bundled one first.
pub fn known() -> Result<Vec<KnownModel>> {
    let parse = |(file, text): (&str, &str)| {
        serde_json::from_str(text)
            .map_err(|error| Error::new(ErrorKind::Internal, "a manifest cannot be read").at(file).because(error))
    };
    MANIFESTS.into_iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manifest_describes_a_usable_model() {
        let models = known().unwrap();
        for (model, (file, _)) in models.iter().zip(MANIFESTS) {
            let types = model.types().unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(
                ["PER", "PERSON"].iter().any(|person| types.iter().any(|kind| kind == person)),
                "{file}: {types:?}"
            );
            assert!(!model.languages.is_empty() && model.languages.iter().all(|code| code.len() == 2), "{file}");
            assert!(model.claim.as_ref().is_none_or(|claim| (50.0..100.0).contains(&claim.f1)), "{file}");
            assert_eq!(model.name.rsplit('/').next(), Some(file));
            assert_eq!(model.bundled, !model.name.contains('/'), "{file}");
        }
        assert!(models[0].bundled && models.iter().filter(|model| model.bundled).count() == 1);
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/models")).unwrap();
        let manifests = files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "json"));
        assert_eq!(manifests.count(), MANIFESTS.len(), "a manifest in models/ that is not compiled in");
    }

    #[cfg(bundled_model)]
    #[test]
    fn the_manifest_of_the_bundled_model_matches_it() {
        use crate::model::{Model, ModelOptions};
        let (manifest, model) = (&known().unwrap()[0], Model::bundled(&ModelOptions::default()).unwrap());
        assert_eq!(manifest.name, model.name);
        assert_eq!(manifest.labels, model.labels.names());
        assert_eq!(manifest.languages, model.card.languages);
        assert_eq!(manifest.licence, model.card.licence);
    }
}
