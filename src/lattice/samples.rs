//! Compression tests of printed lattices, as published. Data only; the fits are made from them.

/// One compression sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Name in its table.
    pub name: &'static str,
    /// Porosity, per cent.
    pub porosity_percent: f64,
    /// Young's modulus, GPa.
    pub modulus_gpa: f64,
    /// Yield strength, MPa.
    pub yield_mpa: f64,
    /// Plateau stress, MPa, where it was measured.
    pub plateau_mpa: Option<f64>,
}

impl Sample {
    /// 1 − porosity.
    pub fn relative_density(&self) -> f64 {
        1.0 - self.porosity_percent / 100.0
    }
}

/// A sample by name: porosity (%), modulus (GPa), yield strength (MPa).
const fn sample(
    name: &'static str,
    [porosity_percent, modulus_gpa, yield_mpa]: [f64; 3],
) -> Sample {
    Sample {
        name,
        porosity_percent,
        modulus_gpa,
        yield_mpa,
        plateau_mpa: None,
    }
}

const fn with_plateau(sample: Sample, plateau_mpa: f64) -> Sample {
    Sample {
        plateau_mpa: Some(plateau_mpa),
        ..sample
    }
}

/// Chen et al. 2025, Table 2: rhombic dodecahedra of tantalum.
pub const CHEN_TANTALUM: [Sample; 5] = [
    with_plateau(sample("A", [45.54, 4.71, 33.46]), 103.88),
    with_plateau(sample("B", [73.92, 1.28, 13.75]), 23.89),
    with_plateau(sample("C", [83.29, 0.49, 7.42]), 10.19),
    with_plateau(sample("D", [86.94, 0.23, 2.70]), 4.62),
    with_plateau(sample("E", [88.02, 0.17, 2.16]), 3.99),
];

/// Diamond lattices of Ti-6Al-4V as tabulated in PMC7311579, Table 1.
pub const DIAMOND_TITANIUM: [Sample; 4] = [
    sample("64 %", [64.0, 3.70, 70.6]),
    sample("72 %", [72.0, 2.20, 31.7]),
    sample("79 %", [79.0, 1.50, 28.9]),
    sample("89 %", [89.0, 0.50, 6.8]),
];

/// BCC lattices of Ti-6Al-4V as tabulated in PMC7311579, Table 1, without the graded one.
pub const BCC_TITANIUM: [Sample; 3] = [
    sample("33.78 %", [33.78, 9.0, 392.0]),
    sample("53.06 %", [53.06, 4.6, 192.0]),
    sample("71.87 %", [71.87, 1.6, 53.0]),
];
