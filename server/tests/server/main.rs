//! The server from outside: the binary, its HTTP, its sockets and its files, a subject a file.

mod app;
mod binary;
mod crash;
mod disk_fails;
mod disk_full;
mod house;
mod house_mends;
mod library;
mod media;
mod media_growing;
mod network;
mod protocol;
mod quota;
mod record_socket;
mod record_socket_limits;
mod repair;
mod rights;
mod rooms;
mod rooms_limits;
mod support;
mod tls;
mod turn;
mod tus_js_client;
mod uploads;
mod uploads_cut;
mod uploads_refused;
