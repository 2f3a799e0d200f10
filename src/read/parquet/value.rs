//! The values of columns as JSON.

use std::io::Write;

use jiff::Timestamp;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::schema::types::ColumnDescriptor;

use super::super::json_write::push_text;

const JULIAN_DAY_OF_EPOCH: i128 = 2_440_588;
const NANOS_OF_DAY: i128 = 86_400_000_000_000;

/// Values of one physical type.
pub(super) enum Values {
    Boolean(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int96(Vec<Int96>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

/// What the values of a column stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// What their physical type says: text, a number, true or false.
    Plain,
    Unsigned,
    /// Days since 1970.
    Date,
    /// Time since 1970, of so many nanoseconds each.
    Time {
        nanos: i128,
    },
    /// A number with so many decimals.
    Decimal {
        scale: u32,
    },
    Uuid,
}

impl ValueKind {
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        const MILLI: i128 = 1_000_000;
        const MICRO: i128 = 1000;
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Timestamp(timestamp)), _) => Self::Time {
                nanos: match timestamp.unit {
                    TimeUnit::MILLIS => MILLI,
                    TimeUnit::MICROS => MICRO,
                    TimeUnit::NANOS => 1,
                },
            },
            (_, ConvertedType::TIMESTAMP_MILLIS) => Self::Time { nanos: MILLI },
            (_, ConvertedType::TIMESTAMP_MICROS) => Self::Time { nanos: MICRO },
            (Some(LogicalType::Date), _) | (_, ConvertedType::DATE) => Self::Date,
            (Some(LogicalType::Uuid), _) => Self::Uuid,
            (Some(LogicalType::Decimal(_)), _) | (_, ConvertedType::DECIMAL) => {
                Self::Decimal { scale: u32::try_from(column.type_scale()).unwrap_or(0) }
            }
            (_, ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64) => {
                Self::Unsigned
            }
            _ => Self::Plain,
        }
    }

    /// Writes a value; `None` where it is not there.
    pub(super) fn write(self, values: &Values, at: usize, json: &mut Vec<u8>) -> Option<()> {
        match values {
            Values::Boolean(values) => push(json, *values.get(at)?),
            Values::Int32(values) => {
                let value = *values.get(at)?;
                if self == Self::Unsigned {
                    push(json, value.cast_unsigned())
                } else {
                    self.push_integer(json, i128::from(value))
                }
            }
            Values::Int64(values) => {
                let value = *values.get(at)?;
                if self == Self::Unsigned {
                    push(json, value.cast_unsigned())
                } else {
                    self.push_integer(json, i128::from(value))
                }
            }
            Values::Int96(values) => push_time(json, nanos_of(values.get(at)?)),
            Values::Float(values) => push_float(json, f64::from(*values.get(at)?), *values.get(at)?),
            Values::Double(values) => push_float(json, *values.get(at)?, *values.get(at)?),
            Values::Bytes(values) => self.push_bytes(json, values.get(at)?.data()),
            Values::Fixed(values) => self.push_fixed(json, values.get(at)?.data()),
        }
        Some(())
    }

    fn push_integer(self, json: &mut Vec<u8>, value: i128) {
        match self {
            Self::Date => push_time(json, value * NANOS_OF_DAY),
            Self::Time { nanos } => push_time(json, value * nanos),
            Self::Decimal { scale } => push_decimal(json, value, scale),
            _ => push(json, value),
        }
    }

    fn push_bytes(self, json: &mut Vec<u8>, bytes: &[u8]) {
        match self {
            Self::Decimal { scale } => match big_endian(bytes) {
                Some(number) => push_decimal(json, number, scale),
                None => json.extend_from_slice(b"null"),
            },
            _ => push_string(json, bytes),
        }
    }

    fn push_fixed(self, json: &mut Vec<u8>, bytes: &[u8]) {
        match self {
            Self::Uuid if bytes.len() == 16 => {
                let hex = hex(bytes);
                let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
                push_string(json, parts.join("-").as_bytes());
            }
            Self::Decimal { .. } => self.push_bytes(json, bytes),
            // Text of fixed length may be filled up with zeros; what is no text is a hash or so.
            _ => match std::str::from_utf8(bytes) {
                Ok(text) => push_string(json, text.trim_end_matches('\0').as_bytes()),
                Err(_) => push_string(json, hex(bytes).as_bytes()),
            },
        }
    }
}

fn push(json: &mut Vec<u8>, value: impl std::fmt::Display) {
    // Writing to memory does not fail.
    let _ = write!(json, "{value}");
}

fn push_string(json: &mut Vec<u8>, text: &[u8]) {
    json.push(b'"');
    push_text(json, text);
    json.push(b'"');
}

/// A number as `shown`, with all its digits and no more; what is no number is null.
fn push_float(json: &mut Vec<u8>, value: f64, shown: impl std::fmt::Debug) {
    if value.is_finite() {
        let _ = write!(json, "{shown:?}");
    } else {
        json.extend_from_slice(b"null");
    }
}

fn push_decimal(json: &mut Vec<u8>, number: i128, scale: u32) {
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale.min(64) as usize + 1);
    let (whole, decimals) = digits.split_at(digits.len() - scale.min(64) as usize);
    let sign = if number < 0 { "-" } else { "" };
    let point = if decimals.is_empty() { "" } else { "." };
    push(json, format_args!("{sign}{whole}{point}{decimals}"));
}

/// A time as ISO 8601; one that no calendar has is its number.
fn push_time(json: &mut Vec<u8>, nanos: i128) {
    match Timestamp::from_nanosecond(nanos) {
        Ok(time) => push(json, format_args!("\"{time}\"")),
        Err(_) => push(json, nanos),
    }
}

fn nanos_of(value: &Int96) -> i128 {
    let [low, high, day] = [0, 1, 2].map(|at| value.data().get(at).copied().unwrap_or(0));
    let nanos = (u64::from(high) << 32 | u64::from(low)).cast_signed();
    (i128::from(day.cast_signed()) - JULIAN_DAY_OF_EPOCH) * NANOS_OF_DAY + i128::from(nanos)
}

/// A signed number of up to 16 bytes.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let first = *bytes.first()?;
    let mut whole = [if first & 0x80 == 0 { 0 } else { 0xFF }; 16];
    let start = 16usize.checked_sub(bytes.len())?;
    whole[start..].copy_from_slice(bytes);
    Some(i128::from_be_bytes(whole))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use parquet::data_type::{ByteArray, FixedLenByteArray};

    use super::*;

    fn written(kind: ValueKind, values: &Values) -> String {
        let mut json = Vec::new();
        kind.write(values, 0, &mut json).unwrap();
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn values_are_written_as_what_they_stand_for() {
        use ValueKind::*;
        let fixed = |bytes: &[u8]| Values::Fixed(vec![FixedLenByteArray::from(ByteArray::from(bytes.to_vec()))]);
        let mut int96 = Int96::new();
        int96.set_data(0, 0, 2_456_838);
        for (kind, values, expected) in [
            (Plain, Values::Boolean(vec![true]), "true"),
            (Plain, Values::Int64(vec![-5]), "-5"),
            (Unsigned, Values::Int64(vec![-1]), "18446744073709551615"),
            (Unsigned, Values::Int32(vec![-1]), "4294967295"),
            (Date, Values::Int32(vec![16_250]), "\"2014-06-29T00:00:00Z\""),
            (Time { nanos: 1_000_000 }, Values::Int64(vec![1_404_036_000_123]), "\"2014-06-29T10:00:00.123Z\""),
            (Time { nanos: 1 }, Values::Int64(vec![1_404_036_000_123_456_789]), "\"2014-06-29T10:00:00.123456789Z\""),
            (Time { nanos: 1_000_000 }, Values::Int64(vec![i64::MAX]), "9223372036854775807000000"),
            (Plain, Values::Int96(vec![int96]), "\"2014-06-29T00:00:00Z\""),
            (Plain, Values::Float(vec![0.1]), "0.1"),
            (Plain, Values::Double(vec![1e300]), "1e300"),
            (Plain, Values::Double(vec![f64::NAN]), "null"),
            (Plain, Values::Bytes(vec!["a\"é\n".into()]), "\"a\\\"é\\n\""),
            (Decimal { scale: 2 }, Values::Int32(vec![-5]), "-0.05"),
            (Decimal { scale: 0 }, Values::Bytes(vec![ByteArray::from(vec![0xFF, 0x00])]), "-256"),
            (Uuid, fixed(&[0x11; 16]), "\"11111111-1111-1111-1111-111111111111\""),
            (Plain, fixed(b"ab\0\0"), "\"ab\""),
            (Plain, fixed(b"\xFF\x00"), "\"ff00\""),
        ] {
            assert_eq!(written(kind, &values), expected, "{kind:?}");
        }
    }
}
