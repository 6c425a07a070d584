//! What holds where a case leaves a key out: one table, read by the readers of the case, printed
//! in the template of `endplate new` and told in the report, so that none of them can drift.
//!
//! What follows from other keys (the band of the cancellous modulus, the loaded face) has a rule
//! in words here and is worked out by its reader. The moduli and strengths of solids that a case
//! names stand in the library of `material`.

use crate::source::Source;
use crate::source::SourceFlag::{self, Derived, RecalledUnverified, SecondarySource};

/// A default that a case uses, to be printed with its source.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct UsedDefault {
    /// Key path ("rods.diameter_mm").
    pub key: String,
    /// Value as printed.
    pub value: String,
    /// Unit as printed, empty where there is none.
    pub unit: String,
    /// Where it comes from.
    pub source: Source,
}

/// What holds where a case leaves a key out.
#[derive(Debug)]
pub struct KeyDefault<V> {
    /// Key path without the numbers of tables ("implant.screw_track.diameter_mm").
    pub key: &'static str,
    /// What it is.
    pub value: V,
    /// How far it may be trusted.
    pub flag: SourceFlag,
    /// Citation.
    pub citation: &'static str,
}

impl<V> KeyDefault<V> {
    /// Where it comes from.
    pub fn source(&self) -> Source {
        Source {
            citation: self.citation.to_owned(),
            flag: self.flag,
        }
    }

    /// The key within its table.
    pub fn local_key(&self) -> &'static str {
        self.key.rsplit('.').next().unwrap_or(self.key)
    }
}

/// One number, or a few, in the unit of its key.
#[derive(Debug)]
pub struct Usual<T> {
    /// Taken where the key is left out.
    pub usual: T,
    /// Least and largest number a case may give instead; a reader may narrow it.
    pub range: [f64; 2],
}

/// A number that may be left out.
pub type NumberDefault = KeyDefault<Usual<f64>>;
/// A list of numbers that may be left out.
pub type ListDefault<const N: usize> = KeyDefault<Usual<[f64; N]>>;
/// A word that may be left out: one of a few, or a name.
pub type WordDefault = KeyDefault<&'static str>;
/// A value that follows from others where the key is left out; the citation says how.
pub type RuleDefault = KeyDefault<()>;

const fn number(
    key: &'static str,
    usual: f64,
    range: [f64; 2],
    (flag, citation): (SourceFlag, &'static str),
) -> NumberDefault {
    KeyDefault {
        key,
        value: Usual { usual, range },
        flag,
        citation,
    }
}

const fn word(
    key: &'static str,
    value: &'static str,
    (flag, citation): (SourceFlag, &'static str),
) -> WordDefault {
    KeyDefault {
        key,
        value,
        flag,
        citation,
    }
}

const fn rule(key: &'static str, flag: SourceFlag, citation: &'static str) -> RuleDefault {
    KeyDefault {
        key,
        value: (),
        flag,
        citation,
    }
}

/// What a Poisson ratio may be.
pub const POISSON: [f64; 2] = [0.0, 0.4999];

// [implant], [[graft]]

/// Angle between the implant's ends.
pub const SAGITTAL_ANGLE: NumberDefault = number(
    "implant.sagittal_angle_deg",
    0.0,
    [-30.0, 30.0],
    (Derived, "parallel ends unless the case says otherwise"),
);
/// How the implant's ends are cut.
pub const ENDS: WordDefault = word(
    "implant.ends",
    "fitted",
    (
        Derived,
        "the fused state ties fitted ends; flat ones need a graft body",
    ),
);
/// Name of the implant.
pub const IMPLANT_NAME: WordDefault = word("implant.name", "implant", (Derived, "what it is"));
/// Diameter of a screw track.
pub const TRACK_DIAMETER: NumberDefault = number(
    "implant.screw_track.diameter_mm",
    4.0,
    [0.5, 60.0],
    (Derived, "drawn: the papers give angles, no diameter"),
);
/// Side a screw track enters from.
pub const TRACK_AZIMUTH: NumberDefault = number(
    "implant.screw_track.azimuth_deg",
    0.0,
    [-180.0, 180.0],
    (Derived, "drawn: entry from the front"),
);
/// Where a screw track leaves its end.
pub const TRACK_EXIT: ListDefault<2> = KeyDefault {
    key: "implant.screw_track.exit_mm",
    value: Usual {
        usual: [0.0, 0.0],
        range: [-60.0, 60.0],
    },
    flag: Derived,
    citation: "drawn: the papers give angles, no places; the middle of the end",
};
/// Thickness of a graft where end and bone come nearest.
pub const GRAFT_THICKNESS: NumberDefault = number(
    "graft.min_thickness_mm",
    1.0,
    [0.5, 10.0],
    (
        Derived,
        "drawn: one layer of elements where the endplate comes nearest, so that the graft covers \
         the whole section",
    ),
);

// [[material]]

/// Poisson ratio of porous metal.
pub const POROUS_POISSON: NumberDefault = number(
    "material.poisson_ratio",
    0.3,
    POISSON,
    (
        Derived,
        "chosen: an ideal rhombic dodecahedron has 0.31 at a relative density of 0.54 and 0.46 at \
         0.12",
    ),
);

// [bone]

/// Cancellous modulus.
pub const CANCELLOUS_MODULUS: NumberDefault = number(
    "bone.cancellous_modulus_mpa",
    300.0,
    [1.0, 5000.0],
    (
        SecondarySource,
        "between the 100-450 MPa of published models (PMC3726285; bmcsurg s12893-020-00729-4); \
         Morgan 2003, J Biomech 36:897, gives 300 MPa at 0.17 g/cm³",
    ),
);
/// Band of the cancellous modulus.
pub const CANCELLOUS_BAND: RuleDefault = rule(
    "bone.cancellous_band_mpa",
    SecondarySource,
    "a third to one and a half of the stated modulus, the spread of published models (100-450 MPa \
     about 300)",
);
/// The band's ends over the modulus: published isotropic models use 100 to 450 MPa about 300.
pub const BAND_FACTORS: [f64; 2] = [1.0 / 3.0, 1.5];
/// Poisson ratio of cancellous bone.
pub const BONE_POISSON: NumberDefault = number(
    "bone.poisson_ratio",
    0.2,
    POISSON,
    (
        SecondarySource,
        "0.2 (PMC3726285); published models use 0.2 to 0.315",
    ),
);
/// Modulus of the cortical shell.
pub const CORTICAL_MODULUS: NumberDefault = number(
    "bone.cortical_modulus_mpa",
    12_000.0,
    [100.0, 30_000.0],
    (
        SecondarySource,
        "isotropic cortical bone in published models (PMC3726285)",
    ),
);
/// Poisson ratio of the cortical shell.
pub const CORTICAL_POISSON: NumberDefault = number(
    "bone.cortical_poisson_ratio",
    0.3,
    POISSON,
    (SecondarySource, "isotropic cortical bone (PMC3726285)"),
);
/// Thickness of the cortical shell.
pub const CORTICAL_THICKNESS: NumberDefault = number(
    "bone.cortical_thickness_mm",
    0.35,
    [0.0, 3.0],
    (
        SecondarySource,
        "L1 shell, measured directly, 0.09-0.86 (Silva 1994, J Bone Miner Res 9:409)",
    ),
);
/// Modulus of the bony endplate.
pub const ENDPLATE_MODULUS: NumberDefault = number(
    "bone.endplate_modulus_mpa",
    1000.0,
    [1.0, 30_000.0],
    (
        SecondarySource,
        "bony endplate in published models (JOSR s13018-021-02237-4)",
    ),
);
/// Thickness of the bony endplate.
pub const ENDPLATE_THICKNESS: NumberDefault = number(
    "bone.endplate_thickness_mm",
    1.0,
    [0.05, 5.0],
    (
        Derived,
        "about 1 mm so that the mesh resolves it; measured plates are 0.25-0.5 mm",
    ),
);
/// Depth over which the bony endplate grades into cancellous bone.
pub const ENDPLATE_GRADING: RuleDefault = rule(
    "bone.endplate_grading_mm",
    Derived,
    "as long as the layer is thick, so that the mesh resolves it",
);
/// Modulus of the posterior elements.
pub const POSTERIOR_MODULUS: NumberDefault = number(
    "bone.posterior_modulus_mpa",
    3500.0,
    [1.0, 30_000.0],
    (SecondarySource, "posterior elements (PMC3726285)"),
);
/// Poisson ratio of the posterior elements.
pub const POSTERIOR_POISSON: NumberDefault = number(
    "bone.posterior_poisson_ratio",
    0.25,
    POISSON,
    (SecondarySource, "posterior elements (PMC3726285)"),
);

// [disc_material]

const GROUND: (SourceFlag, &str) = (
    SecondarySource,
    "annulus ground (PMC3726285; s41598-025-03377-x)",
);
/// Modulus of the annulus matrix.
pub const MATRIX_MODULUS: NumberDefault = number(
    "disc_material.matrix_modulus_mpa",
    4.2,
    [0.05, 500.0],
    GROUND,
);
/// Poisson ratio of the annulus matrix.
pub const MATRIX_POISSON: NumberDefault =
    number("disc_material.matrix_poisson_ratio", 0.45, POISSON, GROUND);
/// Volume share of the fibres times their modulus.
pub const FIBRE_MODULUS: NumberDefault = number(
    "disc_material.fibre_modulus_mpa",
    72.0,
    [0.0, 1000.0],
    (
        Derived,
        "fibre share times modulus, chosen with the calibration to one segment's motion of 3-4° in \
         flexion, 5-6° in lateral bending and rotation (PLoS ONE e0177823, abstract); fibres \
         360-550 MPa in published models (PMC3726285)",
    ),
);
/// Angle of the fibres to the endplate.
pub const FIBRE_ANGLE: NumberDefault = number(
    "disc_material.fibre_angle_deg",
    30.0,
    [0.0, 90.0],
    (RecalledUnverified, "fibres at ±30° to the endplate"),
);
/// Modulus of the nucleus.
pub const NUCLEUS_MODULUS: NumberDefault = number(
    "disc_material.nucleus_modulus_mpa",
    1.0,
    [0.01, 500.0],
    (SecondarySource, "nucleus (PMC3726285; s41598-025-03377-x)"),
);
/// Poisson ratio of the nucleus.
pub const NUCLEUS_POISSON: NumberDefault = number(
    "disc_material.nucleus_poisson_ratio",
    0.49,
    POISSON,
    (
        Derived,
        "0.499 in published models (PMC3726285), held below it so that tet10 does not lock",
    ),
);
/// Outline of the nucleus over the disc's.
pub const NUCLEUS_SCALE: NumberDefault = number(
    "disc_material.nucleus_scale",
    0.66,
    [0.1, 0.95],
    (Derived, "outline of the disc scaled: 44 % of its area"),
);
/// Factors that bring one mid-thoracic segment made by this program into the published range of
/// motion, [flexion, lateral, rotation].
pub const CALIBRATION: ListDefault<3> = KeyDefault {
    key: "disc_material.calibration_factors",
    value: Usual {
        usual: [6.2, 1.0, 0.76],
        range: [0.01, 100.0],
    },
    flag: Derived,
    citation: "calibrated: flexion, lateral bending, rotation of a made mid-thoracic segment lie \
               within 3-4, 5-6, 5-6° (half of PLoS ONE e0177823, abstract)",
};

// [rods]

const RODS: (SourceFlag, &str) = (
    Derived,
    "a choice: two 5.5 mm titanium rods, a usual size; the papers give none",
);
const SCREW: (SourceFlag, &str) = (
    RecalledUnverified,
    "a usual thoracic pedicle screw; drawn in to 80 % of the pedicle's width and of the body's \
     depth",
);
/// Whether there are rods.
pub const ROD_KIND: WordDefault = word("rods.kind", "default", RODS);
/// The vertebrae that the rods hold.
pub const ROD_BETWEEN: RuleDefault = rule(
    "rods.between",
    Derived,
    "the vertebrae that the implant stands between",
);
/// Diameter of the rods.
pub const ROD_DIAMETER: NumberDefault = number("rods.diameter_mm", 5.5, [2.0, 10.0], RODS);
/// Material of the rods: the program's own, whatever a material of the case is called.
pub const ROD_MATERIAL: WordDefault = word("rods.material", "ti6al4v", RODS);
/// Diameter of the pedicle screws.
pub const SCREW_DIAMETER: NumberDefault =
    number("rods.screw_diameter_mm", 5.5, SCREW_DIAMETERS, SCREW);
/// Length of the pedicle screws.
pub const SCREW_LENGTH: NumberDefault = number("rods.screw_length_mm", 40.0, SCREW_LENGTHS, SCREW);

/// From the bone to the rods' axes.
pub const ROD_HEAD: NumberDefault = number("rods.head_mm", 10.0, HEAD_LENGTHS, FREE);

// [screws], [[screw]], [[rod]], [[connector]], [[hook]], [[cable]]

const SCREW_DIAMETERS: [f64; 2] = [2.0, 10.0];
const SCREW_LENGTHS: [f64; 2] = [10.0, 120.0];
const HEAD_LENGTHS: [f64; 2] = [2.0, 40.0];
const FREE: (SourceFlag, &str) = (
    RecalledUnverified,
    "what a screw leaves free between bone and rod in tests after ASTM F1717",
);
const LOCKED: (SourceFlag, &str) = (Derived, "a choice: set screws are tightened");
/// Diameter of the screws of a list of levels.
pub const PRESET_DIAMETER: NumberDefault =
    number("screws.diameter_mm", 5.5, SCREW_DIAMETERS, SCREW);
/// Their length.
pub const PRESET_LENGTH: NumberDefault = number("screws.length_mm", 40.0, SCREW_LENGTHS, SCREW);
/// From the bone to the rod's axis.
pub const PRESET_HEAD_LENGTH: NumberDefault = number("screws.head_mm", 10.0, HEAD_LENGTHS, FREE);
/// How their heads hold the rod.
pub const PRESET_HEAD: WordDefault = word("screws.head", "locked", LOCKED);
/// Their material.
pub const PRESET_MATERIAL: WordDefault = word("screws.material", "ti6al4v", RODS);
/// Diameter of a screw.
pub const OWN_DIAMETER: NumberDefault = number("screw.diameter_mm", 5.5, SCREW_DIAMETERS, SCREW);
/// Length of a screw.
pub const OWN_LENGTH: NumberDefault = number("screw.length_mm", 40.0, SCREW_LENGTHS, SCREW);
/// From the bone to the rod's axis.
pub const HEAD_LENGTH: NumberDefault = number("screw.head_mm", 10.0, HEAD_LENGTHS, FREE);
/// How its head holds the rod.
pub const OWN_HEAD: WordDefault = word("screw.head", "locked", LOCKED);
/// Its material.
pub const OWN_MATERIAL: WordDefault = word("screw.material", "ti6al4v", RODS);
/// Shape of a rod between what it runs through.
pub const ROD_CURVE: WordDefault = word(
    "rod.curve",
    "straight",
    (Derived, "a choice: pre-bent rods say `curve = \"arc\"`"),
);
/// Diameter of a rod.
pub const LONG_ROD_DIAMETER: NumberDefault = number("rod.diameter_mm", 5.5, [2.0, 10.0], RODS);
/// Material of a rod.
pub const LONG_ROD_MATERIAL: WordDefault = word("rod.material", "ti6al4v", RODS);
/// Diameter of the bar of a cross-link.
pub const CROSS_LINK_DIAMETER: NumberDefault = number(
    "connector.diameter_mm",
    4.0,
    [1.0, 10.0],
    (Derived, "a choice: somewhat thinner than the rods"),
);
/// Material of the bar of a cross-link.
pub const CROSS_LINK_MATERIAL: WordDefault = word("connector.material", "ti6al4v", RODS);
/// Force with which a hook was pressed on.
pub const HOOK_FORCE: NumberDefault = number(
    "hook.force_n",
    0.0,
    [0.0, 500.0],
    (Derived, "a choice: the hook lies on, not more"),
);
/// Material of a cable.
pub const CABLE_MATERIAL: WordDefault = word(
    "cable.material",
    "ti6al4v",
    (
        Derived,
        "a choice: titanium, as the rods; a strand gives more than its metal",
    ),
);

// [loads], [[load_case]], [support]

/// The loaded face.
pub const LOADED_FACE: RuleDefault = rule(
    "loads.loaded_face",
    Derived,
    "definition: loaded on top, clamped at the bottom",
);
/// The clamped face.
pub const CLAMPED: RuleDefault = rule("support.clamped", Derived, LOADED_FACE.citation);
/// The point that loads act at.
pub const LOAD_POINT: RuleDefault = rule(
    "loads.at_mm",
    Derived,
    "definition: the load acts at the centroid of the loaded face",
);
/// Axes of a load.
pub const LOAD_AXES: WordDefault = word(
    "load_case.axes",
    "column",
    (
        Derived,
        "as in the presets: z along the column axis, x anterior, y left",
    ),
);
/// Whether a load counts as service.
pub const LOAD_SERVICE: WordDefault = word(
    "load_case.service",
    "true",
    (
        Derived,
        "a load counts as service unless the case says otherwise",
    ),
);

// [interface], [mesh], [solver]

/// Gap up to which faces are tied.
pub const GAP: NumberDefault = number(
    "interface.gap_tolerance_mm",
    0.1,
    [0.0, 5.0],
    (Derived, "definition: faces further apart are not tied"),
);
const SIZE: [f64; 2] = [0.1, 20.0];
const SIZES: (SourceFlag, &str) = (
    Derived,
    "those of validation/t6-tantalum, whose mesh study shows what finer ones change: about a \
     minute for three vertebrae on two cores",
);
/// Edges in bone away from everything.
pub const BONE_SIZE: NumberDefault = number("mesh.bone_mm", 2.0, SIZE, SIZES);
/// Edges in vertebrae that are resected.
pub const RESECTED_SIZE: NumberDefault = number("mesh.resected_mm", 3.0, SIZE, SIZES);
/// Edges at the endplates.
pub const ENDPLATE_SIZE: NumberDefault = number("mesh.endplate_mm", 1.0, SIZE, SIZES);
/// Edges in the implant.
pub const IMPLANT_SIZE: NumberDefault = number("mesh.implant_mm", 1.2, SIZE, SIZES);
/// Edges in the discs.
pub const DISC_SIZE: NumberDefault = number("mesh.disc_mm", 1.5, SIZE, SIZES);
/// Growth of the edges with the distance from the endplates.
pub const GROWTH: NumberDefault = number("mesh.growth", 0.3, [0.01, 2.0], SIZES);
/// Which solver.
pub const SOLVER_METHOD: WordDefault = word(
    "solver.method",
    "auto",
    (Derived, "the program chooses by predicted memory and time"),
);
/// Threads.
pub const THREADS: RuleDefault = rule("solver.threads", Derived, "as many as the machine has");

// [limits]

/// Compressive yield strain of cancellous bone.
pub const YIELD_STRAIN: NumberDefault = number(
    "limits.yield_strain_percent",
    0.77,
    [0.05, 5.0],
    (
        RecalledUnverified,
        "yield strain of vertebral cancellous bone in compression, 0.77 +- 0.06 % (Morgan & \
         Keaveny 2001, J Biomech 34:569)",
    ),
);
/// Smallest local failure load of an endplate.
pub const INDENTATION: NumberDefault = number(
    "limits.indentation_force_n",
    50.0,
    [1.0, 2000.0],
    (
        RecalledUnverified,
        "lower end of 50-250 N under a 3 mm indenter, L3-S1 (Grant et al. 2001, Spine 26:889)",
    ),
);
const PISTOIA: (SourceFlag, &str) = (
    RecalledUnverified,
    "Pistoia et al. 2002, Bone 30:842; tuned for the distal radius, not for vertebrae",
);
/// Effective strain of Pistoia's criterion.
pub const EFFECTIVE_STRAIN: NumberDefault = number(
    "limits.effective_strain_microstrain",
    7000.0,
    [100.0, 100_000.0],
    PISTOIA,
);
/// Share of the volume beyond it.
pub const EFFECTIVE_VOLUME: NumberDefault = number(
    "limits.effective_volume_percent",
    2.0,
    [0.01, 100.0],
    PISTOIA,
);
/// Subsidence depth.
pub const SUBSIDENCE_DEPTH: NumberDefault = number(
    "limits.subsidence_depth_mm",
    2.0,
    [0.01, 20.0],
    (
        SecondarySource,
        "clinical grades: up to 2 mm none, 2-4 mm mild, above 4 mm severe (preprint rs-853052, 242 \
         patients)",
    ),
);
/// Rotation beyond which the linear model is out of range.
pub const ROTATION: NumberDefault = number(
    "limits.rotation_deg",
    5.0,
    [0.1, 45.0],
    (Derived, "definition: beyond it small rotations do not hold"),
);
/// Strain beyond which the linear model is out of range.
pub const STRAIN: NumberDefault = number(
    "limits.strain_percent",
    5.0,
    [0.1, 50.0],
    (Derived, "definition: beyond it small strains do not hold"),
);

const NUMBERS: [&NumberDefault; 48] = [
    &SAGITTAL_ANGLE,
    &TRACK_DIAMETER,
    &TRACK_AZIMUTH,
    &GRAFT_THICKNESS,
    &POROUS_POISSON,
    &CANCELLOUS_MODULUS,
    &BONE_POISSON,
    &CORTICAL_MODULUS,
    &CORTICAL_POISSON,
    &CORTICAL_THICKNESS,
    &ENDPLATE_MODULUS,
    &ENDPLATE_THICKNESS,
    &POSTERIOR_MODULUS,
    &POSTERIOR_POISSON,
    &MATRIX_MODULUS,
    &MATRIX_POISSON,
    &FIBRE_MODULUS,
    &FIBRE_ANGLE,
    &NUCLEUS_MODULUS,
    &NUCLEUS_POISSON,
    &NUCLEUS_SCALE,
    &ROD_DIAMETER,
    &SCREW_DIAMETER,
    &SCREW_LENGTH,
    &ROD_HEAD,
    &PRESET_DIAMETER,
    &PRESET_LENGTH,
    &PRESET_HEAD_LENGTH,
    &OWN_DIAMETER,
    &OWN_LENGTH,
    &HEAD_LENGTH,
    &LONG_ROD_DIAMETER,
    &CROSS_LINK_DIAMETER,
    &HOOK_FORCE,
    &GAP,
    &BONE_SIZE,
    &RESECTED_SIZE,
    &ENDPLATE_SIZE,
    &IMPLANT_SIZE,
    &DISC_SIZE,
    &GROWTH,
    &YIELD_STRAIN,
    &INDENTATION,
    &EFFECTIVE_STRAIN,
    &EFFECTIVE_VOLUME,
    &SUBSIDENCE_DEPTH,
    &ROTATION,
    &STRAIN,
];

const WORDS: [&WordDefault; 15] = [
    &IMPLANT_NAME,
    &ENDS,
    &ROD_KIND,
    &ROD_MATERIAL,
    &PRESET_HEAD,
    &PRESET_MATERIAL,
    &OWN_HEAD,
    &OWN_MATERIAL,
    &ROD_CURVE,
    &LONG_ROD_MATERIAL,
    &CROSS_LINK_MATERIAL,
    &CABLE_MATERIAL,
    &LOAD_AXES,
    &LOAD_SERVICE,
    &SOLVER_METHOD,
];

/// Every key that may be left out with a value of its own, that value as a case file writes it, and
/// where it comes from.
pub fn table() -> Vec<(&'static str, String, Source)> {
    let quoted = |w: &WordDefault| match w.value {
        "true" | "false" => w.value.to_owned(),
        word => format!("{word:?}"),
    };
    let band = BAND_FACTORS.map(|factor| factor * CANCELLOUS_MODULUS.value.usual);
    let exit = format!("{:?}", TRACK_EXIT.value.usual);
    let calibration = format!("{:?}", CALIBRATION.value.usual);
    let grading = format!("{:?}", ENDPLATE_THICKNESS.value.usual);
    let mut all = vec![
        (TRACK_EXIT.key, exit, TRACK_EXIT.source()),
        (CALIBRATION.key, calibration, CALIBRATION.source()),
        (
            CANCELLOUS_BAND.key,
            format!("{band:?}"),
            CANCELLOUS_BAND.source(),
        ),
        (ENDPLATE_GRADING.key, grading, ENDPLATE_GRADING.source()),
    ];
    let numbers = NUMBERS.iter();
    all.extend(numbers.map(|n| (n.key, format!("{:?}", n.value.usual), n.source())));
    all.extend(WORDS.iter().map(|w| (w.key, quoted(w), w.source())));
    all
}
