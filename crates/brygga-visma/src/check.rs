//! Is the company connected, and what may the application do there? For the wizard and the doctor.

use brygga_core::{Code, Problem};

use crate::call::Call;
use crate::client::Visma;
use crate::config::{
    Api, ERP_CREATE, ERP_READ, ERP_UPDATE, ORDER_READ, ORDER_WRITE, ServiceAccess, same_scope,
};
use crate::erp::wire::Branch;
use crate::sales_order::wire::{ListRow, Page};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErpReport {
    /// Name of the main branch, which is the company's.
    pub company: Option<String>,
    /// What was tried or asked for, in order.
    pub permissions: Vec<Permission>,
}

/// One thing that the application must be allowed to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// For people.
    pub what: &'static str,
    /// May it.
    pub ok: bool,
    /// Why not.
    pub code: Option<Code>,
}

impl Permission {
    fn of(what: &'static str, problem: Option<&Problem>) -> Self {
        Self {
            what,
            ok: problem.is_none(),
            code: problem.map(|problem| problem.code),
        }
    }
}

impl ErpReport {
    /// Is everything allowed that orders and customers need?
    pub fn complete(&self) -> bool {
        self.permissions.iter().all(|permission| permission.ok)
    }
}

/// Everything that was found out about what a token may do, for the wizard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Name of the main branch, which is the company's.
    pub company: Option<String>,
    /// What was tried or asked for, in order.
    pub probes: Vec<Probe>,
}

impl Inspection {
    /// The application does not work beside the sign-in: nothing that goes by it does.
    pub fn refuse_to_application(&mut self, service: &ServiceAccess, problem: &Problem) {
        let all = service.names(Api::Erp);
        for probe in &mut self.probes {
            let by_application = READS
                .iter()
                .any(|(name, api, ..)| *name == probe.name && *api == Api::Orders)
                || probe.name == "orders-write";
            if all || by_application {
                probe.problem = Some(problem.clone());
            }
        }
    }
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Stable name, such as `orders-write`.
    pub name: &'static str,
    /// The scope it takes, in the grant's own spelling.
    pub scope: String,
    /// Why not; none if it may.
    pub problem: Option<Problem>,
}

/// What is read, one row each, to see if it may be: a scope alone does not tell, the user's role counts too (`facts/visma` 1).
const READS: &[(&str, Api, &[&str], &str)] = &[
    (
        "customers-read",
        Api::Erp,
        &["v1", "customer"],
        "read customers",
    ),
    ("items-read", Api::Erp, &["v1", "inventory"], "read items"),
    (
        "invoices-read",
        Api::Erp,
        &["v1", "customerinvoice"],
        "read invoices",
    ),
    (
        "payments-read",
        Api::Erp,
        &["v1", "customerPayment"],
        "read payments",
    ),
    (
        "cash-read",
        Api::Erp,
        &["v1", "cashTransaction"],
        "read cash transactions",
    ),
    (
        "orders-read",
        Api::Orders,
        &["api", "v3", "SalesOrders"],
        "read sales orders",
    ),
    (
        "stock-read",
        Api::Orders,
        &["api", "v3", "Inventory"],
        "read the stock",
    ),
];

impl Visma {
    /// Tries everything that the program may want to do, as far as that can be tried without writing. What is not allowed is in
    /// the answer; only where nothing works is the problem the answer.
    pub async fn inspect(&self) -> Result<Inspection, Problem> {
        let config = &self.inner.config;
        let (usable, refused) = match self.granted().await {
            Ok(_) => (self.clone(), Vec::new()),
            // Visma Connect refuses a set of scopes as a whole: what is left is tried with those that it grants.
            Err(problem) if problem.code == Code::ErpScope => {
                let (granted, refused) = self.scopes_alone().await?;
                if granted.is_empty() || refused.is_empty() {
                    return Err(problem);
                }
                let mut less = config.clone();
                if let Some(service) = less.service_mut() {
                    service.scopes = granted;
                }
                (self.like(less)?, refused)
            }
            Err(problem) => return Err(problem),
        };
        let granted = usable.granted().await?;
        let branches = usable
            .whole_at::<Branch>(&["v1", "branch"], "read the company's set-up")
            .await;
        let mut probes = vec![Probe {
            name: "settings-read",
            scope: self.spelled(ERP_READ),
            problem: branches.as_ref().err().cloned(),
        }];
        for (name, api, path, action) in READS {
            let call = Call::get(*api, path, action).query("pageSize", 1);
            let call = match api {
                Api::Erp => call.query("pageNumber", 1),
                Api::Orders => call.query("pageIndex", 0),
            };
            let scope = self.spelled(call.scope());
            let problem = usable.read::<serde_json::Value>(call).await.err();
            probes.push(Probe {
                name,
                scope,
                problem,
            });
        }
        // Writing cannot be tried without doing it; the scopes tell, where Visma Connect names them.
        for (name, api, scope) in [
            ("erp-create", Api::Erp, ERP_CREATE),
            ("erp-change", Api::Erp, ERP_UPDATE),
            ("orders-write", Api::Orders, ORDER_WRITE),
        ] {
            let closed = match api {
                Api::Erp => usable.inner.erp_tokens.is_none(),
                Api::Orders => usable.inner.order_tokens.is_none(),
            };
            let lacks = closed
                || refused.iter().any(|named| named == scope)
                || granted
                    .as_ref()
                    .is_some_and(|granted| granted.iter().all(|had| !same_scope(had, scope)));
            let scope = self.spelled(scope);
            let by_person = api == Api::Erp && usable.inner.erp_by_sign_in;
            let code = if by_person {
                Code::SignInScope
            } else {
                Code::ErpScope
            };
            let problem = lacks.then(|| {
                Problem::new(code)
                    .with("action", name)
                    .with("scope", &scope)
            });
            probes.push(Probe {
                name,
                scope,
                problem,
            });
        }
        // A problem that is no permission is about the connection, and so is one that is everywhere.
        let about =
            |problem: &Problem| is_a_refusal(problem.code) || problem.code == Code::ErpSignedOut;
        let mut problems = probes.iter().filter_map(|probe| probe.problem.as_ref());
        if let Some(other) = problems.clone().find(|problem| !about(problem)) {
            return Err(other.clone());
        }
        if probes.iter().all(|probe| probe.problem.is_some())
            && let Some(first) = problems.next()
        {
            return Err(first.clone());
        }
        if let Some(dead) = problems
            .find(|problem| matches!(problem.code, Code::ErpSignedOut | Code::ErpTenantCustomer))
        {
            return Err(dead.clone());
        }
        Ok(Inspection {
            company: company(branches.unwrap_or_default()),
            probes,
        })
    }

    /// Name of the company that the grants open; none if its main branch has no name.
    pub async fn company_name(&self) -> Result<Option<String>, Problem> {
        let branches = self
            .whole_at::<Branch>(&["v1", "branch"], "read the company's set-up")
            .await?;
        Ok(company(branches))
    }

    /// A scope as the grant of its service spells it.
    pub(crate) fn spelled(&self, scope: &str) -> String {
        if self.inner.erp_by_sign_in {
            scope.replace("vismanet_erp_service_api:", "vismanet_erp_interactive_api:")
        } else {
            scope.to_owned()
        }
    }

    /// Which scopes of the client credentials are granted one by one, and which are not.
    async fn scopes_alone(&self) -> Result<(Vec<String>, Vec<String>), Problem> {
        let (mut granted, mut refused) = (Vec::new(), Vec::new());
        let Some(service) = self.inner.config.service() else {
            return Ok((granted, refused));
        };
        for scope in &service.scopes {
            match self.token_for(scope).await {
                Ok(()) => granted.push(scope.clone()),
                Err(problem) if problem.code == Code::ErpScope => refused.push(scope.clone()),
                Err(problem) => return Err(problem),
            }
        }
        Ok((granted, refused))
    }
}

/// The main branch's name is the company's.
fn company(mut branches: Vec<Branch>) -> Option<String> {
    branches.sort_by_key(|branch| branch.is_main_branch != Some(true));
    branches
        .into_iter()
        .find_map(|branch| branch.name)
        .filter(|name| !name.is_empty())
}

impl Visma {
    /// Gets a token, reads from both services, and reports what else the token allows. Nothing is written.
    ///
    /// Without a token, or when nothing at all is allowed, the problem is the answer.
    pub async fn connect_check(&self) -> Result<ErpReport, Problem> {
        let granted = match self.granted().await {
            Ok(granted) => granted,
            Err(problem) if problem.code == Code::ErpScope => {
                return Err(self.name_missing_scopes(problem).await);
            }
            Err(problem) => return Err(problem),
        };
        let branches = self
            .whole_at::<Branch>(&["v1", "branch"], "read the branches")
            .await;
        let call = Call::get(
            Api::Orders,
            &["api", "v3", "SalesOrders"],
            "list sales orders",
        )
        .query("pageSize", 1)
        .query("pageIndex", 0);
        let orders = self.read::<Page<ListRow>>(call).await;
        let problems = [branches.as_ref().err(), orders.as_ref().err()];
        // The same answer from both is about the connection, not about a permission.
        if let [Some(first), Some(second)] = problems
            && first.code == second.code
        {
            return Err(first.clone());
        }
        for problem in problems.into_iter().flatten() {
            if !is_a_refusal(problem.code) {
                return Err(problem.clone());
            }
        }
        // Writing cannot be tried without doing it; the scopes tell, where Visma Connect names them.
        let scoped = |what, scope: &str| {
            let lacks = granted
                .as_ref()
                .is_some_and(|granted| granted.iter().all(|had| !same_scope(had, scope)));
            Permission {
                what,
                ok: !lacks,
                code: lacks.then_some(Code::ErpScope),
            }
        };
        let permissions = vec![
            Permission::of(
                "read the company's set-up and customers",
                branches.as_ref().err(),
            ),
            scoped("create customers", ERP_CREATE),
            scoped("change customers", ERP_UPDATE),
            Permission::of("read sales orders", orders.as_ref().err()),
            scoped("create and change sales orders", ORDER_WRITE),
        ];
        let company = company(branches.unwrap_or_default());
        Ok(ErpReport {
            company,
            permissions,
        })
    }

    /// Visma Connect refuses a set of scopes as a whole: each alone shows which one it was.
    async fn name_missing_scopes(&self, problem: Problem) -> Problem {
        let mut missing = Vec::new();
        for scope in [ERP_READ, ERP_CREATE, ERP_UPDATE, ORDER_READ, ORDER_WRITE] {
            match self.token_for(scope).await {
                Err(refused) if refused.code == Code::ErpScope => missing.push(scope),
                Ok(()) => {}
                Err(_) => return problem,
            }
        }
        if missing.is_empty() {
            problem
        } else {
            problem.with("scope", missing.join(" "))
        }
    }
}

/// Does Visma.net answer with it that something is not allowed; the connection itself may work.
fn is_a_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::ErpScope
            | Code::ErpForbidden
            | Code::SignInScope
            | Code::SignInForbidden
            | Code::ErpTenantCustomer
            | Code::ErpLicence
    )
}
