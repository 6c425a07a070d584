//! The two ends of a vertebral body: where each lies in the body's own frame.

use nalgebra::Isometry3;

use super::morphometry::Morphometry;
use crate::geometry::End;
use crate::tensor::Vec3;

/// A pose: takes a vertebra's own frame to the frame of the column.
pub type Placement = Isometry3<f64>;

/// Slope dz/dx of the upper endplate's plane (the lower one has the opposite): half of the wedge.
pub(super) fn endplate_slope(m: &Morphometry) -> f64 {
    let depth = 0.5 * (m.upper_depth.mm + m.lower_depth.mm);
    0.5 * (m.anterior_height.mm - m.posterior_height.mm) / depth
}

/// Pose of an endplate in the vertebra's own frame, z cranial along the plane's normal.
pub(crate) fn endplate_pose(m: &Morphometry, end: End) -> Placement {
    let slope = endplate_slope(m);
    let (sign, z) = match end {
        End::Superior => (-1.0, 0.5 * m.mean_height()),
        End::Inferior => (1.0, -0.5 * m.mean_height()),
    };
    // A turn by +β about y lowers the front: dz/dx = −tan β.
    let turn = nalgebra::UnitQuaternion::from_axis_angle(&Vec3::y_axis(), sign * slope.atan());
    Placement::from_parts(Vec3::new(0.0, 0.0, z).into(), turn)
}
