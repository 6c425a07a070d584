//! For each key of the template a changed legal value and where the change is seen, one key a line.

/// Where a change must be seen. Names and sources do not count but where the key is a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// This column allows no other value: refused at the key, in these words.
    Refused(&'static str),
    /// The measured bones, as read from their file.
    File,
    /// Shapes and landmarks of bones and discs.
    Bones,
    /// Shape of the implant and its grafts.
    Implant,
    /// Wanted edge lengths.
    Edges,
    /// Stiffness and density of the elements.
    Elements,
    /// Tied areas.
    Ties,
    /// The cortical shell.
    Membranes,
    /// Stiffness, places and tensions of screws, rods and what helps them, or whether there are any.
    Rods,
    /// Cuts across the construct: names and what crosses them.
    Cuts,
    /// Which nodes are held.
    Supports,
    /// Nodal forces and what counts as service.
    Loads,
    /// Which states are solved.
    States,
    /// Numbers of the findings, on the same solution.
    Rows,
    /// Numbers of the findings at both ends of the band of the modulus.
    Band,
    /// Sizes of the lattice for the printer.
    Lattice,
    /// What bodies, materials and loads are called.
    Names,
}

/// A key, edits that make room for it (before and after have them), and the edits that change it.
pub struct Change {
    pub key: &'static str,
    pub room: &'static [(&'static str, &'static str)],
    pub edits: &'static [(&'static str, &'static str)],
    pub seen: Seen,
}

const fn change(
    key: &'static str,
    edits: &'static [(&'static str, &'static str)],
    seen: Seen,
) -> Change {
    roomy(key, &[], edits, seen)
}

const fn roomy(
    key: &'static str,
    room: &'static [(&'static str, &'static str)],
    edits: &'static [(&'static str, &'static str)],
    seen: Seen,
) -> Change {
    Change {
        key,
        room,
        edits,
        seen,
    }
}

/// A state of the case's own.
const STATE: &[(&str, &str)] = &[(
    "[[vertebra]]\nname = \"T5\"",
    "[[state]]\nname = \"own\"\nfrom = \"fused\"\nwithout = [\"rods\"]\n[[vertebra]]\nname = \"T5\"",
)];

/// Parts one by one in place of the short form, in single quotes: the template's own are double.
const PARTS: &[(&str, &str)] = &[(
    "[rods]\nkind = \"default\"",
    "[screws]\nlevels = ['T5', 'T7']\ndiameter_mm = 3.5\nlength_mm = 28.0\nhead_mm = 11.0\nhead = \
     'locked'\n[[rod]]\nname = 'left'\nthrough = ['T7 left', 'T5 left', [-40.0, 10.0, 45.0]]\n[[rod]]\nname \
     = 'right'\nthrough = ['T7 right', 'T5 right']\n[[connector]]\nkind = 'cross-link'\nrods = ['left', \
     'right']\n[[hook]]\nrod = 'left'\nbody = 'T5'\nside = 'left'\npushes = 'cranial'\n[[cable]]\nfrom = \
     'T7.lamina_right'\nto = 'right'\ndiameter_mm = 1.0\ntension_n = 150.0\n#",
)];

/// Screws one by one.
const OWN: &[(&str, &str)] = &[(
    "[rods]\nkind = \"default\"",
    "[[screw]]\nname = 'T5 left'\nbody = 'T5'\nside = 'left'\ndiameter_mm = 3.25\nlength_mm = \
     27.0\n[[screw]]\nname = 'T5 right'\nbody = 'T5'\nside = 'right'\n[[screw]]\nname = 'T7 left'\nbody = \
     'T7'\nentry_mm = [-29.0, 10.7, -20.2]\ntip_mm = [0.0, 10.7, -19.3]\ndiameter_mm = 3.5\n[[screw]]\nname \
     = 'T7 right'\nbody = 'T7'\nside = 'right'\n[[rod]]\nname = 'left'\nthrough = ['T7 left', 'T5 \
     left']\n[[rod]]\nname = 'right'\nthrough = ['T7 right', 'T5 right']\n#",
)];

/// A cut of the case's own.
const CUT: &[(&str, &str)] = &[(
    "[loads]\n",
    "[[cut]]\nname = \"above\"\nat = \"T5\"\n[loads]\n",
)];

/// A state right after surgery.
const IMMEDIATE: &[(&str, &str)] = &[
    ("[\"intact\", \"fused\"]", "[\"immediate\"]"),
    ("# friction = 0.74", "friction = 0.5\n#"),
];

/// A join of the case's own.
const JOIN: &[(&str, &str)] = &[(
    "[[vertebra]]\nname = \"T5\"",
    "[[join]]\nfaces = [\"T5.inferior_endplate\", \"T6.superior_endplate\"]\nlaw = \"bonded\"\n\
     states = [\"intact\"]\n[[vertebra]]\nname = \"T5\"",
)];

/// Ends that are as in the template, fitted: grafts leave.
const NO_GRAFTS: (&str, &str) = ("@grafts", "");
/// The own load alone, so that loads may push from below.
const NO_PRESET: (&str, &str) = ("preset = \"thoracic\"", "");
const SWAPPED_FACES: &[(&str, &str)] = &[
    ("loaded_face = \"T5.superior", "loaded_face = \"T7.inferior"),
    ("clamped = \"T7.inferior", "clamped = \"T5.superior"),
];
const POROUS: &str = "law = \"chen-2025-tantalum\"\nporosity_percent = 80.0";
const PROFILE: &str = "law = \"chen-2025-tantalum\"\nporosity = { by = \"endplate-distance\", \
                       points_mm = [0.0, 6.0], percent = [60.0, 80.0] }";
const GRID: &str = "law = \"chen-2025-tantalum\"\nporosity = { by = \"grid\", file = \
                    \"porosity.csv\", frame = \"implant\" }";
const LATTICE: &str = "law = \"chen-2025-tantalum\"\nporosity_percent = 80.0\nlattice = { cell = \
                       \"rhombic-dodecahedron\", cell_mm = 1.5 }";
const ISOTROPIC: &str = "law = \"isotropic\"\nyoungs_modulus_mpa = 900.0\npoisson_ratio = 0.3";
const TRANSVERSE: &str = "law = \"transversely-isotropic\"\naxial_modulus_mpa = 200.0\n\
                          transverse_modulus_mpa = 140.0\naxial_shear_modulus_mpa = 48.0\n\
                          axial_poisson_ratio = 0.3\ntransverse_poisson_ratio = 0.4\n\
                          axis = [0.0, 0.0, 1.0]";
const ORTHOTROPIC: &str = "law = \"orthotropic\"\nyoungs_modulus_mpa = [200.0, 220.0, 240.0]\n\
                           shear_modulus_mpa = [80.0, 85.0, 90.0]\npoisson_ratio = [0.3, 0.3, 0.3]\n\
                           axis_1 = [1.0, 0.0, 0.0]\naxis_2 = [0.0, 1.0, 0.0]";
const HOMOGENISED: &str = "law = \"homogenised\"\nfile = \"cell.json\"\nknock_down = 0.2";

/// Keys of the template on the column that it makes, from the top of the file down.
#[rustfmt::skip]
pub const CHANGES: &[Change] = &[
    change("format", &[("format = 1", "format = 2")], Seen::Refused("expected 1")),
    change("states", &[("[\"intact\", \"fused\"]", "[\"fused\"]")], Seen::States),
    roomy("state.name", STATE, &[("name = \"own\"", "name = \"mine\"")], Seen::States),
    roomy("state.from", STATE, &[("from = \"fused\"\nwithout = [\"rods\"]", "from = \"intact\"")], Seen::Ties),
    roomy("state.without", STATE, &[("[\"rods\"]", "[\"cage\"]")], Seen::Ties),
    roomy("join.faces", JOIN, &[("\"T6.superior_endplate\"]", "\"T5.superior_endplate\"]")], Seen::Refused("not joined to itself")),
    roomy("join.law", JOIN, &[("law = \"bonded\"", "law = \"friction\"")], Seen::Refused("friction")),
    roomy("join.states", JOIN, &[("states = [\"intact\"]", "states = [\"fused\"]")], Seen::Refused("does not have both")),
    change("vertebra.name", &[("\"T7\"]", "\"sacrum\"]"), ("name = \"T7\"", "name = \"sacrum\""), ("\"T7.inferior", "\"sacrum.inferior")], Seen::Names),
    change("vertebra.level", &[("level = \"T7\"", "level = \"T8\""), ("level = \"T6\"", "level = \"T7\""), ("level = \"T5\"", "level = \"T6\"")], Seen::Bones),
    change("disc.name", &[("name = \"T5-T6\"", "name = \"upper\"")], Seen::Names),
    change("disc.between", &[("between = [\"T5\", \"T6\"]", "between = [\"@\"]"), ("between = [\"T6\", \"T7\"]", "between = [\"T5\", \"T6\"]"), ("between = [\"@\"]", "between = [\"T6\", \"T7\"]")], Seen::Bones),
    change("disc.height_mm", &[("height_mm = 3.1", "height_mm = 4.1")], Seen::Bones),
    change("disc.calibration_factors", &[("height_mm = 3.1", "height_mm = 3.1\ncalibration_factors = [3.0, 1.0, 0.76]")], Seen::Elements),
    change("resection.vertebrae", &[("vertebrae = [\"T6\"]", "vertebrae = [\"T5\"]")], Seen::Refused("T5 is resected")),
    change("implant.name", &[("name = \"cage\"", "name = \"spacer\"")], Seen::Names),
    change("implant.between", &[("between = [\"T5\", \"T7\"]", "between = [\"T5\", \"T6\"]")], Seen::Refused("no vertebra lies between")),
    change("implant.diameter_mm", &[("diameter_mm = 15.0", "diameter_mm = 16.0")], Seen::Implant),
    change("implant.height", &[("height = \"fit\"", "height_mm = 20.0")], Seen::Implant),
    roomy("implant.height_mm", &[("height = \"fit\"", "height_mm = 20.0")], &[("height_mm = 20.0", "height_mm = 21.0")], Seen::Implant),
    change("implant.sagittal_angle_deg", &[("# sagittal_angle_deg = 0.0", "sagittal_angle_deg = 4.0")], Seen::Implant),
    change("implant.ends", &[NO_GRAFTS, ("ends = \"flat\"", "ends = \"fitted\"")], Seen::Implant),
    change("implant.material", &[("material = \"porous metal\"", "material = \"peek\"")], Seen::Elements),
    change("implant.solid.kind", &[("kind = \"core\"\ndiameter_mm = 8.0", "kind = \"end_plate\"\nthickness_mm = 4.0")], Seen::Elements),
    change("implant.solid.thickness_mm", &[("thickness_mm = 3.0", "thickness_mm = 5.0")], Seen::Elements),
    change("implant.solid.diameter_mm", &[("diameter_mm = 8.0", "diameter_mm = 11.0")], Seen::Elements),
    change("implant.solid.material", &[("material = \"tantalum\"", "material = \"cocr\"")], Seen::Elements),
    change("implant.screw_track.diameter_mm", &[("diameter_mm = 4.0", "diameter_mm = 3.0")], Seen::Implant),
    change("implant.screw_track.angle_deg", &[("angle_deg = 30.0", "angle_deg = 35.0")], Seen::Implant),
    change("implant.screw_track.end", &[("end = \"superior\"              # or", "end = \"inferior\"              # or")], Seen::Implant),
    change("implant.screw_track.exit_mm", &[("exit_mm = [0.0, 0.0]", "exit_mm = [1.0, 2.0]")], Seen::Implant),
    change("implant.screw_track.azimuth_deg", &[("azimuth_deg = 0.0", "azimuth_deg = 60.0")], Seen::Implant),
    change("graft.name", &[("name = \"graft above\"", "name = \"chips\"")], Seen::Names),
    change("graft.end", &[("end = \"superior\"\n# implant", "end = \"inferior\"\n# implant"), ("name = \"graft below\"\nend = \"inferior\"", "name = \"graft below\"\nend = \"superior\"")], Seen::Implant),
    change("graft.implant", &[("# implant = \"cage\" ", "implant = \"cake\" ")], Seen::Refused("no implant \"cake\"")),
    change("graft.min_thickness_mm", &[("min_thickness_mm = 2.0", "min_thickness_mm = 3.0")], Seen::Implant),
    change("graft.material", &[("material = \"cancellous-bone\"", "material = \"pmma\"")], Seen::Elements),
    change("material.name", &[("name = \"porous metal\"", "name = \"ti6al4v\""), ("material = \"porous metal\"", "material = \"ti6al4v\"")], Seen::Names),
    roomy("material.law", &[("porosity_percent = 80.0", "porosity_percent = 70.0")], &[("law = \"chen-2025-tantalum\"", "law = \"porous-ti6al4v\"")], Seen::Elements),
    change("material.porosity_percent", &[("porosity_percent = 80.0", "porosity_percent = 70.0")], Seen::Elements),
    change("material.relative_density", &[("porosity_percent = 80.0", "relative_density = 0.3")], Seen::Elements),
    change("material.poisson_ratio", &[("# poisson_ratio = 0.3 ", "poisson_ratio = 0.35 ")], Seen::Elements),
    change("material.strength_mpa", &[("# strength_mpa = 8.0", "strength_mpa = 9.0")], Seen::Rows),
    roomy("material.porosity.by", &[(POROUS, PROFILE)], &[("by = \"endplate-distance\"", "by = \"height\"")], Seen::Elements),
    roomy("material.porosity.points_mm", &[(POROUS, PROFILE)], &[("[0.0, 6.0]", "[0.0, 4.0]")], Seen::Elements),
    roomy("material.porosity.percent", &[(POROUS, PROFILE)], &[("[60.0, 80.0]", "[60.0, 70.0]")], Seen::Elements),
    roomy("material.porosity.file", &[(POROUS, GRID)], &[("\"porosity.csv\"", "\"denser.csv\"")], Seen::Elements),
    roomy("material.porosity.frame", &[(POROUS, GRID)], &[("frame = \"implant\"", "frame = \"program\"")], Seen::Elements),
    roomy("material.lattice.cell", &[(POROUS, LATTICE)], &[("\"rhombic-dodecahedron\"", "\"diamond\"")], Seen::Lattice),
    roomy("material.lattice.cell_mm", &[(POROUS, LATTICE)], &[("cell_mm = 1.5", "cell_mm = 1.2")], Seen::Lattice),
    roomy("material.youngs_modulus_mpa", &[(POROUS, ISOTROPIC)], &[("= 900.0", "= 950.0")], Seen::Elements),
    roomy("material.file", &[(POROUS, HOMOGENISED)], &[("\"cell.json\"", "\"stiffer.json\"")], Seen::Elements),
    roomy("material.knock_down", &[(POROUS, HOMOGENISED)], &[("knock_down = 0.2", "knock_down = 0.3")], Seen::Elements),
    roomy("material.axial_modulus_mpa", &[(POROUS, TRANSVERSE)], &[("= 200.0", "= 210.0")], Seen::Elements),
    roomy("material.transverse_modulus_mpa", &[(POROUS, TRANSVERSE)], &[("= 140.0", "= 150.0")], Seen::Elements),
    roomy("material.axial_shear_modulus_mpa", &[(POROUS, TRANSVERSE)], &[("= 48.0", "= 50.0")], Seen::Elements),
    roomy("material.axial_poisson_ratio", &[(POROUS, TRANSVERSE)], &[("axial_poisson_ratio = 0.3", "axial_poisson_ratio = 0.2")], Seen::Elements),
    roomy("material.transverse_poisson_ratio", &[(POROUS, TRANSVERSE)], &[("ratio = 0.4", "ratio = 0.3")], Seen::Elements),
    roomy("material.axis", &[(POROUS, TRANSVERSE)], &[("axis = [0.0, 0.0, 1.0]", "axis = [1.0, 0.0, 1.0]")], Seen::Elements),
    roomy("material.shear_modulus_mpa", &[(POROUS, ORTHOTROPIC)], &[("85.0", "88.0")], Seen::Elements),
    roomy("material.axis_1", &[(POROUS, ORTHOTROPIC)], &[("axis_1 = [1.0, 0.0, 0.0]", "axis_1 = [1.0, 1.0, 0.0]")], Seen::Elements),
    roomy("material.axis_2", &[(POROUS, ORTHOTROPIC)], &[("axis_2 = [0.0, 1.0, 0.0]", "axis_2 = [0.0, 1.0, 1.0]")], Seen::Elements),
    change("bone.cancellous_modulus_mpa", &[("# cancellous_modulus_mpa = 300.0", "cancellous_modulus_mpa = 310.0")], Seen::Elements),
    change("bone.apparent_density_g_per_cm3", &[("# cancellous_modulus_mpa = 300.0", "apparent_density_g_per_cm3 = 0.2")], Seen::Elements),
    change("bone.cancellous_band_mpa", &[("# cancellous_band_mpa = [100.0, 450.0]", "cancellous_band_mpa = [150.0, 450.0]")], Seen::Band),
    change("bone.poisson_ratio", &[("# poisson_ratio = 0.2", "poisson_ratio = 0.25")], Seen::Elements),
    change("bone.cortical_modulus_mpa", &[("# cortical_modulus_mpa = 12000.0", "cortical_modulus_mpa = 11000.0")], Seen::Membranes),
    change("bone.cortical_poisson_ratio", &[("# cortical_poisson_ratio = 0.3", "cortical_poisson_ratio = 0.25")], Seen::Membranes),
    change("bone.cortical_thickness_mm", &[("# cortical_thickness_mm = 0.35", "cortical_thickness_mm = 0.4 ")], Seen::Membranes),
    change("bone.endplate_modulus_mpa", &[("# endplate_modulus_mpa = 1000.0", "endplate_modulus_mpa = 1100.0")], Seen::Elements),
    change("bone.endplate_thickness_mm", &[("# endplate_thickness_mm = 1.0", "endplate_thickness_mm = 1.2")], Seen::Elements),
    change("bone.endplate_grading_mm", &[("# endplate_grading_mm = 1.0", "endplate_grading_mm = 1.5")], Seen::Elements),
    change("bone.posterior_modulus_mpa", &[("# posterior_modulus_mpa = 3500.0", "posterior_modulus_mpa = 3000.0")], Seen::Elements),
    change("bone.posterior_poisson_ratio", &[("# posterior_poisson_ratio = 0.25", "posterior_poisson_ratio = 0.3")], Seen::Elements),
    change("disc_material.matrix_modulus_mpa", &[("# matrix_modulus_mpa = 4.2", "matrix_modulus_mpa = 4.0")], Seen::Elements),
    change("disc_material.matrix_poisson_ratio", &[("# matrix_poisson_ratio = 0.45", "matrix_poisson_ratio = 0.4")], Seen::Elements),
    change("disc_material.fibre_modulus_mpa", &[("# fibre_modulus_mpa = 72.0", "fibre_modulus_mpa = 80.0")], Seen::Elements),
    change("disc_material.fibre_angle_deg", &[("# fibre_angle_deg = 30.0", "fibre_angle_deg = 25.0")], Seen::Elements),
    change("disc_material.nucleus_modulus_mpa", &[("# nucleus_modulus_mpa = 1.0", "nucleus_modulus_mpa = 1.5")], Seen::Elements),
    change("disc_material.nucleus_poisson_ratio", &[("# nucleus_poisson_ratio = 0.49", "nucleus_poisson_ratio = 0.48")], Seen::Elements),
    change("disc_material.nucleus_scale", &[("# nucleus_scale = 0.66", "nucleus_scale = 0.5")], Seen::Elements),
    change("disc_material.calibration_factors", &[("# calibration_factors = [6.2, 1.0, 0.76]", "calibration_factors = [6.2, 1.1, 0.76]")], Seen::Elements),
    change("rods.kind", &[("kind = \"default\"", "kind = \"none\"")], Seen::Rods),
    change("rods.between", &[("# between = [\"T5\", \"T7\"]", "between = [\"T5\", \"T6\"]")], Seen::Refused("which is resected")),
    change("rods.diameter_mm", &[("# diameter_mm = 5.5\n# material = \"ti6al4v\"\n# screw_d", "diameter_mm = 6.0\n# screw_d")], Seen::Rods),
    change("rods.material", &[("# material = \"ti6al4v\"\n# screw_diameter_mm", "material = \"cocr\"\n# screw_diameter_mm")], Seen::Rods),
    change("rods.screw_diameter_mm", &[("# screw_diameter_mm = 5.5", "screw_diameter_mm = 3.0")], Seen::Rods),
    change("rods.screw_length_mm", &[("# screw_length_mm = 40.0", "screw_length_mm = 20.0")], Seen::Rods),
    change("rods.head_mm", &[("# head_mm = 10.0                # from the bone to the rods'", "head_mm = 12.0 # '")], Seen::Rods),
    roomy("screws.levels", PARTS, &[("levels = ['T5', 'T7']", "levels = ['T5', 'T6']")], Seen::Refused("is resected")),
    roomy("screws.diameter_mm", PARTS, &[("diameter_mm = 3.5", "diameter_mm = 3.0")], Seen::Rods),
    roomy("screws.length_mm", PARTS, &[("length_mm = 28.0", "length_mm = 25.0")], Seen::Rods),
    roomy("screws.head_mm", PARTS, &[("head_mm = 11.0", "head_mm = 12.0")], Seen::Rods),
    roomy("screws.head", PARTS, &[("head = 'locked'", "head = 'ball'")], Seen::Refused("turning about itself")),
    roomy("screws.material", PARTS, &[("head = 'locked'", "head = 'locked'\nmaterial = 'cocr'")], Seen::Rods),
    roomy("screw.name", OWN, &[("'T5 left'", "'T5 other'")], Seen::Names),
    roomy("screw.body", OWN, &[("body = 'T7'\nside = 'right'", "body = 'cage'\nside = 'right'")], Seen::Refused("must be a vertebra")),
    roomy("screw.side", OWN, &[("body = 'T5'\nside = 'right'", "body = 'T5'\nside = 'left'")], Seen::Refused("run into each other")),
    roomy("screw.entry_mm", OWN, &[("entry_mm = [-29.0", "entry_mm = [-28.0")], Seen::Rods),
    roomy("screw.tip_mm", OWN, &[("tip_mm = [0.0, 10.7", "tip_mm = [-2.0, 10.7")], Seen::Rods),
    roomy("screw.diameter_mm", OWN, &[("diameter_mm = 3.25", "diameter_mm = 3.0")], Seen::Rods),
    roomy("screw.length_mm", OWN, &[("length_mm = 27.0", "length_mm = 25.0")], Seen::Rods),
    roomy("screw.head_mm", OWN, &[("length_mm = 27.0", "length_mm = 27.0\nhead_mm = 12.0")], Seen::Rods),
    roomy("screw.head", OWN, &[("length_mm = 27.0", "length_mm = 27.0\nhead = 'ball'")], Seen::Rods),
    roomy("screw.material", OWN, &[("length_mm = 27.0", "length_mm = 27.0\nmaterial = 'cocr'")], Seen::Rods),
    roomy("rod.name", PARTS, &[("'right'\nthrough", "'dexter'\nthrough"), ("'left', 'right']", "'left', 'dexter']"), ("to = 'right'", "to = 'dexter'")], Seen::Names),
    roomy("rod.through", PARTS, &[("'T5 left', [-40.0", "'T5 left', [-41.0")], Seen::Rods),
    roomy("rod.curve", PARTS, &[("name = 'left'\n", "name = 'left'\ncurve = 'arc'\n")], Seen::Rods),
    roomy("rod.diameter_mm", PARTS, &[("name = 'left'\n", "name = 'left'\ndiameter_mm = 6.0\n")], Seen::Rods),
    roomy("rod.material", PARTS, &[("name = 'left'\n", "name = 'left'\nmaterial = 'cocr'\n")], Seen::Rods),
    roomy("connector.name", PARTS, &[("kind = 'cross-link'", "kind = 'cross-link'\nname = 'bridge'")], Seen::Names),
    roomy("connector.kind", PARTS, &[("kind = 'cross-link'", "kind = 'domino'")], Seen::Refused("off its rods")),
    roomy("connector.rods", PARTS, &[("['left', 'right']", "['left', 'left']")], Seen::Refused("not one to itself")),
    roomy("connector.level", PARTS, &[("kind = 'cross-link'", "kind = 'cross-link'\nlevel = 'cage'")], Seen::Rods),
    roomy("connector.diameter_mm", PARTS, &[("kind = 'cross-link'", "kind = 'cross-link'\ndiameter_mm = 3.0")], Seen::Rods),
    roomy("connector.material", PARTS, &[("kind = 'cross-link'", "kind = 'cross-link'\nmaterial = 'cocr'")], Seen::Rods),
    roomy("hook.name", PARTS, &[("pushes = 'cranial'", "pushes = 'cranial'\nname = 'claw'")], Seen::Names),
    roomy("hook.rod", PARTS, &[("rod = 'left'", "rod = 'right'")], Seen::Rods),
    roomy("hook.body", PARTS, &[("body = 'T5'\nside", "body = 'T7'\nside")], Seen::Rods),
    roomy("hook.side", PARTS, &[("side = 'left'\npushes", "side = 'right'\npushes")], Seen::Rods),
    roomy("hook.pushes", PARTS, &[("pushes = 'cranial'", "pushes = 'caudal'")], Seen::Rods),
    roomy("hook.force_n", PARTS, &[("pushes = 'cranial'", "pushes = 'cranial'\nforce_n = 20.0")], Seen::Rods),
    roomy("cable.name", PARTS, &[("tension_n = 150.0", "tension_n = 150.0\nname = 'wire'")], Seen::Names),
    roomy("cable.from", PARTS, &[("'T7.lamina_right'", "'T7.lamina_left'")], Seen::Rods),
    roomy("cable.to", PARTS, &[("to = 'right'", "to = 'left'")], Seen::Rods),
    roomy("cable.diameter_mm", PARTS, &[("diameter_mm = 1.0\ntension_n = 150", "diameter_mm = 1.5\ntension_n = 150")], Seen::Rods),
    roomy("cable.tension_n", PARTS, &[("tension_n = 150.0", "tension_n = 100.0")], Seen::Rods),
    roomy("cable.material", PARTS, &[("tension_n = 150.0", "tension_n = 150.0\nmaterial = 'cocr'")], Seen::Rods),
    roomy("cut.name", CUT, &[("name = \"above\"", "name = \"below\"")], Seen::Cuts),
    roomy("cut.at", CUT, &[("at = \"T5\"", "at = \"T7\"")], Seen::Cuts),
    roomy("cut.at_mm", CUT, &[("at = \"T5\"", "at_mm = [0.0, 0.0, 2.0]")], Seen::Cuts),
    change("loads.preset", &[("preset = \"thoracic\"", "preset = \"lumbar\"")], Seen::Loads),
    roomy("loads.loaded_face", &[NO_PRESET], SWAPPED_FACES, Seen::Loads),
    change("loads.at_mm", &[("# at_mm = [0.0, 0.0, 0.0]", "at_mm = [5.0, 0.0, 20.0]")], Seen::Loads),
    change("load_case.name", &[("name = \"lifting\"", "name = \"pulling\"")], Seen::Names),
    change("load_case.force_n", &[("force_n = [0.0, 0.0, -600.0]", "force_n = [0.0, 0.0, -500.0]")], Seen::Loads),
    change("load_case.moment_nm", &[("moment_nm = [0.0, 5.0, 0.0]", "moment_nm = [0.0, 4.0, 0.0]")], Seen::Loads),
    change("load_case.axes", &[("axes = \"column\"", "axes = \"global\"")], Seen::Loads),
    change("load_case.service", &[("service = true", "service = false")], Seen::Loads),
    roomy("support.clamped", &[NO_PRESET], SWAPPED_FACES, Seen::Supports),
    change("interface.gap_tolerance_mm", &[("# gap_tolerance_mm = 0.1", "gap_tolerance_mm = 0.01")], Seen::Ties),
    roomy("interface.contact", IMMEDIATE, &[("# contact = \"friction\"", "contact = \"rough\""), ("friction = 0.5\n", "")], Seen::Ties),
    roomy("interface.friction", IMMEDIATE, &[("friction = 0.5", "friction = 0.6")], Seen::Ties),
    change("mesh.bone_mm", &[("bone_mm = 5.0", "bone_mm = 6.0")], Seen::Edges),
    change("mesh.endplate_mm", &[("endplate_mm = 3.0", "endplate_mm = 2.5")], Seen::Edges),
    change("mesh.implant_mm", &[("implant_mm = 2.5", "implant_mm = 2.0")], Seen::Edges),
    change("mesh.disc_mm", &[("disc_mm = 3.0", "disc_mm = 2.5")], Seen::Edges),
    change("mesh.resected_mm", &[("resected_mm = 6.0", "resected_mm = 5.0")], Seen::Edges),
    change("mesh.growth", &[("# growth = 0.3", "growth = 0.4")], Seen::Edges),
    change("limits.yield_strain_percent", &[("# yield_strain_percent = 0.77", "yield_strain_percent = 0.6")], Seen::Rows),
    change("limits.indentation_force_n", &[("# indentation_force_n = 50.0", "indentation_force_n = 60.0")], Seen::Rows),
    change("limits.effective_strain_microstrain", &[("# effective_strain_microstrain = 7000.0", "effective_strain_microstrain = 6000.0")], Seen::Rows),
    change("limits.effective_volume_percent", &[("# effective_volume_percent = 2.0", "effective_volume_percent = 5.0")], Seen::Rows),
    change("limits.subsidence_depth_mm", &[("# subsidence_depth_mm = 2.0", "subsidence_depth_mm = 3.0")], Seen::Rows),
    change("limits.rotation_deg", &[("# rotation_deg = 5.0", "rotation_deg = 1.0")], Seen::Rows),
    change("limits.strain_percent", &[("# strain_percent = 5.0", "strain_percent = 0.5")], Seen::Rows),
];

/// Keys that describe a measured vertebra, on one that stands alone.
#[rustfmt::skip]
pub const MEASURED: &[Change] = &[
    change("vertebra.surface", &[("surface = \"bone.obj\"", "surface = \"moved.obj\"")], Seen::File),
    change("vertebra.unit", &[("unit = \"cm\"", "unit = \"mm\"")], Seen::File),
    change("vertebra.axes.anterior", &[("anterior = \"+x\"", "anterior = \"-x\""), ("left = \"+y\"", "left = \"-y\"")], Seen::File),
    change("vertebra.axes.left", &[("left = \"+y\"", "left = \"+z\""), ("cranial = \"+z\"", "cranial = \"-y\"")], Seen::File),
    change("vertebra.axes.cranial", &[("left = \"+y\"", "left = \"-y\""), ("cranial = \"+z\"", "cranial = \"-z\"")], Seen::File),
    change("vertebra.sha256", &[("unit = \"cm\"", "unit = \"cm\"\nsha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"")], Seen::Refused("is not the file the case means")),
    change("vertebra.accept", &[("unit = \"cm\"", "unit = \"cm\"\naccept = [\"weight\"]")], Seen::Refused("no doubt \"weight\"")),
];

const SUPERIOR: &str = "superior_endplate = { centre_mm = [0.0, 0.0, 9.0], normal = [0.0, 0.0, \
                        1.0], radius_mm = 12.0 }";
const INFERIOR: &str = "inferior_endplate = { centre_mm = [0.0, 0.0, -9.0], normal = [0.0, 0.0, \
                        -1.0], radius_mm = 12.0 }";
const WITH_SUPERIOR: (&str, &str) = ("# patches", SUPERIOR);
const WITH_INFERIOR: (&str, &str) = ("# patches", INFERIOR);

/// Keys that name places on a vertebra, on one that stands alone.
#[rustfmt::skip]
pub const NAMED: &[Change] = &[
    roomy("vertebra.superior_endplate.centre_mm", &[WITH_SUPERIOR], &[("[0.0, 0.0, 9.0]", "[2.0, 0.0, 9.0]")], Seen::Bones),
    roomy("vertebra.superior_endplate.normal", &[WITH_SUPERIOR], &[("[0.0, 0.0, 1.0]", "[0.6, 0.0, 1.0]")], Seen::Bones),
    roomy("vertebra.superior_endplate.radius_mm", &[WITH_SUPERIOR], &[("= 12.0", "= 9.0")], Seen::Bones),
    change("vertebra.superior_endplate", &[WITH_SUPERIOR], Seen::Bones),
    roomy("vertebra.inferior_endplate.centre_mm", &[WITH_INFERIOR], &[("[0.0, 0.0, -9.0]", "[2.0, 0.0, -9.0]")], Seen::Bones),
    roomy("vertebra.inferior_endplate.normal", &[WITH_INFERIOR], &[("[0.0, 0.0, -1.0]", "[0.6, 0.0, -1.0]")], Seen::Bones),
    roomy("vertebra.inferior_endplate.radius_mm", &[WITH_INFERIOR], &[("= 12.0", "= 9.0")], Seen::Bones),
    change("vertebra.inferior_endplate", &[WITH_INFERIOR], Seen::Bones),
    change("vertebra.posterior_wall_mm", &[("# patches", "posterior_wall_mm = [-8.0, 0.0, 0.0]")], Seen::Bones),
];

/// Keys whose change is seen in report.json of a run: title, threads and method.
#[rustfmt::skip]
pub const RUN: &[(&str, &str, &str, &str)] = &[
    ("title", "title = \"alone\"", "title = \"another\"", "/case/title"),
    ("solver.threads", "threads = 2", "threads = 3", "/threads"),
    ("solver.method", "# method", "method = \"cg\"", "/states/0/load_cases/0/solver/method"),
];
