//! The ways into the company: an application by client credentials, and a person's sign-in; each tried, compared with what is there, kept, and
//! left again.

use std::sync::{Arc, Mutex, PoisonError};

use brygga_core::secret::SecretName;
use brygga_core::{Code, Problem, SecretStore};
use brygga_visma::{
    Access, ErpReport, Inspection, RefreshKeeper, ServiceAccess, SignedInAccess, Visma, VismaConfig,
};
use secrecy::SecretString;

use super::{
    COMPANY, CompanyCheck, CompanyConnection, Ground, IN_SIGHT, MET_TENANT, SIGN_IN,
    SignInConnection, loopback_only,
};
use crate::company::{Grant, Identity, other_company};

impl Ground {
    /// Connects the company by client credentials: checks the application and the tenant with Visma, then keeps both. Without a
    /// secret, the one that is kept.
    ///
    /// [`Code::ErpOtherCompany`] if this database is of another company.
    pub async fn connect_company(
        &self,
        connection: CompanyConnection,
        secret: Option<SecretString>,
    ) -> Result<ErpReport, Problem> {
        let visma = self.service_client(&connection, secret.as_ref())?;
        let report = visma.connect_check().await?;
        self.take_in_service(&connection, secret, &visma, report.company.as_deref())
            .await?;
        Ok(report)
    }

    /// The same, trying everything that the program may want to do. What is not allowed is in the answer.
    pub async fn inspect_service(
        &self,
        connection: CompanyConnection,
        secret: Option<SecretString>,
    ) -> Result<CompanyCheck, Problem> {
        let visma = self.service_client(&connection, secret.as_ref())?;
        let found = visma.inspect().await?;
        let other = self
            .take_in_service(&connection, secret, &visma, found.company.as_deref())
            .await?;
        Ok(CompanyCheck {
            found,
            other,
            application: None,
        })
    }

    /// Keeps client credentials that were tried, unless they are of another company than the person who is signed in, or than what is
    /// booked. Is it another company than before.
    async fn take_in_service(
        &self,
        connection: &CompanyConnection,
        secret: Option<SecretString>,
        visma: &Visma,
        company: Option<&str>,
    ) -> Result<bool, Problem> {
        let mut theirs = Identity {
            tenant: Some(connection.tenant_id.clone()),
            name: company.map(str::to_owned),
        };
        if let Some(person) = self.signed_in_access()? {
            let base = connection.base_url.as_deref();
            let service = self.service_of(connection, secret.as_ref())?;
            // What they may not tell is no consent: half of an order would be booked in each of two companies.
            theirs.name = self.company_of(base, alone(service)).await?;
            match self.company_of(base, Access::SignedIn(person)).await {
                Ok(name) if name != theirs.name => {
                    let person = Identity { tenant: None, name };
                    return Err(other_company(&person, &theirs, Grant::Application));
                }
                Ok(_) => {}
                // A sign-in that is not accepted any more books nowhere; the next one is compared with this application.
                Err(problem) if problem.code == Code::ErpSignedOut => {}
                Err(problem) => return Err(problem),
            }
        }
        let ours_are_there = self.has_ours(visma, &theirs).await?;
        self.alone(&theirs, Grant::Application, ours_are_there, || {
            self.keep_service(connection, secret)
        })
    }

    /// Tries everything by the grants that are kept.
    pub async fn inspect_company(&self) -> Result<Inspection, Problem> {
        let visma = Visma::with_policy(self.company_config()?, self.patient_http()?, IN_SIGHT)?;
        let found = visma.inspect().await?;
        let service = self.service_access()?;
        let by = service
            .as_ref()
            .map_or(Grant::Person, |_| Grant::Application);
        let theirs = Identity {
            tenant: service.map(|service| service.tenant_id),
            name: found.company.clone(),
        };
        let ours_are_there = self.has_ours(&visma, &theirs).await?;
        // What only a name tells is known from here on.
        self.alone(&theirs, by, ours_are_there, || Ok(()))?;
        Ok(found)
    }

    /// Tries a person's new sign-in, beside the client credentials if there are some, and keeps it if it is of the same company.
    pub(crate) async fn keep_sign_in(
        &self,
        connection: &SignInConnection,
        refresh: SecretString,
    ) -> Result<CompanyCheck, Problem> {
        let trial = Arc::new(Trial(Mutex::new(refresh)));
        let person = SignedInAccess {
            client_id: connection.client_id.clone(),
            keeper: Arc::clone(&trial) as Arc<dyn RefreshKeeper>,
            rotation: Arc::default(),
        };
        let base = connection.base_url.as_deref();
        let by_person = self.trial(base, Access::SignedIn(person.clone()))?;
        let mut found = by_person.inspect().await?;
        let mut theirs = Identity {
            tenant: None,
            name: found.company.clone(),
        };
        let mut application = None;
        if let Some(service) = self.service_access()? {
            match self.company_of(base, alone(service.clone())).await {
                Ok(name) => {
                    let ours = Identity {
                        tenant: Some(service.tenant_id.clone()),
                        name,
                    };
                    if ours.name != theirs.name {
                        return Err(other_company(&ours, &theirs, Grant::Person));
                    }
                    theirs.tenant = ours.tenant;
                }
                Err(problem) if is_about_the_application(&problem) => {
                    let ours = self.met()?;
                    match &ours.name {
                        Some(name) if Some(name) != theirs.name.as_ref() => {
                            return Err(other_company(&ours, &theirs, Grant::Person));
                        }
                        // It works, but cannot tell whose it is, and never could.
                        None if matches!(problem.code, Code::ErpScope | Code::ErpForbidden) => {
                            return Err(problem);
                        }
                        _ => {}
                    }
                }
                Err(problem) => return Err(problem),
            }
            // A broken application is no reason to refuse the sign-in: it is said what does not work by it.
            match self
                .trial(base, Access::Both(service.clone(), person))?
                .inspect()
                .await
            {
                Ok(by_both) => found = by_both,
                Err(problem) if is_about_the_application(&problem) => {
                    found.refuse_to_application(&service, &problem);
                    application = Some(problem);
                }
                Err(problem) => return Err(problem),
            }
        }
        let ours_are_there = self.has_ours(&by_person, &theirs).await?;
        // A refresh by the sign-in before must not put its token in the place of this one.
        let _turn = self.place.rotation.turn().await;
        let other = self.alone(&theirs, Grant::Person, ours_are_there, || {
            self.secrets.set(
                &self.place.secrets,
                SecretName::VismaRefreshToken,
                &trial.newest(),
            )?;
            self.place.rotation.forget();
            self.put(SIGN_IN, connection)
        })?;
        Ok(CompanyCheck {
            found,
            other,
            application,
        })
    }

    /// Stops using one of the two grants: its secret and its connection go. Which company this is of stays known, so the other grant, or
    /// a new one, is compared with it.
    pub async fn forget_grant(&self, grant: Grant) -> Result<(), Problem> {
        match grant {
            Grant::Application => {
                if let Some(tenant) = self.met()?.tenant {
                    self.put(MET_TENANT, &tenant)?;
                }
                self.clear(COMPANY)?;
                self.secrets
                    .delete(&self.place.secrets, SecretName::VismaClientSecret)
            }
            Grant::Person => {
                // A refresh under way would keep its token after all.
                let _turn = self.place.rotation.turn().await;
                self.place.rotation.forget();
                self.clear(SIGN_IN)?;
                self.secrets
                    .delete(&self.place.secrets, SecretName::VismaRefreshToken)
            }
        }
    }

    /// A client with the new client credentials beside the sign-in, if one is kept.
    fn service_client(
        &self,
        connection: &CompanyConnection,
        secret: Option<&SecretString>,
    ) -> Result<Visma, Problem> {
        let service = self.service_of(connection, secret)?;
        let access = match self.signed_in_access()? {
            Some(person) => Access::Both(service, person),
            None => Access::Service(service),
        };
        self.trial(connection.base_url.as_deref(), access)
    }

    /// A client for a check that a person waits for.
    fn trial(&self, base_url: Option<&str>, access: Access) -> Result<Visma, Problem> {
        if let Some(address) = base_url {
            loopback_only(address)?;
        }
        let config = VismaConfig {
            base_url: base_url.map(str::to_owned),
            ..VismaConfig::with(access)
        };
        Visma::with_policy(config, self.patient_http()?, IN_SIGHT)
    }

    /// Name of the company that these grants open.
    async fn company_of(
        &self,
        base_url: Option<&str>,
        access: Access,
    ) -> Result<Option<String>, Problem> {
        self.trial(base_url, access)?.company_name().await
    }

    fn service_of(
        &self,
        connection: &CompanyConnection,
        secret: Option<&SecretString>,
    ) -> Result<ServiceAccess, Problem> {
        let secret = match secret {
            Some(secret) => secret.clone(),
            None => self.secret(SecretName::VismaClientSecret, "Visma.net")?,
        };
        let mut service = ServiceAccess::new(&connection.client_id, secret, &connection.tenant_id);
        if !connection.scopes.is_empty() {
            service.scopes.clone_from(&connection.scopes);
        }
        Ok(service)
    }

    fn keep_service(
        &self,
        connection: &CompanyConnection,
        secret: Option<SecretString>,
    ) -> Result<(), Problem> {
        if let Some(secret) = secret {
            self.secrets
                .set(&self.place.secrets, SecretName::VismaClientSecret, &secret)?;
        }
        self.put(COMPANY, connection)
    }

    /// The application that is kept. One whose secret is gone is none: a sign-in takes its place.
    fn service_access(&self) -> Result<Option<ServiceAccess>, Problem> {
        match self.company()? {
            Some(connection) if self.has(SecretName::VismaClientSecret)? => {
                self.service_of(&connection, None).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The sign-in that is kept. One whose token is gone is none.
    fn signed_in_access(&self) -> Result<Option<SignedInAccess>, Problem> {
        match self.sign_in()? {
            Some(connection) if self.has(SecretName::VismaRefreshToken)? => {
                Ok(Some(SignedInAccess {
                    client_id: connection.client_id,
                    keeper: Arc::new(Keeper {
                        secrets: Arc::clone(&self.secrets),
                        name: self.place.secrets.clone(),
                    }),
                    rotation: Arc::clone(&self.place.rotation),
                }))
            }
            _ => Ok(None),
        }
    }

    /// The company by all grants that there are.
    pub(super) fn company_config(&self) -> Result<VismaConfig, Problem> {
        let base_url = match (self.company()?, self.sign_in()?) {
            (Some(company), _) => company.base_url,
            (None, Some(person)) => person.base_url,
            (None, None) => None,
        };
        let access = match (self.service_access()?, self.signed_in_access()?) {
            (Some(service), Some(person)) => Access::Both(service, person),
            (Some(service), None) => Access::Service(service),
            (None, Some(person)) => Access::SignedIn(person),
            (None, None) => {
                return Err(Problem::new(Code::NotConnected).with("remote", "Visma.net"));
            }
        };
        Ok(VismaConfig {
            base_url,
            ..VismaConfig::with(access)
        })
    }
}

/// The application alone, with what it takes to see whose it is: an application for the sales orders alone names no scope of the ERP.
fn alone(service: ServiceAccess) -> Access {
    Access::Service(service.to_tell_the_company())
}

/// Does this say that the application does not work, and nothing of the connection.
fn is_about_the_application(problem: &Problem) -> bool {
    matches!(
        problem.code,
        Code::ErpCredentials
            | Code::ErpApproval
            | Code::ErpTenant
            | Code::ErpTenantCustomer
            | Code::ErpScope
            | Code::ErpForbidden
            | Code::ErpLicence
    )
}

/// The refresh token in the secret store.
#[derive(Debug)]
struct Keeper {
    secrets: Arc<dyn SecretStore>,
    name: String,
}

impl RefreshKeeper for Keeper {
    fn newest(&self) -> Result<Option<SecretString>, Problem> {
        self.secrets.get(&self.name, SecretName::VismaRefreshToken)
    }

    fn keep(&self, token: &SecretString) -> Result<(), Problem> {
        self.secrets
            .set(&self.name, SecretName::VismaRefreshToken, token)
    }
}

/// The refresh token of a sign-in that is not accepted yet: the one that is kept stays until then.
#[derive(Debug)]
struct Trial(Mutex<SecretString>);

impl Trial {
    fn newest(&self) -> SecretString {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl RefreshKeeper for Trial {
    fn newest(&self) -> Result<Option<SecretString>, Problem> {
        Ok(Some(Self::newest(self)))
    }

    fn keep(&self, token: &SecretString) -> Result<(), Problem> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token.clone();
        Ok(())
    }
}
