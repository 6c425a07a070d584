//! How long work tells the outside how far it is. The library never prints: it calls this.

/// Receives the stages of a run. All methods may be called from several threads.
pub trait Progress: Send + Sync {
    /// A stage begins, named for a person ("Mesh T5"). `steps` is how many
    /// [`advance`](Self::advance) calls make it whole, 0 where that is not known.
    fn stage(&self, name: &str, steps: u64);
    /// One step of the current stage is done.
    fn advance(&self);
    /// A finished fact worth a line ("T5: 31 204 tets, smallest dihedral 12.3°").
    fn note(&self, text: &str);
}

/// Says nothing: for tests and for `--quiet`.
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _steps: u64) {}
    fn advance(&self) {}
    fn note(&self, _text: &str) {}
}
