//! The real window, with the real Secret Service, under WebKit's driver.

mod accessibility;
mod journey;
mod pictures;
mod steps;
