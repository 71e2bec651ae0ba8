//! The part that is loaded later.

use std::{borrow::Cow, collections::HashMap, convert::Infallible};

use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, FunctionSection,
    ImportSection, Module, TypeSection,
    reencode::{Error, Reencode},
};
use wasmparser::{Parser, Payload};

use super::{FIRST, Plan, Whole, first::lent_name, names};

type Done<T = ()> = std::result::Result<T, Error<Infallible>>;

/// The functions of the rest, everything else imported.
pub fn write(wasm: &[u8], whole: &Whole<'_>, plan: &Plan) -> Done<Vec<u8>> {
    let order: Vec<u32> = plan
        .lent
        .iter()
        .chain(&plan.rest_imports)
        .chain(&plan.rest)
        .copied()
        .collect();
    let places = (0..)
        .zip(&order)
        .map(|(place, &function)| (function, place));
    let mut rest = Rest {
        places: places.collect(),
        types: Vec::new(),
    };
    // Which types are needed is known only when all is written.
    let imports = rest.imports(whole, plan)?;
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for &function in &plan.rest {
        functions.function(rest.type_index(whole.type_of(function))?);
        let body = &whole.bodies[function as usize - whole.imports.len()];
        rest.parse_function_body(&mut code, body.clone())?;
    }
    let mut elements = ElementSection::new();
    for (slot, run) in plan.runs(whole) {
        let run: Vec<u32> = run
            .into_iter()
            .map(|function| rest.function_index(function))
            .collect::<Done<_>>()?;
        elements.active(
            None,
            &ConstExpr::i32_const(slot.cast_signed()),
            Elements::Functions(Cow::Owned(run)),
        );
    }
    let mut module = Module::new();
    module
        .section(&rest.type_section(wasm)?)
        .section(&imports)
        .section(&functions)
        .section(&elements)
        .section(&code)
        .section(&names(whole, order));
    Ok(module.finish())
}

struct Rest {
    places: HashMap<u32, u32>,
    /// The types that are needed, in the order in which they were.
    types: Vec<u32>,
}

impl Rest {
    fn imports(&mut self, whole: &Whole<'_>, plan: &Plan) -> Done<ImportSection> {
        let mut imports = ImportSection::new();
        for (place, &function) in (0..).zip(&plan.lent) {
            let function = EntityType::Function(self.type_index(whole.type_of(function))?);
            imports.import(FIRST, &lent_name(ExportKind::Func, place), function);
        }
        for &function in &plan.rest_imports {
            let import = &whole.imports[function as usize];
            let function = EntityType::Function(self.type_index(import.type_index)?);
            imports.import(import.module, import.name, function);
        }
        for (place, &memory) in (0..).zip(&whole.memories) {
            let memory = self.memory_type(memory)?;
            imports.import(FIRST, &lent_name(ExportKind::Memory, place), memory);
        }
        for (place, &table) in (0..).zip(&whole.tables) {
            let mut table = self.table_type(table)?;
            // The first part has as many as these or more.
            table.maximum = match place {
                0 => table
                    .maximum
                    .map(|maximum| maximum + u64::from(plan.new_slots)),
                _ => table.maximum,
            };
            imports.import(FIRST, &lent_name(ExportKind::Table, place), table);
        }
        for (place, &global) in (0..).zip(&whole.globals) {
            let global = self.global_type(global)?;
            imports.import(FIRST, &lent_name(ExportKind::Global, place), global);
        }
        Ok(imports)
    }

    fn type_section(&mut self, wasm: &[u8]) -> Done<TypeSection> {
        let mut section = TypeSection::new();
        for payload in Parser::new(0).parse_all(wasm) {
            let Payload::TypeSection(types) = payload? else {
                continue;
            };
            let types = types
                .into_iter_err_on_gc_types()
                .collect::<std::result::Result<Vec<_>, _>>()?;
            for index in self.types.clone() {
                let function = self.func_type(types[index as usize].clone())?;
                section.ty().func_type(&function);
            }
        }
        Ok(section)
    }
}

impl Reencode for Rest {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Done<u32> {
        Ok(self.places[&function])
    }

    fn type_index(&mut self, index: u32) -> Done<u32> {
        let known = self.types.iter().position(|known| *known == index);
        let place = known.unwrap_or_else(|| {
            self.types.push(index);
            self.types.len() - 1
        });
        Ok(place as u32)
    }
}
