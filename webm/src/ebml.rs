//! The alphabet of EBML (RFC 8794): variable-size integers, element headers, simple values.

/// An element's ID and size (RFC 8794, sections 5 and 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub id: u32,
    /// Bytes of data, `None` for "unknown".
    pub size: Option<u64>,
    /// Bytes of the ID.
    pub id_len: u8,
    /// Bytes of the size field.
    pub size_len: u8,
}

impl Header {
    /// Bytes of ID and size.
    pub fn len(&self) -> usize {
        usize::from(self.id_len) + usize::from(self.size_len)
    }
}

/// A header that can't be one: damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads an element header; `None` if the bytes end before it does.
pub(crate) fn header(bytes: &[u8]) -> Result<Option<Header>, Malformed> {
    let Some(&first) = bytes.first() else {
        return Ok(None);
    };
    let id_len = first.leading_zeros() as usize + 1;
    if id_len > 4 {
        return Err(Malformed);
    }
    let Some(id) = bytes.get(..id_len) else {
        return Ok(None);
    };
    let id = id.iter().fold(0, |id, &byte| id << 8 | u32::from(byte));
    Ok(vint(&bytes[id_len..])?.map(|(value, size_len)| {
        let unknown = (1_u64 << (7 * size_len)) - 1;
        Header {
            id,
            size: (value != unknown).then_some(value),
            id_len: id_len as u8,
            size_len,
        }
    }))
}

/// Reads a variable-size integer without its marker, and its length (RFC 8794, section 4).
pub(crate) fn vint(bytes: &[u8]) -> Result<Option<(u64, u8)>, Malformed> {
    let Some(&first) = bytes.first() else {
        return Ok(None);
    };
    if first == 0 {
        return Err(Malformed);
    }
    let len = first.leading_zeros() as usize + 1;
    let Some(rest) = bytes.get(1..len) else {
        return Ok(None);
    };
    let marked = rest.iter().fold(u64::from(first), |value, &byte| {
        value << 8 | u64::from(byte)
    });
    Ok(Some((marked & !(1 << (7 * len)), len as u8)))
}

/// An unsigned integer of up to eight bytes (RFC 8794, section 7.2).
pub(crate) fn uint(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// A float of four or eight bytes; anything else is zero (RFC 8794, section 7.3).
pub(crate) fn float(bytes: &[u8]) -> f64 {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        f64::from(f32::from_be_bytes(four))
    } else if let Ok(eight) = <[u8; 8]>::try_from(bytes) {
        f64::from_be_bytes(eight)
    } else {
        0.0
    }
}

/// A child of a master element held in memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Child<'a> {
    pub id: u32,
    /// Where the child begins in its parent's data, in bytes.
    pub at: usize,
    /// ID, size and data.
    pub whole: &'a [u8],
    pub data: &'a [u8],
}

/// The children of a master element, up to the first that is damaged or not whole.
pub(crate) fn children(data: &[u8]) -> impl Iterator<Item = Child<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = data.get(at..)?;
        let header = header(rest).ok()??;
        let len = usize::try_from(header.size?)
            .ok()?
            .checked_add(header.len())?;
        let whole = rest.get(..len)?;
        let child = Child {
            id: header.id,
            at,
            whole,
            data: &whole[header.len()..],
        };
        at += len;
        Some(child)
    })
}

/// Where encoded bytes go.
pub(crate) trait Sink {
    fn extend_from_slice(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Writes an ID with as many bytes as it has.
pub(crate) fn put_id(out: &mut impl Sink, id: u32) {
    let bytes = id.to_be_bytes();
    let zeros = id.leading_zeros() as usize / 8;
    out.extend_from_slice(bytes.get(zeros..).unwrap_or_default());
}

/// Writes a size field of `width` bytes; `false`, and nothing written, where it does not fit.
/// All ones are left out: they mean "unknown".
pub(crate) fn put_size(out: &mut impl Sink, value: u64, width: u8) -> bool {
    if !(1..=8).contains(&width) || value >= (1 << (7 * width)) - 1 {
        return false;
    }
    let marked = value | 1 << (7 * width);
    out.extend_from_slice(&marked.to_be_bytes()[8 - usize::from(width)..]);
    true
}

/// The fewest bytes that hold a size.
pub(crate) fn size_width(value: u64) -> u8 {
    (1..8)
        .find(|width| value < (1 << (7 * width)) - 1)
        .unwrap_or(8)
}

/// Writes a whole element.
pub(crate) fn put(out: &mut impl Sink, id: u32, data: &[u8]) {
    put_id(out, id);
    put_size(out, data.len() as u64, size_width(data.len() as u64));
    out.extend_from_slice(data);
}

/// Writes an unsigned integer element with the fewest bytes, one at least.
pub(crate) fn put_uint(out: &mut impl Sink, id: u32, value: u64) {
    put(out, id, &value.to_be_bytes()[8 - uint_width(value)..]);
}

/// The fewest bytes that hold an unsigned integer, one at least.
pub(crate) fn uint_width(value: u64) -> usize {
    (8 - value.leading_zeros() as usize / 8).max(1)
}

/// Makes a Void of an element of two bytes or more (RFC 8794, section 11.3.2).
pub(crate) fn make_void(element: &mut [u8]) {
    let len = element.len() as u64;
    let width: u8 = if len <= 128 { 1 } else { 8 };
    let mut void = Vec::with_capacity(element.len());
    put_id(&mut void, crate::ids::VOID);
    put_size(&mut void, len.saturating_sub(1 + u64::from(width)), width);
    void.resize(element.len(), 0);
    element.copy_from_slice(&void);
}
