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
    /// The labels of `config.json`, or else of the model card; empty where they are unknown.
    pub labels: Vec<String>,
    /// ISO 639-1 codes of the languages that it was trained for.
    pub languages: Vec<String>,
    /// Number of weights in millions, rounded.
    pub million_weights: Option<u32>,
    /// The score that its card claims.
    pub claim: Option<Claim>,
    /// The encoder that it was fine-tuned from.
    pub base: Option<String>,
    /// Whether the repository has what `namewire model fetch` needs: an ONNX file and `tokenizer.json`.
    pub onnx: Option<bool>,
    /// Another repository on the hub with an ONNX export of it, not compared with the original.
    pub onnx_export: Option<String>,
    /// Remarks for choosing it.
    pub notes: Option<String>,
    /// The public pages that state these facts.
    #[serde(default)]
    pub sources: Vec<String>,
    /// What no public page confirmed.
    #[serde(default)]
    pub unverified: Vec<String>,
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
const MANIFESTS: [(&str, &str); 24] = manifests![
    "minilm-l6-news-ner",
    // English
    "bert-base-NER",
    "bert-large-NER",
    "distilbert-NER",
    "roberta-large-ner-english",
    "roberta-large-ontonotes5",
    "xlm-roberta-large-finetuned-conll03-english",
    // Several languages
    "bert-base-multilingual-cased-ner-hrl",
    "distilbert-base-multilingual-cased-ner-hrl",
    "wikineural-multilingual-ner",
    "xlm-roberta-base-ner-hrl",
    // Arabic
    "bert-base-arabic-camelbert-mix-ner",
    // French
    "camembert-ner",
    "distilcamembert-base-ner",
    // German
    "bert_de_ner",
    "xlm-roberta-large-finetuned-conll03-german",
    // Persian
    "bert-base-parsbert-ner-uncased",
    "bert-fa-zwnj-base-ner",
    // Russian
    "sberbank-rubert-base-collection3",
    // Spanish
    "bert-spanish-cased-finetuned-ner",
    "roberta-base-bne-capitel-ner",
    "xlm-roberta-large-ner-spanish",
    // Turkish
    "bert-base-turkish-cased-ner",
    "bert-base-turkish-ner-cased",
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
            if model.labels.is_empty() {
                assert!(model.unverified.iter().any(|fact| fact.starts_with("labels")), "{file}");
            } else {
                let types = model.types().unwrap_or_else(|error| panic!("{file}: {error}"));
                let is_person = |kind: &String| ["PER", "PERS", "PERSON"].contains(&kind.as_str());
                assert!(types.iter().any(is_person), "{file}: {types:?}");
            }
            assert!(model.bundled || !model.sources.is_empty(), "{file}: no source");
            assert!(model.sources.iter().all(|source| source.starts_with("https://")), "{file}");
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
