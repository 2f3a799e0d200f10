//! What to import, and how.

use std::path::PathBuf;

use crate::link::table::Tier;

/// A source of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Source {
    /// Unicode CLDR: main/LANGUAGE/territories.json.
    Cldr,
    /// Lists with a header (alias, entity, name, type, valid_from, valid_to) between commas, semicolons or tabs.
    Csv,
    /// FollowTheMoney entities, one a line, as OpenSanctions publishes them.
    Ftm,
    /// GeoNames: allCountries.txt or cities….txt; alternateNamesV2.txt, admin1CodesASCII.txt, admin2Codes.txt and
    /// countryInfo.txt add to it.
    Geonames,
    /// The golden copy of the LEI register as CSV.
    Gleif,
    /// Dictionaries of PETRARCH or TABARI.
    Petrarch,
    /// The JSON dump of the Research Organization Registry.
    Ror,
    /// The JSON dump of Wikidata.
    Wikidata,
}

/// What to import.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The tier of the rows; without it, lists and dictionaries are curated, large sources background.
    pub tier: Option<Tier>,
    /// The licence of the data, instead of the one that the source is known for.
    pub licence: Option<String>,
    /// Languages of names, the first of them that has a name first; without any, English for Wikidata, else all.
    pub languages: Vec<String>,
    /// The type of entities of a list that state none.
    pub kind: Option<String>,
    /// Feature classes of GeoNames; without any, A (countries, states, regions) and P (cities, villages).
    pub feature_classes: Vec<char>,
    /// Minimum population of a place of feature class P.
    pub min_population: u64,
    /// Minimum number of site links of an item of Wikidata.
    pub min_sitelinks: u64,
    /// A file of classes and their types for Wikidata, instead of the shipped one.
    pub classes: Option<PathBuf>,
}

impl ImportOptions {
    /// The tier of the rows of a source.
    pub fn tier_of(&self, source: Source) -> Tier {
        let default = if source.is_own_list() { Tier::Curated } else { Tier::Background };
        self.tier.unwrap_or(default)
    }

    /// The `source` of rows: who publishes the data, and its licence.
    pub fn terms_of(&self, source: Source) -> Option<String> {
        let (publisher, licence) = source.terms();
        let licence = self.licence.as_deref().or(licence);
        match (publisher, licence) {
            (Some(publisher), Some(licence)) => Some(format!("{publisher}, {licence}")),
            (one, other) => one.or(other).map(str::to_owned),
        }
    }

    pub(super) fn takes_language(&self, language: &str) -> bool {
        self.languages.is_empty() || self.languages.iter().any(|taken| taken == language)
    }
}

impl Source {
    /// True where somebody made the list for the news at hand.
    fn is_own_list(self) -> bool {
        matches!(self, Self::Csv | Self::Petrarch)
    }

    /// Who publishes the data, and its licence.
    pub fn terms(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Self::Cldr => (Some("Unicode CLDR"), Some("Unicode License v3")),
            Self::Geonames => (Some("GeoNames"), Some("CC BY 4.0")),
            Self::Gleif => (Some("GLEIF"), Some("CC0 1.0")),
            Self::Ror => (Some("ROR"), Some("CC0 1.0")),
            Self::Wikidata => (Some("Wikidata"), Some("CC0 1.0")),
            // Its publishers have licences of their own: that of OpenSanctions forbids commercial use.
            Self::Ftm => (Some("FollowTheMoney"), None),
            Self::Csv | Self::Petrarch => (None, None),
        }
    }
}
