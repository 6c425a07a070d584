//! The papers whose numbers are checked.

/// A paper whose numbers are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// Rim et al. 2022.
    Rim2022,
    /// Wei et al. 2020.
    Wei2020,
    /// Kim et al. 2017.
    Kim2017,
    /// Chen et al. 2025.
    Chen2025,
    /// Lv et al. 2023.
    Lv2023,
}

impl Paper {
    /// All papers, in the order in which they are listed.
    pub const ALL: [Self; 5] = [
        Self::Rim2022,
        Self::Wei2020,
        Self::Kim2017,
        Self::Chen2025,
        Self::Lv2023,
    ];

    /// Its name as typed.
    pub fn key(self) -> &'static str {
        match self {
            Self::Rim2022 => "rim-2022",
            Self::Wei2020 => "wei-2020",
            Self::Kim2017 => "kim-2017",
            Self::Chen2025 => "chen-2025",
            Self::Lv2023 => "lv-2023",
        }
    }

    /// Authors and year.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rim2022 => "Rim et al. 2022",
            Self::Wei2020 => "Wei et al. 2020",
            Self::Kim2017 => "Kim et al. 2017",
            Self::Chen2025 => "Chen et al. 2025",
            Self::Lv2023 => "Lv et al. 2023",
        }
    }

    /// Title and where it appeared.
    pub fn citation(self) -> &'static str {
        match self {
            Self::Rim2022 => {
                "Three-Dimensional Printed Mesh-Cage Replacement for a Metastatic Spinal Tumor and a \
                 Vertebral Compression Fracture: A Report of Two Cases. The Nerve 8(2), \
                 doi 10.21129/nerve.2022.00122"
            }
            Self::Wei2020 => {
                "Upper cervical spine reconstruction using customized 3D-printed vertebral body in 9 \
                 patients with primary tumors involving C2. Ann Transl Med 8(6):332, \
                 doi 10.21037/atm.2020.03.32"
            }
            Self::Kim2017 => {
                "Sacral Reconstruction with a 3D-Printed Implant after Hemisacrectomy in a Patient \
                 with Sacral Osteosarcoma: 1-Year Follow-Up Result. Yonsei Med J 58(2):453-457"
            }
            Self::Chen2025 => {
                "Personalized porous tantalum implants crafted via 3D printing: new horizons in \
                 complex cervical-thoracic spinal fusion. Front Bioeng Biotechnol"
            }
            Self::Lv2023 => {
                "A novel three dimensional-printed biomechanically evaluated patient-specific sacral \
                 implant in spinopelvic reconstruction after total en bloc sacrectomy. Front Bioeng \
                 Biotechnol 11:1153801, doi 10.3389/fbioe.2023.1153801"
            }
        }
    }
}
