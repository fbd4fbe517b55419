//! A single request, decided by the policies in files or by the template's.

use std::{net::Ipv4Addr, path::Path, process::ExitCode};

use notewarden_domain::{
    policy::{CompiledPolicies, Context, PolicyKind, Principal, Request},
    ports::Clock,
};

use super::{PolicyFiles, TestOptions, context};
use crate::{
    access::{
        Policies,
        conditions::{self, Facts},
    },
    cli::{CliError, explanation, policy::load, say},
    deployment::{Deployment, REGION},
    system::{SystemClock, SystemIds},
    wiring,
};

pub fn run(options: &TestOptions) -> Result<ExitCode, CliError> {
    let text = |option: &Option<String>| option.clone().unwrap_or_default();
    let (action, resource) = (text(&options.action), text(&options.resource));
    let principal: Principal = text(&options.principal).parse()?;
    let (policies, context) = if options.policies.is_empty() {
        let policies = of_role(&principal, &options.data_dir)?;
        (
            policies.on(&action).as_ref().clone(),
            as_the_server_has_it(),
        )
    } else {
        (options.policies.compile()?, Context::new())
    };
    let context = context::add_to(principal.describe(context), &options.context);
    let mut request = Request::new(&principal, &action, &resource, &context);
    if let Some(account) = &options.account {
        request = request.owned_by(account);
    }
    let decision = policies.explain(&request);
    say(if options.json {
        explanation::json(&decision)?
    } else {
        explanation::text(&decision)
    });
    Ok(if decision.verdict.is_allowed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The keys that every request has, whoever makes it.
fn as_the_server_has_it() -> Context<'static> {
    let facts = Facts {
        principal: None,
        source: Ipv4Addr::LOCALHOST.into(),
        region: REGION,
        at: SystemClock.now(),
    };
    conditions::context(facts, [])
}

/// What the template says of the principal's role, in the deployment of `data_dir` or, if no server ever ran there,
/// in one whose ids are examples.
fn of_role(principal: &Principal, data_dir: &Path) -> Result<Policies, CliError> {
    let is_deployed = Deployment::exists(data_dir);
    let deployment = if is_deployed {
        Deployment::load_or_create(data_dir, &SystemIds::default())?
    } else {
        Deployment::example()
    };
    let mut roles = wiring::role_policies(&deployment)?;
    if let Some(policies) = principal.role_name().and_then(|name| roles.remove(name)) {
        return Ok(policies);
    }
    let known: Vec<_> = roles.keys().map(|name| format!("`{name}`")).collect();
    let known = known.join(", ");
    let place = data_dir.display();
    Err(if is_deployed {
        format!("`{principal}` is no session of a role of the template, which has {known} in `{place}`")
    } else {
        format!(
            "`{principal}` is no session of a role of the template, which has {known} as no server has run in \
             `{place}`: name its --data-dir, or policies with --policy"
        )
    }
    .into())
}

impl PolicyFiles {
    fn is_empty(&self) -> bool {
        let Self {
            policy,
            boundary,
            session,
            scp,
            rcp,
        } = self;
        [policy, boundary, session, scp, rcp]
            .iter()
            .all(|files| files.is_empty())
    }

    fn compile(&self) -> Result<CompiledPolicies, CliError> {
        let mut builder = CompiledPolicies::builder();
        for file in &self.policy {
            let policy = load(file, None)?;
            builder = match policy.kind() {
                PolicyKind::Resource | PolicyKind::Trust => builder.resource(&policy),
                _ => builder.identity(&policy),
            };
        }
        for file in &self.boundary {
            builder = builder.boundary(&load(file, Some(PolicyKind::Identity))?);
        }
        for file in &self.session {
            builder = builder.session(&load(file, Some(PolicyKind::Identity))?);
        }
        for file in &self.scp {
            builder =
                builder.service_control_level([&load(file, Some(PolicyKind::ServiceControl))?]);
        }
        for file in &self.rcp {
            builder =
                builder.resource_control_level([&load(file, Some(PolicyKind::ResourceControl))?]);
        }
        Ok(builder.build())
    }
}
