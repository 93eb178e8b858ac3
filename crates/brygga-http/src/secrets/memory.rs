use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use brygga_core::Problem;
use brygga_core::secret::{SecretName, SecretStore};
use secrecy::SecretString;

use super::key;

/// Secrets that are gone with the process: for tests and the demo.
#[derive(Default)]
pub struct Memory {
    kept: Mutex<HashMap<String, SecretString>>,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

impl SecretStore for Memory {
    fn get(&self, pair: &str, name: SecretName) -> Result<Option<SecretString>, Problem> {
        Ok(self
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key(pair, name))
            .cloned())
    }

    fn set(&self, pair: &str, name: SecretName, value: &SecretString) -> Result<(), Problem> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key(pair, name), value.clone());
        Ok(())
    }

    fn delete(&self, pair: &str, name: SecretName) -> Result<(), Problem> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&key(pair, name));
        Ok(())
    }
}
