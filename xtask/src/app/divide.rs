//! A wasm in two: what a page starts with, and the rest, which it loads later.
//!
//! Both share memory, tables and globals, so the code is the same as before: a function of the
//! first part that calls one of the rest goes through a slot of the function table, and the slot
//! is filled when the rest is there. Until then such a call is a trap, so what leads to the rest
//! waits for it first (`callreel_browser::rest::loaded`).
//!
//! Which functions are of the rest is told by their names; those that nothing else uses follow.

mod first;
mod rest;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wasm_encoder::{NameMap, NameSection};
use wasmparser::{
    ElementItems, ElementKind, Export, FunctionBody, GlobalType, KnownCustom, MemoryType, Name,
    Operator, Parser, Payload, TableType, TypeRef,
};

use super::snip::without_hashes;
use crate::run::Result;

/// What the rest calls the instance of the first part.
pub const FIRST: &str = "first";

/// A function that is shorter than this (bytes) may be one for many: of functions with the same code
/// only one is left, under one of their names. That is also why the names of types in a name do not
/// count, but only its beginning: dropping one thing is often the same code as dropping another.
const UNMISTAKABLE: usize = 100;

/// The two parts.
pub struct Parts {
    pub first: Vec<u8>,
    pub rest: Vec<u8>,
    /// Which function of the first part calls which of the rest, a line each: these have to wait.
    pub doors: String,
}

/// Divides a wasm that has its names. `later` are how names begin: `callreel::upload::`.
pub fn divide(wasm: &[u8], later: &[&str]) -> Result<Parts> {
    let cannot = |error: String| format!("the wasm can't be divided: {error}");
    let whole = Whole::read(wasm).map_err(|error| cannot(error.to_string()))?;
    let plan = Plan::new(&whole, later).map_err(cannot)?;
    Ok(Parts {
        first: first::write(wasm, &whole, &plan).map_err(|error| cannot(error.to_string()))?,
        rest: rest::write(wasm, &whole, &plan).map_err(|error| cannot(error.to_string()))?,
        doors: plan.calls_of_the_rest(&whole),
    })
}

/// An imported function.
struct Import<'a> {
    module: &'a str,
    name: &'a str,
    type_index: u32,
}

/// What has to be known of the wasm. Functions are numbered as in the wasm: imports first.
#[derive(Default)]
struct Whole<'a> {
    imports: Vec<Import<'a>>,
    /// How many arguments functions of each type have.
    arguments: Vec<u32>,
    /// The type of each function that is not imported.
    types: Vec<u32>,
    bodies: Vec<FunctionBody<'a>>,
    /// What the functions use of one another.
    uses: Vec<Uses>,
    names: HashMap<u32, &'a str>,
    exports: Vec<Export<'a>>,
    start: Option<u32>,
    /// The function table: which slot has which function.
    slots: BTreeMap<u32, u32>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
    /// What is in the wasm that can't be divided.
    unknown: Vec<&'static str>,
}

#[derive(Default)]
struct Uses {
    calls: BTreeSet<u32>,
    references: BTreeSet<u32>,
}

impl<'a> Whole<'a> {
    fn read(wasm: &'a [u8]) -> std::result::Result<Self, wasmparser::Error> {
        let mut whole = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(types) => {
                    for function in types.into_iter_err_on_gc_types() {
                        whole.arguments.push(function?.params().len() as u32);
                    }
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import?;
                        match import.ty {
                            TypeRef::Func(type_index) => whole.imports.push(Import {
                                module: import.module,
                                name: import.name,
                                type_index,
                            }),
                            _ if import.module == FIRST => {}
                            _ => whole.unknown.push("an import that is no function"),
                        }
                    }
                }
                Payload::FunctionSection(types) => {
                    whole.types = types.into_iter().collect::<std::result::Result<_, _>>()?;
                }
                Payload::TableSection(tables) => {
                    for table in tables {
                        whole.tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(memories) => {
                    whole.memories = memories
                        .into_iter()
                        .collect::<std::result::Result<_, _>>()?;
                }
                Payload::GlobalSection(globals) => {
                    for global in globals {
                        whole.globals.push(global?.ty);
                    }
                }
                Payload::ExportSection(exports) => {
                    whole.exports = exports.into_iter().collect::<std::result::Result<_, _>>()?;
                }
                Payload::StartSection { func, .. } => whole.start = Some(func),
                Payload::ElementSection(elements) => {
                    for element in elements {
                        whole.read_element(element?)?;
                    }
                }
                Payload::CodeSectionEntry(body) => whole.read_body(body)?,
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        for names in names {
                            if let Name::Function(names) = names? {
                                for name in names {
                                    let name = name?;
                                    whole.names.insert(name.index, name.name);
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(whole)
    }

    fn read_element(
        &mut self,
        element: wasmparser::Element<'_>,
    ) -> std::result::Result<(), wasmparser::Error> {
        let ElementKind::Active {
            table_index: None | Some(0),
            offset_expr,
        } = element.kind
        else {
            self.unknown.push("functions that go into a table later");
            return Ok(());
        };
        let offset = match offset_expr.get_operators_reader().read()? {
            Operator::I32Const { value } => value.cast_unsigned(),
            _ => {
                self.unknown.push("functions at a place that is computed");
                return Ok(());
            }
        };
        let ElementItems::Functions(functions) = element.items else {
            self.unknown.push("functions in a table as expressions");
            return Ok(());
        };
        for (slot, function) in (offset..).zip(functions) {
            self.slots.insert(slot, function?);
        }
        Ok(())
    }

    fn read_body(&mut self, body: FunctionBody<'a>) -> std::result::Result<(), wasmparser::Error> {
        let mut uses = Uses::default();
        for operator in body.get_operators_reader()? {
            match operator? {
                Operator::Call { function_index } => {
                    uses.calls.insert(function_index);
                }
                Operator::RefFunc { function_index } => {
                    uses.references.insert(function_index);
                }
                Operator::ReturnCall { .. } => self.unknown.push("tail calls"),
                Operator::MemoryInit { .. } | Operator::TableInit { .. } => {
                    self.unknown.push("data that is placed later");
                }
                _ => {}
            }
        }
        self.bodies.push(body);
        self.uses.push(uses);
        Ok(())
    }

    fn own(&self) -> std::ops::Range<u32> {
        let imports = self.imports.len() as u32;
        imports..imports + self.bodies.len() as u32
    }

    fn uses(&self, function: u32) -> Option<&Uses> {
        let own = function.checked_sub(self.imports.len() as u32)?;
        self.uses.get(own as usize)
    }

    fn type_of(&self, function: u32) -> u32 {
        match function.checked_sub(self.imports.len() as u32) {
            Some(own) => self.types[own as usize],
            None => self.imports[function as usize].type_index,
        }
    }
}

/// Which function is where.
struct Plan {
    /// The functions of the rest.
    rest: BTreeSet<u32>,
    /// Those of them that the first part calls, with their slots in the function table.
    doors: BTreeMap<u32, u32>,
    /// One of them that the first part keeps as a trap, for the slots that are not filled yet.
    trap: Option<u32>,
    /// What the first part has, in its order.
    first: Vec<u32>,
    /// The functions that the rest uses of the first part.
    lent: Vec<u32>,
    /// The imports that the rest uses.
    rest_imports: Vec<u32>,
    /// Slots of the function table that were added.
    new_slots: u32,
}

impl Plan {
    fn new(whole: &Whole<'_>, later: &[&str]) -> std::result::Result<Self, String> {
        if let Some(unknown) = whole.unknown.first() {
            return Err(format!("it has {unknown}"));
        }
        let rest = rest_of(whole, later);
        if rest.is_empty() {
            return Err("no function has one of the names of the rest".to_owned());
        }
        let imports = whole.imports.len() as u32;
        let mut called = BTreeSet::new();
        let mut used = BTreeSet::new();
        for function in whole.own().filter(|function| !rest.contains(function)) {
            let uses = whole.uses(function).expect("it is one of its own");
            if uses.references.iter().any(|it| rest.contains(it)) {
                return Err(format!("{function} refers to a function of the rest"));
            }
            called.extend(uses.calls.iter().filter(|it| rest.contains(it)));
            used.extend(uses.calls.iter().chain(&uses.references).copied());
        }
        for export in &whole.exports {
            if export.kind == wasmparser::ExternalKind::Func {
                used.insert(export.index);
                if rest.contains(&export.index) {
                    called.insert(export.index);
                }
            }
        }
        used.extend(whole.start);
        let mut filled: HashMap<u32, u32> = HashMap::new();
        for (&slot, &function) in &whole.slots {
            filled.entry(function).or_insert(slot);
            used.insert(function);
        }
        let table = whole.tables.first().ok_or("it has no function table")?;
        let mut end = u32::try_from(table.initial).map_err(|error| error.to_string())?;
        let doors = called
            .into_iter()
            .map(|function| {
                let slot = filled.get(&function).copied().unwrap_or_else(|| {
                    end += 1;
                    end - 1
                });
                (function, slot)
            })
            .collect::<BTreeMap<_, _>>();
        let trap = rest.iter().copied().find(|it| !doors.contains_key(it));
        let first = (0..imports)
            .filter(|import| used.contains(import))
            .chain(whole.own().filter(|function| {
                !rest.contains(function) || doors.contains_key(function) || trap == Some(*function)
            }))
            .collect();
        let rest_uses: BTreeSet<u32> = rest
            .iter()
            .filter_map(|&function| whole.uses(function))
            .flat_map(|uses| uses.calls.iter().chain(&uses.references).copied())
            .filter(|used| !rest.contains(used))
            .collect();
        let (rest_imports, lent) = rest_uses.into_iter().partition(|&used| used < imports);
        Ok(Self {
            rest,
            doors,
            trap,
            first,
            lent,
            rest_imports,
            new_slots: end - table.initial as u32,
        })
    }

    fn calls_of_the_rest(&self, whole: &Whole<'_>) -> String {
        let name = |function: u32| whole.names.get(&function).copied().unwrap_or("?");
        let mut lines = String::new();
        for function in whole.own().filter(|function| !self.rest.contains(function)) {
            for called in whole
                .uses(function)
                .into_iter()
                .flat_map(|uses| &uses.calls)
            {
                if self.doors.contains_key(called) {
                    lines += &format!("{} calls {}\n", name(function), name(*called));
                }
            }
        }
        lines
    }

    /// The slots that the rest fills, in runs: where each begins, and its functions.
    fn runs(&self, whole: &Whole<'_>) -> Vec<(u32, Vec<u32>)> {
        let mut slots: BTreeMap<u32, u32> = whole
            .slots
            .iter()
            .filter(|(_, function)| self.rest.contains(function))
            .map(|(&slot, &function)| (slot, function))
            .collect();
        slots.extend(self.doors.iter().map(|(&function, &slot)| (slot, function)));
        let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
        for (slot, function) in slots {
            match runs.last_mut() {
                Some((start, run)) if *start + run.len() as u32 == slot => run.push(function),
                _ => runs.push((slot, vec![function])),
            }
        }
        runs
    }
}

/// The functions with such names, and those that only these use.
fn rest_of(whole: &Whole<'_>, later: &[&str]) -> BTreeSet<u32> {
    let named: BTreeSet<u32> = whole
        .own()
        .zip(&whole.bodies)
        .filter(|(_, body)| body.as_bytes().len() >= UNMISTAKABLE)
        .map(|(function, _)| function)
        .filter(|function| {
            let name = whole.names.get(function).map(|name| without_hashes(name));
            name.is_some_and(|name| {
                let name = name.trim_start_matches('<');
                later.iter().any(|later| name.starts_with(later))
            })
        })
        .collect();
    let exported = whole
        .exports
        .iter()
        .filter(|export| export.kind == wasmparser::ExternalKind::Func)
        .map(|export| export.index);
    let mut open: Vec<u32> = exported
        .chain(whole.start)
        .chain(whole.slots.values().copied())
        .filter(|function| !named.contains(function))
        .collect();
    let mut reached: BTreeSet<u32> = open.iter().copied().collect();
    while let Some(function) = open.pop() {
        let Some(uses) = whole.uses(function) else {
            continue;
        };
        for &used in uses.calls.iter().chain(&uses.references) {
            if !named.contains(&used) && reached.insert(used) {
                open.push(used);
            }
        }
    }
    whole
        .own()
        .filter(|function| !reached.contains(function))
        .collect()
}

/// The names of functions that lie in this order.
fn names(whole: &Whole<'_>, order: impl IntoIterator<Item = u32>) -> NameSection {
    let mut map = NameMap::new();
    for (place, function) in (0..).zip(order) {
        if let Some(name) = whole.names.get(&function) {
            map.append(place, name);
        }
    }
    let mut section = NameSection::new();
    section.functions(&map);
    section
}
