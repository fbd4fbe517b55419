//! casbin: a line of its table a statement, without conditions, and the folder's name written out: less than is asked
//! of the others.

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};

use super::Prepared;
use crate::scenario::{ACTION, Grant, IDENTITY, Scenario};

const MODEL: &str = "
[request_definition]
r = sub, obj, act
[policy_definition]
p = obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = keyMatch(r.act, p.act) && keyMatch(r.obj, p.obj)
";

pub fn casbin(scenario: &Scenario) -> Prepared<impl Fn() -> bool> {
    let lines = scenario.grants.iter().map(|grant| match grant {
        Grant::On {
            actions, prefix, ..
        } => vec![format!("{prefix}*"), (*actions).to_owned()],
        Grant::OwnFolder => vec![
            format!("arn:aws:s3:::files/private/{IDENTITY}/*"),
            ACTION.to_owned(),
        ],
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let enforcer = runtime.block_on(async {
        let model = DefaultModel::from_str(MODEL).await?;
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
        enforcer.add_policies(lines.collect()).await?;
        casbin::Result::Ok(enforcer)
    })?;
    Ok(move || {
        enforcer
            .enforce((IDENTITY, scenario.resource.as_str(), ACTION))
            .unwrap_or(false)
    })
}
