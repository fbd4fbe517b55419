// Requests: who, what, on which resource, with which condition keys.

const OWN = "123456789012";
const OTHER = "999988887777";

// What is asked of each service, and the keys that its requests may have. A list is a multivalued key.
const SERVICES = [
  {
    actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectTagging"],
    resources: ["alice/a.txt", "alice", "bob/a.txt", "Alice/a.txt", "alice/2026/b?.txt", "alice/x:y", "${aws:username}/a"].map(
      (key) => `arn:aws:s3:::notes-bucket/private/${key}`,
    ),
    keys: { "s3:x-amz-acl": ["private", "public-read"], "s3:signatureAge": ["0", "600000", "-1", "1.5"] },
  },
  {
    actions: ["s3:ListBucket", "s3:GetBucketLocation"],
    resources: ["arn:aws:s3:::notes-bucket", "arn:aws:s3:::notes-bucket-2"],
    keys: {
      "s3:prefix": ["", "private/", "private/alice/", "private/alice/x", "Private/alice/", "private/bob/", "a*b"],
      "s3:max-keys": ["1", "10", "100", "1000", "010"],
      "s3:delimiter": ["/", ""],
    },
  },
  {
    actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchGetItem"],
    resources: ["Notes", "Notes2", "notes"].map((table) => `arn:aws:dynamodb:us-east-1:${OWN}:table/${table}`),
    keys: {
      "dynamodb:LeadingKeys": [["alice"], ["alice", "bob"], ["Alice"], ["a*"], [""], [], ["", ""]],
      "dynamodb:Attributes": [["title"], ["title", "secret"], ["secret"], ["pk", "title", "text"]],
      "dynamodb:Select": ["ALL_ATTRIBUTES", "COUNT"],
    },
  },
  {
    actions: ["execute-api:Invoke"],
    resources: ["$default/GET/notes", "$default/POST/notes", "prod/GET/notes/42", "prod/DELETE/notes/alice/1"].map(
      (path) => `arn:aws:execute-api:us-east-1:${OWN}:abc123/${path}`,
    ),
    keys: {},
  },
  {
    actions: ["sqs:SendMessage", "sqs:ReceiveMessage"],
    resources: ["jobs", "jobs-alice"].map((queue) => `arn:aws:sqs:us-east-1:${OWN}:${queue}`),
    keys: {},
  },
  {
    actions: ["sts:AssumeRole", "sts:TagSession"],
    resources: [`arn:aws:iam::${OWN}:role/Notes`, `arn:aws:iam::${OWN}:role/path/Notes`],
    keys: { "sts:ExternalId": ["alice", "1"], "sts:RoleSessionName": ["alice", "bob"] },
    // What guards a role is its trust policy, which is always there and names no resource.
    guard: "trust",
  },
];

const GLOBAL_KEYS = {
  "aws:SourceIp": ["203.0.113.7", "10.1.2.3", "2001:db8::1", "2001:db8:0:0:0:0:0:1", "::1"],
  "aws:SecureTransport": ["true", "false", "TRUE"],
  "aws:CurrentTime": ["2026-11-21T12:00:00Z", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z"],
  "aws:EpochTime": ["1795262400", "0", "1767225600"],
  "aws:MultiFactorAuthAge": ["0", "300", "3600", "3600.5"],
  "aws:MultiFactorAuthPresent": ["true", "false"],
  "aws:PrincipalTag/team": ["blue", "Blue", "red", "*", "alice"],
  "aws:RequestedRegion": ["us-east-1", "eu-central-1"],
  "aws:SourceArn": [`arn:aws:sns:us-east-1:${OWN}:t`, `arn:aws:sns:us-east-1:${OTHER}:t:u`],
  "aws:SourceAccount": [OWN, OTHER],
  "aws:TagKeys": [["team"], ["team", "cost"], ["Team"], ["other"], [], [""]],
  "aws:UserAgent": ["aws-cli/1.0", "Mozilla (x) [y] +z", "a.b"],
  "aws:userid": ["AIDAALICE", "AROANOTES:alice"],
  "aws:username": ["alice", "bob", "Alice", "a*", "?lice", "al"],
};

const PRINCIPALS = [
  [5, `arn:aws:sts::${OWN}:assumed-role/Notes/alice`],
  [3, `arn:aws:iam::${OWN}:user/alice`],
  [1, `arn:aws:iam::${OWN}:user/team/alice`],
  [1, `arn:aws:iam::${OWN}:role/Notes`],
  [1, `arn:aws:sts::${OWN}:federated-user/alice`],
  [1, "lambda.amazonaws.com"],
  [1, "anonymous"],
].flatMap(([weight, principal]) => Array(weight).fill(principal));

export const isOfAccount = (principal) => principal.startsWith("arn:");
export const isSession = (principal) => /:(assumed-role|federated-user|role)\//.test(principal);

export function makeRequest(random) {
  const service = random.pick(SERVICES);
  const keys = { ...GLOBAL_KEYS, ...service.keys };
  const context = {};
  const own = Object.keys(service.keys).filter(() => random.chance(0.7));
  for (const key of [...own, ...random.several(0, 5, () => random.pick(Object.keys(GLOBAL_KEYS)))]) {
    context[key] = random.pick(keys[key]);
  }
  const isForeign = random.chance(0.15);
  const resource = random.pick(service.resources);
  return {
    keys,
    guard: service.guard ?? "resource",
    request: {
      principal: random.pick(PRINCIPALS),
      action: random.pick(service.actions),
      resource: isForeign ? resource.replace(OWN, OTHER) : resource,
      account: isForeign ? OTHER : OWN,
      context,
    },
  };
}
