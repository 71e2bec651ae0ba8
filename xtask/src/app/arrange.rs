//! The functions of a wasm in an order that compresses well.
//!
//! Brotli pays more for a copy the farther back it is, so each function is followed by the one
//! that has most in common with it. The hints about alignment go too: no engine of a browser
//! uses them. Together that is 3.5 KB of the first load.

use std::{
    collections::{BTreeSet, HashMap},
    convert::Infallible,
    fmt::Write as _,
};

use wasm_encoder::{
    CodeSection, FunctionSection, MemArg, Module,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionSectionReader, KnownCustom, Name, Parser,
    Payload, TypeRef,
};

use crate::run::Result;

/// What two functions may have in common is this many bytes in a row.
const RUN: usize = 5;
/// A run that more functions have says nothing.
const COMMON: usize = 300;
/// How much each of the functions in front counts, the nearest first.
const NEAR: [f64; 4] = [1.0, 0.5, 0.25, 0.12];

/// The wasm with its functions in another order and without their names, which are returned, a
/// line each: number, name.
pub fn arrange(wasm: &[u8]) -> Result<(Vec<u8>, String)> {
    let cannot = |error: wasmparser::Error| format!("the wasm can't be read: {error}");
    let functions = Functions::read(wasm).map_err(cannot)?;
    let order = order(&functions.bodies);
    let mut places = vec![0; order.len()];
    for (place, &function) in (0..).zip(&order) {
        places[function] = functions.imports + place;
    }
    let mut arrange = Arrange {
        imports: functions.imports,
        order,
        places,
    };
    let mut symbols: Vec<_> = functions
        .names
        .iter()
        .map(|&(function, name)| (arrange.place(function), name))
        .collect();
    symbols.sort_unstable();
    let mut text = String::new();
    for (place, name) in symbols {
        writeln!(text, "{place} {name}").map_err(|error| error.to_string())?;
    }
    let mut module = Module::new();
    arrange
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| format!("the wasm can't be read: {error}"))?;
    Ok((module.finish(), text))
}

#[derive(Default)]
struct Functions<'a> {
    imports: u32,
    bodies: Vec<&'a [u8]>,
    names: Vec<(u32, &'a str)>,
}

impl<'a> Functions<'a> {
    fn read(wasm: &'a [u8]) -> std::result::Result<Self, wasmparser::Error> {
        let mut functions = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        functions.imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => functions.bodies.push(body.as_bytes()),
                Payload::CustomSection(section) => {
                    let KnownCustom::Name(names) = section.as_known() else {
                        continue;
                    };
                    for names in names {
                        if let Name::Function(names) = names? {
                            for name in names {
                                let name = name?;
                                functions.names.push((name.index, name.name));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(functions)
    }
}

/// The longest function first, then always the one that has most in common with the last ones.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let runs = number_runs(bodies);
    let mut having: HashMap<u32, Vec<usize>> = HashMap::new();
    for (function, runs) in runs.iter().enumerate() {
        for &run in runs {
            having.entry(run).or_default().push(function);
        }
    }
    having.retain(|_, functions| (2..=COMMON).contains(&functions.len()));

    let all = bodies.len() as f64;
    let mut left: BTreeSet<usize> = (0..bodies.len()).collect();
    let mut order: Vec<usize> = Vec::with_capacity(bodies.len());
    let mut likeness = vec![0.0; bodies.len()];
    while !left.is_empty() {
        likeness.fill(0.0);
        for (weight, &near) in NEAR.iter().zip(order.iter().rev()) {
            for functions in runs[near].iter().filter_map(|run| having.get(run)) {
                let worth = weight * (all / functions.len() as f64).ln();
                for &function in functions {
                    likeness[function] += worth;
                }
            }
        }
        // Long functions have more of everything.
        let score =
            |&function: &usize| likeness[function] / (runs[function].len() as f64 + 20.0).sqrt();
        let next = left
            .iter()
            .copied()
            .max_by(|a, b| {
                score(a)
                    .total_cmp(&score(b))
                    .then(bodies[*a].len().cmp(&bodies[*b].len()))
                    .then(b.cmp(a))
            })
            .expect("some are left");
        left.remove(&next);
        order.push(next);
    }
    order
}

/// The different runs of each function, as numbers.
fn number_runs(bodies: &[&[u8]]) -> Vec<Vec<u32>> {
    let mut numbers: HashMap<&[u8], u32> = HashMap::new();
    bodies
        .iter()
        .map(|body| {
            // In order, because sums of fractions depend on it, and every build must be the same.
            let mut runs: Vec<&[u8]> = body.windows(RUN).collect();
            runs.sort_unstable();
            runs.dedup();
            runs.into_iter()
                .map(|run| {
                    let next = numbers.len() as u32;
                    *numbers.entry(run).or_insert(next)
                })
                .collect()
        })
        .collect()
}

struct Arrange {
    imports: u32,
    /// Which function comes when, without the imports.
    order: Vec<usize>,
    /// The new index of each function.
    places: Vec<u32>,
}

impl Arrange {
    fn place(&self, function: u32) -> u32 {
        match function.checked_sub(self.imports) {
            Some(own) => self.places[own as usize],
            None => function,
        }
    }
}

impl Reencode for Arrange {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> std::result::Result<u32, Error<Infallible>> {
        Ok(self.place(function))
    }

    fn mem_arg(
        &mut self,
        arg: wasmparser::MemArg,
    ) -> std::result::Result<MemArg, Error<Infallible>> {
        Ok(MemArg {
            align: 0,
            ..utils::mem_arg(self, arg)?
        })
    }

    fn parse_function_section(
        &mut self,
        out: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> std::result::Result<(), Error<Infallible>> {
        let types = section
            .into_iter()
            .collect::<std::result::Result<Vec<_>, _>>()?;
        for &function in &self.order {
            out.function(types[function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        out: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> std::result::Result<(), Error<Infallible>> {
        let bodies = section
            .into_iter()
            .collect::<std::result::Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(out, bodies[function].clone())?;
        }
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        _: CustomSectionReader<'_>,
    ) -> std::result::Result<(), Error<Infallible>> {
        Ok(())
    }
}
