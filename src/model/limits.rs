//! The window and the padding id of a model, which several of its files may give.

use serde_json::Value;

use super::{Card, HubConfig};
use crate::error::{Error, Result};

/// The window where no other is requested. Models that could take thousands of tokens were trained for names on
/// sentences, and the cost of attention grows with the square of the window.
const DEFAULT: usize = 512;

/// Architectures that number positions from the padding id, as RoBERTa does: so many rows of their position table,
/// and one more, belong to no token.
const NUMBERED_FROM_PADDING: [&str; 12] = [
    "camembert",
    "data2vec-text",
    "ibert",
    "lilt",
    "longformer",
    "luke",
    "markuplm",
    "mpnet",
    "roberta",
    "roberta-prelayernorm",
    "xlm-roberta",
    "xmod",
];

/// Tokens per window, special tokens included: the requested number, else that of the card, else the default; never
/// more than the model was made for.
pub(super) fn window(config: &HubConfig, notes: &Value, card: &Card, asked: Option<usize>) -> Result<usize> {
    let limit = [positions(config), longest_text(notes), card.window].into_iter().flatten().min().unwrap_or(DEFAULT);
    match asked {
        Some(asked) if asked > limit => {
            let what = format!("a window of {asked} tokens is longer than the {limit} that the model was made for");
            Err(Error::config(what).with_setting("window"))
        }
        Some(asked) => Ok(asked),
        None => Ok(card.window.unwrap_or(DEFAULT).min(limit)),
    }
}

/// Maximum number of tokens that have a position.
fn positions(config: &HubConfig) -> Option<usize> {
    let rows = usize::try_from(config.max_position_embeddings?).ok().filter(|&rows| rows > 0)?;
    let shifted = config.model_type.as_deref().is_some_and(|kind| NUMBERED_FROM_PADDING.contains(&kind));
    let padding = usize::try_from(config.pad_token_id.unwrap_or(1)).unwrap_or(1);
    Some(if shifted { rows.saturating_sub(padding + 1) } else { rows })
}

/// The limit of `tokenizer_config.json`, where "no limit" is a number of thirty digits.
fn longest_text(notes: &Value) -> Option<usize> {
    notes["model_max_length"].as_f64().filter(|&max| (1.0..1e6).contains(&max)).map(|max| max as usize)
}

/// The padding id: `config.json` before the tokenizer, since models that number positions from it go by their own.
pub(super) fn padding(config: &HubConfig, notes: &Value, tokenizer: &tokenizers::Tokenizer) -> u32 {
    let named = &notes["pad_token"];
    let named = named.as_str().or_else(|| named["content"].as_str());
    let id = |name: &str| tokenizer.token_to_id(name);
    (config.pad_token_id.and_then(|id| u32::try_from(id).ok()))
        .or_else(|| tokenizer.get_padding().map(|padding| padding.pad_id))
        .or_else(|| named.and_then(id))
        .or_else(|| ["[PAD]", "<pad>"].into_iter().find_map(id))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(config: Value, notes: Value, card: Option<usize>, asked: Option<usize>) -> Result<usize> {
        let config: HubConfig = serde_json::from_value(config).unwrap();
        window(&config, &notes, &Card { window: card, ..Card::default() }, asked)
    }

    #[test]
    fn the_window_is_the_shortest_that_any_file_gives() {
        let usual = |config: Value, notes: Value, card| of(config, notes, card, None).unwrap();
        let bert = json!({"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0});
        assert_eq!(usual(bert.clone(), Value::Null, None), 512);
        assert_eq!(usual(bert.clone(), json!({"model_max_length": 256}), None), 256);
        assert_eq!(usual(bert.clone(), json!({"model_max_length": 1e30}), Some(192)), 192);
        assert_eq!(usual(json!({"max_position_embeddings": -1}), Value::Null, None), 512);
        // 514 and 130 positions, of which the first two hold no token.
        for (kind, rows, tokens) in
            [("roberta", 514, 512), ("xlm-roberta", 514, 512), ("roberta", 130, 128), ("mpnet", 514, 512)]
        {
            let config = json!({"model_type": kind, "max_position_embeddings": rows, "pad_token_id": 1});
            assert_eq!(usual(config, Value::Null, None), tokens, "{kind}");
        }
        let unpadded = json!({"model_type": "roberta", "max_position_embeddings": 514});
        assert_eq!(usual(unpadded, Value::Null, None), 512);
    }

    #[test]
    fn a_long_window_is_used_only_on_request() {
        let modern = json!({"model_type": "modernbert", "max_position_embeddings": 8192});
        let notes = json!({"model_max_length": 8192});
        assert_eq!(of(modern.clone(), notes.clone(), None, None).unwrap(), 512);
        assert_eq!(of(modern.clone(), notes.clone(), Some(2048), None).unwrap(), 2048);
        assert_eq!(of(modern.clone(), notes.clone(), None, Some(8192)).unwrap(), 8192);
        assert!(of(modern, notes, None, Some(8193)).unwrap_err().to_string().contains("longer than the 8192"));
    }

    #[test]
    fn the_padding_id_is_taken_from_the_first_file_that_has_one() {
        let json = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tiny/tokenizer.json"));
        let tokenizer = tokenizers::Tokenizer::from_bytes(json).unwrap();
        let id = |config: Value, notes: Value| padding(&serde_json::from_value(config).unwrap(), &notes, &tokenizer);
        let unknown = tokenizer.token_to_id("[UNK]").unwrap();
        assert_eq!(id(json!({"pad_token_id": 7}), json!({"pad_token": "[UNK]"})), 7);
        assert_eq!(id(json!({"pad_token_id": -1}), json!({"pad_token": "[UNK]"})), unknown);
        assert_eq!(id(json!({}), json!({"pad_token": {"content": "[UNK]"}})), unknown);
        assert_eq!(id(json!({}), json!({"pad_token": null})), tokenizer.token_to_id("[PAD]").unwrap());
    }
}
