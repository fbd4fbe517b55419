// `/config.json` tells one build where it runs; the local server and a deployment both write it.
import { Amplify } from "aws-amplify";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { sessionStorage } from "aws-amplify/utils";

export interface Config {
  region: string;
  userPool: string;
  userPoolClient: string;
  identityPool: string;
  bucket: string;
  /** The API's base URL; may be relative to the page. */
  api: string;
  /** Where Cognito and S3 are reached, where that is not AWS; may be relative to the page. */
  endpoint?: string;
}

export async function loadConfig(): Promise<Config> {
  const answer = await fetch("/config.json");
  if (!answer.ok) throw new Error("the configuration cannot be read");
  const config = (await answer.json()) as Config;
  return { ...config, api: absolute(config.api), ...(config.endpoint ? { endpoint: absolute(config.endpoint) } : {}) };
}

const absolute = (url: string) => new URL(url, location.href).href.replace(/\/$/, "");

export function configureAmplify(config: Config): void {
  const places = config.endpoint
    ? { userPoolEndpoint: config.endpoint, identityPoolEndpoint: config.endpoint }
    : {};
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: config.userPool,
        userPoolClientId: config.userPoolClient,
        identityPoolId: config.identityPool,
        loginWith: { email: true },
        ...places,
      },
    },
  });
  // Tokens end with the tab: they survive a reload, and neither other tabs nor the next person at this browser find
  // them. The credentials that they are exchanged for stay in memory.
  cognitoUserPoolsTokenProvider.setKeyValueStorage(sessionStorage);
}
