//! The command line with the real Secret Service.
