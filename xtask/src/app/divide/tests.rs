use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction,
    MemorySection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};
use wasmparser::Validator;

use super::*;

const IMPORT: u32 = 0;
const START: u32 = 1;
const LATE: u32 = 2;
const LATE_ONLY: u32 = 3;
const SHARED: u32 = 4;
const IN_TABLE: u32 = 5;

fn function(calls: &[u32], length: usize) -> Function {
    let mut function = Function::new([]);
    for _ in 0..length {
        function.instruction(&Instruction::Nop);
    }
    for &call in calls {
        function.instruction(&Instruction::I32Const(1));
        function.instruction(&Instruction::Call(call));
    }
    function.instruction(&Instruction::End);
    function
}

/// `start` calls `late`, which calls everything else; `late` and `in_table` are in the table.
fn module() -> Vec<u8> {
    let long = UNMISTAKABLE;
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([ValType::I32], []);
    let mut imports = ImportSection::new();
    imports.import("./app.js", "log", EntityType::Function(1));
    let mut functions = FunctionSection::new();
    for _ in START..=IN_TABLE {
        functions.function(1);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 3,
        maximum: Some(3),
        shared: false,
    });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    globals.global(
        GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        },
        &ConstExpr::i32_const(0),
    );
    let mut exports = ExportSection::new();
    exports.export("start", ExportKind::Func, START);
    let mut elements = ElementSection::new();
    let slots = [IN_TABLE, SHARED];
    elements.active(
        None,
        &ConstExpr::i32_const(1),
        Elements::Functions((&slots[..]).into()),
    );
    let mut code = CodeSection::new();
    code.function(&function(&[LATE, SHARED], 0))
        .function(&function(&[IMPORT, LATE_ONLY, SHARED], long))
        .function(&function(&[], 0))
        .function(&function(&[], 0))
        .function(&function(&[], long));
    let mut map = NameMap::new();
    for (index, name) in [
        (START, "app::start"),
        (LATE, "app::late::take"),
        (LATE_ONLY, "core::some"),
        (SHARED, "core::shared"),
        (IN_TABLE, "<app[0123456789abcdef]::late::Take>::drop"),
    ] {
        map.append(index, name);
    }
    let mut names = NameSection::new();
    names.functions(&map);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&tables)
        .section(&memories)
        .section(&globals)
        .section(&exports)
        .section(&elements)
        .section(&code)
        .section(&names);
    module.finish()
}

fn names_in(wasm: &[u8]) -> Vec<String> {
    let whole = Whole::read(wasm).expect("a wasm");
    let own = whole.own();
    own.map(|function| whole.names[&function].to_owned())
        .collect()
}

#[test]
fn what_only_the_rest_uses_goes_with_it() {
    let parts = divide(&module(), &["app::late::"]).expect("two parts");
    for wasm in [&parts.first, &parts.rest] {
        Validator::new().validate_all(wasm).expect("a valid wasm");
    }
    let taken = [
        "app::late::take",
        "core::some",
        "<app[0123456789abcdef]::late::Take>::drop",
    ];
    assert_eq!(names_in(&parts.rest), taken);
    // The first keeps a door to what it calls, and a trap for what is in the table.
    let kept = [
        "app::start",
        "app::late::take",
        "core::some",
        "core::shared",
    ];
    assert_eq!(names_in(&parts.first), kept);
    assert_eq!(parts.doors, "app::start calls app::late::take\n");

    let first = Whole::read(&parts.first).expect("a wasm");
    assert!(first.imports.is_empty(), "only the rest uses it");
    assert_eq!(first.tables[0].initial, 4, "a slot for the door");
    let rest = Whole::read(&parts.rest);
    let rest = rest.expect("a wasm");
    let modules: Vec<_> = rest.imports.iter().map(|import| import.module).collect();
    assert_eq!(modules, [FIRST, "./app.js"]);
    assert_eq!(rest.slots.keys().copied().collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn short_functions_stay_where_they_are() {
    let parts = divide(&module(), &["core::some"]);
    assert!(parts.is_err(), "there is no rest");
}
