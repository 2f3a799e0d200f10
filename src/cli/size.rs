//! Sizes as people write them: `512MiB`, `2GB`.

/// Reads a size in bytes. `KB`, `MB`, `GB`, `TB` count by 1000, `KiB` … and the bare letters by 1024.
pub(super) fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is not a size: write 512MiB, 2GB or a number of bytes");
    let digits = text.find(|char: char| !(char.is_ascii_digit() || char == '.')).unwrap_or(text.len());
    let number: f64 = text[..digits].parse().map_err(|_| wrong())?;
    let unit = text[digits..].trim().to_ascii_lowercase();
    let (letter, base) = match unit.as_str() {
        "" | "b" => ("", 1u64),
        unit if unit.ends_with("ib") => (&unit[..unit.len() - 2], 1024),
        unit if unit.ends_with('b') => (&unit[..unit.len() - 1], 1000),
        unit => (unit, 1024),
    };
    let power = ["", "k", "m", "g", "t"].iter().position(|known| *known == letter).ok_or_else(wrong)?;
    let bytes = number * base.pow(power as u32) as f64;
    if bytes.is_finite() && bytes < u64::MAX as f64 { Ok(bytes as u64) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("0", 0),
            ("17", 17),
            ("2GB", 2_000_000_000),
            ("512MiB", 512 << 20),
            ("1.5 gib", 3 << 29),
            ("64k", 64 << 10),
            ("1TiB", 1 << 40),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "GB", "2XB", "-1", "1e9", "9999999999TiB", "2GBs", "1..5"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
