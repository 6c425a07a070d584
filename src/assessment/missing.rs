//! How a number that is not known is written: as null, so that a table keeps its columns.

use serde::Serializer;

/// Writes a vector or a band, or as many nulls.
pub(super) fn nulls<S: Serializer, const N: usize>(
    values: &Option<[f64; N]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq((0..N).map(|k| values.map(|v| v[k])))
}
