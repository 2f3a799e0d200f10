//! Columns of any suitable type as text and dates.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{ArrowError, DataType, TimeUnit};
use arrow_select::take::take;
use namewire::date::DateRange;

/// A column, and how its values are read.
pub(super) struct Values {
    array: ArrayRef,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    LongText,
    TextView,
    Whole,
    Number,
    Day,
    /// A column of nulls.
    Nothing,
}

impl Values {
    /// Fails where no value of this type can be text, a number or a date.
    pub(super) fn new(array: &ArrayRef) -> Result<Self, String> {
        let array = decoded(array).map_err(|error| error.to_string())?;
        let kind = match array.data_type() {
            DataType::Utf8 => Kind::Text,
            DataType::LargeUtf8 => Kind::LongText,
            DataType::Utf8View => Kind::TextView,
            DataType::Float64 => Kind::Number,
            kind if kind.is_integer() => Kind::Whole,
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Kind::Day,
            DataType::Null => Kind::Nothing,
            other => return Err(format!("is of the type {other}: it must be text, numbers or dates")),
        };
        Ok(Self { array, kind })
    }

    /// The value as text. Dates are as ISO writes them.
    pub(super) fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        if self.array.is_null(row) {
            return None;
        }
        match self.kind {
            Kind::Text => Some(self.array.as_string::<i32>().value(row).into()),
            Kind::LongText => Some(self.array.as_string::<i64>().value(row).into()),
            Kind::TextView => Some(self.array.as_string_view().value(row).into()),
            Kind::Whole => self.whole(row).map(|number| number.to_string().into()),
            Kind::Number => Some(self.array.as_primitive::<Float64Type>().value(row).to_string().into()),
            Kind::Day => self.day(row).map(Cow::Owned),
            Kind::Nothing => None,
        }
    }

    /// The value as a date, if it is one.
    pub(super) fn date(&self, row: usize) -> Option<DateRange> {
        if self.array.is_null(row) {
            return None;
        }
        match self.kind {
            Kind::Whole => self.whole(row).and_then(|number| DateRange::from_number(number as f64)),
            Kind::Number => DateRange::from_number(self.array.as_primitive::<Float64Type>().value(row)),
            Kind::Day => DateRange::parse_iso(&self.day(row)?),
            _ => DateRange::parse(&self.text(row)?),
        }
    }

    /// Bytes of text in a row.
    pub(super) fn bytes(&self, row: usize) -> usize {
        self.text(row).map_or(0, |text| text.len())
    }

    fn whole(&self, row: usize) -> Option<i128> {
        let array = &self.array;
        Some(match array.data_type() {
            DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
            DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
            DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
            DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
            DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
            DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
            DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
            DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
            _ => return None,
        })
    }

    /// The day, of a time that of UTC.
    fn day(&self, row: usize) -> Option<String> {
        let array = &self.array;
        let day = match array.data_type() {
            DataType::Date32 => array.as_primitive::<Date32Type>().value_as_date(row),
            DataType::Date64 => array.as_primitive::<Date64Type>().value_as_date(row),
            DataType::Timestamp(TimeUnit::Second, _) => array.as_primitive::<TimestampSecondType>().value_as_date(row),
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                array.as_primitive::<TimestampMillisecondType>().value_as_date(row)
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                array.as_primitive::<TimestampMicrosecondType>().value_as_date(row)
            }
            _ => array.as_primitive::<TimestampNanosecondType>().value_as_date(row),
        };
        day.map(|day| day.to_string())
    }
}

/// A dictionary as plain values.
fn decoded(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match array.data_type() {
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            take(dictionary.values(), dictionary.keys(), None)
        }
        _ => Ok(array.clone()),
    }
}
