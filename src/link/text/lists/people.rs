//! Titles and suffixes of people's names.

use std::sync::LazyLock;

use ahash::AHashSet;

/// Words before a person's name that are not part of it.
pub(crate) fn is_title(word: &str) -> bool {
    static TITLES: LazyLock<AHashSet<&str>> = LazyLock::new(|| {
        "adm admiral ambassador archbishop ayatollah baroness bishop brig brigadier caliph capt captain \
        cardinal chancellor chief cmdr col colonel commander congressman corporal cpl crown defence defense \
        deputy director dr emir envoy foreign former gen general gov governor hajji imam interior judge king \
        lady leader lieutenant lord lt maj major marshal minister miss mr mrs ms mullah pastor pm pope premier \
        president prime prince princess private prof professor pvt queen rabbi rear rep rev secretary sen \
        senator sergeant sgt shaikh sheik sheikh sir speaker special spokesman spokesperson spokeswoman \
        staff sultan vice"
            .split(' ')
            .collect()
    });
    TITLES.contains(word)
}

/// Titles that go with a given name, not with a surname: "King Charles".
pub(crate) fn is_reigning_title(word: &str) -> bool {
    matches!(word, "king" | "queen" | "prince" | "princess" | "pope" | "emperor" | "sultan" | "emir")
}

/// What may follow a surname as part of the name.
pub(crate) fn is_name_suffix(word: &str) -> bool {
    matches!(word, "ii" | "iii" | "iv" | "jr" | "sr")
}
