// Tokens and keys in place of signatures: jose, aws-jwt-verify and openid-client, against our user pool and against an
// issuer that this project knows nothing of.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { CognitoJwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import * as openid from "openid-client";

import { AUDIENCE, browse, CLIENT, REDIRECT, SERVICE, startIssuer } from "./issuer.js";
import { Person } from "./person.js";
import { startServer } from "./server.js";

let issuer, directory, server, alice;

before(async () => {
  issuer = await startIssuer();
  directory = mkdtempSync(join(tmpdir(), "notewarden-tokens-"));
  const file = join(directory, "providers.json");
  const entry = {
    kind: "oidc",
    issuer: issuer.name,
    clientIds: [CLIENT],
    apiAudiences: [AUDIENCE],
    algorithms: ["ES256"],
  };
  writeFileSync(file, JSON.stringify({ providers: [entry] }));
  server = await startServer("--providers", file);
  alice = await Person.signUp(server);
});

after(async () => {
  assert.equal(await server?.stop(), 0);
  issuer?.close();
  rmSync(directory, { recursive: true });
});

// `iss` has AWS's shape, and the documents are at the server's own address.
const pool = () => `https://cognito-idp.us-east-1.amazonaws.com/${server.outputs.UserPool}`;
const here = (address) => String(address).replace(pool(), `${server.outputs.Endpoint}/${server.outputs.UserPool}`);

const bearing = (token, path = "/notes", method = "GET", value = undefined) =>
  fetch(new URL(path, server.outputs.Api), {
    method,
    headers: { authorization: `Bearer ${token}`, ...(value && { "content-type": "application/json" }) },
    body: value && JSON.stringify(value),
  });

test("jose verifies our tokens by our published keys", async () => {
  const keys = createRemoteJWKSet(new URL(here(`${pool()}/.well-known/jwks.json`)));
  const { IdToken, AccessToken } = alice.tokens;
  const audience = server.outputs.UserPoolClient;
  const id = await jwtVerify(IdToken, keys, { issuer: pool(), audience, algorithms: ["RS256"] });
  assert.equal(id.payload.email, alice.username);
  const access = await jwtVerify(AccessToken, keys, { issuer: pool(), requiredClaims: ["exp", "jti", "scope"] });
  assert.equal(access.payload.client_id, audience);
  await assert.rejects(jwtVerify(IdToken, keys, { issuer: pool(), audience: "another" }), /aud/);
  const forged = IdToken.replace(/.{8}$/, "AAAAAAAA");
  await assert.rejects(jwtVerify(forged, keys, { issuer: pool(), audience }), /signature/);
});

test("aws-jwt-verify takes our pool for one of Cognito's", async () => {
  const fetcher = { fetch: async (address) => (await fetch(here(address))).arrayBuffer() };
  const verifier = (tokenUse, clientId = server.outputs.UserPoolClient) =>
    CognitoJwtVerifier.create(
      { userPoolId: server.outputs.UserPool, tokenUse, clientId },
      { jwksCache: new SimpleJwksCache({ fetcher }) },
    );
  const { IdToken, AccessToken } = alice.tokens;
  assert.equal((await verifier("id").verify(IdToken)).sub, decodeJwt(IdToken).sub);
  assert.equal((await verifier("access").verify(AccessToken)).username, decodeJwt(AccessToken).username);
  await assert.rejects(verifier("access").verify(IdToken), /Token use/);
  await assert.rejects(verifier("id", "another").verify(IdToken), /Client ID/);
});

test("openid-client discovers our pool", async () => {
  const config = await openid.discovery(new URL(pool()), server.outputs.UserPoolClient, undefined, openid.None(), {
    [openid.customFetch]: (address, options) => fetch(here(address), options),
  });
  const metadata = config.serverMetadata();
  assert.equal(metadata.issuer, pool());
  assert.equal((await fetch(here(metadata.jwks_uri))).status, 200);
});

test("our tokens come to the API, and own what signatures own", async () => {
  const note = await (await alice.call("POST", "/notes", { content: "by signature" })).json();
  assert.equal(note.userId, alice.identityId);
  for (const token of [alice.tokens.IdToken, alice.tokens.AccessToken]) {
    assert.deepEqual(await (await bearing(token, `/notes/${note.noteId}`)).json(), note);
  }
  const bob = await Person.signUp(server);
  assert.equal((await bearing(bob.tokens.IdToken, `/notes/${note.noteId}`)).status, 404);
});

// The authorization code flow with PKCE, as openid-client does it for an app.
async function signIn(who) {
  const config = await openid.discovery(new URL(issuer.name), CLIENT, undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  });
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: "openid offline_access notes:read",
    resource: AUDIENCE,
    login_hint: who,
    prompt: "consent",
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
  });
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  const back = await browse(address);
  return { config, tokens: await openid.authorizationCodeGrant(config, back, checks, { resource: AUDIENCE }) };
}

test("people of another issuer sign in there and use the API", async () => {
  const { config, tokens } = await signIn("carol");
  assert.equal(decodeJwt(tokens.access_token).aud, AUDIENCE);
  const unknown = await bearing(tokens.access_token);
  assert.equal(unknown.status, 403);
  assert.equal((await unknown.json()).type, "urn:notewarden:problem:id-token-needed");

  const created = await bearing(tokens.id_token, "/notes", "POST", { content: "hers" });
  assert.equal(created.status, 201);
  const note = await created.json();
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token, { resource: AUDIENCE });
  for (const token of [tokens.access_token, refreshed.access_token]) {
    assert.deepEqual(await (await bearing(token)).json(), [note]);
    // What she has agreed to is to read.
    assert.equal((await bearing(token, "/notes", "POST", { content: "x" })).status, 403);
  }
  // The same person by the identity pool, and somebody else beside her.
  const signed = await Person.of(server.outputs, { [issuer.name.replace("http://", "")]: tokens.id_token });
  assert.equal(signed.identityId, note.userId);
  const dave = await signIn("Carol");
  assert.deepEqual(await (await bearing(dave.tokens.id_token)).json(), []);
});

test("a service that is nobody owns nothing", async () => {
  const config = await openid.discovery(new URL(issuer.name), SERVICE.id, SERVICE.secret, undefined, {
    execute: [openid.allowInsecureRequests],
  });
  const scope = "notes:read notes:write";
  const { access_token } = await openid.clientCredentialsGrant(config, { resource: AUDIENCE, scope });
  const refused = await bearing(access_token);
  assert.equal(refused.status, 403);
  assert.equal((await refused.json()).type, "urn:notewarden:problem:id-token-needed");
});

test("an API key works in either header, within its scopes, until it is revoked", async () => {
  const made = await (await alice.call("POST", "/api-keys", { name: "a script", scopes: ["notes:read"] })).json();
  const byHeader = () => fetch(new URL("/notes", server.outputs.Api), { headers: { "x-api-key": made.secret } });
  const listed = await (await alice.call("GET", "/notes")).json();
  assert.deepEqual(await (await bearing(made.secret)).json(), listed);
  assert.deepEqual(await (await byHeader()).json(), listed);
  assert.equal((await bearing(made.secret, "/notes", "POST", { content: "x" })).status, 403);
  assert.equal((await bearing(made.secret, "/api-keys")).status, 403);
  assert.equal((await alice.call("DELETE", `/api-keys/${made.keyId}`)).status, 204);
  for (const refused of [await bearing(made.secret), await byHeader()]) {
    assert.equal(refused.status, 403);
    assert.deepEqual(await refused.json(), { message: "Forbidden" });
  }
});
