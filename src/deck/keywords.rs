//! The keywords that are read, their parameters and where they may stand: one table, which the
//! reader checks against and the documentation is tested against.

/// Where a keyword may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Before the first step.
    Model,
    /// Between `*STEP` and `*END STEP`.
    Step,
    /// Anywhere.
    Both,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// A name or number, needed.
    Name,
    /// One of these values; "" stands for none.
    OneOf(&'static [&'static str]),
    /// Anything: the parameter cannot change the answer.
    Skipped,
}

/// A parameter of a keyword.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: ParameterKind,
}

/// A keyword.
#[derive(Debug, PartialEq, Eq)]
pub struct Keyword {
    /// Its name, with blanks.
    pub name: &'static str,
    /// Where it may stand.
    pub level: Level,
    /// Its parameters.
    pub parameters: &'static [Parameter],
}

use Level::{Both, Model, Step};

const fn name(name: &'static str) -> Parameter {
    Parameter {
        name,
        kind: ParameterKind::Name,
    }
}

const fn one_of(name: &'static str, values: &'static [&'static str]) -> Parameter {
    Parameter {
        name,
        kind: ParameterKind::OneOf(values),
    }
}

const fn flag(name: &'static str) -> Parameter {
    one_of(name, &[""])
}

const fn skipped(name: &'static str) -> Parameter {
    Parameter {
        name,
        kind: ParameterKind::Skipped,
    }
}

const OP: Parameter = one_of("OP", &["MOD", "NEW"]);
const AMPLITUDE: Parameter = name("AMPLITUDE");
const INTERNAL: Parameter = skipped("INTERNAL");
const INSTANCE: Parameter = name("INSTANCE");
const NO: &[&str] = &["NO"];
const YES_NO: &[&str] = &["YES", "NO"];
const TOTALS: Parameter = one_of("TOTALS", &["YES", "NO", "ONLY"]);

/// Another file.
pub const INCLUDE: Keyword = keyword("INCLUDE", Both, &[name("INPUT")]);

/// The types of *ELEMENT: what carries, other names of it ([`super::resolve`] says which), and
/// what lies on the nodes of solids in the files of mesh generators and carries nothing here.
pub const ELEMENT_TYPES: &[&str] = &[
    "C3D4", "C3D10", "C3D8", "C3D8I", "C3D20", "C3D20R", "C3D6", "C3D15", "M3D3", "M3D6", //
    "C3D10M", "C3D10H", "C3D10MH", "C3D4H", "C3D6H", "C3D8H", "C3D8IH", "C3D8RH", "C3D15H",
    "C3D20H", "C3D20RH", //
    "T2D2", "T2D3", "T3D2", "T3D3", "CPS3", "CPS4", "CPS6", "CPS8", "CPE3", "CPE4", "CPE6", "CPE8",
    "S3", "S4", "S6", "S8", "STRI3", "STRI65", "R3D3", "R3D4", "CAX4P", "S8R5", "S9R5", "B31H",
    "B33H",
];

/// Keywords that are read over with their parameters and data, wherever they stand, because they
/// cannot change the answer of linear statics; each with the reason.
pub const SKIPPED: &[(&str, &str)] = &[
    ("CONDUCTIVITY", HEAT),
    ("CONTACT FILE", OUTPUT),
    ("CONTACT OUTPUT", OUTPUT),
    ("CONTACT PRINT", OUTPUT),
    ("CONTROLS", "steers iterations, of which there are none"),
    ("DAMPING", "resists velocities, of which there are none"),
    ("DIAGNOSTICS", OUTPUT),
    ("ELEMENT OUTPUT", OUTPUT),
    ("ENERGY FILE", OUTPUT),
    ("ENERGY OUTPUT", OUTPUT),
    ("ENERGY PRINT", OUTPUT),
    ("EXPANSION", "no temperature changes here"),
    ("FILE FORMAT", OUTPUT),
    ("FILE OUTPUT", OUTPUT),
    ("FRICTION", CONTACT),
    ("LATENT HEAT", HEAT),
    ("MONITOR", OUTPUT),
    ("NODE OUTPUT", OUTPUT),
    ("OUTPUT", OUTPUT),
    ("PHYSICAL CONSTANTS", HEAT),
    ("PREPRINT", OUTPUT),
    ("PRINT", OUTPUT),
    ("SECTION CONTROLS", HOURGLASS),
    ("SECTION PRINT", OUTPUT),
    ("SPECIFIC HEAT", HEAT),
    ("SURFACE BEHAVIOR", CONTACT),
    ("SURFACE INTERACTION", CONTACT),
    ("TIME POINTS", OUTPUT),
];

const OUTPUT: &str = "asks for output in another form";
const HEAT: &str = "belongs to the flow of heat";
const HOURGLASS: &str = "steers hourglass modes, which no element read here has to steer";
const CONTACT: &str = "belongs to *CONTACT PAIR, which is not read";

/// The name of a keyword that is read over (blanks left out, capitals).
pub fn find_skipped(folded: &str) -> Option<&'static str> {
    let names = SKIPPED.iter().map(|(name, _)| *name);
    names
        .into_iter()
        .find(|name| name.bytes().filter(|b| *b != b' ').eq(folded.bytes()))
}

/// Every keyword that is read.
pub const KEYWORDS: &[Keyword] = &[
    keyword("HEADING", Model, &[]),
    INCLUDE,
    keyword("NODE", Model, &[name("NSET")]),
    keyword(
        "ELEMENT",
        Model,
        &[one_of("TYPE", ELEMENT_TYPES), name("ELSET")],
    ),
    keyword(
        "NSET",
        Model,
        &[
            name("NSET"),
            name("ELSET"),
            INSTANCE,
            flag("GENERATE"),
            flag("UNSORTED"),
            INTERNAL,
        ],
    ),
    keyword(
        "ELSET",
        Model,
        &[name("ELSET"), INSTANCE, flag("GENERATE"), INTERNAL],
    ),
    keyword(
        "SURFACE",
        Model,
        &[name("NAME"), one_of("TYPE", &["ELEMENT", "NODE"]), INTERNAL],
    ),
    keyword("MATERIAL", Model, &[name("NAME"), skipped("DESCRIPTION")]),
    keyword(
        "ELASTIC",
        Model,
        &[one_of(
            "TYPE",
            &[
                "ISOTROPIC",
                "ISO",
                "ENGINEERINGCONSTANTS",
                "ORTHOTROPIC",
                "ORTHO",
                "ANISOTROPIC",
                "ANISO",
            ],
        )],
    ),
    keyword("DENSITY", Model, &[]),
    keyword(
        "INITIAL CONDITIONS",
        Model,
        &[one_of("TYPE", &["TEMPERATURE"])],
    ),
    keyword(
        "ORIENTATION",
        Model,
        &[
            name("NAME"),
            one_of("SYSTEM", &["RECTANGULAR"]),
            one_of("DEFINITION", &["COORDINATES"]),
        ],
    ),
    keyword(
        "SOLID SECTION",
        Model,
        &[
            name("ELSET"),
            name("MATERIAL"),
            name("ORIENTATION"),
            skipped("CONTROLS"),
        ],
    ),
    keyword(
        "MEMBRANE SECTION",
        Model,
        &[name("ELSET"), name("MATERIAL")],
    ),
    keyword(
        "TRANSFORM",
        Model,
        &[name("NSET"), one_of("TYPE", &["R", "C"])],
    ),
    keyword(
        "AMPLITUDE",
        Both,
        &[
            name("NAME"),
            one_of("DEFINITION", &["TABULAR"]),
            one_of("TIME", &["STEPTIME", "TOTALTIME"]),
            one_of("VALUE", &["RELATIVE"]),
            skipped("SMOOTH"),
        ],
    ),
    keyword(
        "BOUNDARY",
        Both,
        &[OP, one_of("TYPE", &["DISPLACEMENT"]), AMPLITUDE],
    ),
    keyword("EQUATION", Model, &[]),
    keyword(
        "RIGID BODY",
        Model,
        &[
            name("NSET"),
            name("PIN NSET"),
            name("TIE NSET"),
            name("ELSET"),
            name("REF NODE"),
            name("ROT NODE"),
        ],
    ),
    keyword(
        "COUPLING",
        Model,
        &[name("REF NODE"), name("SURFACE"), name("CONSTRAINT NAME")],
    ),
    keyword(
        "DISTRIBUTING",
        Model,
        &[one_of("WEIGHTING METHOD", &["UNIFORM"])],
    ),
    keyword("KINEMATIC", Model, &[]),
    keyword(
        "TIE",
        Model,
        &[
            name("NAME"),
            name("POSITION TOLERANCE"),
            one_of("ADJUST", YES_NO),
            one_of("TYPE", &["SURFACETOSURFACE", "NODETOSURFACE"]),
        ],
    ),
    keyword("PART", Model, &[name("NAME")]),
    keyword("END PART", Model, &[]),
    keyword("ASSEMBLY", Model, &[skipped("NAME")]),
    keyword("END ASSEMBLY", Model, &[]),
    keyword("INSTANCE", Model, &[name("NAME"), name("PART")]),
    keyword("END INSTANCE", Model, &[]),
    keyword(
        "STEP",
        Model,
        &[
            one_of("NLGEOM", NO),
            flag("PERTURBATION"),
            one_of("UNSYMM", YES_NO),
            skipped("NAME"),
            skipped("INC"),
            skipped("AMPLITUDE"),
            skipped("EXTRAPOLATION"),
        ],
    ),
    keyword(
        "RESTART",
        Both,
        &[flag("WRITE"), skipped("FREQUENCY"), skipped("OVERLAY")],
    ),
    keyword("STATIC", Step, &[skipped("SOLVER"), skipped("DIRECT")]),
    keyword("CLOAD", Step, &[OP, AMPLITUDE]),
    keyword("DLOAD", Step, &[OP, AMPLITUDE]),
    keyword("DSLOAD", Step, &[OP, AMPLITUDE]),
    keyword(
        "NODE PRINT",
        Step,
        &[
            name("NSET"),
            name("FREQUENCY"),
            name("FREQ"),
            TOTALS,
            one_of("GLOBAL", YES_NO),
        ],
    ),
    keyword(
        "EL PRINT",
        Step,
        &[
            name("ELSET"),
            name("FREQUENCY"),
            name("FREQ"),
            TOTALS,
            one_of("GLOBAL", YES_NO),
        ],
    ),
    keyword(
        "NODE FILE",
        Step,
        &[
            skipped("NSET"),
            skipped("FREQUENCY"),
            skipped("OUTPUT"),
            skipped("GLOBAL"),
            skipped("TIME POINTS"),
            skipped("LAST ITERATIONS"),
            skipped("CONTACT ELEMENTS"),
        ],
    ),
    keyword(
        "EL FILE",
        Step,
        &[
            skipped("ELSET"),
            skipped("FREQUENCY"),
            skipped("OUTPUT"),
            skipped("GLOBAL"),
            skipped("POSITION"),
            skipped("SECTION FORCES"),
            skipped("TIME POINTS"),
            skipped("LAST ITERATIONS"),
            skipped("CONTACT ELEMENTS"),
        ],
    ),
    keyword("END STEP", Step, &[]),
];

const fn keyword(name: &'static str, level: Level, parameters: &'static [Parameter]) -> Keyword {
    Keyword {
        name,
        level,
        parameters,
    }
}

/// The keyword with that name (blanks left out, capitals).
pub fn find_keyword(folded: &str) -> Option<&'static Keyword> {
    KEYWORDS
        .iter()
        .find(|k| k.name.bytes().filter(|b| *b != b' ').eq(folded.bytes()))
}

/// The names of all keywords.
pub fn keyword_names() -> Vec<String> {
    KEYWORDS.iter().map(|k| k.name.to_owned()).collect()
}
