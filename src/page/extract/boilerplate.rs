//! What stands among the paragraphs of an article and is not its text: by kinds, never by site.

use super::blocks::Block;
use super::hints::Hints;
use super::tags::Tag;
use super::text::plain_text;
use super::tree::Tree;
use crate::page::PageMode;

/// What is not main text wherever it stands.
const BOILERPLATE: Hints = Hints::COMMENTS
    .with(Hints::SHARING)
    .with(Hints::RELATED)
    .with(Hints::CAPTION)
    .with(Hints::ADVERTISING)
    .with(Hints::SUBSCRIPTION)
    .with(Hints::NAVIGATION)
    .with(Hints::BYLINE)
    .with(Hints::NOTICE)
    .with(Hints::HIDDEN)
    .with(Hints::MEDIA)
    .with(Hints::TAGS)
    .with(Hints::EMBED);

/// How much a block says of where the main text is.
pub(super) fn weight(block: &Block) -> u32 {
    if is_boilerplate(block) { 0 } else { block.weight() }
}

/// Whether names around a block tell that it is no text.
pub(super) fn is_boilerplate(block: &Block) -> bool {
    block.hints.has(BOILERPLATE)
}

/// Whether a block among the paragraphs is text.
pub(super) fn is_text(tree: &Tree, block: &Block, mode: PageMode) -> bool {
    if is_boilerplate(block) || block.link_chars * 10 > block.chars * 7 || block.tag == Tag::H1 {
        return false;
    }
    if mode == PageMode::Precise && !(block.tag.is_heading() || block.weight() > 0) {
        return false;
    }
    if block.chars > 150 || mode == PageMode::Fast {
        return true;
    }
    let text = plain_text(tree, block);
    let is_own_line = block.tag.is_heading()
        || matches!(block.tag, Tag::P | Tag::Li | Tag::Blockquote | Tag::Td | Tag::Th | Tag::Dd | Tag::Dt | Tag::Pre);
    if !is_own_line && block.chars < 40 && !ends_sentence(&text) {
        return false;
    }
    !is_label(&text) && !is_credit(&text) && !is_time(&text, block)
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '“', '»', '’', '\'', ')', '」', ' '])
        .ends_with(['.', '!', '?', '…', '。', '۔', '।', '؟', ':'])
}

/// Labels above other articles, newsletters and such, in lower case.
const LABELS: &[&str] = &[
    "advertisement",
    "also read",
    "anzeige",
    "article continues",
    "continue reading",
    "czytaj także",
    "czytaj więcej",
    "follow us",
    "get our",
    "its free",
    "leer más",
    "leia também",
    "leggi anche",
    "lesen sie",
    "lire aussi",
    "à lire aussi",
    "les også",
    "läs också",
    "læs også",
    "mehr zum thema",
    "more from",
    "more on this",
    "most read",
    "newsletter",
    "read also",
    "read more",
    "read next",
    "recommended",
    "related",
    "see also",
    "share this",
    "sign up",
    "subscribe",
    "te puede interesar",
    "watch:",
    "watch |",
    "zum thema",
    "lees ook",
    "lue myös",
    "read:",
    "click here",
    "all rights reserved",
    "copyright",
    "©",
    "lesen sie auch",
    "lesen sie mehr",
    "auch interessant",
    "listen to this",
    "scroll to continue",
    "story continues",
    "download the",
    "join our",
    "join the conversation",
];

fn is_label(text: &str) -> bool {
    let text = text.trim_start_matches(|char: char| !char.is_alphanumeric() && char != '©').to_lowercase();
    LABELS.iter().any(|label| text.starts_with(label))
}

/// What stands before and after the names of photographers and agencies.
const CREDITS: &[&str] = &[
    "foto:",
    "fotos:",
    "photo:",
    "photos:",
    "image:",
    "images:",
    "bild:",
    "bilder:",
    "bildquelle:",
    "photograph:",
    "picture:",
    "credit:",
    "credits:",
    "quelle:",
    "source:",
    "(foto:",
    "(photo:",
    "image source",
    "image caption",
    "photo by",
    "photo credit",
    "picture by",
    "file photo",
    "photo :",
    "crédit",
    "video:",
    "grafik:",
    "illustration:",
    "fuente:",
    "foto de",
];

const AGENCIES: &[&str] =
    &["getty images", "/reuters", "/ap", "/afp", "/dpa", "shutterstock", "/epa", "/getty", "imago", "picture alliance"];

fn is_credit(text: &str) -> bool {
    let text = text.to_lowercase();
    let end = text.trim_end_matches(['.', ')', ']', ' ']);
    CREDITS.iter().any(|credit| text.starts_with(credit)) || AGENCIES.iter().any(|agency| end.ends_with(agency))
}

/// Whether a short line is a time or a date: digits and few words.
fn is_time(text: &str, block: &Block) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count() as u32;
    block.chars <= 40 && digits * 3 >= block.chars && !ends_sentence(text) && block.tag != Tag::Td
}

/// Blocks that may stand between a heading and its text: captions, advertisements.
const MAX_HEADING_DISTANCE: usize = 4;

/// Drops headings with no text below them, before the next heading that is not below them itself.
pub(super) fn drop_lone_headings(blocks: &[Block], is_main: &mut [bool]) {
    // The level of what the text below stands under, and how many blocks are between.
    let mut below: Option<(u8, usize)> = None;
    for (block, is_main) in blocks.iter().zip(is_main).rev() {
        below = below.map(|(level, distance)| (level, distance + 1));
        match block.tag.heading_level() {
            None if *is_main => below = Some((u8::MAX, 0)),
            None => {}
            Some(level) => {
                *is_main &= below.is_some_and(|(under, distance)| level < under && distance <= MAX_HEADING_DISTANCE);
                if *is_main {
                    below = Some((level, 0));
                }
            }
        }
    }
}
