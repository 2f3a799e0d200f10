//! Files read once more before they are called whole: counts that were kept while lines were written would not show
//! lines that never arrived.

use std::io::{BufRead, Read};
use std::path::Path;

use serde::Deserialize;

use super::account::Counts;
use super::line_file::FileFacts;
use crate::error::{Error, ErrorKind, Result};
use crate::hash::sha256_file;
use crate::read::open_stored;

/// What an articles file says of one record.
#[derive(Deserialize)]
struct Row {
    status: Status,
    mentions: u64,
    linked: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Rejected,
    Skipped,
}

/// Reads a shard's files again; see [`check_file`].
pub(super) fn check_shard(folder: &Path, files: &[FileFacts], counts: &Counts) -> Result<()> {
    let check = |file: &FileFacts| {
        let articles = file.name.starts_with("articles-").then_some(counts);
        check_file(&folder.join(&file.name), file, articles)
    };
    files.iter().try_for_each(check)
}

/// Reads a file again, from where it lies now. Fails where it has other lines or bytes than were written, or, of a file
/// of articles, where it tells of other records or mentions than `articles`.
pub(super) fn check_file(path: &Path, file: &FileFacts, articles: Option<&Counts>) -> Result<()> {
    let failed = |error| Error::new(ErrorKind::Output, "a finished file cannot be read again").at(path).because(error);
    let lines = open_stored(path).map_err(failed)?;
    let found = match articles {
        None => count(lines).map_err(failed)?,
        Some(counts) => {
            let told = tell(lines).map_err(failed)?;
            // Spans have a file of their own, and it need not be written.
            let expected = Counts { spans: 0, ..*counts };
            if told != expected {
                return Err(differ(path, &format!("it tells of {told:?}, and {expected:?} were written")));
            }
            told.records
        }
    };
    if found != file.lines {
        return Err(differ(path, &format!("it has {found} lines, and {} were written", file.lines)));
    }
    let sha256 = sha256_file(path).map_err(failed)?;
    if sha256 != file.sha256 {
        return Err(differ(path, &format!("its SHA-256 is {sha256}, and that of what was written {}", file.sha256)));
    }
    Ok(())
}

fn tell(lines: impl BufRead) -> std::io::Result<Counts> {
    let mut told = Counts::default();
    for line in lines.lines() {
        let row: Row = serde_json::from_str(&line?)?;
        told.records += 1;
        *match row.status {
            Status::Ok => &mut told.written,
            Status::Rejected => &mut told.rejected,
            Status::Skipped => &mut told.skipped,
        } += 1;
        told.mentions += row.mentions;
        told.linked += row.linked;
    }
    Ok(told)
}

fn count(mut lines: impl Read) -> std::io::Result<u64> {
    let (mut buffer, mut found) = (vec![0; 64 << 10], 0);
    loop {
        let read = lines.read(&mut buffer)?;
        if read == 0 {
            return Ok(found);
        }
        found += buffer[..read].iter().filter(|&&byte| byte == b'\n').count() as u64;
    }
}

fn differ(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::Output, format!("what lies on the disk is not what was written: {what}"))
        .at(path)
        .help("the disk or its file system has lost data; a directory of shards goes on by --resume behind the last whole one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    #[test]
    fn what_the_disk_lost_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let line =
            |status: &str, mentions: u64| format!("{{\"status\":\"{status}\",\"mentions\":{mentions},\"linked\":1}}\n");
        let articles = [line("ok", 2), line("rejected", 0), line("skipped", 0)].concat();
        let pack = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
        let facts =
            |name: &str, lines, bytes: &[u8]| FileFacts { name: name.into(), lines, bytes: 0, sha256: sha256(bytes) };
        let files =
            [facts("mentions-00000.jsonl", 2, b"a\nb\n"), facts("articles-00000.jsonl.zst", 3, &pack(&articles))];
        let counts = Counts { records: 3, written: 1, rejected: 1, skipped: 1, mentions: 2, linked: 3, spans: 9 };
        let check = |mentions: &str, articles: &str| {
            std::fs::write(folder.path().join("mentions-00000.jsonl"), mentions).unwrap();
            std::fs::write(folder.path().join("articles-00000.jsonl.zst"), pack(articles)).unwrap();
            check_shard(folder.path(), &files, &counts).map_err(|error| error.to_string())
        };
        check("a\nb\n", &articles).unwrap();
        assert!(check("a\nb", &articles).unwrap_err().contains("it has 1 lines, and 2 were written"));
        assert!(check("a\nc\n", &articles).unwrap_err().contains("mentions-00000.jsonl: what lies on the disk is not"));
        for other in [&articles[1..], &articles[..articles.len() / 2], "", &articles.replace("skipped", "ok")] {
            let error = check("a\nb\n", other).unwrap_err();
            assert!(error.contains("articles-00000"), "{error}");
        }
    }
}
