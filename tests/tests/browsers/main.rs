//! Everything that is seen in a browser, a subject a file.

mod access;
mod calls;
<<<<<<< HEAD
mod calls_alone;
mod calls_files;
=======
mod calls_away;
>>>>>>> wt-rooms
mod calls_paths;
mod calls_recording;
mod calls_tools;
mod devices;
mod disk_full;
mod embed;
mod embed_changes;
mod embed_docs;
mod embed_hostile;
mod embed_projects;
mod embed_room;
mod embed_room_changes;
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
