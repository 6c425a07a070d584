//! Quadrature points: natural coordinates and weight.

/// 1/√3.
const TWO: f64 = 0.577_350_269_189_625_8;
/// √(3/5).
const THREE: f64 = 0.774_596_669_241_483_4;

const GAUSS_2: [[f64; 2]; 2] = [[-TWO, 1.0], [TWO, 1.0]];
const GAUSS_3: [[f64; 2]; 3] = [[-THREE, 5.0 / 9.0], [0.0, 8.0 / 9.0], [THREE, 5.0 / 9.0]];

/// The centroid.
pub(super) const TETRAHEDRON_1: [[f64; 4]; 1] = [[0.25, 0.25, 0.25, 1.0 / 6.0]];

/// Degree 2.
pub(super) const TETRAHEDRON_4: [[f64; 4]; 4] = {
    const A: f64 = 0.585_410_196_624_968_5; // (5 + 3√5)/20
    const B: f64 = 0.138_196_601_125_010_5; // (5 − √5)/20
    const W: f64 = 1.0 / 24.0;
    [[B, B, B, W], [A, B, B, W], [B, A, B, W], [B, B, A, W]]
};

/// Two points a direction, ξ fastest.
pub(super) const HEXAHEDRON_8: [[f64; 4]; 8] = product(&GAUSS_2);

/// Three points a direction, ξ fastest.
pub(super) const HEXAHEDRON_27: [[f64; 4]; 27] = product(&GAUSS_3);

/// The middle of the triangle, twice.
pub(super) const WEDGE_2: [[f64; 4]; 2] = {
    const L: f64 = 1.0 / 3.0;
    [[L, L, -TWO, 0.5], [L, L, TWO, 0.5]]
};

/// Three points of the triangle in each of two layers.
pub(super) const WEDGE_6: [[f64; 4]; 6] = layers(&GAUSS_2);

/// Three points of the triangle in each of three layers.
pub(super) const WEDGE_9: [[f64; 4]; 9] = layers(&GAUSS_3);

const fn layers<const M: usize, const N: usize>(line: &[[f64; 2]; M]) -> [[f64; 4]; N] {
    const A: f64 = 2.0 / 3.0;
    const B: f64 = 1.0 / 6.0;
    let triangle = [[B, B], [A, B], [B, A]];
    let mut points = [[0.0; 4]; N];
    let mut k = 0;
    while k < N {
        let ([l1, l2], [zeta, weight]) = (triangle[k % 3], line[k / 3]);
        points[k] = [l1, l2, zeta, weight / 6.0];
        k += 1;
    }
    points
}

const fn product<const M: usize, const N: usize>(line: &[[f64; 2]; M]) -> [[f64; 4]; N] {
    let mut points = [[0.0; 4]; N];
    let mut k = 0;
    while k < N {
        let (x, y, z) = (line[k % M], line[k / M % M], line[k / (M * M)]);
        points[k] = [x[0], y[0], z[0], x[1] * y[1] * z[1]];
        k += 1;
    }
    points
}
