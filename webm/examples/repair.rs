//! `callreel repair` without the server: `repair IN [OUT]`.
#[path = "../../server/src/repair.rs"]
mod repair;

fn main() {
    let mut args = std::env::args_os().skip(1).map(std::path::PathBuf::from);
    let input = args.next().expect("a file to repair");
    match repair::repair(&input, args.next().as_deref()) {
        Ok(report) => eprint!("{report}"),
        Err(error) => {
            eprintln!("{}: {error}", error.code());
            std::process::exit(1);
        }
    }
}
