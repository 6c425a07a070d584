//! Closed surfaces that the tests of meshes share.

pub mod surfaces;
