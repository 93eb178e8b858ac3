//! Visma Connect for a person: the page on which one allows an application (authorization code with PKCE S256), the exchange of the code,
//! and refresh tokens with rotation (`facts/visma 1`).
//!
//! How long a code lives is not in the facts; here it lives until it is exchanged, once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::connect::{Company, Connect};
use super::exchange::{Call, Reply, pairs};
use super::world::World;
use crate::practice;

/// Scopes that the practice application may ask a person for: identity, and the ERP as a person. None of SalesOrder v3: no interactive
/// scope of it was found (`facts/visma 1`).
const SCOPES: [&str; 9] = [
    "openid",
    "profile",
    "email",
    "tenants",
    "offline_access",
    "vismanet_erp_interactive_api:read",
    "vismanet_erp_interactive_api:create",
    "vismanet_erp_interactive_api:update",
    "vismanet_erp_interactive_api:delete",
];

/// People who can sign in, and in which companies each has the role "API User".
const PEOPLE: [(&str, &[Company]); 2] = [
    ("Kari Nordmann", &[Company::Practice, Company::Other]),
    ("Ola Uten Rolle", &[]),
];

/// What people have allowed.
#[derive(Debug, Clone)]
pub(crate) struct SignIns {
    redirects: BTreeSet<String>,
    codes: BTreeMap<String, Code>,
    refresh: BTreeMap<String, Grant>,
    given: u64,
    /// "Re-use" instead of "One-time": a refresh token stays good.
    pub(crate) reuse: bool,
}

#[derive(Debug, Clone)]
struct Code {
    grant: Grant,
    challenge: String,
    redirect: String,
}

#[derive(Debug, Clone)]
struct Grant {
    scopes: BTreeSet<String>,
    /// None: the person has the role in no company.
    company: Option<Company>,
}

impl Default for SignIns {
    fn default() -> Self {
        Self {
            redirects: BTreeSet::from([practice::VISMA_REDIRECT.to_owned()]),
            codes: BTreeMap::new(),
            refresh: BTreeMap::new(),
            given: 0,
            reuse: false,
        }
    }
}

impl SignIns {
    /// Registers a redirect address for the application: one that is not registered is refused.
    pub(crate) fn register(&mut self, redirect: String) {
        self.redirects.insert(redirect);
    }

    /// Every grant of every person ends.
    pub(crate) fn revoke(&mut self) {
        self.codes.clear();
        self.refresh.clear();
    }

    fn next(&mut self, kind: &str) -> String {
        self.given += 1;
        format!("practice-{kind}-{}", self.given)
    }
}

type Fields = Vec<(String, String)>;

fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

/// `GET /connect/authorize`: the page; `POST`: what was clicked on it.
pub(crate) fn authorize(world: &mut World, call: &Call) -> Reply {
    let fields = if call.is_write() {
        pairs(&String::from_utf8_lossy(&call.body))
    } else {
        call.query.clone()
    };
    let connect = &mut world.connect;
    // To an address that is not registered nothing is ever sent, not even an error.
    let Some(redirect) = field(&fields, "redirect_uri")
        .filter(|address| connect.sign_ins.redirects.contains(*address))
        .map(str::to_owned)
    else {
        return page(
            400,
            "This address is not registered",
            "<p>The application asked to be answered at an address that is not registered for it in the Developer Portal.</p>",
        );
    };
    if field(&fields, "client_id") != Some(practice::VISMA_PUBLIC_CLIENT_ID) {
        return page(
            400,
            "Unknown application",
            "<p>There is no application with this client id.</p>",
        );
    }
    let back = |pairs: &[(&str, &str)]| {
        let mut address = format!("{redirect}?");
        let state = field(&fields, "state").map(|state| ("state", state));
        for (at, (name, value)) in pairs.iter().copied().chain(state).enumerate() {
            let _ = write!(
                address,
                "{}{name}={}",
                if at == 0 { "" } else { "&" },
                encoded(value)
            );
        }
        Reply::empty(303).with("location", address)
    };
    let scopes: BTreeSet<String> = field(&fields, "scope")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if field(&fields, "response_type") != Some("code") {
        return back(&[("error", "unsupported_response_type")]);
    }
    if field(&fields, "code_challenge_method") != Some("S256")
        || field(&fields, "code_challenge").is_none()
    {
        return back(&[
            ("error", "invalid_request"),
            ("error_description", "code challenge required"),
        ]);
    }
    if scopes.is_empty() || !scopes.iter().all(|scope| SCOPES.contains(&scope.as_str())) {
        return back(&[("error", "invalid_scope")]);
    }
    match (call.method.as_str(), field(&fields, "decision")) {
        ("POST", Some("allow")) => {
            let company = match field(&fields, "company") {
                Some("practice") => Some(Company::Practice),
                Some("other") => Some(Company::Other),
                _ => None,
            };
            let code = connect.sign_ins.next("code");
            connect.sign_ins.codes.insert(
                code.clone(),
                Code {
                    grant: Grant { scopes, company },
                    challenge: field(&fields, "code_challenge")
                        .unwrap_or_default()
                        .to_owned(),
                    redirect: redirect.clone(),
                },
            );
            back(&[("code", &code)])
        }
        ("POST", Some("cancel")) => back(&[
            ("error", "access_denied"),
            ("error_description", "The user denied the request"),
        ]),
        ("POST", Some("other")) => consent(connect, &fields, &scopes, 1),
        _ => consent(connect, &fields, &scopes, 0),
    }
}

/// The page: who one is, which company, what is allowed.
fn consent(connect: &Connect, fields: &Fields, scopes: &BTreeSet<String>, person: usize) -> Reply {
    let (name, companies) = PEOPLE[person];
    let mut text = format!(
        "<p>Signed in as <strong>{name}</strong></p><form method=\"post\" action=\"/connect/authorize\">"
    );
    for (key, value) in fields
        .iter()
        .filter(|(key, _)| key != "decision" && key != "company")
    {
        let _ = write!(
            text,
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            escaped(key),
            escaped(value)
        );
    }
    // Only companies in which the person has the role "API User" are there to choose (`facts/visma 1`).
    text.push_str("<label for=\"company\">Company</label><select id=\"company\" name=\"company\">");
    for company in companies {
        let _ = write!(
            text,
            "<option value=\"{}\">{}</option>",
            if *company == Company::Practice {
                "practice"
            } else {
                "other"
            },
            escaped(connect.name_of(*company))
        );
    }
    if companies.is_empty() {
        text.push_str("<option value=\"\">No company with the role API User</option>");
    }
    text.push_str("</select><p>The application asks for:</p><ul>");
    for scope in scopes {
        let _ = write!(text, "<li>{}</li>", escaped(scope));
    }
    text.push_str(
        "</ul><div><button name=\"decision\" value=\"allow\">Allow</button>\
         <button name=\"decision\" value=\"cancel\">Cancel</button>\
         <button name=\"decision\" value=\"other\">Use another account</button></div></form>",
    );
    page(200, "Practice Visma Connect", &text)
}

fn page(status: u16, title: &str, body: &str) -> Reply {
    Reply::page(
        status,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;color-scheme:light dark;max-width:34rem;margin:10vh auto;padding:0 1rem}}\
         select,button{{font:inherit;padding:.4rem .8rem;margin:.25rem .5rem .25rem 0}}label{{display:block}}</style></head>\
         <body><main><h1>{title}</h1>{body}<p><small>Practice: this page is on your own computer. Nobody is signed in anywhere.</small></p></main></body></html>\n"
        ),
    )
}

/// `grant_type=authorization_code`.
pub(crate) fn exchange(world: &mut World, form: &Fields) -> Reply {
    if field(form, "client_id") != Some(practice::VISMA_PUBLIC_CLIENT_ID) {
        return refuse("invalid_client");
    }
    // Good for one exchange, whatever comes of it.
    let Some(code) = field(form, "code").and_then(|code| world.connect.sign_ins.codes.remove(code))
    else {
        return refuse("invalid_grant");
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(
        field(form, "code_verifier").unwrap_or_default().as_bytes(),
    ));
    if code.challenge != challenge || field(form, "redirect_uri") != Some(code.redirect.as_str()) {
        return refuse("invalid_grant");
    }
    issue(world, code.grant)
}

/// `grant_type=refresh_token`.
pub(crate) fn refresh(world: &mut World, form: &Fields) -> Reply {
    if field(form, "client_id") != Some(practice::VISMA_PUBLIC_CLIENT_ID) {
        return refuse("invalid_client");
    }
    let sign_ins = &mut world.connect.sign_ins;
    let token = field(form, "refresh_token").unwrap_or_default().to_owned();
    let grant = if sign_ins.reuse {
        sign_ins.refresh.get(&token).cloned()
    } else {
        sign_ins.refresh.remove(&token)
    };
    match grant {
        Some(grant) => issue(world, grant),
        None => refuse("invalid_grant"),
    }
}

fn issue(world: &mut World, grant: Grant) -> Reply {
    let Some(company) = grant.company.filter(|_| !world.connect.role_missing) else {
        // Without the role "API User" in any company (`facts/visma 1`).
        return refuse("invalid_tenant");
    };
    let lasting = grant.scopes.contains("offline_access");
    let now = world.now;
    let (text, life) = world
        .connect
        .issue(grant.scopes.clone(), Some(company), true, now);
    let scope = grant.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut answer =
        json!({"access_token": text, "expires_in": life, "token_type": "Bearer", "scope": scope});
    if lasting {
        let sign_ins = &mut world.connect.sign_ins;
        let token = sign_ins.next("refresh");
        sign_ins.refresh.insert(token.clone(), grant);
        answer["refresh_token"] = token.into();
    }
    Reply::json(answer).with("cache-control", "no-store")
}

fn refuse(error: &str) -> Reply {
    Reply::json_with(400, json!({"error": error}))
}

impl Connect {
    /// People's grants end, and the tokens that came of them.
    pub(crate) fn revoke_people(&mut self) {
        self.sign_ins.revoke();
        self.drop_personal_tokens();
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
