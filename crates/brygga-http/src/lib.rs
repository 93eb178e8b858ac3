#![doc = include_str!("../README.md")]

mod address;
mod client;
mod clock;
mod error;
mod exchange;
mod message;
pub mod oauth;
mod redact;
mod retry;
pub mod secrets;
mod token;

pub use address::{is_loopback, loopback_only};
pub use client::{Http, HttpConfig};
pub use clock::SystemClock;
pub use error::TransportError;
pub use exchange::{Exchange, Observer, about};
pub use message::{Body, HttpRequest, HttpResponse};
pub use redact::without_persons;
pub use reqwest::Method;
pub use reqwest::header::HeaderName;
pub use retry::Verdict;
pub use token::{FreshToken, Token, TokenCache, TokenSource};
pub use url::Url;
