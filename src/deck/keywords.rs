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
const NO: &[&str] = &["NO"];
const YES_NO: &[&str] = &["YES", "NO"];
const TOTALS: Parameter = one_of("TOTALS", &["YES", "NO", "ONLY"]);

/// Another file.
pub const INCLUDE: Keyword = keyword("INCLUDE", Both, &[name("INPUT")]);

/// Every keyword that is read.
pub const KEYWORDS: &[Keyword] = &[
    keyword("HEADING", Model, &[]),
    INCLUDE,
    keyword("NODE", Model, &[name("NSET")]),
    keyword(
        "ELEMENT",
        Model,
        &[
            one_of(
                "TYPE",
                &[
                    "C3D4", "C3D10", "C3D8", "C3D8I", "C3D20", "C3D20R", "C3D6", "C3D15", "M3D3",
                    "M3D6",
                ],
            ),
            name("ELSET"),
        ],
    ),
    keyword(
        "NSET",
        Model,
        &[
            name("NSET"),
            flag("GENERATE"),
            flag("UNSORTED"),
            skipped("INTERNAL"),
        ],
    ),
    keyword(
        "ELSET",
        Model,
        &[name("ELSET"), flag("GENERATE"), skipped("INTERNAL")],
    ),
    keyword(
        "SURFACE",
        Model,
        &[
            name("NAME"),
            one_of("TYPE", &["ELEMENT", "NODE"]),
            skipped("INTERNAL"),
        ],
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
        &[name("ELSET"), name("MATERIAL"), name("ORIENTATION")],
    ),
    keyword(
        "MEMBRANE SECTION",
        Model,
        &[name("ELSET"), name("MATERIAL")],
    ),
    keyword("BOUNDARY", Both, &[OP, one_of("TYPE", &["DISPLACEMENT"])]),
    keyword("EQUATION", Model, &[]),
    keyword(
        "RIGID BODY",
        Model,
        &[
            name("NSET"),
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
    keyword("DISTRIBUTING", Model, &[]),
    keyword("KINEMATIC", Model, &[]),
    keyword(
        "TIE",
        Model,
        &[
            name("NAME"),
            name("POSITION TOLERANCE"),
            one_of("ADJUST", NO),
        ],
    ),
    keyword(
        "STEP",
        Model,
        &[one_of("NLGEOM", NO), skipped("NAME"), skipped("INC")],
    ),
    keyword("STATIC", Step, &[skipped("SOLVER"), skipped("DIRECT")]),
    keyword("CLOAD", Step, &[OP]),
    keyword("DLOAD", Step, &[OP]),
    keyword("DSLOAD", Step, &[OP]),
    keyword(
        "NODE PRINT",
        Step,
        &[
            name("NSET"),
            name("FREQUENCY"),
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
