//! What the window asks of the pair on the bench, and what it is told.

use brygga_api::Tone;
use brygga_api::contract::{ApiError, Health, Proven};
use serde_json::Value;

use crate::bench::Bench;

impl Bench {
    /// What the pair answers to a command, or why it does not.
    pub async fn ask(&self, name: &str, request: Value) -> Result<Value, ApiError> {
        self.practice.served.call(name, request).await
    }

    /// What the pair answers to a command that it takes.
    pub async fn call(&self, name: &str, request: Value) -> Value {
        let answer = self.ask(name, request).await;
        answer.unwrap_or_else(|error| panic!("{name}: {error:?}"))
    }

    /// Code of why the pair does not take a command.
    pub async fn refused(&self, name: &str, request: Value) -> String {
        match self.ask(name, request).await {
            Err(error) => error.code,
            Ok(answer) => panic!("{name} was taken: {answer}"),
        }
    }

    /// What the sentence of the overview says now, and how much it needs a person.
    pub fn health(&self) -> (Health, Tone) {
        let pulse = self.practice.api.pulse().expect("readable");
        (pulse.health.clone(), pulse.tone())
    }

    /// What is proven, where all is well.
    pub fn well_proven(&self) -> (Proven, Tone) {
        match self.health() {
            (Health::AllWell { proven, .. }, tone) => (proven, tone),
            other => panic!("{other:?}"),
        }
    }
}
