use brygga_core::{Code, Problem};
use secrecy::SecretString;

/// Which shop, and how to get in.
#[derive(Debug, Clone)]
pub struct ShopifyConfig {
    /// `something.myshopify.com`; what people paste is taken too where it is plain what they mean.
    pub domain: String,
    /// How to get in.
    pub auth: Auth,
    /// Another address in place of the shop's own: only of this computer, for the practice pair.
    pub base_url: Option<String>,
}

/// The two ways in (`facts/shopify` 1.1).
#[derive(Debug, Clone)]
pub enum Auth {
    /// An app of the Dev Dashboard: a token of a day by client id and secret.
    ClientCredentials {
        /// Client id.
        client_id: String,
        /// Client secret.
        secret: SecretString,
    },
    /// A legacy custom app: its token does not end.
    Token(SecretString),
}

/// The shop's own address out of what was typed: case, blanks, `https://` and a path are forgiven, nothing else is guessed
/// (`facts/shopify` 1.6). A refusal has a `hint` where the text tells more.
pub fn shop_domain(text: &str) -> Result<String, Problem> {
    let lower = text.trim().to_ascii_lowercase();
    let bare = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"))
        .unwrap_or(&lower);
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    if let Some(name) = host.strip_suffix(".myshopify.com")
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Ok(host.to_owned());
    }
    let refused = Problem::new(Code::ShopDomain).with("domain", text.trim());
    let store = path
        .strip_prefix("store/")
        .and_then(|rest| rest.split('/').next())
        .filter(|name| !name.is_empty());
    Err(match (host, store) {
        // the admin's address mostly, but not always, has the shop's first name in it: said, not taken
        ("admin.shopify.com", Some(store)) => {
            refused.with("hint", format_args!("{store}.myshopify.com"))
        }
        _ if !host.contains('.') && !host.is_empty() => {
            refused.with("hint", format_args!("{host}.myshopify.com"))
        }
        _ => refused,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shops_own_address_passes_as_people_paste_it() {
        for text in [
            "fjord.myshopify.com",
            " Fjord.MyShopify.com ",
            "https://fjord.myshopify.com/admin/settings",
            "http://fjord.myshopify.com",
        ] {
            assert_eq!(shop_domain(text).unwrap(), "fjord.myshopify.com", "{text}");
        }
        assert_eq!(
            shop_domain("a-1-b.myshopify.com").unwrap(),
            "a-1-b.myshopify.com"
        );
    }

    #[test]
    fn anything_else_is_refused_with_a_hint_where_there_is_one() {
        for text in [
            "",
            "www.fjord.no",
            "-fjord.myshopify.com",
            "fjord.myshopify.com.evil.example",
            "evil.example/fjord.myshopify.com",
            "fjord.myshopify.com:8080",
            "user@fjord.myshopify.com",
            "fj ord.myshopify.com",
            ".myshopify.com",
            "a.b.myshopify.com",
            "fjord.myshopify.com#x",
        ] {
            let problem = shop_domain(text).unwrap_err();
            assert_eq!(problem.code, Code::ShopDomain, "{text}");
            assert_eq!(problem.params.get("hint"), None, "{text}");
        }
        assert_eq!(
            shop_domain("https://admin.shopify.com/store/fjord/orders")
                .unwrap_err()
                .params["hint"],
            "fjord.myshopify.com"
        );
        assert_eq!(
            shop_domain("fjord").unwrap_err().params["hint"],
            "fjord.myshopify.com"
        );
    }
}
