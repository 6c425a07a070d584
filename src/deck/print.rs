//! The tables of *NODE PRINT and *EL PRINT in CalculiX's layout (.dat).
//!
//! Every step begins with its title; every table is one line of heading, an empty one, and rows of
//! `i10, 3(1x,e13.6)` for nodes, `i10, 1x, i3, 6(1x,e13.6)` for integration points. Tensors are
//! printed as xx, yy, zz, xy, xz, yz, strains as tensor components.

use std::fmt::Write as _;

use nalgebra::Matrix3;

use super::solve::{DeckSolution, StepSolution};
use super::{Deck, Print, Quantity, Totals};
use crate::tensor::{Vec3, strain_matrix, stress_matrix};

/// The text of the .dat file.
pub fn tables(deck: &Deck, solution: &DeckSolution) -> String {
    let mut out = String::new();
    for (s, (step, solved)) in deck.steps.iter().zip(&solution.steps).enumerate() {
        if step.prints.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "\n                        S T E P {:7}\n\n\n                                INCREMENT {:5}\n\n",
            s + 1,
            1
        );
        let writer = Writer {
            deck,
            solution,
            step: solved,
            time: fortran(step.time, 7, false),
        };
        for print in &step.prints {
            for &quantity in &print.quantities {
                writer.table(&mut out, print, quantity);
            }
        }
    }
    out
}

/// A number as Fortran's 1pE prints it, or with a leading zero as E does.
fn fortran(value: f64, digits: usize, shifted: bool) -> String {
    // Fortran prints zeros with their sign; a residual of zero has none that means anything.
    let value = value + 0.0;
    let text = if shifted {
        format!("{value:.digits$E}")
    } else {
        format!("{value:.*E}", digits - 1)
    };
    let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
    let mut exponent: i32 = exponent.parse().unwrap_or(0);
    let mut mantissa = mantissa.to_owned();
    if !shifted {
        let (sign, rest) = match mantissa.strip_prefix('-') {
            Some(rest) => ("-", rest.to_owned()),
            None => ("", mantissa.clone()),
        };
        mantissa = format!("{sign}0.{}", rest.replace('.', ""));
        exponent = if value == 0.0 { 0 } else { exponent + 1 };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    let size = exponent.unsigned_abs();
    if size < 100 {
        format!("{mantissa}E{sign}{size:02}")
    } else {
        format!("{mantissa}{sign}{size:03}")
    }
}

struct Writer<'a> {
    deck: &'a Deck,
    solution: &'a DeckSolution,
    step: &'a StepSolution,
    time: String,
}

impl Writer<'_> {
    fn table(&self, out: &mut String, print: &Print, quantity: Quantity) {
        match quantity {
            Quantity::U | Quantity::RF => self.nodal(out, print, quantity),
            Quantity::S | Quantity::E => self.tensors(out, print, quantity),
            Quantity::Ener => self.energy_density(out, print),
            Quantity::Else | Quantity::Evol => self.whole(out, print, quantity),
        }
    }

    fn heading(&self, out: &mut String, what: &str, print: &Print) {
        let _ = write!(
            out,
            "\n {what} for set {} and time {:>14}\n\n",
            print.set, self.time
        );
    }

    fn nodal(&self, out: &mut String, print: &Print, quantity: Quantity) {
        let (what, total) = match quantity {
            Quantity::U => ("displacements (vx,vy,vz)", None),
            _ => ("forces (fx,fy,fz)", Some("total force (fx,fy,fz)")),
        };
        let value = |n: u32| match quantity {
            Quantity::U => self.displacement(n),
            _ => self.step.force[n as usize],
        };
        if print.totals != Totals::Only || total.is_none() {
            self.heading(out, what, print);
            for &n in &print.members {
                let _ = write!(out, "{:10}", self.deck.nodes.labels[n as usize]);
                // Along the node's own axes, and marked so; totals are along the global ones.
                let frame = self.deck.frames.get(&n).filter(|_| !print.global);
                let v = frame.map_or(value(n), |axes| axes.transpose() * value(n));
                values(out, &[v.x, v.y, v.z]);
                out.push_str(if frame.is_some() { " L\n" } else { "\n" });
            }
        }
        if let (Some(total), true) = (total, print.totals != Totals::No) {
            self.heading(out, total, print);
            let sum: Vec3 = print.members.iter().map(|&n| value(n)).sum();
            out.push_str("      ");
            row(out, &[sum.x, sum.y, sum.z]);
        }
    }

    fn displacement(&self, n: u32) -> Vec3 {
        match self.step.coupled.get(&n) {
            Some(motion) => Vec3::new(motion[0], motion[1], motion[2]),
            None => self.step.displacement[n as usize],
        }
    }

    fn tensors(&self, out: &mut String, print: &Print, quantity: Quantity) {
        let what = match quantity {
            Quantity::S => "stresses (elem, integ.pnt.,sxx,syy,szz,sxy,sxz,syz)",
            _ => "strains (elem, integ.pnt.,exx,eyy,ezz,exy,exz,eyz)",
        };
        self.heading(out, what, print);
        for &e in &print.members {
            let section = self.deck.section_of[e as usize] as usize;
            let axes = match print.global {
                true => None,
                false => self.deck.sections[section].axes.as_ref(),
            };
            let points = self.solution.points(e as usize, &self.step.displacement);
            for (q, point) in points.iter().enumerate() {
                let tensor = match quantity {
                    Quantity::S => stress_matrix(&point.stress),
                    _ => strain_matrix(&point.strain),
                };
                let label = self.deck.elements.labels[e as usize];
                let _ = write!(out, "{label:10} {:3}", q + 1);
                values(out, &printed(&tensor, axes.map(|o| o.axes)));
                if let Some(orientation) = axes {
                    let _ = write!(out, " {:20}", orientation.name);
                }
                out.push('\n');
            }
        }
    }

    fn energy_density(&self, out: &mut String, print: &Print) {
        let what = "internal energy density (elem, integ.pnt.,energy)";
        self.heading(out, what, print);
        for &e in &print.members {
            let points = self.solution.points(e as usize, &self.step.displacement);
            for (q, point) in points.iter().enumerate() {
                let label = self.deck.elements.labels[e as usize];
                let _ = write!(out, "{label:10} {:3}", q + 1);
                row(out, &[0.5 * point.stress.dot(&point.strain)]);
            }
        }
    }

    fn whole(&self, out: &mut String, print: &Print, quantity: Quantity) {
        let (what, total) = match quantity {
            Quantity::Else => ("internal energy (element, energy)", "total internal energy"),
            _ => ("volume (element, volume)", "total volume"),
        };
        let value = |e: u32| match quantity {
            Quantity::Evol => self.solution.volume(e as usize),
            _ => self
                .solution
                .points(e as usize, &self.step.displacement)
                .iter()
                .map(|p| 0.5 * p.stress.dot(&p.strain) * p.volume)
                .sum(),
        };
        if print.totals != Totals::Only {
            self.heading(out, what, print);
            for &e in &print.members {
                let _ = write!(out, "{:10}", self.deck.elements.labels[e as usize]);
                row(out, &[value(e)]);
            }
        }
        if print.totals != Totals::No {
            self.heading(out, total, print);
            let sum: f64 = print.members.iter().map(|&e| value(e)).sum();
            out.push_str("      ");
            row(out, &[sum]);
        }
    }
}

/// xx, yy, zz, xy, xz, yz in the frame of `axes` (columns).
fn printed(tensor: &Matrix3<f64>, axes: Option<Matrix3<f64>>) -> [f64; 6] {
    let t = axes.map_or(*tensor, |r| r.transpose() * tensor * r);
    [
        t[(0, 0)],
        t[(1, 1)],
        t[(2, 2)],
        t[(0, 1)],
        t[(0, 2)],
        t[(1, 2)],
    ]
}

fn row(out: &mut String, numbers: &[f64]) {
    values(out, numbers);
    out.push('\n');
}

fn values(out: &mut String, numbers: &[f64]) {
    for &number in numbers {
        let _ = write!(out, " {:>13}", fortran(number, 6, true));
    }
}
