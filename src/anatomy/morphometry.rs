//! The morphometry table: sizes of vertebral bodies and discs, each number with its flag and
//! citation.
//!
//! Widths, depths and posterior heights are means recalled from Panjabi's three papers, pedicle
//! widths from Zindrick; endplate concavities and the height ratios come from abstracts or single
//! tables; what was interpolated or chosen here is flagged as derived. Nothing is a measurement of
//! the patient. This table must not know shapes.

use crate::anatomy::AnatomyError;
use crate::anatomy::level::{Level, Region};
use crate::source::{Source, SourceFlag};

/// One length of the table with where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Length, mm.
    pub mm: f64,
    /// Where it comes from.
    pub source: Source,
}

/// The sizes of one vertebra.
#[derive(Debug, Clone, PartialEq)]
pub struct Morphometry {
    /// The level.
    pub level: Level,
    /// Width of the upper endplate.
    pub upper_width: Measure,
    /// Width of the lower endplate.
    pub lower_width: Measure,
    /// Mid-sagittal depth of the upper endplate.
    pub upper_depth: Measure,
    /// Mid-sagittal depth of the lower endplate.
    pub lower_depth: Measure,
    /// Height of the body at its posterior wall.
    pub posterior_height: Measure,
    /// Height of the body at its anterior wall.
    pub anterior_height: Measure,
    /// Depth of the upper endplate's hollow below its rim.
    pub upper_concavity: Measure,
    /// Depth of the lower endplate's hollow above its rim.
    pub lower_concavity: Measure,
    /// Transverse width of a pedicle at its isthmus.
    pub pedicle_width: Measure,
}

impl Morphometry {
    /// Mean of the anterior and the posterior height, mm.
    pub fn mean_height(&self) -> f64 {
        0.5 * (self.anterior_height.mm + self.posterior_height.mm)
    }
}

/// Upper and lower endplate width, upper and lower depth and posterior height, mm; pedicle width, mm,
/// where the papers have one. They give no whole row for C2, only its lower endplate, 17.5 by 15.6.
#[rustfmt::skip]
const TABLE: [(Level, [f64; 5], Option<f64>); 22] = [
    (Level::C3, [15.8, 17.2, 15.0, 15.6, 11.6], None),
    (Level::C4, [17.2, 17.0, 15.3, 15.9, 11.4], None),
    (Level::C5, [17.5, 19.4, 15.2, 17.9, 11.4], None),
    (Level::C6, [18.5, 22.0, 16.4, 18.5, 10.9], None),
    (Level::C7, [21.8, 23.4, 18.1, 16.8, 12.8], None),
    (Level::T1, [24.5, 27.8, 18.5, 19.7, 14.1], Some(7.9)),
    (Level::T2, [24.9, 27.4, 19.6, 21.6, 15.6], Some(7.0)),
    (Level::T3, [24.6, 25.9, 22.7, 23.3, 15.7], Some(5.6)),
    (Level::T4, [24.5, 26.0, 23.3, 24.5, 16.2], Some(4.7)),
    (Level::T5, [24.9, 27.0, 24.3, 25.8, 16.2], Some(4.5)),
    (Level::T6, [26.2, 28.2, 26.0, 26.9, 17.4], Some(5.2)),
    (Level::T7, [27.8, 29.1, 27.4, 28.5, 18.2], Some(5.3)),
    (Level::T8, [29.5, 30.5, 27.9, 29.4, 18.7], Some(5.9)),
    (Level::T9, [30.6, 33.0, 29.3, 31.0, 19.3], Some(6.1)),
    (Level::T10, [31.9, 35.4, 30.5, 31.6, 20.2], Some(6.3)),
    (Level::T11, [34.9, 39.1, 31.9, 31.8, 21.3], Some(7.8)),
    (Level::T12, [39.0, 42.1, 32.8, 33.4, 22.7], Some(7.1)),
    (Level::L1, [41.2, 43.3, 34.1, 35.3, 23.8], Some(8.7)),
    (Level::L2, [42.6, 45.5, 34.6, 34.9, 24.3], Some(8.9)),
    (Level::L3, [44.1, 48.0, 35.2, 34.8, 23.8], Some(10.3)),
    (Level::L4, [46.6, 49.5, 35.5, 33.9, 24.1], Some(12.9)),
    (Level::L5, [47.3, 49.4, 34.7, 33.2, 22.9], Some(18.0)),
];

const ZINDRICK: &str = "Zindrick et al. 1987, Spine 12:160";
/// Anterior ÷ posterior height of a thoracic body: 17.2 / 18.3.
const THORACIC_HEIGHT_RATIO: f64 = 17.2 / 18.3;
/// Anterior ÷ posterior height of L5: 30.3 / 26.3.
const L5_HEIGHT_RATIO: f64 = 30.3 / 26.3;

fn panjabi(region: Region) -> &'static str {
    match region {
        Region::Cervical => "Panjabi et al. 1991, Spine 16:861-869",
        Region::Thoracic => "Panjabi et al. 1991, Spine 16:888-901",
        Region::Lumbar => "Panjabi et al. 1992, Spine 17:299-306",
    }
}

fn measure(mm: f64, flag: SourceFlag, citation: &str) -> Measure {
    Measure {
        mm,
        source: Source {
            citation: citation.to_owned(),
            flag,
        },
    }
}

/// The sizes of `level`.
///
/// # Errors
/// [`AnatomyError::NoData`] where the table has no number for one of them (C2).
pub fn morphometry(level: Level) -> Result<Morphometry, AnatomyError> {
    let quantity = "posterior body height";
    let (_, lengths, pedicle) = TABLE
        .into_iter()
        .find(|row| row.0 == level)
        .ok_or(AnatomyError::NoData { level, quantity })?;
    let [
        upper_width,
        lower_width,
        upper_depth,
        lower_depth,
        posterior_height,
    ] = lengths.map(|mm| measure(mm, SourceFlag::RecalledUnverified, panjabi(level.region())));
    let (upper_concavity, lower_concavity) = concavities(level.region());
    Ok(Morphometry {
        level,
        upper_width,
        lower_width,
        upper_depth,
        lower_depth,
        anterior_height: anterior_height(level, posterior_height.mm),
        posterior_height,
        upper_concavity,
        lower_concavity,
        pedicle_width: pedicle_width(pedicle),
    })
}

fn pedicle_width(recalled: Option<f64>) -> Measure {
    match recalled {
        Some(mm) => measure(mm, SourceFlag::RecalledUnverified, ZINDRICK),
        None => {
            let citation = "chosen: a typical cervical pedicle; the table has none above T1";
            measure(5.0, SourceFlag::Derived, citation)
        }
    }
}

/// Anterior height from the posterior one: equal in the neck, the typical thoracic ratio from T1
/// to T12, then linear to the ratio of L5.
fn anterior_height(level: Level, posterior: f64) -> Measure {
    let (ratio, citation) = match level.region() {
        Region::Cervical => (
            1.0,
            "taken equal to the posterior height: the table has no cervical anterior height",
        ),
        Region::Thoracic => (
            THORACIC_HEIGHT_RATIO,
            "posterior height times the typical thoracic ratio 17.2/18.3 (eternalpublication.com \
             IJAPB, n = 200, secondary source)",
        ),
        Region::Lumbar => {
            let t = (level as usize - Level::T12 as usize) as f64 / 5.0;
            (
                THORACIC_HEIGHT_RATIO + t * (L5_HEIGHT_RATIO - THORACIC_HEIGHT_RATIO),
                "posterior height times a ratio linear from T12 (17.2/18.3) to L5 (30.3/26.3, \
                 ijssurgery.com markup 11003, Table 6, secondary source)",
            )
        }
    };
    measure(ratio * posterior, SourceFlag::Derived, citation)
}

fn concavities(region: Region) -> (Measure, Measure) {
    match region {
        Region::Cervical => {
            let chen = "Chen et al. 2013, Eur Spine J 22:1570, C3-C7, middle of the range";
            (
                measure(1.05, SourceFlag::SecondarySource, chen),
                measure(2.4, SourceFlag::SecondarySource, chen),
            )
        }
        Region::Thoracic => {
            let own = "measured on one adult's T5-T7 surfaces (BodyParts3D): about 0.4 mm";
            (
                measure(0.4, SourceFlag::Derived, own),
                measure(0.4, SourceFlag::Derived, own),
            )
        }
        Region::Lumbar => {
            // "Cranial to the disc" is the lower endplate of the vertebra above.
            let wang = "Wang et al. 2012, Eur Spine J 21:2316 (PMC3481085), 591 endplates";
            (
                measure(0.7, SourceFlag::SecondarySource, wang),
                measure(1.5, SourceFlag::SecondarySource, wang),
            )
        }
    }
}

/// Height on the axis of the disc between two adjacent levels.
///
/// # Errors
/// [`AnatomyError::NotAdjacent`] where `below` is not the next level down.
pub fn disc_height(above: Level, below: Level) -> Result<Measure, AnatomyError> {
    if above.below() != Some(below) {
        return Err(AnatomyError::NotAdjacent { above, below });
    }
    const FLETCHER: &str = "Fletcher (Monash), CT of 128 men: 2.7 mm at T4-5, 5.4 mm at T10-11";
    let number = above as usize;
    let from = |level: Level| (number - level as usize) as f64;
    Ok(if above <= Level::C6 {
        let chosen = "chosen: a typical cervical disc; the table has none";
        measure(4.5, SourceFlag::Derived, chosen)
    } else if above <= Level::T3 {
        let chosen = "chosen: from 4 mm at C7-T1 to the 2.7 mm of T4-5";
        measure(4.0 - 0.26 * from(Level::C7), SourceFlag::Derived, chosen)
    } else if above == Level::T4 || above == Level::T10 {
        let mm = if above == Level::T4 { 2.7 } else { 5.4 };
        measure(mm, SourceFlag::SecondarySource, FLETCHER)
    } else if above <= Level::T9 {
        let mm = 2.7 + 0.45 * from(Level::T4);
        let rounded = (10.0 * mm - 1e-9).round() / 10.0;
        measure(
            rounded,
            SourceFlag::Derived,
            &format!("interpolated: {FLETCHER}"),
        )
    } else if above <= Level::T12 {
        let between = "interpolated between T10-11 (5.4 mm) and L1-2 (8 mm)";
        let mm = 5.4 + (8.0 - 5.4) / 3.0 * from(Level::T10);
        measure(mm, SourceFlag::Derived, between)
    } else {
        let range = "common finite-element geometry: 8 mm at L1-2 to 12 mm at L4-5, linear";
        let mm = 8.0 + 4.0 / 3.0 * from(Level::L1);
        measure(mm, SourceFlag::RecalledUnverified, range)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::level::UnknownLevel;

    #[test]
    fn levels_are_read_by_name_and_unknown_ones_refused() {
        assert_eq!("T6".parse::<Level>().unwrap(), Level::T6);
        assert_eq!(Level::C7.below(), Some(Level::T1));
        assert_eq!(Level::L5.below(), None);
        assert!(matches!(
            "T13".parse::<Level>(),
            Err(UnknownLevel { given }) if given == "T13"
        ));
    }

    /// Areas printed with the table in the reference collection, computed there by hand.
    #[test]
    fn endplate_areas_are_those_computed_from_the_published_table() {
        let area = |w: &Measure, d: &Measure| std::f64::consts::FRAC_PI_4 * w.mm * d.mm;
        let of = |level| morphometry(level).unwrap();
        let (l1, l4, t6, c5) = (of(Level::L1), of(Level::L4), of(Level::T6), of(Level::C5));
        assert!((area(&l1.upper_width, &l1.upper_depth) - 1103.0).abs() < 1.0);
        assert!((area(&l4.lower_width, &l4.lower_depth) - 1318.0).abs() < 1.0);
        assert!((area(&t6.upper_width, &t6.upper_depth) - 535.0).abs() < 1.0);
        assert!((area(&c5.upper_width, &c5.upper_depth) - 209.0).abs() < 1.0);
    }

    #[test]
    fn a_level_without_data_is_refused() {
        assert!(matches!(
            morphometry(Level::C2),
            Err(AnatomyError::NoData {
                level: Level::C2,
                ..
            })
        ));
    }

    #[test]
    fn disc_heights_are_those_of_the_definitions_and_gaps_are_refused() {
        let t5 = disc_height(Level::T5, Level::T6).unwrap();
        assert!((t5.mm - 3.1).abs() < 1e-9);
        assert_eq!(t5.source.flag, SourceFlag::Derived);
        assert!((disc_height(Level::T6, Level::T7).unwrap().mm - 3.6).abs() < 1e-9);
        assert!((disc_height(Level::L4, Level::L5).unwrap().mm - 12.0).abs() < 1e-9);
        assert!(disc_height(Level::T5, Level::T7).is_err());
    }

    #[test]
    fn every_number_names_its_source_and_recalled_ones_say_so() {
        for level in &Level::ALL[1..] {
            let m = morphometry(*level).unwrap();
            for measure in [
                &m.upper_width,
                &m.lower_width,
                &m.upper_depth,
                &m.lower_depth,
                &m.posterior_height,
                &m.anterior_height,
                &m.upper_concavity,
                &m.lower_concavity,
                &m.pedicle_width,
            ] {
                assert!(measure.mm > 0.0 && measure.mm < 60.0, "{level} {measure:?}");
                assert!(!measure.source.citation.is_empty(), "{level} {measure:?}");
            }
            assert_eq!(m.upper_width.source.flag, SourceFlag::RecalledUnverified);
        }
    }
}
