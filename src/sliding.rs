//! How faces that press on each other slide.

/// How faces slide on each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sliding {
    /// Freely.
    Frictionless,
    /// Where the shear reaches this share of the pressure.
    Friction(f64),
    /// Never while they press: spikes.
    Rough,
}
