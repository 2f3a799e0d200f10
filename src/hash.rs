//! SHA-256 in hexadecimal: what identifies models and tables.

use std::fmt::Write;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The hash of a byte string.
pub fn sha256(bytes: &[u8]) -> String {
    sha256_joined([bytes])
}

/// The hash of the concatenation of several pieces.
pub fn sha256_joined<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> String {
    let mut hasher = Sha256::new();
    pieces.into_iter().for_each(|piece| hasher.update(piece));
    hex(hasher.finalize().as_slice())
}

/// The hash of a file, which is not held in memory.
pub fn sha256_file(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(hasher.finalize().as_slice())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // writing to a String cannot fail
        hex
    })
}
