//! Lines that may be spread over frames.

use bytes::Bytes;

use super::BodyError;

/// Longer than any line that has a meaning: a size with its signature, or a checksum.
const LINE_MAX: usize = 512;

/// The beginning of a line whose end has not come yet.
#[derive(Default)]
pub(super) struct Line(Vec<u8>);

impl Line {
    /// Takes from `input` up to the next line break, which is always CR LF and left out; `None` if it has not
    /// come yet.
    pub(super) fn take(&mut self, input: &mut Bytes) -> Result<Option<Vec<u8>>, BodyError> {
        let end = input.iter().position(|&byte| byte == b'\n');
        let part = input.split_to(end.map_or(input.len(), |end| end + 1));
        if self.0.len() + part.len() > LINE_MAX {
            return Err(BodyError::MalformedChunk("a line is too long"));
        }
        self.0.extend_from_slice(&part);
        if end.is_none() {
            return Ok(None);
        }
        let mut line = std::mem::take(&mut self.0);
        line.truncate(line.len() - 1);
        if line.pop() == Some(b'\r') && !line.contains(&b'\r') {
            Ok(Some(line))
        } else {
            Err(BodyError::MalformedChunk("a line does not end in cr lf"))
        }
    }
}
