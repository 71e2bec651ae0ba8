//! The part that a page starts with.

use std::{collections::HashMap, convert::Infallible};

use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, ImportSection, Instruction,
    Module, TableSection,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ExportSectionReader, FunctionSectionReader,
    ImportSectionReader, Parser, TableSectionReader,
};

use super::{Plan, Whole, names};

type Done<T = ()> = std::result::Result<T, Error<Infallible>>;

/// The wasm without the bodies of the rest, and with what the rest needs of it as exports.
pub fn write(wasm: &[u8], whole: &Whole<'_>, plan: &Plan) -> Done<Vec<u8>> {
    let places = (0..)
        .zip(&plan.first)
        .map(|(place, &function)| (function, place));
    let mut first = First {
        whole,
        plan,
        places: places.collect(),
    };
    let mut module = Module::new();
    first.parse_core_module(&mut module, Parser::new(0), wasm)?;
    module.section(&names(whole, plan.first.iter().copied()));
    Ok(module.finish())
}

/// The names under which the first part exports what it lends; wasm-bindgen's never begin so.
pub fn lent_name(kind: ExportKind, place: u32) -> String {
    let kind = match kind {
        ExportKind::Func => "",
        ExportKind::Table => "t",
        ExportKind::Memory => "m",
        ExportKind::Global => "g",
        ExportKind::Tag => "x",
    };
    format!("{place}{kind}")
}

struct First<'a> {
    whole: &'a Whole<'a>,
    plan: &'a Plan,
    places: HashMap<u32, u32>,
}

impl First<'_> {
    fn own(&self) -> impl Iterator<Item = u32> + '_ {
        let imports = self.whole.imports.len() as u32;
        self.plan
            .first
            .iter()
            .copied()
            .filter(move |it| *it >= imports)
    }
}

impl Reencode for First<'_> {
    type Error = Infallible;

    /// A function of the rest is where the trap is until the rest is there.
    fn function_index(&mut self, function: u32) -> Done<u32> {
        let place = self.places.get(&function).copied();
        let trap = self
            .plan
            .trap
            .and_then(|trap| self.places.get(&trap).copied());
        Ok(place
            .or(trap)
            .expect("a function is somewhere or in the rest"))
    }

    fn parse_import_section(
        &mut self,
        out: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Done {
        for (function, import) in (0..).zip(section.into_imports()) {
            if self.places.contains_key(&function) {
                self.parse_import(out, import?)?;
            }
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        out: &mut FunctionSection,
        _: FunctionSectionReader<'_>,
    ) -> Done {
        for function in self.own() {
            out.function(self.whole.type_of(function));
        }
        Ok(())
    }

    fn parse_table_section(
        &mut self,
        out: &mut TableSection,
        section: TableSectionReader<'_>,
    ) -> Done {
        let more = u64::from(self.plan.new_slots);
        for (number, table) in section.into_iter().enumerate() {
            let mut table = table?;
            if number == 0 {
                table.ty.initial += more;
                table.ty.maximum = table.ty.maximum.map(|maximum| maximum + more);
            }
            self.parse_table(out, table)?;
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        out: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Done {
        utils::parse_export_section(self, out, section)?;
        let all = [
            (ExportKind::Memory, self.whole.memories.len()),
            (ExportKind::Table, self.whole.tables.len()),
            (ExportKind::Global, self.whole.globals.len()),
        ];
        for (kind, count) in all {
            for place in 0..count as u32 {
                out.export(&lent_name(kind, place), kind, place);
            }
        }
        for (place, &function) in (0..).zip(&self.plan.lent) {
            let index = self.function_index(function)?;
            out.export(&lent_name(ExportKind::Func, place), ExportKind::Func, index);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, out: &mut CodeSection, _: CodeSectionReader<'_>) -> Done {
        let own: Vec<u32> = self.own().collect();
        let imports = self.whole.imports.len();
        for function in own {
            if let Some(&slot) = self.plan.doors.get(&function) {
                out.function(&door(self.whole, function, slot));
            } else if self.plan.trap == Some(function) {
                let mut trap = Function::new([]);
                trap.instruction(&Instruction::Unreachable);
                trap.instruction(&Instruction::End);
                out.function(&trap);
            } else {
                let body = self.whole.bodies[function as usize - imports].clone();
                self.parse_function_body(out, body)?;
            }
        }
        Ok(())
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader<'_>) -> Done {
        Ok(())
    }
}

/// Calls the function that is in the slot, with the same arguments.
fn door(whole: &Whole<'_>, function: u32, slot: u32) -> Function {
    let type_index = whole.type_of(function);
    let mut door = Function::new([]);
    for argument in 0..whole.arguments[type_index as usize] {
        door.instruction(&Instruction::LocalGet(argument));
    }
    door.instruction(&Instruction::I32Const(slot.cast_signed()));
    door.instruction(&Instruction::CallIndirect {
        type_index,
        table_index: 0,
    });
    door.instruction(&Instruction::End);
    door
}
