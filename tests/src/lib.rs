//! Shared ground of the test suites.
