//! Why two surfaces cannot be tied.

/// Why two surfaces cannot be tied.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ContactError {
    /// A side without facets.
    #[error("interface {name}: the surface of {body} has no facets")]
    EmptySide {
        /// Interface name.
        name: String,
        /// Body whose surface is empty.
        body: String,
    },
    /// The surfaces do not face each other within the allowed gap.
    #[error(
        "interface {name}: {} and {} do not face each other anywhere within a gap of \
         {max_gap_mm} mm",
        .bodies[0],
        .bodies[1]
    )]
    NothingInReach {
        /// Interface name.
        name: String,
        /// The two bodies.
        bodies: [String; 2],
        /// Allowed gap, mm.
        max_gap_mm: f64,
    },
    /// Settings for which the tie is not defined or not stable.
    #[error(
        "interface {name}: the gap {max_gap_mm} mm must be finite and not negative, the angle \
         {max_angle_deg}° at least 0 and below 90, the stability factor {stability} above 1"
    )]
    Settings {
        /// Interface name.
        name: String,
        /// Allowed gap, mm.
        max_gap_mm: f64,
        /// Allowed angle between the faces, degrees.
        max_angle_deg: f64,
        /// Stability factor.
        stability: f64,
    },
    /// An element whose stiffness is zero, negative, or not a number.
    #[error("interface {name}: element {} or {} has no stiffness", .elements[0], .elements[1])]
    NoStiffness {
        /// Interface name.
        name: String,
        /// Elements of side A and B.
        elements: [u32; 2],
    },
}
