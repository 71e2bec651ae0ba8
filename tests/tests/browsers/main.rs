//! Everything that is seen in a browser, a subject a file.

mod access;
mod calls;
mod calls_paths;
mod calls_recording;
mod calls_tools;
mod devices;
mod disk_full;
mod embed;
mod embed_projects;
mod embed_room;
mod formats;
mod harness;
mod hidden;
mod kill;
mod lab;
mod library;
mod memory;
mod page;
mod pause;
mod private;
mod record;
mod sources;
mod switch;
mod takes;
mod upload;
mod watch;
