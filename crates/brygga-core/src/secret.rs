//! Where secrets live is an adapter's matter; this is what the product asks of it.

use secrecy::SecretString;

use crate::code::Problem;

/// The names under which secrets are kept. One secret per entry: Windows limits an entry to 2560 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretName {
    /// Client secret of the merchant's Shopify app.
    ShopifyClientSecret,
    /// Static Admin token of a legacy custom app.
    ShopifyToken,
    /// Client secret of the merchant's Visma Connect application.
    VismaClientSecret,
    /// Refresh token of the person who signed in to Visma Connect.
    VismaRefreshToken,
    /// Key that encrypts payloads and personal data in the database.
    DataKey,
}

impl SecretName {
    /// The stable name of the entry.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ShopifyClientSecret => "shopify-client-secret",
            Self::ShopifyToken => "shopify-token",
            Self::VismaClientSecret => "visma-client-secret",
            Self::VismaRefreshToken => "visma-refresh-token",
            Self::DataKey => "data-key",
        }
    }
}

/// A place that keeps secrets: the system's keychain, a file encrypted with a passphrase, or memory.
pub trait SecretStore: Send + Sync + std::fmt::Debug {
    /// The secret, or `None` if none is kept.
    fn get(&self, pair: &str, name: SecretName) -> Result<Option<SecretString>, Problem>;
    /// Keeps `value`, in place of an earlier one.
    fn set(&self, pair: &str, name: SecretName, value: &SecretString) -> Result<(), Problem>;
    /// Forgets the secret; none there is fine.
    fn delete(&self, pair: &str, name: SecretName) -> Result<(), Problem>;
}
