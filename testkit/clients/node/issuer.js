// A whole OpenID provider on the loopback interface, where whoever is named in `login_hint` signs in and agrees.
import { createServer } from "node:http";
import { once } from "node:events";

import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

export const CLIENT = "the-client";
export const SERVICE = { id: "the-service", secret: "a secret of no one's" };
export const AUDIENCE = "https://api.example.com";
export const REDIRECT = "http://127.0.0.1/callback";

const SCOPES = "notes:read notes:write";

export async function startIssuer() {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: "k", use: "sig", alg: "ES256" };
  let provider;
  const server = createServer((request, response) => {
    const answered = request.url.startsWith("/interaction/")
      ? agree(provider, request, response)
      : provider.callback()(request, response);
    Promise.resolve(answered).catch((error) => response.destroy(error));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const name = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(name, {
    clients: [
      {
        client_id: CLIENT,
        application_type: "native",
        token_endpoint_auth_method: "none",
        redirect_uris: [REDIRECT],
        grant_types: ["authorization_code", "refresh_token"],
        id_token_signed_response_alg: "ES256",
      },
      {
        client_id: SERVICE.id,
        client_secret: SERVICE.secret,
        redirect_uris: [],
        response_types: [],
        grant_types: ["client_credentials"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ["of a test"] },
    pkce: { required: () => true },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    issueRefreshToken: () => true,
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: SCOPES,
          audience: AUDIENCE,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
        useGrantedResource: () => false,
      },
    },
  });
  return { name, close: () => server.close().closeAllConnections() };
}

async function agree(provider, request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    const login = { accountId: params.login_hint };
    return provider.interactionFinished(request, response, { login });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope("openid offline_access");
  grant.addResourceScope(AUDIENCE, SCOPES);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

// What a browser does with an address: follows it, with cookies, until it leads to the app.
export async function browse(address) {
  const jar = new Map();
  let url = new URL(address);
  for (let hops = 0; !url.href.startsWith(REDIRECT); hops += 1) {
    if (hops > 10) throw new Error(`it leads nowhere: ${url}`);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      jar.set(name, value);
    }
    const location = answer.headers.get("location");
    if (!location) throw new Error(`${answer.status}: ${await answer.text()}`);
    url = new URL(location, url);
  }
  return url;
}
