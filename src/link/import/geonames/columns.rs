//! The columns of the files.

/// What a file of GeoNames holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// `allCountries.txt`, `cities500.txt`, `US.txt`.
    Places,
    /// `alternateNamesV2.txt`, `alternateNames.txt`.
    AlternateNames,
    /// `admin1CodesASCII.txt`, `admin2Codes.txt`.
    Divisions,
    /// `countryInfo.txt`.
    Countries,
}

impl FileKind {
    /// What the file with this line holds.
    pub(super) fn of(line: &str) -> Option<Self> {
        let columns: Vec<&str> = line.split('\t').collect();
        let is_number = |at: usize| columns.get(at).is_some_and(|text| text.parse::<u32>().is_ok());
        let is_code = columns[0].len() == 2 && columns[0].bytes().all(|byte| byte.is_ascii_uppercase());
        match columns.len() {
            19 if is_number(0) && Place::read(line).is_some() => Some(Self::Places),
            17..=19 if is_code && is_number(16) => Some(Self::Countries),
            4 if columns[0].get(2..3) == Some(".") && is_number(3) => Some(Self::Divisions),
            4..=10 if is_number(0) && is_number(1) => Some(Self::AlternateNames),
            _ => None,
        }
    }
}

/// A line of a file of places.
#[derive(Debug)]
pub(super) struct Place<'l> {
    pub(super) id: u32,
    pub(super) name: &'l str,
    pub(super) ascii_name: &'l str,
    /// With commas between them, of any language.
    pub(super) alternate_names: &'l str,
    /// A country or region, P city, S building, T mountain, H water, L area, R road, V forest, U under the sea.
    pub(super) class: &'l str,
    /// Such as PPLC, the capital of a country.
    pub(super) code: &'l str,
    pub(super) country: &'l str,
    pub(super) admin1: &'l str,
    pub(super) admin2: &'l str,
    pub(super) population: u64,
}

impl<'l> Place<'l> {
    pub(super) fn read(line: &'l str) -> Option<Self> {
        let mut columns = line.split('\t');
        let mut next = || columns.next();
        let (id, name, ascii_name, alternate_names) = (next()?.parse().ok()?, next()?, next()?, next()?);
        let (_latitude, _longitude, class, code, country) = (next()?, next()?, next()?, next()?, next()?);
        let (_other_countries, admin1, admin2, _admin3, _admin4) = (next()?, next()?, next()?, next()?, next()?);
        let population = next()?.parse().unwrap_or(0);
        let is_class = class.is_empty() || (class.len() == 1 && class.as_bytes()[0].is_ascii_uppercase());
        let rest = columns.count();
        (rest == 4 && is_class && !name.is_empty()).then_some(Self {
            id,
            name,
            ascii_name,
            alternate_names,
            class,
            code,
            country,
            admin1,
            admin2,
            population,
        })
    }

    /// True for a country, dependent ones included.
    pub(super) fn is_country(&self) -> bool {
        self.class == "A" && self.code.starts_with("PCL") && self.code != "PCLH"
    }

    /// True for what no longer exists.
    pub(super) fn is_abandoned(&self) -> bool {
        matches!(self.code, "PPLQ" | "PPLW" | "PPLH") || (self.class == "A" && self.code.ends_with('H'))
    }

    pub(super) fn kind(&self) -> &'static str {
        if self.class == "S" { "FAC" } else { "LOC" }
    }

    /// What it is, in a word that linking knows.
    pub(super) fn description(&self) -> Option<&'static str> {
        Some(match self.code {
            "PPLC" => "capital city",
            "PPL" | "PPLA" | "PPLA2" if self.population >= 100_000 => "city",
            "PPL" | "PPLA" | "PPLA2" | "PPLA3" | "PPLA4" if self.population >= 10_000 => "town",
            "ADM1" if self.country == "US" => "state of the United States",
            "ADM1" => "state or province",
            "ADM2" => "county or district",
            code if code.starts_with("PCL") => "country",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_a_line() {
        let place = "2950159\tBerlin\tBerlin\tBerlin,Berlino\t52.5\t13.4\tP\tPPLC\tDE\t\t16\t00\t11000\t11000000\t3426354\t74\t43\tEurope/Berlin\t2025-01-01";
        for (line, kind) in [
            (place, Some(FileKind::Places)),
            ("1\t2950159\tit\tBerlino\t1\t\t\t\t\t", Some(FileKind::AlternateNames)),
            ("1\t2950159\tit\tBerlino", Some(FileKind::AlternateNames)),
            ("DE.16\tBerlin\tBerlin\t2950157", Some(FileKind::Divisions)),
            (
                "AD\tAND\t020\tAN\tAndorra\tAndorra la Vella\t468\t77006\tEU\t.ad\tEUR\tEuro\t376\tAD###\t^$\tca\t3041565\tES,FR\t",
                Some(FileKind::Countries),
            ),
            ("name,country", None),
            ("a\tb\tc\td", None),
        ] {
            assert_eq!(FileKind::of(line), kind, "{line}");
        }
        let place = Place::read(place).unwrap();
        assert_eq!((place.id, place.admin1, place.population), (2950159, "16", 3_426_354));
    }
}
