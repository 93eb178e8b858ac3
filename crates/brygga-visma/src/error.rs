//! What a call that writes can end in, told apart by the one question that matters: may it have happened?

use brygga_core::{Code, Problem};

use crate::fault::Detail;

/// Why a call that writes did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Visma.net looked at it and said no: surely not done, and the reason lies in the record or the set-up.
    #[error("refused: {0}")]
    Refused(Problem),
    /// Surely not done, for a reason outside the record: no connection, no token, no permission, too many calls. It may be sent again later.
    #[error("not sent: {0}")]
    NotSent(Problem),
    /// It may have been done: time-out, 5xx, a cut connection, an answer without the number. Look it up before anything is sent again.
    #[error("outcome unknown: {0}")]
    Unknown(Problem),
    /// The document was changed in the meantime (412, 428, 409): surely not done; read and decide again. For a create: look it up.
    #[error("conflict: {0}")]
    Conflict(Problem),
}

impl CallError {
    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        match self {
            Self::Refused(problem)
            | Self::NotSent(problem)
            | Self::Unknown(problem)
            | Self::Conflict(problem) => problem,
        }
    }

    /// What is wrong, for those to whom the difference does not matter.
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Refused(problem)
            | Self::NotSent(problem)
            | Self::Unknown(problem)
            | Self::Conflict(problem) => problem,
        }
    }

    /// May the effect have happened?
    pub fn may_have_happened(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

/// The name of the remote in problems.
pub(crate) const REMOTE: &str = "Visma.net";

/// An answer in a form that this program does not know.
pub(crate) fn unexpected(detail: impl std::fmt::Display) -> Problem {
    Problem::new(Code::RemoteUnexpected)
        .with("remote", REMOTE)
        .with("detail", detail)
}

/// A call that did not end well, with the details of v3 for the caller who knows what was sent.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: CallError,
    pub(crate) details: Vec<Detail>,
}

impl From<CallError> for Failed {
    fn from(error: CallError) -> Self {
        Self {
            error,
            details: Vec::new(),
        }
    }
}
