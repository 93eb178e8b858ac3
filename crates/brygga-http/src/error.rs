use brygga_core::policy::Outcome;
use brygga_core::{Code, Problem};

/// Why a call brought no answer, told by what it means for the call's effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// It surely never reached the remote: no address, no connection, no TLS.
    #[error("not sent: {detail}")]
    NotSent {
        /// For people; free of secrets.
        detail: String,
    },
    /// It may have reached the remote, and may have been done.
    #[error("outcome unknown: {detail}")]
    Unknown {
        /// For people; free of secrets.
        detail: String,
        /// Did the time run out.
        timeout: bool,
    },
    /// The answer is larger than this program takes in. The call was done.
    #[error("the answer is too large")]
    TooLarge,
}

impl TransportError {
    /// The code for people; `remote` is `Shopify`, `Visma.net` or `Visma Connect`.
    pub fn problem(&self, remote: &str) -> Problem {
        match self {
            Self::NotSent { detail } => {
                Problem::new(Code::RemoteUnreachable).with("detail", detail)
            }
            Self::Unknown { timeout: true, .. } => Problem::new(Code::RemoteTimeout),
            Self::Unknown { detail, .. } => {
                Problem::new(Code::RemoteUnreachable).with("detail", detail)
            }
            Self::TooLarge => {
                Problem::new(Code::RemoteUnexpected).with("detail", "the answer is too large")
            }
        }
        .with("remote", remote)
    }

    /// What it means for making the call again.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::NotSent { .. } => Outcome::NotSent,
            Self::Unknown { .. } | Self::TooLarge => Outcome::Unknown,
        }
    }
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        // the address may carry what a search was for
        let error = error.without_url();
        let detail = innermost(&error);
        if error.is_connect() || error.is_builder() {
            Self::NotSent { detail }
        } else {
            Self::Unknown {
                detail,
                timeout: error.is_timeout(),
            }
        }
    }
}

/// reqwest's own texts say only "error sending request"; the cause is at the bottom.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
