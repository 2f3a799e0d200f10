//! The wire format of protobuf, in which ONNX files are written: the fields of a message, without a schema.

/// A field of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'b> {
    pub(super) number: u64,
    pub(super) value: Value<'b>,
    /// All its bytes.
    pub(super) bytes: &'b [u8],
}

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'b> {
    Number(u64),
    /// A text, a message, or numbers one after another.
    Bytes(&'b [u8]),
    /// A number of four or eight bytes.
    Fixed,
}

/// The fields of a message, until the first error.
pub(super) fn fields(mut rest: &[u8]) -> impl Iterator<Item = Result<Field<'_>, &'static str>> {
    std::iter::from_fn(move || {
        let field = (!rest.is_empty()).then(|| next_field(&mut rest))?;
        if field.is_err() {
            rest = &[];
        }
        Some(field)
    })
}

fn next_field<'b>(rest: &mut &'b [u8]) -> Result<Field<'b>, &'static str> {
    let start = *rest;
    let tag = varint(rest)?;
    // No field has this number, and a file of zeros would have billions of them.
    if tag >> 3 == 0 {
        return Err(ENDS);
    }
    let value = match tag & 7 {
        0 => Value::Number(varint(rest)?),
        1 => take(rest, 8).map(|_| Value::Fixed)?,
        2 => {
            let length = usize::try_from(varint(rest)?).map_err(|_| ENDS)?;
            Value::Bytes(take(rest, length)?)
        }
        5 => take(rest, 4).map(|_| Value::Fixed)?,
        _ => return Err("it has a field of a kind that ONNX does not use"),
    };
    Ok(Field { number: tag >> 3, value, bytes: &start[..start.len() - rest.len()] })
}

pub(super) const ENDS: &str = "it is truncated or not an ONNX file";

fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Result<&'b [u8], &'static str> {
    let (part, rest) = bytes.split_at_checked(count).ok_or(ENDS)?;
    *bytes = rest;
    Ok(part)
}

/// A number in groups of seven bits, the lowest first.
pub(super) fn varint(bytes: &mut &[u8]) -> Result<u64, &'static str> {
    let mut number = 0;
    for shift in (0..70).step_by(7) {
        let byte = take(bytes, 1)?[0];
        number |= u64::from(byte & 0x7F).checked_shl(shift).unwrap_or(0);
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err("it has a number that is too long")
}

pub(super) fn push_varint(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7F {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Adds a field that holds a number.
pub(super) fn push_number(out: &mut Vec<u8>, field: u64, number: u64) {
    push_varint(out, field << 3);
    push_varint(out, number);
}

/// Adds a field that holds a text or a message.
pub(super) fn push_bytes(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    push_varint(out, field << 3 | 2);
    push_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fields_that_are_written_are_read(written in prop::collection::vec((1u64..1 << 20, any::<u64>(), any::<Option<Vec<u8>>>()), 0..9)) {
            let mut message = Vec::new();
            for (field, number, bytes) in &written {
                match bytes {
                    Some(bytes) => push_bytes(&mut message, *field, bytes),
                    None => push_number(&mut message, *field, *number),
                }
            }
            let read: Vec<Field<'_>> = fields(&message).collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(read.len(), written.len());
            for (read, (field, number, bytes)) in read.iter().zip(&written) {
                let value = bytes.as_ref().map_or(Value::Number(*number), |bytes| Value::Bytes(bytes));
                prop_assert_eq!((read.number, read.value), (*field, value));
            }
            prop_assert_eq!(read.iter().flat_map(|field| field.bytes).copied().collect::<Vec<u8>>(), message);
        }
    }
}
