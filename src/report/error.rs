//! Why a report was not written.

/// Why a report was not written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A number JSON cannot hold.
    #[error("{path} is {value}: a report holds finite numbers only")]
    NotFinite {
        /// Key path.
        path: String,
        /// The number.
        value: f64,
    },
    /// A value no format can hold.
    #[error("a value cannot be written: {message}")]
    Unserialisable {
        /// What the serialiser said.
        message: String,
    },
    /// JSON failed.
    #[error("report.json cannot be written")]
    Json {
        /// Cause.
        source: serde_json::Error,
    },
    /// A table failed.
    #[error("{file} cannot be written")]
    Csv {
        /// File name.
        file: String,
        /// Cause.
        source: ::csv::Error,
    },
    /// A picture failed.
    #[error("a picture cannot be encoded")]
    Png {
        /// Cause.
        source: ::png::EncodingError,
    },
    /// A file failed.
    #[error("{what} cannot be written")]
    Write {
        /// File or stream.
        what: String,
        /// Cause.
        source: std::io::Error,
    },
    /// More nodes or elements than the format counts.
    #[error("{elements} elements are more than a VTU file with 32-bit numbers holds")]
    MeshTooLarge {
        /// Elements.
        elements: usize,
    },
    /// An array that does not fit its mesh.
    #[error("array {name} has {length} items, the mesh needs {wanted}")]
    ArrayLength {
        /// Array.
        name: String,
        /// Items it has.
        length: usize,
        /// Items the mesh needs.
        wanted: usize,
    },
    /// Two load cases that would be written to one file.
    #[error(
        "{file} would be written twice: give states and load cases names that differ by more \
             than case and punctuation"
    )]
    SameFile {
        /// File name.
        file: String,
    },
}
