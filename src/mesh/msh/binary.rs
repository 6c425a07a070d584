//! Binary files as the text that Gmsh writes for the same mesh, so that one reader serves both.
//! Either order of bytes and numbers of 4 or 8 bytes are read, as the file says they are. A place
//! in such a mesh is a line of that text: the file itself has none.

use std::fmt::Write as _;

use super::error::{MshError, MshFault};
use super::sections::shape;

/// The text of a binary file of version 2.2 or 4.1; `None` of any other, which may be a text.
///
/// # Errors
/// A section that ends too soon. Its place is the end of the text so far.
pub(super) fn text_of(bytes: &[u8]) -> Option<Result<String, (String, MshError)>> {
    let mut reader = Reader::new(bytes)?;
    Some(match reader.sections() {
        Ok(()) => Ok(reader.text),
        Err(what) => {
            let end = reader.text.trim_end().len();
            let fault = MshFault::Expected {
                found: "the end of the file".into(),
                expected: what.into(),
            };
            let error = MshError::new(&reader.text, end..end, fault);
            Err((reader.text, error))
        }
    })
}

/// What a number that is missing was to be.
type Missing = &'static str;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    swapped: bool,
    /// Bytes of a count and, in 4.1, of a number of a node or element.
    wide: usize,
    version_4: bool,
    text: String,
}

impl<'a> Reader<'a> {
    /// At the first section behind $MeshFormat, if that says binary.
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader {
            bytes,
            at: 0,
            swapped: false,
            wide: 8,
            version_4: false,
            text: String::new(),
        };
        // Comments may stand before it.
        while reader.line()? != b"$MeshFormat" {}
        let format = std::str::from_utf8(reader.line()?).ok()?;
        let mut words = format.split_whitespace();
        let (version, binary, size) = (words.next()?, words.next()?, words.next()?);
        reader.version_4 = match version {
            "2.2" => false,
            "4.1" => true,
            _ => return None,
        };
        if binary != "1" {
            return None;
        }
        // In 2.2 it is the size of a coordinate, and counts have 4 bytes.
        reader.wide = match (reader.version_4, size) {
            (true, "4") => 4,
            _ => 8,
        };
        let one: [u8; 4] = reader.take(4)?.try_into().ok()?;
        reader.swapped = match i32::from_ne_bytes(one) {
            1 => false,
            one if one.swap_bytes() == 1 => true,
            _ => return None,
        };
        let _ = write!(reader.text, "$MeshFormat\n{version} 0 8\n");
        Some(reader)
    }

    /// The rest of a line, without blanks at its ends.
    fn line(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        self.at += length + 1;
        Some(rest[..length].trim_ascii())
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn array<const N: usize>(&mut self, what: Missing) -> Result<[u8; N], Missing> {
        let taken = self.take(N).ok_or(what)?;
        let mut array: [u8; N] = taken.try_into().map_err(|_| what)?;
        if self.swapped {
            array.reverse();
        }
        Ok(array)
    }

    fn int(&mut self, what: Missing) -> Result<i32, Missing> {
        self.array(what).map(i32::from_ne_bytes)
    }

    fn size(&mut self, what: Missing) -> Result<u64, Missing> {
        match self.wide {
            4 => self.array(what).map(u32::from_ne_bytes).map(u64::from),
            _ => self.array(what).map(u64::from_ne_bytes),
        }
    }

    fn word(&mut self, value: impl std::fmt::Display) {
        let _ = write!(self.text, "{value} ");
    }

    fn end_line(&mut self) {
        self.text.push('\n');
    }

    fn copy_int(&mut self, what: Missing) -> Result<i32, Missing> {
        let value = self.int(what)?;
        self.word(value);
        Ok(value)
    }

    fn copy_size(&mut self, what: Missing) -> Result<u64, Missing> {
        let value = self.size(what)?;
        self.word(value);
        Ok(value)
    }

    fn copy_reals(&mut self, count: usize, what: Missing) -> Result<(), Missing> {
        for _ in 0..count {
            let value = f64::from_ne_bytes(self.array(what)?);
            let _ = write!(self.text, "{value:?} ");
        }
        Ok(())
    }

    fn sections(&mut self) -> Result<(), Missing> {
        while let Some(line) = self.line() {
            if line.is_empty() {
                continue;
            }
            if line.starts_with(b"$") && !self.is_read(line) {
                self.read_over(line)?;
                continue;
            }
            self.text_line(line);
            match (line, self.version_4) {
                (b"$PhysicalNames", _) => self.names()?,
                (b"$Entities", true) => self.entities()?,
                (b"$PartitionedEntities", true) => self.partitioned_entities()?,
                (b"$Nodes", true) => self.nodes_41()?,
                (b"$Elements", true) if !self.elements_41()? => return Ok(()),
                (b"$Nodes", false) => self.nodes_22(false)?,
                (b"$ParametricNodes", false) => self.nodes_22(true)?,
                (b"$Elements", false) if !self.elements_22()? => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a section, or its end, is one of those below.
    fn is_read(&self, line: &[u8]) -> bool {
        let name = line[1..].strip_prefix(b"End").unwrap_or(&line[1..]);
        match name {
            b"MeshFormat" | b"PhysicalNames" | b"Nodes" | b"Elements" => true,
            b"Entities" | b"PartitionedEntities" => self.version_4,
            b"ParametricNodes" => !self.version_4,
            _ => false,
        }
    }

    /// Goes behind the end of a section whose bytes say nothing here.
    fn read_over(&mut self, begin: &[u8]) -> Result<(), Missing> {
        if begin.starts_with(b"$End") {
            return Ok(());
        }
        let end = [b"$End", &begin[1..]].concat();
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = rest.windows(end.len()).position(|w| w == end);
        self.at += found.ok_or("the end of a section")? + end.len();
        Ok(())
    }

    fn text_line(&mut self, line: &[u8]) {
        self.text.push_str(&String::from_utf8_lossy(line));
        self.end_line();
    }

    /// Names of physical groups are text in binary files, too.
    fn names(&mut self) -> Result<(), Missing> {
        loop {
            let line = self.line().ok_or("`$EndPhysicalNames`")?;
            self.text_line(line);
            if line == b"$EndPhysicalNames" {
                return Ok(());
            }
        }
    }

    fn entities(&mut self) -> Result<(), Missing> {
        for (dimension, count) in self.four()?.into_iter().enumerate() {
            for _ in 0..count {
                self.copy_int("an entity")?;
                self.bounds_and_groups(dimension)?;
            }
        }
        Ok(())
    }

    fn partitioned_entities(&mut self) -> Result<(), Missing> {
        self.copy_size("the number of partitions")?;
        for _ in 0..self.copy_size("the number of ghost entities")? {
            self.copy_int("a ghost entity")?;
            self.copy_int("a partition")?;
        }
        self.end_line();
        for (dimension, count) in self.four()?.into_iter().enumerate() {
            for _ in 0..count {
                for what in ["an entity", "the dimension of the parent", "the parent"] {
                    self.copy_int(what)?;
                }
                self.copy_ints("a partition")?;
                self.bounds_and_groups(dimension)?;
            }
        }
        Ok(())
    }

    fn four(&mut self) -> Result<[u64; 4], Missing> {
        let mut counts = [0; 4];
        for count in &mut counts {
            *count = self.copy_size("a number of entities, nodes or elements")?;
        }
        self.end_line();
        Ok(counts)
    }

    /// A count and as many numbers.
    fn copy_ints(&mut self, what: Missing) -> Result<(), Missing> {
        for _ in 0..self.copy_size(what)? {
            self.copy_int(what)?;
        }
        Ok(())
    }

    fn bounds_and_groups(&mut self, dimension: usize) -> Result<(), Missing> {
        self.copy_reals(if dimension == 0 { 3 } else { 6 }, "a bound")?;
        self.copy_ints("a physical group")?;
        if dimension > 0 {
            self.copy_ints("a bounding entity")?;
        }
        self.end_line();
        Ok(())
    }

    fn nodes_41(&mut self) -> Result<(), Missing> {
        let [blocks, ..] = self.four()?;
        for _ in 0..blocks {
            let dimension = self.copy_int("a dimension")?;
            self.copy_int("an entity")?;
            let parametric = self.copy_int("0 or 1")? != 0;
            let count = self.copy_size("a number of nodes")?;
            self.end_line();
            for _ in 0..count {
                self.copy_size("a node number")?;
                self.end_line();
            }
            let parameters = if parametric { dimension.clamp(0, 3) } else { 0 };
            for _ in 0..count {
                self.copy_reals(3 + parameters as usize, "a coordinate")?;
                self.end_line();
            }
        }
        Ok(())
    }

    /// `false`: an element of a type that is not known here, nor how many bytes follow; the text
    /// ends with it and is refused there.
    fn elements_41(&mut self) -> Result<bool, Missing> {
        let [blocks, ..] = self.four()?;
        for _ in 0..blocks {
            self.copy_int("a dimension")?;
            self.copy_int("an entity")?;
            let kind = self.copy_int("an element type")?;
            let count = self.copy_size("a number of elements")?;
            self.end_line();
            let nodes = shape(i64::from(kind)).map(|s| s.1);
            for _ in 0..count {
                self.copy_size("an element number")?;
                let Some(nodes) = nodes else {
                    return Ok(false);
                };
                for _ in 0..nodes {
                    self.copy_size("a node number")?;
                }
                self.end_line();
            }
        }
        Ok(true)
    }

    /// The number of nodes or elements, which is text.
    fn count_22(&mut self, what: Missing) -> Result<u64, Missing> {
        let line = std::str::from_utf8(self.line().ok_or(what)?).map_err(|_| what)?;
        let count = line.parse().map_err(|_| what)?;
        self.word(count);
        self.end_line();
        Ok(count)
    }

    fn nodes_22(&mut self, parametric: bool) -> Result<(), Missing> {
        for _ in 0..self.count_22("the number of nodes")? {
            self.copy_int("a node number")?;
            self.copy_reals(3, "a coordinate")?;
            if parametric {
                let dimension = self.copy_int("a dimension")?;
                self.copy_int("the entity of the node")?;
                // In a volume there are none, as in a text.
                let parameters = if dimension < 3 { dimension.max(0) } else { 0 };
                self.copy_reals(parameters as usize, "a parameter")?;
            }
            self.end_line();
        }
        Ok(())
    }

    /// Elements in groups of one type and one number of tags. `false` as above.
    fn elements_22(&mut self) -> Result<bool, Missing> {
        let count = self.count_22("the number of elements")?;
        let mut read = 0;
        while read < count {
            let kind = self.int("an element type")?;
            let together = self.int("a number of elements")?;
            let tags = self.int("a number of tags")?;
            if together <= 0 || tags < 0 {
                return Err("a number of elements and of tags");
            }
            for _ in 0..together {
                self.copy_int("an element number")?;
                self.word(kind);
                self.word(tags);
                for _ in 0..tags {
                    self.copy_int("a tag")?;
                }
                let Some((_, nodes)) = shape(i64::from(kind)) else {
                    return Ok(false);
                };
                for _ in 0..nodes {
                    self.copy_int("a node number")?;
                }
                self.end_line();
            }
            read += u64::from(together.unsigned_abs());
        }
        Ok(true)
    }
}
