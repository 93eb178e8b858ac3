use brygga_core::{Code, Problem};
use url::{Host, Url};

/// Is this an address of this computer.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // resolved by the system, which may be told otherwise only by its owner
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// Reads an address given in place of a remote's own: only an address of this computer is accepted, so that no secret can be sent
/// elsewhere by a setting.
pub fn loopback_only(text: &str) -> Result<Url, Problem> {
    let refused = || Problem::new(Code::AddressNotLoopback).with("address", text);
    let url = Url::parse(text.trim()).map_err(|_| refused())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none();
    if plain && is_loopback(&url) {
        Ok(url)
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_computer_pass() {
        for good in [
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:1/x",
            "http://localhost:3",
            "https://LOCALHOST",
        ] {
            assert!(loopback_only(good).is_ok(), "{good}");
        }
        for bad in [
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://user:pw@127.0.0.1",
            "http://127.0.0.1@evil.example",
            "file:///etc/passwd",
            "ftp://127.0.0.1",
            "127.0.0.1:80",
            "",
        ] {
            assert_eq!(
                loopback_only(bad).unwrap_err().code,
                Code::AddressNotLoopback,
                "{bad}"
            );
        }
    }
}
