//! Letting something happen in the practice shop, to see what becomes of it.

use std::future::Future;
use std::pin::Pin;

use brygga_core::{Code, Problem};

use crate::api::error;
use crate::contract::{ApiError, Play, PracticePlay, PracticePlayed};
use crate::pair::Pair;

/// What a playground does.
pub type Playing<'a> = Pin<Box<dyn Future<Output = Result<PracticePlayed, Problem>> + Send + 'a>>;

/// The people of the practice shop.
pub trait Playground: Send + Sync + std::fmt::Debug {
    /// Lets it happen.
    fn play(&self, play: Play) -> Playing<'_>;
}

impl Pair {
    /// Things can happen here from now on. Once: the first playground stays. A real pair has none, whoever calls this.
    pub fn play_on(&self, playground: std::sync::Arc<dyn Playground>) {
        if self.host.practice {
            let _ = self.playground.set(playground);
        }
    }

    /// [`Code::PracticeOnly`] for every real pair.
    pub(crate) async fn practice_play(
        &self,
        request: PracticePlay,
    ) -> Result<PracticePlayed, ApiError> {
        match self.playground.get() {
            Some(playground) => playground.play(request.play).await.map_err(error),
            None => Err(error(Code::PracticeOnly.into())),
        }
    }
}
