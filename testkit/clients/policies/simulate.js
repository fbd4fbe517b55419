// The same question asked of iam-simulate.
import { anonymousPrincipal, runSimulation } from "@cloud-copilot/iam-simulate";

const named = (policies) => policies.map((policy, index) => ({ name: `#${index + 1}`, policy }));
const levels = (of) => (of ?? []).map((policies, index) => ({ orgIdentifier: `level-${index + 1}`, policies: named(policies) }));

// The verdict and the condition keys that it does not know for this action, or why it gives none.
export async function simulate({ policies, request }) {
  const result = await runSimulation(
    {
      request: {
        principal: request.principal === "anonymous" ? anonymousPrincipal : request.principal,
        action: request.action,
        resource: { resource: request.resource, accountId: request.account },
        contextVariables: request.context,
      },
      identityPolicies: named(policies.identity ?? []),
      resourcePolicy: policies.resource ?? policies.trust,
      permissionBoundaryPolicies: policies.boundary && named([policies.boundary]),
      sessionPolicy: policies.session,
      serviceControlPolicies: levels(policies.serviceControl),
      resourceControlPolicies: levels(policies.resourceControl),
    },
    {},
  );
  if (result.resultType === "error") return { refused: JSON.stringify(result.errors) };
  return { verdict: result.overallResult, ignored: result.result?.ignoredContextKeys ?? [] };
}
