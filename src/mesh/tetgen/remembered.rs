//! Meshes kept by the fingerprint of what made them, so that a body that a sweep leaves alone is meshed
//! once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::{Mesher, RawTets, wire};
use crate::geometry::TriSurface;
use crate::mesh::error::MeshError;
use crate::tensor::Point;

/// A mesher that remembers what it made, for as long as it lives.
pub struct Remembered<M> {
    mesher: M,
    kept: Mutex<BTreeMap<[u8; 32], RawTets>>,
}

impl<M> Remembered<M> {
    /// Remembers the meshes of `mesher`.
    pub fn new(mesher: M) -> Self {
        Self {
            mesher,
            kept: Mutex::default(),
        }
    }

    /// How many meshes it remembers.
    pub fn count(&self) -> usize {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}

impl<M: Mesher> Mesher for Remembered<M> {
    fn tetrahedralise(&self, surface: &TriSurface, inside: &[Point]) -> Result<RawTets, MeshError> {
        let fingerprint: [u8; 32] = Sha256::digest(wire::question(surface, inside)).into();
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tets) = kept().get(&fingerprint) {
            return Ok(tets.clone());
        }
        let tets = self.mesher.tetrahedralise(surface, inside)?;
        kept().insert(fingerprint, tets.clone());
        Ok(tets)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Counts how often it is asked.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Mesher for Counting {
        fn tetrahedralise(&self, surface: &TriSurface, _: &[Point]) -> Result<RawTets, MeshError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(RawTets {
                points: surface.vertices.clone(),
                tets: vec![[0, 1, 2, 3]],
            })
        }
    }

    #[test]
    fn the_same_surface_is_meshed_once_and_another_anew() {
        let vertices = [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let mut surface = TriSurface {
            vertices: vertices.map(Point::from).to_vec(),
            triangles: vec![[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]],
            sharp_edges: Vec::new(),
        };
        let mesher = Remembered::new(Counting::default());
        let inside = [Point::new(0.1, 0.1, 0.1)];
        let first = mesher.tetrahedralise(&surface, &[]).unwrap();
        assert_eq!(mesher.tetrahedralise(&surface, &[]).unwrap(), first);
        assert_eq!(mesher.mesher.0.load(Ordering::Relaxed), 1);
        mesher.tetrahedralise(&surface, &inside).unwrap();
        surface.vertices[3].z = 2.0;
        assert_ne!(mesher.tetrahedralise(&surface, &[]).unwrap(), first);
        assert_eq!(
            (mesher.mesher.0.load(Ordering::Relaxed), mesher.count()),
            (3, 3)
        );
    }
}
