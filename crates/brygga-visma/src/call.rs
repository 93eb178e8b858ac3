//! A call before it is sent: method, path, query, body, and the scope that it needs.

use brygga_core::{Code, Problem};
use brygga_http::{Body, HeaderName, HttpRequest, Method, Url};
use serde::Serialize;

use crate::config::{Api, ERP_CREATE, ERP_READ, ERP_UPDATE, Hosts, ORDER_READ, ORDER_WRITE};

/// The windows of Visma.net (`ScreenId`), by resource (specification of the ERP service API).
const WINDOWS: [(&str, &str); 17] = [
    ("account", "GL202500"),
    ("branch", "CS101500"),
    ("cashaccount", "CA202000"),
    ("cashtransaction", "CA304000"),
    ("currency", "CM202000"),
    ("customer", "AR303000"),
    ("customercreditnote", "AR301000"),
    ("customerinvoice", "AR301000"),
    ("customerpayment", "AR302000"),
    ("financialperiod", "GL201000"),
    ("inventory", "IN202000, IN202500"),
    ("lotserialclass", "IN207000"),
    ("paymentmethod", "CA204000"),
    ("salesordertype", "SO201000"),
    ("shipment", "SO302000"),
    ("vat", "TX205000"),
    ("warehouse", "IN204000"),
];

/// A call, made anew for every try.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) api: Api,
    pub(crate) method: Method,
    /// Path segments; what is no plain text is encoded.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    /// JSON, by its text.
    pub(crate) body: Option<String>,
    pub(crate) if_match: Option<String>,
    /// As a background job (`facts/visma` 5).
    pub(crate) background: bool,
    /// For people: what was being done.
    pub(crate) action: &'static str,
}

impl Call {
    pub(crate) fn new(api: Api, method: Method, path: &[&str], action: &'static str) -> Self {
        let path = path.iter().map(|&segment| segment.to_owned()).collect();
        Self {
            api,
            method,
            path,
            query: Vec::new(),
            body: None,
            if_match: None,
            background: false,
            action,
        }
    }

    pub(crate) fn get(api: Api, path: &[&str], action: &'static str) -> Self {
        Self::new(api, Method::GET, path, action)
    }

    #[must_use]
    pub(crate) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub(crate) fn if_match(mut self, etag: &str) -> Self {
        self.if_match = Some(etag.to_owned());
        self
    }

    /// The same, where the version is known.
    #[must_use]
    pub(crate) fn if_match_some(mut self, etag: Option<&str>) -> Self {
        self.if_match = etag.map(str::to_owned);
        self
    }

    /// The same with a JSON body, written once so that every try sends the same text.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Problem> {
        let text = serde_json::to_string(body)
            .map_err(|error| Problem::new(Code::Internal).with("detail", error))?;
        self.body = Some(text);
        Ok(self)
    }

    pub(crate) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// The scope that this call needs (`facts/visma` 1).
    pub(crate) fn scope(&self) -> &'static str {
        match (self.api, self.method.as_str()) {
            (Api::Orders, "GET") => ORDER_READ,
            (Api::Orders, _) => ORDER_WRITE,
            (Api::Erp, "GET") => ERP_READ,
            (Api::Erp, "POST") => ERP_CREATE,
            (Api::Erp, _) => ERP_UPDATE,
        }
    }

    /// What it takes to be allowed to make this call, by the stable name that checks and problems have for it.
    pub(crate) fn permission(&self) -> &'static str {
        let place = match self.api {
            Api::Orders => self.path.get(2),
            Api::Erp => self.path.get(1),
        };
        let place = place.map(|segment| segment.to_ascii_lowercase());
        match (self.api, self.method.as_str(), place.as_deref()) {
            (Api::Orders, "GET", Some("inventory")) => "stock-read",
            (Api::Orders, "GET", _) => "orders-read",
            (Api::Orders, ..) => "orders-write",
            (Api::Erp, "GET", Some("customer")) => "customers-read",
            (Api::Erp, "GET", Some("inventory")) => "items-read",
            (Api::Erp, "GET", Some("customerinvoice" | "customercreditnote")) => "invoices-read",
            (Api::Erp, "GET", Some("customerpayment")) => "payments-read",
            (Api::Erp, "GET", Some("cashtransaction")) => "cash-read",
            (Api::Erp, "GET", Some("shipment")) => "shipments-read",
            (Api::Erp, "GET", _) => "settings-read",
            (Api::Erp, "POST", _) => "erp-create",
            (Api::Erp, ..) => "erp-change",
        }
    }

    /// What was asked, without the number of any document, and the window of Visma.net that it stands for: an administrator can look up
    /// which role opens it.
    pub(crate) fn asked(&self) -> String {
        let base = match self.api {
            Api::Orders => 3,
            Api::Erp => 2,
        };
        let (resource, rest) = self.path.split_at(self.path.len().min(base));
        let mut place = resource.join("/");
        if !rest.is_empty() {
            place.push_str("/\u{2026}");
        }
        if let [.., action, name] = rest
            && action == "action"
        {
            place = format!("{place}/action/{name}");
        }
        let window = self.window().map(|id| format!(" ({id})"));
        format!("{} /{place}{}", self.method, window.unwrap_or_default())
    }

    /// The window, by the `ScreenId` that the specification of the ERP service API names for the resource. SalesOrder v3 names none.
    fn window(&self) -> Option<&'static str> {
        if self.api == Api::Orders {
            return None;
        }
        let resource = self.path.get(1)?.to_ascii_lowercase();
        if resource == "customer" && self.path.get(2).is_some_and(|part| part == "customerClass") {
            return Some("AR201000");
        }
        WINDOWS
            .iter()
            .find(|(name, _)| *name == resource)
            .map(|(_, window)| *window)
    }

    /// The document that the path names, for people.
    pub(crate) fn document(&self) -> String {
        match (self.api, self.path.as_slice()) {
            (Api::Orders, [_, _, _, order_type, number, ..]) => format!("{order_type} {number}"),
            (Api::Erp, [.., number, action, _]) if action == "action" => number.clone(),
            (_, [.., last]) => last.clone(),
            (_, []) => String::new(),
        }
    }

    /// The request of one try, without the token.
    pub(crate) fn request(&self, hosts: &Hosts) -> Result<HttpRequest, Problem> {
        let mut url = match self.api {
            Api::Erp => hosts.erp.clone(),
            Api::Orders => hosts.orders.clone(),
        };
        add_path(&mut url, &self.path)?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        // Neither a company nor an application header: the token carries both (`facts/visma` 3).
        let mut request = HttpRequest::new(self.method.clone(), url)
            .header(HeaderName::from_static("accept"), "application/json")
            .label(self.action);
        if let Some(etag) = &self.if_match {
            request = request.header(HeaderName::from_static("if-match"), etag.clone());
        }
        if self.background {
            request = request.header(HeaderName::from_static("erp-api-background"), "none");
        }
        if let Some(text) = &self.body {
            request = request.body(Body::Text {
                content_type: "application/json".to_owned(),
                text: text.clone(),
            });
        }
        Ok(request)
    }
}

fn add_path(url: &mut Url, segments: &[String]) -> Result<(), Problem> {
    let mut path = url
        .path_segments_mut()
        .map_err(|()| Problem::new(Code::Internal).with("detail", "an address without a path"))?;
    path.pop_if_empty().extend(segments);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_names_the_window_and_no_document() {
        for (api, method, path, asked) in [
            (
                Api::Erp,
                Method::GET,
                vec!["v1", "customer"],
                "GET /v1/customer (AR303000)",
            ),
            (
                Api::Erp,
                Method::PUT,
                vec!["v1", "customer", "10001"],
                "PUT /v1/customer/\u{2026} (AR303000)",
            ),
            (
                Api::Erp,
                Method::GET,
                vec!["v1", "customer", "customerClass"],
                "GET /v1/customer/\u{2026} (AR201000)",
            ),
            (
                Api::Erp,
                Method::POST,
                vec!["v1", "customerPayment"],
                "POST /v1/customerPayment (AR302000)",
            ),
            (
                Api::Erp,
                Method::POST,
                vec!["v1", "shipment", "000117", "action", "confirmShipment"],
                "POST /v1/shipment/\u{2026}/action/confirmShipment (SO302000)",
            ),
            (
                Api::Erp,
                Method::GET,
                vec!["v2", "currencyrate"],
                "GET /v2/currencyrate",
            ),
            (
                Api::Orders,
                Method::PATCH,
                vec!["api", "v3", "SalesOrders", "SO", "000223"],
                "PATCH /api/v3/SalesOrders/\u{2026}",
            ),
        ] {
            assert_eq!(Call::new(api, method, &path, "try").asked(), asked);
        }
    }
}
