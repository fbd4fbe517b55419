//! Table tests of policies: one JSON object a line, with policies, a request and the verdict it must get.

use super::{
    CompiledPolicies, CompiledPoliciesBuilder, Context, ContextValue, Policy, PolicyError,
    PolicyKind, Principal, Request, Verdict,
    document::{Parsed, Place, document, find},
    json::{self, Member, Value},
};

/// A request, the policies that have a say in it, and the verdict it must get: one row of a table test.
///
/// ```json
/// {"id": "own-folder", "expect": "Allowed",
///  "policies": {"identity": [{…}], "session": {…}},
///  "request": {"principal": "arn:…", "action": "s3:GetObject", "resource": "arn:…",
///              "account": "123456789012", "context": {"aws:SourceIp": "203.0.113.7"}}}
/// ```
///
/// `policies` has `identity`, `resource`, `trust`, `boundary`, `session`, `serviceControl` (or `scp`) and
/// `resourceControl` (or `rcp`), each a document or a list; of the last two, a list within the list is a level,
/// and a document alone is one too. `account`, the resource's, may be left out. Other members are ignored.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the case is called by; empty if it has no name.
    pub id: String,
    /// The policies.
    pub policies: CompiledPolicies,
    /// The verdict, if the case expects one.
    pub expect: Option<Verdict>,
    principal: Principal,
    action: String,
    resource: String,
    account: Option<String>,
    context: Context<'static>,
}

impl Case {
    /// Reads one case.
    ///
    /// # Errors
    /// The line is no case, or one of its policies is none: where, and why.
    pub fn parse(line: &str) -> Result<Self, PolicyError> {
        json::read(line)
            .and_then(|root| case(&Place::root(&root)))
            .map_err(|refusal| refusal.within(line))
    }

    /// The request to decide on.
    pub fn request(&self) -> Request<'_> {
        let request = Request::new(&self.principal, &self.action, &self.resource, &self.context);
        match &self.account {
            Some(account) => request.owned_by(account),
            None => request,
        }
    }
}

fn case(place: &Place<'_>) -> Parsed<Case> {
    let members = place.members("a case")?;
    let id = find(members, "id")
        .map(|m| place.member(m).text().map(ToOwned::to_owned))
        .transpose()?;
    let expect = find(members, "expect")
        .map(|m| verdict(&place.member(m)))
        .transpose()?;
    let policies = policies(&required(place, members, "policies")?)?;
    let request = required(place, members, "request")?;
    let members = request.members("a request")?;
    let text = |key| {
        required(&request, members, key)?
            .text()
            .map(ToOwned::to_owned)
    };
    let principal = required(&request, members, "principal")?;
    let context = find(members, "context")
        .map(|m| context(&request.member(m)))
        .transpose()?;
    let account = find(members, "account").map(|m| request.member(m).text().map(ToOwned::to_owned));
    Ok(Case {
        id: id.unwrap_or_default(),
        policies,
        expect,
        principal: match principal.text()?.parse() {
            Ok(principal) => principal,
            Err(error) => return principal.refuse(super::UnknownPrincipal::to_string(&error)),
        },
        action: text("action")?,
        resource: text("resource")?,
        account: account.transpose()?,
        context: context.unwrap_or_default(),
    })
}

fn required<'n>(place: &Place<'n>, members: &'n [Member], key: &str) -> Parsed<Place<'n>> {
    match find(members, key) {
        Some(member) => Ok(place.member(member)),
        None => place.refuse(format!("`{key}` is missing")),
    }
}

fn verdict(place: &Place<'_>) -> Parsed<Verdict> {
    let verdicts = [
        Verdict::Allowed,
        Verdict::ExplicitlyDenied,
        Verdict::ImplicitlyDenied,
    ];
    let text = place.text()?;
    match verdicts
        .into_iter()
        .find(|verdict| verdict.as_str() == text)
    {
        Some(verdict) => Ok(verdict),
        None => place.refuse(format!("`{text}` is no verdict")),
    }
}

fn policies(place: &Place<'_>) -> Parsed<CompiledPolicies> {
    type Builder = CompiledPoliciesBuilder;
    let mut builder = CompiledPolicies::builder();
    for member in place.members("policies")? {
        let place = place.member(member);
        let (kind, add): (_, fn(Builder, &Policy) -> Builder) = match member.key.as_str() {
            "identity" => (PolicyKind::Identity, Builder::identity),
            "resource" => (PolicyKind::Resource, Builder::resource),
            "trust" => (PolicyKind::Trust, Builder::resource),
            "boundary" => (PolicyKind::Identity, Builder::boundary),
            "session" => (PolicyKind::Identity, Builder::session),
            "serviceControl" | "scp" => {
                for level in levels(&place, PolicyKind::ServiceControl)? {
                    builder = builder.service_control_level(&level);
                }
                continue;
            }
            "resourceControl" | "rcp" => {
                for level in levels(&place, PolicyKind::ResourceControl)? {
                    builder = builder.resource_control_level(&level);
                }
                continue;
            }
            other => return place.refuse(format!("`{other}` is no kind of policies")),
        };
        let policies = place.one_or_many(|place| document(place, kind))?;
        builder = policies.as_slice().iter().fold(builder, add);
    }
    Ok(builder.build())
}

fn levels(place: &Place<'_>, kind: PolicyKind) -> Parsed<Vec<Vec<Policy>>> {
    let level = |place: &Place<'_>| {
        let policies = place.one_or_many(|place| document(place, kind))?;
        Ok(policies.as_slice().to_vec())
    };
    place
        .one_or_many(level)
        .map(|levels| levels.as_slice().to_vec())
}

fn context(place: &Place<'_>) -> Parsed<Context<'static>> {
    let mut context = Context::new();
    for member in place.members("a context")? {
        let place = place.member(member);
        let texts = place.one_or_many(|place| match &place.node.value {
            Value::String(text) | Value::Number(text) => Ok(text.clone().into()),
            Value::Bool(value) => Ok(value.to_string().into()),
            _ => place.refuse("must be a string, a number, a boolean, or a list of them"),
        })?;
        let value = match texts {
            super::OneOrMany::One(text) => ContextValue::One(text),
            super::OneOrMany::Many(texts) => ContextValue::Many(texts),
        };
        context.set(member.key.clone(), value);
    }
    Ok(context)
}
