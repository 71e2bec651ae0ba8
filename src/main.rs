//! Starts the app in the page that `index.html` has drawn so far.

fn main() {
    callreel::start();
}
