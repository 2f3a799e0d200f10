//! Texts that are sliced by code points.

/// A document's text; offsets are code points, as in every file that is evaluated.
#[derive(Clone, Debug, Default)]
pub struct Text {
    text: String,
    /// The byte of each code point; empty where the two are the same.
    bytes: Vec<u32>,
    len: u32,
}

impl Text {
    /// Indexes a text.
    pub fn new(text: String) -> Self {
        if text.is_ascii() {
            return Self { len: text.len() as u32, bytes: Vec::new(), text };
        }
        let bytes: Vec<u32> = text.char_indices().map(|(byte, _)| byte as u32).collect();
        Self { len: bytes.len() as u32, bytes, text }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its length in code points.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The code points `start..end`; `None` where the text is shorter.
    pub fn slice(&self, start: u32, end: u32) -> Option<&str> {
        let byte = |point: u32| match point {
            point if point == self.len => Some(self.text.len()),
            point if self.bytes.is_empty() => Some(point as usize),
            point => self.bytes.get(point as usize).map(|&byte| byte as usize),
        };
        self.text.get(byte(start)?..byte(end)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_by_code_points() {
        for raw in ["Homs fell", "Şam’a 🎉 Homs", ""] {
            let text = Text::new(raw.to_owned());
            let chars: Vec<char> = raw.chars().collect();
            assert_eq!(text.len() as usize, chars.len());
            for start in 0..=chars.len() + 1 {
                for end in 0..=chars.len() + 1 {
                    let expected = chars.get(start..end).map(|chars| chars.iter().collect::<String>());
                    assert_eq!(text.slice(start as u32, end as u32), expected.as_deref(), "{raw} {start}..{end}");
                }
            }
        }
    }
}
