//! VTU: the mesh and its fields as ParaView, VTK and meshio read them.
//!
//! Every array is inline base64 of zlib blocks (`vtkZLibDataCompressor`, 64-bit headers), which
//! all readers know. The mesh of a state is compressed once ([`VtuMesh`]) and shared by its load
//! cases. Coordinates and displacements are written in full (Float64), cell values, which are
//! averages, as Float32. The node order of the mesh is VTK's already, and so is the order of
//! stress components, XX YY ZZ XY YZ XZ.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::ReportError;
use crate::mesh::Mesh;

/// Uncompressed bytes per zlib block.
const BLOCK: usize = 1 << 18;

/// Values of one array, item after item.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Written as Float64.
    F64(Vec<f64>),
    /// Written as Float32.
    F32(Vec<f32>),
    /// Written as Int32.
    I32(Vec<i32>),
}

/// A named array with one item per node or per element.
#[derive(Debug, Clone, PartialEq)]
pub struct DataArray {
    /// Name with its unit.
    pub name: &'static str,
    /// Numbers per item.
    pub components: usize,
    /// Values.
    pub values: Values,
}

impl DataArray {
    /// One number an item.
    pub fn scalar(name: &'static str, values: Values) -> Self {
        Self {
            name,
            components: 1,
            values,
        }
    }

    fn item_count(&self) -> usize {
        let length = match &self.values {
            Values::F64(v) => v.len(),
            Values::F32(v) => v.len(),
            Values::I32(v) => v.len(),
        };
        length / self.components.max(1)
    }

    fn encode(&self) -> Result<String, ReportError> {
        let bytes: Vec<u8> = match &self.values {
            Values::F64(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Values::F32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Values::I32(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect(),
        };
        let kind = match &self.values {
            Values::F64(_) => "Float64",
            Values::F32(_) => "Float32",
            Values::I32(_) => "Int32",
        };
        let mut text = String::new();
        let _ = write!(
            text,
            "<DataArray type=\"{kind}\" Name=\"{}\" format=\"binary\"",
            self.name
        );
        // Left out for scalars: some readers make columns of one where it says 1.
        if self.components > 1 {
            let _ = write!(text, " NumberOfComponents=\"{}\"", self.components);
        }
        text.push('>');
        append_blocks(&mut text, &bytes)?;
        text.push_str("</DataArray>\n");
        Ok(text)
    }
}

/// The part of a VTU file that all load cases of a state share, compressed.
#[derive(Debug, Clone)]
pub struct VtuMesh {
    points: usize,
    cells: usize,
    text: String,
}

impl VtuMesh {
    /// Compresses the first `node_count` nodes of a mesh, which are those of its elements, and the elements.
    ///
    /// # Errors
    /// [`ReportError::MeshTooLarge`] past the 32-bit numbers of the format.
    pub fn new(mesh: &Mesh, node_count: usize) -> Result<Self, ReportError> {
        let cells = mesh.element_count();
        let too_large = || ReportError::MeshTooLarge { elements: cells };
        let numbers = mesh.blocks.node_numbers();
        let connectivity: Result<Vec<i32>, _> = numbers.map(i32::try_from).collect();
        let connectivity = connectivity.map_err(|_| too_large())?;
        i32::try_from(connectivity.len()).map_err(|_| too_large())?;
        let (mut offsets, mut types, mut end) = (Vec::new(), Vec::new(), 0);
        for (kind, nodes) in mesh.blocks.elements() {
            end += nodes.len() as i32;
            offsets.push(end);
            types.push(kind.reference().vtk);
        }
        let nodes = mesh.nodes.iter().take(node_count);
        let coordinates = nodes.flat_map(|p| [p.x, p.y, p.z]).collect();
        let mut text = String::from("<Points>\n");
        let points = DataArray {
            name: "Points",
            components: 3,
            values: Values::F64(coordinates),
        };
        text.push_str(&points.encode()?);
        text.push_str("</Points>\n<Cells>\n");
        for (name, numbers) in [
            ("connectivity", connectivity),
            ("offsets", offsets),
            ("types", types),
        ] {
            text.push_str(&DataArray::scalar(name, Values::I32(numbers)).encode()?);
        }
        text.push_str("</Cells>\n");
        Ok(Self {
            points: node_count,
            cells,
            text,
        })
    }

    /// Writes the mesh with these fields.
    ///
    /// # Errors
    /// An array whose length does not fit the mesh; a file that cannot be written.
    pub fn write(
        &self,
        path: &Path,
        point_data: &[DataArray],
        cell_data: &[DataArray],
    ) -> Result<(), ReportError> {
        let point_text = encode_all(point_data, self.points)?;
        let cell_text = encode_all(cell_data, self.cells)?;
        let failed = |source| ReportError::Write {
            what: path.display().to_string(),
            source,
        };
        let mut out = BufWriter::new(File::create(path).map_err(failed)?);
        let parts: [&str; 8] = [
            HEAD,
            &format!(
                "<Piece NumberOfPoints=\"{}\" NumberOfCells=\"{}\">\n",
                self.points, self.cells
            ),
            &self.text,
            "<PointData>\n",
            &point_text,
            "</PointData>\n<CellData>\n",
            &cell_text,
            "</CellData>\n</Piece>\n</UnstructuredGrid>\n</VTKFile>\n",
        ];
        for part in parts {
            out.write_all(part.as_bytes()).map_err(failed)?;
        }
        out.flush().map_err(failed)
    }
}

const HEAD: &str = "<?xml version=\"1.0\"?>\n\
    <VTKFile type=\"UnstructuredGrid\" version=\"1.0\" byte_order=\"LittleEndian\" \
    header_type=\"UInt64\" compressor=\"vtkZLibDataCompressor\">\n<UnstructuredGrid>\n";

fn encode_all(arrays: &[DataArray], items: usize) -> Result<String, ReportError> {
    let mut text = String::new();
    for array in arrays {
        if array.item_count() != items {
            return Err(ReportError::ArrayLength {
                name: array.name.to_owned(),
                length: array.item_count(),
                wanted: items,
            });
        }
        text.push_str(&array.encode()?);
    }
    Ok(text)
}

/// VTK's layout: [blocks, block size, size of a partial last block, compressed sizes...], then
/// the blocks; header and blocks are two base64 texts.
fn append_blocks(text: &mut String, bytes: &[u8]) -> Result<(), ReportError> {
    let mut header = vec![bytes.len().div_ceil(BLOCK) as u64, BLOCK as u64];
    header.push((bytes.len() % BLOCK) as u64);
    let mut blocks = Vec::new();
    for block in bytes.chunks(BLOCK) {
        let start = blocks.len();
        let mut encoder = ZlibEncoder::new(&mut blocks, Compression::fast());
        let done = encoder
            .write_all(block)
            .and_then(|()| encoder.finish().map(|_| ()));
        done.map_err(|source| ReportError::Write {
            what: "compressed block".to_owned(),
            source,
        })?;
        header.push((blocks.len() - start) as u64);
    }
    let header: Vec<u8> = header.iter().flat_map(|n| n.to_le_bytes()).collect();
    BASE64.encode_string(&header, text);
    BASE64.encode_string(&blocks, text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::mesh::{Blocks, ElementKind};
    use crate::report::tests::example;

    /// Decodes one array of a file by the layout VTK documents.
    fn decode(text: &str, name: &str) -> Vec<u8> {
        let start = text.find(&format!("Name=\"{name}\"")).unwrap();
        let body = &text[start + text[start..].find('>').unwrap() + 1..];
        let body = &body[..body.find('<').unwrap()];
        let count =
            u64::from_le_bytes(BASE64.decode(&body[..12]).unwrap()[..8].try_into().unwrap());
        let header_bytes = 8 * (3 + count as usize);
        let header_text = header_bytes.div_ceil(3) * 4;
        let header: Vec<u64> = BASE64
            .decode(&body[..header_text])
            .unwrap()
            .chunks(8)
            .map(|c| u64::from_le_bytes(c.try_into().unwrap()))
            .collect();
        let blocks = BASE64.decode(&body[header_text..]).unwrap();
        let (mut at, mut out) = (0, Vec::new());
        for size in &header[3..] {
            let block = &blocks[at..at + *size as usize];
            flate2::read::ZlibDecoder::new(block)
                .read_to_end(&mut out)
                .unwrap();
            at += *size as usize;
        }
        out
    }

    #[test]
    fn arrays_decode_to_what_was_written_over_several_blocks() {
        let mesh = example::mesh();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.vtu");
        let n = mesh.nodes.len();
        let values: Vec<f64> = (0..3 * n).map(|k| (k as f64).sin()).collect();
        assert!(
            8 * values.len() > BLOCK,
            "the mesh must need more than one block"
        );
        let array = DataArray {
            name: "displacement_mm",
            components: 3,
            values: Values::F64(values.clone()),
        };
        let file = VtuMesh::new(&mesh, mesh.nodes.len()).unwrap();
        file.write(&path, &[array], &[]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let read: Vec<f64> = decode(&text, "displacement_mm")
            .chunks(8)
            .map(|c| f64::from_le_bytes(c.try_into().unwrap()))
            .collect();
        assert_eq!(read, values);
        let offsets = decode(&text, "offsets");
        let last = i32::from_le_bytes(offsets[offsets.len() - 4..].try_into().unwrap());
        assert_eq!(last as usize, mesh.blocks.node_numbers().count());
        assert_eq!(offsets.len() / 4, mesh.element_count());
    }

    #[test]
    fn an_array_that_does_not_fit_the_mesh_is_refused_by_name() {
        let mesh = example::mesh();
        let dir = tempfile::tempdir().unwrap();
        let array = DataArray {
            name: "body",
            components: 1,
            values: Values::I32(vec![1, 2]),
        };
        let file = VtuMesh::new(&mesh, mesh.nodes.len()).unwrap();
        let error = file
            .write(&dir.path().join("a.vtu"), &[], &[array])
            .unwrap_err();
        assert!(
            matches!(error, ReportError::ArrayLength { length: 2, .. }),
            "{error}"
        );
    }

    #[test]
    fn cells_of_several_kinds_have_types_and_offsets_of_their_own() {
        let kinds = [
            (ElementKind::Hex8, 12),
            (ElementKind::Wedge6, 13),
            (ElementKind::Hex20Reduced, 25),
            (ElementKind::Wedge15, 26),
            (ElementKind::Tet10, 24),
        ];
        let mut blocks = Blocks::default();
        for (kind, _) in kinds {
            let nodes: Vec<u32> = (0..kind.node_count() as u32).collect();
            blocks.push(kind, &nodes);
        }
        let mesh = Mesh {
            nodes: vec![crate::tensor::Point::origin(); 20],
            region_of: vec![0; kinds.len()],
            blocks,
            regions: vec!["all".to_owned()],
            surfaces: Vec::new(),
        };
        let file = VtuMesh::new(&mesh, mesh.nodes.len()).unwrap();
        let numbers = |name| -> Vec<i32> {
            let bytes = decode(&file.text, name);
            let four = bytes.chunks(4).map(|c| c.try_into().unwrap());
            four.map(i32::from_le_bytes).collect()
        };
        assert_eq!(numbers("types"), kinds.map(|k| k.1));
        assert_eq!(numbers("offsets"), [8, 14, 34, 49, 59]);
        assert_eq!(numbers("connectivity").len(), 59);
    }
}
