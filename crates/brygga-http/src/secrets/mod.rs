//! Where secrets are kept: the system's keychain, a file under a passphrase, or memory. Never plain text.

mod file;
mod keychain;
mod memory;

pub use file::EncryptedFile;
pub use keychain::Keychain;
pub use memory::Memory;

use brygga_core::secret::SecretName;
use brygga_core::{Code, Problem};

/// The entry's key: a pair's secrets are told apart by the pair.
fn key(pair: &str, name: SecretName) -> String {
    format!("{pair}/{}", name.as_str())
}

fn unavailable(detail: impl std::fmt::Display) -> Problem {
    Problem::new(Code::SecretsUnavailable).with("detail", detail)
}
