//! The column's own axes.

use nalgebra::Matrix3;

use crate::tensor::{Point, Vec3};

/// The frame in which loads are given: z along the column axis, x anterior, y left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColumnFrame {
    /// Origin, mm: centroid of the superior endplate below the implant.
    pub origin: Point,
    /// Columns are the column's x, y and z in the program frame.
    pub axes: Matrix3<f64>,
}

impl ColumnFrame {
    /// A vector of the column frame in the program frame.
    pub fn to_global(&self, v: &Vec3) -> Vec3 {
        self.axes * v
    }

    /// A vector of the program frame in the column frame.
    pub fn to_local(&self, v: &Vec3) -> Vec3 {
        self.axes.transpose() * v
    }

    /// The column axis, cranial.
    pub fn axis(&self) -> Vec3 {
        self.axes.column(2).into()
    }
}
