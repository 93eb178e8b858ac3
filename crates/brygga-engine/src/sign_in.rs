//! A person signs in by the browser: authorization code with PKCE, a state that cannot be guessed, and the answer at a fixed port of this
//! computer (`facts/visma` 1).
//!
//! The refresh token is kept before anything is done with it, and only if the sign-in is of the right company: until then an earlier one
//! stays good.

use std::sync::Arc;
use std::time::Duration;

use brygga_core::{Code, Problem};
use brygga_http::oauth::{Pkce, unguessable};
use brygga_visma::{CodeExchange, authorize_url, exchange_code};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::connect::{CompanyCheck, Ground, SignInConnection};

/// The port of the redirect address, unless another is chosen: it is part of what the application has registered, so it is fixed.
pub const PORT: u16 = 47_823;

/// Scopes that a person is asked for: who one is, a lasting sign-in, and the ERP (`facts/visma` 1).
pub const SCOPES: &[&str] = &[
    "openid",
    "profile",
    "tenants",
    "offline_access",
    "vismanet_erp_interactive_api:read",
    "vismanet_erp_interactive_api:create",
    "vismanet_erp_interactive_api:update",
];

/// Client id of the application that this program's publisher has registered: given when the program is built, and the merchant may
/// take another.
pub const PUBLISHER: Option<&str> = option_env!("BRYGGA_VISMA_CLIENT_ID");

/// The largest request that the browser may send.
const LARGEST: usize = 16 * 1024;
/// So long one connection may take to send it.
const SENDING: Duration = Duration::from_secs(10);

/// The redirect address with a port, exactly as it must be registered.
pub fn redirect_uri(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// What the browser shows when it comes back, in the user's language.
#[derive(Debug, Clone, Default)]
pub struct Farewell {
    /// Language tag.
    pub language: String,
    /// Heading after success.
    pub done: String,
    /// Heading after anything else.
    pub failed: String,
    /// What to do now.
    pub next: String,
}

/// How long the browser is waited for, and who may call it off.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// On the pair's clock.
    pub patience: Duration,
    /// Calls the sign-in off: while the browser is waited for, and while what it brought is tried, up to the moment in which it is kept.
    pub cancel: Arc<Notify>,
}

/// A sign-in that waits for the browser.
#[derive(Debug)]
pub struct SignIn {
    connection: SignInConnection,
    listener: TcpListener,
    /// As bound: another than the connection's where that was 0.
    redirect: String,
    host: String,
    state: String,
    pkce: Pkce,
    address: String,
}

impl SignIn {
    /// Takes the port and makes the address that the browser is sent to. [`Code::SignInPort`] if another program has it.
    pub async fn begin(connection: SignInConnection) -> Result<Self, Problem> {
        let port = connection.port;
        let taken = |error: std::io::Error| {
            Problem::new(Code::SignInPort)
                .with("port", port)
                .with("detail", error)
        };
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .map_err(taken)?;
        let port = listener.local_addr().map_err(taken)?.port();
        let connection = SignInConnection { port, ..connection };
        let redirect = redirect_uri(port);
        let state = unguessable();
        let pkce = Pkce::new();
        let mut address = authorize_url(connection.base_url.as_deref())?;
        address
            .query_pairs_mut()
            .append_pair("client_id", connection.client_id.trim())
            .append_pair("response_type", "code")
            .append_pair("scope", &connection.scopes.join(" "))
            .append_pair("redirect_uri", &redirect)
            .append_pair("state", &state)
            .append_pair("code_challenge", &pkce.challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(Self {
            connection,
            listener,
            host: format!("127.0.0.1:{port}"),
            redirect,
            state,
            pkce,
            address: address.into(),
        })
    }

    /// Where the browser goes.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits for the browser, exchanges what it brings, tries it, keeps it, and hands it to `kept`. The port is free afterwards, whatever
    /// came of it.
    ///
    /// `strange` hears of answers that belong to another sign-in; this one goes on waiting. What `turn` gives lives while the sign-in is
    /// tried, kept and handed on: nothing else uses the connection meanwhile.
    pub async fn finish<T: Send>(
        self,
        ground: &Ground,
        Waiting { patience, cancel }: Waiting,
        farewell: &Farewell,
        strange: impl Fn(Problem) + Send,
        turn: impl Future<Output = T> + Send,
        kept: impl FnOnce(&CompanyCheck) -> Result<(), Problem> + Send,
    ) -> Result<CompanyCheck, Problem> {
        let late = || Problem::new(Code::SignInLate).with("minutes", patience.as_secs() / 60);
        let mut visit = tokio::select! {
            visit = self.visit(&strange) => visit?,
            () = ground.clock.sleep(patience) => return Err(late()),
            () = cancel.notified() => return Err(Code::SignInCancelled.into()),
        };
        let result = match visit.code.take() {
            Ok(code) => tokio::select! {
                biased;
                () = cancel.notified() => Err(Code::SignInCancelled.into()),
                result = self.take_in(ground, code, turn, kept) => result,
            },
            Err(problem) => Err(problem),
        };
        // The person looks at the browser: it tells, too. A browser that has gone is no failure.
        let page = farewell.page(result.is_ok());
        let _told = answer(&mut visit.stream, "200 OK", &page).await;
        result
    }

    async fn take_in<T: Send>(
        &self,
        ground: &Ground,
        code: SecretString,
        turn: impl Future<Output = T> + Send,
        kept: impl FnOnce(&CompanyCheck) -> Result<(), Problem> + Send,
    ) -> Result<CompanyCheck, Problem> {
        let exchange = CodeExchange {
            code,
            verifier: self.pkce.verifier.clone(),
            redirect_uri: self.redirect.clone(),
        };
        let tokens = exchange_code(
            &ground.patient_http()?,
            self.connection.base_url.as_deref(),
            &self.connection.client_id,
            &exchange,
            &self.connection.scopes,
        )
        .await?;
        let Some(refresh) = tokens.refresh else {
            return Err(Code::ErpNoRefresh.into());
        };
        // A code lives shortly, so it is exchanged first; a run under way is waited for.
        let _turn = turn.await;
        let check = ground.keep_sign_in(&self.connection, refresh).await?;
        kept(&check)?;
        Ok(check)
    }

    /// The first visit that belongs to this sign-in.
    async fn visit(&self, strange: &(impl Fn(Problem) + Send)) -> Result<Visit, Problem> {
        loop {
            let (mut stream, _) = self.listener.accept().await.map_err(|error| {
                Problem::new(Code::SignInPort)
                    .with("port", self.connection.port)
                    .with("detail", error)
            })?;
            // A connection that says nothing must not keep the browser's out.
            let read = tokio::time::timeout(SENDING, request_line(&mut stream));
            let Ok(Some((target, host))) = read.await else {
                continue;
            };
            if host != self.host {
                let _told = answer(&mut stream, "403 Forbidden", "").await;
                continue;
            }
            match self.read(&target) {
                Landing::Ours(code) => {
                    return Ok(Visit {
                        stream,
                        code: Answered(Some(code)),
                    });
                }
                Landing::Strange => {
                    strange(Code::SignInMixedUp.into());
                    let _told = answer(&mut stream, "400 Bad Request", "").await;
                }
                Landing::Else => {
                    let _told = answer(&mut stream, "404 Not Found", "").await;
                }
            }
        }
    }

    fn read(&self, target: &str) -> Landing {
        let Some((path, query)) = target.split_once('?') else {
            return Landing::Else;
        };
        if path != "/" {
            return Landing::Else;
        }
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let field = |name: &str| {
            pairs
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        if field("state") != Some(self.state.as_str()) {
            return Landing::Strange;
        }
        Landing::Ours(match (field("code"), field("error")) {
            (_, Some("access_denied")) => Err(Code::SignInCancelled.into()),
            (_, Some("invalid_scope")) => {
                Err(Problem::new(Code::SignInScope).with("scope", self.connection.scopes.join(" ")))
            }
            (_, Some(error)) => Err(Problem::new(Code::SignInRefused).with(
                "detail",
                field("error_description")
                    .filter(|text| !text.is_empty())
                    .unwrap_or(error),
            )),
            (Some(code), None) => Ok(SecretString::from(code.to_owned())),
            (None, None) => Err(Problem::new(Code::SignInRefused).with("detail", "no code came")),
        })
    }
}

/// What the browser came with.
enum Landing {
    Ours(Result<SecretString, Problem>),
    Strange,
    Else,
}

struct Visit {
    stream: TcpStream,
    code: Answered,
}

struct Answered(Option<Result<SecretString, Problem>>);

impl Answered {
    fn take(&mut self) -> Result<SecretString, Problem> {
        self.0
            .take()
            .unwrap_or_else(|| Err(Problem::new(Code::Internal).with("detail", "answered twice")))
    }
}

/// Target and host of a GET; nothing for everything else.
async fn request_line(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 2048];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut piece).await.ok()?;
        if count == 0 || bytes.len() + count > LARGEST {
            return None;
        }
        bytes.extend_from_slice(&piece[..count]);
    }
    let text = String::from_utf8(bytes).ok()?;
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?.to_owned());
    let host = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, value)| value.trim().to_owned())?;
    (method == "GET").then_some((target, host))
}

async fn answer(stream: &mut TcpStream, status: &str, page: &str) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         content-security-policy: default-src 'none'; style-src 'unsafe-inline'\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n",
        page.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(page.as_bytes()).await?;
    stream.shutdown().await
}

impl Farewell {
    fn page(&self, good: bool) -> String {
        let plain = |text: &str| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('"', "&quot;")
        };
        let heading = plain(if good { &self.done } else { &self.failed });
        format!(
            "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{heading}</title><style>body{{font:16px/1.5 system-ui,sans-serif;color-scheme:light dark;max-width:34rem;\
             margin:15vh auto;padding:0 1rem}}</style></head><body><main><h1>{heading}</h1><p>{}</p></main></body></html>",
            plain(&self.language),
            plain(&self.next),
        )
    }
}
