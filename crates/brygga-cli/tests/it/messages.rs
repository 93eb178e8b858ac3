//! `brygga serve` from the side of a page that is broken, foreign or hostile: each message gets a clear answer, and nothing happens.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// The program, serving the practice pair.
struct Served {
    child: Child,
    address: String,
    token: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // Ours to end; one that has ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn code(&self) -> String {
        let error: Value = serde_json::from_str(&self.body).unwrap_or_default();
        error["code"].as_str().unwrap_or("none").to_owned()
    }
}

impl Served {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_brygga"))
            .args(["serve", "--practice", "--orders", "12"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let out = child.stdout.take().expect("piped");
        // From here on it ends with us, also where it does not say what it should.
        let mut served = Self {
            child,
            address: String::new(),
            token: String::new(),
        };
        // First it says where the practice pair is.
        let mut lines = BufReader::new(out).lines();
        let line = lines.find_map(|line| {
            let line = line.expect("readable");
            line.strip_prefix("listening on http://").map(str::to_owned)
        });
        let line = line.expect("it says where it listens");
        let (address, token) = line.split_once("/#token=").expect("a token");
        address.clone_into(&mut served.address);
        token.clone_into(&mut served.token);
        served
    }

    /// A request, byte by byte as it is given.
    fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.write_all(request).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer of HTTP");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Answer {
            status: status.expect("a status"),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    fn post(&self, path: &str, token: &str, headers: &str, body: &[u8]) -> Answer {
        let host = if headers.contains("Host:") {
            String::new()
        } else {
            format!("Host: {}\r\n", self.address)
        };
        let head = format!(
            "POST {path} HTTP/1.1\r\n{host}Connection: close\r\nContent-Type: application/json\r\nX-Brygga-Token: {token}\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        );
        self.raw(&[head.as_bytes(), body].concat())
    }

    fn call(&self, name: &str, body: &str) -> Answer {
        self.post(&format!("/rpc/{name}"), &self.token, "", body.as_bytes())
    }

    /// What could have changed.
    fn state(&self) -> [Value; 2] {
        let read = |name, request: &str| {
            let answer = self.call(name, request);
            assert_eq!(answer.status, 200, "{}", answer.body);
            serde_json::from_str::<Value>(&answer.body).expect("JSON")
        };
        let mut overview = read("overview", "{}");
        // The practice clock runs on, and its days with it.
        for flow in overview["flows"].as_array_mut().expect("flows") {
            flow["days"] = Value::Null;
        }
        [overview, read("settings", "")]
    }
}

#[test]
fn a_message_that_is_none_of_the_contract_gets_a_code_and_does_nothing() {
    let served = Served::start();
    let before = served.state();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for (name, body) in [
        ("no_such_command", "{}"),
        ("Sync_now", "{}"),
        ("sync_now", "{"),
        ("sync_now", "{\"flow\": \"orders\"} {}"),
        ("sync_now", "flow=orders"),
        ("sync_now", "[]"),
        ("sync_now", "\"orders\""),
        ("sync_now", "{\"flow\": 1}"),
        ("sync_now", "{\"flow\": \"flwo\"}"),
        ("sync_now", "{\"flwo\": \"orders\"}"),
        ("resume", "{\"now\": true}"),
        ("pause", "[1]"),
        ("retry", "{\"records\": \"*\"}"),
        (
            "put_settings",
            "{\"revision\": 1, \"values\": {}, \"force\": true}",
        ),
        ("put_settings", "{\"revision\": 1e99, \"values\": {}}"),
        ("import_settings", "{\"revision\": 1, \"text\": null}"),
        ("desktop_act", "{\"action\": \"quit\"}"),
        ("desktop_act", "{\"action\": \"rm\"}"),
        ("put_desktop", "{\"autostart\": true}"),
        (
            "save_file",
            "{\"name\": \"brygga-x.csv\", \"base64\": \"\"}",
        ),
        ("sync_now", &deep),
    ] {
        let answer = served.call(name, body);
        let shown = &body[..body.len().min(40)];
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "wrong-use"),
            "{name} {shown}: {}",
            answer.body
        );
    }
    // No text at all, and more text than any command has.
    let bytes = served.post("/rpc/sync_now", &served.token, "", &[0xff, 0xfe, 0x00]);
    assert_eq!((bytes.status, bytes.code().as_str()), (400, "wrong-use"));
    let long = vec![b' '; (2 << 20) + 100];
    let long = served.post("/rpc/sync_now", &served.token, "", &long);
    assert_eq!((long.status, long.code().as_str()), (400, "wrong-use"));
    // A pair's name that cannot be read, and two of them: neither is the pair that is shown.
    for pair in [
        &b"X-Brygga-Pair: \xff\xfe\r\n"[..],
        b"X-Brygga-Pair: practice\r\nX-Brygga-Pair: practice\r\n",
    ] {
        let head = format!(
            "POST /rpc/pause HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nX-Brygga-Token: {}\r\nContent-Length: 2\r\n",
            served.address, served.token
        );
        let unnamed = served.raw(&[head.as_bytes(), pair, b"\r\n{}"].concat());
        assert_eq!(
            (unnamed.status, unnamed.code().as_str()),
            (400, "wrong-use")
        );
    }
    assert_eq!(served.state(), before);
}

#[test]
fn a_long_table_becomes_a_workbook() {
    let served = Served::start();
    let row = [
        "1 Oct, 08:04:12",
        "#1042",
        &"Booked as SO000223. ".repeat(8),
        "order-booked",
        "2026-10-01T06:04:12Z",
    ];
    let table = json!({"name": "Activity", "head": vec!["When"; 5], "rows": vec![row; 15_000]});
    let table = table.to_string();
    assert!(table.len() > 3 << 20, "{}", table.len());
    let answer = served.call("spreadsheet", &table);
    assert_eq!(
        answer.status,
        200,
        "{}",
        &answer.body[..answer.body.len().min(200)]
    );
    let file: Value = serde_json::from_str(&answer.body).expect("JSON");
    // A ZIP archive, in base64.
    assert!(
        file["base64"]
            .as_str()
            .is_some_and(|text| text.starts_with("UEsD"))
    );
    // All other commands keep their limit.
    let other = served.call("retry", &table);
    assert_eq!((other.status, other.code().as_str()), (400, "wrong-use"));
    assert!(other.body.contains("length limit"), "{}", other.body);
}

#[test]
fn only_its_own_page_with_its_token_is_heard() {
    let served = Served::start();
    let before = served.state();
    let call = |token: &str, headers: &str| served.post("/rpc/sync_now", token, headers, b"{}");
    assert_eq!(call("", "").status, 401);
    assert_eq!(call("0123456789abcdef0123456789abcdef", "").status, 401);
    let own = served.token.clone();
    for headers in [
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        // A name that somebody made to point here.
        "Host: rebound.example\r\n",
        "Host: localhost\r\n",
    ] {
        let answer = call(&own, headers);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "wrong-use"),
            "{headers}"
        );
    }
    assert_eq!(served.state(), before);
    // With everything right it is heard.
    let heard = call(&own, &format!("Origin: http://{}\r\n", served.address));
    assert_eq!(heard.status, 200, "{}", heard.body);
    let started: Value = serde_json::from_str(&heard.body).expect("JSON");
    assert_eq!(started["already"], json!(false));
}

#[test]
fn every_answer_forbids_what_the_page_does_not_need() {
    let served = Served::start();
    for path in ["/", "/rpc/no_such_command", "/events", "/no/such/file"] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            served.address
        );
        let answer = served.raw(request.as_bytes());
        for needed in [
            "content-security-policy: default-src 'self'",
            "script-src 'self';",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(
                answer.head.contains(needed),
                "{path}: {needed}\n{}",
                answer.head
            );
        }
    }
}
