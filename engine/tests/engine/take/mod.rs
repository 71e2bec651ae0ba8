//! Takes, with recorders that do what they are told.

mod any_order;
mod device_switch;
mod disk_full;
mod pause;
mod progress;
mod queue;
mod recorder_failures;
mod source_loss;
mod start_and_stop;
mod studio;
mod switch_interrupted;
