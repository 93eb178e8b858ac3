//! Is the company connected, and what may the application do there? For the wizard and the doctor.

use brygga_core::{Code, Problem};

use crate::call::Call;
use crate::client::Visma;
use crate::config::{Api, ERP_CREATE, ERP_READ, ERP_UPDATE, ORDER_READ, ORDER_WRITE};
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
            if !matches!(
                problem.code,
                Code::ErpScope | Code::ErpForbidden | Code::ErpTenantCustomer | Code::ErpLicence
            ) {
                return Err(problem.clone());
            }
        }
        // Writing cannot be tried without doing it; the scopes tell, where Visma Connect names them.
        let scoped = |what, scope: &str| {
            let lacks = granted
                .as_ref()
                .is_some_and(|granted| granted.iter().all(|had| had != scope));
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
        let mut branches = branches.unwrap_or_default();
        branches.sort_by_key(|branch| branch.is_main_branch != Some(true));
        let company = branches
            .into_iter()
            .find_map(|branch| branch.name)
            .filter(|name| !name.is_empty());
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
