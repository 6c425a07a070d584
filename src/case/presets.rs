//! Load presets by region, as data with their citations. Forces and moments are in the column
//! frame: z along the column axis upward, x anterior, y left; so axial compression is −z, flexion
//! +My, right lateral bending +Mx, left axial rotation +Mz (right-handed).

use crate::source::{Source, SourceFlag};

/// One load of a preset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PresetLoad {
    /// Name.
    pub name: &'static str,
    /// Force, N, column frame.
    pub force_n: [f64; 3],
    /// Moment, N·m, column frame.
    pub moment_nm: [f64; 3],
    /// Whether it counts as service.
    pub service: bool,
    /// Citation.
    pub citation: &'static str,
    /// How far it may be trusted.
    pub flag: SourceFlag,
}

impl PresetLoad {
    /// Where the load comes from.
    pub fn source(&self) -> Source {
        Source {
            citation: self.citation.to_owned(),
            flag: self.flag,
        }
    }
}

/// The loads of one region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// Name in the case file.
    pub name: &'static str,
    /// What to know before trusting it.
    pub text: &'static str,
    /// Its loads.
    pub loads: &'static [PresetLoad],
}

const fn load(
    name: &'static str,
    axial_n: f64,
    moment_nm: [f64; 3],
    (citation, flag): (&'static str, SourceFlag),
) -> PresetLoad {
    PresetLoad {
        name,
        force_n: [0.0, 0.0, -axial_n],
        moment_nm,
        service: true,
        citation,
        flag,
    }
}

const fn strength(
    name: &'static str,
    axial_n: f64,
    (citation, flag): (&'static str, SourceFlag),
) -> PresetLoad {
    PresetLoad {
        name,
        force_n: [0.0, 0.0, -axial_n],
        moment_nm: [0.0; 3],
        service: false,
        citation,
        flag,
    }
}

type Citation = (&'static str, SourceFlag);

const THORACIC: Citation = (
    "200 N with 7.5 N·m in each plane, used in models of T10-L2 (JOSR 2021, s13018-021-02354-0); \
     no accepted standard for T2 or T6",
    SourceFlag::SecondarySource,
);
const VBR: Citation = (
    "largest load of a vertebral body replacement in daily life at L1-L3, with a posterior \
     fixator (Rohlmann 2014, PLoS ONE e98510): an upper bound at T6",
    SourceFlag::SecondarySource,
);
const LUMBAR: Citation = (
    "combined loads for L1-L5 (Rohlmann 2009; Dreischarf 2014)",
    SourceFlag::RecalledUnverified,
);
const CERVICAL: Citation = (
    "73.6 N follower load with 1.8 N·m, models of C5-C6 (PMC3705911)",
    SourceFlag::SecondarySource,
);

/// All presets.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "thoracic",
        text: "There is no accepted standard load for the upper and middle thoracic spine (the rib \
               cage shares it; published models use 100-300 N with 2-7.5 N·m). These six loads are \
               a stated choice: 200 N with 7.5 N·m as used at T10-L2, and 1650 N as a strength \
               case that does not count as service.",
        loads: &[
            load("axial compression", 200.0, [0.0, 0.0, 0.0], THORACIC),
            load("flexion", 200.0, [0.0, 7.5, 0.0], THORACIC),
            load("extension", 200.0, [0.0, -7.5, 0.0], THORACIC),
            load("right lateral bending", 200.0, [7.5, 0.0, 0.0], THORACIC),
            load("left axial rotation", 200.0, [0.0, 0.0, 7.5], THORACIC),
            strength("strength 1650 N", 1650.0, VBR),
        ],
    },
    Preset {
        name: "lumbar",
        text: "Forces and moments that reproduce measured motions and disc pressures of standing, \
               bending and turning at L1-L5, recalled from the literature and not verified against \
               it; 1650 N as a strength case.",
        loads: &[
            load("standing", 500.0, [0.0, 0.0, 0.0], LUMBAR),
            load("flexion", 1175.0, [0.0, 7.5, 0.0], LUMBAR),
            load("extension", 500.0, [0.0, -7.5, 0.0], LUMBAR),
            load("right lateral bending", 700.0, [7.8, 0.0, 0.0], LUMBAR),
            load("left axial rotation", 720.0, [0.0, 0.0, 5.5], LUMBAR),
            strength("strength 1650 N", 1650.0, VBR),
        ],
    },
    Preset {
        name: "cervical",
        text: "The weight of the head as a follower load with the moments used in models of the \
               lower cervical spine; no strength case: none is published for an implant there.",
        loads: &[
            load("axial compression", 73.6, [0.0, 0.0, 0.0], CERVICAL),
            load("flexion", 73.6, [0.0, 1.8, 0.0], CERVICAL),
            load("extension", 73.6, [0.0, -1.8, 0.0], CERVICAL),
            load("right lateral bending", 73.6, [1.8, 0.0, 0.0], CERVICAL),
            load("left axial rotation", 73.6, [0.0, 0.0, 1.8], CERVICAL),
        ],
    },
];

/// The preset of that name.
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|p| p.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Vec3;

    /// Where a moment presses on a face that looks up, +1 or −1 on each side of the axis: a
    /// force −z at point r has moment r × (−z) = (−r_y, r_x, 0).
    fn moment_of_push_at(place: Vec3) -> Vec3 {
        place.cross(&-Vec3::z())
    }

    #[test]
    fn bending_presses_on_the_side_it_is_named_for() {
        let anterior = moment_of_push_at(Vec3::x());
        let right = moment_of_push_at(-Vec3::y());
        for preset in PRESETS {
            for load in preset.loads {
                let moment = Vec3::from(load.moment_nm);
                match load.name {
                    "flexion" => assert!(moment.dot(&anterior) > 0.0, "{}", preset.name),
                    "extension" => assert!(moment.dot(&anterior) < 0.0, "{}", preset.name),
                    "right lateral bending" => assert!(moment.dot(&right) > 0.0),
                    // Looking down the axis (from +z), turning to the left is anticlockwise.
                    "left axial rotation" => assert!(moment.z > 0.0),
                    _ => assert_eq!(moment.norm(), 0.0),
                }
            }
        }
    }

    #[test]
    fn every_load_presses_along_the_axis_and_only_strength_is_not_service() {
        for preset in PRESETS {
            for load in preset.loads {
                assert!(load.force_n[2] < 0.0 && load.force_n[0] == 0.0 && load.force_n[1] == 0.0);
                assert_eq!(load.service, !load.name.starts_with("strength"));
                assert!(!load.citation.is_empty());
            }
        }
    }

    #[test]
    fn the_thoracic_preset_has_the_stated_six_loads_and_says_there_is_no_standard() {
        let thoracic = preset("thoracic").unwrap();
        assert_eq!(thoracic.loads.len(), 6);
        assert!(thoracic.text.contains("no accepted standard"));
        for load in thoracic.loads.iter().filter(|l| l.service) {
            assert_eq!(load.force_n, [0.0, 0.0, -200.0]);
            let moment = Vec3::from(load.moment_nm).norm();
            assert!(moment == 7.5 || load.name == "axial compression");
        }
        assert_eq!(thoracic.loads[5].force_n, [0.0, 0.0, -1650.0]);
    }
}
