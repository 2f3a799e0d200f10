//! Reads finished Parquet files back.

use std::fs::File;
use std::io;
use std::path::Path;

use parquet::column::page::Page;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use parquet::schema::types::Type;

use crate::write::counts::Counts;

/// Reads every page, and returns the number of rows.
pub(in crate::write) fn count_rows(path: &Path) -> io::Result<u64> {
    let file = open(path)?;
    let mut rows = 0;
    for number in 0..file.num_row_groups() {
        let group = file.get_row_group(number).map_err(io::Error::other)?;
        let expected = u64::try_from(group.metadata().num_rows()).unwrap_or_default();
        for column in 0..group.num_columns() {
            let pages = group.get_column_page_reader(column).map_err(io::Error::other)?;
            let mut values = 0;
            for page in pages {
                let page = page.map_err(io::Error::other)?;
                values += if matches!(page, Page::DictionaryPage { .. }) { 0 } else { u64::from(page.num_values()) };
            }
            if values < expected {
                return Err(io::Error::other(format!("column {column} has {values} values in {expected} rows")));
            }
        }
        rows += expected;
    }
    Ok(rows)
}

/// Adds up the columns of a file of articles, every page of which is read.
pub(in crate::write) fn sum_articles(path: &Path) -> io::Result<Counts> {
    let mut sum = Counts::default();
    count_rows(path)?;
    let file = open(path)?;
    let rows =
        file.get_row_iter(Some(projection(&file, &["status", "mentions", "linked"])?)).map_err(io::Error::other)?;
    for row in rows {
        let row = row.map_err(io::Error::other)?;
        let count = |column| {
            row.get_int(column).map_err(io::Error::other).map(|count| u64::try_from(count).unwrap_or_default())
        };
        sum.records += 1;
        *match row.get_string(0).map_err(io::Error::other)?.as_str() {
            "ok" => &mut sum.written,
            "rejected" => &mut sum.rejected,
            _ => &mut sum.skipped,
        } += 1;
        sum.mentions += count(1)?;
        sum.linked += count(2)?;
    }
    Ok(sum)
}

/// Passes on the id and the hash of the text of each article.
pub(in crate::write) fn article_rows(path: &Path, mut each: impl FnMut(Option<&str>, Option<&str>)) -> io::Result<()> {
    let file = open(path)?;
    let rows = file.get_row_iter(Some(projection(&file, &["doc_id", "text_hash"])?)).map_err(io::Error::other)?;
    for row in rows {
        let row = row.map_err(io::Error::other)?;
        let text = |column| row.get_string(column).ok().map(String::as_str);
        each(text(0), text(1));
    }
    Ok(())
}

fn open(path: &Path) -> io::Result<SerializedFileReader<File>> {
    SerializedFileReader::new(File::open(path)?).map_err(io::Error::other)
}

/// The schema of these columns alone, in the order of the file.
fn projection(file: &SerializedFileReader<File>, names: &[&str]) -> io::Result<Type> {
    let schema = file.metadata().file_metadata().schema();
    let fields = schema.get_fields().iter().filter(|field| names.contains(&field.name())).cloned();
    Type::group_type_builder(schema.name()).with_fields(fields.collect()).build().map_err(io::Error::other)
}
