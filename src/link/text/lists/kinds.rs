//! The types that tables and label sets give to persons, places and organisations.

/// True for the types that tables and label sets give to persons.
pub(crate) fn is_person(kind: &str) -> bool {
    is_one_of(kind, &["per", "pers", "person", "people", "human"])
}

/// True for the types that tables and label sets give to places.
pub(crate) fn is_place(kind: &str) -> bool {
    is_one_of(kind, &["loc", "location", "gpe", "place", "fac", "facility", "geo"])
}

/// True for the types that tables and label sets give to organisations.
pub(crate) fn is_organisation(kind: &str) -> bool {
    is_one_of(kind, &["org", "organization", "organisation", "company", "corp", "corporation"])
}

/// True for two types that say the same.
pub(crate) fn is_same_kind(left: &str, right: &str) -> bool {
    left == right || [is_person, is_place, is_organisation].iter().any(|is_kind| is_kind(left) && is_kind(right))
}

/// True for a type whose entities linking treats as meant, those that are neither person, place nor organisation
/// included.
pub(crate) fn is_known_kind(kind: &str) -> bool {
    const OTHERS: [&str; 9] =
        ["misc", "miscellaneous", "other", "norp", "event", "product", "work_of_art", "law", "language"];
    is_person(kind) || is_place(kind) || is_organisation(kind) || is_one_of(kind, &OTHERS)
}

fn is_one_of(kind: &str, known: &[&str]) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_listed_models_are_known_kinds() {
        for person in ["PER", "PERS", "PERSON", "person"] {
            assert!(is_person(person) && is_same_kind(person, "Person"), "{person}");
        }
        assert!(["LOC", "GPE", "FAC"].into_iter().all(is_place) && is_organisation("ORG"));
        assert!(!is_same_kind("PERS", "ORG"));
    }
}
