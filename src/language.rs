//! Which language an article is in: a light guess, made to notice what the model was not made for.

use crate::article::Article;
use crate::error::{Error, Result};

/// Bytes that are looked at; more changes nothing.
const LOOK_AT: usize = 2048;

/// The ISO 639-1 code of the article's language: what the input declares, else what the words look like.
/// `None` where there is too little text to tell.
pub fn language_of(article: &Article) -> Option<String> {
    if let Some(code) = article.lang.as_deref().and_then(language_code) {
        return Some(code);
    }
    let text = &article.text[..article.text.floor_char_boundary(LOOK_AT)];
    let text = if text.trim().is_empty() { article.title.as_deref().unwrap_or_default() } else { text };
    if is_plainly_english(text) {
        return Some("en".to_owned());
    }
    let guess = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    Some(two_letters(guess.lang()).to_owned())
}

/// Words that are frequent in English alone.
const ENGLISH_WORDS: [&str; 8] = ["the", "of", "and", "to", "that", "for", "with", "by"];
/// Minimum number of words of a text that is recognised as English by these.
const MIN_ENGLISH_WORDS: usize = 150;

/// Whether a text is English beyond doubt: at least one word in eight is one of the frequent words, one in forty is
/// "the", and nine in ten bytes are ASCII. Most news is, and comparing it with the profiles of all languages takes as
/// long as tokenizing it.
fn is_plainly_english(text: &str) -> bool {
    let (mut words, mut frequent, mut articles) = (0, 0, 0);
    for word in text.split_ascii_whitespace() {
        words += 1;
        frequent += usize::from(word.len() <= 4 && ENGLISH_WORDS.contains(&word));
        articles += usize::from(word == "the");
    }
    let is_ascii = || text.bytes().filter(u8::is_ascii).count() * 10 >= text.len() * 9;
    words >= MIN_ENGLISH_WORDS && frequent * 8 >= words && articles * 40 >= words && is_ascii()
}

/// The code of a language that is written `en`, `EN`, `en-GB`, `en_US`, `eng` or `English`: ISO 639-1, or ISO 639-3 for a
/// language without such a code. Any two letters are taken for a code. `None` for other names.
pub fn language_code(name: &str) -> Option<String> {
    let name = name.trim().to_lowercase();
    let primary = name.split(['-', '_']).next().unwrap_or_default();
    if primary.len() == 2 && primary.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Some(primary.to_owned());
    }
    let is_named = |lang: &whatlang::Lang| {
        lang.code() == primary || lang.eng_name().to_lowercase() == name || lang.name().to_lowercase() == name
    };
    let known = whatlang::Lang::all().iter().find(|lang| is_named(lang)).map(|lang| two_letters(*lang));
    let other = || OTHER_NAMES.iter().find(|(other, _)| *other == primary).map(|&(_, code)| code);
    known.or_else(other).map(str::to_owned)
}

/// The codes of languages that a setting names.
///
/// # Errors
///
/// Fails where a name is of no language that is known: it would match no article.
pub(crate) fn language_codes(names: &[String]) -> Result<Vec<String>> {
    let code = |name: &String| {
        language_code(name)
            .ok_or_else(|| Error::config(format!("unknown language `{name}`")).help("give ISO 639-1 codes, such as en"))
    };
    names.iter().map(code).collect()
}

/// Codes and names that the detector does not know: those for bibliographies, of macrolanguages, of common languages.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("alb", "sq"),
    ("albanian", "sq"),
    ("arm", "hy"),
    ("bosnian", "bs"),
    ("bos", "bs"),
    ("bur", "my"),
    ("chi", "zh"),
    ("chinese", "zh"),
    ("zho", "zh"),
    ("cze", "cs"),
    ("dut", "nl"),
    ("farsi", "fa"),
    ("fas", "fa"),
    ("fre", "fr"),
    ("geo", "ka"),
    ("ger", "de"),
    ("gre", "el"),
    ("kazakh", "kk"),
    ("kaz", "kk"),
    ("kur", "ku"),
    ("kurdish", "ku"),
    ("mac", "mk"),
    ("malay", "ms"),
    ("may", "ms"),
    ("msa", "ms"),
    ("nor", "no"),
    ("norwegian", "no"),
    ("per", "fa"),
    ("pus", "ps"),
    ("pashto", "ps"),
    ("rum", "ro"),
    ("slo", "sk"),
    ("som", "so"),
    ("somali", "so"),
    ("sqi", "sq"),
    ("swa", "sw"),
    ("swahili", "sw"),
];

/// ISO 639-1 for the languages of the detector that have such a code; ISO 639-3 for the rest.
fn two_letters(lang: whatlang::Lang) -> &'static str {
    use whatlang::Lang;
    match lang {
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "no",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        Lang::Epo => "eo",
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &str, lang: Option<&str>) -> Option<String> {
        language_of(&Article { text: text.to_owned(), lang: lang.map(str::to_owned), ..Article::default() })
    }

    #[test]
    fn codes_are_normalised() {
        for (name, code) in [
            ("EN", Some("en")),
            ("en_US", Some("en")),
            (" en-GB ", Some("en")),
            ("eng", Some("en")),
            ("English", Some("en")),
            ("Türkçe", Some("tr")),
            ("ger", Some("de")),
            ("zh-Hans", Some("zh")),
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(language_code(name).as_deref(), code, "{name}");
        }
    }

    #[test]
    fn long_english_prose_is_recognised_by_its_words() {
        let english = "The minister said on Thursday that the talks with the rebels and the government would go on until \
                       the end of the week, by which time both were to name the members of a council for the region. ";
        assert!(is_plainly_english(&english.repeat(5)));
        assert!(!is_plainly_english(english));
        let dutch = "Volgens de minister is het overleg met de regering en de oppositie over het begin van de week tot \
                     een goed einde gebracht, zo was donderdag of vrijdag al te horen. ";
        assert!(!is_plainly_english(&dutch.repeat(6)));
        assert!(!is_plainly_english(&format!("{} {english}", dutch.repeat(6))));
        // In scripts without spaces a long text has few words.
        assert!(!is_plainly_english(&format!("{} {}", "部长周四表示会谈将持续到周末".repeat(20), english.repeat(5))));
    }

    #[test]
    fn declared_languages_are_believed_and_others_guessed() {
        let turkish = "Ankara'da yapılan açıklamada, görüşmelerin önümüzdeki hafta yeniden başlayacağı bildirildi.";
        assert_eq!(guess(turkish, None).as_deref(), Some("tr"));
        assert_eq!(guess(turkish, Some("en-GB")).as_deref(), Some("en"));
        let english = "The minister said on Thursday that the talks would go on until the end of the week, \
                       although neither side had shown much interest in what the other one wanted.";
        assert_eq!(guess(english, Some("unknown")).as_deref(), Some("en"));
        assert_eq!(guess("", None), None);
    }
}
