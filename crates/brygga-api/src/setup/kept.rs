//! What is kept of the set-up: how far it came, and what the last checks found. It stands beside the settings, not among them: going to
//! another step is no change of a choice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use brygga_core::{Code, Problem};
use brygga_engine::connect::{Inspection, ShopCheck};
use brygga_store::Link;
use serde::{Deserialize, Serialize};

use crate::contract::SetupStep;
use crate::pair::Pair;

/// Kind and name of the one row.
const KIND: &str = "setup";

/// All of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// The wizard was brought to its end.
    pub(crate) started: bool,
    /// Where the person was last.
    pub(crate) step: Option<SetupStep>,
    /// Steps that the person finished by going on.
    pub(crate) finished: BTreeSet<SetupStep>,
    /// What both sides tell of the mapping was proposed, and the person went on from it. Until then it is proposed.
    pub(crate) prefilled: bool,
    /// What the last check of the shop found.
    pub(crate) shop: Option<KeptShop>,
    /// What the last check of the company found.
    pub(crate) company: Option<KeptCompany>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct KeptShop {
    pub(crate) name: String,
    pub(crate) currency: String,
    pub(crate) country: String,
    pub(crate) time_zone: String,
    pub(crate) granted: Vec<String>,
    pub(crate) sixty_days_only: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct KeptCompany {
    pub(crate) name: Option<String>,
    pub(crate) probes: Vec<KeptProbe>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeptProbe {
    pub(crate) name: String,
    pub(crate) scope: String,
    /// Code and parameters, where it is not allowed.
    pub(crate) problem: Option<(Code, BTreeMap<String, String>)>,
}

impl KeptShop {
    pub(crate) fn of(check: &ShopCheck) -> Self {
        Self {
            name: check.info.name.clone(),
            currency: check.info.currency.code().to_owned(),
            country: check.info.country.clone(),
            time_zone: check.info.time_zone.name().to_owned(),
            granted: check.scopes.granted.clone(),
            sixty_days_only: check.scopes.sixty_days_only,
        }
    }
}

impl KeptCompany {
    pub(crate) fn of(found: Inspection) -> Self {
        Self {
            name: found.company,
            probes: found
                .probes
                .into_iter()
                .map(|probe| KeptProbe {
                    name: probe.name.to_owned(),
                    scope: probe.scope,
                    problem: probe.problem.map(|problem| (problem.code, problem.params)),
                })
                .collect(),
        }
    }

    pub(crate) fn may(&self, name: &str) -> bool {
        self.probes
            .iter()
            .any(|probe| probe.name == name && probe.problem.is_none())
    }
}

impl Pair {
    /// What is kept; nothing before the wizard was opened.
    pub(crate) fn kept(&self) -> Result<Kept, Problem> {
        let link = self.ground.store.link(KIND, KIND)?;
        // What an older or newer program kept is no reason to refuse to start: the person is asked again.
        Ok(link
            .and_then(|link| serde_json::from_value(link.detail).ok())
            .unwrap_or_default())
    }

    /// Changes what is kept.
    pub(crate) fn keep(&self, change: impl FnOnce(&mut Kept)) -> Result<(), Problem> {
        let _alone = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = self.kept()?;
        // A pair that was set up on the command line stays set up when it is connected again here.
        kept.started = self.is_set_up(&kept)?;
        change(&mut kept);
        let detail = serde_json::to_value(&kept)
            .map_err(|fault| Problem::new(Code::Internal).with("detail", fault))?;
        self.ground.store.put_link(&Link {
            kind: KIND.to_owned(),
            shop_id: KIND.to_owned(),
            erp_id: String::new(),
            detail,
            made_at: self.ground.clock.now(),
        })?;
        Ok(())
    }
}
