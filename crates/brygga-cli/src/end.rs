//! How a command ends.

use brygga_core::{Code, Problem};
use brygga_practice::DemoError;

/// How a command ended, and so with which exit code: 0 done, 1 something is held or failed, 2 wrong use, 3 not connected.
#[derive(Debug)]
pub(crate) enum End {
    /// Done.
    Done,
    /// Something is held or failed; it was printed.
    Left,
    /// Could not go on.
    Problem(Problem),
    /// Wrong use.
    Use(String),
    /// A fault of the computer or of ours.
    Fault(String),
}

impl End {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Left | Self::Fault(_) => 1,
            Self::Use(_) => 2,
            Self::Problem(problem) => match problem.code {
                Code::NotConnected => 3,
                Code::WrongUse | Code::ShopDomain | Code::AddressNotLoopback => 2,
                _ => 1,
            },
        }
    }
}

impl From<Problem> for End {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<brygga_store::StoreError> for End {
    fn from(error: brygga_store::StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<DemoError> for End {
    fn from(error: DemoError) -> Self {
        match error {
            DemoError::Problem(problem) => Self::Problem(problem),
            DemoError::Options(text) => Self::Use(text),
            DemoError::Pair(error) => Self::Fault(error.to_string()),
        }
    }
}
